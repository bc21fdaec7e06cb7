"""Threads start, or it is said that they cannot: nobody waits for one for ever."""

from __future__ import annotations

import threading

import pytest

from tests.core.rig import eventually
from vcam.core import threads


def test_a_thread_is_started_and_works():
    done = threading.Event()
    thread = threading.Thread(target=done.set)
    threads.start(thread)
    assert done.wait(10)
    thread.join(10)
    assert not thread.is_alive()


def test_a_timer_can_be_started_and_cancelled():
    called = threading.Event()
    timer = threading.Timer(3600, called.set)
    threads.start(timer)
    timer.cancel()
    timer.join(10)
    assert not timer.is_alive()
    assert not called.is_set()


def test_one_that_ends_before_it_begins_is_not_waited_for(monkeypatch):
    """As a thread does that has no memory to begin with."""
    monkeypatch.setattr(threads, "PATIENCE", 0.05)
    monkeypatch.setattr(threading.Thread, "_bootstrap", lambda _: None)
    with pytest.raises(RuntimeError, match="can't start new thread"):
        threads.start(threading.Thread(target=lambda: None))


def test_one_that_begins_too_late_does_nothing(monkeypatch):
    monkeypatch.setattr(threads, "PATIENCE", 0.05)
    bootstrap = threading.Thread._bootstrap
    late, ended, worked = threading.Event(), threading.Event(), []

    def slow(self):
        late.wait(20)
        bootstrap(self)
        ended.set()

    monkeypatch.setattr(threading.Thread, "_bootstrap", slow)
    with pytest.raises(RuntimeError):
        threads.start(threading.Thread(target=lambda: worked.append(1)))
    late.set()
    eventually(ended.is_set)
    assert not worked
