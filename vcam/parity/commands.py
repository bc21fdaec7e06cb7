"""`vcam parity record | check | report | explain`: their arguments; actions.py is what they do.

Exit codes: 0 the two sides are the same (or the trace is recorded), 1 they differ, 2 the input is bad.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from vcam.core.errors import VcamError
from vcam.core.ports import FrameSource

log = logging.getLogger(__name__)

SAME, DIFFERS, BAD_INPUT = 0, 1, 2

OpenSource: TypeAlias = Callable[[str], FrameSource]
"""Opens a camera, clip, folder or drawing by what the user typed. Raises SourceError."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What these verbs need of the app around them.

    Attributes:
        open_source: for `record`.
        models: folders in which a trace's network is looked for by its digest.
    """

    open_source: OpenSource
    models: Sequence[Path] = ()


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Add the verb `parity` and its four verbs, and return its parser; `run` does what was chosen."""
    words = "compare with the phone's pipeline, by traces"
    parity = subparsers.add_parser("parity", help=words, description=words.capitalize() + ".")
    verbs = parity.add_subparsers(dest="parity_verb", required=True, metavar="VERB")

    def add(verb: str, words: str) -> argparse.ArgumentParser:
        return verbs.add_parser(verb, help=words, description=f"{words[0].upper()}{words[1:]}.")

    recorder = add("record", "record a trace from any source, as a phone would")
    recorder.add_argument("trace", type=Path, help="a new folder, or a new file that ends in .zip")
    recorder.add_argument("--source", default="camera", help="camera, a clip, picture or folder (camera)")
    recorder.add_argument("--model", type=Path, help="the .onnx file (default: the app's own)")
    recorder.add_argument("--manifest", type=Path, help="a manifest.json or trace (default: from the card)")
    recorder.add_argument("--frames", type=_count, default=60, help="how many; 0 until the source ends")
    recorder.add_argument("--rotation", type=int, choices=(0, 90, 180, 270), default=0)
    recorder.add_argument("--rgb", action="store_true", help="keep whole RGB pictures: large, but telling")

    checker = add("check", "say whether a trace is what we compute, stage by stage")
    _add_trace(checker)
    checker.add_argument("--json", type=Path, metavar="FILE", help="write the findings as JSON")
    checker.add_argument("--markdown", type=Path, metavar="FILE", help="… as Markdown")
    checker.add_argument("--html", type=Path, metavar="FILE", help="… as HTML with pictures and charts")

    reporter = add("report", "check, and write JSON, Markdown and HTML into a folder")
    _add_trace(reporter)
    reporter.add_argument("--out", type=Path, required=True, help="the folder")

    explainer = add("explain", "try the known mistakes on a trace that differs")
    _add_trace(explainer)
    explainer.add_argument("--most", type=_count, default=5, help="how many suspects to list")
    return parity


def _add_trace(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("trace", type=Path, help="a trace: folder or .zip")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--model", type=Path, help="the .onnx file (default: found by its digest)")
    which.add_argument("--no-model", action="store_true", help="leave out what needs the network")
    parser.add_argument("--models", type=Path, action="append", default=[], help="a folder of networks")
    parser.add_argument("--frames", type=_count, default=0, help="compare only so many; 0 for all")


def _count(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"got {value} != wanted 0 or more")
    return value


def run(args: argparse.Namespace, outside: Outside) -> int:
    """Run the chosen verb and return its exit code; what is wrong with the input goes to stderr."""
    from vcam.parity import actions  # noqa: PLC0415 - `--help` must not load onnxruntime

    try:
        return actions.VERBS[args.parity_verb](args, outside)
    except VcamError as error:
        log.info("parity %s: %s: %s", args.parity_verb, error.problem, error.detail)
        print(f"vcam parity {args.parity_verb}: {error.detail}", file=sys.stderr)
        return BAD_INPUT
