"""One tile of the gallery: a thumbnail, a caption, and whether it is the one in force."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QAbstractButton, QMenu, QWidget

from vcam.ui.icons import Icons
from vcam.ui.widgets import faint, focus_is_shown, mix, set_tip

WIDTH_EM = 6.125
"""Four to a row of 26 em, with half an em between."""

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class Tile(QAbstractButton):
    """Chosen by click, Space or Enter; arrows only move the focus, so that passing “None” shows no room.

    Whether it is checked is the settings' business: the gallery sets it, a click does not.
    """

    removed = Signal()
    stepped = Signal(int, int)

    def __init__(
        self, name: str, icons: Icons, *, removable: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._icons = icons
        self._removable = removable
        self._picture = QPixmap()
        self._glyph = ""
        self._colour: QColor | None = None
        self.setText(name)
        set_tip(self, name)
        self.setAccessibleName(name)
        if removable:
            self.setAccessibleDescription(self.tr("Delete takes it out of the list."))
        # Read out as a radio button: one of all is in force.
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedSize(self.sizeHint())

    def set_picture(self, picture: QPixmap) -> None:
        """Show a thumbnail, cut to 16:9."""
        self._picture = picture
        self.update()

    def set_glyph(self, glyph: str) -> None:
        """Show a glyph where there is no thumbnail."""
        self._glyph = glyph
        self.update()

    def set_colour(self, colour: QColor) -> None:
        """Show one colour."""
        self._colour = colour
        self.update()

    def sizeHint(self) -> QSize:
        """A 16:9 thumbnail and one line of words."""
        em = self.fontMetrics().height()
        width = round(em * WIDTH_EM)
        return QSize(width, self._thumbnail_height(width) + round(em * 1.2))

    def nextCheckState(self) -> None:
        """Leave the mark where it is: the settings move it."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows step, Enter chooses, Delete removes."""
        key = Qt.Key(event.key())
        if key in _ARROWS:
            self.stepped.emit(*_ARROWS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif key == Qt.Key.Key_Delete and self._removable:
            self.removed.emit()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Remove, if the cross was hit."""
        if self._removable and self._cross().contains(event.position().toPoint()):
            self.setDown(False)
            self.removed.emit()
            return
        super().mouseReleaseEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to remove it."""
        if not self._removable:
            return
        menu = QMenu(self)
        colour = self.palette().color(QPalette.ColorRole.Text)
        remove = menu.addAction(self._icons.icon("remove", colour), self.tr("Remove from the list"))
        remove.triggered.connect(self.removed)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def _thumbnail_height(self, width: int) -> int:
        return width * 9 // 16

    def _cross(self) -> QRect:
        size = round(self.fontMetrics().height() * 1.1)
        return QRect(self.width() - size - 4, 4, size, size)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint thumbnail, ring, badges and caption."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        palette = self.palette()
        outer = QRectF(0, 0, self.width(), self._thumbnail_height(self.width()))
        inner = outer.adjusted(3, 3, -3, -3)
        radius = self.fontMetrics().height() * 0.4
        self._paint_face(painter, inner, radius)
        if self.isChecked():
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Accent), 2.4))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(outer.adjusted(1.2, 1.2, -1.2, -1.2), radius + 2, radius + 2)
            self._paint_badge(painter, "check", inner.bottomRight().toPoint())
        if focus_is_shown(self):
            ring = QPen(palette.color(QPalette.ColorRole.WindowText), 1.6, Qt.PenStyle.DotLine)
            painter.setPen(ring)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(inner.adjusted(2.5, 2.5, -2.5, -2.5), radius - 1, radius - 1)
        if self._removable and (self.underMouse() or focus_is_shown(self)):
            self._paint_cross(painter)
        self._paint_caption(painter, round(outer.bottom()))
        painter.end()

    def _paint_face(self, painter: QPainter, face: QRectF, radius: float) -> None:
        palette = self.palette()
        text = palette.color(QPalette.ColorRole.WindowText)
        window = palette.color(QPalette.ColorRole.Window)
        shape = QPainterPath()
        shape.addRoundedRect(face, radius, radius)
        painter.save()
        painter.fillPath(shape, self._colour or mix(window, text, 0.08))
        painter.setClipPath(shape)
        if not self._picture.isNull():
            painter.drawPixmap(face, self._picture, QRectF(self._picture.rect()))
        elif self._glyph:
            size = round(self.fontMetrics().height() * 1.3)
            ratio = self.devicePixelRatioF()
            pixmap = self._icons.pixmap(self._glyph, round(size * ratio), round(size * ratio), text)
            target = QRectF(face.center().x() - size / 2, face.center().y() - size / 2, size, size)
            painter.drawPixmap(target, pixmap, QRectF(pixmap.rect()))
        if self.isDown():
            painter.fillPath(shape, QColor(0, 0, 0, 50))
        elif self.underMouse():
            painter.fillPath(shape, QColor(255, 255, 255, 40))
        painter.restore()
        painter.setPen(QPen(mix(window, text, 0.22), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(shape)

    def _paint_badge(self, painter: QPainter, glyph: str, corner: QPoint) -> None:
        size = round(self.fontMetrics().height() * 0.95)
        box = QRectF(corner.x() - size - 2, corner.y() - size - 2, size, size)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.HighlightedText), 1.2))
        painter.setBrush(self.palette().color(QPalette.ColorRole.Accent))
        painter.drawEllipse(box)
        ratio = self.devicePixelRatioF()
        ink = self.palette().color(QPalette.ColorRole.HighlightedText)
        pixmap = self._icons.pixmap(glyph, round(size * ratio), round(size * ratio), ink)
        painter.drawPixmap(box.adjusted(2.5, 2.5, -2.5, -2.5), pixmap, QRectF(pixmap.rect()))

    def _paint_cross(self, painter: QPainter) -> None:
        box = QRectF(self._cross())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(20, 22, 28, 205))
        painter.drawEllipse(box)
        painter.setPen(QPen(QColor(255, 255, 255), 1.6, c=Qt.PenCapStyle.RoundCap))
        arm = box.width() * 0.2
        middle = box.center()
        for sign in (1, -1):
            painter.drawLine(
                round(middle.x() - arm), round(middle.y() - arm * sign),
                round(middle.x() + arm), round(middle.y() + arm * sign),
            )  # fmt: skip

    def _paint_caption(self, painter: QPainter, top: int) -> None:
        palette = self.palette()
        font = QFont(self.font())
        if font.pointSizeF() > 0:
            font.setPointSizeF(font.pointSizeF() * 0.88)
        painter.setFont(font)
        checked = self.isChecked()
        painter.setPen(palette.color(QPalette.ColorRole.WindowText) if checked else faint(palette))
        line = QRect(0, top, self.width(), self.height() - top)
        words = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, line.width() - 2)
        painter.drawText(line, int(Qt.AlignmentFlag.AlignCenter), words)
