from __future__ import annotations

import dataclasses
import errno
import json
import logging
import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from vcam.adapters import settings_codec, settings_file
from vcam.adapters.settings_codec import FIELDS, from_json, to_json
from vcam.adapters.settings_file import SettingsFile, cache_folder, settings_path, state_folder
from vcam.core.background import Blur, Clip, Colour, Fit, NoEffect, Picture
from vcam.core.errors import Problem, SettingsError
from vcam.core.frame import Size
from vcam.core.settings import Codec, Quality, Settings

EFFECTS = [
    NoEffect(),
    Blur(0.25),
    Picture(Path("/pictures/sea.jpg"), Fit.TILE),
    Clip(Path("/clips/sea.mp4"), Fit.FIT),
    Colour(1, 2, 3),
]


class Timers:
    """Time stands still until ring()."""

    def __init__(self) -> None:
        self.calls: list[Callable[[], None] | None] = []

    def __call__(self, seconds: float, call: Callable[[], None]) -> Any:
        assert seconds > 0
        self.calls.append(call)
        return _Cancel(self, len(self.calls) - 1)

    def ring(self) -> int:
        due = [call for call in self.calls if call is not None]
        self.calls.clear()
        for call in due:
            call()
        return len(due)


class _Cancel:
    def __init__(self, timers: Timers, index: int) -> None:
        self.timers, self.index = timers, index

    def cancel(self) -> None:
        if self.index < len(self.timers.calls):
            self.timers.calls[self.index] = None


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.json"


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def stored(path: Path, settings: Settings) -> None:
    file = SettingsFile(path, after=Timers())
    file.save(settings)
    file.flush()


def test_every_field_is_read_and_written() -> None:
    assert list(FIELDS) == [field.name for field in dataclasses.fields(Settings)]


@pytest.mark.parametrize("effect", EFFECTS)
def test_what_is_written_is_read_again(path: Path, effect: Any) -> None:
    settings = Settings(
        camera="usb-046d:082d Büro",
        size=Size(640, 480),
        codec=Codec.MJPG,
        effect=effect,
        recent=(Path("/a"), Path(os.fsdecode(b"/b\xff"))),
        quality=Quality.AUTO,
        light_wrap=True,
    )
    stored(path, settings)
    assert SettingsFile(path).load() == settings_file.Loaded(settings)


def test_no_file_means_defaults(path: Path) -> None:
    assert SettingsFile(path).load() == settings_file.Loaded(Settings())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("camera", 5),
        ("camera", "a\0"),
        ("size", [0, 0]),
        ("size", [99999, 720]),
        ("size", "720p"),
        ("fps", True),
        ("fps", 30.5),
        ("codec", "H264"),
        ("effect", None),
        ("effect", {"kind": "hologram"}),
        ("effect", {"kind": "blur", "strength": 7}),
        ("effect", {"kind": "picture"}),
        ("effect", {"kind": "picture", "path": "../../etc/passwd"}),
        ("effect", {"kind": "colour", "rgb": [1, 2]}),
        ("effect", {"kind": "colour", "rgb": [1, 2, 999]}),
        ("blur_strength", "much"),
        ("recent", "x"),
        ("on_demand", 1),
    ],
)
def test_a_bad_field_takes_its_default_and_costs_no_other(
    path: Path, caplog: pytest.LogCaptureFixture, field: str, value: Any
) -> None:
    document = to_json(Settings(language="de", cpu_budget=5)) | {field: value}
    written(path, json.dumps(document))
    with caplog.at_level(logging.WARNING):
        loaded = SettingsFile(path).load()
    assert loaded.settings == Settings(language="de", cpu_budget=5)
    assert len(loaded.complaints) == 1
    assert loaded.complaints[0].startswith(f"{field}: got ")
    assert "!= wanted" in loaded.complaints[0]
    assert field in caplog.text


def test_a_bad_effect_never_shows_the_room() -> None:
    for effect in (None, "none", {"kind": "nothing"}, [], {"kind": "none ", "x": 1}):
        settings, complaints = from_json({"effect": effect})
        assert settings.hides_room
        assert complaints


def test_a_file_with_a_bad_field_is_kept_when_it_is_replaced(path: Path) -> None:
    written(path, json.dumps({"fps": "fast", "language": "de"}))
    file = SettingsFile(path, after=Timers())
    loaded = file.load()
    file.save(dataclasses.replace(loaded.settings, fps=15))
    file.flush()
    assert json.loads(path.with_name("settings.json.bad").read_text())["fps"] == "fast"
    assert SettingsFile(path).load().settings == Settings(fps=15, language="de")


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 50_000, "NaN", "5"])
def test_a_file_that_is_no_json_object_is_kept(path: Path, text: str) -> None:
    written(path, text)
    loaded = SettingsFile(path).load()
    assert loaded.settings == Settings()
    assert "kept as settings.json.bad" in loaded.complaints[0]
    assert path.with_name("settings.json.bad").read_text() == text
    assert not path.exists()


