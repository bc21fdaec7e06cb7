"""No window system is needed here, and a warning of Qt's fails the test that caused it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from vcam.ui.fakes import CAMERAS, FakeControls, FakePreviews
from vcam.ui.icons import Icons
from vcam.ui.main import Ui

ASSETS = Path(__file__).parents[2] / "assets"
HERE = Path(__file__).parent

# The offscreen platform has no window manager to hint at, and no tray to watch, and says so each time.
OFFSCREEN_LIMITS = [
    "This plugin does not support (propagateSizeHints|raise)\\(\\)",
    "No such signal QPlatformNativeInterface::systemTrayWindowChanged",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))
            item.add_marker(pytest.mark.qt_log_ignore(*OFFSCREEN_LIMITS))


@pytest.fixture
def assets() -> Path:
    return ASSETS


@pytest.fixture
def icons(qapp: QApplication) -> Icons:
    return Icons(ASSETS / "icons")


@pytest.fixture
def controls() -> FakeControls:
    return FakeControls()


@pytest.fixture
def previews() -> FakePreviews:
    return FakePreviews()


@pytest.fixture
def ui(qtbot: QtBot, qapp: QApplication, controls: FakeControls, previews: FakePreviews) -> Iterator[Ui]:
    """The whole user interface over the fakes, as run_ui() builds it; Qt's loop is the test's."""
    ui = Ui(qapp, controls, previews, lambda: list(CAMERAS), lambda: "all is well", ASSETS)
    controls.subscribe(ui.bridge.listen)
    yield ui
    ui.close()


MakePicture = Callable[[str], Path]


@pytest.fixture
def make_picture(tmp_path: Path) -> MakePicture:
    """Write a small picture under this name and return its path."""

    def make(name: str) -> Path:
        image = QImage(64, 36, QImage.Format.Format_RGB32)
        image.fill(0xFF336699)
        image.setPixelColor(QPoint(1, 1), 0xFFFFFFFF)
        path = tmp_path / name
        assert image.save(str(path))
        return path

    return make
