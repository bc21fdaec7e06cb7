"""Lays the person over what should stand behind: nothing, a blurred room, a picture, a clip, a colour.

out = α·F + (1 − α)·N: α is the matte, N the new background, and F the person's own colour (see overlay.py).
vcam/imaging/reference.py says the same slowly and obviously.
"""

from __future__ import annotations

from typing import Protocol, TypeAlias

import cv2
import numpy as np

from vcam.core.background import Blur, Clip, Colour, Effect, Fit, NoEffect, Picture
from vcam.core.frame import Frame, Matte, Pixels, Size
from vcam.core.ports import Compositor
from vcam.imaging.blur import MaskedBlur, box_widths, level_of, sigma_of
from vcam.imaging.layout import lay_out
from vcam.imaging.overlay import Overlay, shrink
from vcam.imaging.scale import LEVELS, Pyramid


class ClipFrames(Protocol):
    """A clip that loops; decoding it is an adapter's."""

    def frame_at(self, seconds: float) -> Pixels:
        """Return the clip's frame for a moment on the monotonic clock, uint8 BGR of any size.

        Return the same array again while the frame stays the same: it is laid out once.
        """

    def close(self) -> None:
        """Let go of the file."""


Background: TypeAlias = Pixels | ClipFrames
"""What an adapter has read for a Picture (BGR of any size) or a Clip."""


class Untouched:
    """The effect None: the camera as it is. The only compositor that shows the room."""

    def compose(self, frame: Frame, matte: Matte) -> Pixels:  # noqa: ARG002 - the port's signature
        """Return the frame's own pixels."""
        return frame.pixels

    def close(self) -> None:
        """Do nothing."""


class OverStill:
    """The person over a still picture or a colour.

    Args:
        still: uint8 (height, width, 3) BGR of the frames' size.
        overlay: lays the person on.
    """

    def __init__(self, still: Pixels, overlay: Overlay) -> None:
        self._still = still
        self._overlay = overlay
        self._out = np.empty_like(still)

    def compose(self, frame: Frame, matte: Matte) -> Pixels:
        """Return the person over the still, valid until the next call."""
        check_size(frame, Size.of(self._still))
        np.copyto(self._out, self._still)
        self._overlay.lay(frame, self._overlay.place(matte), self._out)
        return self._out

    def close(self) -> None:
        """Do nothing."""


class OverClip:
    """The person over a clip.

    Args:
        frames: of the clip, at any size.
        fit: how they are laid into the frame.
        size: of the camera's frames.
        overlay: lays the person on.
    """

    def __init__(self, frames: ClipFrames, fit: Fit, size: Size, overlay: Overlay) -> None:
        self._frames = frames
        self._fit = fit
        self._size = size
        self._overlay = overlay
        self._shown: Pixels | None = None
        self._laid_out = np.zeros((size.height, size.width, 3), np.uint8)
        self._out = np.empty_like(self._laid_out)

    def compose(self, frame: Frame, matte: Matte) -> Pixels:
        """Return the person over the clip at the frame's moment, valid until the next call."""
        check_size(frame, self._size)
        shown = self._frames.frame_at(frame.captured_at)
        if shown is not self._shown:
            self._shown, self._laid_out = shown, lay_out(shown, self._size, self._fit)
        np.copyto(self._out, self._laid_out)
        self._overlay.lay(frame, self._overlay.place(matte), self._out)
        return self._out

    def close(self) -> None:
        """Let go of the clip."""
        self._frames.close()


class OverBlur:
    """The person over the room, blurred; the person's own pixels take no part in the blur.

    Args:
        strength: 0 … 1.
        size: of the frames.
        pyramid: of the frames.
        overlay: lays the person on.
    """

    def __init__(self, strength: float, size: Size, pyramid: Pyramid, overlay: Overlay) -> None:
        sigma = sigma_of(strength, size.height)
        self._size = size
        self._pyramid = pyramid
        self._overlay = overlay
        self._level = level_of(sigma)
        self._blur = MaskedBlur(box_widths(sigma / 2**self._level))
        self._out = np.empty((size.height, size.width, 3), np.uint8)
        halved = enlarged_rows(size, self._level) < size.height
        self._rows = np.empty_like(self._out[: size.height // 2]) if halved else self._out

    def compose(self, frame: Frame, matte: Matte) -> Pixels:
        """Return the person over the blurred room, valid until the next call."""
        check_size(frame, self._size)
        at = self._overlay.place(matte)
        small = self._pyramid.level(frame, self._level)
        room = np.subtract(255, shrink(at.alpha, Size.of(small)), dtype=np.uint8)
        self._enlarge(self._blur(small, room))
        self._overlay.lay(frame, at, self._out)
        return self._out

    def close(self) -> None:
        """Do nothing."""

    def _enlarge(self, blurred: Pixels) -> None:
        """Fill the output with the blurred room.

        Each row is made for two: so coarse a blur hardly differs from row to row, and a third is saved.
        """
        pairs = enlarged_rows(self._size, self._level)
        cv2.resize(blurred, (self._size.width, pairs), dst=self._rows[:pairs])
        if pairs < self._size.height:
            np.copyto(self._out.reshape(pairs, 2, -1), self._rows[:pairs].reshape(pairs, 1, -1))


def enlarged_rows(size: Size, level: int) -> int:
    """Return how many different rows a room blurred at a level has: half where the blur is coarse enough."""
    return size.height // 2 if level == LEVELS and size.height % 2 == 0 else size.height


def check_size(frame: Frame, size: Size) -> None:
    """Raise ValueError where a frame is not of the size that a compositor was made for."""
    if frame.size != size:
        raise ValueError(f"got a frame of {frame.size} != wanted {size}")


def make_compositor(
    effect: Effect,
    size: Size,
    background: Background | None = None,
    *,
    light_wrap: float = 0.0,
    pyramid: Pyramid | None = None,
) -> Compositor:
    """Return the compositor for an effect.

    Args:
        effect: what should stand behind the person.
        size: of the frames.
        background: a Picture's pixels (BGR, any size) or a Clip's frames; None for the other effects.
        light_wrap: 0 (none) … 1: how much of the background's light falls on the person's edge.
        pyramid: shared with the refiner, so that each halving of a frame is made once.

    Raises:
        ValueError: a Picture without pixels, or a Clip without frames: our bug.
    """
    pyramid = pyramid or Pyramid()
    overlay = Overlay(size, pyramid, light_wrap)
    match effect:
        case NoEffect():
            return Untouched()
        case Blur(strength):
            return OverBlur(strength, size, pyramid, overlay)
        case Colour(red, green, blue):
            return OverStill(np.full((size.height, size.width, 3), (blue, green, red), np.uint8), overlay)
        case Picture(_, fit) if isinstance(background, np.ndarray):
            return OverStill(np.ascontiguousarray(lay_out(background, size, fit)), overlay)
        case Clip(_, fit) if background is not None and not isinstance(background, np.ndarray):
            return OverClip(background, fit, size, overlay)
        case _:
            kind = type(background).__name__
            raise ValueError(f"got {kind} for {effect} != wanted pixels or clip frames")
