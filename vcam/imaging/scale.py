"""Smaller copies of frames by exact halvings, each made once however many stages ask for it."""

from __future__ import annotations

import cv2

from vcam.core.frame import Frame, Pixels, Size
from vcam.imaging.arrays import u8

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


class Pyramid:
    """The halvings of the newest frame, shared by the stages that work on small copies.

    A level is computed when it is first asked for; asking for another frame forgets the former one, and its
    buffers are written over.
    """

    def __init__(self) -> None:
        self._frame: Frame | None = None
        self._buffers: list[Pixels | None] = [None] * LEVELS
        self._done = 0

    def nearest(self, frame: Frame, size: Size) -> Pixels:
        """Return the smallest level of a frame that is no smaller than a size, or else the frame itself."""
        ratio = min(frame.size.width // size.width, frame.size.height // size.height)
        return self.level(frame, min(max(ratio.bit_length() - 1, 0), LEVELS))

    def level(self, frame: Frame, level: int) -> Pixels:
        """Return a frame halved level times (0 … LEVELS), uint8 BGR, valid until the next frame."""
        if frame is not self._frame:
            self._frame, self._done = frame, 0
        while self._done < level:
            larger = frame.pixels if self._done == 0 else self._buffers[self._done - 1]
            assert larger is not None  # noqa: S101 - level n-1 was made just before level n
            self._buffers[self._done] = halve(larger, self._buffers[self._done])
            self._done += 1
        made = frame.pixels if level == 0 else self._buffers[level - 1]
        assert made is not None  # noqa: S101 - made by the loop above
        return made
