"""The live picture in the panel: polled while it can be seen, painted straight from the worker's array."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QFont,
    QHideEvent,
    QImage,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QShowEvent,
)
from PySide6.QtWidgets import QWidget

from vcam.core.controls import Previews
from vcam.core.frame import Pixels

INTERVAL_MS = 67
"""15 pictures a second: enough to see oneself, half the cost of the full rate."""

_GROUND = QColor(30, 33, 40)
_EDGE = QColor(74, 79, 90)
_INK = QColor(240, 242, 246)
_FAINT = QColor(176, 182, 194)


class Preview(QWidget):
    """Shows what others see, as a mirror if wanted; or words where there is no picture.

    While it is hidden the worker keeps nothing for it and no timer runs.
    """

    def __init__(self, previews: Previews, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._previews = previews
        self._pixels: Pixels | None = None
        self._mirrored = True
        self._live = False
        self._words = ("", "")
        self._glyph = QPixmap()
        self._timer = QTimer(self, interval=INTERVAL_MS)
        self._timer.timeout.connect(self._poll)
        self.setAccessibleName(self.tr("Preview"))

    def set_mirrored(self, mirrored: bool) -> None:
        """Show the picture as a mirror does; nobody else sees it so."""
        if mirrored != self._mirrored:
            self._mirrored = mirrored
            self.update()

    def show_live(self) -> None:
        """Show the picture: the pipeline is running."""
        if not self._live:
            self._live = True
            self.setAccessibleDescription("")
            self._attend()
            self.update()

    def show_words(self, title: str, sentence: str, glyph: QPixmap) -> None:
        """Show words and a glyph in place of the picture."""
        self._live = False
        self._pixels = None
        self._attend()
        if (title, sentence) != self._words:
            self._words = (title, sentence)
            self.setAccessibleDescription(f"{title}. {sentence}")
        self._glyph = glyph
        self.update()

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to look."""
        super().showEvent(event)
        self._attend()

    def hideEvent(self, event: QHideEvent) -> None:
        """Look no more."""
        super().hideEvent(event)
        self._timer.stop()
        self._previews.wanted(False)
        self._pixels = None

    def _attend(self) -> None:
        """Want the picture while the panel is open; poll while there is one."""
        if not self.isVisible():
            return
        self._previews.wanted(True)
        if self._live and not self._timer.isActive():
            self._timer.start()
        elif not self._live:
            self._timer.stop()

    def _poll(self) -> None:
        pixels = self._previews.latest()
        if pixels is not None and pixels is not self._pixels:
            self._pixels = pixels
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the picture, or the words."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        radius = self.fontMetrics().height() * 0.6
        frame = QPainterPath()
        frame.addRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        painter.fillPath(frame, _GROUND)
        if self._live and self._pixels is not None:
            painter.setClipPath(frame)
            self._paint_picture(painter, self._pixels)
        else:
            self._paint_words(painter)
            painter.setPen(QPen(_EDGE, 1))
            painter.drawPath(frame)
        painter.end()

    def _paint_picture(self, painter: QPainter, pixels: Pixels) -> None:
        height, width = pixels.shape[:2]
        # The QImage borrows the array's memory: self._pixels keeps it alive until the next picture.
        image = QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_BGR888)
        scale = min(self.width() / width, self.height() / height)
        painter.translate(self.width() / 2, self.height() / 2)
        painter.scale(-scale if self._mirrored else scale, scale)
        painter.drawImage(QPointF(-width / 2, -height / 2), image)

    def _paint_words(self, painter: QPainter) -> None:
        title, sentence = self._words
        em = self.fontMetrics().height()
        bold = QFont(self.font())
        bold.setBold(True)
        margin = em * 2
        lines = self.rect().adjusted(margin, 0, -margin, 0)
        wrap = int(Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap)
        painter.setFont(bold)
        title_box = painter.boundingRect(lines, wrap, title)
        painter.setFont(self.font())
        sentence_box = painter.boundingRect(lines, wrap, sentence)
        ratio = self._glyph.devicePixelRatio()
        glyph_height = round(self._glyph.height() / ratio)
        total = glyph_height + em // 2 + title_box.height() + em // 4 + sentence_box.height()
        top = max((self.height() - total) // 2, em // 2)
        painter.drawPixmap(round((self.width() - self._glyph.width() / ratio) / 2), top, self._glyph)
        top += glyph_height + em // 2
        painter.setPen(_INK)
        painter.setFont(bold)
        painter.drawText(lines.adjusted(0, top, 0, 0), wrap, title)
        painter.setPen(_FAINT)
        painter.setFont(self.font())
        painter.drawText(lines.adjusted(0, top + title_box.height() + em // 4, 0, 0), wrap, sentence)
