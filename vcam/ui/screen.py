"""Opening the screen. Where Qt cannot, it ends the process; a person is owed a sentence first."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

_log = logging.getLogger(__name__)


def open_qt(argv: Sequence[str], refused: Callable[[str], int]) -> QApplication:
    """Return Qt's application, or end the process with the exit code that refused() returns.

    Args:
        argv: the command line, for Qt's own options.
        refused: given what Qt says where it can open no screen: no library, no such display, no permission.
    """
    said: list[str] = []

    def hear(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        if kind is QtMsgType.QtFatalMsg:
            _leave(refused, "; ".join(said) or text)
        said.append(text)

    former = qInstallMessageHandler(hear)
    app = QApplication(list(argv))
    qInstallMessageHandler(former)
    for text in said:
        _log.info("Qt says: %s", text)
    return app


def _leave(refused: Callable[[str], int], why: str) -> NoReturn:
    # Qt would abort when its handler returns, and an exception cannot pass through it.
    code = 1
    try:
        code = refused(why)
    except Exception:  # noqa: BLE001 - whatever broke, the process ends here
        _log.exception("what follows a refused screen failed")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
