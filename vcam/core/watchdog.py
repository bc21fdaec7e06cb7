"""A stage that hangs must not freeze the picture: this thread notices, and sends the card in its place."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from vcam.core import threads

log = logging.getLogger(__name__)

STAGE_LIMIT = 2.0
"""Seconds after which a stage counts as hung."""
LOAD_LIMIT = 20.0
"""The same, for loading a network."""

_TICK = 0.5


class Watchdog:
    """Watches the worker's stages.

    Args:
        on_hang: called on this thread once a second for as long as a stage is over its limit, with True the
            first time.
        clock: monotonic seconds.
    """

    def __init__(self, on_hang: Callable[[bool], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._on_hang = on_hang
        self._clock = clock
        self._deadline: float | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        threads.start(self._thread)

    def stage(self) -> AbstractContextManager[None]:
        """Bound what happens inside to what a stage may take."""
        return self.limit(STAGE_LIMIT)

    def loading(self) -> AbstractContextManager[None]:
        """Bound what happens inside to what loading a network may take."""
        return self.limit(LOAD_LIMIT)

    @contextmanager
    def limit(self, seconds: float) -> Iterator[None]:
        """Bound what happens inside to so many seconds."""
        self._deadline = self._clock() + seconds
        try:
            yield
        finally:
            self._deadline = None

    def is_over(self) -> bool:
        """Return whether a stage is over its limit just now."""
        deadline = self._deadline
        return deadline is not None and self._clock() > deadline

    def stop(self) -> None:
        """End the thread, without waiting for it."""
        self._stop.set()

    def _run(self) -> None:
        next_call = 0.0
        hanging = False
        while not self._rested():
            if not self.is_over():
                hanging = False
                continue
            now = self._clock()
            if not hanging or now >= next_call:
                self._call(not hanging)
                hanging = True
                next_call = now + 1.0

    def _rested(self) -> bool:
        """Wait until a stage may be over its limit; return whether it is all over.

        No stage that begins meanwhile is over its limit before that. Even a wait needs memory, and may fail.
        """
        deadline = self._deadline
        left = STAGE_LIMIT if deadline is None else min(deadline - self._clock(), STAGE_LIMIT)
        try:
            return self._stop.wait(left if left > 0 else _TICK)
        except MemoryError:
            time.sleep(_TICK)
            return False

    def _call(self, first: bool) -> None:
        try:
            self._on_hang(first)
        except Exception:
            # Whatever fails here, out of memory say, the next stage that hangs must be noticed, too.
            log.exception("the watchdog could not show the card")
