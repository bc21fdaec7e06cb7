import gc
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QAction, QActionGroup, QIcon
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon

from vcam.core.background import Blur, Colour, NoEffect, Picture
from vcam.core.errors import Problem
from vcam.core.settings import Settings
from vcam.core.status import State, Stats, Status
from vcam.ui.fakes import CAMERAS, FakeControls
from vcam.ui.icons import Icons, Shape, shape_of
from vcam.ui.main import Ui

RUNNING = Status(state=State.RUNNING, camera="Logitech C920", stats=Stats(fps=30, cpu_percent=6))


def entries(ui: Ui) -> list[str]:
    ui.tray.menu.aboutToShow.emit()
    return [action.text() for action in ui.tray.menu.actions() if not action.isSeparator()]


def entry(menu: QMenu, text: str) -> QAction:
    return next(action for action in menu.actions() if action.text() == text)


def choose(ui: Ui, text: str) -> None:
    ui.tray.menu.aboutToShow.emit()
    entry(ui.tray.menu, text).trigger()


def test_the_menu_reads_from_top_to_bottom(ui: Ui, controls: FakeControls) -> None:
    controls.tell(RUNNING)
    assert entries(ui) == [
        "On: Logitech C920, 30 fps, 6 % CPU",
        "Turn off",
        "Pause",
        "None",
        "Blur",
        "Dawn",
        "Evening",
        "Meadow",
        "Office",
        "Paper",
        "More backgrounds…",
        "Camera",
        "Open Virtual Cam",
        "Settings…",
        "Diagnostics…",
        "Quit",
    ]


def test_the_menu_offers_one_verb(ui: Ui, controls: FakeControls) -> None:
    choose(ui, "Turn on")
    assert controls.status().state is State.RUNNING
    choose(ui, "Turn off")
    assert controls.status().state is State.STOPPED


def test_pause_is_a_mark_that_comes_off_again(ui: Ui, controls: FakeControls) -> None:
    controls.tell(RUNNING)
    choose(ui, "Pause")
    assert controls.status().state is State.PAUSED
    assert entries(ui)[0] == "Paused: others see a still card"
    assert entry(ui.tray.menu, "Pause").isChecked()
    choose(ui, "Pause")
    assert controls.status().state is State.RUNNING


def test_effects_are_an_exclusive_group(ui: Ui, controls: FakeControls) -> None:
    own = Path("Harbour & sea.png")
    controls.change(Settings(recent=(own,), effect=Blur(0.3), blur_strength=0.3))
    assert "Harbour && sea" in entries(ui)
    choose(ui, "None")
    assert controls.settings().effect == NoEffect()
    choose(ui, "Harbour && sea")
    assert controls.settings().effect == Picture(own)
    choose(ui, "Blur")
    assert controls.settings().effect == Blur(0.3)
    entries(ui)
    group = entry(ui.tray.menu, "Blur").actionGroup()
    assert group is not None
    assert group.isExclusive()
    assert [action.text() for action in group.actions() if action.isChecked()] == ["Blur"]


def test_an_effect_without_a_file_is_listed_while_it_is_on(ui: Ui, controls: FakeControls) -> None:
    controls.change(Settings(effect=Colour(1, 2, 3)))
    assert entries(ui).count("Colour") == 1
    assert entry(ui.tray.menu, "Colour").isChecked()


def test_cameras_are_looked_up_when_the_menu_opens(ui: Ui, controls: FakeControls) -> None:
    entries(ui)
    action = entry(ui.tray.menu, "Camera")
    cameras = action.menu()
    assert isinstance(cameras, QMenu)
    names = [action.text() for action in cameras.actions()]
    assert names == ["Automatic", "Logitech C920", "Integrated Camera"]
    entry(cameras, "Integrated Camera").trigger()
    assert controls.settings().camera == CAMERAS[1].identity
    entries(ui)
    cameras = entry(ui.tray.menu, "Camera").menu()
    assert isinstance(cameras, QMenu)
    assert entry(cameras, "Integrated Camera").isChecked()


