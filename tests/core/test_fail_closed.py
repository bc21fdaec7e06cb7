"""With an effect on, the room never leaves: one named test for each way to fail."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from tests.core.rig import FALLBACK, Rig, eventually, paced
from vcam.core import supply, watchdog
from vcam.core.errors import BackgroundError, ModelError, Problem, SinkError, SourceError
from vcam.core.fakes import (
    CARD,
    EFFECT,
    ROOM,
    CollectingSink,
    ColourCompositor,
    NobodySegmenter,
    PlainRefiner,
    RoomSource,
    plain,
)
from vcam.core.frame import Matte, Size
from vcam.core.ports import CardKind
from vcam.core.stages import MAX_MATTE_AGE
from vcam.core.status import State


def failing(error: Exception):
    def spoil(_):
        raise error

    return spoil


def swapped(alpha):
    return lambda matte: Matte(alpha, matte.captured_at)


BAD_MATTES = {
    "raises": failing(ModelError(Problem.BAD_MATTE, "broken")),
    "raises-unforeseen": failing(ZeroDivisionError("our bug")),
    "out-of-memory": failing(MemoryError()),
    "not-a-number": swapped(np.full((9, 16), np.nan, np.float32)),
    "infinite": swapped(np.full((9, 16), np.inf, np.float32)),
    "one-nan": swapped(np.pad(np.full((1, 1), np.nan, np.float32), 8)),
    "negative": swapped(np.full((9, 16), -1, np.float32)),
    "above-one": swapped(np.full((9, 16), 255, np.float32)),
    "three-dimensional": swapped(np.zeros((9, 16, 1), np.float32)),
    "bytes-three-dimensional": swapped(np.zeros((9, 16, 1), np.uint8)),
    "bytes-too-small": swapped(np.zeros((7, 16), np.uint8)),
    "signed-bytes": swapped(np.zeros((9, 16), np.int8)),
    "yes-or-no": swapped(np.zeros((9, 16), np.bool_)),
    "stale-bytes": lambda matte: Matte(np.zeros((9, 16), np.uint8), matte.captured_at - MAX_MATTE_AGE - 0.1),
    "double": swapped(np.zeros((9, 16), np.float64)),
    "empty": swapped(np.zeros((0, 0), np.float32)),
    "nothing": lambda matte: None,
    "stale": lambda matte: Matte(matte.alpha, matte.captured_at - MAX_MATTE_AGE - 0.1),
    "ahead": lambda matte: Matte(matte.alpha, matte.captured_at + MAX_MATTE_AGE + 0.1),
    "timeless": lambda matte: Matte(matte.alpha, float("nan")),
}
BAD_PICTURES = {
    "raises": failing(ValueError("broken")),
    "other-size": lambda pixels: pixels[1:],
    "other-type": lambda pixels: pixels.astype(np.float32),
    "nothing": lambda pixels: None,
}


@pytest.mark.parametrize("spoil", BAD_MATTES.values(), ids=BAD_MATTES)
def test_a_segmenter_that_fails_shows_the_card(spoil):
    with Rig(open_segmenter=lambda: NobodySegmenter(spoil=spoil)) as rig:
        rig.reaches(State.RECOVERING)
        rig.shows(CARD[CardKind.RECOVERING])
    assert frozenset({EFFECT}) not in rig.sink.sent


@pytest.mark.parametrize("spoil", BAD_MATTES.values(), ids=BAD_MATTES)
def test_a_refiner_that_fails_shows_the_card(spoil):
    with Rig(make_refiner=lambda: PlainRefiner(spoil)) as rig:
        rig.reaches(State.RECOVERING)
        rig.shows(CARD[CardKind.RECOVERING])


@pytest.mark.parametrize("spoil", BAD_PICTURES.values(), ids=BAD_PICTURES)
def test_a_compositor_that_fails_shows_the_card(spoil):
    with Rig(make_compositor=lambda _: ColourCompositor(spoil=spoil)) as rig:
        rig.reaches(State.RECOVERING)
        rig.shows(CARD[CardKind.RECOVERING])


def test_a_compositor_that_gives_back_the_frame_is_not_believed():
    class Untouched(ColourCompositor):
        def compose(self, frame, matte):
            return frame.pixels[:]

    with Rig(make_compositor=lambda _: Untouched()) as rig:
        rig.reaches(State.RECOVERING)
        rig.shows(CARD[CardKind.RECOVERING])


def test_one_bad_matte_among_good_ones_is_left_out_without_a_fuss():
    count = iter(range(10**9))

    def every_fifth(matte):
        return BAD_MATTES["not-a-number"](matte) if next(count) % 5 == 4 else matte

    with Rig(open_segmenter=lambda: NobodySegmenter(spoil=every_fifth)) as rig:
        rig.shows(EFFECT, 40)
        assert not rig.went_through(State.FAILED)


def test_a_model_that_cannot_be_loaded_shows_the_card():
    with Rig(open_segmenter=failing_opener(ModelError(Problem.DAMAGED_MODEL, "wrong hash"))) as rig:
        rig.reaches(State.FAILED)
        rig.shows(CARD[CardKind.FAILED])
        assert rig.pipeline.status.problem is Problem.DAMAGED_MODEL


def test_a_background_that_cannot_be_read_shows_the_fallback_and_says_so():
    def broken(_):
        raise BackgroundError(Problem.UNREADABLE_BACKGROUND, "not a picture")

    with Rig(make_compositor=broken) as rig:
        rig.shows(FALLBACK, 3)
        assert rig.pipeline.status.problem is Problem.UNREADABLE_BACKGROUND
        rig.pipeline.change(replace(rig.plan, make_compositor=lambda _: ColourCompositor()))
        rig.shows_effect()
        eventually(lambda: rig.pipeline.status.problem is None)


def failing_opener(error):
    def opener():
        raise error

    return opener


def test_an_effect_that_cannot_be_built_shows_the_card():
    def broken(_):
        raise RuntimeError("our bug")

    with Rig(make_compositor=broken) as rig:
        rig.reaches(State.RECOVERING)
        rig.shows(CARD[CardKind.RECOVERING])
        assert rig.pipeline.status.problem is Problem.UNFORESEEN


def test_a_failure_is_left_by_trying_again():
    good = iter([False, True])

    def opener():
        if not next(good):
            raise ModelError(Problem.NO_MODEL, "not there yet")
        return NobodySegmenter()

    with Rig(open_segmenter=opener) as rig:
        rig.reaches(State.FAILED)
        rig.pipeline.start()
        rig.shows_effect()


def test_a_stage_that_hangs_is_replaced_by_the_card_and_its_late_picture_is_thrown_away(monkeypatch):
    monkeypatch.setattr(watchdog, "STAGE_LIMIT", 0.1)
    release, hung = threading.Event(), threading.Event()
    calls = iter(range(10**9))

    def hang_once(matte):
        if next(calls) == 5:
            hung.set()
            release.wait(20)
            # A matte of nothing but person: if this late picture passed, it would be the room.
            return Matte(np.ones_like(matte.alpha), matte.captured_at)
        return matte

    with Rig(open_segmenter=lambda: NobodySegmenter(spoil=hang_once)) as rig:
        assert hung.wait(10)
        rig.shows(CARD[CardKind.RECOVERING], 2)
        assert rig.sink.sent[-1] == frozenset({CARD[CardKind.RECOVERING]})
        release.set()
        rig.shows_effect()
        assert rig.went_through(State.RECOVERING)


def test_stopping_while_a_stage_hangs_lets_go_of_the_sink_when_it_returns(monkeypatch):
    monkeypatch.setattr(watchdog, "STAGE_LIMIT", 0.1)
    release, hung = threading.Event(), threading.Event()

    def hang(matte):
        hung.set()
        release.wait(20)
        return Matte(np.ones_like(matte.alpha), matte.captured_at)

    with Rig(open_segmenter=lambda: NobodySegmenter(spoil=hang)) as rig:
        assert hung.wait(10)
        rig.shows(CARD[CardKind.RECOVERING])
        rig.pipeline.stop()
        release.set()
    assert rig.sink.closed


def test_before_the_first_frame_the_starting_card_is_shown():
    opened = threading.Event()

    def slow():
        opened.wait(10)
        return RoomSource(before_read=paced)

    with Rig(open_source=slow) as rig:
        rig.shows(CARD[CardKind.STARTING], 2)
        opened.set()
        rig.shows_effect()
    assert rig.sink.sent[0] == frozenset({CARD[CardKind.STARTING]})


@pytest.mark.parametrize("when", [0, 7])
def test_a_camera_that_fails_shows_the_card_and_is_opened_again(when):
    opened = []

    def fails(index):
        paced(index)
        if len(opened) == 1 and index == when:
            raise SourceError(Problem.CAMERA_GONE, "unplugged")

    def opener():
        opened.append(RoomSource(before_read=fails))
        return opened[-1]

    with Rig(open_source=opener) as rig:
        eventually(lambda: len(opened) == 2)
        rig.shows_effect()
        assert rig.went_through(State.RECOVERING)
    assert opened[0].closed
    assert frozenset({CARD[CardKind.RECOVERING]}) in rig.sink.sent


def test_a_camera_that_raises_what_nobody_foresaw_is_opened_again(caplog):
    opened = []

    def fails(index):
        paced(index)
        if len(opened) == 1:
            raise OSError("odd")

    def opener():
        opened.append(RoomSource(before_read=fails))
        return opened[-1]

    with Rig(open_source=opener) as rig:
        rig.shows_effect()
    assert "did not foresee" in caplog.text


def test_a_camera_that_cannot_be_opened_is_tried_until_it_can(monkeypatch):
    monkeypatch.setattr(supply, "_BACK_OFF", (0.01,))
    tries = []

    def opener():
        tries.append(1)
        if len(tries) < 4:
            raise SourceError(Problem.CAMERA_BUSY, "another app has it")
        return RoomSource(before_read=paced)

    with Rig(open_source=opener) as rig:
        rig.shows_effect()
    assert len(tries) == 4


def test_a_read_that_never_returns_shows_the_card_and_nothing_opens_the_device_again(monkeypatch):
    monkeypatch.setattr(supply, "STALL", 0.1)
    monkeypatch.setattr(supply, "_RELEASE", 0.05)
    monkeypatch.setattr(supply, "_BACK_OFF", (0.01,))
    release = threading.Event()
    opened = []

    def hangs(index):
        paced(index)
        if len(opened) == 1 and index == 5:
            release.wait(20)

    def opener():
        opened.append(RoomSource(before_read=hangs))
        return opened[-1]

    with Rig(open_source=opener) as rig:
        rig.reaches(State.RECOVERING)
        assert rig.pipeline.status.problem is Problem.CAMERA_STALLED
        rig.shows(CARD[CardKind.RECOVERING], 3)
        assert len(opened) == 1
        assert not opened[0].closed, "a device must not be released under a read"
        release.set()
        rig.shows_effect()
    assert opened[0].closed


def test_an_open_that_never_returns_shows_the_card(monkeypatch):
    monkeypatch.setattr(supply, "OPENING", 0.1)
    monkeypatch.setattr(supply, "_RELEASE", 0.05)
    release = threading.Event()

    def opener():
        release.wait(20)
        return RoomSource(before_read=paced)

    with Rig(open_source=opener) as rig:
        rig.reaches(State.RECOVERING)
        rig.shows(CARD[CardKind.RECOVERING], 2)
        release.set()


def test_turning_an_effect_on_lets_no_raw_frame_pass_after_the_first_composite():
    with Rig(make_compositor=lambda _: ColourCompositor(ROOM), hides_room=False) as rig:
        rig.shows(ROOM)
        rig.pipeline.change(replace(rig.plan, make_compositor=lambda _: ColourCompositor(), hides_room=True))
        rig.shows_effect()
        first = rig.sink.sent.index(frozenset({EFFECT}))
        rig.shows(EFFECT, 20)
        assert all(ROOM not in colours for colours in rig.sink.sent[first:])
        rig.sink._sent.clear()


def test_another_effect_another_camera_and_another_model_never_show_the_room():
    plans = [
        {"make_compositor": lambda _: ColourCompositor((0, 0, 99))},
        {"open_source": lambda: RoomSource(before_read=paced)},
        {"open_segmenter": lambda: NobodySegmenter("other")},
    ]
    with Rig() as rig:
        rig.shows_effect()
        for change in plans * 5:
            rig.plan = replace(rig.plan, **change)
            rig.pipeline.change(rig.plan)
            rig.reaches(State.RUNNING)
            seen = len(rig.sink.sent)
            eventually(lambda seen=seen: len(rig.sink.sent) > seen + 3)
        eventually(lambda: rig.pipeline.status.model == "other")
        assert not rig.sink.closed, "a meeting must not lose the camera because a setting changed"


def test_a_model_that_cannot_be_loaded_later_leaves_the_old_one_at_work_with_a_warning():
    with Rig() as rig:
        rig.shows_effect()
        error = ModelError(Problem.DAMAGED_MODEL, "wrong hash")
        rig.pipeline.change(replace(rig.plan, open_segmenter=failing_opener(error)))
        eventually(lambda: rig.pipeline.status.problem is Problem.DAMAGED_MODEL)
        rig.shows_effect()
        assert rig.pipeline.status.state is State.RUNNING
        assert rig.pipeline.status.model == "nobody"


@pytest.mark.parametrize("state", [State.RUNNING, State.PAUSED, State.IDLE, State.FAILED, State.RECOVERING])
def test_stopping_in_any_state_ends_with_the_stopped_card_and_closes_everything(state):
    sources = []

    def opener():
        if state is State.RECOVERING:
            raise SourceError(Problem.NO_CAMERA, "none")
        sources.append(RoomSource(before_read=paced))
        return sources[-1]

    missing = failing_opener(ModelError(Problem.NO_MODEL, "not there"))
    with Rig(
        open_source=opener,
        open_segmenter=missing if state is State.FAILED else NobodySegmenter,
        on_demand=True,
        demand=lambda: state is not State.IDLE,
    ) as rig:
        if state is State.PAUSED:
            rig.pipeline.pause(True)
        rig.reaches(state)
        began = time.monotonic()
        rig.pipeline.stop()
        assert rig.pipeline.join(2), "stopping took more than 2 s"
        assert time.monotonic() - began < 2
    assert rig.sink.sent[-1] == frozenset({CARD[CardKind.STOPPED]})
    assert rig.sink.closed
    assert rig.pipeline.status.state is State.STOPPED
    assert all(source.closed for source in sources)


def test_a_sink_that_fails_while_sending_gets_nothing_but_checked_pictures_when_it_is_back(monkeypatch):
    monkeypatch.setattr("vcam.core.outlet._RETRY", 0.01)
    broken = threading.Event()

    def fails(_):
        if broken.is_set():
            broken.clear()
            raise SinkError(Problem.NO_VIRTUAL_CAMERA, "the module was removed")

    with Rig(sink=CollectingSink(before_send=fails)) as rig:
        rig.shows_effect()
        broken.set()
        eventually(lambda: rig.sink.closed)
        rig.shows_effect()


@pytest.mark.parametrize("moment", ["conform", "tap"])
@pytest.mark.parametrize("what", ["paused", "an effect is chosen"])
def test_a_raw_picture_that_is_being_made_does_not_follow_what_people_have_asked_for(what, moment):
    """They act at the worst moment: while the worker has the raw frame in its hands, or has just sent one."""
    asked = threading.Event()
    sent_before: list[int] = []

    def act():
        if asked.is_set() or len(rig.sink.sent) < 5:
            return
        if what == "paused":
            rig.pipeline.pause(True)
        else:
            rig.pipeline.change(replace(rig.plan, hides_room=True))
        sent_before.append(len(rig.sink.sent) + (moment == "tap"))  # that one is on its way already
        asked.set()

    def conform(_, size):
        act() if moment == "conform" else None
        return plain(size, ROOM)

    rig = Rig(
        open_source=lambda: RoomSource(Size(32, 32), before_read=paced),
        conform=conform,
        tap=lambda _: act() if moment == "tap" else None,
        hides_room=False,
    )
    with rig:
        assert asked.wait(10)
        rig.shows(CARD[CardKind.PAUSED] if what == "paused" else EFFECT, 3)
        after = rig.sink.sent[sent_before[0] :]
        assert all(ROOM not in colours for colours in after)
        assert not rig.went_through(State.RECOVERING), "nothing has hung"
        rig.sink._sent.clear()
