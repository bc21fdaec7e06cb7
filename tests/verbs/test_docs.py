"""What README and docs tell people to type is understood."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from vcam.verbs.arguments import make_parser

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
LINES = [
    pytest.param(line, id=f"{page.name}: {line}")
    for page in PAGES
    for line in re.findall(r"^    vcam (.*)$|`vcam ([^`]+)`", page.read_text(encoding="utf-8"), re.MULTILINE)
    for line in line
    if line
]


def test_there_are_many():
    assert len(LINES) > 15


@pytest.mark.parametrize("line", LINES)
def test_a_line_is_understood(line):
    words = shlex.split(line, comments=True)
    if words[0] in ("run", "matte", "parity") and len(words) < 3:
        return  # the verb is named, not shown
    arguments = make_parser().parse_args(words)
    assert arguments.verb == words[0]
    assert arguments.verb != "run" or arguments.headless
