"""What `vcam parity` does: open a trace or a source, work, tell, and return an exit code."""

from __future__ import annotations

import argparse
import itertools
import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from vcam.core.errors import ModelError, Problem, TraceError
from vcam.parity.commands import DIFFERS, SAME, Outside
from vcam.parity.compare import Checker, Report
from vcam.parity.explain import Cause, explain
from vcam.parity.manifest import Manifest
from vcam.parity.mirror import Mirror
from vcam.parity.phone import Phone, adopt, manifest_for
from vcam.parity.record import record
from vcam.parity.report import Findings, rows, to_json, to_markdown
from vcam.parity.report_html import to_html
from vcam.parity.runtime import PinnedModel, digest
from vcam.parity.stages import Setup
from vcam.parity.trace import TraceReader, read_manifest

log = logging.getLogger(__name__)


def _record(args: argparse.Namespace, outside: Outside) -> int:
    if args.trace.exists():
        raise TraceError(Problem.BAD_TRACE, f"{args.trace}: got something there already != wanted a new name")
    path = args.model or _default_model(outside.models)
    source = outside.open_source(args.source)
    try:
        given = args.manifest
        template = read_manifest(given) if given else manifest_for(path, source.format.size)
        phone = Phone(*adopt(template, path), keep_rgb=args.rgb)

        def tell(count: int) -> None:
            if sys.stderr.isatty():
                print(f"\r{count} frames", end="", file=sys.stderr, flush=True)

        try:
            record(source, args.trace, phone, frames=args.frames, rotation=args.rotation, on_frame=tell)
        except KeyboardInterrupt:
            # The writer has completed the trace: stopping by hand is the usual way to end a live one.
            log.info("recording was stopped by hand")
    finally:
        source.close()
    print(f"recorded {args.trace}")
    return SAME


def _default_model(folders: Sequence[Path]) -> Path:
    for folder in folders:
        if (folder / "balanced.onnx").is_file():
            return folder / "balanced.onnx"
    raise ModelError(Problem.NO_MODEL, "got no network of the app's own; give --model FILE.onnx")


def _check(args: argparse.Namespace, outside: Outside) -> int:
    findings = _findings(args, outside)
    _tell(findings)
    for path, words in ((args.json, to_json), (args.markdown, to_markdown), (args.html, to_html)):
        if path is not None:
            _write(path, words(findings))
    return SAME if findings.report.same else DIFFERS


def _report(args: argparse.Namespace, outside: Outside) -> int:
    findings = _findings(args, outside)
    for name, words in (("report.json", to_json), ("report.md", to_markdown), ("report.html", to_html)):
        _write(args.out / name, words(findings))
    print(findings.verdict)
    print(f"wrote {args.out / 'report.html'}, and .md and .json beside it")
    return SAME if findings.report.same else DIFFERS


def _explain(args: argparse.Namespace, outside: Outside) -> int:
    findings = _findings(args, outside)
    print(findings.verdict)
    if findings.report.same:
        return SAME
    print(findings.cause)
    for cause in findings.causes[: args.most]:
        fit = "fits" if cause.fits else "does not fit"
        print(f"  {fit:13} {cause.error:9.3g} left of {cause.before:.3g}  {cause.words}")
    return DIFFERS


def _findings(args: argparse.Namespace, outside: Outside) -> Findings:
    folders = [*args.models, *outside.models]
    with TraceReader(args.trace) as trace:
        model = None if args.no_model else _open_model(trace.manifest, args.model, folders)
        checker = Checker(trace.manifest, model)
        for frame in itertools.islice(trace.frames(), args.frames or None):
            checker.add(frame)
        report = checker.report(args.trace.name)
        return Findings(report, _causes(report, model, _networks(folders)))


def _causes(report: Report, model: PinnedModel | None, candidates: Sequence[Path]) -> Sequence[Cause]:
    """Explain the first failed frame and the worst one together."""
    stage = report.first_diverging
    if stage is None:
        return ()
    result = report.stages[stage]
    suspicious = [frame for frame in (result.first, result.worst and result.worst.frame) if frame]
    frames = {frame.record.index: frame for frame in suspicious}
    return explain([*frames.values()], stage, Setup(Mirror(report.manifest, model)), candidates)


def _networks(folders: Sequence[Path]) -> list[Path]:
    return sorted({path for folder in folders if folder.is_dir() for path in folder.glob("*.onnx")})


def _open_model(manifest: Manifest, given: Path | None, folders: Sequence[Path]) -> PinnedModel:
    """Return the network that was given, or the one with the phone's digest."""
    wanted = manifest.model
    path = given or next((each for each in _networks(folders) if digest(each) == wanted.sha256), None)
    if path is None:
        raise ModelError(
            Problem.NO_MODEL,
            f"got no network with SHA-256 {wanted.sha256[:12]}… ({wanted.name}); give --model FILE.onnx, "
            "or --no-model to leave out the stages that need it",
        )
    return PinnedModel(
        path, wanted.input.size, manifest.runtime.optimisation, wanted.input.layout, wanted.output.name
    )


def _tell(findings: Findings) -> None:
    report = findings.report
    table = [("stage", "verdict", "worst frame", "limits"), *(row[:4] for row in rows(report))]
    widths = [max(len(row[column]) for row in table) for column in range(4)]
    for row in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    print()
    print(findings.verdict)
    for line in (findings.cause, *(f"Note: {note}" for note in report.notes)):
        if line:
            print(line)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    except OSError as error:
        raise TraceError(Problem.BAD_TRACE, f"{path} cannot be written: {error.strerror}") from error


VERBS: dict[str, Callable[[argparse.Namespace, Outside], int]] = {
    "record": _record,
    "check": _check,
    "report": _report,
    "explain": _explain,
}
