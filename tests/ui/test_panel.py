import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, QRect, QStandardPaths, Qt, QUrl
from PySide6.QtGui import QAccessible, QDropEvent, QScreen
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from vcam.core.background import Blur, Colour, Fit, NoEffect, Picture
from vcam.core.errors import Problem
from vcam.core.settings import Settings
from vcam.core.status import State, Stats, Status
from vcam.ui import panel as panel_module
from vcam.ui.advice import Action
from vcam.ui.fakes import FakeControls
from vcam.ui.main import Ui
from vcam.ui.panel import Panel
from vcam.ui.tiles import Tile

MakePicture = Callable[[str], Path]
RUNNING = Status(state=State.RUNNING, camera="Logitech C920", stats=Stats(fps=30, cpu_percent=6))


@pytest.fixture
def panel(ui: Ui, qtbot: QtBot) -> Panel:
    ui.panel.show()
    qtbot.waitExposed(ui.panel)
    return ui.panel


def tile(panel: Panel, name: str) -> Tile:
    return next(tile for tile in panel.gallery.tiles() if tile.text() == name)


def checked(panel: Panel) -> list[str]:
    return [tile.text() for tile in panel.gallery.tiles() if tile.isChecked()]


def tell(qtbot: QtBot, panel: Panel, controls: FakeControls, status: Status) -> None:
    controls.tell(status)
    qtbot.waitUntil(lambda: panel._status is status)


def test_a_tile_applies_at_once(panel: Panel, controls: FakeControls, qtbot: QtBot) -> None:
    assert checked(panel) == ["Blur"]
    qtbot.mouseClick(tile(panel, "None"), Qt.MouseButton.LeftButton)
    assert controls.settings().effect == NoEffect()
    assert checked(panel) == ["None"]
    qtbot.mouseClick(tile(panel, "Evening"), Qt.MouseButton.LeftButton)
    assert isinstance(controls.settings().effect, Picture)
    assert checked(panel) == ["Evening"]


def test_choosing_what_is_on_already_changes_nothing(
    panel: Panel, controls: FakeControls, qtbot: QtBot
) -> None:
    qtbot.mouseClick(tile(panel, "Blur"), Qt.MouseButton.LeftButton)
    assert controls.changes == []
    assert checked(panel) == ["Blur"]


def test_arrows_move_the_focus_past_none_without_showing_the_room(
    panel: Panel, controls: FakeControls, qtbot: QtBot
) -> None:
    panel.activateWindow()
    tile(panel, "Blur").setFocus()
    qtbot.keyClick(tile(panel, "Blur"), Qt.Key.Key_Left)
    assert QApplication.focusWidget() is tile(panel, "None")
    assert controls.settings().hides_room
    qtbot.keyClick(tile(panel, "None"), Qt.Key.Key_Down)
    assert controls.changes == []
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert checked(panel) == ["Evening"]
    qtbot.keyClick(tile(panel, "Evening"), Qt.Key.Key_Right)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    assert checked(panel) == ["Meadow"]


def test_tab_reaches_everything_and_comes_round(panel: Panel, qtbot: QtBot, controls: FakeControls) -> None:
    tell(qtbot, panel, controls, RUNNING)
    panel.activateWindow()
    panel.switch.setFocus()
    reached = []
    for _ in range(12):
        widget = QApplication.focusWidget()
        reached.append(widget)
        QTest.keyClick(widget, Qt.Key.Key_Tab)
        if QApplication.focusWidget() is panel.switch:
            break
    assert reached == [
        panel.switch,
        panel.pause_button,
        panel.settings_button,
        tile(panel, "Blur"),
        tile(panel, "Add…"),
        panel.options.strength,
    ]


def test_every_button_has_a_name_to_be_read_out(panel: Panel) -> None:
    buttons = panel.findChildren(QAbstractButton)
    assert len(buttons) > 10
    for button in buttons:
        assert button.accessibleName() or button.text() or not button.isVisible()


def test_the_slider_sets_the_strength_and_is_there_for_blur_only(
    panel: Panel, controls: FakeControls, qtbot: QtBot
) -> None:
    assert panel.options.strength.value() == 60
    panel.options.strength.setValue(25)
    assert controls.settings().effect == Blur(0.25)
    qtbot.mouseClick(tile(panel, "None"), Qt.MouseButton.LeftButton)
    assert not panel.options.isVisible()
    qtbot.mouseClick(tile(panel, "Blur"), Qt.MouseButton.LeftButton)
    assert panel.options.strength.isVisible()
    assert controls.settings().effect == Blur(0.25)


