"""A person of known outline, before a room that cannot be mistaken; and what a picture shows of both."""

from __future__ import annotations

import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from vcam.adapters import v4l2
from vcam.adapters.v4l2 import Role
from vcam.core.frame import Alpha, Pixels, Size
from vcam.core.ports import CardKind
from vcam.imaging.cards import paint_card
from vcam.imaging.presenter import draw_presenter
from vcam.imaging.room import draw_room
from vcam.phrases import CARDS

CERTAIN = 0.98
"""From this alpha on a pixel is the person, and below the rest of it the room."""

_SMALL = 4
_MARGIN = 9  # pixels at the outline that belong to neither


@dataclass(frozen=True, slots=True)
class Clip:
    """A person in front of a camera.

    Attributes:
        frames: BGR pictures.
        alphas: of the person in each.
        fps: of the clip.
    """

    frames: list[Pixels]
    alphas: list[Alpha]
    fps: int

    @property
    def size(self) -> Size:
        """Of each frame."""
        return Size.of(self.frames[0])


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one picture shows.

    Attributes:
        index: of the clip's frame that it was made from.
        iou: of the person's outline and what was kept.
        person: median difference of the person's pixels from the clip's, in levels.
        room: how much of the room can still be seen, 0 … 1.
    """

    index: int
    iou: float
    person: float
    room: float


def draw(size: Size, fps: int, seconds: float, *, signal_room: bool = False) -> Clip:
    """Draw the presenter; before an unmistakable room of magenta and cyan, if asked."""
    frames, alphas = [], []
    for index in range(int(fps * seconds)):
        pixels, alpha = draw_presenter(index / fps, size)
        if signal_room:
            mix = alpha[..., None]
            pixels = np.rint(pixels * mix + _signal(size) * (1 - mix)).astype(np.uint8)
        frames.append(pixels)
        alphas.append(alpha)
    return Clip(frames, alphas, fps)


def keyed(archive: Path, size: Size, fps: int) -> Clip:
    """Put real people, cut out before a screen of one colour, into a drawn room; one after the other.

    Args:
        archive: a ZIP file with premult/NAME.jpg (colour times alpha) and masks/NAME.png (alpha), in order.
        size: of the frames; people stand at their bottom edge, as tall as they.
        fps: of the clip.
    """
    frames, alphas = [], []
    room = draw_room(size)
    with zipfile.ZipFile(archive) as pictures:
        for name in sorted(name for name in pictures.namelist() if name.startswith("masks/")):
            colour = _decode(pictures.read(name.replace("masks/", "premult/").replace(".png", ".jpg")))
            matte = _decode(pictures.read(name))[..., 0]
            width = round(size.height * matte.shape[1] / matte.shape[0])
            left = (size.width - width) // 2
            alpha = np.zeros((size.height, size.width), np.float32)
            person = np.zeros((size.height, size.width, 3), np.float32)
            alpha[:, left : left + width] = cv2.resize(matte, (width, size.height)) / np.float32(255)
            person[:, left : left + width] = cv2.resize(colour, (width, size.height))
            mixed = person + room * (1 - alpha[..., None])
            frames.append(np.clip(np.rint(mixed), 0, 255).astype(np.uint8))
            alphas.append(alpha)
    return Clip(frames, alphas, fps)


@contextmanager
def played(clip: Clip, device: Path, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Play a clip into a loopback, over and over, as if it were a webcam."""
    if v4l2.capabilities(device).role is not Role.FREE:  # the player before left it so
        v4l2.repair(device)
    raw = folder / f"{device.name}.bgr"
    with raw.open("wb") as file:
        for frame in clip.frames:
            file.write(frame.tobytes())
    size = f"{clip.size.width}x{clip.size.height}"
    player = subprocess.Popen(
        [
            *("ffmpeg", "-v", "error", "-nostdin", "-re", "-stream_loop", "-1", "-f", "rawvideo"),
            *("-pix_fmt", "bgr24", "-s", size, "-r", str(clip.fps), "-i", raw),
            *("-f", "v4l2", "-pix_fmt", "yuv420p", device),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield player
    finally:
        player.kill()
        player.wait()
        raw.unlink()


def card_shown(pixels: Pixels) -> CardKind | None:
    """Return which card a picture is, or None for none."""
    small = _shrunk(pixels)
    cards = _cards(Size.of(pixels))
    return next((kind for kind, card in cards.items() if np.abs(small - card).mean() < 3), None)


def judge(pixels: Pixels, clip: Clip, background: tuple[int, int, int]) -> Verdict:
    """Compare a picture with the clip that it was made from, and the colour (BGR) wanted behind."""
    index = _moment(pixels, clip)
    frame, alpha = clip.frames[index], clip.alphas[index]
    kernel = np.ones((_MARGIN, _MARGIN), np.uint8)
    person = cv2.erode((alpha >= CERTAIN).astype(np.uint8), kernel) > 0
    room = cv2.erode((alpha <= 1 - CERTAIN).astype(np.uint8), kernel) > 0
    kept = np.abs(pixels.astype(int) - np.array(background)).max(axis=2) > 40
    truth = alpha > 0.5
    from_room = np.abs(pixels.astype(int) - frame).max(axis=2)
    return Verdict(
        index,
        iou=float((kept & truth).sum() / max((kept | truth).sum(), 1)),
        person=float(np.median(from_room[person])),
        room=float((from_room[room] < 30).mean()),
    )


def room_seen(pixels: Pixels) -> float:
    """Return the share of a picture that shows the signal room's magenta or cyan."""
    return _share(pixels, (170, 0, 170), (255, 90, 255)) + _share(pixels, (170, 170, 0), (255, 255, 90))


def colour_missing(pixels: Pixels, colour: tuple[int, int, int]) -> float:
    """Return the share of a picture that is not of this colour (BGR)."""
    low, high = np.subtract(colour, 40), np.add(colour, 40)
    return 1 - _share(pixels, tuple(low.tolist()), tuple(high.tolist()))


def _share(pixels: Pixels, low: tuple[int, ...], high: tuple[int, ...]) -> float:
    return cv2.countNonZero(cv2.inRange(pixels, low, high)) / (pixels.shape[0] * pixels.shape[1])


def _decode(data: bytes) -> Pixels:
    return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), np.uint8)


@cache
def _cards(size: Size) -> dict[CardKind, np.ndarray]:
    return {kind: _shrunk(paint_card(kind, size, *CARDS[kind])) for kind in CardKind}


def _signal(size: Size) -> Pixels:
    # Squares so small that the blur mixes their colours: only the raw room shows them.
    across, down = np.meshgrid(np.arange(size.width) // 8, np.arange(size.height) // 8)
    even = ((across + down) % 2 == 0)[..., None]
    return np.where(even, np.uint8((255, 0, 255)), np.uint8((255, 255, 0))).astype(np.uint8)


def _moment(pixels: Pixels, clip: Clip) -> int:
    small = _shrunk(pixels)
    differences = []
    for frame, alpha in zip(clip.frames, clip.alphas, strict=True):
        person = alpha[::_SMALL, ::_SMALL] >= CERTAIN
        differences.append(np.abs(small - _shrunk(frame))[person].mean())
    return int(np.argmin(differences))


def _shrunk(pixels: Pixels) -> np.ndarray:
    return pixels[::_SMALL, ::_SMALL].astype(np.int16)
