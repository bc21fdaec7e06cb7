"""What Automatic uses, in one line, and two thumbs to tell it how that looks."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from vcam.core.controls import Controls
from vcam.core.settings import Settings
from vcam.core.status import State, Status
from vcam.ui import words
from vcam.ui.icons import Icons


class Verdict(QWidget):
    """Seen only while Automatic runs. A thumb stays down until another model is used: it is told once."""

    def __init__(self, controls: Controls, icons: Icons, parent: QWidget) -> None:
        super().__init__(parent)
        self._controls = controls
        self._icons = icons
        self._model = ""
        self.line = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.buttons = {
            1: self._button(self.tr("This looks good"), "Alt+Up"),
            -1: self._button(self.tr("This looks bad"), "Alt+Down"),
        }
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.line, 1)
        for thumbs, button in self.buttons.items():
            button.clicked.connect(lambda _checked, thumbs=thumbs: self._rate(thumbs))
            layout.addWidget(button)

    def _button(self, name: str, keys: str) -> QToolButton:
        button = QToolButton(self)
        button.setCheckable(True)
        button.setAutoRaise(True)
        em = self.fontMetrics().height()
        button.setIconSize(QSize(round(em * 1.15), round(em * 1.15)))
        button.setAccessibleName(name)
        # Not button.setShortcut(), which would show the keys as its text; not seen, it does not answer.
        QShortcut(QKeySequence(keys), self, button.click)
        shown = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
        button.setToolTip(f"{name} ({shown})")
        return button

    def tint(self, ink: QColor) -> None:
        """Draw the thumbs in this colour."""
        for thumbs, button in self.buttons.items():
            button.setIcon(self._icons.icon("thumb-up" if thumbs > 0 else "thumb-down", ink))

    def show_status(self, status: Status, settings: Settings) -> None:
        """Show what is used, if Automatic has chosen it."""
        self.setVisible(status.state is State.RUNNING and bool(status.choice))
        if status.model != self._model:
            self._model = status.model
            for button in self.buttons.values():
                button.setChecked(False)
        self.line.setText(words.automatic_line(status, settings.fps))

    def _rate(self, thumbs: int) -> None:
        other = self.buttons[-thumbs]
        if not self.buttons[thumbs].isChecked():
            self.buttons[thumbs].setChecked(True)  # told already: a second click takes nothing back
            return
        other.setChecked(False)
        self._controls.rate(thumbs)