def test_settings_that_change_elsewhere_are_shown_and_not_sent_back(
    panel: Panel, controls: FakeControls, qtbot: QtBot
) -> None:
    controls.change(Settings(effect=Blur(0.9)))
    tell(qtbot, panel, controls, RUNNING)
    assert panel.options.strength.value() == 90
    assert len(controls.changes) == 1


def test_fit_and_colour_are_chosen_under_the_tiles(
    panel: Panel, controls: FakeControls, qtbot: QtBot
) -> None:
    qtbot.mouseClick(tile(panel, "Paper"), Qt.MouseButton.LeftButton)
    box = panel.options.fit
    box.setCurrentIndex(box.findData(Fit.FIT))
    box.activated.emit(box.currentIndex())
    effect = controls.settings().effect
    assert isinstance(effect, Picture)
    assert effect.fit is Fit.FIT
    qtbot.mouseClick(tile(panel, "Colour"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(panel.options.swatches[1], Qt.MouseButton.LeftButton)
    assert controls.settings().effect == Colour(42, 91, 168)
    assert [button.isChecked() for button in panel.options.swatches] == [False, True, False, False]


def test_dropped_pictures_are_added_and_the_first_is_shown(
    panel: Panel, controls: FakeControls, make_picture: MakePicture
) -> None:
    first, second = make_picture("Harbour.png"), make_picture("Wood.png")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(first)), QUrl.fromLocalFile(str(second))])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDropEvent(QPointF(10, 10), copy, mime, left, none)
    event.ignore()
    panel.dragEnterEvent(event)
    assert event.isAccepted()
    assert tile(panel, "Add…").isDown()
    panel.dropEvent(event)
    assert not tile(panel, "Add…").isDown()
    assert controls.settings().recent == (first, second)
    assert controls.settings().effect == Picture(first)
    assert checked(panel) == ["Harbour"]


