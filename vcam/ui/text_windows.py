"""Windows with words to read and copy: what they share, and diagnostics."""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import Qt, QThreadPool, Signal, Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication, QIcon, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

_log = logging.getLogger(__name__)
_COPIED_MS = 2000


class TextWindow(QDialog):
    """A lead, a text in a fixed pitch, a Copy button, and perhaps one more."""

    def __init__(self, title: str, lead: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.lead = QLabel(lead, self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.text = QPlainTextEdit(self, readOnly=True, tabChangesFocus=True)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName(title)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.buttons.button(QDialogButtonBox.StandardButton.Close).setText(self.tr("Close"))
        self.buttons.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())
        self.buttons.rejected.connect(self.close)
        self.copy_button = self._button(self.tr("Copy"))
        self.copy_button.clicked.connect(self._copy)
        self.column = QVBoxLayout(self)
        self.column.addWidget(self.lead)
        self.column.addWidget(self.text, 1)
        self.column.addWidget(self.buttons)
        em = self.fontMetrics().height()
        self.column.setSpacing(em * 2 // 3)
        self.resize(em * 44, em * 24)

    def _button(self, text: str) -> QPushButton:
        button = self.buttons.addButton(text, QDialogButtonBox.ButtonRole.ActionRole)
        button.setAutoDefault(False)
        return button

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.copy_button.setText(self.tr("Copied"))


class DiagnosticsWindow(TextWindow):
    """Gathers the diagnostics each time it opens, on another thread: checks may take a while."""

    _gathered = Signal(str)

    def __init__(self, diagnostics: Callable[[], str], parent: QWidget | None = None) -> None:
        super().__init__("", "", parent)
        self.setWindowTitle(self.tr("Diagnostics"))
        self.text.setAccessibleName(self.windowTitle())
        self.lead.setText(self.tr("Copy this into a report of a problem. It holds no pictures."))
        self._diagnostics = diagnostics
        self._pool = QThreadPool(self)
        self._gathered.connect(self._show, Qt.ConnectionType.QueuedConnection)
        self._again = self._button(self.tr("Check again"))
        self._again.clicked.connect(self.gather)

    @Slot()
    def gather(self) -> None:
        """Run the checks anew."""
        self.text.setPlainText(self.tr("Checking…"))
        self._enable(False)
        self._pool.start(self._gather)

    def _gather(self) -> None:
        try:
            text = self._diagnostics()
        except Exception as error:  # noqa: BLE001 - whatever broke, the person is owed a text to report
            _log.exception("diagnostics failed")
            text = f"{type(error).__name__}: {error}"
        self._gathered.emit(text)

    @Slot(str)
    def _show(self, text: str) -> None:
        self.text.setPlainText(text)
        self._enable(True)

    def _enable(self, ready: bool) -> None:
        self.copy_button.setText(self.tr("Copy"))
        self.copy_button.setEnabled(ready)
        self._again.setEnabled(ready)

    def showEvent(self, event: QShowEvent) -> None:
        """Gather when it opens."""
        super().showEvent(event)
        if not event.spontaneous():
            self.gather()

    def wait(self) -> None:
        """Wait for checks that are under way: their thread must not outlive the window."""
        self._pool.waitForDone()
