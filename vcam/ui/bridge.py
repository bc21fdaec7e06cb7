"""From the worker's thread to Qt's: the newest status snapshot, handed over by a queued signal."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, Qt, Signal, Slot

from vcam.core.status import Status


class Bridge(QObject):
    """Takes snapshots on any thread and tells of the newest one on the thread that it lives in.

    At most one wake-up is ever under way, however long the window is blocked: queued signals have no
    back-pressure, so snapshots that nobody has looked at are replaced, not piled up.
    """

    status_changed = Signal(object)
    _wake = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._newest: Status | None = None
        self._closed = False
        self._wake.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def listen(self, status: Status) -> None:
        """Take a snapshot; may be called on any thread, and after close()."""
        with self._lock:
            if self._closed:
                return
            waiting = self._newest is not None
            self._newest = status
            if not waiting:
                self._wake.emit()

    def close(self) -> None:
        """Take no more snapshots: the window is going."""
        with self._lock:
            self._closed = True

    @Slot()
    def _deliver(self) -> None:
        with self._lock:
            status, self._newest = self._newest, None
            closed = self._closed
        if status is not None and not closed:
            self.status_changed.emit(status)
