"""`vcam run --headless`: the same pipeline without a desktop, for servers, scripts and measurements."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from vcam.core.errors import EndOfSource, Problem, SinkError
from vcam.core.frame import Frame
from vcam.core.leaving import GRACE, Leaving
from vcam.core.pipeline import Pipeline
from vcam.core.plan import Fittings, Plan
from vcam.core.ports import FrameSource, SourceFormat
from vcam.core.status import State, Status
from vcam.phrases import printable, sentence

OK, FAILED, WRONG_USE = 0, 1, 2

FILE_GRACE = 10.0
"""Seconds that a run into a file, which must be finished, may take to end once it was asked to."""


class FirstFrames:
    """Ends a source after so many frames, however often it is opened anew in between.

    Args:
        open_source: opens the real one.
        limit: frames in all.
    """

    def __init__(self, open_source: Callable[[], FrameSource], limit: int) -> None:
        self._open_source = open_source
        self._left = limit

    def __call__(self) -> FrameSource:
        """Open the source."""
        return _Counted(self._open_source(), self)

    def take(self) -> None:
        """Count one frame. Raises EndOfSource after the last one."""
        if self._left <= 0:
            raise EndOfSource
        self._left -= 1


class _Counted:
    def __init__(self, source: FrameSource, counter: FirstFrames) -> None:
        self._source = source
        self._counter = counter

    @property
    def name(self) -> str:
        return self._source.name

    @property
    def format(self) -> SourceFormat:
        return self._source.format

    def read(self) -> Frame:
        self._counter.take()
        return self._source.read()

    def close(self) -> None:
        self._source.close()


class Progress:
    """Tells on a terminal how far a run is; says nothing to a file or pipe.

    Args:
        total: frames in all, None for a live source.
    """

    def __init__(self, total: int | None) -> None:
        self._total = total
        self._begun = time.monotonic()
        self._done = 0
        self._shown = sys.stderr.isatty()

    def tell(self, status: Status) -> None:
        """Show one line, written over the last one."""
        if not self._shown:
            return
        stats, done = status.stats, status.stats.frames_out
        self._done = done
        line = f"{status.state}: {done} frames, {stats.fps:.0f} fps, {stats.cpu_percent:.0f} % CPU"
        if self._total and done:
            left = (time.monotonic() - self._begun) / done * (self._total - done)
            line = f"{line}, {100 * done // self._total} %, {left:.0f} s left"
        sys.stderr.write(f"\r\x1b[K{line}")
        sys.stderr.flush()

    def end(self) -> None:
        """Leave in the line what was done."""
        if self._shown:
            seconds = time.monotonic() - self._begun
            sys.stderr.write(f"\r\x1b[K{self._done} frames in {seconds:.1f} s\n")


def run(plan: Plan, fittings: Fittings, *, total: int | None = None, stats: Path | None = None) -> int:
    """Run until the source ends, or SIGINT or SIGTERM comes; return the exit code.

    Args:
        plan: the parts that settings decide.
        fittings: the parts that stay.
        total: frames that will come, for the progress line.
        stats: where to write the figures, as JSON; - for standard output.

    Raises:
        SinkError: the figures cannot be written.
    """
    progress = Progress(total)
    ended = threading.Event()

    def on_status(status: Status) -> None:
        if status.state is State.STOPPED:
            ended.set()
        progress.tell(status)

    pipeline = Pipeline(plan, fittings, on_status)
    begun, cpu = time.monotonic(), time.process_time()
    with Leaving(pipeline.stop, FILE_GRACE if fittings.sink_required else GRACE):
        try:
            pipeline.start()
            ended.wait()
            pipeline.join()
        finally:
            progress.end()
    last = pipeline.status
    if stats is not None:
        _write_stats(stats, last, time.monotonic() - begun, time.process_time() - cpu)
    if last.problem is not None:
        sys.stderr.write(f"vcam: {printable(sentence(last.problem, last.detail))}\n")
        return FAILED
    return OK


def _write_stats(path: Path, status: Status, seconds: float, cpu_seconds: float) -> None:
    """Write the figures of a run.

    fps and cpu_percent are over the whole run here, not over its last second; times are wall milliseconds.
    """
    stats = status.stats
    sent = stats.frames_out + stats.cards_out
    figures = asdict(stats) | {
        "fps": round(sent / seconds, 2),
        "cpu_percent": round(100 * cpu_seconds / seconds, 1),
        "cpu_ms_per_frame": round(1e3 * cpu_seconds / max(stats.frames_out, 1), 3),
        "seconds": round(seconds, 3),
        "model": status.model,
        "problem": status.problem,
    }
    text = json.dumps(figures, indent=2)
    if str(path) == "-":
        print(text)
        return
    try:
        path.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise SinkError(Problem.UNWRITABLE_SINK, f"{path}: {error.strerror}") from error
