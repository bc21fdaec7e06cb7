"""Hours of a working day in minutes: faults and readers without a pause, and what the app holds meanwhile."""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from tests.e2e.lab import devices, person
from tests.e2e.lab.app import App
from tests.e2e.lab.plot import lines
from tests.e2e.lab.table import RESULTS, Table, until
from tests.e2e.lab.watcher import Watcher
from vcam.adapters import v4l2

SECONDS = 480
_EVERY = 2.0
_PATIENCE = 30


@dataclass(frozen=True, slots=True)
class Sample:
    """What the app held at a moment (seconds since the start; MiB)."""

    at: float
    memory: float
    descriptors: int
    threads: int


def main() -> int:
    table = Table()
    app = App(
        "app", "--source", "camera:vivid-000-vid-cap", "--effect", "blur", "--size", "320x180", "--fps", "15"
    )
    until(lambda: v4l2.capabilities(devices.OURS).capture, _PATIENCE)
    soak = Soak(app)
    soak.run()
    soak.judge(table)
    code, seconds = app.stop()
    table.add("SIGTERM after all that", f"exit code {code}", ok=code == 0 and seconds < 2, seconds=seconds)
    return 1 if table.failed else 0


class Soak:
    """Faults, readers, samples.

    Args:
        app: to soak.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._samples: list[Sample] = []
        self._paces: list[float] = []
        self._recoveries: list[float | None] = []
        self._done = 0
        self._began = time.monotonic()

    def run(self) -> None:
        acts: tuple[Callable[[], None], ...] = (
            self._meeting,
            self._look_around,
            self._replug,
            self._error,
        )
        next_sample = 0.0
        while time.monotonic() - self._began < SECONDS:
            random.choice(acts)()
            self._done += 1
            if time.monotonic() > next_sample:
                next_sample = time.monotonic() + _EVERY
                self._sample()

    def judge(self, table: Table) -> None:
        (RESULTS / "soak.json").write_text(json.dumps([asdict(sample) for sample in self._samples]))
        series = {
            "memory, MiB": [(sample.at, sample.memory) for sample in self._samples],
            "descriptors": [(sample.at, float(sample.descriptors)) for sample in self._samples],
            "threads": [(sample.at, float(sample.threads)) for sample in self._samples],
        }
        (RESULTS / "soak.svg").write_text(lines(series))
        early, late = self._thirds()
        failed = sum(recovery is None for recovery in self._recoveries)
        table.add(
            f"{SECONDS} s of meetings, probes, unplugging and streaming errors",
            f"{self._done} things done; after each of {len(self._recoveries)} faults the picture came back"
            f" ({failed} times not)",
            ok=failed == 0 and len(self._recoveries) > 5,
            seconds=statistics.median([one for one in self._recoveries if one is not None]),
        )
        for name, slack in (("memory", 15.0), ("descriptors", 2.0), ("threads", 2.0)):
            before, after = (statistics.median(getattr(one, name) for one in part) for part in (early, late))
            table.add(
                f"Its {name}, from the second to the last third",
                f"{before:.0f} → {after:.0f} (soak.svg)",
                ok=after <= before + slack,
            )
        half = len(self._paces) // 2
        first, second = (statistics.median(part) for part in (self._paces[:half], self._paces[half:]))
        table.add("Its pace", f"{first:.1f} → {second:.1f} frames a second", ok=second > 0.6 * first)

    def _thirds(self) -> tuple[Sequence[Sample], Sequence[Sample]]:
        third = len(self._samples) // 3
        return self._samples[third : 2 * third], self._samples[2 * third :]

    def _sample(self) -> None:
        held = self._app.figures()
        now = time.monotonic() - self._began
        self._samples.append(Sample(round(now, 1), held.rss, held.descriptors, held.threads))

    def _meeting(self) -> None:
        watcher = Watcher(devices.OURS, _nothing)
        if until(watcher.sees_picture, _PATIENCE) is not None:
            began, count = time.monotonic(), len(watcher.seen)
            time.sleep(2)
            self._paces.append((len(watcher.seen) - count) / (time.monotonic() - began))
        watcher.close()

    def _look_around(self) -> None:
        for _ in range(20):
            v4l2.capabilities(devices.OURS)

    def _replug(self) -> None:
        self._fault(_unplug_and_replug)

    def _error(self) -> None:
        self._fault(lambda: devices.control("inject_fatal_streaming_error"))

    def _fault(self, act: Callable[[], None]) -> None:
        watcher = Watcher(devices.OURS, _nothing)
        if until(watcher.sees_picture, _PATIENCE) is not None:
            try:
                act()
            except (OSError, subprocess.CalledProcessError) as error:
                print("the fault could not be made:", error)
            time.sleep(0.5)
            now = time.monotonic()
            self._recoveries.append(until(lambda: watcher.sees_picture(since=now), _PATIENCE))
        else:
            self._recoveries.append(None)
        watcher.close()


def _unplug_and_replug() -> None:
    devices.unplug()
    time.sleep(random.uniform(0, 1))
    devices.replug()


def _nothing(pixels: person.Pixels) -> float:
    return 0.0


if __name__ == "__main__":
    raise SystemExit(main())
