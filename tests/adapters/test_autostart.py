from __future__ import annotations

import configparser
import sys
from pathlib import Path

import pytest

from vcam.adapters.autostart import desktop_entry, launch_command, set_autostart
from vcam.core.errors import Problem, SettingsError

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="writes an XDG autostart entry")


@pytest.fixture
def entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path / "autostart" / "virtual-cam.desktop"


def read(path: Path) -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(path.read_text())
    return parser["Desktop Entry"]


def test_it_is_turned_on_and_off(entry: Path) -> None:
    set_autostart(False)
    set_autostart(True, ["/usr/bin/vcam", "--hidden"])
    assert read(entry)["Exec"] == '"/usr/bin/vcam" "--hidden"'
    assert read(entry)["Type"] == "Application"
    set_autostart(False)
    assert not entry.exists()


def test_special_characters_are_quoted_twice() -> None:
    line = next(line for line in desktop_entry(['/a b/$x"%`\\']).splitlines() if line.startswith("Exec="))
    assert line == 'Exec="/a b/\\\\$x\\\\"%%\\\\`\\\\\\\\"'


@pytest.mark.parametrize(
    ("argv", "command"),
    [
        ("/opt/vcam/main.py", [sys.executable, "/opt/vcam/main.py", "--hidden"]),
        ("/usr/bin/vcam", ["/usr/bin/vcam", "--hidden"]),
        ("/lib/vcam/__main__.py", [sys.executable, "-m", "vcam", "--hidden"]),
    ],
)
def test_login_starts_what_was_started(
    monkeypatch: pytest.MonkeyPatch, argv: str, command: list[str]
) -> None:
    monkeypatch.delenv("APPIMAGE", raising=False)
    monkeypatch.setattr(sys, "argv", [argv])
    assert launch_command() == command


def test_bundles_start_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.delenv("APPIMAGE", raising=False)
    assert launch_command() == [sys.executable, "--hidden"]
    monkeypatch.setenv("APPIMAGE", "/apps/vcam.AppImage")
    assert launch_command() == ["/apps/vcam.AppImage", "--hidden"]


def test_what_the_system_refuses_is_told(entry: Path) -> None:
    entry.parent.write_text("no folder")
    with pytest.raises(SettingsError, match="turned on") as caught:
        set_autostart(True, ["vcam"])
    assert caught.value.problem is Problem.UNSAVED_SETTINGS
