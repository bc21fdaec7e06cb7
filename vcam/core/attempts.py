"""When to try again what has failed, camera or stages, and what ends the wait for it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from vcam.core.mending import Mending
from vcam.core.supply import Supply


class Attempts:
    """The worker's; only ask() may be called by others.

    Args:
        mending: counts our own faults.
        supply: counts those of the camera.
        devices: which cameras there are just now; one that comes or goes is worth a try.
        stop: ends every wait.
    """

    def __init__(
        self, mending: Mending, supply: Supply, devices: Callable[[], object], stop: threading.Event
    ) -> None:
        self._mending = mending
        self._supply = supply
        self._look = devices
        self._devices: object = None
        self._stop = stop
        self._asked = threading.Event()

    @property
    def asked(self) -> bool:
        """Whether somebody wants one now."""
        return self._asked.is_set()

    def ask(self) -> None:
        """Want one now."""
        self._asked.set()

    def answer(self) -> bool:
        """Return whether somebody wanted one, which is then under way."""
        asked = self._asked.is_set()
        self._asked.clear()
        if asked:
            self.hurry()
        return asked

    def hurry(self) -> None:
        """Try again at once what has failed."""
        self._mending.hurry()
        self._supply.hurry()

    def wait(self, most: float) -> bool:
        """Wait, at most so many seconds, where it is too early to try again; return whether it was."""
        left = max(self._supply.pause_left, self._mending.left)
        if not left:
            return False
        self._stop.wait(min(most, left))
        devices = self._look()
        if not self.answer() and devices != self._devices:
            self._supply.hurry()
        self._devices = devices
        return True
