"""Our own faults, and those of what stands beside the pipeline: the meeting keeps its picture, or a card."""

from __future__ import annotations

import re
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

import vcam
from tests.core.rig import FALLBACK, Rig, eventually, paced
from tests.core.test_fail_closed import failing, failing_opener
from vcam.core import supply, watchdog, worker
from vcam.core.errors import BackgroundError, ModelError, Problem, SinkError, SourceError
from vcam.core.fakes import (
    CARD,
    EFFECT,
    ROOM,
    CollectingSink,
    ColourCompositor,
    NobodySegmenter,
    RoomSource,
    paint_plain_card,
    plain,
)
from vcam.core.outlet import Outlet
from vcam.core.ports import CardKind
from vcam.core.status import State
from vcam.core.supply import Supply
from vcam.core.workshop import Workshop

# ── changes ─────────────────────────────────────────────────────────────────────────────────────────────


def test_hiding_the_room_counts_even_where_nothing_else_changes():
    with Rig(hides_room=False) as rig:
        rig.shows(ROOM)
        rig.pipeline.change(replace(rig.plan, hides_room=True))
        rig.shows(EFFECT, 3)
        first = rig.sink.sent.index(frozenset({EFFECT}))
        assert all(ROOM not in colours for colours in rig.sink.sent[first:])
        rig.sink._sent.clear()


def test_a_change_that_comes_at_any_moment_of_another_is_not_lost(monkeypatch):
    """Each bytecode of the adoption in turn is the moment at which the next plan comes in."""
    adopt = Workshop.adopt
    moments = 0

    def run(moment):
        nonlocal moments
        rig = Rig()
        rig.pipeline.change(rig.plan)
        last = replace(rig.plan, choice="the last word")
        steps = iter(range(10**9))

        def trace(frame, event, _):
            nonlocal moments
            if frame.f_code is not adopt.__code__:
                return None
            frame.f_trace_opcodes = True
            if event == "opcode":
                moments = max(moments, step := next(steps))
                if step == moment:
                    rig.pipeline.change(last)
            return trace

        sys.settrace(trace)
        try:
            adopt(rig.pipeline.worker.workshop)
        finally:
            sys.settrace(None)
        adopt(rig.pipeline.worker.workshop)
        assert rig.pipeline.worker.workshop.plan is last or next(steps) <= moment, f"lost at step {moment}"

    before = sys.gettrace()
    try:
        moment = 0
        while moment <= moments:
            run(moment)
            moment += 1
    finally:
        sys.settrace(before)
    assert moments > 10


def test_a_warning_stays_until_its_own_part_is_changed():
    def broken(_):
        raise BackgroundError(Problem.UNREADABLE_BACKGROUND, "not a picture")

    with Rig(make_compositor=broken) as rig:
        rig.shows(FALLBACK, 3)
        rig.pipeline.change(replace(rig.plan, choice="unrelated"))
        eventually(lambda: rig.pipeline.status.choice == "unrelated")
        rig.shows(FALLBACK, 3)
        assert rig.pipeline.status.problem is Problem.UNREADABLE_BACKGROUND
        damaged = failing_opener(ModelError(Problem.DAMAGED_MODEL, "wrong hash"))
        good = replace(rig.plan, make_compositor=lambda _: ColourCompositor())
        rig.pipeline.change(good)
        rig.shows_effect()
        eventually(lambda: rig.pipeline.status.problem is None)
        rig.pipeline.change(replace(good, open_segmenter=damaged))
        eventually(lambda: rig.pipeline.status.problem is Problem.DAMAGED_MODEL)
        rig.pipeline.change(replace(good, open_segmenter=damaged, choice="another"))
        eventually(lambda: rig.pipeline.status.choice == "another")
        assert rig.pipeline.status.problem is Problem.DAMAGED_MODEL


def test_a_network_too_large_for_the_memory_leaves_the_old_one_at_work(caplog):
    with Rig() as rig:
        rig.shows_effect()
        rig.pipeline.change(replace(rig.plan, open_segmenter=failing_opener(MemoryError())))
        eventually(lambda: rig.pipeline.status.problem is Problem.NO_MEMORY)
        rig.shows_effect()
        assert not rig.went_through(State.FAILED)
    assert "MemoryError" in caplog.text


def test_a_network_is_closed_where_the_effect_beside_it_cannot_be_built():
    opened = []

    def opener():
        opened.append(NobodySegmenter())
        return opened[-1]

    def broken(_):
        raise MemoryError

    with Rig(open_segmenter=opener, make_compositor=broken) as rig:
        rig.reaches(State.RECOVERING)
        eventually(lambda: len(opened) == 2)
    assert all(segmenter.closed for segmenter in opened)


