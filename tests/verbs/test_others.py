"""The smaller verbs, and what happens where there is no desktop."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vcam import resources
from vcam.adapters.single_instance import SingleInstance
from vcam.core.background import Colour
from vcam.core.settings import Settings
from vcam.core.status import State, Status
from vcam.verbs import demo
from vcam.verbs.remote import Remote


class RecordingControls:
    def __init__(self):
        self.done = []
        self._settings = Settings()

    def settings(self):
        return self._settings

    def change(self, settings):
        self._settings = settings

    def turn(self, on):
        self.done.append(("turn", on))

    def pause(self, paused):
        self.done.append(("pause", paused))

    def status(self):
        paused = [done for done in self.done if done[0] == "pause"]
        return Status(state=State.PAUSED if paused and paused[-1][1] else State.STOPPED)


@pytest.fixture
def controls():
    return RecordingControls()


@pytest.fixture
def remote(controls):
    raised = controls.done.append
    return Remote(controls, raise_panel=lambda: raised("show"), leave=lambda: raised("quit"))


def test_without_a_screen_the_demo_runs_and_says_what_is_missing(vcam, monkeypatch, tmp_path, capsys):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(demo, "FRAMES", 4)
    monkeypatch.setattr(demo, "SIZE", demo.Size(320, 180))
    assert vcam() == 0
    told = capsys.readouterr().out
    assert "no screen" in told
    assert "Camera:" in told
    assert (tmp_path / "demo-output" / "demo.mp4").stat().st_size > 1000
    assert (tmp_path / "demo-output" / "before-after.png").exists()


def test_models_are_listed(vcam, capsys):
    assert vcam("models", "--json") == 0
    assert "balanced" in {row["name"] for row in json.loads(capsys.readouterr().out)}
    assert vcam("models") == 0


def test_cameras_are_listed_or_said_to_be_missing(vcam, capsys):
    code = vcam("cameras", "--json")
    assert code == (0 if json.loads(capsys.readouterr().out) else 1)
    vcam("cameras")
    told = capsys.readouterr()
    assert told.out or "There is no camera" in told.err


def test_ctl_says_when_nothing_runs(vcam, capsys):
    assert vcam("ctl", "status") == 1
    assert "not running" in capsys.readouterr().err


def test_ctl_speaks_to_the_running_app(vcam, capsys, controls, remote):
    with SingleInstance(remote.answer):
        assert vcam("ctl", "status") == 0
        assert json.loads(capsys.readouterr().out)["state"] == "stopped"
        for verb in ("on", "off", "pause", "toggle", "toggle", "resume", "show", "quit"):
            assert vcam("ctl", verb) == 0
        assert vcam("ctl", "effect", "#102030") == 0
        assert vcam("ctl", "effect", "nonsense") == 1
    assert controls.done == [
        ("turn", True),
        ("turn", False),
        ("pause", True),
        ("pause", False),
        ("pause", True),
        ("pause", False),
        "show",
        "quit",
    ]
    assert controls.settings().effect == Colour(16, 32, 48)
    assert "nonsense" in capsys.readouterr().err


def test_the_remote_refuses_what_it_does_not_know(remote):
    assert "got 'dance'" in remote.answer({"do": "dance"})["error"]
    assert "error" in remote.answer({})


def test_an_unknown_verb_and_the_version(vcam, capsys):
    assert vcam("dance") == 2
    assert vcam("--version") == 0
    assert "Virtual Cam" in capsys.readouterr().out


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=8), inside, max_size=3),
    max_leaves=6,
)
VERBS = ["effect", "status", "show", "on", "off", "pause", "resume", "toggle", "quit"]


@settings(max_examples=150)
@given(
    do=st.sampled_from(VERBS) | JSON,
    value=JSON,
    others=st.dictionaries(st.text(max_size=5), JSON, max_size=2),
)
def test_whatever_is_asked_is_answered_and_shows_the_room_only_by_name(do, value, others):
    controls = RecordingControls()
    raised = controls.done.append
    remote = Remote(controls, raise_panel=lambda: raised("show"), leave=lambda: raised("quit"))
    answer = remote.answer(others | {"do": do, "value": value})
    json.dumps(answer)
    assert ("error" in answer) != ("state" in answer)
    assert do in VERBS or "error" in answer
    assert controls.settings().hides_room or str(value).strip().lower() == "none"
    assert len(controls.done) <= 1


def test_a_screen_that_qt_cannot_open_brings_words_and_the_demo(tmp_path):
    program = (
        "import sys; from vcam.core.frame import Size; from vcam.verbs import demo\n"
        "demo.SIZE, demo.FRAMES = Size(320, 180), 4\n"
        "from vcam.cli import main; sys.exit(main([]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=os.environ
        | {"QT_QPA_PLATFORM": "no-such-platform", "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert done.returncode == 0
    assert (
        'Qt cannot open the screen (Could not find the Qt platform plugin "no-such-platform"' in done.stdout
    )
    assert (tmp_path / "demo-output" / "demo.mp4").exists()


def test_a_missing_library_is_named_with_what_to_type():
    from vcam.verbs.desktop import _refused  # noqa: PLC0415

    assert _refused("xcb-cursor0 or libxcb-cursor0 is needed").endswith("sudo apt install libxcb-cursor0")
    assert "apt" not in _refused("could not connect to display :9; xcb-cursor0 is needed")


def test_without_qt_it_says_what_to_install(monkeypatch):
    from vcam.verbs.desktop import _missing_desktop  # noqa: PLC0415

    monkeypatch.setenv("DISPLAY", ":1")
    monkeypatch.setitem(sys.modules, "PySide6.QtWidgets", None)
    assert "pip install PySide6-Essentials" in _missing_desktop()


def test_a_background_is_read_before_it_takes_the_place_of_one_that_can(tmp_path, clip_path):
    from vcam.verbs.desktop import _can_show  # noqa: PLC0415

    picture = resources.ASSETS / "backgrounds" / "dawn.jpg"
    cut, named = tmp_path / "cut.jpg", tmp_path / "clip.mp4"
    cut.write_bytes(picture.read_bytes()[:5000])
    named.write_bytes(picture.read_bytes())
    other = tmp_path / "picture.txt"
    other.write_bytes(picture.read_bytes())
    assert _can_show(picture)
    assert _can_show(clip_path)
    for path in (cut, named, other, tmp_path, tmp_path / "gone.png"):
        assert not _can_show(path)
