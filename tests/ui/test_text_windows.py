import sys
import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from vcam.phrases import command
from vcam.ui.text_windows import DiagnosticsWindow, SetUpWindow


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


@pytest.mark.parametrize(
    ("platform", "word"),
    [("linux", "v4l2loopback"), ("win32", "UnityCapture"), ("darwin", "OBS Studio 30")],
)
def test_setting_up_is_told_for_each_system(qtbot: QtBot, platform: str, word: str) -> None:
    window = SetUpWindow("main.py", platform)
    qtbot.addWidget(window)
    assert word in window.text.toPlainText()
    assert window.lead.text()
    with qtbot.waitSignal(window.tried_again):
        window.tried_again.emit()


def test_the_steps_for_linux_run_the_doctor_as_the_app_was_run(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/opt/my python")
    window = SetUpWindow("/home/me/main.py", "linux")
    qtbot.addWidget(window)
    assert window.text.toPlainText().splitlines() == [
        "sudo apt install v4l2loopback-dkms",
        "'/opt/my python' /home/me/main.py doctor --fix",
    ]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert command("/home/me/main.py", "doctor", "--fix") == "'/opt/my python' doctor --fix"


def test_what_to_type_follows_from_how_the_app_was_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/usr/bin/python3")
    assert command("/usr/bin/vcam", "ctl", "a b") == "/usr/bin/vcam ctl 'a b'"
    assert command("/opt/x/vcam/__main__.py") == "/usr/bin/python3 -m vcam"
