"""Keeps frames coming: opens a capture, notices stalls, backs off, touches no device that is still held."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from vcam.core.backoff import BackOff
from vcam.core.capture import Capture
from vcam.core.errors import Closed, EndOfSource, Problem, SourceError
from vcam.core.frame import Frame
from vcam.core.ports import FrameSource, SourceFormat

log = logging.getLogger(__name__)

STALL = 2.0
"""Seconds without a frame after which a source counts as stalled."""
OPENING = 10.0
"""Seconds that a source may take from being opened to its first frame."""

MOST_HELD = 3
"""Sources that may hang at a time, each with a thread of its own, before no other is opened."""

_STEADY = 3.0
_RELEASE = 0.3
_BACK_OFF = (0.3, 0.6, 1.0, 2.0, 3.0)


class Supply:
    """The worker's side of the capture thread.

    It may serve one run after another, so that a camera that hangs is not opened again by the next.

    Args:
        clock: monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._capture: Capture | None = None
        self._held: list[Capture] = []
        self._flowing = False
        self._since = 0.0
        self._patience = BackOff(_BACK_OFF, _STEADY, clock)
        self._read = self._dropped = 0

    @property
    def name(self) -> str:
        """The open source's name, "" while there is none."""
        return self._capture.name if self._capture else ""

    @property
    def format(self) -> SourceFormat | None:
        """What the open source gives."""
        return self._capture.format if self._capture else None

    @property
    def read(self) -> int:
        """Frames read since the start of the run."""
        return self._read + (self._capture.count if self._capture else 0)

    @property
    def dropped(self) -> int:
        """Frames that were overtaken by a newer one before they were worked on."""
        return self._dropped + (self._capture.frames.dropped if self._capture else 0)

    @property
    def pause_left(self) -> float:
        """Seconds until the next attempt is due."""
        return self._patience.left

    def begin(self) -> None:
        """Begin a run: count from zero."""
        self._read = self._dropped = 0
        self.hurry()

    def hurry(self) -> None:
        """Forget failed attempts: something has changed."""
        self._patience.forget()

    def next(
        self, open_source: Callable[[], FrameSource], wait: float, *, lossless: bool, fewer: bool = False
    ) -> Frame | None:
        """Return the newest frame, or None if none came within wait seconds; open the source if it is closed.

        Args:
            open_source: opens it.
            wait: seconds.
            lossless: every frame counts.
            fewer: leave out every second frame.

        Raises:
            EndOfSource: a finite source is through.
            SourceError: it failed, stalled, or a former read still holds the device. The source is released,
                and pause_left tells when to try again.
        """
        try:
            if self._capture is None:
                self._capture = self._open(open_source, lossless=lossless)
            self._capture.fewer = fewer
            return self._take(self._capture, wait)
        except EndOfSource:
            raise
        except (SourceError, Closed) as error:
            self.release()
            self._patience.failed()
            if isinstance(error, Closed):
                raise SourceError(Problem.CAMERA_GONE, "the source was closed") from error
            raise

    def release(self) -> None:
        """Close the source. A thread that does not come back is abandoned; what it holds is not opened."""
        capture, self._capture = self._capture, None
        if capture is None:
            return
        stopped = capture.stop(timeout=_RELEASE)
        self._read += capture.count
        self._dropped += capture.frames.dropped
        if not stopped:
            self._held.append(capture)

    def _open(self, open_source: Callable[[], FrameSource], *, lossless: bool) -> Capture:
        self._held = [capture for capture in self._held if capture.alive]
        if len(self._held) >= MOST_HELD or any(capture.opens(open_source) for capture in self._held):
            raise SourceError(
                Problem.CAMERA_STALLED,
                "the camera's last read has not returned; unplug it and plug it in again",
            )
        self._flowing = False
        self._since = self._clock()
        return Capture(open_source, lossless=lossless)

    def _take(self, capture: Capture, wait: float) -> Frame | None:
        frame = capture.frames.take(wait)
        if frame is not None:
            self._flowing = True
            self._since = self._clock()
            self._patience.went_well()
            return frame
        patience = STALL if self._flowing else OPENING
        if self._clock() - self._since > patience:
            raise SourceError(Problem.CAMERA_STALLED, f"no frame came for {patience:g} s")
        return None
