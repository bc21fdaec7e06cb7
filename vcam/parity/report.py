"""What a check found, as JSON for programs and Markdown for people; report_html.py has the pictures."""

from __future__ import annotations

import json
import math
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from statistics import median, quantiles
from typing import Any

from vcam.parity.compare import Report, StageResult
from vcam.parity.explain import Cause
from vcam.parity.stages import Stage

REPORT_VERSION = 1

STAGE_WORDS = {
    Stage.RGB: "YUV → RGB",
    Stage.INPUT: "crop, rotate, resize",
    Stage.TENSOR: "tensor",
    Stage.OUTPUT: "network",
    Stage.MASK: "mask",
    Stage.COMPOSITE: "composite",
    Stage.END_TO_END: "end to end",
}


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """A check's report, and the likely causes of its first diverging stage, the best first."""

    report: Report
    causes: Sequence[Cause] = ()

    @property
    def verdict(self) -> str:
        """One sentence."""
        stage = self.report.first_diverging
        if stage is None:
            return f"Same: {self.report.frames} frames, every stage within its limits."
        result = self.report.stages[stage]
        return (
            f"Differs: first at “{STAGE_WORDS[stage]}” in frame {result.first_failed} ({result.reason}); "
            f"{result.failed} of {result.frames} frames."
        )

    @property
    def cause(self) -> str:
        """One sentence on the likely cause; empty where the stages are the same."""
        stage = self.report.first_diverging
        if stage is None:
            return ""
        if stage is Stage.END_TO_END:
            return "No single stage differs: small differences add up on the way."
        if not self.causes:
            return "No known mistake brings the two nearer."
        best = self.causes[0]
        if best.fits:
            return f"Likely cause: {best.words}."
        return (
            f"No known mistake fits. Nearest: {best.words} ({best.error:.3g} is left of {best.before:.3g})."
        )


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds of one step on the phone."""

    frames: int
    median: float
    p95: float
    maximum: float


def timing(values: array[float]) -> Timing:
    """Return the summary of one step's times."""
    p95 = quantiles(values, n=20)[-1] if len(values) > 1 else values[0]
    return Timing(len(values), median(values), min(p95, max(values)), max(values))


def to_json(findings: Findings) -> str:
    """Return the findings as JSON; what is infinite is null."""
    report = findings.report
    document = {
        "report": REPORT_VERSION,
        "trace": report.trace,
        "same": report.same,
        "verdict": findings.verdict,
        "cause": findings.cause,
        "first_diverging": report.first_diverging,
        "frames": report.frames,
        "notes": list(report.notes),
        "stages": {stage.value: _stage(result) for stage, result in report.stages.items()},
        "skipped": {stage.value: why for stage, why in report.skipped.items()},
        "causes": [asdict(cause) for cause in findings.causes],
        "timings_ms": {name: asdict(timing(values)) for name, values in report.timings.items()},
        "manifest": report.manifest.to_json(),
    }
    return json.dumps(_finite(document), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _stage(result: StageResult) -> dict[str, Any]:
    worst = result.worst
    return {
        "passed": result.passed,
        "frames": result.frames,
        "failed": result.failed,
        "first_failed": result.first_failed,
        "reason": result.reason,
        "limits": {key: value for key, value in asdict(result.limits).items() if value is not None},
        "worst_frame": worst.frame.record.index if worst else None,
        "worst": asdict(worst.pair.difference) if worst else None,
    }


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def rows(report: Report) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield (stage, verdict, what was found in the worst frame, limits, in how many frames) for a table."""
    for stage in Stage:
        if stage in report.stages:
            result = report.stages[stage]
            verdict = "same" if result.passed else "differs"
            counts = f"{result.frames - result.failed} of {result.frames} frames"
            yield STAGE_WORDS[stage], verdict, found(result), result.limits.words(), counts
        else:
            yield STAGE_WORDS[stage], "not compared", report.skipped[stage], "", ""


def found(result: StageResult) -> str:
    """Return the worst frame's differences in words."""
    if result.worst is None:
        return ""
    got = result.worst.pair.difference
    parts = [f"max {got.maximum:.3g}", f"mean {got.mean:.3g}"]
    if got.within_step is not None:
        parts.append(f"within a step {got.within_step:.2%}")
    if got.disagreement is not None:
        parts.append(f"disagreement {got.disagreement:.3%}")
    if got.iou is not None:
        parts.append(f"IoU {got.iou:.4f}")
    return ", ".join(parts)


def facts(report: Report) -> Iterator[tuple[str, str]]:
    """Yield what a reader should know about the two sides: (name, value)."""
    manifest = report.manifest
    device, runtime, model = manifest.device, manifest.runtime, manifest.model
    yield "Device", f"{device.name}, {device.soc}, API {device.api_level}"
    yield "App", f"{device.app} {device.app_version}"
    how = f"{', '.join(runtime.providers)}, threads {runtime.threads}, optimisation {runtime.optimisation}"
    yield "Runtime", f"{runtime.name} {runtime.version}, {how}"
    sizes = f"{model.input.size} → {model.output.size}"
    yield "Model", f"{model.name}, {model.precision}, {sizes}, SHA-256 {model.sha256[:12]}…"
    geometry = manifest.geometry
    yield "Pipeline", f"{manifest.yuv}, {geometry.order}, {geometry.filter}, {manifest.post.activation}"


def suspicions(findings: Findings) -> Iterator[tuple[str, str, str]]:
    """Yield (suspect, whether it fits, what it leaves of the difference) for a table."""
    for cause in findings.causes[:10]:
        yield cause.words, "yes" if cause.fits else "no", f"{cause.error:.3g} of {cause.before:.3g}"


def to_markdown(findings: Findings) -> str:
    """Return the findings as Markdown."""
    report = findings.report
    lines = [f"# Parity of {_plain(report.trace)}", "", f"**{_plain(findings.verdict)}**", ""]
    if findings.cause:
        lines += [_plain(findings.cause), ""]
    lines += [f"- {name}: {_plain(value)}" for name, value in facts(report)]
    lines += [f"- Note: {_plain(note)}" for note in report.notes]
    lines += ["", "| Stage | Verdict | Worst frame | Limits | Same in |", "|---|---|---|---|---|"]
    lines += ["| " + " | ".join(map(_plain, row)) + " |" for row in rows(report)]
    if findings.causes:
        lines += ["", "| Suspect | Fits | Left of the difference |", "|---|---|---|"]
        lines += [f"| {_plain(words)} | {fits} | {left} |" for words, fits, left in suspicions(findings)]
    if report.timings:
        lines += ["", "Times on the phone, in ms; they are reported, never judged.", ""]
        lines += ["| Step | Median | 95 % | Maximum |", "|---|---|---|---|"]
        for name, values in report.timings.items():
            took = timing(values)
            lines.append(f"| {_plain(name)} | {took.median:.2f} | {took.p95:.2f} | {took.maximum:.2f} |")
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    """Return text that a trace made up, harmless in Markdown."""
    for character in "\\`*_[]<>|#!":
        text = text.replace(character, "\\" + character)
    return " ".join(text.split())
