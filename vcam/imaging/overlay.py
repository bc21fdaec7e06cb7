"""Lays the person over a picture that is already there: copies the body, mixes the edge, leaves the rest.

out = α·F + (1 − α)·N. At the edge the camera saw a mixture of person and room, so the person's own colour F
is estimated from the mean colours of both near by, as in Germer and others, "Fast multi-level foreground
estimation" (ICPR 2020), and Forte, "Approximate fast foreground colour estimation" (ICIP 2021).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.core.frame import Alpha, Frame, Matte, Pixels, Size
from vcam.imaging.arrays import Bytes, Plane, u8
from vcam.imaging.blur import MaskedBlur
from vcam.imaging.scale import Pyramid, halve, halved

COARSE = 3
"""Halvings at which the mean colours of person and room are found."""
NEAR = (5, 5)
"""Widths of the box blurs, in pixels of that level, that say what "near by" is."""

_SQUARE = np.round(np.arange(256) ** 2 / 255).astype(np.uint8)
_SQUARE_OF_REST = np.ascontiguousarray(_SQUARE[::-1])


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in an image: the pixels from left to right and top to bottom, both ends exclusive."""

    left: int
    top: int
    right: int
    bottom: int

    def of(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the part of an image inside the box, as a view."""
        return image[self.top : self.bottom, self.left : self.right]


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


def box_around(alpha: Bytes) -> Box:
    """Return the smallest box that holds every pixel with any alpha, and one more on each side."""
    left, top, width, height = cv2.boundingRect(alpha)
    rows, columns = alpha.shape
    if width == 0:
        return Box(0, 0, 0, 0)
    return Box(max(left - 1, 0), max(top - 1, 0), min(left + width + 1, columns), min(top + height + 1, rows))


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
        self._less_one = np.empty_like(self._alpha)
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
        if box.right == 0:
            return
        edge = self._edge_pixels(box)
        behind = pixel_rows(out)[edge]
        cv2.copyTo(box.of(frame.pixels), box.of(self._alpha), box.of(out))
        seen, near = pixel_rows(frame.pixels)[edge], self._estimate(frame, alpha, edge)
        share = np.repeat(self._alpha.ravel()[edge], 3) * np.float32(1 / 255)
        own = mix(bytes_of(seen), bytes_of(near), share)
        if self._light_wrap:
            own += (1 - share) * bytes_of(behind) * (np.float32(self._light_wrap / 255) * (255 - own))
        mixed = mix(own, bytes_of(behind), share)
        mixed += np.float32(0.5)
        np.put(pixel_rows(out), edge, mixed.astype(np.uint8).view(PIXEL))

    def _enlarge(self, alpha: Bytes) -> Box:
        """Fill the full-size alpha where there is any, and return that box.

        Where the frame's size is a whole multiple of the matte's, only the box is computed: the pixels around
        it are 0, so a bilinear enlargement of the box alone equals that of the whole.
        """
        rows, columns = alpha.shape
        across, down = self._size.width // columns, self._size.height // rows
        if (across * columns, down * rows) != (self._size.width, self._size.height):
            cv2.resize(alpha, (self._size.width, self._size.height), dst=self._alpha)
            return box_around(self._alpha)
        small = box_around(alpha)
        box = Box(small.left * across, small.top * down, small.right * across, small.bottom * down)
        if box.right:
            into = box.of(self._alpha)
            cv2.resize(small.of(alpha), (into.shape[1], into.shape[0]), dst=into)
        return box

    def _edge_pixels(self, box: Box) -> NDArray[np.intp]:
        """Return the indices, in the flattened frame, of the pixels in the box with 0 < alpha < 255."""
        less_one = np.subtract(box.of(self._alpha), 1, out=box.of(self._less_one))  # 0 wraps round to 255
        within = np.flatnonzero(less_one < 254)
        width = box.right - box.left
        down = within // width
        return within + down * (self._size.width - width) + (box.top * self._size.width + box.left)

    def _estimate(self, frame: Frame, alpha: Bytes, edge: NDArray[np.intp]) -> Colours:
        """Return what the person's own colour at the edge pixels would be, were they all person."""
        small = self._pyramid.level(frame, COARSE)
        share = shrink(alpha, Size.of(small))
        person = self._person(small, u8(cv2.LUT(share, _SQUARE)))
        room = self._room(small, u8(cv2.LUT(share, _SQUARE_OF_REST)))
        # Half-way between all person (person) and none (2 person - room): right where α is a half, and little
        # matters elsewhere.
        estimate = cv2.addWeighted(person, 1.5, room, -0.5, 0.0)
        finer = self._pyramid.level(frame, COARSE - 1)
        estimate = cv2.resize(estimate, (finer.shape[1], finer.shape[0]))
        down, across = np.divmod(edge, self._size.width)
        beside = (down >> (COARSE - 1)) * finer.shape[1] + (across >> (COARSE - 1))
        colours: Colours = np.take(pixel_rows(u8(estimate)), beside)
        return colours


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


def mix(one: Bytes | Plane, other: Bytes, share: Plane) -> Plane:
    """Return one · share + other · (1 − share), float32, in as few passes as it takes."""
    mixed = np.subtract(one, other, dtype=np.float32)
    mixed *= share
    mixed += other
    return mixed
