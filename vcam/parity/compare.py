"""The comparison: each stage fed the phone's own previous stage, then everything from the camera's bytes."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from vcam.core.frame import Alpha
from vcam.parity.android import Rgb
from vcam.parity.manifest import Manifest
from vcam.parity.mirror import Mirror
from vcam.parity.post import Mask, Output
from vcam.parity.runtime import PinnedModel
from vcam.parity.stages import (
    Difference,
    Limits,
    Pair,
    Setup,
    Stage,
    limits,
    masks,
    outputs,
    pixels,
)
from vcam.parity.trace import TraceFrame


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """The frame on which a stage is furthest apart."""

    frame: TraceFrame
    pair: Pair


@dataclass(slots=True)
class StageResult:
    """One stage over all frames so far.

    Attributes:
        limits: the tolerances.
        frames: compared.
        failed: how many of them broke a limit.
        first: the first of those.
        reason: which limit it broke, in words.
        worst: the frame furthest apart: a failed one where there is any.
        maxima: largest difference of each frame.
        disagreements: mask disagreement of each frame, for the stages that have masks.
    """

    limits: Limits
    frames: int = 0
    failed: int = 0
    first: TraceFrame | None = None
    reason: str = ""
    worst: Evidence | None = None
    maxima: array[float] = field(default_factory=lambda: array("d"))
    disagreements: array[float] = field(default_factory=lambda: array("d"))

    @property
    def first_failed(self) -> int | None:
        """Index of the first frame that failed."""
        return None if self.first is None else self.first.record.index

    @property
    def passed(self) -> bool:
        """Whether every compared frame held the limits."""
        return not self.failed

    def add(self, frame: TraceFrame, pair: Pair) -> None:
        """Take in one frame."""
        self.frames += 1
        self.maxima.append(pair.difference.maximum)
        if pair.difference.disagreement is not None:
            self.disagreements.append(pair.difference.disagreement)
        broken = self.limits.broken(pair.difference)
        if broken:
            self.failed += 1
            if self.first is None:
                self.first, self.reason = frame, broken
        if self.worst is None or self._badness(pair.difference) > self._badness(self.worst.pair.difference):
            self.worst = Evidence(frame, pair)

    def _badness(self, difference: Difference) -> tuple[bool, float, float]:
        broken = self.limits.broken(difference) is not None
        return broken, difference.disagreement or 0.0, difference.mean


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """What a check found.

    Attributes:
        trace: its name.
        manifest: what the phone says.
        frames: compared.
        stages: the results by stage, in order; what was not recorded is not in it.
        skipped: why a stage is not in it.
        notes: what else a reader should know.
        timings: the phone's milliseconds by step, one for each frame that has it.
    """

    trace: str
    manifest: Manifest
    frames: int
    stages: dict[Stage, StageResult]
    skipped: dict[Stage, str]
    notes: tuple[str, ...]
    timings: dict[str, array[float]]

    @property
    def same(self) -> bool:
        """Whether every stage passed."""
        return all(result.passed for result in self.stages.values())

    @property
    def first_diverging(self) -> Stage | None:
        """The first stage that did not pass."""
        return next((stage for stage, result in self.stages.items() if not result.passed), None)


class Checker:
    """Compares frame by frame; holds one frame and the worst one of each stage.

    Args:
        manifest: of the trace.
        model: the network, or None to leave out the stages that need it.
    """

    def __init__(self, manifest: Manifest, model: PinnedModel | None) -> None:
        self._manifest = manifest
        self._model = model
        self._setup = Setup(Mirror(manifest, model))
        # One frame's outputs are compared without what came before them.
        lone = replace(manifest, post=replace(manifest.post, smoothing=0.0))
        self._lone = Mirror(lone, model)
        self._theirs: Alpha | None = None
        self._ours: Alpha | None = None
        self._results: dict[Stage, StageResult] = {}
        self._timings: dict[str, array[float]] = {}
        self._frames = 0

    def add(self, frame: TraceFrame) -> None:
        """Compare one frame; they come in order. Raises TraceError or ModelError."""
        for stage, pair in self._pairs(frame):
            result = self._results.setdefault(stage, StageResult(limits(stage, self._manifest)))
            result.add(frame, pair)
        for name, value in frame.record.timings_ms.items():
            self._timings.setdefault(name, array("d")).append(value)
        self._frames += 1

    def _pairs(self, frame: TraceFrame) -> Iterator[tuple[Stage, Pair]]:
        setup = self._setup
        our_rgb, their_rgb = setup.rgb(frame), frame.rgb()
        if their_rgb is not None:
            yield Stage.RGB, pixels(our_rgb, their_rgb)
        rgb = our_rgb if their_rgb is None else their_rgb
        their_input = frame.input()
        yield Stage.INPUT, pixels(setup.input(frame, rgb), their_input)
        their_tensor = frame.tensor()
        yield Stage.TENSOR, pixels(setup.tensor(their_input), their_tensor)
        their_output = frame.output()
        if self._model is not None:
            yield Stage.OUTPUT, self._outputs(frame, setup.mirror.output(their_tensor), their_output)
        their_mask = frame.mask()
        self._theirs = setup.mirror.alpha(their_output, self._theirs)
        yield Stage.MASK, masks(setup.mask(self._theirs, frame), their_mask)
        their_composite = frame.composite()
        our_composite = setup.composite(frame, rgb, their_mask)
        if their_composite is not None and our_composite is not None:
            yield Stage.COMPOSITE, pixels(our_composite, their_composite)
        if self._model is not None:
            yield Stage.END_TO_END, masks(self._end_to_end(frame, our_rgb), their_mask)

    def _outputs(self, frame: TraceFrame, ours: Output, theirs: Output) -> Pair:
        def as_mask(output: Output) -> Mask:
            return self._lone.mask(self._lone.alpha(output), frame.upright)

        return outputs(ours, theirs, as_mask, self._manifest.model.step)

    def _end_to_end(self, frame: TraceFrame, rgb: Rgb) -> Mask:
        setup = self._setup
        output = setup.mirror.output(setup.tensor(setup.input(frame, rgb)))
        self._ours = setup.mirror.alpha(output, self._ours)
        return setup.mask(self._ours, frame)

    def report(self, trace: str) -> Report:
        """Return what was found so far."""
        ordered = {stage: self._results[stage] for stage in Stage if stage in self._results}
        skipped = {stage: self._why_not(stage) for stage in Stage if stage not in self._results}
        return Report(
            trace, self._manifest, self._frames, ordered, skipped, tuple(self._notes()), self._timings
        )

    def _why_not(self, stage: Stage) -> str:
        if stage in {Stage.OUTPUT, Stage.END_TO_END}:
            return "no model"
        if stage is Stage.COMPOSITE and self._manifest.post.blend is None:
            return "the manifest blends nothing"
        return "not recorded"

    def _notes(self) -> Iterator[str]:
        want = self._manifest.model.sha256
        if self._model is not None and self._model.sha256 != want:
            yield (
                f"the model is not the phone's: got SHA-256 {self._model.sha256[:12]}… "
                f"!= wanted {want[:12]}… of the manifest"
            )
        if self._manifest.post.smoothing:
            yield "the mask has a memory (post.smoothing), so its stages depend on the frames before"
