import os
import signal
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QLocale, QTimer
from PySide6.QtWidgets import QApplication, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from vcam.core.errors import Problem
from vcam.core.leaving import Leaving
from vcam.core.settings import Quality, Settings
from vcam.core.status import State, Status
from vcam.ui import main
from vcam.ui.advice import Action
from vcam.ui.fakes import CAMERAS, FakeControls, FakePreviews
from vcam.ui.main import Ui
from vcam.ui.thumbnails import Thumbnails, read_thumbnail

Tray = Callable[[bool], None]


@pytest.fixture
def tray(monkeypatch: pytest.MonkeyPatch) -> Tray:
    """Say whether the desktop has a tray: off screen there is none."""

    def say(there: bool) -> None:
        monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: there))

    return say


@pytest.fixture
def quits(ui: Ui, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    said: list[bool] = []
    monkeypatch.setattr(ui._app, "quit", lambda: said.append(True))
    return said


def test_without_a_tray_the_panel_is_a_window_and_closing_it_quits(
    ui: Ui, tray: Tray, quits: list[bool]
) -> None:
    tray(False)
    ui.open(show_panel=False)
    assert ui.panel.isVisible()
    assert quits == []
    ui.panel.close()
    assert quits == [True]


def test_with_a_tray_closing_hides_and_says_where_once(
    ui: Ui, tray: Tray, quits: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(ui.tray.icon, "showMessage", lambda title, *_: said.append(title))
    tray(True)
    ui.open(show_panel=True)
    for _ in range(2):
        ui.raise_panel()
        QApplication.processEvents()
        assert ui.panel.isVisible()
        ui.panel.close()
    assert quits == []
    assert said == ["Virtual Cam keeps running"]


def test_escape_never_quits(ui: Ui, tray: Tray, quits: list[bool], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui.tray.icon, "showMessage", lambda *_: None)
    tray(False)
    ui.open(show_panel=True)
    ui.panel.escaped.emit()
    assert ui.panel.isMinimized()
    tray(True)
    ui._look_for_tray()
    ui.raise_panel()
    QApplication.processEvents()
    assert not ui.panel.isMinimized()
    ui.panel.escaped.emit()
    assert not ui.panel.isVisible()
    assert quits == []


def test_at_login_only_the_icon_appears(ui: Ui, tray: Tray) -> None:
    tray(True)
    ui.open(show_panel=False)
    assert ui.tray.icon.isVisible()
    assert not ui.panel.isVisible()


def test_a_tray_that_comes_later_is_taken_into_use(
    ui: Ui, tray: Tray, quits: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ui.tray.icon, "showMessage", lambda *_: None)
    tray(False)
    ui.open(show_panel=True)
    assert not ui.tray.icon.isVisible()
    tray(True)
    ui._look_for_tray()
    assert ui.tray.icon.isVisible()
    assert not ui._tray_timer.isActive()
    ui.panel.close()
    assert quits == []


def test_looking_for_a_tray_ends(ui: Ui, tray: Tray) -> None:
    tray(False)
    ui.open(show_panel=True)
    for _ in range(main.TRAY_CHECKS):
        assert ui._tray_timer.isActive()
        ui._look_for_tray()
    assert not ui._tray_timer.isActive()


def test_a_second_launch_raises_the_panel_from_any_thread(ui: Ui, qtbot: QtBot) -> None:
    caller = threading.Thread(target=ui.raise_panel)
    caller.start()
    caller.join()
    assert not ui.panel.isVisible()
    qtbot.waitUntil(ui.panel.isVisible)


@pytest.mark.parametrize(
    ("action", "window"),
    [
        (Action.CHOOSE_CAMERA, "settings_window"),
        (Action.OPEN_SETTINGS, "settings_window"),
        (Action.SET_UP, "set_up_window"),
        (Action.DIAGNOSTICS, "diagnostics_window"),
    ],
)
def test_actions_that_open_a_window(ui: Ui, action: Action, window: str) -> None:
    ui.perform(action)
    assert getattr(ui, window).isVisible()


def test_choosing_a_camera_leads_to_the_list(ui: Ui) -> None:
    ui.settings_window.pages.setCurrentIndex(1)
    ui.perform(Action.CHOOSE_CAMERA)
    assert ui.settings_window.focusWidget() is ui.settings_window.choices["camera"]


def test_choosing_a_background_asks_for_a_file(ui: Ui, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(ui.panel.gallery, "add_by_dialog", lambda: asked.append(True))
    ui.perform(Action.CHOOSE_BACKGROUND)
    assert asked == [True]
    assert ui.panel.isVisible()


def test_actions_that_mend(ui: Ui, controls: FakeControls) -> None:
    controls.tell(Status(state=State.FAILED, problem=Problem.VIRTUAL_CAMERA_BUSY))
    ui.perform(Action.TRY_AGAIN)
    assert controls.status().state is State.RUNNING
    controls.change(Settings(model="gone", quality=Quality.QUALITY))
    ui.perform(Action.STANDARD_MODEL)
    assert controls.settings() == Settings()
    ui.perform(Action.SAVE_AGAIN)
    assert controls.changes[-1] == Settings()


def test_trying_again_after_setting_up_turns_on(ui: Ui, controls: FakeControls) -> None:
    controls.tell(Status(state=State.FAILED, problem=Problem.NO_VIRTUAL_CAMERA))
    ui.set_up_window.tried_again.emit()
    assert controls.status().state is State.RUNNING


def test_the_language_changes_at_once(ui: Ui, controls: FakeControls, qtbot: QtBot) -> None:
    ui.panel.show()
    ui.open_settings()
    box = ui.settings_window.choices["language"]
    index = box.findData("de")
    box.setCurrentIndex(index)
    box.activated.emit(index)
    qtbot.waitUntil(lambda: ui.settings_window.windowTitle() == "Einstellungen")
    assert ui.settings_window.isVisible()
    assert ui.panel.isVisible()
    assert ui.panel.gallery.tiles()[1].text() == "Unschärfe"
    assert ui.tray.menu.actions()[0].text() == "Aus"
    assert QLocale().toString(1.5, "f", 1) == "1,5"
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Abbrechen"
    box = ui.settings_window.choices["language"]
    box.activated.emit(box.findData("en"))
    qtbot.waitUntil(lambda: ui.settings_window.windowTitle() == "Settings")


def test_run_ui_hears_snapshots_and_returns_when_it_is_told_to_quit(qapp: QApplication, assets: Path) -> None:
    controls, seen = FakeControls(), []

    def ready(ui: Ui) -> None:
        ui.bridge.status_changed.connect(lambda status: (seen.append(status), ui.quit()))
        threading.Thread(target=controls.tell, args=(Status(state=State.PAUSED),)).start()

    code = main.run_ui(
        qapp, controls, FakePreviews(), controls.subscribe, lambda: list(CAMERAS), str, assets, ready=ready
    )
    assert code == 0
    assert [status.state for status in seen] == [State.PAUSED]
    controls.tell(Status())  # a worker that stops last still talks to a window that is gone


@pytest.mark.skipif(os.name == "nt", reason="signals are sent to oneself on POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_run_ui_returns_at_a_signal(qapp: QApplication, assets: Path, number: signal.Signals) -> None:
    """Qt's loop runs no Python by itself: the signal comes on Leaving's thread."""
    controls, before, leaving = FakeControls(), signal.getsignal(number), ExitStack()

    def ready(ui: Ui) -> None:
        leaving.enter_context(Leaving(ui.quit, grace=60))
        QTimer.singleShot(0, ui, lambda: os.kill(os.getpid(), number))

    code = main.run_ui(
        qapp, controls, FakePreviews(), controls.subscribe, lambda: list(CAMERAS), str, assets, ready=ready
    )
    leaving.close()
    assert code == 0
    assert signal.getsignal(number) is before


def test_clips_get_a_still_where_somebody_can_read_them(tmp_path: Path) -> None:
    clip = tmp_path / "waves.mp4"
    still = np.full((90, 200, 3), (255, 0, 0), np.uint8)
    image = read_thumbnail(clip, lambda path: still if path == clip else None)
    assert (image.width(), image.height()) == (320, 180)
    assert image.pixelColor(160, 90).blue() == 255
    assert read_thumbnail(clip, lambda _path: None).isNull()


def test_a_missing_picture_has_no_thumbnail(tmp_path: Path, qtbot: QtBot) -> None:
    thumbnails = Thumbnails()
    with qtbot.waitSignal(thumbnails.ready) as told:
        assert thumbnails.get(tmp_path / "gone.png") is None
    assert told.args is not None
    assert told.args[1].isNull()
    thumbnails.close()
