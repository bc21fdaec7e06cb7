"""The parts that the synthetic presenter is put together from, each drawn once per frame size.

All measures are in frame heights: the head is about a third of one. A part is drawn at twice its size and
averaged down, so that its edges are soft and its alpha is exact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.imaging.arrays import Plane, f32
from vcam.imaging.scale import halve

Bgr: TypeAlias = tuple[float, float, float]

SKIN: Bgr = (142, 172, 224)
HAIR: Bgr = (34, 44, 62)
SHIRT: Bgr = (128, 92, 48)
COLLAR: Bgr = (226, 222, 214)
HEADSET: Bgr = (52, 48, 46)

HEAD_WIDTH, HEAD_HEIGHT = 0.118, 0.158
"""Half axes of the face."""

_LIGHT = (-0.45, -0.55, 0.70)
_SUPER = 2


@dataclass(frozen=True, slots=True, eq=False)
class Sprite:
    """A part with its alpha.

    Attributes:
        pixels: uint8 (height, width, 4): BGR multiplied by alpha, and alpha.
        unit: pixels per frame height.
        pivot: (x, y) in pixels that is laid on a point of the frame.
    """

    pixels: NDArray[np.uint8]
    unit: float
    pivot: tuple[float, float]


class Board:
    """A drawing board at twice the size, with its origin at the pivot.

    Args:
        extent: left, top, right, bottom edges, in frame heights from the pivot.
        unit: pixels per frame height of the finished sprite.
    """

    def __init__(self, extent: tuple[float, float, float, float], unit: float) -> None:
        left, top, right, bottom = extent
        self.unit = unit
        self._scale = unit * _SUPER
        self._origin = (-left * self._scale, -top * self._scale)
        shape = (_even((bottom - top) * self._scale), _even((right - left) * self._scale))
        self.colour: Plane = np.zeros((*shape, 3), np.float32)
        self.alpha: Plane = np.zeros(shape, np.float32)
        rows, columns = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
        self.x: Plane = (columns + 0.5 - self._origin[0]) / self._scale
        self.y: Plane = (rows + 0.5 - self._origin[1]) / self._scale

    def polygon(self, points: NDArray[np.float64]) -> Plane:
        """Return the coverage of a closed polygon of (x, y) points, float32 0 … 1."""
        mask = np.zeros(self.alpha.shape, np.uint8)
        fixed = np.round((points * self._scale + self._origin) * 256).astype(np.int32)
        cv2.fillPoly(mask, [fixed], 255, cv2.LINE_AA, 8)
        return mask * np.float32(1 / 255)

    def ellipse(self, x: float, y: float, width: float, height: float, soft: float = 0.0) -> Plane:
        """Return the coverage of an ellipse with these half axes; soft widens its edge, in frame heights."""
        distance = np.sqrt(((self.x - x) / width) ** 2 + ((self.y - y) / height) ** 2)
        edge = max(soft, 1 / self._scale) / min(width, height)
        return f32(np.clip((1 - distance) / edge + 0.5, 0, 1))

    def strokes(self, lines: NDArray[np.float64], width: float) -> Plane:
        """Return the coverage of polylines (count, points, 2), float32 0 … 1."""
        mask = np.zeros(self.alpha.shape, np.uint8)
        fixed = np.round((lines * self._scale + self._origin) * 256).astype(np.int32)
        thick = max(1, round(width * self._scale))
        cv2.polylines(mask, list(fixed), False, 255, thick, cv2.LINE_AA, 8)
        return mask * np.float32(1 / 255)

    def paint(self, cover: Plane, colour: Bgr, shade: Plane | float = 1.0, *, inside: bool = False) -> None:
        """Paint a colour, lit by shade, over what is there; inside: only where something is already."""
        left, top, width, height = cv2.boundingRect((cover > 0).astype(np.uint8))
        part = np.s_[top : top + height, left : left + width]
        share = cover[part] * self.alpha[part] if inside else cover[part]
        light = np.broadcast_to(np.asarray(shade, np.float32), self.alpha.shape)
        lit = light[part][..., None] * np.array(colour, np.float32)
        self.colour[part] += (np.minimum(lit, 255) - self.colour[part]) * share[..., None]
        self.alpha[part] += (1 - self.alpha[part]) * share

    def round_light(self, x: float, y: float, width: float, height: float) -> Plane:
        """Return how brightly an ellipsoid is lit from the upper left, about 0.7 … 1.1."""
        across, down = (self.x - x) / width, (self.y - y) / height
        towards = np.sqrt(np.clip(1 - across**2 - down**2, 0, 1))
        facing = across * _LIGHT[0] + down * _LIGHT[1] + towards * _LIGHT[2]
        return f32(0.70 + 0.42 * np.clip(facing, 0, 1))

    def finish(self) -> Sprite:
        """Return the sprite at its own size."""
        whole = np.dstack([self.colour * self.alpha[..., None], self.alpha * 255])
        pixels = halve(np.round(whole).astype(np.uint8))
        return Sprite(pixels, self.unit, (self._origin[0] / _SUPER, self._origin[1] / _SUPER))


def draw_body(unit: float) -> Sprite:
    """Draw neck, shoulders and shirt; the pivot is the pit of the neck."""
    board = Board((-0.46, -0.16, 0.46, 0.56), unit)
    neck = np.array([(-0.052, -0.15), (0.052, -0.15), (0.062, 0.02), (0.0, 0.09), (-0.062, 0.02)])
    board.paint(board.polygon(neck), SKIN, 0.74 + 0.9 * np.clip(-board.x, -0.06, 0.06))
    half = np.array([(0.0, 0.05), (0.058, 0.0), (0.15, 0.035), (0.25, 0.075), (0.315, 0.14), (0.352, 0.26)])
    half = _smooth(np.vstack([half, [(0.375, 0.42), (0.39, 0.62)]]))
    outline = np.vstack([half, half[::-1] * (-1, 1)])
    folds = 0.05 * np.sin(board.x * 46 + np.sin(board.y * 17) * 1.6) * np.clip(board.y * 2.5, 0, 1)
    light = board.round_light(-0.03, 0.42, 0.46, 0.52) + folds.astype(np.float32)
    shirt = board.polygon(outline)
    board.paint(shirt, SHIRT, light)
    for side in (-1, 1):
        flap = np.array([(0.0, 0.088), (0.066, -0.022), (0.102, 0.022), (0.046, 0.108)]) * (side, 1)
        board.paint(board.polygon(flap), COLLAR, 1.0 if side < 0 else 0.9)
    board.paint(board.ellipse(0.0, -0.035, 0.085, 0.05, 0.06) * 0.35, (60, 80, 120), inside=True)
    return board.finish()


def draw_head(unit: float) -> Sprite:
    """Draw a face without eyes and mouth, hair with single strands, and a headset; the pivot is the chin."""
    board = Board((-0.20, -0.42, 0.20, 0.03), unit)
    middle = -HEAD_HEIGHT
    hair = board.ellipse(0, middle - 0.048, HEAD_WIDTH + 0.022, HEAD_HEIGHT + 0.012)
    board.paint(hair * (board.y < middle + 0.08), HAIR, board.round_light(0, middle - 0.05, 0.15, 0.18))
    board.paint(board.strokes(_strands(middle - 0.048), 0.0016), HAIR, 1.05)
    for side in (-1, 1):
        board.paint(board.ellipse(side * 0.119, middle + 0.012, 0.019, 0.036), SKIN, 0.86 - side * 0.06)
    face = np.minimum(board.ellipse(0, middle, HEAD_WIDTH, HEAD_HEIGHT), _jaw(board))
    board.paint(face, SKIN, board.round_light(0, middle, HEAD_WIDTH * 1.12, HEAD_HEIGHT * 1.12))
    for side in (-1, 1):
        board.paint(face * board.ellipse(side * 0.06, -0.105, 0.036, 0.026, 0.03) * 0.22, (110, 120, 226))
    nose = board.ellipse(0.004, middle + 0.035, 0.016, 0.013, 0.008) * 0.35
    board.paint(face * nose, (96, 122, 182))
    board.paint(face * board.ellipse(-0.005, middle - 0.005, 0.008, 0.04, 0.012) * 0.3, (176, 204, 246))
    fringe = np.clip(((middle - 0.062 - 0.26 * board.x) - board.y) * board.unit / 4, 0, 1)
    board.paint(fringe * np.minimum(face * 255, 1), HAIR, board.round_light(-0.02, middle - 0.06, 0.16, 0.2))
    _paint_headset(board, middle)
    return board.finish()


def draw_hand(unit: float) -> Sprite:
    """Draw a forearm with an open hand, pointing up; the pivot is in the middle of the forearm."""
    board = Board((-0.11, -0.46, 0.11, 0.30), unit)
    sleeve = np.array([(-0.066, 0.30), (-0.046, -0.16), (0.046, -0.16), (0.066, 0.30)])
    wrist = np.array([(-0.032, -0.14), (-0.028, -0.25), (0.028, -0.25), (0.032, -0.14)])
    across = np.clip(-board.x * 3.2, -0.22, 0.22)
    board.paint(board.polygon(wrist), SKIN, 0.92 + across)
    board.paint(board.polygon(sleeve), SHIRT, 0.92 + across)
    for angle, length, width in ((-0.40, 0.088, 0.0115), (-0.13, 0.108, 0.0125), (0.12, 0.106, 0.0125)):
        _paint_finger(board, (0.06 * math.sin(angle), -0.27), angle, length, width)
    _paint_finger(board, (0.026, -0.265), 0.40, 0.086, 0.011)
    _paint_finger(board, (-0.02, -0.22), -1.02, 0.075, 0.0135)
    palm = board.ellipse(0, -0.262, 0.043, 0.05)
    board.paint(palm, SKIN, board.round_light(0, -0.262, 0.06, 0.07))
    return board.finish()


def _paint_finger(board: Board, root: tuple[float, float], angle: float, length: float, width: float) -> None:
    along = np.linspace(0, 1, 24)[:, None]
    line = np.array(root) + along * length * np.array([math.sin(angle), -math.cos(angle)])
    board.paint(board.strokes(line[None], width * 2), SKIN, (0.97 - 2.0 * board.x).astype(np.float32))


def _paint_headset(board: Board, middle: float) -> None:
    angles = np.linspace(math.pi * 1.02, math.pi * 1.98, 40)
    band = np.column_stack([np.cos(angles) * 0.142, middle - 0.03 + np.sin(angles) * 0.175])
    board.paint(board.strokes(band[None], 0.016), HEADSET, 1.0 + 0.4 * np.clip(-board.y - 0.3, 0, 1))
    board.paint(board.ellipse(-0.133, middle + 0.012, 0.024, 0.046), HEADSET, 1.25)
    board.paint(board.ellipse(0.133, middle + 0.012, 0.024, 0.046), HEADSET, 0.9)
    boom = np.array([(-0.137, middle + 0.04), (-0.125, middle + 0.10), (-0.085, -0.045), (-0.058, -0.038)])
    board.paint(board.strokes(_smooth(boom)[None], 0.007), HEADSET)
    board.paint(board.ellipse(-0.055, -0.038, 0.013, 0.009), HEADSET, 0.8)


def _jaw(board: Board) -> Plane:
    """Narrow the face below the cheeks."""
    below = np.clip((board.y + 0.125) / 0.125, 0, 1)
    width = HEAD_WIDTH * (1 - 0.42 * below**2)
    return f32(np.clip((width - np.abs(board.x)) * board.unit * 2 + 0.5, 0, 1))


def _strands(y: float) -> NDArray[np.float64]:
    """Return hairs that stand out of the outline, always the same ones."""
    rng = np.random.default_rng(7)
    angle = rng.uniform(math.pi * 0.98, math.pi * 2.02, 130)
    reach = rng.uniform(0.97, 1.10, 130)
    bend = angle + rng.normal(0, 0.06, 130)
    inner = np.column_stack([np.cos(angle) * 0.132, y + np.sin(angle) * 0.162])
    outer = np.column_stack([np.cos(bend) * 0.140 * reach, y + np.sin(bend) * 0.170 * reach])
    return np.stack([inner, outer], axis=1)


def _smooth(points: NDArray[np.float64], per_leg: int = 12) -> NDArray[np.float64]:
    """Return a Catmull-Rom curve through the points."""
    padded = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    t = np.linspace(0, 1, per_leg, endpoint=False)[:, None]
    legs = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        legs.append(
            0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        )
    return np.vstack([*legs, points[-1:]])


def _even(length: float) -> int:
    return 2 * math.ceil(length / 2)
