from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QCheckBox, QComboBox
from pytestqt.qtbot import QtBot

from vcam.core.controls import CameraInfo
from vcam.core.frame import Size
from vcam.core.settings import Codec, Quality, Settings
from vcam.ui.fakes import CAMERAS, FakeControls
from vcam.ui.main import Ui
from vcam.ui.settings_window import SettingsWindow


@pytest.fixture
def window(ui: Ui, qtbot: QtBot) -> SettingsWindow:
    ui.open_settings()
    qtbot.waitExposed(ui.settings_window)
    return ui.settings_window


def pick(box: QComboBox, value: object) -> None:
    index = next(row for row in range(box.count()) if box.itemData(row) == value)
    box.setCurrentIndex(index)
    box.activated.emit(index)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("camera", CAMERAS[1].identity),
        ("size", Size(1920, 1080)),
        ("fps", 15),
        ("quality", Quality.PERFORMANCE),
        ("codec", Codec.YUYV),
    ],
)
def test_a_choice_applies_at_once(
    window: SettingsWindow, controls: FakeControls, name: str, value: object
) -> None:
    before = controls.settings()
    pick(window.choices[name], value)
    assert controls.settings() == replace(before, **{name: value})  # type: ignore[arg-type]
    assert len(controls.changes) == 1


@pytest.mark.parametrize(
    "name", ["on_demand", "start_on_launch", "autostart", "mirror_preview", "light_wrap"]
)
def test_a_mark_applies_at_once(window: SettingsWindow, controls: FakeControls, name: str) -> None:
    before = getattr(controls.settings(), name)
    window.checks[name].click()
    assert getattr(controls.settings(), name) is not before
    window.checks[name].click()
    assert controls.settings() == Settings()


def test_numbers_and_words_apply_when_they_are_done(
    window: SettingsWindow, controls: FakeControls, qtbot: QtBot
) -> None:
    window.cpu_budget.setValue(0)
    assert window.cpu_budget.text() == "No limit"
    assert controls.settings().cpu_budget == 0
    window.pages.setCurrentIndex(1)
    qtbot.keyClicks(window.model, " quality-fp32 ")
    assert controls.settings().model == ""
    qtbot.keyClick(window.model, Qt.Key.Key_Return)
    assert controls.settings().model == "quality-fp32"
    assert not window.choices["quality"].isEnabled()


def test_enter_in_a_field_does_not_close_the_window(window: SettingsWindow, qtbot: QtBot) -> None:
    window.pages.setCurrentIndex(1)
    qtbot.keyClick(window.model, Qt.Key.Key_Return)
    assert window.isVisible()


def test_settings_that_change_elsewhere_are_shown_and_not_sent_back(
    window: SettingsWindow, controls: FakeControls
) -> None:
    controls.change(Settings(fps=60, light_wrap=True, cpu_budget=25, quality=Quality.AUTO))
    window.refresh()
    assert window.choices["fps"].currentData() == 60
    assert window.checks["light_wrap"].isChecked()
    assert window.cpu_budget.value() == 25
    assert window.quality_hint.text() == "The best edges that this computer has time for."
    assert len(controls.changes) == 1


def test_a_size_that_is_not_in_the_list_is_kept(window: SettingsWindow, controls: FakeControls) -> None:
    controls.change(Settings(size=Size(800, 600)))
    window.refresh()
    assert window.choices["size"].currentText() == "800×600"
    assert controls.settings().size == Size(800, 600)


def test_a_camera_that_is_away_stays_chosen_and_says_so(
    window: SettingsWindow, controls: FakeControls
) -> None:
    controls.change(Settings(camera="usb-dead:beef"))
    window.close()
    window.show()
    assert window.choices["camera"].currentText() == "usb-dead:beef (not connected)"
    assert controls.settings().camera == "usb-dead:beef"


def test_cameras_that_come_are_listed_the_next_time_it_opens(window: SettingsWindow, ui: Ui) -> None:
    window.close()
    window._list_cameras = lambda: [*CAMERAS, CameraInfo("usb-new", "New Camera")]
    window.show()
    assert window.choices["camera"].findText("New Camera") > 0


def test_the_kind_of_virtual_camera_is_a_question_on_linux_only(window: SettingsWindow) -> None:
    window.pages.setCurrentIndex(1)


def test_tab_follows_what_is_seen(window: SettingsWindow) -> None:
    order, widget = [], window.nextInFocusChain()
    while widget is not window:
        if isinstance(widget, QCheckBox) and widget.isVisible():
            order.append(widget)
        widget = widget.nextInFocusChain()
    assert order == sorted(order, key=lambda box: box.mapTo(window, QPoint()).y())
    assert len(order) == 5


def test_a_longer_hint_makes_the_window_higher(window: SettingsWindow, qtbot: QtBot) -> None:
    hint = window.quality_hint
    hint.setText("A sentence that takes more than one line in this window. " * 4)
    qtbot.waitUntil(lambda: hint.height() >= hint.heightForWidth(hint.width()))
    assert window.minimumHeight() <= window.height()
