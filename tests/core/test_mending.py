"""What can heal by itself does: no fault needs somebody to press a button, unless only people can mend it."""

from __future__ import annotations

import logging
import threading
from dataclasses import replace

import pytest

from tests.core.rig import Rig, eventually, paced
from tests.core.test_fail_closed import BAD_MATTES, failing_opener
from vcam.core import mending, stand_in, supply, watchdog, worker
from vcam.core.backoff import BackOff
from vcam.core.errors import ModelError, Problem, SourceError
from vcam.core.fakes import CARD, EFFECT, CollectingSink, NobodySegmenter, RoomSource
from vcam.core.ports import CardKind
from vcam.core.status import State

HOUR = 3600.0


class FakeTime(threading.Event):
    """A clock, and the pipeline's stop signal: waiting for it makes time pass, and it comes after an hour."""

    def __init__(self):
        super().__init__()
        self.now = 0.0

    def clock(self):
        return self.now

    def wait(self, timeout=None):
        self.now += timeout or 0.0
        if self.now >= HOUR:
            self.set()
        return self.is_set()


@pytest.fixture
def hour(monkeypatch):
    """Run a rig for an hour of fake time, at the real pace of retries; return the rig."""
    monkeypatch.setattr(worker, "_POLL", 0.6)
    monkeypatch.setattr(stand_in, "_EVERY", 5.0)
    monkeypatch.setattr(worker, "_PUBLISH_EVERY", 5.0)
    monkeypatch.setattr(mending, "_BACK_OFF", (0.3, 1.0, 3.0, 10.0, 30.0))
    monkeypatch.setattr(supply, "_BACK_OFF", (0.3, 0.6, 1.0, 2.0, 3.0))

    def run(**parts):
        time = FakeTime()
        rig = Rig(clock=time.clock, **parts)
        rig.pipeline.worker.stop = rig.pipeline.worker.attempts._stop = time
        with rig:
            assert rig.pipeline.join(50)
        return rig

    return run


def test_an_hour_without_a_camera_costs_a_try_every_three_seconds_and_says_so_once(hour, caplog):
    tries = []

    def opener():
        tries.append(threading.active_count())
        raise SourceError(Problem.NO_CAMERA, "none")

    with caplog.at_level(logging.INFO):
        rig = hour(open_source=opener)
    assert HOUR / 6 < len(tries) < HOUR / 3 + 10
    assert max(tries) <= min(tries) + 1, "threads pile up"
    assert len(caplog.records) < 20
    assert rig.statuses[-2].state is State.RECOVERING
    assert rig.sink.sent[1:-1] == [frozenset({CARD[CardKind.RECOVERING]})] * (len(rig.sink.sent) - 2)


def test_an_hour_of_nonsense_from_the_network_loads_it_anew_every_half_minute_and_says_so_once(hour, caplog):
    loaded = []

    def opener():
        loaded.append(NobodySegmenter(spoil=BAD_MATTES["not-a-number"]))
        return loaded[-1]

    with caplog.at_level(logging.INFO):
        rig = hour(open_source=lambda: RoomSource(before_read=paced), open_segmenter=opener)
    assert HOUR / 60 < len(loaded) < HOUR / 30 + 10
    assert all(segmenter.closed for segmenter in loaded)
    # The frames that are left out are told of once in ten seconds, while there are any.
    assert len([record for record in caplog.records if record.levelno >= logging.ERROR]) == 1
    assert len(caplog.records) < 2 * len(loaded) + 20
    assert rig.statuses[-2].state is State.RECOVERING
    assert rig.statuses[-2].problem is Problem.BAD_MATTE


def test_a_network_that_comes_to_its_senses_is_back_without_anybody_s_doing():
    nonsense = threading.Event()
    nonsense.set()

    def spoil(matte):
        return BAD_MATTES["not-a-number"](matte) if nonsense.is_set() else matte

    with Rig(open_segmenter=lambda: NobodySegmenter(spoil=spoil)) as rig:
        rig.reaches(State.RECOVERING)
        rig.shows(CARD[CardKind.RECOVERING], 2)
        nonsense.clear()
        rig.shows_effect()
        assert rig.pipeline.status.problem is None
        assert not rig.went_through(State.FAILED)


@pytest.mark.parametrize("how", ["the camera comes back", "somebody asks", "another plan"])
def test_whatever_changes_ends_the_pause_at_once(monkeypatch, how):
    monkeypatch.setattr(supply, "_BACK_OFF", (60.0,))
    devices = ["video1"]
    tries = []

    def opener():
        tries.append(1)
        if len(tries) == 1:
            raise SourceError(Problem.CAMERA_GONE, "unplugged")
        return RoomSource(before_read=paced)

    with Rig(open_source=opener, devices=lambda: tuple(devices)) as rig:
        rig.pipeline.worker.attempts._devices = ("video1",)
        rig.reaches(State.RECOVERING)
        rig.shows(CARD[CardKind.RECOVERING], 3)
        assert len(tries) == 1
        match how:
            case "the camera comes back":
                devices.append("video0")
            case "somebody asks":
                rig.pipeline.start()
            case _:
                rig.pipeline.change(replace(rig.plan, choice="another"))
        rig.shows_effect()


def test_pausing_and_leaving_do_not_wait_for_the_next_try(monkeypatch):
    monkeypatch.setattr(mending, "_BACK_OFF", (60.0,))
    with Rig(open_segmenter=lambda: NobodySegmenter(spoil=BAD_MATTES["raises"])) as rig:
        rig.reaches(State.RECOVERING)
        rig.pipeline.pause(True)
        rig.reaches(State.PAUSED)
        rig.shows(CARD[CardKind.PAUSED])
        rig.pipeline.pause(False)
        rig.reaches(State.RECOVERING)
        rig.pipeline.stop()
        assert rig.pipeline.join(2)


