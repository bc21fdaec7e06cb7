"""When the network may rest: frames that hardly differ from one it has seen keep that frame's matte.

After JejuNet's reuse of frames on a phone, in today's form: brightness is compared on a thumbnail of about
64×36 pixels, in blocks.

    nothing moved      reuse the matte, for Thrift.still_frames at most
    a little moved     reuse it, for Thrift.slight_frames at most (the refiner follows the edges meanwhile)
    much moved, or it moved near the person's outline, or a cut: run the network

A matte is never reused beyond max_age seconds, whatever the frames look like.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import numpy as np
from numpy.typing import NDArray

from vcam.core.frame import Frame, Matte

Thumbnail = NDArray[np.uint8]
"""uint8 (height, width), about 36×64: brightness, each pixel the mean of the frame's pixels under it."""

BLOCK = 8
"""Side of the blocks that local motion is looked for in, in thumbnail pixels."""


class Reason(StrEnum):
    """Why the network runs, or rests."""

    FIRST = "first"
    """There is nothing to reuse."""
    CUT = "cut"
    """Another scene, or a light was switched."""
    MOTION = "motion"
    """The picture as a whole changed."""
    OUTLINE = "outline"
    """Something moved near the person's outline."""
    AGE = "age"
    """The matte was reused as long as it may be."""
    SLIGHT = "slight"
    """A little moved: the matte may be kept for few frames."""
    STILL = "still"
    """Nothing moved."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with one frame.

    Attributes:
        infer: run the network; otherwise reuse the last matte.
        reason: why.
    """

    infer: bool
    reason: Reason


@dataclass(frozen=True, slots=True)
class Thrift:
    """How readily the network rests. Brightness runs from 0 to 255.

    Attributes:
        still: mean change of any block up to which nothing moved.
        slight: mean change of the whole thumbnail up to which only a little moved.
        outline: mean change of a block near the outline from which the network runs at once.
        cut: mean change of the whole thumbnail that only another scene makes.
        still_frames: how many frames in a row may reuse a matte while nothing moves.
        slight_frames: how many while a little moves.
        max_age: seconds after which a matte is not reused.
    """

    still: float = 2.5
    slight: float = 3.0
    outline: float = 5.0
    cut: float = 40.0
    still_frames: int = 10
    slight_frames: int = 2
    max_age: float = 0.4


SPARING = Thrift()
"""The default: what it costs the matte is in docs/performance.md."""

FRUGAL = Thrift(still=4.0, slight=5.0, outline=8.0, slight_frames=3)
"""Where the CPU budget is short: small motion waits longer for the network."""

ALWAYS = Thrift(still_frames=0, slight_frames=0)
"""The network sees every frame."""


class MotionGate:
    """Decides for each frame whether the network runs; knows the last frame that it ran for.

    Implements core.ports.Gate.

    Args:
        thumbnail: makes a frame's thumbnail.
        thrift: how readily the network rests.
        on_flicker: told what flicker() says, whenever the network ran and it can be told.
    """

    def __init__(
        self,
        thumbnail: Callable[[Frame], Thumbnail],
        thrift: Thrift = SPARING,
        on_flicker: Callable[[float], None] = lambda _: None,
    ) -> None:
        self._thumbnail = thumbnail
        self._thrift = thrift
        self._on_flicker = on_flicker
        self.reset()

    def reset(self) -> None:
        """Forget what came before."""
        self._matte: Matte | None = None
        self._seen: Thumbnail | None = None
        self._newest: Thumbnail | None = None
        self._outline: NDArray[np.bool_] | None = None
        self._changes: NDArray[np.float32] | None = None
        self._reused = 0

    def reusable(self, frame: Frame) -> Matte | None:
        """Return the matte that still holds for this frame, or None to run the network."""
        return None if self.decide(frame).infer else self._matte

    def remember(self, frame: Frame, matte: Matte) -> None:
        """Keep what the network said about the frame last decided upon."""
        if self._matte is not None and self._changes is not None:
            flickered = flicker(self._matte, matte, self._changes <= self._thrift.still)
            if flickered is not None:
                self._on_flicker(flickered)
        seen = self._thumbnail(frame) if self._newest is None else self._newest
        outline = blocks_near_outline(matte, seen.shape)
        self._matte, self._seen, self._outline, self._reused = matte, seen, outline, 0

    def decide(self, frame: Frame) -> Decision:
        """Return whether the network must run for this frame, and why; counts a reuse where it need not."""
        self._newest = self._thumbnail(frame).copy()
        reason = self._reason(frame, self._newest)
        infer = reason not in (Reason.STILL, Reason.SLIGHT)
        self._reused += not infer
        return Decision(infer, reason)

    def _reason(self, frame: Frame, now: Thumbnail) -> Reason:
        self._changes = None
        if self._matte is None or self._seen is None or self._outline is None:
            return Reason.FIRST
        if now.shape != self._seen.shape:
            return Reason.CUT
        self._changes = blocks = block_changes(self._seen, now)
        overall, at_outline = float(blocks.mean()), float(np.max(blocks, where=self._outline, initial=0.0))
        if at_outline > self._thrift.outline or overall > self._thrift.slight:
            return self._motion(overall)
        still = float(blocks.max()) <= self._thrift.still
        most = self._thrift.still_frames if still else self._thrift.slight_frames
        if self._reused >= most or frame.captured_at - self._matte.captured_at > self._thrift.max_age:
            return Reason.AGE
        return Reason.STILL if still else Reason.SLIGHT

    def _motion(self, overall: float) -> Reason:
        if overall > self._thrift.cut:
            return Reason.CUT
        return Reason.MOTION if overall > self._thrift.slight else Reason.OUTLINE


