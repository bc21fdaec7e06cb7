"""What befalls the app itself: a full disk, no memory, a clock that is set, its end in any state."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.e2e.lab import devices, person
from tests.e2e.lab.app import Tray
from tests.e2e.lab.table import Table, until
from tests.e2e.lab.watcher import Watcher
from vcam.adapters import v4l2
from vcam.adapters.settings_file import settings_path
from vcam.core.frame import Pixels, Size
from vcam.core.settings import Settings

_PATIENCE = 25
_SETTINGS = Settings(camera="vivid-000-vid-cap", size=Size(320, 180), fps=10, cpu_budget=0)
_DAY = 86_400
_MIB = 1 << 20
_RAW = 0.5
"""Of vivid's own picture nine tenths are no effect; of one that the network made, a quarter at most."""


def main() -> int:
    table = Table()
    folder = settings_path().parent
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "settings", folder], check=True)
    app = Tray("app", _SETTINGS)
    watcher = Watcher(devices.OURS, _nothing)
    until(watcher.sees_picture, _PATIENCE)
    meeting = Meeting(table, app, watcher)
    for step in (meeting.full_disk, meeting.read_only_folder, meeting.clock):
        with table.trying(step.__name__.replace("_", " ")):
            step()
    watcher.close()
    app = lack_of_memory(table, app)
    meeting = Meeting(table, app, watcher)
    with table.trying("off"):
        meeting.off()
    ends(table, app)
    return 1 if table.failed else 0


class Meeting:
    """One app, somebody who looks at it, and what befalls both.

    Args:
        table: to report to.
        app: that runs.
        watcher: in the meeting.
    """

    def __init__(self, table: Table, app: Tray, watcher: Watcher) -> None:
        self._table = table
        self._app = app
        self._watcher = watcher

    def full_disk(self) -> None:
        filler = settings_path().with_name("filler")
        with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while file.write(bytes(4096)):
                pass
        self._unsaved("The disk under the settings is full; another effect is chosen", "#ff0000")
        filler.unlink()
        self._saved("There is room again; another effect is chosen", "#00ff00")

    def read_only_folder(self) -> None:
        _remount("ro")
        self._unsaved("The folder of the settings is read-only; another effect is chosen", "#0000ff")
        _remount("rw")
        self._saved("It can be written again; another effect is chosen", "#00ff00")

    def _unsaved(self, done: str, effect: str) -> None:
        before = settings_path().read_bytes()
        self._app.tell("effect", effect)
        shown = until(lambda: _mostly(self._watcher.newest, effect), _PATIENCE)
        told = until(lambda: self._app.tell("status").get("problem") == "unsaved-settings", _PATIENCE)
        whole = settings_path().read_bytes() == before
        self._table.add(
            done,
            f"it is {'shown' if shown is not None else 'NOT SHOWN'}, "
            f"the panel says “{self._app.tell('status').get('problem')}”, "
            f"the old file is {'whole' if whole else 'DAMAGED'}",
            ok=shown is not None and told is not None and whole,
        )

    def _saved(self, done: str, effect: str) -> None:
        self._app.tell("effect", effect)
        told = until(lambda: self._app.tell("status").get("problem") is None, _PATIENCE)
        saved = until(
            lambda: json.loads(settings_path().read_bytes())["effect"] == _colour(effect), _PATIENCE
        )
        self._table.add(
            done,
            f"it is {'saved' if saved is not None else 'NOT SAVED'}, and the panel says so",
            ok=told is not None and saved is not None,
        )

    def clock(self) -> None:
        for step, words in ((-_DAY, "back by a day"), (366 * _DAY, "ahead by a year")):
            began = time.monotonic()
            time.clock_settime(time.CLOCK_REALTIME, time.time() + step)
            time.sleep(4)
            frames = [seen for seen in self._watcher.seen if seen.at > began]
            cards = sum(seen.card is not None for seen in frames)
            gap = self._watcher.longest_gap(began)
            self._table.add(
                f"The clock is set {words}",
                f"{len(frames)} frames in 4 s, {cards} of them cards; longest gap {gap:.1f} s",
                ok=len(frames) > 10 and cards == 0 and gap < 1,
            )

    def off(self) -> None:
        self._app.tell("off")
        until(lambda: not self._app.holds(devices.OURS), _PATIENCE)
        gone = until(devices.unload_loopbacks, 10)
        self._table.add(
            "Turned off, the app stays; the module is unloaded",
            "it can be" if gone is not None else "it CANNOT be",
            ok=gone is not None,
            seconds=gone,
        )
        devices.load_loopbacks()
        self._app.tell("on")
        watcher = Watcher(devices.OURS, _nothing)
        back = until(watcher.sees_picture, _PATIENCE)
        watcher.close()
        self._table.add(
            "Loaded again, and turned on", "the picture is there", ok=back is not None, seconds=back
        )


