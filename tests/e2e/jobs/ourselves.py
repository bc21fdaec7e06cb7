"""What befalls the app itself: a full disk, a read-only folder, a clock that is set, its end in any state."""

from __future__ import annotations

import contextlib
import json
import subprocess
import time
from collections.abc import Callable

import numpy as np

from tests.e2e.lab import devices
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
