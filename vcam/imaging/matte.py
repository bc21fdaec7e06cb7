"""Makes a network's matte steady in time and true at the edges."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from vcam.core.frame import Alpha, Frame, Matte, Size
from vcam.imaging.arrays import Bytes, u8
from vcam.imaging.colour import luma, resize_luma
from vcam.imaging.edges import apply_lines, fit_lines
from vcam.imaging.scale import Pyramid


@dataclass(frozen=True, slots=True)
class Refinement:
    """How much to smooth and to sharpen; the defaults suit a 256×144 matte at 30 fps.

    Attributes:
        follow: share of a change that a still pixel follows per frame; a moving one follows all of it.
        slack: changes of a still pixel's matte up to this are taken for flicker and ignored (hysteresis).
        still: luma change (0 … 255, mean of 5×5 pixels) up to which a pixel counts as still.
        moving: luma change from which it counts as moving; between the two it is both in part.
        radius: of the guided filter, in matte pixels.
        epsilon: of the guided filter: the larger, the fewer edges of the frame are followed.
        levels: matte values that become 0 and 1 at the end: takes the veil off and closes the body.
        level: halvings of the frame at which the matte comes out.
    """

    follow: float = 0.3
    slack: float = 0.06
    still: float = 4.0
    moving: float = 14.0
    radius: int = 3
    epsilon: float = 2e-3
    levels: tuple[float, float] = (0.07, 0.93)
    level: int = 1


STEADY = Refinement()
"""What live video gets."""

STILLS = Refinement(follow=1.0, slack=0.0)
"""For pictures that have nothing to do with the one before."""


class TemporalRefiner:
    """Smooths where the picture stands still, follows at once where it moves, then sharpens by guided filter.

    Implements core.ports.Refiner. The matte that comes out has half the frame's size by default.

    Args:
        refinement: how much of each.
        pyramid: shared with the compositor, so that each halving of a frame is made once.
    """

    def __init__(self, refinement: Refinement = STEADY, pyramid: Pyramid | None = None) -> None:
        self._how = refinement
        self._pyramid = pyramid or Pyramid()
        self._steady: Alpha | None = None
        self._guide: Bytes | None = None
        self._given: Matte | None = None
        self._refined: Matte | None = None

    def refine(self, frame: Frame, matte: Matte) -> Matte:
        """Return the steadied matte at the refinement's level of the frame's halvings.

        The same matte given again, for a frame in which nothing moved, gives the same answer at no cost.
        """
        large = luma(self._pyramid.level(frame, self._how.level))
        guide = resize_luma(large, Size.of(matte.alpha))
        change = self._change(guide)
        if matte is self._given and self._refined is not None and self._is_still(change):
            return self._refined
        steady = self._steadied(matte.alpha, change)
        lines = fit_lines(steady, guide, self._how.radius, self._how.epsilon)
        refined = Matte(apply_lines(lines, large, self._how.levels), matte.captured_at)
        self._steady, self._guide, self._given, self._refined = steady, guide, matte, refined
        return refined

    def reset(self) -> None:
        """Forget what came before: a cut, or another camera."""
        self._steady = self._guide = self._given = self._refined = None

    def _change(self, guide: Bytes) -> Bytes | None:
        """Return how much each pixel's surroundings changed since the last refinement; None without one."""
        if self._guide is None or self._guide.shape != guide.shape:
            return None
        return u8(cv2.blur(cv2.absdiff(guide, self._guide), (5, 5)))

    def _is_still(self, change: Bytes | None) -> bool:
        return change is not None and int(change.max()) <= self._how.still

    def _steadied(self, alpha: Alpha, change: Bytes | None) -> Alpha:
        if change is None or self._steady is None:
            return alpha
        return steady(self._steady, alpha, change, self._how)


def steady(before: Alpha, now: Alpha, change: Bytes, how: Refinement = STEADY) -> Alpha:
    """Return the matte between the one before and the one now: near the former where the picture is still.

    Args:
        before: the last steadied matte, float32 (height, width) in [0, 1].
        now: the network's, of the same shape.
        change: luma change of each pixel's surroundings, uint8 of the same shape.
        how: follow, slack, still and moving are used.
    """
    motion = np.subtract(change, how.still, dtype=np.float32)
    motion *= 1.0 / (how.moving - how.still)
    np.clip(motion, 0.0, 1.0, out=motion)
    share = motion * (1.0 - how.follow) + how.follow
    slack = (1.0 - motion) * how.slack
    delta = now - before
    # A change within the slack is held; a larger one is followed by what exceeds it.
    beyond = delta - np.clip(delta, -slack, slack)
    steadied: Alpha = before + beyond * share
    return steadied