def lack_of_memory(table: Table, app: Tray) -> Tray:
    """Give the app less and less memory, then enough again; return the app that runs in the end.

    Its address space is limited to what it has and so many MiB more, while it is asked for what needs some.
    Qt ends a program that it has no memory for; then the app is started again.
    """
    app.stop()
    for name in [name for name in os.environ if name.startswith("MALLOC_")]:
        del os.environ[name]  # what init asks for keeps dozens of MiB at hand
    app = Tray("app-short-of-memory")
    for spare in (32, 8, 2, 0):
        with table.trying(f"{spare} MiB of memory are left"):
            app = _short_for_a_while(table, app, spare)
    with table.trying("SIGTERM without memory"):
        watcher = Watcher(devices.OURS, _uncovered)
        until(watcher.sees_picture, _PATIENCE)
        _limit(app, _address_space(app))
        _ask_for_memory(app)
        code, seconds = app.stop() if app.running else (app.wait(), 0.0)
        left = not _nobody_else()
        watcher.close()
        table.add(
            "SIGTERM while there is no memory",
            f"exit code {code}, {'SOMETHING LIVES ON' if left else 'nothing lives on'}",
            ok=seconds < 2 and not left,
            seconds=seconds,
        )
    if app.running:
        app.stop()
    app = Tray("app-with-memory")
    until(lambda: v4l2.capabilities(devices.OURS).capture, _PATIENCE)
    return app


def _short_for_a_while(table: Table, app: Tray, spare: int) -> Tray:
    watcher = Watcher(devices.OURS, _uncovered)
    until(watcher.sees_picture, _PATIENCE)
    said = len(app.words())
    _limit(app, spare * _MIB + _address_space(app))
    _ask_for_memory(app)
    seen, clean = watcher.card(), True
    if app.running:
        told = "no-memory" in app.words()[said:]
        seen += f", {'the panel has said “no-memory”' if told else 'nothing was amiss'}"
        _limit(app, resource.RLIM_INFINITY)
    else:
        clean = _nobody_else()
        seen = f"it ended ({app.wait()}), {'nothing' if clean else 'SOMETHING'} lives on; started again"
        app = Tray("app-after-memory")
    eased = time.monotonic()
    back = until(lambda: watcher.sees_picture(eased), _PATIENCE)
    leaked = sum(frame.room > _RAW for frame in watcher.seen)
    table.add(
        f"{spare} MiB of memory are left while it must load and build; then there is enough",
        f"{seen}; {'the picture is back' if back is not None else 'NO picture'}; "
        f"{leaked} of {len(watcher.seen)} frames show the room",
        ok=back is not None and leaked == 0 and clean,
        seconds=back,
    )
    watcher.close()
    return app


def _limit(app: Tray, most: int) -> None:
    resource.prlimit(app.pid, resource.RLIMIT_AS, (most, resource.RLIM_INFINITY))


def _address_space(app: Tray) -> int:
    pages = Path(f"/proc/{app.pid}/statm").read_text(encoding="ascii").split()[0]
    return int(pages) * resource.getpagesize()


def _ask_for_memory(app: Tray) -> None:
    """Let it open the camera, build effects, and load its network."""
    for verb, value in (
        *(("pause", ""), ("effect", "#00ff00"), ("resume", ""), ("effect", "#ff0000")),
        *(("off", ""), ("on", ""), ("effect", "#00ff00"), ("pause", ""), ("resume", "")),
    ):
        with contextlib.suppress(OSError):
            if app.running:
                app.tell(verb, value)
        time.sleep(0.5)


def _uncovered(pixels: Pixels) -> float:
    """Return how much of a frame is covered by neither effect; vivid shows nobody."""
    return min(person.colour_missing(pixels, colour) for colour in ((0, 255, 0), (0, 0, 255)))


def ends(table: Table, app: Tray) -> None:
    """End the app in one state after the other."""
    ways: dict[str, Callable[[], object]] = {
        "recovering": devices.unplug,
        "paused": lambda: app.tell("pause"),
        "stopped": lambda: app.tell("off"),
        "idle": lambda: None,
    }
    for state, lead in ways.items():
        with table.trying(f"SIGTERM while {state}"):
            watcher = Watcher(devices.OURS, _nothing)
            until(watcher.sees_picture, _PATIENCE)
            if state == "idle":
                watcher.close()
            lead()
            end(table, app, state)
            watcher.close()
        if state == "recovering":
            devices.replug()
        app = Tray("app-again")
        until(lambda: v4l2.capabilities(devices.OURS).capture, _PATIENCE)
    app.stop()


def end(table: Table, app: Tray, state: str) -> None:
    """Wait for a state, and end the app in it."""
    reached = until(lambda: app.tell("status").get("state") == state, _PATIENCE)
    code, seconds = app.stop()
    left = not _nobody_else()
    table.add(
        f"SIGTERM while {state if reached is not None else f'NOT {state}'}",
        f"exit code {code}, {'SOMETHING LIVES ON' if left else 'nothing lives on'}",
        ok=reached is not None and code == 0 and seconds < 2 and not left,
        seconds=seconds,
    )


def _nobody_else() -> bool:
    """Return whether no process of ours lives on."""
    found = subprocess.run(["pgrep", "-f", Tray.program], capture_output=True, text=True, check=False)
    return found.stdout.split() == []


def _remount(how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", settings_path().parent], check=True)


def _colour(effect: str) -> dict[str, object]:
    return {"kind": "colour", "rgb": list(bytes.fromhex(effect.removeprefix("#")))}


def _mostly(pixels: Pixels, effect: str) -> bool:
    """Return whether most of a frame has this colour."""
    wanted = np.array([*bytes.fromhex(effect.removeprefix("#"))][::-1], np.int16)
    return float((np.abs(pixels.astype(np.int16) - wanted).max(axis=-1) < 60).mean()) > 0.5


def _nothing(pixels: Pixels) -> float:
    return 0.0


if __name__ == "__main__":
    raise SystemExit(main())
