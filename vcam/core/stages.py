"""From one frame to one picture that may be shown: here it is decided to fail closed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vcam.core.errors import ModelError, Problem
from vcam.core.frame import Frame, Image, Matte, Pixels, Size
from vcam.core.ports import Compositor, Gate, Refiner, Segmenter

MAX_MATTE_AGE = 0.5
"""Seconds after which a matte says nothing about the frame any more."""

_TOLERANCE = 1e-3
_SMALLEST = 8


def check_matte(matte: Matte, frame: Frame) -> Matte:
    """Return the matte if it may be trusted with this frame.

    Raises:
        ModelError: BAD_MATTE where it is not 2-D float32 or uint8, too small, not finite, out of [0, 1],
            or too old.
    """
    alpha = matte.alpha
    if alpha.ndim != 2 or alpha.dtype not in (np.float32, np.uint8) or min(alpha.shape) < _SMALLEST:
        raise ModelError(
            Problem.BAD_MATTE,
            f"got a matte of {alpha.dtype} {alpha.shape} "
            f"!= wanted float32 or uint8, 2-D, {_SMALLEST} pixels at least",
        )
    # 255ths are always in range.
    low, high = (0.0, 1.0) if alpha.dtype == np.uint8 else (float(alpha.min()), float(alpha.max()))
    if not (low >= -_TOLERANCE and high <= 1.0 + _TOLERANCE):  # NaN compares false, and lands here
        raise ModelError(Problem.BAD_MATTE, f"got a matte from {low:.3g} to {high:.3g} != wanted 0 … 1")
    age = abs(frame.captured_at - matte.captured_at)
    if not age <= MAX_MATTE_AGE:
        raise ModelError(
            Problem.BAD_MATTE,
            f"got a matte {age:.2f} s away from its frame != wanted {MAX_MATTE_AGE} s at most",
        )
    return matte


class EveryFrame:
    """A gate that lets the network see every frame."""

    def reusable(self, frame: Frame) -> Matte | None:  # noqa: ARG002 - the port's signature
        """Return None: run the network."""
        return None

    def remember(self, frame: Frame, matte: Matte) -> None:
        """Keep nothing."""

    def reset(self) -> None:
        """Nothing is remembered."""


class Unrefined:
    """A refiner that leaves the network's matte alone."""

    def refine(self, frame: Frame, matte: Matte) -> Matte:  # noqa: ARG002 - the port's signature
        """Return the matte as it is."""
        return matte

    def reset(self) -> None:
        """Nothing is remembered."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture that may be shown, and what it took (wall milliseconds)."""

    pixels: Image
    inferred: bool
    segment_ms: float
    refine_ms: float
    compose_ms: float


class Stages:
    """Turns frames into pictures that may be shown.

    With an effect on there is no way through this class on which a frame's own pixels come out: compose()
    either returns what the compositor made with a checked matte, or raises.

    Args:
        segmenter: finds the person.
        refiner: steadies and sharpens the matte.
        compositor: lays the person over the effect.
        gate: decides when the network may rest.
        hides_room: False only for the effect None, which needs no matte.
        conform: (pixels, size) → pixels of that size, aspect kept.
        size: of the pictures that come out.
    """

    def __init__(
        self,
        segmenter: Segmenter,
        refiner: Refiner,
        compositor: Compositor,
        *,
        gate: Gate,
        hides_room: bool,
        conform: Callable[[Pixels, Size], Pixels],
        size: Size,
    ) -> None:
        self._segmenter = segmenter
        self._compositor = compositor
        self._refiner = refiner
        self._gate = gate
        self._hides_room = hides_room
        self._conform = conform
        self._size = size

    @property
    def model(self) -> str:
        """The network's name."""
        return self._segmenter.name

    def reset(self) -> None:
        """Forget what came before: another camera, a return from a pause."""
        self._segmenter.reset()
        self._refiner.reset()
        self._gate.reset()

    def compose(self, frame: Frame) -> Shot:
        """Return the picture for one frame. Raises VcamError; nothing may be shown then."""
        if frame.size != self._size:
            frame = Frame(self._conform(frame.pixels, self._size), frame.index, frame.captured_at)
        if not self._hides_room:
            return Shot(frame.pixels, inferred=False, segment_ms=0.0, refine_ms=0.0, compose_ms=0.0)
        started = time.perf_counter()
        matte = self._gate.reusable(frame)
        inferred = matte is None
        if matte is None:
            matte = self._segmenter.segment(frame)
            check_matte(matte, frame)
            self._gate.remember(frame, matte)
        segmented = time.perf_counter()
        matte = check_matte(self._refiner.refine(frame, matte), frame)
        refined = time.perf_counter()
        pixels = self._compositor.compose(frame, matte)
        self._check_picture(pixels, frame)
        composed = time.perf_counter()
        return Shot(
            pixels,
            inferred,
            segment_ms=(segmented - started) * 1e3,
            refine_ms=(refined - segmented) * 1e3,
            compose_ms=(composed - refined) * 1e3,
        )

    def swap_compositor(self, compositor: Compositor, *, hides_room: bool) -> None:
        """Show another effect from the next frame on."""
        old, self._compositor = self._compositor, compositor
        self._hides_room = hides_room
        old.close()

    def swap_segmenter(self, segmenter: Segmenter) -> None:
        """Use another network from the next frame on."""
        old, self._segmenter = self._segmenter, segmenter
        old.close()
        self.reset()

    def swap_gate(self, gate: Gate) -> None:
        """Let another gate decide when the network may rest."""
        self._gate = gate

    def close(self) -> None:
        """Let go of the network and the effect."""
        self._compositor.close()
        self._segmenter.close()

    def _check_picture(self, picture: Image, frame: Frame) -> None:
        height, width = self._size.height, self._size.width
        wanted = ((height, width, 3), (height * 3 // 2, width))
        if picture.shape not in wanted or picture.dtype != np.uint8:
            raise ModelError(
                Problem.UNFORESEEN,
                f"got a composite of {picture.dtype} {picture.shape} "
                f"!= wanted uint8 {wanted[0]} or, as I420, {wanted[1]}",
            )
        if np.may_share_memory(picture, frame.pixels):
            raise ModelError(Problem.UNFORESEEN, "got the frame itself != wanted a composite")
