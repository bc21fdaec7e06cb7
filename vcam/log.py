"""Logging for the whole app: words to the terminal, tracebacks to a file that never grows large."""

from __future__ import annotations

import logging
import logging.handlers
import sys
from pathlib import Path

from vcam.phrases import printable


class _Words(logging.Formatter):
    """Leaves tracebacks to the file: a person gets the sentence."""

    def format(self, record: logging.LogRecord) -> str:
        return printable(f"vcam: {record.levelname.lower()}: {record.getMessage()}")


def set_up(folder: Path, *, verbose: bool) -> Path:
    """Log to folder/vcam.log (three files of 1 MB at most) and, from WARNING on, to the terminal.

    Returns:
        The log's path. Where the folder cannot be written, logging to the terminal must do.
    """
    logging.raiseExceptions = False  # a full disk under the log is no reason for tracebacks on the terminal
    root = logging.getLogger()
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    terminal = logging.StreamHandler(sys.stderr)
    terminal.setLevel(logging.DEBUG if verbose else logging.WARNING)
    terminal.setFormatter(_Words())
    terminal.addFilter(lambda record: verbose or not getattr(record, "told", False))
    root.addHandler(terminal)
    path = folder / "vcam.log"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = logging.handlers.RotatingFileHandler(path, maxBytes=1_000_000, backupCount=2, encoding="utf-8")
    except OSError as error:
        logging.getLogger(__name__).warning("no log file: %s", error)
        return path
    file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"))
    root.addHandler(file)
    return path
