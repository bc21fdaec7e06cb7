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
from vcam.imaging.box import Box
from vcam.imaging.scale import Pyramid, halve, halved

Indices: TypeAlias = NDArray[np.intp]

COARSE = 3
"""Halvings at which the mean colours of person and room are found."""
NEAR = (5, 5)
"""Widths of the box blurs, in pixels of that level, that say what "near by" is."""

SAME = 6
"""By how many levels a coarse pixel along the edge may change for the estimate to be kept: of its change, a
quarter at most is seen."""

_SQUARE = np.round(np.arange(256) ** 2 / 255).astype(np.uint8)
_SQUARE_OF_REST = np.ascontiguousarray(_SQUARE[::-1])


def to_bytes(alpha: Alpha) -> Bytes:
    """Return alpha in 255ths, rounded."""
    return u8(cv2.convertScaleAbs(alpha, alpha=255.0))


def shrink(alpha: Bytes, size: Size) -> Bytes:
    """Return a byte matte at another size: by exact halvings as far as they go, then bilinear."""
    while Size.of(alpha) != size:
        half = halved(Size.of(alpha))
        if half.width < size.width or half.height < size.height or half == Size.of(alpha):
            return u8(cv2.resize(alpha, (size.width, size.height)))
        alpha = halve(alpha)
    return alpha


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """What a matte says about where the person is, worked out once for all frames that it is used for.

    Attributes:
        alpha: in 255ths, uint8, at the matte's own size.
        box: in the frame, around every pixel with any alpha.
        edge: indices, in the flattened frame, of the pixels with 0 < alpha < 255.
        share: alpha of each byte of those pixels, float32 in [0, 1].
        part: a box at the coarse level, somewhat larger than the person's.
        nearest: for each edge pixel the index of the coarse pixel over it, in the flattened part.
        person: gives the person's mean colour near each pixel of the part.
        room: gives the room's.
        around: which pixels of the part lie along the edge, uint8, 0 where they do not.
    """

    alpha: Bytes
    box: Box
    edge: Indices
    share: Plane
    part: Box
    nearest: Indices
    person: MaskedBlur
    room: MaskedBlur
    around: Bytes


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """The person's own colour along the edge, and what it was made from.

    Attributes:
        at: the placement.
        small: the coarse part of the frame, uint8 (height, width, 3).
        colours: of the edge pixels, flat bytes.
    """

    at: Placement
    small: Pixels
    colours: Bytes


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
        self._coarse = size
        for _ in range(COARSE):
            self._coarse = halved(self._coarse)
        self._alpha = np.zeros((size.height, size.width), np.uint8)
        self._within = np.empty(size.height * size.width, np.uint8)
        self._placed: tuple[Matte, Placement] | None = None
        self._estimated: Estimate | None = None

    def place(self, matte: Matte) -> Placement:
        """Return where a matte puts the person, valid until another matte is placed."""
        if self._placed is None or self._placed[0] is not matte:
            self._placed = matte, self._place(to_bytes(matte.alpha))
        return self._placed[1]

    def lay(self, frame: Frame, at: Placement, out: Pixels, behind: Bytes) -> None:
        """Lay the person over out, uint8 (height, width, 3), in place.

        Args:
            frame: of this overlay's size.
            at: where the person is.
            out: shows the background, except where the same placement was laid over it before.
            behind: the background of the edge pixels, flat bytes.
        """
        if at.box:
            cv2.copyTo(at.box.of(frame.pixels), at.box.of(self._alpha), at.box.of(out))
        if at.edge.size:
            seen = bytes_of(np.take(pixel_rows(frame.pixels), at.edge))
            mixed = self._before(mix(seen, self._estimate(frame, at), at.share), behind, at.share)
            np.put(pixel_rows(out), at.edge, mixed.view(PIXEL))

    def _place(self, alpha: Bytes) -> Placement:
        box = self._enlarge(alpha)
        down, across = self._edge_pixels(box)
        edge = down * self._size.width + across
        share = thrice(np.take(self._alpha, edge)) * np.float32(1 / 255)
        part = box.shrunk(COARSE).grown(sum(width // 2 for width in NEAR), self._coarse)
        nearest = (down >> COARSE) * part.size.width
        nearest += across >> COARSE
        nearest -= part.top * part.size.width + part.left
        here = part.of(shrink(alpha, self._coarse)) if box else np.zeros((1, 1), np.uint8)
        person = MaskedBlur(u8(cv2.LUT(here, _SQUARE)), NEAR)
        room = MaskedBlur(u8(cv2.LUT(here, _SQUARE_OF_REST)), NEAR)
        around = u8(cv2.dilate(cv2.inRange(here, 1, 254), np.ones((5, 5), np.uint8)))
        return Placement(alpha, box, edge, share, part, nearest, person, room, around)

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
        height, width = box.bottom - box.top, box.right - box.left
        within = self._within[: height * width].reshape(height, width)
        if box:
            cv2.inRange(box.of(self._alpha), 1, 254, dst=within)
        across = np.flatnonzero(within.view(np.bool_))
        down = across // max(width, 1)
        across -= down * width - box.left
        down += box.top
        return down, across

    def _estimate(self, frame: Frame, at: Placement) -> Bytes:
        """Return what the person's own colour would be near the edge pixels, were they half person."""
        small = at.part.of(self._pyramid.level(frame, COARSE))
        last = self._estimated
        if last and last.at is at and cv2.norm(last.small, small, cv2.NORM_INF, at.around) <= SAME:
            return last.colours
        # Half-way between what all person (person) and none (2 person - room) would give: right where α is a
        # half, and elsewhere it matters little.
        estimate = cv2.addWeighted(at.person(small), 1.5, at.room(small), -0.5, 0.0)
        colours = bytes_of(np.take(pixel_rows(u8(estimate)), at.nearest))
        self._estimated = Estimate(at, small.copy(), colours)
        return colours

    def _before(self, own: Plane, behind: Bytes, share: Plane) -> Bytes:
        """Return the person's own colour before the background, as bytes."""
        if self._light_wrap:
            own += (1 - share) * behind * (np.float32(self._light_wrap / 255) * (255 - own))
        mixed = mix(own, behind, share)
        mixed += np.float32(0.5)
        return mixed.astype(np.uint8)


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
    if not values.size:  # OpenCV refuses an empty image
        return values
    return u8(cv2.cvtColor(values[None], cv2.COLOR_GRAY2BGR)).reshape(-1)


def mix(one: Bytes | Plane, other: Bytes, share: Plane) -> Plane:
    """Return one · share + other · (1 − share), float32, in as few passes as it takes."""
    mixed = np.subtract(one, other, dtype=np.float32)
    mixed *= share
    mixed += other
    return mixed