def test_a_background_that_loads_for_ever_does_not_leave_the_last_raw_picture_standing(monkeypatch):
    monkeypatch.setattr(watchdog, "STAGE_LIMIT", 0.1)
    release = threading.Event()

    def slow(_):
        release.wait(20)
        return ColourCompositor()

    with Rig(hides_room=False) as rig:
        rig.shows(ROOM)
        rig.pipeline.change(replace(rig.plan, make_compositor=slow, hides_room=True))
        rig.shows(CARD[CardKind.RECOVERING], 2)
        began = len(rig.sink.sent)
        release.set()
        rig.shows_effect()
        assert all(ROOM not in colours for colours in rig.sink.sent[began:])
        rig.sink._sent.clear()


# ── what stands beside ──────────────────────────────────────────────────────────────────────────────────


def test_a_preview_that_fails_does_not_cost_the_meeting_its_picture():
    with Rig(tap=failing(MemoryError())) as rig:
        rig.shows_effect()
        assert not rig.went_through(State.FAILED)


def test_a_listener_that_never_returns_leaves_a_card_and_not_a_frozen_picture(monkeypatch):
    monkeypatch.setattr(watchdog, "STAGE_LIMIT", 0.1)
    release = threading.Event()

    def listener(status):
        if status.state is State.RUNNING:
            release.wait(20)

    with Rig(on_status=listener) as rig:
        rig.shows(CARD[CardKind.RECOVERING])
        release.set()
        rig.shows_effect()


def test_the_watchdog_outlives_a_card_that_cannot_be_drawn(monkeypatch):
    monkeypatch.setattr(watchdog, "STAGE_LIMIT", 0.05)
    release, hung = threading.Event(), threading.Event()
    good = iter([False])

    def paint(kind, size):
        if kind is CardKind.RECOVERING and not next(good, True):
            raise MemoryError
        return paint_plain_card(kind, size)

    def hang(matte):
        hung.set()
        release.wait(20)
        return matte

    with Rig(open_segmenter=lambda: NobodySegmenter(spoil=hang), paint_card=paint) as rig:
        assert hung.wait(10)
        rig.shows(CARD[CardKind.RECOVERING])
        release.set()


def test_a_card_that_can_never_be_drawn_makes_nothing_spin():
    drawn = []

    def paint(_, __):
        drawn.append(time.monotonic())
        raise MemoryError

    with Rig(paint_card=paint) as rig:
        eventually(lambda: len(drawn) >= 20)
        assert drawn[19] - drawn[0] > 19 * worker._POLL * 0.5
        rig.pipeline.stop()
        assert rig.pipeline.join(2)


# ── the sink ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_sink_that_fails_in_a_way_nobody_foresaw_is_opened_again(monkeypatch, caplog):
    monkeypatch.setattr("vcam.core.outlet._RETRY", 0.01)
    broken = threading.Event()

    def fails(_):
        if broken.is_set():
            broken.clear()
            raise RuntimeError("odd")

    with Rig(sink=CollectingSink(before_send=fails)) as rig:
        rig.shows_effect()
        broken.set()
        eventually(lambda: rig.sink.closed)
        rig.shows_effect()
        assert not rig.went_through(State.FAILED)
    assert "odd" in caplog.text


def test_a_sink_that_cannot_be_opened_for_a_reason_nobody_foresaw_is_waited_for(monkeypatch):
    monkeypatch.setattr("vcam.core.outlet._RETRY", 0.01)
    tries = iter([OSError(28, "no space"), RuntimeError("odd")])
    sink = CollectingSink()

    def open_sink():
        if error := next(tries, None):
            raise error
        return sink

    with Rig(sink=sink, open_sink=open_sink) as rig:
        rig.shows_effect()
        assert not rig.went_through(State.FAILED)


def test_a_late_card_does_not_reach_a_sink_that_was_closed():
    sink = CollectingSink()
    outlet = Outlet(lambda: sink, tap=lambda _: None, required=False)
    outlet.tend()
    outlet.close()
    outlet.card(plain(sink.size, CARD[CardKind.RECOVERING]))
    assert sink.sent == []


def test_no_late_card_of_the_watchdog_follows_the_last_one():
    sink = CollectingSink()
    outlet = Outlet(lambda: sink, tap=lambda _: None, required=False)
    outlet.tend()
    outlet.card(plain(sink.size, CARD[CardKind.STOPPED]), last=True)
    outlet.card(plain(sink.size, CARD[CardKind.RECOVERING]))
    assert sink.sent == [frozenset({CARD[CardKind.STOPPED]})]


