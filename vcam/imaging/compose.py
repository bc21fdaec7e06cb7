"""Lays the person over what should stand behind: nothing, a blurred room, a picture, a clip, a colour.

out = α·F + (1 − α)·N: α is the matte, N the new background, and F the person's own colour (see overlay.py).
vcam/imaging/reference.py says the same slowly and obviously.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from vcam.core.background import Blur, Clip, Colour, Effect, NoEffect, Picture
from vcam.core.frame import Frame, Image, Matte, Pixels, Size
from vcam.core.ports import Compositor
from vcam.imaging.backdrop import Backdrop, BlurredRoom, ClipFrames, Moving, Still
from vcam.imaging.box import Box
from vcam.imaging.layout import lay_out
from vcam.imaging.overlay import Overlay, Placement
from vcam.imaging.planes import Planes, empty_picture, even, to_pixels
from vcam.imaging.scale import Pyramid

Background: TypeAlias = Pixels | ClipFrames
"""What an adapter has read for a Picture (BGR of any size) or a Clip."""


class Untouched:
    """The effect None: the camera as it is. The only compositor that shows the room."""

    def compose(self, frame: Frame, matte: Matte) -> Pixels:  # noqa: ARG002 - the port's signature
        """Return the frame's own pixels."""
        return frame.pixels

    def close(self) -> None:
        """Do nothing."""


class PersonOver:
    """The person over a backdrop.

    Args:
        backdrop: what stands behind.
        size: of the frames.
        overlay: lays the person on.
    """

    def __init__(self, backdrop: Backdrop, size: Size, overlay: Overlay) -> None:
        self._backdrop = backdrop
        self._size = size
        self._overlay = overlay
        self._picture = empty_picture(even(size))
        self._out = Planes.of(self._picture)
        self._everywhere = tuple(Box(0, 0, plane.shape[1], plane.shape[0]) for plane in self._out.each)
        self._at: Placement | None = None
        self._edge_behind = np.empty(0, np.uint8)

    def compose(self, frame: Frame, matte: Matte) -> Image:
        """Return the person over the backdrop as I420, valid until the next call; BGR where a side is odd."""
        check_size(frame, self._size)
        at = self._overlay.place(matte)
        before, self._at = self._at, None  # should this fail, all of the picture is made anew
        behind, changed = self._backdrop.behind(frame, at)
        if changed or at is not before:
            self._show(behind, self._everywhere if changed or before is None else before.boxes)
            self._edge_behind = at.edge.of(self._picture)
        self._overlay.lay(frame, at, self._picture, self._edge_behind)
        self._at = at
        if self._size == even(self._size):
            return self._picture
        return np.ascontiguousarray(to_pixels(self._picture)[: self._size.height, : self._size.width])

    def close(self) -> None:
        """Let go of the backdrop."""
        self._backdrop.close()

    def _show(self, behind: Planes, boxes: tuple[Box, ...]) -> None:
        """Copy what stands behind, inside a box of each plane: where it changed, or where the person was."""
        for out, plane, box in zip(self._out.each, behind.each, boxes, strict=True):
            each = out.shape[0] // plane.shape[0]
            rows = slice(box.top // each, -(-box.bottom // each))
            columns = slice(box.left, box.right)
            np.copyto(out.reshape(-1, each, out.shape[1])[rows, :, columns], plane[rows, None, columns])


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
    match effect:
        case NoEffect():
            return Untouched()
        case Blur(strength):
            backdrop: Backdrop = BlurredRoom(strength, even(size), pyramid)
        case Colour(red, green, blue):
            backdrop = Still(np.full((size.height, size.width, 3), (blue, green, red), np.uint8))
        case Picture(_, fit) if isinstance(background, np.ndarray):
            backdrop = Still(lay_out(background, size, fit))
        case Clip(_, fit) if background is not None and not isinstance(background, np.ndarray):
            backdrop = Moving(background, fit, size)
        case _:
            kind = type(background).__name__
            raise ValueError(f"got {kind} for {effect} != wanted pixels or clip frames")
    return PersonOver(backdrop, size, Overlay(even(size), pyramid, light_wrap))