@pytest.fixture
def told(ui: Ui, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the desktop is asked to say; the icon is in the tray."""
    said: list[str] = []
    monkeypatch.setattr(ui.tray.icon, "showMessage", lambda title, *_: said.append(title))
    monkeypatch.setattr(ui.tray.icon, "isVisible", lambda: True)
    return said


BROKEN = Status(state=State.FAILED, problem=Problem.NO_MODEL)


def test_what_waits_for_the_person_is_said_by_the_desktop_once(ui: Ui, told: list[str]) -> None:
    for status in (RUNNING, BROKEN, replace(BROKEN, state=State.STARTING), BROKEN):
        ui.tray.show_status(status)
    assert told == ["The model is missing"]
    for status in (RUNNING, Status(state=State.RECOVERING, problem=Problem.CAMERA_GONE), BROKEN):
        ui.tray.show_status(status)
    assert told == ["The model is missing"] * 2
    ui.tray.icon.messageClicked.emit()
    assert ui.panel.isVisible()


def test_the_desktop_keeps_quiet_about_what_the_panel_says(ui: Ui, told: list[str]) -> None:
    ui.panel.show()
    ui.tray.show_status(BROKEN)
    ui.panel.close()
    ui.tray.show_status(replace(BROKEN, detail="another"))
    assert [title for title in told if "model" in title] == []


def test_a_problem_brings_its_action_into_the_menu(ui: Ui, controls: FakeControls) -> None:
    controls.tell(Status(state=State.FAILED, problem=Problem.NO_VIRTUAL_CAMERA))
    assert entries(ui)[:3] == ["There is no virtual camera yet", "Show me how…", "Turn on"]
    choose(ui, "Show me how…")
    assert ui.set_up_window.isVisible()


def test_a_problem_beside_another_state_is_named_too(ui: Ui, controls: FakeControls) -> None:
    controls.tell(Status(state=State.IDLE, problem=Problem.NO_VIRTUAL_CAMERA))
    assert entries(ui)[:3] == ["There is no virtual camera yet", "Show me how…", "Turn off"]


def test_a_menu_that_opens_often_keeps_nothing(ui: Ui, qapp: QApplication) -> None:
    def menus() -> int:
        qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
        # By type: isinstance() would ask each object, and some of other libraries' answer with a warning.
        return sum(issubclass(type(thing), QMenu) for thing in gc.get_objects())

    entries(ui)
    before = menus()
    for _ in range(20):
        entries(ui)
    assert menus() == before
    assert len(ui.tray.menu.findChildren(QMenu)) == 1
    assert len(ui.tray.menu.findChildren(QActionGroup)) == 2


@pytest.mark.parametrize(
    ("status", "shape"),
    [
        (Status(), Shape.OFF),
        (Status(state=State.IDLE), Shape.OFF),
        (Status(state=State.PAUSED), Shape.OFF),
        (Status(state=State.STARTING), Shape.RECOVERING),
        (Status(state=State.RECOVERING, problem=Problem.CAMERA_GONE), Shape.RECOVERING),
        (RUNNING, Shape.ON),
        (replace(RUNNING, problem=Problem.UNREADABLE_BACKGROUND), Shape.NEEDS_YOU),
        (Status(state=State.IDLE, problem=Problem.NO_VIRTUAL_CAMERA), Shape.NEEDS_YOU),
        (Status(state=State.FAILED, problem=Problem.NO_MODEL), Shape.NEEDS_YOU),
    ],
)
def test_each_state_has_its_shape(status: Status, shape: Shape) -> None:
    assert shape_of(status) is shape


def coverage(icon: QIcon) -> bytes:
    """Return where the icon is opaque, without its colours."""
    image = icon.pixmap(22, 22).toImage()
    return bytes(image.pixelColor(x, y).alpha() > 127 for x in range(22) for y in range(22))


def test_the_four_icons_differ_by_shape_and_not_only_by_colour(icons: Icons) -> None:
    assert len({coverage(icons.tray(shape)) for shape in Shape}) == len(Shape)


def test_the_tooltip_changes_with_the_state_and_not_with_the_figures(ui: Ui) -> None:
    ui.tray.show_status(RUNNING)
    tooltip = ui.tray.icon.toolTip()
    assert tooltip == "Virtual Cam\nOn: Logitech C920"
    ui.tray.show_status(replace(RUNNING, stats=Stats(fps=29, cpu_percent=7)))
    assert ui.tray.icon.toolTip() == tooltip


def test_a_left_click_opens_the_panel(ui: Ui) -> None:
    ui.tray.icon.activated.emit(QSystemTrayIcon.ActivationReason.Context)
    assert not ui.panel.isVisible()
    ui.tray.icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
    assert ui.panel.isVisible()
