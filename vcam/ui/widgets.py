"""Small widgets that Qt lacks, a switch and a banner among them; and what all windows need."""

from __future__ import annotations

import html

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from vcam.ui.icons import Icons


def mix(one: QColor, other: QColor, share: float) -> QColor:
    """Return a colour between two, with this share of the other: fits light and dark palettes alike."""
    return QColor(
        round(one.red() + (other.red() - one.red()) * share),
        round(one.green() + (other.green() - one.green()) * share),
        round(one.blue() + (other.blue() - one.blue()) * share),
    )


def faint(palette: QPalette) -> QColor:
    """Return the colour of lesser words, still easy to read on the window."""
    return mix(palette.color(QPalette.ColorRole.WindowText), palette.color(QPalette.ColorRole.Window), 0.3)


def focus_is_shown(widget: QWidget) -> bool:
    """Return whether to mark the focus: it is here, and the person moves it by keys and not by mouse."""
    return widget.hasFocus() and widget.window().testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)


def set_tip(widget: QWidget, text: str) -> None:
    """Set a tool tip that is taken as it is: Qt would take a file called <b>.png for markup."""
    plain = f"<span style='white-space: pre-wrap'>{html.escape(text)}</span>"
    widget.setToolTip(plain if "<" in text else text)


def announce(widget: QWidget, text: str) -> None:
    """Let a screen reader say what has come up away from the focus."""
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))


def bring_forward(window: QWidget) -> None:
    """Show a window in front of all others, wherever it was."""
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()


def height_needed(window: QWidget) -> int:
    """Return the height that a window's words need at its width, wrapped."""
    layout = window.layout()
    if layout is None:
        return window.height()
    layout.activate()
    wraps = layout.hasHeightForWidth()
    return layout.totalHeightForWidth(window.width()) if wraps else layout.totalSizeHint().height()


class Switch(QCheckBox):
    """A check box that looks like a switch: on and off are told apart by place as well as by colour."""

    def sizeHint(self) -> QSize:
        """Twice as wide as a line of text is high."""
        em = self.fontMetrics().height()
        return QSize(round(em * 2.4), round(em * 1.4))

    def minimumSizeHint(self) -> QSize:
        """Never smaller."""
        return self.sizeHint()

    def hitButton(self, position: QPoint) -> bool:
        """All of it can be clicked."""
        return self.rect().contains(position)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the track, the knob, and the focus ring."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        text = palette.color(QPalette.ColorRole.WindowText)
        window = palette.color(QPalette.ColorRole.Window)
        track = QRectF(self.rect()).adjusted(2.5, 2.5, -2.5, -2.5)
        radius = track.height() / 2
        on = self.isChecked()
        accent = palette.color(QPalette.ColorRole.Accent)
        ground = accent if on else mix(window, text, 0.12)
        painter.setPen(QPen(accent if on else mix(window, text, 0.55), 1.2))
        painter.setBrush(ground)
        painter.drawRoundedRect(track, radius, radius)
        knob = track.height() - 6
        left = track.right() - knob - 3 if on else track.left() + 3
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.color(QPalette.ColorRole.HighlightedText) if on else mix(window, text, 0.6))
        painter.drawEllipse(QRectF(left, track.top() + 3, knob, knob))
        if focus_is_shown(self):
            painter.setPen(QPen(text, 1.4))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(
                QRectF(self.rect()).adjusted(0.7, 0.7, -0.7, -0.7), radius + 2, radius + 2
            )
        painter.end()


class ScrollDown(QScrollArea):
    """Scrolls what is higher than its place, with a thin bar and no frame."""

    def __init__(self, inside: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.viewport().setAutoFillBackground(False)
        self.setWidget(inside)
        em = self.fontMetrics().height()
        self.verticalScrollBar().setStyleSheet(
            f"QScrollBar {{ width: {em * 2 // 5}px; background: transparent; }}"
            f"QScrollBar::handle {{ background: palette(mid); border-radius: {em // 5}px; }}"
            "QScrollBar::add-line, QScrollBar::sub-line { height: 0; }"
            "QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }"
        )


class Banner(QWidget):
    """A glyph, a title, a sentence, and exactly one button."""

    pressed = Signal()

    def __init__(self, icons: Icons, glyph: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icons = icons
        self._glyph_name = glyph
        self._glyph = QLabel(self)
        self._title = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._sentence = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.button = QPushButton(self)
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self.pressed)
        bold = self._title.font()
        bold.setBold(True)
        self._title.setFont(bold)
        em = self.fontMetrics().height()
        words = QVBoxLayout()
        words.setSpacing(em // 5)
        words.addWidget(self._title)
        words.addWidget(self._sentence)
        words.addSpacing(em // 4)
        words.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(em * 3 // 4, em * 3 // 4, em * 3 // 4, em * 3 // 4)
        layout.setSpacing(em * 3 // 4)
        layout.addWidget(self._glyph, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        self._tint()

    def set_words(self, title: str, sentence: str, button: str) -> None:
        """Say something else; an empty sentence takes no room."""
        self._title.setText(title)
        self._sentence.setText(sentence)
        self._sentence.setVisible(bool(sentence))
        self.button.setText(button)
        self.setAccessibleName(title)
        self.setAccessibleDescription(sentence)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()

    def _tint(self) -> None:
        size = round(self.fontMetrics().height() * 1.3)
        ratio = self.devicePixelRatioF()
        colour = self.palette().color(QPalette.ColorRole.WindowText)
        pixmap = self._icons.pixmap(self._glyph_name, round(size * ratio), round(size * ratio), colour)
        pixmap.setDevicePixelRatio(ratio)
        self._glyph.setPixmap(pixmap)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint a tinted, rounded ground."""
        palette = self.palette()
        window = palette.color(QPalette.ColorRole.Window)
        amber = QColor(240, 160, 32)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(mix(window, amber, 0.6), 1))
        painter.setBrush(mix(window, amber, 0.14))
        radius = self.fontMetrics().height() * 0.5
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        painter.end()
