"""How “Virtual Cam” gets into the list of cameras: done at a press where the system lets us, else told."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QProgressBar, QWidget

from vcam.core import threads
from vcam.phrases import command
from vcam.ui.text_windows import TextWindow
from vcam.ui.widgets import announce


class SetUp(Protocol):
    """What would be done as administrator, shown before it is done."""

    def script(self) -> str:
        """Return all of it, as a shell script."""

    def apply(self) -> str:
        """Ask for the password and do it; return "" when all went well, else what was said. Takes minutes."""


def no_set_up() -> SetUp | None:
    """Return nothing: the person does it by hand."""
    return None


class SetUpWindow(TextWindow):
    """Shows the script and runs it when asked to, or tells the steps.

    Args:
        program: what was started (sys.argv[0]).
        plan: what would make the device appear; None where that cannot be done from here.
        platform: as sys.platform.
    """

    tried_again = Signal()
    _ended = Signal(str)

    def __init__(
        self,
        program: str,
        plan: Callable[[], SetUp | None] = no_set_up,
        platform: str = sys.platform,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", "", parent)
        self._program = program
        self._plan = plan
        self._platform = platform
        self._set_up: SetUp | None = None
        self.setWindowTitle(self.tr("Make “Virtual Cam” appear"))
        self.text.setAccessibleName(self.windowTitle())
        self.again = self._button(self.tr("Try again"))
        self.again.clicked.connect(self.tried_again)
        self.again.clicked.connect(self.close)
        self.now = self._button(self.tr("Set up now"))
        self.now.clicked.connect(self._begin)
        self.busy = QProgressBar(self, maximum=0, textVisible=False)
        self.busy.hide()
        self.column.insertWidget(self.column.indexOf(self.buttons), self.busy)
        self._ended.connect(self._end, Qt.ConnectionType.QueuedConnection)
        self.now.hide()
        self._say(*self._steps(platform))

    def refresh(self) -> None:
        """Look anew what is to be done."""
        self._set_up = self._plan()
        self.now.setVisible(self._set_up is not None)
        if self._set_up is None:
            lead, steps = self._steps(self._platform)
        else:
            lead = self.tr(
                "Linux needs a kernel module, once. This is all that would be done, as administrator. Press "
                "“Set up now”, or copy it into a terminal of the administrator's."
            )
            steps = self._set_up.script()
        self._say(lead, steps)

    def _say(self, lead: str, text: str) -> None:
        self.lead.setText(lead)
        self.text.setPlainText(text)
        self.copy_button.setText(self.tr("Copy"))

    def showEvent(self, event: QShowEvent) -> None:
        """Be up to date whenever it opens."""
        if not event.spontaneous() and self.busy.isHidden():
            self.refresh()
        super().showEvent(event)

    @Slot()
    def _begin(self) -> None:
        set_up = self._set_up
        if set_up is None:
            return
        self._be_busy(True)
        self._tell(
            self.tr(
                "Working… The system may ask for your password. Building the module can take some minutes."
            ),
            set_up.script(),
        )

        def work() -> None:
            said = set_up.apply()
            with contextlib.suppress(RuntimeError):  # the window is gone: the app was closed meanwhile
                self._ended.emit(said)

        # Not a pool, which would keep the app from being closed while a password is waited for.
        try:
            threads.start(threading.Thread(target=work, name="set up", daemon=True))
        except RuntimeError as error:
            self._end(str(error))

    @Slot(str)
    def _end(self, said: str) -> None:
        self._be_busy(False)
        if said:
            self._tell(self.tr("That did not work. This is what was said:"), said)
            return
        self.now.hide()
        self._tell(
            self.tr(
                "Done. Choose “Virtual Cam” as the camera in your meeting app; if it is open already, it may "
                "have to be started again.\n\nThis line would take it back:"
            ),
            command(self._program, "doctor", "--undo"),
        )
        self.tried_again.emit()

    def _tell(self, lead: str, text: str) -> None:
        self._say(lead, text)
        announce(self, lead)

    def _be_busy(self, busy: bool) -> None:
        self.busy.setVisible(busy)
        self.now.setEnabled(not busy)
        self.again.setEnabled(not busy)

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
