"""Smaller copies of frames by exact halvings, each made once however many stages ask for it."""

from __future__ import annotations

import cv2

from vcam.core.frame import Frame, Image, Pixels, Size
from vcam.imaging.arrays import Bytes, u8
from vcam.imaging.planes import Planes, to_i420

LEVELS = 3
"""How many times a frame is halved at most: 1280×720 → 640×360 → 320×180 → 160×90."""


def halved(size: Size) -> Size:
    """Return half of a size, rounded up, so that 1×1 stays 1×1."""
    return Size((size.width + 1) // 2, (size.height + 1) // 2)


def halve(pixels: Pixels, out: Pixels | None = None) -> Pixels:
    """Return an image at half its size: the mean of each 2×2 block, rounded half up.

    An odd width or height makes the blocks slightly smaller than two pixels; even ones are far cheaper.

    Args:
        pixels: uint8 (height, width) or (height, width, channels).
        out: written into where it has the right shape.
    """
    half = halved(Size.of(pixels))
    return u8(cv2.resize(pixels, (half.width, half.height), dst=out, interpolation=cv2.INTER_AREA))


class _Halvings:
    """One plane and its halvings; asked for another plane, the buffers are written over."""

    def __init__(self) -> None:
        self._made: list[Bytes] = []
        self._buffers: list[Bytes | None] = [None] * LEVELS

    def begin(self, plane: Bytes) -> None:
        self._made = [plane]

    def at(self, times: int) -> Bytes:
        while len(self._made) <= times:
            last = len(self._made) - 1
            made = self._buffers[last] = halve(self._made[last], self._buffers[last])
            self._made.append(made)
        return self._made[times]


class Pyramid:
    """The planes of the newest frame and their halvings, shared by the stages that work on them.

    Each is made when it is first asked for; asking for another frame forgets the former one, and its buffers
    are written over. So what is returned is valid until the next frame.
    """

    def __init__(self) -> None:
        self._frame: Frame | None = None
        self._picture: Image | None = None
        self._converted: Image | None = None
        self._planes = (_Halvings(), _Halvings(), _Halvings())
        self._small: dict[int, tuple[Frame, Pixels]] = {}

    def picture(self, frame: Frame) -> Image:
        """Return a frame as I420; an odd side gets its last pixels twice."""
        if frame is not self._frame or self._picture is None:
            self._frame, self._picture = frame, self._as_i420(frame.pixels)
            for halvings, plane in zip(self._planes, Planes.of(self._picture).each, strict=True):
                halvings.begin(plane)
        return self._picture

    def _as_i420(self, pixels: Image) -> Image:
        if pixels.ndim == 2:
            return pixels
        self._converted = to_i420(pixels, self._converted)
        return self._converted

    def brightness(self, frame: Frame, level: int) -> Bytes:
        """Return a frame's brightness halved level times (0 … LEVELS), uint8 (height, width), 16 … 235."""
        self.picture(frame)
        return self._planes[0].at(level)

    def level(self, frame: Frame, level: int) -> tuple[Bytes, Bytes, Bytes]:
        """Return brightness and colours of a frame halved level times (0 … LEVELS).

        All are of one size, except at level 0, where the colours have half of it.
        """
        brightness, colours = self.brightness(frame, level), max(level - 1, 0)
        return brightness, self._planes[1].at(colours), self._planes[2].at(colours)

    def small(self, frame: Frame, level: int) -> Pixels:
        """Return a level (1 … LEVELS) as one image, uint8 (height, width, 3): brightness, blue, red."""
        known, made = self._small.get(level, (None, None))
        if made is None or known is not frame:
            made = u8(cv2.merge(self.level(frame, level), made))
            self._small[level] = frame, made
        return made

    def nearest(self, frame: Frame, size: Size) -> Bytes:
        """Return brightness at the smallest level no smaller than a size, or else the frame's own."""
        ratio = min(frame.size.width // size.width, frame.size.height // size.height)
        return self.brightness(frame, min(max(ratio.bit_length() - 1, 0), LEVELS))
