"""Windows with words to read and copy: diagnostics, and how to get the virtual camera."""

from __future__ import annotations

import logging
import sys
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

from vcam.phrases import command

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
        layout = QVBoxLayout(self)
        layout.addWidget(self.lead)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.buttons)
        em = self.fontMetrics().height()
        layout.setSpacing(em * 2 // 3)
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


class SetUpWindow(TextWindow):
    """How “Virtual Cam” gets into the list of cameras, on this system."""

    tried_again = Signal()

    def __init__(self, program: str, platform: str = sys.platform, parent: QWidget | None = None) -> None:
        super().__init__("", "", parent)
        self._program = program
        self.setWindowTitle(self.tr("Make “Virtual Cam” appear"))
        self.text.setAccessibleName(self.windowTitle())
        again = self._button(self.tr("Try again"))
        again.clicked.connect(self.tried_again)
        again.clicked.connect(self.close)
        lead, steps = self._steps(platform)
        self.lead.setText(lead)
        self.text.setPlainText(steps)
        self.resize(self.width(), self.fontMetrics().height() * 18)

    def _steps(self, platform: str) -> tuple[str, str]:
        if platform == "win32":
            return (
                self.tr("Windows needs a small driver, once. Any of these will do; then press Try again."),
                self.tr(
                    "1. UnityCapture: download it, then run in its Install folder, as administrator:\n"
                    '   regsvr32 "/i:UnityCaptureName=Virtual Cam" UnityCaptureFilter64.dll\n'
                    "   Your apps then list “Virtual Cam”.\n\n"
                    "2. Or OBS Studio 26 or newer: install it.\n"
                    "   Your apps then list “OBS Virtual Camera”: that one is us."
                ),
            )
        if platform == "darwin":
            return (
                self.tr("macOS needs the camera extension of OBS, once. Then press Try again."),
                self.tr(
                    "1. Install OBS Studio 30 or newer, and open it.\n"
                    "2. Press “Start Virtual Camera”, allow the extension in System Settings, press “Stop”.\n"
                    "3. Quit OBS.\n\n"
                    "Your apps then list “OBS Virtual Camera”: that one is us."
                ),
            )
        return (
            self.tr(
                "Linux needs a kernel module, once. Copy these lines into a terminal: the second shows each "
                "change before it makes it, and can undo it. Then press Try again.\n\n"
                "Other systems than Debian and Ubuntu: install v4l2loopback with their own package tool."
            ),
            "sudo apt install v4l2loopback-dkms\n" + command(self._program, "doctor", "--fix") + "\n",
        )
