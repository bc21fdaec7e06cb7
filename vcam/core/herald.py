"""Keeps the latest status and tells it; the only one that writes it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace

from vcam.core.controls import StatusListener
from vcam.core.errors import Problem
from vcam.core.status import State, Status, check_transition
from vcam.core.watchdog import Watchdog

log = logging.getLogger(__name__)

_PATIENCE = 0.1


class Herald:
    """Every call comes from the worker's thread, but for stuck(): while that one hangs, the watchdog speaks.

    Args:
        on_status: told of each new snapshot.
        facts: fills in what else there is to tell just now.
        watchdog: bounds what a listener may take.
    """

    def __init__(
        self, on_status: StatusListener, facts: Callable[[Status], Status], watchdog: Watchdog
    ) -> None:
        self.on_status = on_status
        self._facts = facts
        self._watchdog = watchdog
        self._speaking = threading.Lock()
        self._status = Status()

    @property
    def status(self) -> Status:
        """The latest snapshot."""
        return self._status

    def enter(self, state: State, problem: Problem | None = None, detail: str = "") -> None:
        """Go to a state and tell. Raises IllegalTransition where the table has no such way."""
        with self._speaking:
            old = self._status
            if state is not old.state:
                check_transition(old.state, state)
                log.info("%s → %s", old.state, state)
            self._publish(replace(old, state=state, problem=problem, detail=detail))

    def tell(self) -> None:
        """Tell what has become of the figures."""
        with self._speaking:
            self._publish(self._status)

    def stuck(self, problem: Problem, detail: str) -> None:
        """Tell in the worker's place that it hangs; where it is a listener that hangs, nobody would hear."""
        if not self._speaking.acquire(timeout=_PATIENCE):
            return
        try:
            if not self._watchdog.is_over():
                return
            state = State.RECOVERING if self._status.state is State.RUNNING else self._status.state
            self._status = replace(self._status, state=state, problem=problem, detail=detail)
            self._call()
        finally:
            self._speaking.release()

    def _publish(self, status: Status) -> None:
        self._status = self._facts(status)
        with self._watchdog.stage():
            self._call()

    def _call(self) -> None:
        try:
            self.on_status(self._status)
        except Exception:
            log.exception("a status listener failed")