def test_an_endless_file_and_a_folder_are_told_of(path: Path) -> None:
    written(path, " " * (settings_file.MAX_SETTINGS_BYTES + 1))
    assert "KiB" in SettingsFile(path).load().complaints[0]
    path.mkdir()
    assert "regular file" in SettingsFile(path).load().complaints[0]


def test_a_future_file_is_understood_and_kept(path: Path) -> None:
    text = json.dumps(to_json(Settings(language="de")) | {"version": 99, "hologram": True})
    written(path, text)
    timers = Timers()
    file = SettingsFile(path, after=timers)
    loaded = file.load()
    assert loaded.settings.language == "de"
    assert "newer app" in loaded.complaints[0]
    file.flush()
    assert path.read_text() == text, "nobody changed anything"
    file.save(loaded.settings)
    file.flush()
    assert path.with_name("settings.json.v99").read_text() == text
    assert SettingsFile(path).load() == settings_file.Loaded(loaded.settings)


def test_old_documents_are_migrated_one_way(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = {1: lambda old: {**old, "version": 2, "language": old["tongue"]}}
    monkeypatch.setattr(settings_codec, "MIGRATIONS", steps)
    assert from_json({"version": 1, "tongue": "fr"})[0].language == "fr"


def test_many_changes_are_written_once(path: Path) -> None:
    timers = Timers()
    file = SettingsFile(path, after=timers)
    for fps in (10, 20, 25):
        file.save(Settings(fps=fps))
    assert not path.exists()
    assert timers.ring() == 1
    assert SettingsFile(path).load().settings.fps == 25
    assert [entry.name for entry in path.parent.iterdir()] == ["settings.json"]


def test_the_real_timer_writes_too(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings_file, "DEBOUNCE", 0.0)
    file = SettingsFile(path)
    file.save(Settings(fps=12))
    file.flush()
    assert SettingsFile(path).load().settings.fps == 12


def test_a_full_disk_loses_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored(path, Settings(fps=10))
    told: list[SettingsError] = []
    timers = Timers()
    file = SettingsFile(path, on_error=told.append, after=timers)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        file.save(Settings(fps=20))
        timers.ring()
        assert told[0].problem is Problem.UNSAVED_SETTINGS
        assert "No space left" in told[0].detail
        with pytest.raises(SettingsError):
            file.flush()
        assert SettingsFile(path).load().settings.fps == 10
        assert [entry.name for entry in path.parent.iterdir()] == ["settings.json"]
    file.flush()
    assert SettingsFile(path).load().settings.fps == 20


@pytest.mark.skipif(sys.platform == "win32", reason="has no such limit")
def test_a_disk_that_really_is_full_loses_nothing(path: Path) -> None:
    """The limit on a file's size is what the system gives us for a full disk: the write itself fails."""
    stored(path, Settings(fps=10))
    told: list[SettingsError] = []
    timers = Timers()
    file = SettingsFile(path, on_error=told.append, after=timers)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
        file.save(Settings(fps=20))
        timers.ring()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)
    assert told[0].problem is Problem.UNSAVED_SETTINGS
    assert "File too large" in told[0].detail
    assert "the next change tries again" in told[0].detail
    assert SettingsFile(path).load().settings.fps == 10
    assert [entry.name for entry in path.parent.iterdir()] == ["settings.json"]
    file.flush()
    assert SettingsFile(path).load().settings.fps == 20


def test_a_folder_that_takes_no_file_loses_nothing(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file, where the folder should be")
    file = SettingsFile(tmp_path / "config" / "settings.json")
    assert file.load().settings == Settings()
    file.save(Settings(fps=20))
    with pytest.raises(SettingsError, match="cannot be written") as caught:
        file.flush()
    assert caught.value.problem is Problem.UNSAVED_SETTINGS
    (tmp_path / "config").unlink()
    file.flush()
    assert file.load().settings.fps == 20


def test_folders_are_the_platforms_own() -> None:
    for folder in (settings_path().parent, state_folder(), cache_folder()):
        assert folder.is_absolute()
        assert folder.name.lower().replace(" ", "-") == "virtual-cam"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
EFFECT = st.fixed_dictionaries(
    {"kind": st.sampled_from(["none", "blur", "picture", "clip", "colour", "x"])},
    optional={"strength": JSON, "path": JSON, "fit": JSON, "rgb": JSON},
)


@hypothesis_settings(deadline=None, max_examples=60)
@given(st.dictionaries(st.sampled_from([*FIELDS, "version", "x"]), JSON | EFFECT))
def test_fuzzed_documents_give_settings_that_can_be_written(document: dict[str, Any]) -> None:
    settings, _ = from_json(document)
    again, complaints = from_json(json.loads(json.dumps(to_json(settings))))
    assert again == settings
    assert not complaints


@hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_fuzzed_files_give_settings(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(data)
    assert isinstance(SettingsFile(path).load().settings, Settings)
