"""What the pipeline does when all goes well, and what it tells."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from tests.core.rig import Rig, eventually, paced
from vcam.core.budget import Economy
from vcam.core.errors import Closed, IllegalTransition, Problem, SinkError, SourceError
from vcam.core.fakes import CARD, ROOM, CollectingSink, ColourCompositor, RoomSource, plain
from vcam.core.frame import Size
from vcam.core.mailbox import Mailbox
from vcam.core.ports import CardKind
from vcam.core.status import TRANSITIONS, State, check_transition


def test_a_file_is_worked_through_to_its_last_frame_and_the_run_ends():
    rig = Rig(open_source=lambda: RoomSource(frames=50), lossless=True)
    with rig:
        assert rig.pipeline.join(20)
    stats = rig.pipeline.status.stats
    assert (stats.frames_in, stats.frames_out, stats.dropped, stats.inferred) == (50, 50, 0, 50)
    assert rig.pipeline.status.problem is None


def test_a_slow_pipeline_takes_the_newest_frame_and_counts_the_others_as_dropped():
    slow = threading.Event()

    def spoil(pixels):
        slow.wait(0.05)
        return pixels

    with Rig(make_compositor=lambda _: ColourCompositor(spoil=spoil)) as rig:
        eventually(lambda: rig.pipeline.status.stats.dropped > 5)
        stats = rig.pipeline.status.stats
        assert stats.frames_in >= stats.frames_out + stats.dropped


class Skipper(RoomSource):
    """A camera that notes which frames were left undecoded."""

    def __init__(self) -> None:
        super().__init__(before_read=paced)
        self.skipped: list[int] = []

    def skip(self) -> None:
        self.skipped.append(self.read().index)


def test_the_last_economy_leaves_every_second_frame_undecoded_and_never_the_first():
    camera = Skipper()
    with Rig(open_source=lambda: camera, economy=Economy.FEWER) as rig:
        eventually(lambda: len(camera.skipped) > 5)
        rig.shows_effect()
        rig.pipeline.change(replace(rig.plan, economy=Economy.FULL))
        eventually(lambda: rig.pipeline.status.economy is Economy.FULL)
        rig.shows_effect()
        skipped = list(camera.skipped)
        rig.shows_effect()
        assert camera.skipped == skipped
    assert all(index % 2 for index in skipped)


def test_a_source_that_cannot_skip_is_read_and_shown_half_as_often():
    with Rig(open_source=lambda: RoomSource(frames=40, before_read=paced), economy=Economy.FEWER) as rig:
        assert rig.pipeline.join(10)
    stats = rig.pipeline.status.stats
    assert stats.frames_in == 40
    assert stats.frames_out + stats.dropped <= 20


def test_without_an_effect_the_camera_is_shown_as_it_is():
    with Rig(hides_room=False) as rig:
        rig.shows(ROOM, 3)
        rig.sink._sent.clear()
        rig.pipeline.stop()
        rig.pipeline.join(5)
        rig.sink._sent.clear()


def test_frames_of_another_size_are_conformed_to_the_sink():
    with Rig(open_source=lambda: RoomSource(Size(32, 32), before_read=paced)) as rig:
        rig.shows_effect()


def test_pausing_closes_the_camera_and_shows_the_privacy_card():
    sources = []

    def opener():
        sources.append(RoomSource(before_read=paced))
        return sources[-1]

    with Rig(open_source=opener) as rig:
        rig.shows_effect()
        rig.pipeline.pause(True)
        rig.reaches(State.PAUSED)
        rig.shows(CARD[CardKind.PAUSED], 2)
        assert sources[0].closed
        rig.pipeline.pause(False)
        rig.shows_effect()
        assert len(sources) == 2


def test_while_nobody_looks_the_camera_is_closed_and_the_card_keeps_the_device_listed():
    watched = threading.Event()
    sources = []

    def opener():
        sources.append(RoomSource(before_read=paced))
        return sources[-1]

    with Rig(open_source=opener, on_demand=True, demand=watched.is_set) as rig:
        rig.reaches(State.IDLE)
        rig.shows(CARD[CardKind.IDLE])
        assert not sources
        eventually(lambda: rig.pipeline.status.model == "nobody")  # loaded ahead: the first wake is quick
        watched.set()
        rig.shows_effect()
        watched.clear()
        rig.reaches(State.IDLE)
        assert sources[0].closed
        rig.pipeline.pause(True)
        rig.reaches(State.PAUSED)
        rig.pipeline.pause(False)
        rig.reaches(State.IDLE)


def test_a_missing_virtual_camera_is_waited_for_while_the_preview_is_served(monkeypatch):
    monkeypatch.setattr("vcam.core.outlet._RETRY", 0.01)
    plugged = threading.Event()
    sink = CollectingSink()
    seen = []

    def open_sink():
        if not plugged.is_set():
            raise SinkError(Problem.NO_VIRTUAL_CAMERA, "no module")
        return sink

    with Rig(sink=sink, open_sink=open_sink, tap=lambda pixels: seen.append(len(pixels))) as rig:
        rig.reaches(State.RUNNING)
        assert rig.pipeline.status.problem is Problem.NO_VIRTUAL_CAMERA
        eventually(lambda: len(seen) > 3)
        plugged.set()
        rig.shows_effect()
        eventually(lambda: rig.pipeline.status.problem is None)
        assert rig.pipeline.status.sink == "collected"


def test_headless_a_missing_sink_ends_the_run_with_its_problem():
    def open_sink():
        raise SinkError(Problem.UNWRITABLE_SINK, "disk full")

    with Rig(open_sink=open_sink, sink_required=True) as rig:
        assert rig.pipeline.join(5)
    assert rig.pipeline.status.state is State.STOPPED
    assert rig.pipeline.status.problem is Problem.UNWRITABLE_SINK


def test_headless_a_sink_that_fails_ends_the_run_with_its_problem():
    def fails(count):
        if count > 5:
            raise SinkError(Problem.UNWRITABLE_SINK, "disk full")

    with Rig(sink=CollectingSink(before_send=fails), sink_required=True) as rig:
        assert rig.pipeline.join(5)
    assert rig.pipeline.status.problem is Problem.UNWRITABLE_SINK


def test_a_file_that_cannot_be_read_ends_the_run_at_once():
    def opener():
        raise SourceError(Problem.UNREADABLE_SOURCE, "not a clip")

    with Rig(open_source=opener, patient=False, sink_required=True) as rig:
        assert rig.pipeline.join(5)
    assert rig.pipeline.status.problem is Problem.UNREADABLE_SOURCE


def test_status_names_what_is_open_and_a_listener_that_raises_is_survived(caplog):
    def listener(_):
        raise RuntimeError("the listener's own bug")

    with Rig(on_status=listener) as rig:
        rig.shows_effect()
        eventually(lambda: rig.pipeline.status.stats.frames_out > 3)
        status = rig.pipeline.status
        assert (status.camera, status.sink, status.model) == ("the room", "collected", "nobody")
        assert status.source.size == Size(64, 48)
        eventually(lambda: rig.pipeline.status.stats.fps > 0)
    assert "a status listener failed" in caplog.text


def test_joining_a_pipeline_that_never_started_returns_at_once():
    assert Rig().pipeline.join(0)


def test_transitions_outside_the_table_raise():
    with pytest.raises(IllegalTransition, match="stopped → running"):
        check_transition(State.STOPPED, State.RUNNING)
    assert set(TRANSITIONS) == set(State)


def test_a_mailbox_hands_out_the_newest_then_its_error_or_its_end():
    box: Mailbox[int] = Mailbox()
    assert box.take(0) is None
    box.put(1)
    box.put(2)
    assert box.take(0) == 2
    assert box.dropped == 1
    box.put(3)
    box.close(SourceError(Problem.CAMERA_GONE, "gone"))
    box.close()
    box.put(4)
    assert box.take(0) == 3
    with pytest.raises(SourceError):
        box.take(0)
    quiet: Mailbox[int] = Mailbox()
    quiet.close()
    with pytest.raises(Closed):
        quiet.take(0)


def test_sizes_say_what_is_wrong_with_them():
    assert str(Size(4, 3)) == "4×3"
    assert Size.of(plain(Size(4, 3), ROOM)) == Size(4, 3)
    with pytest.raises(ValueError, match="0×3"):
        Size(0, 3)


def test_on_demand_can_be_turned_off_and_on_while_nobody_looks():
    with Rig(on_demand=True, demand=lambda: False) as rig:
        rig.reaches(State.IDLE)
        rig.pipeline.change(replace(rig.plan, on_demand=False))
        rig.shows_effect()
        rig.pipeline.change(rig.plan)
        rig.reaches(State.IDLE)


def test_a_camera_that_changes_its_rate_keeps_the_picture():
    """As cameras do in the dark: from two hundred frames a second to five, and back."""
    slow = threading.Event()
    stop = threading.Event()

    def paced_otherwise(count):
        stop.wait(0.2) if slow.is_set() else paced(count)

    with Rig(open_source=lambda: RoomSource(before_read=paced_otherwise)) as rig:
        rig.shows_effect()
        slow.set()
        rig.shows_effect()
        slow.clear()
        rig.shows_effect()
        stop.set()
        assert not rig.went_through(State.RECOVERING)
