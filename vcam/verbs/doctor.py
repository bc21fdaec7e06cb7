"""`vcam doctor`: what is missing, and the exact way to mend it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from vcam.adapters.doctor import Finding, Level, Mending, examine, plan_fix, plan_undo, worst, write_bundle
from vcam.adapters.settings_file import settings_path, state_folder
from vcam.core.errors import Problem, SinkError
from vcam.resources import MODELS

_MARKS = {Level.OK: "✔", Level.WARN: "!", Level.FAIL: "✘"}


def doctor(arguments: argparse.Namespace) -> int:
    """Examine, mend, undo or bundle; return 0, or 1 where something is still wrong."""
    if arguments.undo:
        return _mend(plan_undo(), "There is nothing of ours to take back.", assume_yes=arguments.yes)
    if arguments.fix:
        code = _mend(plan_fix(), "There is nothing that could be mended here.", assume_yes=arguments.yes)
        if code:
            return code
    findings = examine(MODELS)
    if arguments.bundle is not None:
        return _bundle(arguments.bundle, findings)
    if arguments.json:
        print(json.dumps([asdict(finding) for finding in findings], indent=2, ensure_ascii=False))
    else:
        print("\n".join(_lines(findings)))
    return 1 if worst(findings) is Level.FAIL else 0


def report(log_path: str) -> str:
    """Return the diagnostics that the desktop shows."""
    return "\n".join([*_lines(examine(MODELS)), "", f"Log: {log_path}"])


def _lines(findings: Iterable[Finding]) -> list[str]:
    lines = []
    for finding in findings:
        lines.append(f"{_MARKS[finding.level]} {finding.name}: {finding.got}")
        if finding.level is not Level.OK:
            if finding.wanted:
                lines.append(f"    wanted: {finding.wanted}")
            if finding.fix:
                lines.append(f"    do: {finding.fix}")
    return lines


def _mend(mending: Mending | None, nothing: str, *, assume_yes: bool) -> int:
    """Show what would be done, ask, and do it."""
    if mending is None:
        print(nothing)
        return 0
    print(f"This would be run as root:\n\n{mending.script()}")
    if not assume_yes:
        if not sys.stdin.isatty():
            sys.stderr.write("vcam: nothing was changed; add --yes to run it without being asked\n")
            return 2
        if input("Run it? [y/N] ").strip().lower() not in ("y", "yes"):
            print("Nothing was changed.")
            return 2
    said = mending.apply()
    if said:
        sys.stderr.write(f"vcam: {said}\n")
        return 1
    print("Done. `vcam doctor --undo` takes it back.\n")
    return 0


def _bundle(path: Path, findings: list[Finding]) -> int:
    texts = [*sorted(state_folder().glob("vcam.log*")), settings_path()]
    try:
        write_bundle(path, findings, texts)
    except OSError as error:
        raise SinkError(Problem.UNWRITABLE_SINK, f"{path}: {error.strerror}") from error
    print(
        f"Written: {path}. It holds no pictures; names and home folders are masked. Look before you send it."
    )
    return 0
