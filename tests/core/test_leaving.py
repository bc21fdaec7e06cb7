"""SIGINT and SIGTERM end the app in time, whatever its threads are doing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from tests.core.rig import eventually
from vcam.core.leaving import Leaving

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are sent to oneself on POSIX")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_app_is_asked_to_end_and_the_signals_are_given_back(number):
    before = signal.getsignal(number)
    asked, ended = threading.Event(), threading.Event()
    with Leaving(asked.set, end=ended.set):
        os.kill(os.getpid(), number)
        assert asked.wait(10)
    assert signal.getsignal(number) is before
    assert not [thread for thread in threading.enumerate() if thread.name == "leaving"]
    assert not ended.is_set()


def test_an_app_that_does_not_end_is_ended():
    ended = threading.Event()
    with Leaving(lambda: None, grace=0.05, end=ended.set):
        os.kill(os.getpid(), signal.SIGTERM)
        assert ended.wait(10)


def test_an_impatient_person_need_not_wait_and_a_second_sigterm_changes_nothing():
    asked, ended = threading.Event(), threading.Event()
    with Leaving(asked.set, grace=60, end=ended.set):
        os.kill(os.getpid(), signal.SIGTERM)
        assert asked.wait(10)
        os.kill(os.getpid(), signal.SIGTERM)
        assert not ended.wait(0.3)
        os.kill(os.getpid(), signal.SIGINT)
        assert ended.wait(10)


def test_asking_goes_on_where_there_is_no_memory_to_ask_with():
    tries = []

    def leave():
        tries.append(len(tries))
        if len(tries) < 3:
            raise MemoryError

    with Leaving(leave, grace=60, end=lambda: None):
        os.kill(os.getpid(), signal.SIGTERM)
        eventually(lambda: len(tries) >= 3)


HELD = """
import ctypes, sys
from vcam.core.leaving import Leaving

Leaving(lambda: None, grace=0.3)
print("held", flush=True)
ctypes.CDLL(None).pause()  # the main thread, in a library: Python's own handlers would never run
ctypes.CDLL(None).sleep(60)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="calls glibc")
def test_a_main_thread_that_waits_in_a_library_does_not_keep_the_app_from_ending():
    with subprocess.Popen(
        [sys.executable, "-c", HELD], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout.readline() == b"held\n"
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        try:
            _, told = process.communicate(timeout=10)
        finally:
            process.kill()
    assert process.returncode == 1
    assert time.monotonic() - began < 2
    assert b"left to the system" in told
