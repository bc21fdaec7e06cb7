"""What an examination says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARN = "warn"
    """The app works, but less well than it could."""
    FAIL = "fail"
    """The app cannot do what it is for."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check.

    Attributes:
        name: what was checked.
        level: how bad it is.
        got: what was found.
        wanted: what should be; "" where it is.
        fix: what to do, exactly; "" where there is nothing to do.
    """

    name: str
    level: Level
    got: str
    wanted: str = ""
    fix: str = ""


def ok(name: str, got: str) -> Finding:
    """Return that all is well."""
    return Finding(name, Level.OK, got)


def warn(name: str, got: str, wanted: str, fix: str = "") -> Finding:
    """Return that it could be better."""
    return Finding(name, Level.WARN, got, wanted, fix)


def fail(name: str, got: str, wanted: str, fix: str) -> Finding:
    """Return that it cannot work so."""
    return Finding(name, Level.FAIL, got, wanted, fix)


def worst(findings: Iterable[Finding]) -> Level:
    """Return the worst level among findings; OK where there is none."""
    levels = {finding.level for finding in findings}
    return next((level for level in (Level.FAIL, Level.WARN) if level in levels), Level.OK)
