"""Out of memory anywhere, even where a fault is told: a card, and the picture comes back by itself."""

from __future__ import annotations

import errno
import threading

import pytest

from tests.core.rig import Rig, eventually, paced
from vcam.core import mending, supply, watchdog
from vcam.core.capture import Capture
from vcam.core.errors import Problem, SourceError, as_expected
from vcam.core.fakes import CARD, NobodySegmenter, RoomSource, paint_plain_card
from vcam.core.meter import Meter
from vcam.core.ports import CardKind
from vcam.core.status import State


class Shortage:
    """Raises for as long as there is no memory.

    Args:
        error: to raise.
    """

    def __init__(self, error=None):
        self.on = threading.Event()
        self.met = 0
        self._error = error or MemoryError()

    def __call__(self, value=None, *_, **__):
        if self.on.is_set():
            self.met += 1
            raise self._error
        return value


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
        RuntimeError("can't start new thread"),
        RuntimeError("std::bad_alloc"),
        Exception("OpenCV(5.0) alloc.cpp:73: error: (-4:Insufficient memory) Failed to allocate 9 bytes"),
        RuntimeError("[ONNXRuntimeError] : 6 : Failed to allocate memory for requested buffer of size 9"),
    ],
)
def test_a_lack_of_memory_is_known_by_whatever_name_it_goes(error):
    expected = as_expected(error, SourceError)
    assert isinstance(expected, SourceError)
    assert expected.problem is Problem.NO_MEMORY


def test_opencv_says_it_as_we_expect():
    cv2, numpy = pytest.importorskip("cv2"), pytest.importorskip("numpy")
    one = numpy.zeros((1, 1), numpy.uint8)
    with pytest.raises(cv2.error) as caught:
        cv2.resize(one, (1 << 23, 1 << 23), interpolation=cv2.INTER_NEAREST)
    assert as_expected(caught.value).problem is Problem.NO_MEMORY


@pytest.mark.parametrize("part", ["read", "segment", "tap", "send"])
def test_a_shortage_in_any_part_ends_with_the_picture(monkeypatch, part):
    monkeypatch.setattr("vcam.core.outlet._RETRY", 0.01)
    shortage = Shortage()
    parts = {
        "read": {"open_source": lambda: RoomSource(before_read=lambda count: (paced(count), shortage()))},
        "segment": {"open_segmenter": lambda: NobodySegmenter(spoil=shortage)},
        "tap": {"tap": shortage},
        "send": {},
    }[part]
    rig = Rig(**parts)
    if part == "send":
        monkeypatch.setattr(rig.sink, "_before_send", shortage)
    with rig:
        rig.shows_effect()
        shortage.on.set()
        eventually(lambda: shortage.met >= 5)
        if part in ("read", "segment"):
            eventually(lambda: rig.pipeline.status.problem is Problem.NO_MEMORY)
            rig.shows(CARD[CardKind.RECOVERING])
        shortage.on.clear()
        rig.shows_effect()
        eventually(lambda: rig.pipeline.status.problem is None)
        assert not rig.went_through(State.FAILED)


def test_the_worker_outlives_a_fault_that_there_is_no_memory_to_tell_of(monkeypatch):
    shortage = Shortage()
    monkeypatch.setattr(mending.log, "error", shortage)
    monkeypatch.setattr(mending.log, "log", shortage)
    with Rig(open_segmenter=lambda: NobodySegmenter(spoil=shortage)) as rig:
        rig.shows_effect()
        shortage.on.set()
        eventually(lambda: shortage.met >= 6)
        shortage.on.clear()
        rig.shows_effect()


def test_a_thread_that_cannot_be_had_for_the_camera_is_waited_for(monkeypatch):
    shortage = Shortage(RuntimeError("can't start new thread"))

    def capture(*words, **more):
        shortage()
        return Capture(*words, **more)

    monkeypatch.setattr(supply, "Capture", capture)
    shortage.on.set()
    with Rig() as rig:
        eventually(lambda: rig.pipeline.status.problem is Problem.NO_MEMORY)
        rig.shows(CARD[CardKind.RECOVERING])
        shortage.on.clear()
        rig.shows_effect()


def test_the_card_of_a_fault_is_painted_while_there_is_memory():
    shortage = Shortage()
    painted = {}

    def paint(kind, size):
        if kind not in painted:
            shortage()
            painted[kind] = paint_plain_card(kind, size)
        return painted[kind]

    with Rig(open_segmenter=lambda: NobodySegmenter(spoil=shortage), paint_card=paint) as rig:
        rig.shows_effect()
        shortage.on.set()
        rig.shows(CARD[CardKind.RECOVERING], 2)
        shortage.on.clear()
        rig.shows_effect()


def test_the_last_word_is_said_once_there_is_memory_for_it(monkeypatch):
    shortage = Shortage()
    stats = Meter.stats

    def short(self, *words):
        shortage()
        return stats(self, *words)

    monkeypatch.setattr(Meter, "stats", short)
    with Rig() as rig:
        rig.shows_effect()
        shortage.on.set()
        rig.pipeline.stop()
        eventually(lambda: shortage.met >= 5)
        shortage.on.clear()
        rig.reaches(State.STOPPED)
    assert rig.sink.closed


def test_the_watchdog_outlives_a_rest_that_there_is_no_memory_for(monkeypatch):
    shortage, hung = Shortage(), threading.Event()
    dog = watchdog.Watchdog(lambda _: hung.set())
    wait = dog._stop.wait
    monkeypatch.setattr(dog._stop, "wait", lambda seconds: (shortage(), wait(seconds))[1])
    shortage.on.set()
    dog.start()
    eventually(lambda: shortage.met >= 3)
    shortage.on.clear()
    with dog.limit(0.01):
        assert hung.wait(10)
    dog.stop()
