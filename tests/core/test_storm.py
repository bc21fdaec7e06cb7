"""Everything at once, at random: thousands of frames through every fault, and not one of the room."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from tests.core.rig import Rig, eventually
from vcam.core import mending, supply, watchdog
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
)
from vcam.core.frame import Matte
from vcam.core.ports import CardKind
from vcam.core.status import State

STEPS = 40
PICTURES = 6
OTHER = (0, 0, 99)


class Storm:
    """A rig whose every part can be made to fail, and a watch on the room at sink and preview."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.faults: dict[str, str] = {}
        self.hang_over = threading.Event()
        self.hang_over.set()
        self.watched = True
        self.raw_allowed = False
        self.leaks: list[str] = []
        self.rig = Rig(
            sink=CollectingSink(),
            open_source=self.camera,
            open_segmenter=self.model,
            make_refiner=lambda: PlainRefiner(self.spoil("refiner")),
            tap=lambda pixels: self.look("preview", pixels),
            on_demand=True,
            demand=lambda: self.watched,
        )
        self.plan = self.rig.plan
        self.send = self.rig.sink.send
        self.rig.sink.send = self.look_and_send
        self.changes = self.sent = 0

    def look(self, where, pixels):
        if not self.raw_allowed and (pixels == ROOM).all(axis=2).any():
            self.leaks.append(f"{where} in {self.rig.pipeline.status.state}")

    def look_and_send(self, pixels):
        self.fail("sink", SinkError)  # not within the fake: whoever asked it what was sent would hang, too
        self.look("sink", pixels)
        self.send(pixels)
        self.sent += 1

    def fail(self, part, kind):
        match self.faults.get(part):
            case "expected":
                raise kind(Problem.UNFORESEEN, "broken")
            case "unforeseen":
                raise ZeroDivisionError("our bug")
            case "memory":
                raise MemoryError
            case "hang":
                self.hang_over.wait(20)

    def spoil(self, part):
        def spoil(matte):
            self.fail(part, ModelError)
            if self.faults.get(part) == "nan":
                return Matte(np.full_like(matte.alpha, np.nan), matte.captured_at)
            return matte

        return spoil

    def camera(self):
        self.fail("open", SourceError)

        def before_read(_):
            time.sleep(0.001)
            self.fail("read", SourceError)

        return RoomSource(before_read=before_read)

    def model(self):
        self.fail("load", ModelError)
        return NobodySegmenter(spoil=self.spoil("segmenter"))

    def effect(self, bgr):
        def make(_):
            self.fail("background", BackgroundError)
            return ColourCompositor(bgr)

        return make

    def change(self, **changes):
        self.changes += 1
        self.plan = replace(self.plan, choice=str(self.changes), **changes)
        self.rig.pipeline.change(self.plan)

    def step(self):
        parts = ["open", "read", "load", "segmenter", "refiner", "background", "sink"]
        kinds = ["expected", "unforeseen", "memory", "hang", "nan"]
        for command in self.random.sample(
            [
                lambda: self.rig.pipeline.pause(self.random.random() < 0.4),
                lambda: self.change(make_compositor=self.effect(self.random.choice([EFFECT, OTHER]))),
                lambda: self.change(open_source=partial(self.camera)),
                lambda: self.change(open_segmenter=partial(self.model)),
                lambda: self.faults.update({self.random.choice(parts): self.random.choice(kinds)}),
                lambda: self.faults.update({self.random.choice(parts): self.random.choice(kinds)}),
                self.faults.clear,
                self.hang_over.clear,
                self.hang_over.set,
                self.rig.pipeline.start,
                lambda: setattr(self, "watched", self.random.random() < 0.8),
            ],
            self.random.randrange(1, 4),
        ):
            command()

    def calm(self):
        self.faults.clear()
        self.hang_over.set()
        self.watched = True
        self.rig.pipeline.pause(False)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr(watchdog, "STAGE_LIMIT", 0.05)
    monkeypatch.setattr(watchdog, "LOAD_LIMIT", 0.1)
    monkeypatch.setattr(supply, "STALL", 0.05)
    monkeypatch.setattr(supply, "OPENING", 0.2)
    monkeypatch.setattr(supply, "_RELEASE", 0.01)
    monkeypatch.setattr(supply, "_BACK_OFF", (0.005,))
    monkeypatch.setattr(mending, "_BACK_OFF", (0.005,))
    monkeypatch.setattr("vcam.core.outlet._RETRY", 0.02)
    monkeypatch.setattr("vcam.core.outlet._LOCK_PATIENCE", 0.02)


@pytest.mark.parametrize("seed", range(5))
def test_whatever_happens_the_room_is_not_shown_and_calm_brings_the_picture_back(seed):
    storm = Storm(seed)
    with storm.rig as rig:
        for _ in range(STEPS):
            storm.step()
            wanted, until = storm.sent + PICTURES, time.monotonic() + 0.05
            eventually(lambda wanted=wanted, until=until: storm.sent >= wanted or time.monotonic() > until)
        storm.calm()
        eventually(lambda: rig.pipeline.status.state is not State.FAILED or rig.pipeline.start(), 20)
        storm.change(make_compositor=storm.effect(EFFECT), open_source=partial(storm.camera))
        eventually(lambda: rig.pipeline.status.state is State.RUNNING or rig.pipeline.start(), 20)
        rig.shows_effect()
        assert not storm.leaks
    assert rig.sink.sent[-1] == frozenset({CARD[CardKind.STOPPED]})
    names = {"pipeline", "watchdog", "capture"}
    eventually(lambda: not any(thread.name in names for thread in threading.enumerate()))


def test_once_an_effect_is_adopted_no_raw_frame_follows_at_sink_or_preview():
    storm = Storm(1)
    with storm.rig as rig:
        rig.shows_effect()
        for _ in range(30):
            storm.raw_allowed = True
            storm.change(hides_room=False)
            rig.shows(ROOM, storm.random.randrange(1, 4))
            storm.change(hides_room=True, make_compositor=storm.effect(EFFECT))
            eventually(lambda: rig.pipeline.status.choice == storm.plan.choice)
            storm.raw_allowed = False
            rig.shows(EFFECT, storm.random.randrange(1, 6))
        assert not storm.leaks
        rig.sink._sent.clear()
