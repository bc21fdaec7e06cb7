"""Every sentence can be translated, the translations are whole, and twice as long words still fit."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from vcam.core.errors import Problem
from vcam.core.status import State, Stats, Status
from vcam.ui.fakes import CAMERAS, FakeControls, FakePreviews
from vcam.ui.language import Translation, chosen_language, languages
from vcam.ui.main import Ui
from vcam.ui.tiles import Tile
from vcam.ui.widgets import Switch

UI = Path(__file__).parents[2] / "vcam" / "ui"


def literals() -> set[str]:
    """Return every sentence handed to tr() or translate() in vcam/ui."""
    found = set()
    for file in UI.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            speaks = name == "translate" and isinstance(node.args[0], ast.Constant)
            if name == "tr" or speaks:
                text = node.args[-1]
                assert isinstance(text, ast.Constant), f"{file.name}:{node.lineno} is not a literal"
                found.add(text.value)
    return found


def messages(file: Path) -> dict[str, str]:
    tree = ET.parse(file)  # noqa: S314 - our own file
    return {node.findtext("source", ""): node.findtext("translation", "") for node in tree.iter("message")}


def test_sentences_are_literals_and_there_are_many() -> None:
    assert len(literals()) > 100


@pytest.fixture(params=sorted((UI.parents[1] / "assets" / "i18n").glob("*.ts")), ids=lambda file: file.stem)
def ts_file(request: pytest.FixtureRequest) -> Path:
    file = request.param
    assert isinstance(file, Path)
    return file


def test_a_translation_is_whole_and_keeps_the_places_of_values(ts_file: Path) -> None:
    said = messages(ts_file)
    assert set(said) == literals()
    for source, translation in said.items():
        assert translation
        assert sorted(re.findall(r"%\d", source)) == sorted(re.findall(r"%\d", translation))


def test_french_keeps_its_signs_on_the_line(assets: Path) -> None:
    for translation in messages(assets / "i18n" / "fr.ts").values():
        assert not re.search("« | [?:;!»]", translation)


def test_a_translation_speaks(ts_file: Path, qapp: QApplication) -> None:
    translation = Translation(ts_file)
    assert not translation.isEmpty()
    assert translation.translate("Tray", "Quit") == messages(ts_file)["Quit"]
    assert translation.translate("Tray", "Unheard of") is None


def test_a_broken_translation_leaves_the_english(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    broken = tmp_path / "xx.ts"
    broken.write_text("<TS><context>", encoding="utf-8")
    assert Translation(broken).isEmpty()
    assert "xx.ts" in caplog.text


def test_the_language_is_the_chosen_one_or_the_systems_or_english(assets: Path) -> None:
    folder = assets / "i18n"
    assert ("Deutsch", "de") in languages(folder)
    assert all(name != code for name, code in languages(folder))
    assert languages(folder)[0][1] == "en"
    assert chosen_language("de", folder) == "de"
    assert chosen_language("xx", folder) == "en"
    assert chosen_language("", folder) in {code for _, code in languages(folder)}


class Pseudo(QTranslator):
    """Makes every sentence twice as long, and shows which were never handed over."""

    def isEmpty(self) -> bool:
        return False

    def translate(self, context: str, text: str, *_: object) -> str:
        return f"⟦{text} {re.sub(r'%[0-9]', '', text)[::-1]}⟧"


@pytest.fixture
def pseudo_ui(qtbot: QtBot, qapp: QApplication, assets: Path) -> Iterator[tuple[Ui, FakeControls]]:
    pseudo = Pseudo()
    qapp.installTranslator(pseudo)
    controls = FakeControls()
    ui = Ui(qapp, controls, FakePreviews(), lambda: list(CAMERAS), str, assets)
    controls.subscribe(ui.bridge.listen)
    yield ui, controls
    ui.close()
    qapp.removeTranslator(pseudo)


def cut_off(window: QWidget) -> list[str]:
    """Return the words in a window that have less room than they need."""
    found = []
    for label in window.findChildren(QLabel):
        if label.isVisible() and label.text():
            needed = label.heightForWidth(label.width()) if label.wordWrap() else label.sizeHint().height()
            if label.height() < needed or (not label.wordWrap() and label.width() < label.sizeHint().width()):
                found.append(label.text())
    for button in window.findChildren(QAbstractButton):
        shown = button.isVisible() and not isinstance(button, Tile | Switch)
        if shown and button.width() < button.minimumSizeHint().width():
            found.append(button.text() or button.accessibleName())
    return found


STATUSES = [
    Status(state=State.RUNNING, camera="Logitech C920", stats=Stats(fps=30, cpu_percent=6)),
    *(Status(state=State.FAILED, problem=problem) for problem in Problem),
]


def test_words_twice_as_long_fit_the_panel(pseudo_ui: tuple[Ui, FakeControls], qtbot: QtBot) -> None:
    ui, controls = pseudo_ui
    panel = ui.panel
    panel.show()
    for status in STATUSES:
        controls.tell(status)
        qtbot.waitUntil(lambda status=status: panel._status is status)
        qtbot.waitUntil(lambda: cut_off(panel) == [])
        assert "⟦" in panel.line.text()
        assert panel.geometry().contains(panel.options.geometry().translated(panel.pos()))


def test_words_twice_as_long_fit_the_settings(pseudo_ui: tuple[Ui, FakeControls], qtbot: QtBot) -> None:
    ui, _ = pseudo_ui
    window = ui.settings_window
    window.show()
    pages = window.findChild(QTabWidget)
    assert isinstance(pages, QTabWidget)
    for page in range(pages.count()):
        pages.setCurrentIndex(page)
        qtbot.waitUntil(lambda: cut_off(window) == [])


@pytest.mark.parametrize("name", ["panel", "settings_window", "diagnostics_window", "set_up_window"])
def test_nothing_is_said_that_was_not_handed_over(
    pseudo_ui: tuple[Ui, FakeControls], name: str, qtbot: QtBot
) -> None:
    window = getattr(pseudo_ui[0], name)
    window.show()
    names_of_things = {camera.name for camera in CAMERAS}
    for widget in [*window.findChildren(QLabel), *window.findChildren(QAbstractButton)]:
        text = widget.text()
        assert not text or "⟦" in text or text in names_of_things
    assert "⟦" in window.windowTitle()
