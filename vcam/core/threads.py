"""Starting a thread, also where there is hardly any memory left."""

from __future__ import annotations

import threading

PATIENCE = 2.0
"""Seconds that a thread may take to begin."""


def start(thread: threading.Thread) -> None:
    """Start a thread. Raises RuntimeError where none can be had.

    Thread.start() waits until the new thread says that it has begun. One that the system had room for, but
    Python no memory, ends before it can say so, and start() would wait for ever.
    """
    places = [thread]
    run = thread.run

    def begin() -> None:
        if _took(places):
            run()

    thread.run = begin  # type: ignore[method-assign]
    thread._started = begun = _Begun()  # type: ignore[attr-defined]
    thread.start()
    # Whoever takes the only place decides: a thread that begins too late must not work for nobody.
    if not begun.is_set() and _took(places):
        raise RuntimeError("can't start new thread: it did not begin")


class _Begun(threading.Event):
    """Is not waited for without end."""

    def wait(self, timeout: float | None = None) -> bool:
        return super().wait(PATIENCE if timeout is None else timeout)


def _took(places: list[threading.Thread]) -> bool:
    try:
        places.pop()
    except IndexError:
        return False
    return True
