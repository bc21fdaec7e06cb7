import sys
import threading

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from vcam.phrases import command
from vcam.ui.set_up_window import SetUpWindow


class Plan:
    """A set-up that waits for a password, as pkexec does."""

    def __init__(self, answer: str) -> None:
        self.password = threading.Event()
        self.applied: list[int] = []
        self._answer = answer

    def script(self) -> str:
        return "modprobe v4l2loopback"

    def apply(self) -> str:
        self.applied.append(threading.get_ident())
        assert self.password.wait(10)
        return self._answer


def open_window(qtbot: QtBot, plan: Plan) -> SetUpWindow:
    window = SetUpWindow("/home/me/main.py", lambda: plan, "linux")
    qtbot.addWidget(window)
    window.show()
    return window


def test_what_would_be_done_is_shown_and_done_at_a_press(qtbot: QtBot) -> None:
    plan = Plan("")
    window = open_window(qtbot, plan)
    assert window.text.toPlainText() == "modprobe v4l2loopback"
    assert plan.applied == []
    with qtbot.waitSignal(window.tried_again):
        qtbot.mouseClick(window.now, Qt.MouseButton.LeftButton)
        assert window.busy.isVisible()
        assert not window.now.isEnabled()
        plan.password.set()
    assert plan.applied != [threading.get_ident()]
    assert len(plan.applied) == 1
    assert window.text.toPlainText().endswith("/home/me/main.py doctor --undo")
    assert not window.busy.isVisible()
    assert not window.now.isVisible()


def test_what_went_wrong_is_said_and_can_be_tried_again(qtbot: QtBot) -> None:
    plan = Plan("Request dismissed")
    plan.password.set()
    window = open_window(qtbot, plan)
    qtbot.mouseClick(window.now, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(window.now.isEnabled)
    assert window.text.toPlainText() == "Request dismissed"
    window.close()
    window.show()
    assert window.text.toPlainText() == "modprobe v4l2loopback"


@pytest.mark.usefixtures("no_thread_begins")
def test_without_a_thread_it_says_so_and_can_be_tried_again(qtbot: QtBot) -> None:
    plan = Plan("")
    window = open_window(qtbot, plan)
    qtbot.mouseClick(window.now, Qt.MouseButton.LeftButton)
    assert "can't start new thread" in window.text.toPlainText()
    assert window.now.isEnabled()
    assert not window.busy.isVisible()
    assert plan.applied == []


def test_the_app_can_be_left_while_the_password_is_waited_for(qtbot: QtBot) -> None:
    plan = Plan("")
    window = open_window(qtbot, plan)
    qtbot.mouseClick(window.now, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(plan.applied))
    worker = next(thread for thread in threading.enumerate() if thread.ident == plan.applied[0])
    window.hide()
    window.deleteLater()
    with qtbot.waitSignal(window.destroyed):
        pass
    plan.password.set()
    worker.join(10)
    assert not worker.is_alive()


def test_where_a_password_cannot_be_asked_for_the_steps_are_told(qtbot: QtBot) -> None:
    window = SetUpWindow("main.py", platform="linux")
    qtbot.addWidget(window)
    window.show()
    assert not window.now.isVisible()
    assert "doctor --fix" in window.text.toPlainText()


@pytest.mark.parametrize(
    ("platform", "word"),
    [("linux", "v4l2loopback"), ("win32", "UnityCapture"), ("darwin", "OBS Studio 30")],
)
def test_setting_up_is_told_for_each_system(qtbot: QtBot, platform: str, word: str) -> None:
    window = SetUpWindow("main.py", platform=platform)
    qtbot.addWidget(window)
    assert word in window.text.toPlainText()
    assert window.lead.text()
    with qtbot.waitSignal(window.tried_again):
        window.tried_again.emit()


def test_the_steps_for_linux_run_the_doctor_as_the_app_was_run(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/opt/my python")
    window = SetUpWindow("/home/me/main.py", platform="linux")
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
