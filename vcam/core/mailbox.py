"""One place for one item between two threads: the newest wins, and bad news takes the same road."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

from vcam.core.errors import Closed

T = TypeVar("T")


class Mailbox(Generic[T]):
    """Holds the newest item.

    Frames travel by mailbox because queues (Qt signals among them) have no back-pressure: a reader that is
    slow for a few seconds would find hundreds of frames waiting, and the memory gone.

    Args:
        lossless: put() waits until the last item was taken; for files, where every frame counts.
    """

    def __init__(self, *, lossless: bool = False) -> None:
        self._lossless = lossless
        self._changed = threading.Condition()
        self._item: T | None = None
        self._closed = False
        self._error: Exception | None = None
        self._dropped = 0

    @property
    def dropped(self) -> int:
        """How many items were overtaken by a newer one before anybody took them."""
        return self._dropped

    def put(self, item: T) -> None:
        """Leave an item, in place of one that still lies there. Does nothing once closed."""
        with self._changed:
            if self._lossless:
                self._changed.wait_for(lambda: self._item is None or self._closed)
            if self._closed:
                return
            if self._item is not None:
                self._dropped += 1
            self._item = item
            self._changed.notify_all()

    def take(self, timeout: float) -> T | None:
        """Wait up to timeout seconds and return the item, or None.

        An item that was left before the mailbox closed is still handed out.

        Raises:
            Closed: it was closed without an error.
            Exception: the error it was closed with.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._item is not None or self._closed, timeout)
            item, self._item = self._item, None
            if item is not None:
                self._changed.notify_all()
                return item
            if self._error is not None:
                raise self._error
            if self._closed:
                raise Closed
            return None

    def close(self, error: Exception | None = None) -> None:
        """Take nothing more; the first error given is raised in whoever takes."""
        with self._changed:
            if self._closed:
                return
            self._closed = True
            self._error = error
            self._changed.notify_all()