def block_changes(before: Thumbnail, now: Thumbnail) -> NDArray[np.float32]:
    """Return the mean absolute change of each block, float32 (rows, columns), 0 … 255.

    A thumbnail that is no whole number of blocks loses nothing: its last blocks are smaller.
    """
    change = np.subtract(before, now, dtype=np.float32)
    down, across = (_averaging(tuple(range(0, side, BLOCK)), side) for side in now.shape)
    means: NDArray[np.float32] = down @ np.abs(change, out=change) @ across.T
    return means


def blocks_near_outline(matte: Matte, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return which blocks of a thumbnail of this shape the person's outline runs through or beside."""
    rows, columns = (-(-side // BLOCK) for side in shape)
    # Every fourth pixel of a 256×144 matte tells well enough where the outline runs.
    step = max(1, matte.alpha.shape[0] // shape[0])
    person = (matte.share[::step, ::step] > 0.5).astype(np.float32)
    inside = _means(person, rows, columns)
    # For each block the three rows, then columns, that it lies in and beside.
    beside = [np.clip(np.add.outer((-1, 0, 1), np.arange(n)), 0, n - 1) for n in (rows, columns)]
    highest = inside[beside[0]].max(axis=0)[:, beside[1]].max(axis=1)
    lowest = inside[beside[0]].min(axis=0)[:, beside[1]].min(axis=1)
    near: NDArray[np.bool_] = (highest > 0.02) & (lowest < 0.98)
    return near


def flicker(before: Matte, now: Matte, still: NDArray[np.bool_]) -> float | None:
    """Return by how much the matte changed where the picture did not, 0 … 1; None where all of it moved.

    Args:
        before: what the network said of an earlier frame.
        now: what it says of this one.
        still: of each block of the thumbnail, whether it stood still in between.
    """
    if before.alpha.shape != now.alpha.shape or not still.any():
        return None
    step = max(1, now.alpha.shape[0] // (still.shape[0] * BLOCK))
    change = np.abs(now.share[::step, ::step] - before.share[::step, ::step])
    return float(_means(change, *still.shape).mean(where=still))


def _means(values: NDArray[np.float32], rows: int, columns: int) -> NDArray[np.float32]:
    """Return the mean of each of rows × columns blocks."""
    height, width = values.shape
    down = _averaging(tuple(row * height // rows for row in range(rows)), height)
    across = _averaging(tuple(column * width // columns for column in range(columns)), width)
    return np.asarray(down @ values @ across.T, np.float32)


@cache
def _averaging(starts: tuple[int, ...], side: int) -> NDArray[np.float32]:
    """Return the matrix (blocks, side) that takes the mean from each start to the next, of a side so long."""
    ends = (*starts[1:], side)
    matrix = np.zeros((len(starts), side), np.float32)
    for row, start, end in zip(matrix, starts, ends, strict=True):
        row[start : max(end, start + 1)] = 1 / max(end - start, 1)
    return matrix
