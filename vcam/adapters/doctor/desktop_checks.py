"""The desktop on Linux: a screen, a place for the tray icon, PipeWire."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from vcam.adapters.doctor.finding import Finding, ok, warn
from vcam.adapters.doctor.system import System

_CURSOR = "libxcb-cursor.so.0"
_INSTALL_CURSOR = "install it (Debian, Ubuntu: sudo apt install libxcb-cursor0; Fedora: xcb-util-cursor)"
_WATCHER = "org.kde.StatusNotifierWatcher"


def check_desktop(system: System) -> Iterator[Finding]:
    """Examine what the tray app needs; nothing here keeps the headless one from running."""
    screen = system.environ.get("WAYLAND_DISPLAY") or system.environ.get("DISPLAY")
    if not screen:
        yield warn(
            "Screen",
            "neither DISPLAY nor WAYLAND_DISPLAY is set",
            "a desktop session",
            "log in to a desktop, or use `vcam run --headless`",
        )
    else:
        yield _screen(system, screen)
        yield _tray(system)
    yield _pipewire(system)


def _screen(system: System, screen: str) -> Finding:
    """Qt comes with all but one library that it wants under X11, and ends the process without it."""
    wayland = "WAYLAND_DISPLAY" in system.environ
    libraries = None if wayland else system.run(["/sbin/ldconfig", "-p"])
    if libraries is None or _CURSOR in libraries:
        return ok("Screen", screen)
    return warn("Screen", f"{screen}, without {_CURSOR}", "it: Qt needs it under X11", _INSTALL_CURSOR)


def _tray(system: System) -> Finding:
    command = ["busctl", "--user", "call", "org.freedesktop.DBus", "/org/freedesktop/DBus"]
    answer = system.run([*command, "org.freedesktop.DBus", "NameHasOwner", "s", _WATCHER])
    desktop = system.environ.get("XDG_CURRENT_DESKTOP", "")
    if answer == "b true":
        return ok("Tray", "the desktop shows tray icons")
    if "GNOME" in desktop.upper():
        return warn(
            "Tray",
            "GNOME without a tray: the app opens as a window instead",
            "tray icons",
            "install the extension AppIndicator and KStatusNotifierItem Support",
        )
    if answer is None:
        return ok("Tray", "cannot be told from here; without one, the app opens as a window")
    return ok("Tray", "of the older kind, or none: then the app opens as a window")


def _pipewire(system: System) -> Finding:
    folder = Path(system.environ.get("XDG_RUNTIME_DIR", "/nonexistent"))
    if (folder / "pipewire-0").exists():
        return ok("PipeWire", "is running (not needed: the virtual camera is a kernel device)")
    return ok("PipeWire", "is not running (not needed: the virtual camera is a kernel device)")
