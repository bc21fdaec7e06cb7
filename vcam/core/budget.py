"""Keeps a CPU budget: mattes reused more, then a smaller network, then fewer frames, and back with patience.

    FULL → REUSE → SMALLER → FEWER     over the budget for SETTLE seconds: one step on
    FULL ← REUSE ← SMALLER ← FEWER     well below it for RELAX seconds: one step back

Going back only from well below, and after much longer, keeps the level from flickering; a step back that had
to be taken again soon doubles the patience before the next one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import IntEnum

SETTLE = 4.0
"""Seconds over the budget before the next economy."""
RELAX = 30.0
"""Seconds well below it before one is taken back."""
ROOM = 0.7
"""Share of the budget below which there is room for more."""
_SMOOTHING = 0.3
_LONGEST = 16 * RELAX


class Economy(IntEnum):
    """What is done to stay in the budget; each includes those before it."""

    FULL = 0
    """Nothing."""
    REUSE = 1
    """Mattes are reused more readily."""
    SMALLER = 2
    """The next smaller network is used."""
    FEWER = 3
    """Every second frame is left out."""


class Budget:
    """Decides the economy from what pictures cost. One thread's.

    Args:
        percent: of one core; 0 for no limit.
        clock: monotonic seconds.
    """

    def __init__(self, percent: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._percent = percent
        self._clock = clock
        self._economy = Economy.FULL
        self._load: float | None = None
        self._side = 0
        self._since = 0.0
        self._patience = RELAX
        self._relaxed_at = -_LONGEST

    @property
    def economy(self) -> Economy:
        """What is in force."""
        return self._economy

    def reset(self) -> None:
        """Forget what was measured: the camera was closed, and nothing of it says anything now."""
        self._load = None
        self._side = 0

    def observe(self, percent: float) -> Economy:
        """Take in what pictures cost lately (percent of one core); return what is in force from now on."""
        if not self._percent:
            self._economy = Economy.FULL
            return self._economy
        before = percent if self._load is None else self._load
        self._load = before + _SMOOTHING * (percent - before)
        if self._load > self._percent and self._economy < Economy.FEWER:
            if self._held(+1, SETTLE):
                self._tighten()
        elif self._load < ROOM * self._percent and self._economy > Economy.FULL:
            if self._held(-1, self._patience):
                self._relax()
        else:
            self._side = 0
        return self._economy

    def _held(self, side: int, seconds: float) -> bool:
        """Whether the load has been on this side of its bounds for so long."""
        now = self._clock()
        if self._side != side:
            self._side, self._since = side, now
        return now - self._since >= seconds

    def _tighten(self) -> None:
        regretted = self._clock() - self._relaxed_at < 2 * self._patience
        self._patience = min(2 * self._patience, _LONGEST) if regretted else RELAX
        self._step(Economy(self._economy + 1))

    def _relax(self) -> None:
        self._relaxed_at = self._clock()
        self._step(Economy(self._economy - 1))

    def _step(self, economy: Economy) -> None:
        self._economy = economy
        self.reset()
