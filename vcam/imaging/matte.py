"""Makes a network's matte steady in time and true at the edges."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from vcam.core.frame import Alpha, Frame, Levels, Matte, Size
from vcam.imaging.arrays import Bytes, Plane, f32
from vcam.imaging.box import Box
from vcam.imaging.colour import resize_luma
from vcam.imaging.edges import apply_lines, fit_lines
from vcam.imaging.planes import full_range
from vcam.imaging.scale import Pyramid


@dataclass(frozen=True, slots=True)
class Refinement:
    """How much to smooth and to sharpen; the defaults suit a 256×144 matte at 30 fps.

    Attributes:
        follow: share of a change that a still pixel follows per frame; a moving one follows all of it.
        slack: changes of a still pixel's matte up to this are taken for flicker and ignored (hysteresis).
        radius: of the guided filter, in matte pixels.
        epsilon: of the guided filter, in squared luma (0 … 1): the larger, the fewer edges are followed.
        levels: matte values that become 0 and 1 at the end: takes the veil off and closes the body.
        level: halvings of the frame at which the matte comes out (docs/decisions/0010).
    """

    follow: float = 0.25
    slack: float = 0.02
    radius: int = 1
    epsilon: float = 1e-3
    levels: tuple[float, float] = (0.2, 0.8)
    level: int = 1


STEADY = Refinement()
"""What live video gets."""

STILLS = Refinement(follow=1.0, slack=0.0)
"""For pictures that have nothing to do with the one before."""

SURE = 0.5
"""Alpha above which a pixel is rather person than room."""

_NEIGHBOURS = (5, 5)
_FLOOR, _CEILING = 0.4, 6.0
_NOISES, _SPAN = 1.5, 1.5


@dataclass(frozen=True, slots=True, eq=False)
class Steadied:
    """A matte smoothed in time, and the frame, smoothed alike, that it belongs to.

    Where the luma differs from a new frame's, the matte is out of date, however slowly it came to that.

    Attributes:
        alpha: float32 (height, width) in [0, 1].
        luma: float32 (height, width), 0 … 255.
    """

    alpha: Alpha
    luma: Plane


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
        self._steadied: Steadied | None = None
        self._given: Matte | None = None
        self._refined: Matte | None = None

    def refine(self, frame: Frame, matte: Matte) -> Matte:
        """Return the steadied matte at the refinement's level of the frame's halvings.

        The same matte given again gives the same answer at no cost: its reuse means that little moved.
        """
        if matte is self._given and self._refined is not None:
            return self._refined
        size = Size.of(matte.alpha)
        small = resize_luma(self._pyramid.nearest(frame, size), size)
        guide = full_range(small)
        alpha = without_ghosts(matte.share, self._how.levels[0] / 4)
        before = self._steadied
        if before is None or before.alpha.shape != guide.shape:
            self._steadied = Steadied(alpha, np.asarray(guide, np.float32))
        else:
            self._steadied = follow(before, alpha, guide, motion(before.luma, guide), self._how)
        larger = self._pyramid.brightness(frame, self._how.level)
        refined = Matte(sharpen(self._steadied.alpha, small, larger, self._how), matte.captured_at)
        self._given, self._refined = matte, refined
        return refined

    def reset(self) -> None:
        """Forget what came before: a cut, or another camera."""
        self._steadied = self._given = self._refined = None


def sharpen(alpha: Alpha, small: Bytes, larger: Bytes, how: Refinement = STEADY) -> Levels:
    """Return the matte at the larger picture's size, true to its edges; worked out only where the person is.

    Args:
        alpha: float32 (height, width) in [0, 1].
        small: the frame's brightness, uint8 of the same shape, 16 … 235.
        larger: the same at the size wanted.
        how: radius, epsilon and levels are used.
    """
    own, wanted = Size.of(alpha), Size.of(larger)
    sharp = np.zeros(larger.shape, np.uint8)
    person = Box.around((alpha > how.levels[0] / 4).view(np.uint8))
    if person:
        part = person.grown(how.radius + 2, own).snapped(own, wanted)
        into = part.scaled(own, wanted)
        lines = fit_lines(part.of(alpha), part.of(small), how.radius, how.epsilon)
        apply_lines(lines, into.of(larger), how.levels, into.of(sharp))
    return sharp


def without_ghosts(alpha: Alpha, faint: float) -> Alpha:
    """Return the matte without the islands in which the network is nowhere sure that there is a person.

    A plant that looks a little like a sleeve would be seen as a ghost of the room; what is done inside the
    person's box would be done inside a far larger one. The matte itself comes back where there is no ghost.

    Args:
        alpha: float32 (height, width) in [0, 1].
        faint: an island ends where alpha falls to this; it stays if any of it exceeds SURE.
    """
    count, islands = cv2.connectedComponents((alpha > faint).view(np.uint8), ltype=cv2.CV_16U)
    stays = np.zeros(count, np.float32)
    stays[0] = stays[islands[alpha > SURE]] = 1
    return alpha if stays.all() else alpha * stays[islands]


def motion(before: Plane, now: Bytes) -> Plane:
    """Return how surely each pixel's surroundings moved, float32 (height, width), 0 (still) … 1.

    The camera's noise is measured in the picture itself: half of any frame stands still, so the median change
    is noise, and what moved stands out of it. A ceiling keeps a shaken camera from passing for a noisy one.

    Args:
        before: luma, float32 (height, width), 0 … 255.
        now: luma, uint8 of the same shape.
    """
    change = f32(cv2.blur(np.abs(before - now), _NEIGHBOURS))
    sample = np.sort(change[::8, ::8], axis=None)  # np.median takes many times as long for so few
    noise = _NOISES * float(sample[sample.size // 2])
    still = min(max(noise, _FLOOR), _CEILING)
    cv2.addWeighted(change, 1 / _SPAN, change, 0, -still / _SPAN, dst=change)
    return np.clip(change, 0.0, 1.0, out=change)


def follow(before: Steadied, alpha: Alpha, guide: Bytes, moved: Plane, how: Refinement = STEADY) -> Steadied:
    """Return the matte between the one before and the one now: near the former where the picture is still.

    Args:
        before: what this function returned for the last frame.
        alpha: the network's matte, float32 of the same shape.
        guide: the new frame's luma, uint8 of the same shape.
        moved: of each pixel, 0 … 1.
        how: follow and slack are used.
    """
    share = f32(cv2.addWeighted(moved, 1 - how.follow, moved, 0, how.follow))
    slack = f32(cv2.addWeighted(moved, -how.slack, moved, 0, how.slack))
    delta = alpha - before.alpha
    # A change within the slack is held; of a larger one, what exceeds it is followed.
    delta -= np.clip(delta, -slack, slack)
    delta *= share
    delta += before.alpha
    share *= guide - before.luma
    share += before.luma
    return Steadied(delta, share)
