"""Makes docs/screenshot.png with the real app on a real desktop; everything in it is drawn by us.

SCREEN=1290x1000 TRAY_HEIGHT=44 QT_SCALE_FACTOR=1.5 tests/ui/desktop \\
    python tests/ui/screenshot.py docs/screenshot.png

The demo's presenter stands in for a camera, and the pictures go nowhere: the figures in the panel are real.
"""

from __future__ import annotations

import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from vcam import resources
from vcam.adapters.file_sinks import NullSink
from vcam.adapters.preview_slot import PreviewSlot
from vcam.adapters.synthetic import SyntheticSource
from vcam.app import App
from vcam.auto import Auto
from vcam.core.background import Picture
from vcam.core.controls import CameraInfo
from vcam.core.frame import Alpha, Pixels
from vcam.core.plan import Fittings
from vcam.core.settings import Settings
from vcam.imaging.presenter import draw_presenter
from vcam.planner import DEMO, Planner
from vcam.ui.main import Ui

OURS = resources.ASSETS / "backgrounds"


class CalmPresenter(SyntheticSource):
    """Does not wave: a still picture of a waving hand looks odd."""

    def draw(self, index: int) -> tuple[Pixels, Alpha]:
        return draw_presenter(1.6 + 1.4 * math.sin(index / self.format.fps), self.format.size)


class Wallpaper(QWidget):
    """A desk to put things on."""

    def __init__(self, picture: Path) -> None:
        super().__init__()
        self.setWindowFlags(Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnBottomHint)
        self.setAttribute(Qt.WidgetAttribute.WA_X11NetWmWindowTypeDesktop)
        self._picture = QPixmap(str(picture))
        self.setGeometry(QApplication.primaryScreen().geometry())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(self.rect(), self._picture)
        painter.end()


def spin(qt: QApplication, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not until():
        qt.processEvents()
        time.sleep(0.01)


def main(target: Path) -> None:
    qt = QApplication(sys.argv[:1])
    desk = Wallpaper(OURS / "dawn.jpg")
    desk.show()
    slot = PreviewSlot()
    settings = Settings(camera=DEMO, cpu_budget=0, effect=Picture(OURS / "office.jpg"))
    planner = Planner(open_source=CalmPresenter)

    def fittings(now: Settings) -> Fittings:
        return planner.fittings(lambda: NullSink(now.size), now.size, tap=slot.put)

    auto = Auto(resources.MODELS, Path(tempfile.mkdtemp(), "auto.json"), float(settings.fps))
    app = App(settings, planner, fittings, lambda _settings: None, auto)
    cameras = [CameraInfo(DEMO, "Demo")]
    ui = Ui(qt, app, slot, lambda: cameras, str, resources.ASSETS)
    app.subscribe(ui.bridge.listen)
    ui.open(show_panel=True)
    app.turn(on=True)
    ui.panel.move(70, 40)
    spin(qt, 15)
    icon = ui.tray.icon.geometry().bottomRight() * qt.primaryScreen().devicePixelRatio()
    subprocess.run(
        ["xdotool", "mousemove", str(round(icon.x())), str(round(icon.y())), "click", "3"], check=True
    )
    spin(qt, 5, ui.tray.menu.isVisible)
    spin(qt, 1)
    subprocess.run(["import", "-window", "root", str(target)], check=True)
    ui.tray.menu.close()
    ui.close()
    app.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
