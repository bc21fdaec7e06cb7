"""What can be said more closely about the effect in force: how strong, which colour, how it is laid in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QColorDialog,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QStackedLayout,
    QToolButton,
    QWidget,
)

from vcam.core.background import Blur, Clip, Colour, Effect, Fit, Picture
from vcam.core.settings import Settings
from vcam.ui.effects import with_effect

_BLUR, _COLOUR, _FIT = range(3)


class Options(QWidget):
    """One row under the tiles; empty where the effect has nothing to choose."""

    changed = Signal()

    def __init__(
        self,
        settings: Callable[[], Settings],
        change: Callable[[Settings], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._change = change
        self.strength = QSlider(Qt.Orientation.Horizontal)
        self.strength.setRange(0, 100)
        self.strength.setPageStep(10)
        self.strength.valueChanged.connect(self._set_strength)
        self.fit = QComboBox()
        self.fit.activated.connect(self._set_fit)
        self.swatches: list[QToolButton] = []
        self.other_colour = QPushButton(self.tr("Another…"))
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._blur_row())
        self._stack.addWidget(self._colour_row())
        self._stack.addWidget(self._fit_row())

    def stops(self) -> tuple[QWidget, ...]:
        """Return what Tab stops at, in order."""
        return (self.strength, self.fit, *self.swatches, self.other_colour)

    @Slot()
    def refresh(self) -> None:
        """Show the effect in force."""
        effect = self._settings().effect
        row = _row_of(effect)
        self.setVisible(row is not None)
        if row is None:
            return
        self._stack.setCurrentIndex(row)
        if isinstance(effect, Blur):
            with QSignalBlocker(self.strength):
                self.strength.setValue(round(effect.strength * 100))
        elif isinstance(effect, Colour):
            for button in self.swatches:
                button.setChecked(button.property("colour") == QColor(effect.red, effect.green, effect.blue))
        elif isinstance(effect, Picture | Clip):
            with QSignalBlocker(self.fit):
                self.fit.setCurrentIndex(self.fit.findData(effect.fit))

    def _row(self, caption: str, buddy: QWidget) -> tuple[QWidget, QHBoxLayout]:
        row = QWidget(self)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(self.fontMetrics().height() // 2)
        label = QLabel(caption, row)
        label.setBuddy(buddy)
        buddy.setAccessibleName(caption)
        layout.addWidget(label)
        return row, layout

    def _blur_row(self) -> QWidget:
        row, layout = self._row(self.tr("Blur strength"), self.strength)
        layout.addWidget(self.strength, 1)
        return row

    def _fit_row(self) -> QWidget:
        row, layout = self._row(self.tr("Picture size"), self.fit)
        self.fit.addItem(self.tr("Fill the frame"), Fit.FILL)
        self.fit.addItem(self.tr("Show all of it"), Fit.FIT)
        self.fit.addItem(self.tr("Repeat it"), Fit.TILE)
        layout.addWidget(self.fit, 1)
        return row

    def _colour_row(self) -> QWidget:
        other = self.other_colour
        row, layout = self._row(self.tr("Colour"), other)
        other.setAccessibleName(f"{other.accessibleName()}: {other.text()}")
        other.setAutoDefault(False)
        other.clicked.connect(self._ask_colour)
        for name, colour in (
            (self.tr("Green"), QColor(0, 177, 64)),
            (self.tr("Blue"), QColor(42, 91, 168)),
            (self.tr("Dark grey"), QColor(52, 56, 64)),
            (self.tr("Light grey"), QColor(214, 216, 220)),
        ):
            layout.addWidget(self._swatch(name, colour))
        layout.addStretch(1)
        layout.addWidget(other)
        return row

    def _swatch(self, name: str, colour: QColor) -> QToolButton:
        button = QToolButton(self)
        button.setCheckable(True)
        button.setAutoRaise(True)
        button.setToolTip(name)
        size = round(self.fontMetrics().height() * 1.3)
        button.setIconSize(QSize(size, size))
        button.setIcon(_disc(colour, size * 2))
        button.setAccessibleName(name)
        button.setProperty("colour", colour)
        button.clicked.connect(lambda: self._set_colour(colour))
        self.swatches.append(button)
        return button

    def _apply(self, effect: Effect) -> None:
        self._change(with_effect(self._settings(), effect))
        self.refresh()
        self.changed.emit()

    @Slot(int)
    def _set_strength(self, percent: int) -> None:
        self._apply(Blur(percent / 100))

    @Slot(int)
    def _set_fit(self, index: int) -> None:
        effect = self._settings().effect
        if isinstance(effect, Picture | Clip):
            self._apply(replace(effect, fit=Fit(self.fit.itemData(index))))

    def _set_colour(self, colour: QColor) -> None:
        self._apply(Colour(colour.red(), colour.green(), colour.blue()))

    @Slot()
    def _ask_colour(self) -> None:
        effect = self._settings().effect
        start = QColor(effect.red, effect.green, effect.blue) if isinstance(effect, Colour) else QColor()
        colour = QColorDialog.getColor(start, self.window(), self.tr("Background colour"))
        if colour.isValid():
            self._set_colour(colour)


def _row_of(effect: Effect) -> int | None:
    match effect:
        case Blur():
            return _BLUR
        case Colour():
            return _COLOUR
        case Picture() | Clip():
            return _FIT
        case _:
            return None


def _disc(colour: QColor, size: int) -> QIcon:
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor(128, 128, 128))
    painter.setBrush(colour)
    painter.drawEllipse(2, 2, size - 4, size - 4)
    painter.end()
    return QIcon(pixmap)
