"""Lays the person over a picture that is already there: copies the body, mixes the edge, leaves the rest.

out = α·F + (1 − α)·N. At the edge the camera saw a mixture of person and room, so the person's own colour F
is estimated from the mean colours of both near by, as in Germer and others, "Fast multi-level foreground
estimation" (ICPR 2020), and Forte, "Approximate fast foreground colour estimation" (ICIP 2021).

All on I420: brightness by the matte at the frame's size, the colours by the matte at half of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.core.frame import Alpha, Frame, Image, Levels, Matte, Pixels, Size
from vcam.imaging.arrays import Bytes, Plane, u8
from vcam.imaging.blur import MaskedBlur
from vcam.imaging.box import Box
from vcam.imaging.planes import BLACK, LIGHTS, Planes
from vcam.imaging.scale import Pyramid, halve, halved

Indices: TypeAlias = NDArray[np.intp]

COARSE = 3
"""Halvings at which the mean colours of person and room are found."""
NEAR = (5, 5)
"""Widths of the box blurs, in pixels of that level, that say what "near by" is."""

SAME = 5
"""By how many levels a coarse pixel along the edge may change for the estimate to be kept: of its change, a
quarter at most is seen."""

_SQUARE = np.round(np.arange(256) ** 2 / 255).astype(np.uint8)
_SQUARE_OF_REST = np.ascontiguousarray(_SQUARE[::-1])


def to_bytes(alpha: Alpha | Levels) -> Bytes:
    """Return alpha in 255ths, rounded; the same array where it is that already."""
    return u8(alpha) if alpha.dtype == np.uint8 else u8(cv2.convertScaleAbs(alpha, alpha=255.0))


def shrink(alpha: Bytes, size: Size) -> Bytes:
    """Return a byte matte at another size: by exact halvings as far as they go, then bilinear."""
    while Size.of(alpha) != size:
        half = halved(Size.of(alpha))
        if half.width < size.width or half.height < size.height or half == Size.of(alpha):
            return u8(cv2.resize(alpha, (size.width, size.height)))
        alpha = halve(alpha)
    return alpha


@dataclass(frozen=True, slots=True, eq=False)
class Edge:
    """The bytes of a picture at which person and background are mixed.

    Attributes:
        at: their indices in the flattened I420 picture: brightness, then both colours.
        brightness: how many of them are brightness.
        share: alpha of each, float32 in [0, 1].
        nearest: for each, the index of the coarse byte over it, in the flattened coarse part.
    """

    at: Indices
    brightness: int
    share: Plane
    nearest: Indices


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """What a matte says about where the person is, worked out once for all frames that it is used for.

    Attributes:
        alpha: in 255ths, uint8, at half the frame's size, as the colours have it.
        boxes: for each plane, around every pixel with any alpha.
        edge: the pixels with 0 < alpha < 255.
        part: a box at the coarse level, somewhat larger than the person's.
        person: gives the person's mean colour near each pixel of the part.
        room: gives the room's.
        around: which pixels of the part lie along the edge, uint8, 0 where they do not.
    """

    alpha: Bytes
    boxes: tuple[Box, Box, Box]
    edge: Edge
    part: Box
    person: MaskedBlur
    room: MaskedBlur
    around: Bytes


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """The person's own colour along the edge, and what it was made from.

    Attributes:
        at: the placement.
        small: the coarse part of the frame, uint8 (height, width, 3).
        colours: of the edge's bytes.
    """

    at: Placement
    small: Pixels
    colours: Bytes


class Overlay:
    """Lays the person over what an output buffer already shows.

    Args:
        size: of frames and output; even.
        pyramid: of the frames, shared with whoever else halves them.
        light_wrap: 0 (none) … 1: how much of the background's light falls on the person's edge.
    """

    def __init__(self, size: Size, pyramid: Pyramid, light_wrap: float = 0.0) -> None:
        self._size = size
        self._half = halved(size)
        self._coarse = size
        for _ in range(COARSE):
            self._coarse = halved(self._coarse)
        self._pyramid = pyramid
        self._light_wrap = light_wrap
        self._alpha = np.zeros((size.height, size.width), np.uint8)
        self._within = np.empty(size.height * size.width, np.uint8)
        self._placed: tuple[Matte, Placement] | None = None
        self._estimated: Estimate | None = None

    def place(self, matte: Matte) -> Placement:
        """Return where a matte puts the person, valid until another matte is placed."""
        if self._placed is None or self._placed[0] is not matte:
            self._placed = matte, self._place(to_bytes(matte.alpha))
        return self._placed[1]

    def lay(self, frame: Frame, at: Placement, out: Image, behind: Bytes) -> None:
        """Lay the person over out, I420, in place.

        Args:
            frame: of this overlay's size.
            at: where the person is.
            out: shows the background, except where the same placement was laid over it before.
            behind: the background of the edge's bytes.
        """
        picture = self._pyramid.picture(frame)
        alphas = (self._alpha, at.alpha, at.alpha)
        for box, alpha, seen, into in zip(
            at.boxes, alphas, Planes.of(picture).each, Planes.of(out).each, strict=True
        ):
            if box:
                cv2.copyTo(box.of(seen), box.of(alpha), box.of(into))
        if at.edge.at.size:
            mixed = mix(np.take(picture.reshape(-1), at.edge.at), self._estimate(frame, at), at.edge.share)
            out.reshape(-1)[at.edge.at] = self._before(mixed, behind, at.edge)

    def _place(self, alpha: Bytes) -> Placement:
        box = self._enlarge(alpha)
        alpha = shrink(alpha, self._half)
        half_box = Box.around(alpha)
        part = box.shrunk(COARSE).grown(sum(width // 2 for width in NEAR), self._coarse)
        here = part.of(shrink(alpha, self._coarse)) if box else np.zeros((1, 1), np.uint8)
        return Placement(
            alpha,
            (box, half_box, half_box),
            self._edge(box, alpha, half_box, part),
            part,
            person=MaskedBlur(u8(cv2.LUT(here, _SQUARE)), NEAR),
            room=MaskedBlur(u8(cv2.LUT(here, _SQUARE_OF_REST)), NEAR),
            around=u8(cv2.dilate(cv2.inRange(here, 1, 254), np.ones((5, 5), np.uint8))),
        )

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

    def _edge(self, box: Box, half: Bytes, half_box: Box, part: Box) -> Edge:
        """Return the edge in all three planes."""
        bright, bright_nearest = self._edge_of(self._alpha, box, part, COARSE)
        colour, colour_nearest = self._edge_of(half, half_box, part, COARSE - 1)
        shares = (np.take(self._alpha, bright), *(np.take(half, colour),) * 2)
        blue = self._alpha.size
        return Edge(
            np.concatenate((bright, colour + blue, colour + (blue + half.size))),
            bright.size,
            np.concatenate(shares) * np.float32(1 / 255),
            np.concatenate((bright_nearest * 3, colour_nearest * 3 + 1, colour_nearest * 3 + 2)),
        )

    def _edge_of(self, alpha: Bytes, box: Box, part: Box, halvings: int) -> tuple[Indices, Indices]:
        """Return where in a flattened plane 0 < alpha < 255, and the coarse pixels over these pixels."""
        height, width = box.bottom - box.top, box.right - box.left
        within = self._within[: height * width].reshape(height, width)
        if box:
            cv2.inRange(box.of(alpha), 1, 254, dst=within)
        across = np.flatnonzero(within.view(np.bool_))
        down = across // max(width, 1)
        across -= down * width - box.left
        down += box.top
        nearest = (down >> halvings) * max(part.right - part.left, 1)
        nearest += across >> halvings
        nearest -= part.top * (part.right - part.left) + part.left
        down *= alpha.shape[1]
        down += across
        return down, nearest

    def _estimate(self, frame: Frame, at: Placement) -> Bytes:
        """Return what the person's own colour would be at the edge's bytes, were they half person."""
        small = at.part.of(self._pyramid.small(frame, COARSE))
        last = self._estimated
        if last and last.at is at and cv2.norm(last.small, small, cv2.NORM_INF, at.around) <= SAME:
            return last.colours
        # Half-way between what all person (person) and none (2 person - room) would give: right where α is a
        # half, and elsewhere it matters little.
        estimate = u8(cv2.addWeighted(at.person(small), 1.5, at.room(small), -0.5, 0.0))
        self._estimated = Estimate(at, small.copy(), np.take(estimate.reshape(-1), at.edge.nearest))
        return self._estimated.colours

    def _before(self, own: Plane, behind: Bytes, edge: Edge) -> Bytes:
        """Return the person's own colour before the background, as bytes."""
        if self._light_wrap:
            light = np.float32(self._light_wrap) * (1 - edge.share)
            bright, colour = slice(edge.brightness), slice(edge.brightness, None)
            headroom = (np.float32(BLACK + LIGHTS) - own[bright]) * np.float32(1 / LIGHTS)
            own[bright] += light[bright] * (behind[bright] - np.float32(BLACK)) * headroom
            own[colour] += light[colour] * (behind[colour] - own[colour])
            np.maximum(own, 0, out=own)  # a background darker than black takes light away
        mixed = mix(own, behind, edge.share)
        mixed += np.float32(0.5)
        return mixed.astype(np.uint8)


def mix(one: Bytes | Plane, other: Bytes, share: Plane) -> Plane:
    """Return one · share + other · (1 − share), float32, in as few passes as it takes."""
    mixed = np.subtract(one, other, dtype=np.float32)
    mixed *= share
    mixed += other
    return mixed
