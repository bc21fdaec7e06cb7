"""Lays the person over a picture that is already there: copies the body, mixes the edge, leaves the rest.

out = α·F + (1 − α)·N. At the edge the camera saw a mixture of person and room, so the person's own colour F
is estimated from the mean colours of both near by, as in Germer and others, "Fast multi-level foreground
estimation" (ICPR 2020), and Forte, "Approximate fast foreground colour estimation" (ICIP 2021).
"""

from __future__ import annotations

from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.core.frame import Alpha, Frame, Matte, Pixels, Size
from vcam.imaging.arrays import Bytes, Plane, u8
from vcam.imaging.blur import MaskedBlur
from vcam.imaging.box import Box
from vcam.imaging.scale import Pyramid, halve, halved

COARSE = 3
"""Halvings at which the mean colours of person and room are found."""
NEAR = (5, 5)
"""Widths of the box blurs, in pixels of that level, that say what "near by" is."""

_SQUARE = np.round(np.arange(256) ** 2 / 255).astype(np.uint8)
_SQUARE_OF_REST = np.ascontiguousarray(_SQUARE[::-1])


def to_bytes(alpha: Alpha, out: Bytes | None = None) -> Bytes:
    """Return alpha in 255ths, rounded."""
    return u8(cv2.convertScaleAbs(alpha, dst=out, alpha=255.0))


def shrink(alpha: Bytes, size: Size) -> Bytes:
    """Return a byte matte at another size: by exact halvings as far as they go, then bilinear."""
    while Size.of(alpha) != size:
        half = halved(Size.of(alpha))
        if half.width < size.width or half.height < size.height or half == Size.of(alpha):
            return u8(cv2.resize(alpha, (size.width, size.height)))
        alpha = halve(alpha)
    return alpha


class Overlay:
    """Lays the person over what an output buffer already shows.

    Args:
        size: of frames and output.
        pyramid: of the frames, shared with whoever else halves them.
        light_wrap: 0 (none) … 1: how much of the background's light falls on the person's edge.
    """

    def __init__(self, size: Size, pyramid: Pyramid, light_wrap: float = 0.0) -> None:
        self._size = size
        self._pyramid = pyramid
        self._light_wrap = light_wrap
        self._alpha = np.zeros((size.height, size.width), np.uint8)
        self._within = np.empty(size.height * size.width, np.uint8)
        self._person = MaskedBlur(NEAR)
        self._room = MaskedBlur(NEAR)
        self._bytes: Bytes | None = None

    def matte_bytes(self, matte: Matte) -> Bytes:
        """Return the matte in 255ths at its own size, valid until the next call."""
        self._bytes = to_bytes(matte.alpha, self._bytes)
        return self._bytes

    def lay(self, frame: Frame, alpha: Bytes, out: Pixels) -> None:
        """Lay the person over out, uint8 (height, width, 3), in place.

        Args:
            frame: of this overlay's size.
            alpha: of the frame, uint8 of any size.
            out: shows the background.
        """
        box = self._enlarge(alpha)
        if not box:
            return
        down, across = self._edge_pixels(box)
        edge = down * self._size.width + across
        behind = bytes_of(np.take(pixel_rows(out), edge))
        cv2.copyTo(box.of(frame.pixels), box.of(self._alpha), box.of(out))
        if edge.size:
            share = thrice(np.take(self._alpha, edge)) * np.float32(1 / 255)
            near = self._estimate(frame, alpha, box, down, across)
            own = mix(bytes_of(np.take(pixel_rows(frame.pixels), edge)), near, share)
            np.put(pixel_rows(out), edge, self._before(own, behind, share).view(PIXEL))

    def _before(self, own: Plane, behind: Bytes, share: Plane) -> Bytes:
        """Return the person's own colour before the background, as bytes."""
        if self._light_wrap:
            own += (1 - share) * behind * (np.float32(self._light_wrap / 255) * (255 - own))
        mixed = mix(own, behind, share)
        mixed += np.float32(0.5)
        return mixed.astype(np.uint8)

    def _enlarge(self, alpha: Bytes) -> Box:
        """Fill the full-size alpha where there is any, and return that box."""
        own = Size.of(alpha)
        small = Box.around(alpha)
        if not small:
            return small
        # One pixel more on each side is 0, or the frame's border: what lies beyond makes no difference.
        small = small.grown(1, own).snapped(own, self._size)
        box = small.scaled(own, self._size)
        cv2.resize(small.of(alpha), (box.size.width, box.size.height), dst=box.of(self._alpha))
        return box

    def _edge_pixels(self, box: Box) -> tuple[Indices, Indices]:
        """Return rows and columns of the frame's pixels in the box with 0 < alpha < 255."""
        height, width = box.size.height, box.size.width
        within = self._within[: height * width].reshape(height, width)
        cv2.inRange(box.of(self._alpha), 1, 254, dst=within)
        found = np.flatnonzero(within.view(np.bool_))
        down = found // width
        found -= down * width - box.left
        down += box.top
        return down, found

    def _estimate(self, frame: Frame, alpha: Bytes, box: Box, down: Indices, across: Indices) -> Bytes:
        """Return what the person's own colour would be near the edge pixels, were they half person."""
        small = self._pyramid.level(frame, COARSE)
        size = Size.of(small)
        part = box.shrunk(COARSE).grown(NEAR[0] // 2, size)
        share = part.of(shrink(alpha, size))
        person = self._person(part.of(small), u8(cv2.LUT(share, _SQUARE)))
        room = self._room(part.of(small), u8(cv2.LUT(share, _SQUARE_OF_REST)))
        # Half-way between what all person (person) and none (2 person - room) would give: right where α is a
        # half, and elsewhere it matters little.
        estimate = u8(cv2.addWeighted(person, 1.5, room, -0.5, 0.0))
        nearest = (down >> COARSE) * part.size.width
        nearest += across >> COARSE
        nearest -= part.top * part.size.width + part.left
        return bytes_of(np.take(pixel_rows(estimate), nearest))


Indices: TypeAlias = NDArray[np.intp]

PIXEL = np.dtype("V3")
"""One BGR pixel as one item: numpy moves it three times as fast as three bytes."""

Colours: TypeAlias = NDArray[np.void]
"""V3 (any number of pixels,)."""


def pixel_rows(image: Pixels) -> Colours:
    """Return a contiguous BGR image as one flat array of whole pixels, as a view."""
    rows: Colours = image.reshape(-1).view(PIXEL)
    return rows


def bytes_of(pixels: Colours) -> Bytes:
    """Return whole pixels as flat bytes again, as a view."""
    return pixels.view(np.uint8)


def thrice(values: Bytes) -> Bytes:
    """Return each value three times in a row, once for each channel."""
    return u8(cv2.cvtColor(values[None], cv2.COLOR_GRAY2BGR)).reshape(-1)


def mix(one: Bytes | Plane, other: Bytes, share: Plane) -> Plane:
    """Return one · share + other · (1 − share), float32, in as few passes as it takes."""
    mixed = np.subtract(one, other, dtype=np.float32)
    mixed *= share
    mixed += other
    return mixed
