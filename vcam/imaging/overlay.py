"""Lays the person over a picture that is already there: copies the body, mixes the edge, leaves the rest.

out = α·F + (1 − α)·N. At the edge the camera saw a mixture of person and room, so the person's own colour F
is estimated from the mean colours of both near by, as in Germer and others, "Fast multi-level foreground
estimation" (ICPR 2020), and Forte, "Approximate fast foreground colour estimation" (ICIP 2021).

All on I420: brightness by the matte at the frame's size, the colours by the matte at half of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from vcam.core.frame import Alpha, Frame, Image, Levels, Matte, Pixels, Size
from vcam.imaging.arrays import Bytes, Plane, u8
from vcam.imaging.blur import MaskedBlur
from vcam.imaging.box import Box
from vcam.imaging.planes import BLACK, LIGHTS, Planes
from vcam.imaging.scale import Pyramid, halve, halved
from vcam.imaging.words import Indices, Words, kind_of, mixed

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
    """The words of a picture at which person and background are mixed.

    Attributes:
        bright: those of brightness.
        colour: those of both colours.
        share: alpha of each byte, float32 in [0, 1].
    """

    bright: Words
    colour: Words
    share: Plane

    def of(self, picture: Image) -> Bytes:
        """Return a picture's bytes at the edge."""
        return np.concatenate((self.bright.of(picture), self.colour.of(picture)))

    def lay(self, made: Bytes, picture: Image) -> None:
        """Lay bytes over a picture's at the edge."""
        self.bright.lay(made[: self.bright.length], picture)
        self.colour.lay(made[self.bright.length :], picture)


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """What a matte says about where the person is, worked out once for all frames that it is used for.

    Attributes:
        alpha: in 255ths, uint8, at half the frame's size, as the colours have it.
        coarse: the same at COARSE halvings of the frame.
        boxes: for each plane, around every pixel with any alpha.
        masks: for each plane, alpha inside its box; that of brightness until another matte is placed.
        edge: the pixels with 0 < alpha < 255.
        part: a box at the coarse level, somewhat larger than the person's.
        person: gives the person's mean colour near each pixel of the part.
        room: gives the room's.
        around: which pixels of the part lie along the edge, uint8, 0 where they do not.
    """

    alpha: Bytes
    coarse: Bytes
    boxes: tuple[Box, Box, Box]
    masks: tuple[Bytes, Bytes, Bytes]
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
        self._alpha = np.empty(size.height * size.width, np.uint8)
        self._kinds = kind_of(COARSE, size.width), kind_of(COARSE - 1, self._half.width)
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
        planes = Planes.of(picture).each, Planes.of(out).each
        for box, mask, seen, into in zip(at.boxes, at.masks, *planes, strict=True):
            if box:
                cv2.copyTo(box.of(seen), mask, box.of(into))
        if at.edge.share.size:
            own = mix(at.edge.of(picture), self._estimate(frame, at), at.edge.share)
            at.edge.lay(self._before(own, behind, at.edge), out)

    def _place(self, alpha: Bytes) -> Placement:
        small = Box.around(alpha)
        box, mask = self._enlarge(alpha, small)
        half = shrink(alpha, self._half)
        half_box = small if half is alpha else Box.around(half)
        half_mask = half_box.of(half)
        part = box.shrunk(COARSE).grown(sum(width // 2 for width in NEAR), self._coarse)
        coarse = shrink(half, self._coarse)
        here = part.of(coarse) if box else np.zeros((1, 1), np.uint8)
        return Placement(
            half,
            coarse,
            (box, half_box, half_box),
            (mask, half_mask, half_mask),
            self._edge(box, mask, half, part),
            part,
            person=MaskedBlur(u8(cv2.LUT(here, _SQUARE)), NEAR),
            room=MaskedBlur(u8(cv2.LUT(here, _SQUARE_OF_REST)), NEAR),
            around=u8(cv2.dilate(cv2.inRange(here, 1, 254), np.ones((5, 5), np.uint8))),
        )

    def _enlarge(self, alpha: Bytes, small: Box) -> tuple[Box, Bytes]:
        """Return the box of whole words around any alpha at full size, and alpha in it."""
        own = Size.of(alpha)
        if not small:
            return small, self._alpha[:0].reshape(0, 0)
        # One pixel more on each side is 0, or the frame's border: what lies beyond makes no difference.
        small = small.grown(1, own).snapped(own, self._size)
        box = small.scaled(own, self._size)
        length = self._kinds[0].itemsize
        whole = Box(box.left // length * length, box.top, -(-box.right // length) * length, box.bottom)
        made = self._alpha[: whole.size.height * whole.size.width].reshape(whole.size.height, -1)
        left, right = box.left - whole.left, box.right - whole.left
        made[:, :left] = made[:, right:] = 0
        cv2.resize(small.of(alpha), (box.size.width, box.size.height), dst=made[:, left:right])
        return whole, made

    def _edge(self, box: Box, mask: Bytes, half: Bytes, part: Box) -> Edge:
        """Return the edge in all three planes."""
        at, nearest, bright = self._edge_of(mask, box, part, COARSE)
        bright_words = Words(self._kinds[0], at, nearest * 3)
        # Whole rows are contiguous, and therefore cheaper to look through than the box.
        rows = Box(0, box.top // 2, self._half.width, (box.bottom + 1) // 2)
        at, nearest, colour = self._edge_of(rows.of(half), rows, part, COARSE - 1)
        length = self._kinds[1].itemsize
        blue, red = (
            self._size.height * self._size.width // length,
            self._size.height * self._size.width * 5 // 4 // length,
        )
        both = np.concatenate((at + blue, at + red)), np.concatenate((nearest * 3 + 1, nearest * 3 + 2))
        share = np.concatenate((bright, colour, colour)) * np.float32(1 / 255)
        return Edge(bright_words, Words(self._kinds[1], *both), share)

    def _edge_of(self, alpha: Bytes, box: Box, part: Box, halvings: int) -> tuple[Indices, Indices, Bytes]:
        """Return the words of a plane, with this alpha in a box of it, that are at the edge.

        That is: their indices in the flattened plane, those of the coarse pixels over them, and their alpha.
        """
        bright = halvings == COARSE
        kind, width = self._kinds[not bright], (self._size if bright else self._half).width
        found = mixed(alpha, kind)
        across = max(alpha.shape[1] // kind.itemsize, 1)
        rows = found // across
        columns = found - rows * across
        columns += box.left // kind.itemsize
        rows += box.top
        nearest = (rows >> halvings) * max(part.right - part.left, 1)
        nearest += columns * kind.itemsize >> halvings
        nearest -= part.top * (part.right - part.left) + part.left
        rows *= width // kind.itemsize
        rows += columns
        return rows, nearest, np.take(alpha.reshape(-1).view(kind), found).view(np.uint8)

    def _estimate(self, frame: Frame, at: Placement) -> Bytes:
        """Return what the person's own colour would be at the edge's bytes, were they half person."""
        small = at.part.of(self._pyramid.small(frame, COARSE))
        last = self._estimated
        if last and last.at is at and cv2.norm(last.small, small, cv2.NORM_INF, at.around) <= SAME:
            return last.colours
        # Half-way between what all person (person) and none (2 person - room) would give: right where α is a
        # half, and elsewhere it matters little.
        estimate = u8(cv2.addWeighted(at.person(small), 1.5, at.room(small), -0.5, 0.0))
        colours = np.concatenate((at.edge.bright.spread(estimate), at.edge.colour.spread(estimate)))
        self._estimated = Estimate(at, small.copy(), colours)
        return self._estimated.colours

    def _before(self, own: Plane, behind: Bytes, edge: Edge) -> Bytes:
        """Return the person's own colour before the background, as bytes."""
        if self._light_wrap:
            light = np.float32(self._light_wrap) * (1 - edge.share)
            bright, colour = slice(edge.bright.length), slice(edge.bright.length, None)
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
