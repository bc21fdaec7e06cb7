"""Opening the app at login: an XDG autostart entry on Linux.

The Run key on Windows and a LaunchAgent on macOS stand behind the same function; they have not been run.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import platformdirs

from vcam.adapters.files import write_atomically
from vcam.core.errors import Problem, SettingsError

_NAME: Final = "Virtual Cam"
_AGENT: Final = "virtual-cam.login"


def set_autostart(enabled: bool, command: Sequence[str] = ()) -> None:
    """Open the app at login, or no more.

    Args:
        enabled: whether to.
        command: what to run; the way in which this process was started, if empty.

    Raises:
        SettingsError: the system does not let us.
    """
    try:
        _set(enabled, list(command) or launch_command())
    except OSError as error:
        wanted = "on" if enabled else "off"
        raise SettingsError(
            Problem.UNSAVED_SETTINGS, f"opening at login cannot be turned {wanted}: {error.strerror or error}"
        ) from error


def launch_command() -> list[str]:
    """Return how this process was started, as a login would have to."""
    if "APPIMAGE" in os.environ:
        return [os.environ["APPIMAGE"], "--hidden"]
    program = Path(sys.argv[0]).absolute()
    if getattr(sys, "frozen", False):
        return [sys.executable, "--hidden"]
    if program.name == "__main__.py":
        return [sys.executable, "-m", program.parent.name, "--hidden"]
    interpreter = [sys.executable] if program.suffix == ".py" else []
    return [*interpreter, str(program), "--hidden"]


def desktop_entry(command: Sequence[str]) -> str:
    """Return an XDG desktop entry that runs a command (Desktop Entry Specification 1.5, The Exec key)."""
    return (
        "[Desktop Entry]\n"
        "Type=Application\n"
        f"Name={_NAME}\n"
        f"Exec={' '.join(map(_quoted, command))}\n"
        "Icon=virtual-cam\n"
        "Terminal=false\n"
        "X-GNOME-Autostart-enabled=true\n"
    )


def _quoted(word: str) -> str:
    # Once for the quotes of Exec; then each backslash again, because it stands in a value of type string.
    for special in '\\"`$':
        word = word.replace(special, "\\" + special)
    return '"' + word.replace("\\", "\\\\").replace("%", "%%") + '"'


if sys.platform == "win32":
    import subprocess
    import winreg

    def _set(enabled: bool, command: list[str]) -> None:
        key = r"Software\Microsoft\Windows\CurrentVersion\Run"
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key, access=winreg.KEY_SET_VALUE) as run:
            if enabled:
                winreg.SetValueEx(run, _NAME, 0, winreg.REG_SZ, subprocess.list2cmdline(command))
                return
            try:
                winreg.DeleteValue(run, _NAME)
            except FileNotFoundError:
                return

else:
    import plistlib

    def _set(enabled: bool, command: list[str]) -> None:
        if sys.platform == "darwin":
            path = Path.home() / "Library" / "LaunchAgents" / f"{_AGENT}.plist"
            agent = {"Label": _AGENT, "ProgramArguments": command, "RunAtLoad": True}
            content = plistlib.dumps(agent)
        else:
            path = platformdirs.user_config_path() / "autostart" / "virtual-cam.desktop"
            content = os.fsencode(desktop_entry(command))
        if enabled:
            write_atomically(path, content)
        else:
            path.unlink(missing_ok=True)
