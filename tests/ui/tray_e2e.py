"""A real tray, a real window manager, real clicks:  tests/ui/desktop python -m pytest tests/ui/tray_e2e.py

Not collected by name: it needs the desktop of tests/ui/desktop. VCAM_SHOTS=FOLDER keeps pictures of it.
"""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from vcam.core.background import NoEffect
from vcam.core.errors import Problem
from vcam.core.settings import Settings
from vcam.core.status import State, Stats, Status
from vcam.ui.fakes import CAMERAS, FakeControls, FakePreviews
from vcam.ui.main import Ui

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif("DESKTOP_INSIDE" not in os.environ, reason="run it under tests/ui/desktop"),
]
RUNNING = Status(state=State.RUNNING, camera="Logitech C920", stats=Stats(fps=30, cpu_percent=6))
HAS_TRAY = "NO_TRAY" not in os.environ
needs_tray = pytest.mark.skipif(not HAS_TRAY, reason="NO_TRAY is set")
needs_no_tray = pytest.mark.skipif(HAS_TRAY, reason="NO_TRAY is not set")


def xdotool(*words: object) -> str:
    return subprocess.run(
        ["xdotool", *map(str, words)], check=True, capture_output=True, text=True
    ).stdout.strip()


def click(place: QPoint, button: int = 1) -> None:
    xdotool("mousemove", place.x(), place.y(), "click", button)


def shoot(name: str) -> None:
    folder = os.environ.get("VCAM_SHOTS")
    if folder:
        subprocess.run(["import", "-window", "root", str(Path(folder) / f"{name}.png")], check=True)


@pytest.fixture
def desk(
    qtbot: QtBot, qapp: QApplication, assets: Path, controls: FakeControls
) -> Iterator[Callable[..., Ui]]:
    """Open the user interface on the desktop."""
    opened: list[Ui] = []

    def open_ui(*, show_panel: bool) -> Ui:
        ui = Ui(qapp, controls, FakePreviews(), lambda: list(CAMERAS), str, assets)
        controls.subscribe(ui.bridge.listen)
        controls.tell(RUNNING)
        ui.open(show_panel=show_panel)
        opened.append(ui)
        return ui

    yield open_ui
    for ui in opened:
        ui.close()


def docked(qtbot: QtBot, ui: Ui) -> QPoint:
    """Wait for the icon to sit in the tray and return its middle."""
    screen = ui._app.primaryScreen().geometry()
    place = ui.tray.icon.geometry
    qtbot.waitUntil(
        lambda: place().width() > 0 and screen.contains(place().center()) and place().left() > 600
    )
    return place().center()


def choose(qtbot: QtBot, menu: QMenu, text: str) -> None:
    action = next(action for action in menu.actions() if action.text() == text)
    click(menu.mapToGlobal(menu.actionGeometry(action).center()))
    qtbot.waitUntil(menu.isHidden)


@needs_tray
def test_a_left_click_on_the_icon_opens_the_panel(desk: Callable[..., Ui], qtbot: QtBot) -> None:
    ui = desk(show_panel=False)
    assert QSystemTrayIcon.isSystemTrayAvailable()
    icon = docked(qtbot, ui)
    assert not ui.panel.isVisible()
    click(icon)
    qtbot.waitUntil(ui.panel.isActiveWindow)
    assert ui.panel.geometry().right() > icon.x() - 400
    shoot("panel")


@needs_tray
def test_a_right_click_opens_the_menu_and_its_entries_fire(
    desk: Callable[..., Ui], qtbot: QtBot, controls: FakeControls
) -> None:
    ui = desk(show_panel=False)
    icon, menu = docked(qtbot, ui), ui.tray.menu
    for text, done in (
        ("Turn off", lambda: controls.status().state is State.STOPPED),
        ("Turn on", lambda: controls.status().state is State.RUNNING),
        ("None", lambda: controls.settings().effect == NoEffect()),
        ("Settings…", ui.settings_window.isVisible),
    ):
        click(icon, 3)
        qtbot.waitUntil(menu.isVisible)
        qtbot.wait(100)  # a menu ignores clicks that come with the one that opened it
        shoot(f"menu-{text.rstrip('…').replace(' ', '-').lower()}")
        choose(qtbot, menu, text)
        qtbot.waitUntil(done)


@needs_tray
def test_a_camera_is_chosen_in_the_submenu(
    desk: Callable[..., Ui], qtbot: QtBot, controls: FakeControls
) -> None:
    ui = desk(show_panel=False)
    icon, menu = docked(qtbot, ui), ui.tray.menu
    click(icon, 3)
    qtbot.waitUntil(menu.isVisible)
    qtbot.wait(100)
    action = next(action for action in menu.actions() if action.text() == "Camera")
    click(menu.mapToGlobal(menu.actionGeometry(action).center()))
    cameras = action.menu()
    assert isinstance(cameras, QMenu)
    qtbot.waitUntil(cameras.isVisible)
    shoot("menu-camera")
    choose(qtbot, cameras, "Integrated Camera")
    qtbot.waitUntil(lambda: controls.settings() == Settings(camera=CAMERAS[1].identity))


@needs_tray
def test_closing_the_panel_leaves_the_icon(desk: Callable[..., Ui], qtbot: QtBot) -> None:
    ui = desk(show_panel=True)
    docked(qtbot, ui)
    qtbot.waitUntil(ui.panel.isActiveWindow)
    xdotool("key", "alt+F4")
    qtbot.waitUntil(ui.panel.isHidden)
    assert ui.tray.icon.isVisible()
    ui.raise_panel()
    qtbot.waitUntil(ui.panel.isActiveWindow)


@needs_tray
def test_a_problem_changes_the_icon(desk: Callable[..., Ui], qtbot: QtBot, controls: FakeControls) -> None:
    ui = desk(show_panel=False)
    docked(qtbot, ui)
    before = ui.tray.icon.icon().cacheKey()
    for name, status in (
        ("recovering", Status(state=State.RECOVERING, problem=Problem.CAMERA_GONE)),
        ("off", Status(state=State.IDLE)),
        ("needs-you", Status(state=State.FAILED, problem=Problem.NO_VIRTUAL_CAMERA)),
    ):
        controls.tell(status)
        qtbot.waitUntil(lambda before=before: ui.tray.icon.icon().cacheKey() != before)
        before = ui.tray.icon.icon().cacheKey()
        qtbot.wait(100)  # for the picture only
        shoot(f"icon-{name}")


@needs_no_tray
def test_without_a_tray_the_panel_is_a_window_and_closing_it_quits(
    desk: Callable[..., Ui], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not QSystemTrayIcon.isSystemTrayAvailable()
    ui = desk(show_panel=False)
    quits: list[bool] = []
    monkeypatch.setattr(ui._app, "quit", lambda: quits.append(True))
    qtbot.waitUntil(ui.panel.isActiveWindow)
    shoot("no-tray")
    xdotool("key", "alt+F4")
    qtbot.waitUntil(lambda: quits == [True])