def test_files_are_looked_for_among_the_pictures_and_then_where_the_last_one_was(
    panel: Panel, controls: FakeControls, make_picture: MakePicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture, asked = make_picture("Harbour.png"), []

    def choose(_parent: object, _title: str, folder: str, kinds: str) -> tuple[list[str], str]:
        asked.append(folder)
        assert "*.png" in kinds
        return [str(picture)], kinds

    monkeypatch.setattr(QFileDialog, "getOpenFileNames", choose)
    pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
    assert panel.gallery._folder == pictures
    panel.gallery._folder = str(picture.parent / "gone")
    for _ in range(2):
        panel.gallery.add_by_dialog()
    assert asked == ["", str(picture.parent)]
    assert controls.settings().recent == (picture,)


def test_an_unreadable_picture_is_said_and_changes_nothing(
    panel: Panel, controls: FakeControls, tmp_path: Path
) -> None:
    bad, drawn = tmp_path / "holiday.png", tmp_path / "drawn.png"
    bad.write_bytes(b"not a picture")
    drawn.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    panel.gallery.add([bad, drawn])
    assert controls.changes == []
    assert panel.gallery._note.isVisible()
    assert "“holiday.png”" in panel.gallery._note_words.text()
    assert not panel.gallery.undo_button.isVisible()


def test_removing_can_be_undone_and_never_shows_the_room(
    panel: Panel, controls: FakeControls, make_picture: MakePicture, qtbot: QtBot
) -> None:
    first, second = make_picture("Harbour.png"), make_picture("Wood.png")
    panel.gallery.add([first, second])
    before = controls.settings()
    qtbot.keyClick(tile(panel, "Harbour"), Qt.Key.Key_Delete)
    assert controls.settings().recent == (second,)
    assert isinstance(controls.settings().effect, Blur)
    assert first.exists()
    qtbot.mouseClick(panel.gallery.undo_button, Qt.MouseButton.LeftButton)
    assert controls.settings() == before
    assert not panel.gallery._note.isVisible()


def test_a_long_name_is_cut_and_not_cut_off(panel: Panel, make_picture: MakePicture, qtbot: QtBot) -> None:
    picture = make_picture(f"{'x' * 200}.png")
    panel.gallery.add([picture])
    panel.gallery.remove(picture)
    qtbot.waitUntil(panel.gallery.undo_button.isVisible)
    note = panel.gallery._note_words
    assert "…" in note.text()
    for word in note.text().split():
        assert note.fontMetrics().horizontalAdvance(word) <= note.width()


def test_undo_leaves_a_later_choice_alone(
    panel: Panel, controls: FakeControls, make_picture: MakePicture, qtbot: QtBot
) -> None:
    panel.gallery.add([make_picture("Harbour.png")])
    panel.gallery.remove(controls.settings().recent[0])
    qtbot.mouseClick(tile(panel, "Paper"), Qt.MouseButton.LeftButton)
    panel.gallery.undo()
    assert checked(panel) == ["Paper"]
    assert len(controls.settings().recent) == 1


def test_the_cross_on_an_own_tile_removes_it_and_ours_have_none(
    panel: Panel, controls: FakeControls, make_picture: MakePicture, qtbot: QtBot
) -> None:
    panel.gallery.add([make_picture("Harbour.png")])
    harbour, ours = tile(panel, "Harbour"), tile(panel, "Office")
    qtbot.mouseClick(ours, Qt.MouseButton.LeftButton, pos=ours._cross().center())
    assert checked(panel) == ["Office"]
    qtbot.mouseClick(harbour, Qt.MouseButton.LeftButton, pos=harbour._cross().center())
    assert controls.settings().recent == ()
    assert checked(panel) == ["Office"]


def test_thumbnails_come_by_themselves(panel: Panel, make_picture: MakePicture, qtbot: QtBot) -> None:
    panel.gallery.add([make_picture("Harbour.png")])
    qtbot.waitUntil(lambda: not tile(panel, "Harbour")._picture.isNull())


def test_a_problem_is_said_with_exactly_one_action(
    panel: Panel, controls: FakeControls, qtbot: QtBot
) -> None:
    assert not panel.banner.isVisible()
    problem = Status(state=State.FAILED, problem=Problem.NO_VIRTUAL_CAMERA, detail="no device")
    tell(qtbot, panel, controls, problem)
    assert panel.banner.isVisible()
    assert panel.banner.button.text() == "Show me how…"
    assert panel.banner.toolTip() == "no device"
    with qtbot.waitSignal(panel.acted) as acted:
        qtbot.mouseClick(panel.banner.button, Qt.MouseButton.LeftButton)
    assert acted.args == [Action.SET_UP]
    tell(qtbot, panel, controls, RUNNING)
    assert not panel.banner.isVisible()


@pytest.mark.parametrize(
    ("state", "on"),
    [
        (State.STOPPED, False),
        (State.STARTING, True),
        (State.RUNNING, True),
        (State.RECOVERING, True),
        (State.IDLE, True),
        (State.PAUSED, True),
        (State.FAILED, False),
    ],
)
def test_each_state_is_shown(
    panel: Panel, controls: FakeControls, qtbot: QtBot, state: State, on: bool
) -> None:
    tell(qtbot, panel, controls, replace(RUNNING, state=state))
    assert panel.switch.isChecked() is on
    assert panel.pause_button.isEnabled() is on
    assert panel.preview._live is (state is State.RUNNING)
    assert panel.line.text()


def test_switch_and_pause_ask_the_app(panel: Panel, controls: FakeControls, qtbot: QtBot) -> None:
    panel.switch.click()
    assert controls.status().state is State.RUNNING
    qtbot.waitUntil(panel.pause_button.isEnabled)
    panel.pause_button.click()
    assert controls.status().state is State.PAUSED
    qtbot.waitUntil(lambda: panel.pause_button.accessibleName() == "Show me again")
    panel.pause_button.click()
    qtbot.waitUntil(lambda: controls.status().state is State.RUNNING)
    panel.switch.click()
    assert controls.status().state is State.STOPPED


AUTOMATIC = replace(RUNNING, model="balanced", choice="Balanced int8: 1.3 ms of 33")


def test_thumbs_are_there_while_automatic_chooses_and_are_told_once(
    panel: Panel, controls: FakeControls, qtbot: QtBot
) -> None:
    up, down = panel.verdict.buttons[1], panel.verdict.buttons[-1]
    tell(qtbot, panel, controls, RUNNING)
    assert not up.isVisible()
    tell(qtbot, panel, controls, AUTOMATIC)
    assert panel.verdict.line.text() == "Automatic: Balanced"
    for button in (up, up, down):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert controls.thumbs == [1, -1]
    assert (up.isChecked(), down.isChecked()) == (False, True)
    tell(qtbot, panel, controls, replace(AUTOMATIC, model="performance"))
    assert not down.isChecked()


def test_thumbs_answer_to_keys_only_while_they_are_seen(
    panel: Panel, controls: FakeControls, qtbot: QtBot
) -> None:
    panel.activateWindow()
    for status in (RUNNING, AUTOMATIC):
        tell(qtbot, panel, controls, status)
        QTest.keyClick(panel, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
        QTest.keyClick(panel, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert controls.thumbs == [-1, 1]


def test_keys_put_it_away_and_open_the_settings(panel: Panel, qtbot: QtBot) -> None:
    panel.activateWindow()
    with qtbot.waitSignal(panel.escaped):
        QTest.keyClick(panel, Qt.Key.Key_Escape)
    with qtbot.waitSignal(panel.settings_wanted):
        QTest.keyClick(panel, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)


def test_a_problem_that_comes_up_is_read_out_once(
    panel: Panel, controls: FakeControls, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(panel_module, "announce", lambda _widget, text: said.append(text))
    gone = Status(state=State.RECOVERING, problem=Problem.CAMERA_GONE)
    for status in (RUNNING, gone, replace(gone, state=State.STARTING), RUNNING):
        tell(qtbot, panel, controls, status)
    assert said == ["The camera is unplugged. Plug it in again and the picture comes back by itself."]


def test_tiles_are_read_out_as_one_choice_and_what_adds_as_a_button(
    panel: Panel, make_picture: MakePicture
) -> None:
    panel.gallery.add([make_picture("Harbour.png")])

    def role(name: str) -> QAccessible.Role:
        return QAccessible.queryAccessibleInterface(tile(panel, name)).role()

    assert role("Blur") is QAccessible.Role.RadioButton
    assert role("Add…") is QAccessible.Role.Button
    assert "Delete" in tile(panel, "Harbour").accessibleDescription()
    assert not tile(panel, "Office").accessibleDescription()
    assert panel.gallery.accessibleName() == "Background"
    assert panel.options.other_colour.accessibleName() == "Colour: Another…"


def test_a_name_that_looks_like_markup_is_shown_as_it_is(panel: Panel, make_picture: MakePicture) -> None:
    panel.gallery.add([make_picture("a<b>x.png")])
    assert "a&lt;b&gt;x" in tile(panel, "a<b>x").toolTip()


def test_on_a_low_screen_the_preview_gives_way(
    panel: Panel,
    controls: FakeControls,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    make_picture: MakePicture,
) -> None:
    em = panel.fontMetrics().height()
    full = panel.preview.height()
    low = QRect(0, 0, 64 * em, 36 * em)  # 1920×1080 at 200 %
    monkeypatch.setattr(QScreen, "availableGeometry", lambda _screen: low)
    panel.gallery.add([make_picture(f"{number}.png") for number in range(6)])
    panel.gallery.remove(controls.settings().recent[1])
    panel.hide()
    panel.show()
    panel.gallery.remove(controls.settings().recent[1])
    tell(qtbot, panel, controls, replace(RUNNING, state=State.FAILED, problem=Problem.UNFORESEEN))
    qtbot.waitUntil(lambda: panel.banner.isVisible() and panel.gallery.undo_button.isVisible())
    assert full // 2 <= panel.preview.height() < full
    assert panel.height() <= low.height() - 2 * em


def test_the_panel_is_as_high_as_its_words_need(panel: Panel, controls: FakeControls, qtbot: QtBot) -> None:
    tell(qtbot, panel, controls, RUNNING)
    before = panel.height()
    tell(qtbot, panel, controls, Status(state=State.FAILED, problem=Problem.UNFORESEEN))
    qtbot.waitUntil(lambda: panel.height() > before)
    tell(qtbot, panel, controls, RUNNING)
    qtbot.waitUntil(lambda: panel.height() == before)


def test_a_panel_that_grows_stays_on_the_screen(panel: Panel, controls: FakeControls, qtbot: QtBot) -> None:
    tell(qtbot, panel, controls, RUNNING)
    room = panel.screen().availableGeometry()
    panel.move(10, room.bottom() - panel.height())
    tell(qtbot, panel, controls, Status(state=State.FAILED, problem=Problem.UNFORESEEN))
    qtbot.waitUntil(lambda: panel.banner.isVisible() and room.contains(panel.geometry()))


def test_names_in_the_line_are_plain_text(panel: Panel, controls: FakeControls, qtbot: QtBot) -> None:
    tell(qtbot, panel, controls, replace(RUNNING, camera="<b>Bold</b>"))
    assert re.search("<b>Bold</b>", panel.line.text())
    assert panel.line.textFormat() is Qt.TextFormat.PlainText
