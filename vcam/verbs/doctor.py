"""`vcam doctor`: what is missing, and the exact way to mend it."""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from vcam import __version__
from vcam.adapters.doctor import Finding, Level, Mending, examine, plan_fix, plan_undo, worst, write_bundle
from vcam.adapters.doctor.bundle import Mask
from vcam.adapters.doctor.system import System
from vcam.adapters.settings_file import settings_path, state_folder
from vcam.core.errors import Problem, SinkError
from vcam.phrases import command, printable
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
    if arguments.yes and not arguments.undo and not arguments.fix:
        raise ValueError("got --yes alone != wanted it with --fix or --undo")
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
    bundle = command(sys.argv[0], "doctor", "--bundle", "report.zip")
    more = (f"Log: {log_path}", f"All that a report needs, without names: {bundle}")
    # People paste this into a public report.
    return Mask(System())("\n".join([*_lines(examine(MODELS)), "", *more]))


def _lines(findings: Sequence[Finding]) -> list[str]:
    """Return the findings in words, and what they come to."""
    lines = [f"Virtual Cam {__version__}, {platform.system()} {platform.release()}"]
    failed = ", ".join(finding.name for finding in findings if finding.level is Level.FAIL)
    for finding in findings:
        lines.append(f"{_MARKS[finding.level]} {finding.name}: {finding.got}")
        if finding.level is not Level.OK:
            if finding.wanted:
                lines.append(f"    wanted: {finding.wanted}")
            if finding.fix:
                lines.append(f"    do: {finding.fix}")
    lines += ["", f"It cannot work yet: {failed}." if failed else "It can work."]
    return [printable(line) for line in lines]


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
