"""Facts about this machine that the choice of a network depends on, and how its memory is used."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from pathlib import Path

from vcam.core.autoquality import Context

_ROOT = Path("/")
_ARENA_MAX = -8  # malloc.h


def read_context(root: Path = _ROOT) -> Context:
    """Return how things are now; what the system does not tell counts as absent.

    Args:
        root: of the file system; tests pass their own.
    """
    cores = os.cpu_count() or 1
    return Context(cores=cores, vnni=_has_vnni(root), load=_load(root, cores), battery=_on_battery(root))


def keep_memory_together() -> bool:
    """Let all threads share one heap, where the system is glibc; return whether that is so. Call it early.

    Each run has threads of its own, and glibc gives each a heap of its own, of which it hardly gives back: an
    app that was turned off and on forty times held 160 MiB instead of 122.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        return bool(ctypes.CDLL(None).mallopt(_ARENA_MAX, 1))
    except (OSError, AttributeError):  # another C library
        return False


def give_memory_back() -> None:
    """Return freed memory to the system, where it is glibc: it keeps it otherwise. Takes a millisecond."""
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


def _has_vnni(root: Path) -> bool:
    flags = next((line for line in _text(root / "proc/cpuinfo").splitlines() if line.startswith("flags")), "")
    return "vnni" in flags


def _load(root: Path, cores: int) -> float:
    words = _text(root / "proc/loadavg").split()
    try:
        return float(words[0]) / cores
    except (IndexError, ValueError):
        return 0.0


def _on_battery(root: Path) -> bool:
    """Whether a battery is being drained."""
    supplies = root / "sys/class/power_supply"
    try:
        states = [_text(supply / "status").strip() for supply in supplies.iterdir()]
    except OSError:
        return False
    return "Discharging" in states


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
