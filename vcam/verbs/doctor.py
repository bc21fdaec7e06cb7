"""`vcam doctor`: what is missing, and the exact way to mend it."""

from __future__ import annotations

import argparse


def doctor(arguments: argparse.Namespace) -> int:
    """Examine, mend, undo or bundle, as the command line says; return the exit code."""
    raise NotImplementedError(arguments)


def report(log_path: str) -> str:
    """Return the diagnostics that the desktop shows."""
    return f"log: {log_path}"
