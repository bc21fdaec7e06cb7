import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from vcam.ui.text_windows import DiagnosticsWindow


def test_diagnostics_are_gathered_on_another_thread_and_copied(qtbot: QtBot) -> None:
    threads: list[int] = []

    def diagnostics() -> str:
        threads.append(threading.get_ident())
        return "all is well"

    window = DiagnosticsWindow(diagnostics)
    qtbot.addWidget(window)
    window.show()
    assert not window.copy_button.isEnabled()
    qtbot.waitUntil(window.copy_button.isEnabled)
    assert window.text.toPlainText() == "all is well"
    assert threads != [threading.get_ident()]
    qtbot.mouseClick(window.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "all is well"
    assert window.copy_button.text() == "Copied"
    window.gather()
    qtbot.waitUntil(window.copy_button.isEnabled)
    assert window.copy_button.text() == "Copy"
    assert len(threads) == 2


def test_diagnostics_that_break_say_why(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    def diagnostics() -> str:
        raise RuntimeError("no /proc here")

    window = DiagnosticsWindow(diagnostics)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(window.copy_button.isEnabled)
    assert window.text.toPlainText() == "RuntimeError: no /proc here"
    assert "diagnostics failed" in caplog.text
