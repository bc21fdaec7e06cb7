import numpy as np
import pytest
from PySide6.QtGui import QColor, QPixmap
from pytestqt.qtbot import QtBot

from vcam.ui.fakes import FakePreviews
from vcam.ui.preview import Preview

LEFT_RED = np.zeros((90, 160, 3), np.uint8)
LEFT_RED[:, :80] = (0, 0, 255)
LEFT_RED[:, 80:] = (255, 0, 0)


@pytest.fixture
def preview(qtbot: QtBot) -> Preview:
    preview = Preview(FakePreviews(LEFT_RED))
    qtbot.addWidget(preview)
    preview.resize(320, 180)
    return preview


def fakes_of(preview: Preview) -> FakePreviews:
    fakes = preview._previews
    assert isinstance(fakes, FakePreviews)
    return fakes


def colour_at(preview: Preview, x: int) -> QColor:
    return preview.grab().toImage().pixelColor(x, 90)


def wait_for_picture(qtbot: QtBot, preview: Preview) -> None:
    qtbot.waitUntil(lambda: preview._pixels is not None)


def test_the_picture_is_painted_as_it_is_or_mirrored(qtbot: QtBot, preview: Preview) -> None:
    preview.show_live()
    preview.set_mirrored(False)
    preview.show()
    wait_for_picture(qtbot, preview)
    assert colour_at(preview, 80).red() > 200
    assert colour_at(preview, 240).blue() > 200
    preview.set_mirrored(True)
    assert colour_at(preview, 80).blue() > 200
    assert colour_at(preview, 240).red() > 200


def test_the_worker_is_asked_only_while_somebody_can_see(qtbot: QtBot, preview: Preview) -> None:
    fakes = fakes_of(preview)
    preview.show_live()
    assert not fakes.is_wanted
    preview.show()
    wait_for_picture(qtbot, preview)
    assert fakes.is_wanted
    preview.hide()
    assert not fakes.is_wanted
    assert not preview._timer.isActive()
    assert preview._pixels is None


def test_it_polls_at_most_fifteen_times_a_second(preview: Preview) -> None:
    assert 1000 / preview._timer.interval() <= 15


def test_words_replace_the_picture_and_nothing_is_kept(qtbot: QtBot, preview: Preview) -> None:
    preview.show_live()
    preview.show()
    wait_for_picture(qtbot, preview)
    preview.show_words("Paused", "Others see a card.", QPixmap())
    assert preview._pixels is None
    assert colour_at(preview, 20).lightness() < 60
    assert preview.accessibleDescription() == "Paused. Others see a card."
    assert fakes_of(preview).is_wanted


def test_a_picture_of_another_shape_is_shown_whole(qtbot: QtBot, preview: Preview) -> None:
    fakes_of(preview).pixels = np.full((120, 90, 3), 255, np.uint8)
    preview.show_live()
    preview.show()
    wait_for_picture(qtbot, preview)
    assert colour_at(preview, 160).lightness() == 255
    assert colour_at(preview, 20).lightness() < 60
