"""What stands behind the person, kept at the frame's width, and whether it changed since the last frame."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import cv2
import numpy as np

from vcam.core.background import Fit
from vcam.core.frame import Frame, Pixels, Size
from vcam.imaging.arrays import Bytes, u8
from vcam.imaging.blur import MaskedBlur, box_widths, level_of, sigma_of
from vcam.imaging.layout import lay_out_video
from vcam.imaging.overlay import Placement, shrink
from vcam.imaging.planes import Planes, empty_picture, even, to_i420
from vcam.imaging.scale import Pyramid, halved

SAME, SAME_MATTE = 5, 16
"""By how much a coarse pixel of the room, or of the matte (in 255ths), may have changed at most for the
blurred room to be kept a while longer. After so strong a blur nobody sees that."""


_BESIDE = np.ones((5, 5), np.uint8)


class Backdrop(Protocol):
    """A background."""

    def behind(self, frame: Frame, at: Placement) -> tuple[Planes, bool]:
        """Return the background for a frame, and whether it may differ from the one returned last.

        A plane may have fewer rows than the frame's, each of which stands for several. It stays as it is
        until the next call.
        """

    def close(self) -> None:
        """Let go of clips."""


class Still:
    """A picture or a colour.

    Args:
        pixels: uint8 (height, width, 3) BGR of the frames' size.
    """

    def __init__(self, pixels: Pixels) -> None:
        self._planes = Planes.of(to_i420(pixels))
        self._shown = False

    def behind(self, frame: Frame, at: Placement) -> tuple[Planes, bool]:  # noqa: ARG002 - the port's signature
        """Return the picture."""
        first, self._shown = not self._shown, True
        return self._planes, first

    def close(self) -> None:
        """Do nothing."""


class ClipFrames(Protocol):
    """A clip that loops; decoding it is an adapter's."""

    def frame_at(self, seconds: float) -> Pixels:
        """Return the clip's frame for a moment on the monotonic clock, uint8 BGR of any size.

        Return the same array again while the frame stays the same: it is laid out once.
        """

    def close(self) -> None:
        """Let go of the file."""


class Moving:
    """A clip, laid into the frame.

    Args:
        frames: of the clip, at any size.
        fit: how they are laid into the frame.
        size: of the camera's frames.
    """

    def __init__(self, frames: ClipFrames, fit: Fit, size: Size) -> None:
        self._frames = frames
        self._fit = fit
        self._size = size
        self._shown: Pixels | None = None
        self._picture = empty_picture(even(size))
        self._planes = Planes.of(self._picture)

    def behind(self, frame: Frame, at: Placement) -> tuple[Planes, bool]:  # noqa: ARG002 - the port's signature
        """Return the clip's frame for the camera frame's moment."""
        shown = self._frames.frame_at(frame.captured_at)
        changed = shown is not self._shown
        if changed:
            self._shown = None  # should this fail, the buffer is not to be shown: it may hold old memory
            to_i420(lay_out_video(shown, self._size, self._fit), self._picture)
            self._shown = shown
        return self._planes, changed

    def close(self) -> None:
        """Let go of the clip."""
        self._frames.close()


class BlurredRoom:
    """The room, blurred; the person's own pixels take no part in the blur.

    While room and person stand still, so does the blurred picture.

    Args:
        strength: 0 … 1.
        size: of the frames.
        pyramid: of the frames.
    """

    def __init__(self, strength: float, size: Size, pyramid: Pyramid) -> None:
        sigma = sigma_of(strength, size.height)
        self._pyramid = pyramid
        self._level = level_of(sigma)
        self._widths = box_widths(sigma / 2**self._level)
        self._planes = Planes(*(np.empty(shape, np.uint8) for shape in room_shapes(sigma, size)))
        self._around: Surroundings | None = None
        self._seen: tuple[Pixels, Bytes] | None = None

    def behind(self, frame: Frame, at: Placement) -> tuple[Planes, bool]:
        """Return the blurred room."""
        small = self._pyramid.small(frame, self._level)
        if self._around is None or self._around.at is not at:
            self._around = Surroundings.of(at, Size.of(small))
        room = self._around.room
        if self._seen is not None and is_same(*self._seen, small, self._around):
            return self._planes, False
        self._seen = None  # should this fail, the buffers are not to be shown: they may hold old memory
        blurred = cv2.split(MaskedBlur(room, self._widths)(small))
        for plane, into in zip(blurred, self._planes.each, strict=True):
            cv2.resize(plane, into.shape[::-1], dst=into)
        self._seen = small.copy(), room
        return self._planes, True

    def close(self) -> None:
        """Do nothing."""


@dataclass(frozen=True, eq=False)
class Surroundings:
    """What a placement leaves of the room, worked out once for all frames that it is used for.

    Attributes:
        at: the placement.
        room: how much of each coarse pixel is room, uint8 in 255ths.
    """

    at: Placement
    room: Bytes

    @classmethod
    def of(cls, at: Placement, size: Size) -> Surroundings:
        """Return what is left of a room of this coarse size."""
        alpha = at.coarse if Size.of(at.coarse) == size else shrink(at.alpha, size)
        return cls(at, u8(cv2.bitwise_not(alpha)))

    @cached_property
    def away(self) -> Bytes:
        """Which coarse pixels lie well away from the person, whose own movement is not wanted in the blur."""
        room = (self.room == 255).view(np.uint8)
        return u8(cv2.erode(room, _BESIDE, borderType=cv2.BORDER_REPLICATE))


def is_same(seen: Pixels, seen_room: Bytes, now: Pixels, around: Surroundings) -> bool:
    """Return whether two small pictures of a room, with what is room in them, would look the same blurred."""
    if seen_room is not around.room and cv2.norm(seen_room, around.room, cv2.NORM_INF) > SAME_MATTE:
        return False
    return cv2.norm(seen, now, cv2.NORM_INF, around.away) <= SAME


def room_shapes(sigma: float, size: Size) -> tuple[tuple[int, int], ...]:
    """Return (rows, columns) at which the planes of a room blurred by sigma (pixels) are made."""
    half = halved(size)
    bright = (size.height // rows_each(sigma, size.height), size.width)
    colour = (half.height // rows_each(sigma / 2, half.height), half.width)
    return bright, colour, colour


def rows_each(sigma: float, height: int) -> int:
    """Return for how many rows of the frame one row of a room blurred by sigma (pixels) is made.

    So coarse a blur hardly differs from row to row: by six levels at the sharpest edge there can be. A third
    of the enlargement's time is saved at the default strength.
    """
    return next(rows for rows in range(max(1, int(sigma / 8)), 0, -1) if height % rows == 0)
