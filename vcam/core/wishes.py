"""What people wish for just now: the picture, the privacy card, or nothing, because nobody looks."""

from __future__ import annotations

from collections.abc import Callable

from vcam.core.status import State

ASK_EVERY = 0.15
"""Seconds between two looks at who reads the virtual camera."""


class Wishes:
    """The worker's; only paused may be set by others.

    Args:
        demand: whether anybody looks.
        clock: monotonic seconds.
    """

    def __init__(self, demand: Callable[[], bool], clock: Callable[[], float]) -> None:
        self.paused = False
        """Whether the privacy card is wanted."""
        self._demand = demand
        self._clock = clock
        self._ask_at = 0.0
        self._watched = True

    @property
    def watched(self) -> bool:
        """Whether anybody looked when it was last asked."""
        return self._watched

    def rest(self, *, on_demand: bool) -> State | None:
        """Return the state in which the camera is closed, PAUSED or IDLE; None where the picture is wanted.

        Args:
            on_demand: whether nobody's looking closes the camera.
        """
        if not on_demand:
            self._watched = True
        elif self._clock() >= self._ask_at:
            self._ask_at = self._clock() + ASK_EVERY
            self._watched = self._demand()
        if self.paused:
            return State.PAUSED
        return None if self._watched else State.IDLE
