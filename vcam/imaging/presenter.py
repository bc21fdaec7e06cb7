"""A presenter that we draw ourselves, with an exact known alpha: the demo, and the tests' ground truth."""

from __future__ import annotations

import math
from functools import lru_cache

import cv2
import numpy as np

from vcam.core.frame import Alpha, Pixels, Size
from vcam.imaging.arrays import Bytes, u8
from vcam.imaging.room import draw_room
from vcam.imaging.sprites import HAIR, Bgr, Sprite, draw_body, draw_hand, draw_head

_WAVE_EVERY, _WAVE_FOR = 6.0, 2.6


def draw_presenter(t: float, size: Size) -> tuple[Pixels, Alpha]:
    """Draw a person who sits before a room, sways, talks, blinks, and now and then waves.

    Args:
        t: seconds; the same moment always gives the same picture.
        size: of the frame.

    Returns:
        The frame, uint8 (height, width, 3) BGR, and how much of each pixel is the person, float32 (height,
        width) in [0, 1]: exactly the alpha that the frame was mixed with. Both are new arrays.
    """
    room, stage = _room(size), _Stage(size)
    body, head, hand = _parts(size)
    sway = 0.030 * math.sin(t * 0.9) + 0.010 * math.sin(t * 2.3)
    nod = 0.006 * math.sin(t * 3.1)
    middle = size.width / size.height / 2
    raised = _raised(t)
    if raised > 0:
        swing = 0.30 * math.sin(t * 7.5) * raised
        stage.place(hand, middle + 0.335 + sway, 1.32 - 0.44 * raised, 0.12 + swing)
    stage.place(body, middle + sway * 0.7, 0.615, 0.06 * sway)
    stage.place(
        _with_expression(head, t), middle + sway * 1.15, 0.555 + nod, 1.1 * sway + 0.02 * math.sin(t * 1.7)
    )
    return stage.before(room)


class _Stage:
    """Where parts are put one over the other, before they are put before the room."""

    def __init__(self, size: Size) -> None:
        self._size = size
        self._pixels = np.zeros((size.height, size.width, 4), np.uint8)

    def place(self, part: Sprite, x: float, y: float, turn: float) -> None:
        """Put a part over the others: its pivot at (x, y) in frame heights, turned clockwise by radians."""
        height, width = self._size.height, self._size.width
        cos, sin = math.cos(turn), math.sin(turn)
        px, py = part.pivot
        to_x, to_y = x * height - (cos * px - sin * py), y * height - (sin * px + cos * py)
        corners = np.array(
            [(0, 0), (part.pixels.shape[1], 0), (0, part.pixels.shape[0]), part.pixels.shape[1::-1]]
        )
        across = corners @ (cos, -sin) + to_x
        down = corners @ (sin, cos) + to_y
        left, right = max(math.floor(across.min()), 0), min(math.ceil(across.max()), width)
        top, bottom = max(math.floor(down.min()), 0), min(math.ceil(down.max()), height)
        if left >= right or top >= bottom:
            return
        move = np.array([(cos, -sin, to_x - left), (sin, cos, to_y - top)])
        view = self._pixels[top:bottom, left:right]
        moved = u8(cv2.warpAffine(part.pixels, move, (right - left, bottom - top), flags=cv2.INTER_LINEAR))
        np.copyto(view, _over(moved, view))

    def before(self, room: Pixels) -> tuple[Pixels, Alpha]:
        """Return the picture, and its alpha."""
        alpha = np.ascontiguousarray(self._pixels[..., 3])
        rest = cv2.cvtColor(cv2.bitwise_not(alpha), cv2.COLOR_GRAY2BGR)
        behind = cv2.multiply(room, rest, scale=1 / 255)
        person = cv2.cvtColor(self._pixels, cv2.COLOR_BGRA2BGR)
        return u8(cv2.add(person, behind)), alpha.astype(np.float32) / np.float32(255)


def _over(front: Bytes, back: Bytes) -> Bytes:
    """Return premultiplied front over premultiplied back."""
    rest = cv2.bitwise_not(np.ascontiguousarray(front[..., 3]))
    return u8(cv2.add(front, cv2.multiply(back, cv2.merge([rest] * 4), scale=1 / 255)))


def _with_expression(head: Sprite, t: float) -> Sprite:
    """Return the head with eyes, brows and mouth for a moment."""
    face = _Face(head)
    blinking = (t % 3.7) < 0.13
    look = 0.006 * math.sin(t * 0.7)
    for x in (-0.046, 0.046):
        if blinking:
            face.oval((x, -0.178), (0.020, 0.0035), (90, 112, 160))
        else:
            face.oval((x, -0.178), (0.0205, 0.0125), (238, 240, 242))
            face.oval((x + look, -0.178), (0.0105, 0.0115), (74, 92, 60))
            face.oval((x + look, -0.178), (0.0055, 0.006), (18, 18, 18))
            face.oval((x + look - 0.003, -0.182), (0.0022, 0.0024), (255, 255, 255))
        face.oval((x, -0.208), (0.026, 0.0065), HAIR, first=180)
    opened = 0.5 + 0.5 * math.sin(t * 9.0) * math.sin(t * 2.1 + 1)
    face.oval((0, -0.052), (0.032, 0.005 + 0.013 * opened), (84, 84, 176))
    face.oval((0, -0.052), (0.026, 0.002 + 0.010 * opened), (46, 38, 84))
    return face.finish()


class _Face:
    """A head to draw on; where there is a face its alpha is 1, so colours go on as they are."""

    def __init__(self, head: Sprite) -> None:
        self._head = head
        self._colour = u8(cv2.cvtColor(head.pixels, cv2.COLOR_BGRA2BGR))

    def oval(
        self, middle: tuple[float, float], axes: tuple[float, float], colour: Bgr, *, first: float = 0
    ) -> None:
        """Draw an oval, or its part from the angle first (degrees) on; measures are in frame heights."""
        unit, (pivot_x, pivot_y) = self._head.unit, self._head.pivot
        centre = (round((pivot_x + middle[0] * unit) * 16), round((pivot_y + middle[1] * unit) * 16))
        half = (round(axes[0] * unit * 16), round(axes[1] * unit * 16))
        cv2.ellipse(self._colour, centre, half, 0, first, 360, colour, cv2.FILLED, cv2.LINE_AA, 4)

    def finish(self) -> Sprite:
        """Return the head with what was drawn on it."""
        pixels = self._head.pixels.copy()
        pixels[..., :3] = self._colour
        return Sprite(pixels, self._head.unit, self._head.pivot)


def _raised(t: float) -> float:
    """Return how far the hand is up, 0 … 1."""
    phase = t % _WAVE_EVERY - (_WAVE_EVERY - _WAVE_FOR)
    if phase <= 0:
        return 0.0
    return math.sqrt(math.sin(math.pi * phase / _WAVE_FOR))


@lru_cache(maxsize=4)
def _room(size: Size) -> Pixels:
    return draw_room(size)


@lru_cache(maxsize=4)
def _parts(size: Size) -> tuple[Sprite, Sprite, Sprite]:
    unit = float(size.height)
    return draw_body(unit), draw_head(unit), draw_hand(unit)
