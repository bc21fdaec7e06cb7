"""Counts and rates: what Stats is made from. Cheap enough to be fed by every frame."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from statistics import median

from vcam.core.stages import Shot
from vcam.core.status import StageTimes, Stats

_WINDOW = 60


class Meter:
    """Written by the worker thread alone.

    Args:
        clock: monotonic seconds.
        cpu: CPU seconds of this process.
        effort: CPU seconds of the thread that calls.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        cpu: Callable[[], float] = time.process_time,
        effort: Callable[[], float] = time.thread_time,
    ) -> None:
        self._clock = clock
        self._cpu = cpu
        self._effort = effort
        self._marks: deque[tuple[float, float, float]] = deque(maxlen=_WINDOW)
        self._shots: deque[tuple[float, float, float, float]] = deque(maxlen=_WINDOW)
        self._segments: deque[float] = deque(maxlen=_WINDOW)
        self._out = self._cards = self._inferred = 0

    def frame(self, shot: Shot, send_ms: float, latency_ms: float) -> None:
        """Count a composited picture that was sent."""
        self._out += 1
        self._inferred += shot.inferred
        # Files tell the time of their own frames, which may lie ahead of the clock.
        latency_ms = max(latency_ms, 0.0)
        self._shots.append((shot.refine_ms, shot.compose_ms, send_ms, latency_ms))
        if shot.inferred:
            self._segments.append(shot.segment_ms)
        self._mark()

    def card(self) -> None:
        """Count a card that was sent."""
        self._cards += 1
        self._mark()

    def stats(self, read: int, dropped: int) -> Stats:
        """Return a snapshot; read and dropped are the supply's counters."""
        fps = cpu = effort = 0.0
        if len(self._marks) > 1:
            # The clock runs on while nothing is sent, so that a stall shows as a falling rate.
            wall = max(self._clock() - self._marks[0][0], 1e-6)
            fps = (len(self._marks) - 1) / wall
            cpu = 100.0 * (self._cpu() - self._marks[0][1]) / wall
            # Between marks, which the worker makes: whoever asks may be another thread.
            effort = 100.0 * (self._marks[-1][2] - self._marks[0][2]) / wall
        refine, compose, send, latency = (
            (round(median(column), 3) for column in zip(*self._shots, strict=True))
            if self._shots
            else (0.0,) * 4
        )
        return Stats(
            fps=round(fps, 2),
            cpu_percent=round(cpu, 1),
            effort_percent=round(effort, 1),
            latency_ms=latency,
            frames_in=read,
            frames_out=self._out,
            cards_out=self._cards,
            dropped=dropped,
            inferred=self._inferred,
            stages=StageTimes(*self._segment_times(), refine=refine, compose=compose, send=send),
        )

    def _segment_times(self) -> tuple[float, float]:
        """Return the median and the 95th percentile of the frames that the network ran for."""
        times = sorted(self._segments)
        if not times:
            return 0.0, 0.0
        return round(median(times), 3), round(times[int(0.95 * (len(times) - 1))], 3)

    def _mark(self) -> None:
        self._marks.append((self._clock(), self._cpu(), self._effort()))
