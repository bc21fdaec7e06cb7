"""The thread that opens a source and reads it into a mailbox.

Opening and reading a camera may block for ever when the device goes away (OpenCV has no time limit);
both happen here and nowhere else. A thread that does not come back is abandoned: it is a daemon, it closes
its source itself should it ever return, and the pipeline does not open that source again while it lives.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from vcam.core import threads
from vcam.core.errors import SourceError, VcamError, as_expected
from vcam.core.frame import Frame
from vcam.core.mailbox import Mailbox
from vcam.core.ports import FrameSource, Skipping, SourceFormat

log = logging.getLogger(__name__)


class Capture:
    """Reads one source until it is stopped, ends or fails.

    Args:
        open_source: opens the source; called on the capture thread.
        lossless: wait for the reader instead of dropping frames (files).
    """

    def __init__(self, open_source: Callable[[], FrameSource], *, lossless: bool = False) -> None:
        self.frames: Mailbox[Frame] = Mailbox(lossless=lossless)
        self.fewer = False
        """Leave out every second frame, as the CPU budget asks for; the first one never is."""
        self._open_source = open_source
        self._stop = threading.Event()
        self._count = 0
        self._name = ""
        self._format: SourceFormat | None = None
        self._thread = threading.Thread(target=self._run, name="capture", daemon=True)
        threads.start(self._thread)

    @property
    def name(self) -> str:
        """The source's name once it is open, "" before."""
        return self._name

    @property
    def format(self) -> SourceFormat | None:
        """What the source gives, once it is open."""
        return self._format

    @property
    def count(self) -> int:
        """Frames read so far."""
        return self._count

    @property
    def alive(self) -> bool:
        """Whether the thread, and so perhaps the device, is still held."""
        return self._thread.is_alive()

    def opens(self, open_source: Callable[[], FrameSource]) -> bool:
        """Return whether this is what it opens."""
        return self._open_source is open_source

    def stop(self, timeout: float = 2.0) -> bool:
        """Ask the thread to end and wait up to timeout seconds. Return False where it had to be abandoned."""
        self._stop.set()
        self.frames.close()
        self._thread.join(timeout)
        if self._thread.is_alive():
            log.warning("the source %r did not return within %.1f s and is abandoned", self._name, timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        source: FrameSource | None = None
        error: Exception | None = None
        try:
            source = self._open_source()
            self._name, self._format = source.name, source.format
            skip = source.skip if isinstance(source, Skipping) else source.read
            while not self._stop.is_set():
                left_out = self.fewer and self._count % 2
                frame = skip() if left_out else source.read()
                self._count += 1
                if frame is not None and not left_out:
                    self.frames.put(frame)
        except VcamError as expected:
            error = expected
        except Exception as unforeseen:
            log.exception("reading the source failed in a way we did not foresee")
            error = as_expected(unforeseen, SourceError)
        finally:
            # The error goes first: whoever waits must not be kept by a close() that hangs with its device.
            self.frames.close(error)
            if source is not None:
                _close_quietly(source)


def _close_quietly(source: FrameSource) -> None:
    try:
        source.close()
    except Exception:
        log.exception("closing the source failed")