def test_a_sink_is_not_closed_under_a_picture_that_is_being_sent():
    sending, release, torn = threading.Event(), threading.Event(), []

    class Slow(CollectingSink):
        def send(self, pixels):
            sending.set()
            release.wait(20)
            super().send(pixels)
            torn.append(self.closed)

    sink = Slow()
    outlet = Outlet(lambda: sink, tap=lambda _: None, required=False)
    outlet.tend()
    watchdog = threading.Thread(target=outlet.card, args=(plain(sink.size, EFFECT),))
    watchdog.start()
    assert sending.wait(10)
    closer = threading.Thread(target=outlet.close)
    closer.start()
    closer.join(0.05)
    release.set()
    watchdog.join(10)
    closer.join(10)
    assert torn == [False]
    assert sink.closed


def test_a_file_is_never_left_with_a_frame_missing():
    calls = iter(range(10**9))

    def one_bad(matte):
        if next(calls) == 3:
            raise ModelError(Problem.BAD_MATTE, "broken")
        return matte

    spoilt = Rig(
        open_source=lambda: RoomSource(frames=9),
        open_segmenter=lambda: NobodySegmenter(spoil=one_bad),
        lossless=True,
        patient=False,
        sink_required=True,
        cards=False,
    )
    with spoilt as rig:
        assert rig.pipeline.join(5)
    assert rig.pipeline.status.problem is Problem.BAD_MATTE
    assert len(rig.sink.sent) == 3


def test_one_failed_write_of_a_required_sink_ends_the_run():
    def full(count):
        if count == 3:
            raise SinkError(Problem.UNWRITABLE_SINK, "disk full")

    with Rig(sink=CollectingSink(before_send=full), sink_required=True, cards=False) as rig:
        assert rig.pipeline.join(5)
    assert rig.pipeline.status.problem is Problem.UNWRITABLE_SINK
    assert len(rig.sink.sent) == 3


# ── time ────────────────────────────────────────────────────────────────────────────────────────────────


def test_nobody_asks_a_clock_that_people_can_set():
    """A clock that is set, by hand, by NTP or in spring, must neither end a stall nor make one."""
    for path in Path(vcam.__file__).parent.rglob("*.py"):
        words = path.read_text(encoding="utf-8")
        assert not re.search(r"\btime\.(time|localtime|gmtime|time_ns)\(|\bdatetime\b", words), path


# ── the camera ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_camera_that_gives_one_frame_and_fails_is_tried_less_and_less_often():
    now = 0.0
    keeper = Supply(lambda: now)
    pauses = []

    def opener():
        def fails(index):
            if index:
                raise SourceError(Problem.CAMERA_GONE, "gone again")

        return RoomSource(before_read=fails)

    def fails_once():
        while True:
            keeper.next(opener, 10, lossless=True)

    for _ in range(6):
        with pytest.raises(SourceError):
            fails_once()
        pauses.append(round(keeper.pause_left, 3))
        now += keeper.pause_left
    assert pauses == sorted(pauses)
    assert pauses[-1] == supply._BACK_OFF[-1]


def test_another_camera_can_be_chosen_while_the_first_one_hangs(monkeypatch):
    monkeypatch.setattr(supply, "STALL", 0.05)
    monkeypatch.setattr(supply, "_RELEASE", 0.02)
    release = threading.Event()
    hung = []

    def dead():
        hung.append(RoomSource(before_read=lambda _: release.wait(20)))
        return hung[-1]

    monkeypatch.setattr(supply, "OPENING", 0.05)
    with Rig(open_source=dead) as rig:
        rig.reaches(State.RECOVERING)
        rig.pipeline.change(replace(rig.plan, open_source=lambda: RoomSource(before_read=paced)))
        rig.shows_effect()
        rig.pipeline.change(rig.plan)
        rig.reaches(State.RECOVERING)
        assert len(hung) == 1, "the one that hangs is still held"
        release.set()
        rig.shows_effect()


def test_cameras_that_hang_are_given_up_after_a_few():
    release = threading.Event()
    opened = []
    now = 0.0
    keeper = Supply(lambda: now)

    def dead(number):
        def opener():
            opened.append(number)
            release.wait(20)
            return RoomSource()

        return opener

    for number in range(supply.MOST_HELD + 2):
        hangs = dead(number)
        with pytest.raises(SourceError, match=r"unplug|10 s"):  # noqa: PT012 - time goes by between two calls
            keeper.next(hangs, 0.0, lossless=False)
            now += 11.0
            keeper.next(hangs, 0.0, lossless=False)
    assert len(opened) == supply.MOST_HELD
    release.set()
    eventually(lambda: not any(thread.name == "capture" for thread in threading.enumerate()))
    assert keeper.next(RoomSource, 10, lossless=False) is not None
    keeper.release()
