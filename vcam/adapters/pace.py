"""When the next frame of a drawing or file is due."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

_LATE = 0.5
"""Seconds of delay after which the past is given up: before that, a few quick frames make up for it."""


class Pace(Protocol):
    """Tells when each frame was captured, and may wait until then."""

    def wait(self) -> float:
        """Return the next frame's time, in seconds on the monotonic clock."""


class RealTime:
    """One frame every 1/fps seconds, as a camera has it, without drift.

    Args:
        fps: frames per second, above 0.
        clock: monotonic seconds.
        sleep: waits for some seconds.
    """

    def __init__(
        self,
        fps: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._step = 1.0 / fps
        self._clock = clock
        self._sleep = sleep
        self._due: float | None = None

    def wait(self) -> float:
        """Sleep until the next frame is due, and return the time then."""
        now = self._clock()
        if self._due is None or now - self._due > _LATE:
            self._due = now
        if now < self._due:
            self._sleep(self._due - now)
            now = self._clock()
        self._due += self._step
        return now


class NoPace:
    """Never waits. Time goes by in the frames' own steps, so that what depends on it does as it would live.

    Args:
        fps: of the clip; 30 where it tells none.
        clock: monotonic seconds, asked once.
    """

    def __init__(self, fps: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._start = clock()
        self._step = 1.0 / (fps or 30.0)
        self._count = 0

    def wait(self) -> float:
        """Return the next frame's time at once."""
        now = self._start + self._count * self._step
        self._count += 1
        return now


def make_pace(fps: float, *, paced: bool) -> Pace:
    """Return the pace of a camera, or none."""
    return RealTime(fps or 30.0) if paced else NoPace(fps)
