"""The running app: settings applied at once, restarts that nobody in the meeting notices."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.core.rig import eventually
from vcam.adapters.file_sinks import NullSink
from vcam.adapters.synthetic import SyntheticSource
from vcam.app import App
from vcam.auto import LESSON, Auto
from vcam.core.autoquality import AutoQuality, Context
from vcam.core.background import Blur, Colour, NoEffect, Picture
from vcam.core.budget import Economy
from vcam.core.errors import Problem, SettingsError
from vcam.core.frame import Size
from vcam.core.pipeline import Pipeline
from vcam.core.settings import Quality, Settings
from vcam.core.status import State, Status
from vcam.planner import Planner
from vcam.resources import MODELS

SIZE = Size(160, 90)
CALM = Context(cores=8, vnni=True, load=0.1, battery=False)


class Bench:
    """An app over the drawn presenter, with everything it said and opened."""

    def __init__(self, memory, **changes):
        self.saved, self.sinks, self.statuses = [], [], []
        self.watched = True
        self.planner = Planner(open_source=partial(SyntheticSource, SIZE, 30.0))
        settings = replace(Settings(size=SIZE, on_demand=True), **changes)
        self.auto = Auto(MODELS, memory, fps=30.0, context=lambda: CALM)
        self.app = App(settings, self.planner, self.fittings, self.saved.append, self.auto)
        self.app.subscribe(self.statuses.append)

    def fittings(self, settings):
        def open_sink():
            self.sinks.append(NullSink(settings.size))
            return self.sinks[-1]

        return self.planner.fittings(open_sink, settings.size, demand=lambda: self.watched)

    def reaches(self, state):
        eventually(lambda: self.app.status().state is state)


@pytest.fixture
def bench(tmp_path):
    made = Bench(tmp_path / "auto.json")
    yield made
    assert made.app.close(5)


def test_turning_on_and_off_and_on(bench):
    assert bench.app.status().state is State.STOPPED
    bench.app.turn(on=False)
    for _ in range(2):
        bench.app.turn(on=True)
        bench.reaches(State.RUNNING)
        bench.app.turn(on=False)
        bench.reaches(State.STOPPED)
    assert len(bench.sinks) == 2


def test_memory_is_given_back_once_at_the_end_of_each_meeting(bench, monkeypatch):
    given: list[State] = []
    monkeypatch.setattr("vcam.app.give_memory_back", lambda: given.append(bench.statuses[-1].state))
    bench.app.turn(on=True)
    for meeting in range(1, 3):
        bench.watched = True
        bench.reaches(State.RUNNING)
        bench.watched = False
        eventually(lambda meeting=meeting: given == [State.IDLE] * meeting)
    bench.app.turn(on=False)
    eventually(lambda: given == [State.IDLE] * 2 + [State.STOPPED])


def test_turning_on_while_the_last_run_still_ends_begins_anew(bench):
    bench.app.turn(on=True)
    bench.reaches(State.RUNNING)
    bench.app.turn(on=False)
    bench.app.turn(on=True)
    eventually(lambda: len(bench.sinks) == 2)
    bench.reaches(State.RUNNING)


@pytest.mark.parametrize(
    "change",
    [
        {"effect": Colour()},
        {"effect": NoEffect()},
        {"effect": Blur(0.2)},
        {"quality": Quality.PERFORMANCE},
        {"light_wrap": True},
        {"mirror_preview": False},
    ],
)
def test_a_change_is_saved_and_applied_while_the_sink_stays(bench, change):
    bench.app.turn(on=True)
    bench.reaches(State.RUNNING)
    wanted = replace(bench.app.settings(), **change)
    bench.app.change(wanted)
    sent = bench.sinks[0].count
    eventually(lambda: bench.sinks[0].count > sent + 3)
    assert bench.saved == [wanted]
    assert bench.app.settings() == wanted
    assert len(bench.sinks) == 1
    bench.app.change(wanted)
    assert bench.saved == [wanted], "nothing changed, nothing to save"


def test_a_picture_that_is_gone_leaves_blur_and_a_warning(bench):
    bench.app.change(replace(bench.app.settings(), effect=Picture(Path("gone.png"))))
    bench.app.turn(on=True)
    eventually(lambda: bench.app.status().problem is Problem.UNREADABLE_BACKGROUND)
    bench.reaches(State.RUNNING)


def test_another_size_waits_for_the_meeting_to_end_and_follows_at_once_when_nobody_watches(bench):
    bench.app.turn(on=True)
    bench.reaches(State.RUNNING)
    bench.app.change(replace(bench.app.settings(), size=Size(320, 180)))
    sent = bench.sinks[0].count
    eventually(lambda: bench.sinks[0].count > sent + 3)
    assert [sink.size for sink in bench.sinks] == [SIZE]
    bench.watched = False
    eventually(lambda: [sink.size for sink in bench.sinks] == [SIZE, Size(320, 180)])
    bench.reaches(State.IDLE)
    bench.app.change(replace(bench.app.settings(), size=Size(640, 360)))
    eventually(lambda: len(bench.sinks) == 3)
    assert bench.sinks[2].size == Size(640, 360)


def test_pausing_is_kept_over_a_restart(bench):
    bench.app.pause(paused=True)
    bench.app.turn(on=True)
    bench.reaches(State.PAUSED)
    bench.app.pause(paused=False)
    bench.reaches(State.RUNNING)


def test_what_stayed_the_same_is_not_opened_anew():
    planner = Planner()
    settings = Settings()
    first = planner.plan(settings)
    second = planner.plan(replace(settings, effect=Colour()))
    third = planner.plan(replace(settings, camera="other"))
    assert first.open_source is second.open_source
    assert first.open_segmenter is second.open_segmenter
    assert first.make_compositor is not second.make_compositor
    assert third.open_source is not first.open_source


def test_over_the_cpu_budget_the_app_saves_step_by_step_and_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr("vcam.core.budget.SETTLE", 0.0)
    bench = Bench(tmp_path / "auto.json", cpu_budget=1)
    bench.app.turn(on=True)
    eventually(lambda: bench.app.status().economy is Economy.FEWER, seconds=20)
    assert {status.economy for status in bench.statuses} == set(Economy)
    bench.app.change(replace(bench.app.settings(), cpu_budget=0))
    eventually(lambda: bench.app.status().economy is Economy.FULL)
    assert len(bench.sinks) == 1
    assert bench.app.close(5)


def test_each_economy_includes_those_before_it():
    planner = Planner()
    plans = [planner.plan(Settings(), economy) for economy in Economy]
    full, reuse, smaller, fewer = plans
    assert full.make_gate is not reuse.make_gate
    assert full.open_segmenter is reuse.open_segmenter
    assert smaller.open_segmenter is not reuse.open_segmenter
    assert fewer.open_segmenter is smaller.open_segmenter
    assert fewer.make_gate is smaller.make_gate is reuse.make_gate
    assert [plan.economy for plan in plans] == list(Economy)


def test_auto_learns_from_running_keeps_it_and_explains_itself(monkeypatch, tmp_path):
    monkeypatch.setattr("vcam.auto.LESSON", 0.2)
    bench = Bench(tmp_path / "auto.json", quality=Quality.AUTO, cpu_budget=0)
    bench.app.turn(on=True)
    eventually((tmp_path / "auto.json").exists, seconds=20)
    eventually(lambda: bench.app.status().choice)
    assert bench.app.close(5)
    again = Auto(MODELS, tmp_path / "auto.json", fps=30.0, context=lambda: CALM)
    assert again.current
    assert again.explain()


def test_a_thumb_down_takes_another_network_and_is_remembered(tmp_path):
    bench = Bench(tmp_path / "auto.json", quality=Quality.AUTO, cpu_budget=0)
    bench.app.rate(-1)  # nothing is used yet: nothing is learnt
    bench.app.turn(on=True)
    bench.reaches(State.RUNNING)
    disliked = bench.app.status().model
    bench.app.rate(-1)
    eventually(lambda: bench.app.status().model != disliked, seconds=20)
    eventually((tmp_path / "auto.json").exists)
    assert bench.app.close(5)
    again = Auto(MODELS, tmp_path / "auto.json", fps=30.0, context=lambda: CALM)
    assert again.model(watched=True) != disliked


def test_thumbs_teach_nothing_where_people_choose_themselves(tmp_path):
    bench = Bench(tmp_path / "auto.json")
    bench.app.turn(on=True)
    bench.reaches(State.RUNNING)
    bench.app.rate(1)
    assert bench.app.close(5)
    assert not (tmp_path / "auto.json").exists()


def test_auto_learns_from_the_flicker_that_it_is_told(monkeypatch, tmp_path):
    lessons, now = [], [0.0]
    auto = Auto(MODELS, tmp_path / "auto.json", fps=30.0, context=lambda: CALM, clock=lambda: now[0])
    monkeypatch.setattr(AutoQuality, "observe", lambda _self, *lesson: lessons.append(lesson))
    status = Status(state=State.RUNNING, model=auto.current)
    auto.flickered(0.5)  # before the lesson begins
    auto.observe(status)
    for value in (0.01, 0.03):
        auto.flickered(value)
    now[0] = LESSON
    auto.observe(status)
    assert [lesson[2].flicker for lesson in lessons] == [pytest.approx(0.02)]


def test_a_spoilt_memory_of_auto_is_said_and_learnt_anew(tmp_path, caplog):
    (tmp_path / "auto.json").write_text("{")
    auto = Auto(MODELS, tmp_path / "auto.json", fps=30.0, context=lambda: CALM)
    assert auto.current
    assert "learnt anew" in caplog.text


def test_auto_without_any_network_chooses_none(tmp_path):
    auto = Auto(tmp_path, tmp_path / "auto.json", fps=30.0, context=lambda: CALM)
    assert auto.current == ""
    assert auto.explain() == ""
    assert auto.observe(Status(state=State.RUNNING)) is None


def test_a_notice_is_told_until_the_pipeline_has_worse_to_tell_or_it_is_over(bench):
    bench.app.notice(SettingsError(Problem.UNSAVED_SETTINGS, "disk full"))
    assert bench.statuses[-1].problem is Problem.UNSAVED_SETTINGS
    bench.app.turn(on=True)
    bench.reaches(State.RUNNING)
    assert bench.app.status().problem is Problem.UNSAVED_SETTINGS
    bench.app.notice(None)
    assert bench.app.status().problem is None


def test_an_effect_counts_even_where_it_cannot_be_remembered(bench, monkeypatch):
    made = []
    monkeypatch.setattr(bench.app, "_save", failing(OSError(28, "no space left on device")))
    compositor = bench.planner._make_compositor
    monkeypatch.setattr(
        bench.planner,
        "_make_compositor",
        lambda settings, size: made.append(settings.effect) or compositor(settings, size),
    )
    bench.app.turn(on=True)
    bench.reaches(State.RUNNING)
    bench.app.change(replace(bench.app.settings(), effect=Colour()))
    eventually(lambda: Colour() in made)
    assert "no space left" in bench.app.status().detail


def failing(error):
    def fails(*_):
        raise error

    return fails


def test_a_listener_that_fails_at_the_end_does_not_keep_the_app_from_beginning_anew(bench, caplog):
    def listener(status):
        if status.state is State.STOPPED:
            raise RuntimeError("its window is gone")

    bench.app._listeners.insert(0, listener)
    for _ in range(2):
        bench.app.turn(on=True)
        bench.reaches(State.RUNNING)
        bench.app.turn(on=False)
        eventually(lambda: bench.app._pipeline is None)
    assert len(bench.sinks) == 2
    assert "its window is gone" in caplog.text


def test_a_camera_that_hangs_is_not_opened_again_by_turning_off_and_on(tmp_path, monkeypatch):
    monkeypatch.setattr("vcam.core.supply._RELEASE", 0.02)
    opened, release = [], threading.Event()

    class Hangs(SyntheticSource):
        def read(self):
            release.wait(30)
            return super().read()

    def opener():
        opened.append(Hangs(SIZE, 30.0))
        return opened[-1]

    bench = Bench(tmp_path / "auto.json")
    bench.planner._open_source = opener
    bench.app.turn(on=True)
    eventually(lambda: opened)
    for _ in range(3):
        bench.app.turn(on=False)
        eventually(lambda: bench.app._pipeline is None)
        bench.app.turn(on=True)
        eventually(lambda: bench.app.status().problem is Problem.CAMERA_STALLED)
    assert len(opened) == 1
    assert bench.app.close(5)
    release.set()
    eventually(lambda: not any(thread.name == "capture" for thread in threading.enumerate()))


def test_turning_and_pausing_from_many_threads_at_once_ends_as_the_last_word_says(bench):
    def fidget(number):
        for step in range(20):
            bench.app.turn(on=(number + step) % 2 == 0)
            bench.app.pause(paused=step % 3 == 0)
            bench.app.change(replace(bench.app.settings(), effect=Blur(step / 20)))

    threads = [threading.Thread(target=fidget, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    bench.app.pause(paused=False)
    bench.app.turn(on=True)
    bench.reaches(State.RUNNING)
    bench.app.turn(on=False)
    eventually(lambda: bench.app._pipeline is None)
    names = {"pipeline", "capture", "watchdog"}
    eventually(lambda: not any(thread.name in names for thread in threading.enumerate()))


def test_a_slow_disk_under_autos_memory_stops_nothing(monkeypatch, tmp_path):
    writing, release = threading.Event(), threading.Event()

    def slow(*_):
        writing.set()
        release.wait(30)

    monkeypatch.setattr("vcam.auto.LESSON", 0.05)
    monkeypatch.setattr("vcam.auto.write_atomically", slow)
    bench = Bench(tmp_path / "auto.json", quality=Quality.AUTO, cpu_budget=0)
    bench.app.turn(on=True)
    assert writing.wait(20)
    sent = bench.sinks[0].count
    eventually(lambda: bench.sinks[0].count > sent + 3)
    bench.app.change(replace(bench.app.settings(), effect=Colour()))
    release.set()
    assert bench.app.close(5)


def test_what_could_not_be_saved_is_tried_again_on_demand(bench):
    bench.app.change(bench.app.settings())
    assert bench.saved == []
    bench.app.notice(SettingsError(Problem.UNSAVED_SETTINGS, "disk full"))
    bench.app.change(bench.app.settings())
    assert bench.saved == [bench.app.settings()]


def test_the_app_ends_in_time_even_where_saving_a_change_hangs(tmp_path):
    bench, saving, release = Bench(tmp_path / "auto.json"), threading.Event(), threading.Event()

    def hangs(_):
        saving.set()
        release.wait(30)

    bench.app._save = hangs
    bench.app.turn(on=True)
    bench.reaches(State.RUNNING)
    changing = threading.Thread(target=lambda: bench.app.change(replace(bench.app.settings(), fps=15)))
    changing.start()
    assert saving.wait(10)
    began = time.monotonic()
    bench.app.close(0.2)
    assert time.monotonic() - began < 2
    release.set()
    changing.join(10)
    eventually(lambda: bench.app._pipeline is None)


def test_a_run_that_there_is_no_memory_for_begins_as_soon_as_there_is(bench, monkeypatch):
    monkeypatch.setattr("vcam.app._AGAIN", 0.01)
    short, tried = threading.Event(), []
    start = Pipeline.start

    def starts(self):
        if short.is_set():
            tried.append(1)
            raise RuntimeError("can't start new thread")
        start(self)

    monkeypatch.setattr(Pipeline, "start", starts)
    bench.app.turn(True)
    eventually(lambda: bench.app.status().state is State.RUNNING)
    first = bench.app._pipeline
    short.set()
    first.stop()
    eventually(lambda: len(tried) >= 3)
    assert bench.app.status().problem is Problem.NO_MEMORY
    short.clear()
    eventually(lambda: bench.app.status().state is State.RUNNING)
    assert bench.app.status().problem is None
