import re
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from vcam.core.background import Blur, Clip, Colour, NoEffect, Picture
from vcam.core.budget import Economy
from vcam.core.errors import Problem
from vcam.core.settings import Codec, Quality
from vcam.core.status import StageTimes, State, Stats, Status
from vcam.ui import words
from vcam.ui.advice import Action, action_label, advice
from vcam.ui.words import fill

pytestmark = pytest.mark.usefixtures("qapp")


def test_fill_puts_each_value_in_its_place_once() -> None:
    assert fill("%2 before %1", "one", "two") == "two before one"
    assert fill("%1", "%2") == "%2"
    assert fill("100 % of %1", "x") == "100 % of x"


@pytest.mark.parametrize("problem", Problem)
def test_every_problem_has_words_and_one_action(problem: Problem) -> None:
    said = advice(problem)
    assert said.title
    assert not said.title.endswith(".")
    assert said.sentence
    assert action_label(said.action)


def test_every_action_has_its_own_label() -> None:
    labels = [action_label(action) for action in Action]
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("problem", [None, Problem.CAMERA_BUSY])
def test_every_state_has_words(state: State, problem: Problem | None) -> None:
    status = Status(state=state, problem=problem)
    title, sentence = words.instead_of_picture(status)
    assert title
    assert sentence
    assert words.status_line(status)
    assert not re.search(r"%\d", words.status_line(status))


def test_status_lines_say_what_the_style_asks_for(qapp: QApplication) -> None:
    stats = Stats(fps=29.7, cpu_percent=6.2)
    running = Status(state=State.RUNNING, camera="Logitech C920", stats=stats)
    assert words.status_line(Status(state=State.IDLE)) == "Ready: no app is using “Virtual Cam”"
    fixed = Status(state=State.IDLE, sink="OBS Virtual Camera")
    assert words.status_line(fixed) == "Ready: no app is using “OBS Virtual Camera”"
    assert "“OBS Virtual Camera”" in words.instead_of_picture(fixed)[1]
    missing = Status(state=State.IDLE, problem=Problem.NO_VIRTUAL_CAMERA)
    assert words.status_line(missing) == "There is no virtual camera yet"
    assert words.panel_line(missing) == "The camera is off"
    assert words.status_line(running) == "On: Logitech C920, 30 fps, 6 % CPU"
    assert words.status_line(replace(running, camera="")) == "On: 30 fps, 6 % CPU"


@pytest.mark.parametrize("economy", Economy)
def test_the_panel_says_what_is_done_to_save_cpu(economy: Economy) -> None:
    running = Status(state=State.RUNNING, economy=economy)
    saving = "Saving CPU" in words.panel_line(running)
    assert saving is (economy is not Economy.FULL)
    assert "Saving" not in words.panel_line(replace(running, state=State.PAUSED))


def test_automatic_quality_says_what_it_has_chosen() -> None:
    stats = Stats(stages=StageTimes(segment=1.34))
    status = Status(state=State.RUNNING, model="balanced", choice="Balanced int8: 1.3 ms of 33", stats=stats)
    said = words.automatic_line(status, 30)
    assert said == "Automatic: Balanced, 1.3 of 33 ms on this computer"
    assert words.quality_hint(Quality.AUTO, said) == said
    assert words.automatic_line(replace(status, stats=Stats(), model="own"), 30) == "Automatic: own"
    assert words.automatic_line(replace(status, choice=""), 30) == ""
    assert words.quality_hint(Quality.QUALITY, "x") == words.quality_hint(Quality.QUALITY)


def test_a_problem_is_named_in_the_line() -> None:
    busy = Status(state=State.RECOVERING, problem=Problem.CAMERA_BUSY)
    failed = Status(state=State.FAILED, problem=Problem.NO_VIRTUAL_CAMERA)
    assert words.status_line(busy) == "Another app is using the camera. Trying again…"
    assert words.status_line(failed) == "There is no virtual camera yet"
    # The panel's banner says it already.
    assert words.panel_line(busy) == "Trying again…"
    assert words.panel_line(failed) == "Not running"


@pytest.mark.parametrize(
    ("effect", "name"),
    [
        (NoEffect(), "None"),
        (Blur(), "Blur"),
        (Colour(), "Colour"),
        (Picture(Path("backgrounds/evening.jpg")), "Evening"),
        (Clip(Path("My waves.mp4")), "My waves"),
    ],
)
def test_effects_have_names(effect: words.Effect, name: str) -> None:
    assert words.effect_name(effect) == name


def test_every_choice_of_the_settings_has_a_name() -> None:
    assert len({words.quality_name(quality) for quality in Quality}) == len(Quality)
    assert all(words.quality_hint(quality) for quality in Quality)
    assert len({words.codec_name(codec) for codec in Codec}) == len(Codec)


def test_every_picture_of_ours_has_a_translatable_name(assets: Path) -> None:
    for path in (assets / "backgrounds").glob("*"):
        assert words.background_name(path) != path.stem


def test_a_long_name_leaves_room_for_the_rest() -> None:
    name = "Integrated Camera: Integrated RGB Camera (0bda:5634)"
    running = Status(state=State.RUNNING, camera=name, stats=Stats(fps=30, cpu_percent=6))
    line = words.status_line(running)
    assert line == "On: Integrated Camera: Integrat…da:5634), 30 fps, 6 % CPU"
