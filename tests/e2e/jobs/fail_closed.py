"""The tray app before a room that cannot be mistaken: no frame of it may leave, whatever happens."""

from __future__ import annotations

import itertools
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import cv2

from tests.e2e.lab import devices, person
from tests.e2e.lab.app import Tray
from tests.e2e.lab.table import RESULTS, Table, until
from tests.e2e.lab.watcher import Watcher
from vcam.adapters import v4l2
from vcam.core.background import Colour
from vcam.core.frame import Size
from vcam.core.settings import Settings

SIZE = Size(320, 180)
FPS = 20
SECONDS = 300
BOUND = 0.25
"""The raw frame shows the room in more than half of its pixels; the network's mistakes show less."""

_HOME = Path(os.environ["HOME"])
_PATIENCE = 30
_SETTINGS = Settings(camera=str(devices.CLIP), size=SIZE, fps=FPS, effect=Colour(0, 177, 64), cpu_budget=0)


def main() -> int:
    table = Table()
    clip = person.draw(SIZE, FPS, seconds=4, signal_room=True)
    raw = min(person.room_seen(frame) for frame in clip.frames)
    table.add("The camera's own frames", f"show the room in {raw:.0%} of their pixels", ok=raw > 2 * BOUND)
    with person.played(clip, devices.CLIP, _HOME) as player:
        until(lambda: v4l2.capabilities(devices.CLIP).capture, 15)
        watcher = Watcher(devices.OURS, person.room_seen)
        run = Run(table, watcher, player)
        run.start()
        run.until_picture()
        run.all_faults()
        run.stop()
    watcher.close()
    judge(table, watcher)
    return 1 if table.failed else 0


class Run:
    """One app after another, and what happens to them.

    Args:
        table: to report to.
        watcher: in the meeting.
        player: of the camera's clip.
    """

    def __init__(self, table: Table, watcher: Watcher, player: subprocess.Popen[bytes]) -> None:
        self._table = table
        self._watcher = watcher
        self._player = player
        self._numbers = itertools.count()
        self._app: Tray | None = None

    def start(self) -> None:
        number = next(self._numbers)
        self._app = Tray(f"tray-{number}", None if number else _SETTINGS)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> float:
        assert self._app is not None
        return self._app.stop(number)[1]

    def until_picture(self) -> float | None:
        now = time.monotonic()
        return until(lambda: self._watcher.sees_picture(since=now), _PATIENCE)

    def all_faults(self) -> None:
        """Do each thing once, then at random until the time is over."""
        events: dict[str, Callable[[], None]] = {
            "paused and resumed": lambda: self._ctl("pause", "resume"),
            "turned off and on": lambda: self._ctl("off", "on"),
            "effect changed": lambda: self._ctl("effect blur", "effect #00b140"),
            "effect: a file that is no picture": lambda: self._ctl("effect /etc/passwd", "effect #00b140"),
            "the camera stalls": self._stall,
            "the app is frozen for three seconds": self._freeze,
            "the app is killed and started again": self._kill,
            "SIGTERM and a new start": self._restart,
        }
        began = time.monotonic()
        names = list(events)
        done = 0
        while time.monotonic() - began < SECONDS or done < len(names):
            name = names[done] if done < len(names) else random.choice(names)
            with self._table.trying(name):
                self._one(name, events[name], quiet=done >= len(names))
            done += 1
        self._table.add(
            "Things done to it", f"{done} in {time.monotonic() - began:.0f} s", ok=done >= len(names)
        )

    def _one(self, name: str, act: Callable[[], None], *, quiet: bool) -> None:
        first = len(self._watcher.seen)
        act()
        back = self.until_picture()
        worst = max((seen.room for seen in self._watcher.seen[first:]), default=0.0)
        if not quiet or back is None or worst > BOUND:
            self._table.add(
                name[0].upper() + name[1:],
                f"the room shows in {worst:.1%} of a frame at most; the picture is back",
                ok=back is not None and worst <= BOUND,
                seconds=back,
            )

    def _ctl(self, *commands: str) -> None:
        for command in commands:
            words = command.split(" ", 1)
            asked = [sys.executable, "-m", "vcam", "ctl", *words]
            subprocess.run(asked, check=False, capture_output=True, timeout=60)
            time.sleep(random.uniform(0.2, 1.5))

    def _stall(self) -> None:
        os.kill(self._player.pid, signal.SIGSTOP)
        time.sleep(4)
        os.kill(self._player.pid, signal.SIGCONT)

    def _freeze(self) -> None:
        assert self._app is not None
        os.kill(self._app.pid, signal.SIGSTOP)
        time.sleep(3)
        os.kill(self._app.pid, signal.SIGCONT)

    def _kill(self) -> None:
        self.stop(signal.SIGKILL)
        self.start()

    def _restart(self) -> None:
        seconds = self.stop()
        if seconds > 2:
            self._table.add("SIGTERM", "it takes long to end", ok=False, seconds=seconds)
        self.start()


def judge(table: Table, watcher: Watcher) -> None:
    seen = watcher.seen
    pictures = [one for one in seen if one.card is None]
    shown = sum(one.room > BOUND for one in seen)
    kinds = sorted({str(one.card) for one in seen if one.card is not None})
    table.add(
        "All frames that came out",
        f"{len(seen)}, {len(pictures)} of them pictures, the rest the cards {', '.join(kinds)}; "
        f"{shown} show the room (one keeps {watcher.worst_room():.1%} of it at most)",
        ok=len(pictures) > 1000 and shown == 0,
    )
    if watcher.worst is not None:
        cv2.imwrite(str(RESULTS / "worst.png"), watcher.worst)


if __name__ == "__main__":
    raise SystemExit(main())