def test_a_network_whose_file_is_put_back_is_found_without_anybody_s_doing():
    there = threading.Event()

    def opener():
        if not there.is_set():
            raise ModelError(Problem.NO_MODEL, "not there")
        return NobodySegmenter()

    with Rig(open_segmenter=opener) as rig:
        rig.reaches(State.FAILED)
        rig.shows(CARD[CardKind.FAILED], 2)
        assert [status.state for status in rig.statuses].count(State.STARTING) <= 2, "it must not flicker"
        there.set()
        rig.shows_effect()


def test_choosing_another_network_leaves_the_failure():
    with Rig(open_segmenter=failing_opener(ModelError(Problem.NO_MODEL, "not there"))) as rig:
        rig.reaches(State.FAILED)
        rig.pipeline.change(replace(rig.plan, open_segmenter=NobodySegmenter))
        rig.shows_effect()


def test_a_fault_while_nobody_looks_leaves_the_app_idle_and_quiet(caplog):
    loads = []

    def opener():
        loads.append(1)
        if len(loads) < 3:
            raise MemoryError
        return NobodySegmenter()

    with Rig(open_segmenter=opener, on_demand=True, demand=lambda: False) as rig:
        eventually(lambda: rig.pipeline.status.model == "nobody")
        assert {status.state for status in rig.statuses[2:]} == {State.IDLE}
    assert caplog.text.count("did not foresee") == 1


# ── what hangs ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_virtual_camera_that_takes_no_pictures_is_told_of_while_it_blocks(monkeypatch):
    monkeypatch.setattr(watchdog, "STAGE_LIMIT", 0.1)
    monkeypatch.setattr("vcam.core.outlet._LOCK_PATIENCE", 0.02)
    blocks, release = threading.Event(), threading.Event()

    class Sink(CollectingSink):
        def send(self, pixels):
            if blocks.is_set():
                release.wait(20)
            super().send(pixels)

    with Rig(sink=Sink()) as rig:
        rig.shows_effect()
        blocks.set()
        rig.reaches(State.RECOVERING)
        assert rig.pipeline.status.problem is Problem.VIRTUAL_CAMERA_STUCK
        assert rig.statuses[-1] == rig.pipeline.status, "listeners are told, too"
        blocks.clear()
        release.set()
        rig.shows_effect()
        eventually(lambda: rig.pipeline.status.problem is None)


def test_a_virtual_camera_that_blocks_under_a_card_is_told_of_too(monkeypatch):
    monkeypatch.setattr(watchdog, "STAGE_LIMIT", 0.1)
    monkeypatch.setattr("vcam.core.outlet._LOCK_PATIENCE", 0.02)
    release = threading.Event()

    class Sink(CollectingSink):
        def send(self, pixels):
            release.wait(20)
            super().send(pixels)

    with Rig(sink=Sink(), on_demand=True, demand=lambda: False) as rig:
        eventually(lambda: rig.pipeline.status.problem is Problem.VIRTUAL_CAMERA_STUCK)
        release.set()
        rig.reaches(State.IDLE)
        eventually(lambda: rig.pipeline.status.problem is None)


def test_a_stage_that_hangs_is_told_of_while_it_hangs(monkeypatch):
    monkeypatch.setattr(watchdog, "STAGE_LIMIT", 0.1)
    release, hung = threading.Event(), threading.Event()

    def hang(matte):
        hung.set()
        release.wait(20)
        return matte

    with Rig(open_segmenter=lambda: NobodySegmenter(spoil=hang)) as rig:
        assert hung.wait(10)
        eventually(lambda: rig.pipeline.status.problem is Problem.STAGE_HUNG)
        release.set()
        rig.shows_effect()
        eventually(lambda: rig.pipeline.status.problem is None)


def test_a_file_is_given_all_the_time_it_needs(monkeypatch):
    monkeypatch.setattr(watchdog, "STAGE_LIMIT", 0.05)
    slow = threading.Event()

    def spoil(matte):
        slow.wait(0.3)
        slow.set()
        return matte

    file = {"lossless": True, "patient": False, "sink_required": True, "cards": False}
    with Rig(
        open_source=lambda: RoomSource(frames=4), open_segmenter=lambda: NobodySegmenter(spoil=spoil), **file
    ) as rig:
        assert rig.pipeline.join(10)
    assert rig.sink.sent == [frozenset({EFFECT})] * 4
    assert rig.pipeline.status.problem is None


def test_at_its_end_a_run_lets_go_of_who_watches():
    left = threading.Event()
    with Rig(leave=left.set) as rig:
        rig.shows_effect()
        assert not left.is_set()
    assert left.is_set()


# ── backing off ─────────────────────────────────────────────────────────────────────────────────────────


def test_backing_off_grows_to_its_last_step_and_is_forgotten_once_it_went_well_for_long():
    now = 100.0
    patience = BackOff((1.0, 5.0), 3.0, lambda: now)
    assert patience.left == 0.0
    for wanted in (1.0, 5.0, 5.0):
        patience.failed()
        assert patience.left == wanted
        now += wanted
    assert patience.left == 0.0
    patience.went_well()
    assert patience.failures == 3, "one success is not yet well"
    now += 3.1
    patience.went_well()
    patience.failed()
    assert patience.left == 1.0
    patience.forget()
    assert (patience.left, patience.failures) == (0.0, 0)
