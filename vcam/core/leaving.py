"""SIGINT and SIGTERM end the app in time, whatever its threads are doing.

Python runs signal handlers on the main thread only, between two of its instructions: a main thread that waits
in a library, or is out of memory, never hears. So a thread of its own does, there from the beginning, because
none may be had when memory is short. Where the app has not ended by itself in time, that thread ends it.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

GRACE = 1.7
"""Seconds that the app may take to end by itself; people and session managers lose patience after two."""

_STEP = 0.1
_NUMBERS = (signal.SIGINT, signal.SIGTERM)
_WORDS = b"vcam: what is still open did not return, and is left to the system to close\n"


def end_at_once() -> None:
    """End the process: nothing is waited for, the system closes what is open."""
    os.write(2, _WORDS)
    os._exit(1)


class Leaving:
    """Listens for SIGINT and SIGTERM until close(); made on the main thread.

    Args:
        leave: asks the app to end; called on a thread of its own, again and again while it raises.
        grace: seconds to wait for close() after that; a second SIGINT, from an impatient person, ends them.
        end: ends the process; tests pass their own.
    """

    def __init__(
        self, leave: Callable[[], None], grace: float = GRACE, end: Callable[[], None] = end_at_once
    ) -> None:
        self._leave = leave
        self._grace = grace
        self._end = end
        self._ears, self._mouth = socket.socketpair()
        self._mouth.setblocking(False)
        self._thread = threading.Thread(target=self._listen, name="leaving", daemon=True)
        self._thread.start()
        self._former_fd = signal.set_wakeup_fd(self._mouth.fileno(), warn_on_full_buffer=False)
        self._former = {number: signal.signal(number, _do_nothing) for number in _NUMBERS}

    def __enter__(self) -> Leaving:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """The app has ended by itself: give the signals back."""
        for number, handler in self._former.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._former_fd)
        self._mouth.close()
        self._thread.join(_STEP)

    def _listen(self) -> None:
        with self._ears:
            while (number := self._next()) not in _NUMBERS:
                if number == 0:
                    return
            self._see_out()

    def _see_out(self) -> None:
        deadline = time.monotonic() + self._grace
        asked = False
        while time.monotonic() < deadline:
            asked = asked or self._ask()
            number = self._next(_STEP)
            if number == 0:
                return
            if number == signal.SIGINT:
                break
        self._end()

    def _ask(self) -> bool:
        try:
            self._leave()
        except Exception:  # noqa: BLE001 - out of memory, say: then there is none to log it with
            return False
        return True

    def _next(self, wait: float | None = None) -> int | None:
        """Return the next signal's number; 0 after close(), None where none came in time."""
        try:
            self._ears.settimeout(wait)
            return (self._ears.recv(1) or b"\0")[0]
        except TimeoutError:
            return None
        except (OSError, MemoryError):
            time.sleep(_STEP)
            return None


def _do_nothing(*_: Any) -> None:
    """Let the signal go to the thread: Python has written its number to the socket already."""
