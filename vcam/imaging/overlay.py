"""Lays the person over a picture that is already there: copies the body, mixes the edge, leaves the rest.

out = α·F + (1 − α)·N. At the edge the camera saw a mixture of person and room, so the person's own colour F
is estimated from the mean colours of both near by, as in Germer and others, "Fast multi-level foreground
estimation" (ICPR 2020), and Forte, "Approximate fast foreground colour estimation" (ICIP 2021).

All on I420: brightness by the matte at the frame's size, the colours by the matte at half of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from vcam.core.frame import Alpha, Frame, Image, Levels, Matte, Pixels, Size
from vcam.imaging.arrays import Bytes, Plane, u8
from vcam.imaging.blur import MaskedBlur
from vcam.imaging.box import Box
from vcam.imaging.planes import BLACK, LIGHTS, Planes
from vcam.imaging.scale import Pyramid, halve, halved
from vcam.imaging.words import Indices, Kind, kind_of, lay, mixed, spread, take

COARSE = 3
"""Halvings at which the mean colours of person and room are found."""
NEAR = (5,)
"""Widths of the box blurs, in pixels of that level, that say what "near by" is. One of 5 finds truer colours
than two of 5, or one of 7, at half the time (docs/decisions/0017)."""

SAME = 8
"""By how many levels a coarse pixel along the edge may change for the estimate to be kept: of its change, a
quarter at most is seen (docs/decisions/0017)."""

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
        kind: of the words.
        at: their indices in the flattened I420 picture: brightness, then both colours.
        bright: how many bytes of them are brightness.
        share: alpha of each byte, float32 in [0, 1].
        nearest: for each word, the index of the coarse byte over it, in the flattened coarse part.
    """

    kind: Kind
    at: Indices
    bright: int
    share: Plane
    nearest: Indices

    def of(self, picture: Image) -> Bytes:
        """Return a picture's bytes at the edge."""
        return take(picture, self.at, self.kind)


@dataclass(frozen=True, eq=False)
class Placement:
    """What a matte says about where the person is, worked out once for all frames that it is used for.

    Attributes:
        alpha: in 255ths, uint8, at half the frame's size, as the colours have it.
        coarse: the same at COARSE halvings of the frame.
        boxes: for each plane, around every pixel with any alpha.
        masks: for each plane, alpha inside its box; that of brightness until another matte is placed.
        edge: the words with any 0 < alpha < 255.
        part: a box at the coarse level, somewhat larger than the person's.
        person: gives the person's mean colour near each pixel of the part.
        room: gives the room's.
        here: in 255ths, in the part.
    """

    alpha: Bytes
    coarse: Bytes
    boxes: tuple[Box, Box, Box]
    masks: tuple[Bytes, Bytes, Bytes]
    edge: Edge
    part: Box
    person: MaskedBlur
    room: MaskedBlur
    here: Bytes

    @cached_property
    def around(self) -> Bytes:
        """Which pixels of the part lie along the edge, uint8, 0 where they do not; asked for on reuse."""
        return u8(cv2.dilate(cv2.inRange(self.here, 1, 254), np.ones((5, 5), np.uint8)))


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
        self._kind = kind_of(2 ** (COARSE - 1), self._half.width)
        self._placed: tuple[Matte, Placement] | None = None
        self._estimated: Estimate | None = None

    def place(self, matte: Matte) -> Placement:
        """Return where a matte puts the person, valid until another matte is placed."""
        if self._placed is None or self._placed[0] is not matte:
            self._placed = None  # should this fail, the former one's mask is written over already
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
            lay(self._before(own, behind, at.edge), out, at.edge.at, at.edge.kind)

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
            here=here,
        )

    def _enlarge(self, alpha: Bytes, small: Box) -> tuple[Box, Bytes]:
        """Return the box of whole words around any alpha at full size, and alpha in it."""
        own = Size.of(alpha)
        if not small:
            return small, self._alpha[:0].reshape(0, 0)
        # One pixel more on each side is 0, or the frame's border: what lies beyond makes no difference.
        small = small.grown(1, own).snapped(own, self._size)
        box = small.scaled(own, self._size)
        length = self._kind.itemsize
        whole = Box(box.left // length * length, box.top, -(-box.right // length) * length, box.bottom)
        made = self._alpha[: whole.size.height * whole.size.width].reshape(whole.size.height, -1)
        left, right = box.left - whole.left, box.right - whole.left
        made[:, :left] = made[:, right:] = 0
        cv2.resize(small.of(alpha), (box.size.width, box.size.height), dst=made[:, left:right])
        return whole, made

    def _edge(self, box: Box, mask: Bytes, half: Bytes, part: Box) -> Edge:
        """Return the edge in all three planes."""
        at, nearest, bright = self._edge_of(mask, box, part, COARSE)
        # Whole rows are contiguous, and therefore cheaper to look through than the box.
        rows = Box(0, box.top // 2, self._half.width, (box.bottom + 1) // 2)
        colour_at, colour_nearest, colour = self._edge_of(rows.of(half), rows, part, COARSE - 1)
        plane = half.size // self._kind.itemsize
        return Edge(
            self._kind,
            np.concatenate((at, colour_at + 4 * plane, colour_at + 5 * plane)),
            bright.size,
            np.concatenate((bright, colour, colour)) * np.float32(1 / 255),
            np.concatenate((nearest * 3, colour_nearest * 3 + 1, colour_nearest * 3 + 2)),
        )

    def _edge_of(self, alpha: Bytes, box: Box, part: Box, halvings: int) -> tuple[Indices, Indices, Bytes]:
        """Return the words at the edge in a plane so many halvings above the coarse one.

        That is: their indices in the flattened plane, those of the coarse pixels over them, and their alpha;
        given is the alpha inside a box of the plane, contiguous.
        """
        length = self._kind.itemsize
        found = mixed(alpha, self._kind)
        across = max(alpha.shape[1] // length, 1)
        rows = found // across
        columns = found - rows * across
        columns += box.left // length
        rows += box.top
        nearest = (rows >> halvings) * max(part.right - part.left, 1)
        nearest += columns * length >> halvings
        nearest -= part.top * (part.right - part.left) + part.left
        rows *= (self._half.width << (halvings - COARSE + 1)) // length
        rows += columns
        return rows, nearest, take(alpha, found, self._kind)

    def _estimate(self, frame: Frame, at: Placement) -> Bytes:
        """Return what the person's own colour would be at the edge's bytes, were they half person."""
        small = at.part.of(self._pyramid.small(frame, COARSE))
        last = self._estimated
        if last and last.at is at and cv2.norm(last.small, small, cv2.NORM_INF, at.around) <= SAME:
            return last.colours
        # Half-way between what all person (person) and none (2 person - room) would give: right where α is a
        # half, and elsewhere it matters little.
        estimate = u8(cv2.addWeighted(at.person(small), 1.5, at.room(small), -0.5, 0.0))
        colours = spread(np.take(estimate.reshape(-1), at.edge.nearest), at.edge.kind)
        self._estimated = Estimate(at, small.copy(), colours)
        return self._estimated.colours

    def _before(self, own: Plane, behind: Bytes, edge: Edge) -> Bytes:
        """Return the person's own colour before the background, as bytes."""
        if self._light_wrap:
            light = np.float32(self._light_wrap) * (1 - edge.share)
            bright, colour = slice(edge.bright), slice(edge.bright, None)
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
