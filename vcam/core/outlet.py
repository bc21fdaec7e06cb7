"""The only door to the sink: cards always pass, pictures of people with a lease that can be revoked."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from vcam.core.errors import SinkError, VcamError, as_expected
from vcam.core.frame import Image
from vcam.core.ports import FrameSink

log = logging.getLogger(__name__)

_RETRY = 2.0
_LOCK_PATIENCE = 0.5


class Revoked(Exception):  # noqa: N818 - an event, not a fault
    """The picture came too late: it had been asked for a card, or for another effect."""


class Outlet:
    """Holds the sink, or waits for one to appear.

    A meeting must not lose the camera because a setting changed, so the sink is opened once and outlives
    every restart of the camera or the model. Where it cannot be opened, or goes away, it is tried again every
    two seconds, and only the preview is served meanwhile.

    Args:
        open_sink: opens the sink.
        tap: gets every picture that is sent, for the preview; must be quick and keep no reference.
        required: raise where the sink fails instead of waiting for it (headless).
        clock: monotonic seconds.
    """

    def __init__(
        self,
        open_sink: Callable[[], FrameSink],
        *,
        tap: Callable[[Image], None],
        required: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._open_sink = open_sink
        self._tap = tap
        self._required = required
        self._clock = clock
        self._door = threading.Lock()
        self._lease = 0
        self._sink: FrameSink | None = None
        self._problem: VcamError | None = None
        self._retry_at = 0.0
        self._tap_failed = False
        self._parted = False
        self._busy = False

    @property
    def busy(self) -> bool:
        """Whether the sink itself is being opened, or handed a picture, just now."""
        return self._busy

    @property
    def name(self) -> str:
        """The sink's name, "" while there is none."""
        sink = self._sink
        return sink.name if sink is not None else ""

    @property
    def problem(self) -> VcamError | None:
        """Why there is no sink."""
        return self._problem

    def lease(self) -> int:
        """Return the lease with which pictures pass until it is revoked."""
        return self._lease

    def tend(self) -> None:
        """Open the sink if there is none and it is time to try. Raises SinkError where it is required."""
        if self._sink is not None or self._clock() < self._retry_at:
            return
        try:
            with self._at_work():
                self._sink = self._open_sink()
        except Exception as error:
            if self._required:
                raise
            expected = as_expected(error, SinkError)
            if self._problem is None or self._problem.problem is not expected.problem:
                log.warning(
                    "no virtual camera (%s): %s",
                    expected.problem,
                    expected.detail,
                    exc_info=expected is not error,
                )
            self._problem = expected
            self._retry_at = self._clock() + _RETRY
        else:
            log.info("sending to %s, %s", self._sink.name, self._sink.size)
            self._problem = None

    def send(self, picture: Image, lease: int) -> None:
        """Send a composited picture. Raises Revoked, or SinkError where the sink is required."""
        with self._door:
            if lease != self._lease:
                raise Revoked
            self._put(picture)

    def card(self, picture: Image, *, last: bool = False) -> None:
        """Send a card. Does nothing while the sink itself is blocked, and once the last one was sent."""
        if not self._door.acquire(timeout=_LOCK_PATIENCE):
            return
        try:
            if not self._parted:
                self._parted = last
                self._put(picture)
        finally:
            self._door.release()

    def revoke(self) -> None:
        """Let no picture pass that was begun before now."""
        self._lease += 1

    def close(self) -> None:
        """Let go of the sink; not under a picture that is being sent, even if it blocks for ever."""
        if not self._door.acquire(timeout=_LOCK_PATIENCE):
            log.warning("%s takes no pictures, and is left to the system to close", self.name)
            return
        try:
            sink, self._sink = self._sink, None
            if sink is not None:
                sink.close()
        finally:
            self._door.release()

    def _put(self, picture: Image) -> None:
        self._preview(picture)
        sink = self._sink
        if sink is None:
            return
        try:
            with self._at_work():
                sink.send(picture)
        except Exception as error:
            if self._required:
                raise
            self._lose(sink, error)

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        self._busy = True
        try:
            yield
        finally:
            self._busy = False

    def _preview(self, picture: Image) -> None:
        """Serve the tap; what fails there must not cost the meeting its picture."""
        try:
            self._tap(picture)
        except Exception:
            if not self._tap_failed:
                log.exception("the preview failed")
            self._tap_failed = True

    def _lose(self, sink: FrameSink, error: Exception) -> None:
        """Do without the sink until it can be opened again."""
        expected = as_expected(error, SinkError)
        log.warning("lost %s: %s", sink.name, expected.detail, exc_info=expected is not error)
        self._problem = expected
        self._retry_at = self._clock() + _RETRY
        self._sink = None
        try:
            sink.close()
        except Exception:
            log.exception("closing the lost sink failed")
