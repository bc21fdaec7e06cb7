"""The network's file while the app runs: what is loaded goes on, what cannot be loaded shows a card."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.core.rig import eventually, paced
from vcam.adapters.files import write_atomically
from vcam.app import App
from vcam.auto import Auto
from vcam.core import mending
from vcam.core.background import Colour
from vcam.core.errors import Problem
from vcam.core.fakes import ROOM, CollectingSink, RoomSource
from vcam.core.frame import Size
from vcam.core.settings import Settings
from vcam.core.status import State
from vcam.phrases import sentence
from vcam.planner import Planner

SIZE = Size(160, 90)
BEHIND = Colour(0, 0, 200)
NEAR = 40
"""Levels: the sink holds the exact colours of each picture, and light from behind may fall on an edge."""


def _truncate(model: Path) -> None:
    with model.open("r+b") as file:
        file.truncate(model.stat().st_size // 2)


HARMS = {
    "replaced": lambda model: write_atomically(model, b"another file of this name"),
    "written over": lambda model: model.write_bytes(b"x" * model.stat().st_size),
    "cut short": _truncate,
    "deleted": Path.unlink,
    "its card deleted": lambda model: model.with_suffix(".json").unlink(),
}


@pytest.fixture
def sink():
    return CollectingSink(SIZE)


@pytest.fixture
def model(make_model, tiny_network):
    """A network that finds nobody, anywhere."""
    return make_model(tiny_network(value=0.0)).with_suffix(".onnx")


@pytest.fixture
def app(model, sink, monkeypatch):
    monkeypatch.setattr(mending, "_BACK_OFF", (0.05,))
    planner = Planner(model.parent, open_source=lambda: RoomSource(SIZE, before_read=paced))

    def fittings(settings):
        return planner.fittings(lambda: sink, settings.size)

    auto = Auto(model.parent, model.parent / "auto.json", fps=30.0)
    made = App(Settings(size=SIZE, effect=BEHIND, model="tiny"), planner, fittings, lambda _: None, auto)
    yield made
    assert made.close(5)
    colours = np.array([bgr for picture in sink.sent for bgr in picture], np.int16)
    assert not (np.abs(colours - ROOM).max(axis=1) < NEAR).any(), "the room was shown"


def runs(app):
    eventually(lambda: app.status().state is State.RUNNING and app.status().problem is None)


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)
def test_what_befalls_the_file_counts_from_the_next_load_on_and_is_mended_by_putting_it_back(
    app, sink, model, harm
):
    good, card = model.read_bytes(), model.with_suffix(".json").read_bytes()
    app.turn(on=True)
    runs(app)
    harm(model)
    sent = len(sink.sent)
    eventually(lambda: len(sink.sent) > sent + 5)
    runs(app)

    app.turn(on=False)
    eventually(lambda: app._pipeline is None)
    app.turn(on=True)
    eventually(lambda: app.status().state is State.FAILED)
    status = app.status()
    assert status.problem in (Problem.DAMAGED_MODEL, Problem.NO_MODEL)
    said = sentence(status.problem, status.detail)
    assert "tiny" in said
    assert "install" in said.lower()

    write_atomically(model, good)
    write_atomically(model.with_suffix(".json"), card)
    runs(app)


def test_a_network_that_is_damaged_when_it_is_chosen_leaves_the_first_one_at_work(app, sink, model):
    card = json.loads(model.with_suffix(".json").read_text()) | {"name": "other", "file": "other.onnx"}
    model.with_name("other.json").write_text(json.dumps(card))
    model.with_name("other.onnx").write_bytes(model.read_bytes()[:-100])
    app.turn(on=True)
    runs(app)
    app.change(replace(app.settings(), model="other"))
    eventually(lambda: app.status().problem is Problem.DAMAGED_MODEL)
    assert app.status().state is State.RUNNING
    assert app.status().model == "tiny"
    sent = len(sink.sent)
    eventually(lambda: len(sink.sent) > sent + 5)

    model.with_name("other.onnx").write_bytes(model.read_bytes())
    app.turn(on=True)
    app.change(replace(app.settings(), model="tiny"))
    app.change(replace(app.settings(), model="other"))
    eventually(lambda: app.status().model == "other" and app.status().problem is None)
