"""Our SVG icons as Qt icons, drawn in the palette's own colour, and the four shapes of the tray icon."""

from __future__ import annotations

import logging
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from vcam.core.status import State, Status

_log = logging.getLogger(__name__)
_SIZES = (16, 20, 22, 24, 32, 44, 48, 64, 128)


class Shape(StrEnum):
    """What the tray icon looks like: told apart by shape, not by colour."""

    OFF = "off"
    ON = "on"
    RECOVERING = "recovering"
    NEEDS_YOU = "needs-you"


def shape_of(status: Status) -> Shape:
    """Return the tray icon's shape for a snapshot."""
    match status.state:
        case State.STARTING | State.RECOVERING:
            return Shape.RECOVERING
        case State.FAILED:
            return Shape.NEEDS_YOU
        case _ if status.problem is not None:
            return Shape.NEEDS_YOU
        case State.RUNNING:
            return Shape.ON
        case _:
            return Shape.OFF


class Icons:
    """Reads assets/icons; `currentColor` in them becomes the colour that is asked for. Each is drawn once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._drawings: dict[str, str] = {}
        self._pixmaps: dict[tuple[str, int, int, str], QPixmap] = {}
        self._icons: dict[tuple[str, str], QIcon] = {}

    def pixmap(self, name: str, width: int, height: int, colour: QColor | None = None) -> QPixmap:
        """Return a drawing at exactly this many device pixels."""
        code = colour.name() if colour is not None else ""
        key = (name, width, height, code)
        if key not in self._pixmaps:
            self._pixmaps[key] = _draw(self._drawing(name), width, height, code)
        return QPixmap(self._pixmaps[key])

    def icon(self, name: str, colour: QColor | None = None) -> QIcon:
        """Return a drawing as an icon, crisp at the sizes that desktops ask for."""
        key = (name, colour.name() if colour is not None else "")
        if key not in self._icons:
            icon = QIcon()
            for size in _SIZES:
                pixmap = self.pixmap(name, size, size, colour)
                icon.addPixmap(pixmap)
                icon.addPixmap(_faded(pixmap), QIcon.Mode.Disabled)
            self._icons[key] = icon
        return self._icons[key]

    def tray(self, shape: Shape) -> QIcon:
        """Return the tray icon of a shape."""
        return self.icon(f"tray-{shape}")

    def _drawing(self, name: str) -> str:
        if name not in self._drawings:
            try:
                self._drawings[name] = (self._folder / f"{name}.svg").read_text(encoding="utf-8")
            except OSError as error:
                _log.error("icon %s cannot be read: %s", name, error)
                self._drawings[name] = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'
        return self._drawings[name]


def _faded(pixmap: QPixmap) -> QPixmap:
    """Return what cannot be pressed: on dark windows, Qt's own way of saying so can hardly be seen."""
    faded = QPixmap(pixmap.size())
    faded.fill(Qt.GlobalColor.transparent)
    painter = QPainter(faded)
    painter.setOpacity(0.35)
    painter.drawPixmap(0, 0, pixmap)
    painter.end()
    return faded


def _draw(drawing: str, width: int, height: int, colour: str) -> QPixmap:
    pixmap = QPixmap(width, height)
    pixmap.fill(Qt.GlobalColor.transparent)
    if colour:
        drawing = drawing.replace("currentColor", colour)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(drawing.encode())).render(painter, QRectF(0, 0, width, height))
    painter.end()
    return pixmap
