from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QIcon

from vcam.ui.icons import Icons


def test_every_drawing_of_ours_can_be_drawn(icons: Icons, assets: Path) -> None:
    names = [file.stem for file in (assets / "icons").glob("*.svg")]
    assert len(names) > 15
    for name in names:
        image = icons.pixmap(name, 32, 32, QColor("black")).toImage()
        opaque = sum(image.pixelColor(x, y).alpha() > 127 for x in range(32) for y in range(32))
        assert opaque > 20


@pytest.mark.parametrize("colour", ["#ff0000", "#0000ff"])
def test_glyphs_take_the_colour_of_the_palette(icons: Icons, colour: str) -> None:
    assert icons.pixmap("pause", 24, 24, QColor(colour)).toImage().pixelColor(8, 12).name() == colour


def test_a_missing_drawing_is_logged_and_empty(
    qapp: object, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    image = Icons(tmp_path).pixmap("gone", 8, 8).toImage()
    assert image.pixelColor(4, 4).alpha() == 0
    assert "icon gone cannot be read" in caplog.text


def test_what_cannot_be_pressed_is_seen_to_be_so(icons: Icons) -> None:
    icon = icons.icon("pause", QColor("white"))
    for mode, opaque in ((QIcon.Mode.Normal, True), (QIcon.Mode.Disabled, False)):
        assert (icon.pixmap(24, mode).toImage().pixelColor(8, 12).alpha() > 127) is opaque
