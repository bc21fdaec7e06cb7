"""Which known mistake explains a failing trace best: each is tried, then the likeliest in pairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from vcam.core.errors import TraceError
from vcam.parity.stages import Pair, Setup, Stage, limits, masks, outputs, pixels
from vcam.parity.suspects import Suspect, suspects
from vcam.parity.trace import TraceFrame

PAIRED = 5
"""How many of the likeliest suspects are also tried two by two, where none fits alone."""


@dataclass(frozen=True, slots=True)
class Cause:
    """How well a suspect explains the frames.

    Attributes:
        names: of the suspects that were changed together.
        words: for people.
        fits: whether the stage passes with the change, on all frames.
        error: what is left, in the stage's own measure (mean difference; disagreement for masks).
        before: the same without any change.
    """

    names: tuple[str, ...]
    words: str
    fits: bool
    error: float
    before: float


def explain(
    frames: Sequence[TraceFrame], stage: Stage, setup: Setup, candidates: Sequence[Path] = ()
) -> list[Cause]:
    """Return the causes that leave less difference than there was, the best first.

    Args:
        frames: a few on which the stage fails; one is enough.
        stage: the first that diverges.
        setup: how the phone is mirrored without any mistake.
        candidates: other networks to try where the output is wrong.
    """
    if stage is Stage.MASK and setup.manifest.post.smoothing:
        # Only the first mask has nothing before it.
        frames = [frame for frame in frames if frame.record.index == 0]
    if stage not in _PAIRS or not frames:
        return []
    before = _error(frames, stage, setup)[1]
    tried = [
        _cause((suspect,), frames, stage, setup, before)
        for suspect in suspects(stage, setup, frames, candidates)
    ]
    singles = sorted((pair for pair in tried if pair[0].error < before), key=_rank)
    causes = [cause for cause, _ in singles]
    if causes and not any(cause.fits for cause in causes):
        likely = [chosen for _, chosen in singles[:PAIRED]]
        pairs = [
            _cause((a[0], b[0]), frames, stage, setup, before)
            for a, b in combinations(likely, 2)
            if a[0].kind != b[0].kind
        ]
        causes = [
            cause for cause, _ in sorted(singles + [p for p in pairs if p[0].error < before], key=_rank)
        ]
    return causes


_Tried = tuple[Cause, tuple[Suspect, ...]]


def _rank(tried: _Tried) -> tuple[bool, float, int]:
    cause = tried[0]
    return not cause.fits, cause.error, len(cause.names)


def _cause(
    chosen: tuple[Suspect, ...], frames: Sequence[TraceFrame], stage: Stage, setup: Setup, before: float
) -> _Tried:
    for suspect in chosen:
        setup = suspect.change(setup)
    try:
        fits, error = _error(frames, stage, setup)
    except TraceError:
        fits, error = False, np.inf
    words = ", and ".join(suspect.words for suspect in chosen)
    return Cause(tuple(suspect.name for suspect in chosen), words, fits, error, before), chosen


def _error(frames: Sequence[TraceFrame], stage: Stage, setup: Setup) -> tuple[bool, float]:
    """Return whether the stage passes on every frame, and its mean error."""
    rule = limits(stage, setup.manifest)
    errors, fits = [], True
    for frame in frames:
        difference = _PAIRS[stage](frame, setup).difference
        fits = fits and rule.broken(difference) is None
        by_mask = stage is Stage.MASK and difference.disagreement is not None
        errors.append(
            (difference.disagreement or 0.0) + difference.mean / 1e6 if by_mask else difference.mean
        )
    return fits, float(np.mean(errors))


def _rgb(frame: TraceFrame, setup: Setup) -> Pair:
    theirs = frame.rgb()
    assert theirs is not None  # noqa: S101 - only recorded stages diverge
    return pixels(setup.rgb(frame), theirs)


def _input(frame: TraceFrame, setup: Setup) -> Pair:
    return pixels(setup.input(frame, frame.rgb()), frame.input())


def _tensor(frame: TraceFrame, setup: Setup) -> Pair:
    return pixels(setup.tensor(frame.input()), frame.tensor())


def _output(frame: TraceFrame, setup: Setup) -> Pair:
    mirror = setup.mirror
    return outputs(
        mirror.output(frame.tensor()),
        frame.output(),
        lambda output: mirror.mask(mirror.alpha(output), frame.upright),
        setup.manifest.model.step,
    )


def _mask(frame: TraceFrame, setup: Setup) -> Pair:
    return masks(setup.mask(setup.mirror.alpha(frame.output()), frame), frame.mask())


def _composite(frame: TraceFrame, setup: Setup) -> Pair:
    ours, theirs = setup.composite(frame, frame.rgb(), frame.mask()), frame.composite()
    assert ours is not None  # noqa: S101 - only recorded stages diverge
    assert theirs is not None  # noqa: S101
    return pixels(ours, theirs)


_PAIRS: dict[Stage, Callable[[TraceFrame, Setup], Pair]] = {
    Stage.RGB: _rgb,
    Stage.INPUT: _input,
    Stage.TENSOR: _tensor,
    Stage.OUTPUT: _output,
    Stage.MASK: _mask,
    Stage.COMPOSITE: _composite,
}
