"""Hours of a working day in minutes: faults and readers without a pause, and what the app holds meanwhile."""

from __future__ import annotations

import json
import os
import random
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import cv2

from tests.e2e.lab import devices, person
from tests.e2e.lab.app import Tray
from tests.e2e.lab.plot import lines
from tests.e2e.lab.table import RESULTS, Table, until
from tests.e2e.lab.watcher import Watcher
from vcam import resources
from vcam.adapters import v4l2
from vcam.core.frame import Size
from vcam.core.settings import Settings

USUAL_SECONDS = 360
_SAMPLES = 360
_PATIENCE = 30
_SETTINGS = Settings(camera="vivid-000-vid-cap", size=Size(320, 180), fps=15, cpu_budget=0)
_EFFECTS = ("blur", "#00b140", str(min((resources.ASSETS / "backgrounds").glob("*.jpg"))), "/etc/passwd")


@dataclass(frozen=True, slots=True)
class Sample:
    """What the app holds, and how it does, at a moment in a meeting.

    Attributes:
        at: seconds since the start.
        memory: resident, MiB.
        descriptors: open ones.
        threads: running ones.
        latency: from the camera to Virtual Cam, median milliseconds.
        pace: frames a second in the meeting.
    """

    at: float
    memory: float
    descriptors: int
    threads: int
    latency: float
    pace: float


def main(seconds: float) -> int:
    random.seed(4)
    for name in [name for name in os.environ if name.startswith("MALLOC_")]:
        del os.environ[name]  # memory is to be given back as on a laptop, however slow that is here
    table = Table()
    app = Tray("tray", _SETTINGS)
    until(lambda: v4l2.capabilities(devices.OURS).capture, _PATIENCE)
    soak = Soak(app, seconds)
    soak.run()
    soak.judge(table)
    code, took = app.stop()
    table.add("SIGTERM after all that", f"exit code {code}", ok=code == 0 and took < 2, seconds=took)
    return 1 if table.failed else 0


class Soak:
    """Faults, readers, samples.

    Args:
        app: to soak.
        seconds: for how long.
    """

    def __init__(self, app: Tray, seconds: float) -> None:
        self._app = app
        self._seconds = seconds
        self._samples: list[Sample] = []
        self._recoveries: dict[str, list[float | None]] = {}
        self._readers = 0
        self._began = time.monotonic()

    @property
    def _elapsed(self) -> float:
        return time.monotonic() - self._began

    def run(self) -> None:
        faults: dict[str, Callable[[], None]] = {
            "unplugged": _unplug_and_replug,
            "streaming errors": lambda: devices.control("inject_fatal_streaming_error"),
            "dead": lambda: devices.control("disconnect"),
            "paused": lambda: self._tell(("pause", ""), ("resume", "")),
            "turned off": lambda: self._tell(("off", ""), ("on", "")),
            "other effects": lambda: self._tell(*(("effect", name) for name in (*_EFFECTS, "blur"))),
            "frozen": self._freeze,
            "a crowd of readers": self._crowd,
        }
        while self._elapsed < self._seconds:
            name = random.choice(["left alone", *faults])
            if name in faults:
                self._fault(name, faults[name])
            else:
                self._leave_alone()
            if self._elapsed > len(self._samples) * self._seconds / _SAMPLES:
                self._meet()

    def judge(self, table: Table) -> None:
        titles = {
            "memory": "memory, MiB",
            "descriptors": "descriptors",
            "threads": "threads",
            "latency": "latency, ms",
            "pace": "frames a second",
        }
        series = {
            title: [(sample.at, float(getattr(sample, name))) for sample in self._samples]
            for name, title in titles.items()
        }
        (RESULTS / "soak.svg").write_text(lines(series))
        self._judge_recoveries(table)
        early, late = self._thirds()
        for name, slack in (("memory", 15.0), ("descriptors", 2.0), ("threads", 2.0)):
            before, after = _medians(name, early, late)
            most = max(getattr(one, name) for one in self._samples)
            table.add(
                f"Its {titles[name]}, from the second to the last third",
                f"{before:.0f} → {after:.0f}, {most:.0f} at most",
                ok=after <= before + slack,
            )
        before, after = _medians("latency", early, late)
        table.add("Its latency", f"{before:.0f} → {after:.0f} ms", ok=after < 1.6 * before)
        before, after = _medians("pace", early, late)
        table.add("Its pace", f"{before:.1f} → {after:.1f} frames a second", ok=after > 0.6 * before)

    def _judge_recoveries(self, table: Table) -> None:
        every = [one for some in self._recoveries.values() for one in some]
        good = [one for one in every if one is not None]
        what = ", ".join(f"{name} {len(some)}" for name, some in sorted(self._recoveries.items()))
        table.add(
            f"{self._elapsed:.0f} s of a working day, {self._readers} readers",
            f"{len(every)} things befell it ({what}); the picture came back {len(good)} times, "
            f"after {max(good, default=0):.1f} s at most",
            ok=len(good) == len(every) > 5,
            seconds=statistics.median(good),
        )

    def _thirds(self) -> tuple[Sequence[Sample], Sequence[Sample]]:
        third = len(self._samples) // 3
        return self._samples[third : 2 * third], self._samples[2 * third :]

    def _fault(self, name: str, act: Callable[[], None]) -> None:
        """Do something to the app while somebody looks, and wait for the picture."""
        watcher = self._reader()
        back = until(watcher.sees_picture, _PATIENCE)
        if back is not None:
            try:
                act()
            except (OSError, subprocess.SubprocessError) as error:
                print(f"{name}: could not be done: {error}", flush=True)
            done = time.monotonic()
            time.sleep(0.5)  # what is on its way to the reader may be older than the fault
            came = until(lambda: watcher.sees_picture(since=done + 0.5), _PATIENCE)
            back = None if came is None else time.monotonic() - done
        self._note(name, back)
        watcher.close()

    def _leave_alone(self) -> None:
        """Let nobody look until the camera is closed, and then somebody come."""
        closed = until(lambda: not self._app.holds(devices.VIVID), _PATIENCE)
        watcher = self._reader()
        back = until(watcher.sees_picture, _PATIENCE)
        self._note("left alone", None if closed is None else back)
        watcher.close()

    def _note(self, name: str, back: float | None) -> None:
        self._recoveries.setdefault(name, []).append(back)
        if back is None:
            print(f"{name}: no picture came back; {self._app.tell('status')}", flush=True)

    def _meet(self) -> None:
        """Sit in a meeting in which nothing befalls anybody, and note how the app does."""
        watcher = self._reader()
        until(watcher.sees_picture, _PATIENCE)
        began, count = time.monotonic(), len(watcher.seen)
        time.sleep(4)
        pace = (len(watcher.seen) - count) / (time.monotonic() - began)
        figures = self._app.tell("status").get("stats")
        held = self._app.figures()
        if (
            figures is None
        ):  # it is stopped just now, or the machine is so busy that it doesn't answer in time
            print("no figures in a meeting", flush=True)
        else:
            latency = figures["latency_ms"]
            self._samples.append(
                Sample(round(self._elapsed, 1), held.rss, held.descriptors, held.threads, latency, pace)
            )
        (RESULTS / "soak.json").write_text(json.dumps([asdict(sample) for sample in self._samples]))
        watcher.close()

    def _reader(self) -> Watcher:
        self._readers += 1
        return Watcher(devices.OURS, _nothing)

    def _tell(self, *commands: tuple[str, str]) -> None:
        for verb, value in commands:
            self._app.tell(verb, value)
            time.sleep(random.uniform(0.1, 1))

    def _freeze(self) -> None:
        os.kill(self._app.pid, signal.SIGSTOP)
        time.sleep(random.uniform(0.5, 3))
        os.kill(self._app.pid, signal.SIGCONT)

    def _crowd(self) -> None:
        """Look around, as browsers do, and come and go."""
        for _ in range(10):
            self._readers += 1
            v4l2.capabilities(devices.OURS)
            capture = cv2.VideoCapture(str(devices.OURS), cv2.CAP_V4L2)
            capture.isOpened() and capture.read()
            capture.release()


def _medians(name: str, early: Sequence[Sample], late: Sequence[Sample]) -> tuple[float, float]:
    before, after = (statistics.median(getattr(one, name) for one in part) for part in (early, late))
    return before, after


def _unplug_and_replug() -> None:
    devices.unplug()
    time.sleep(random.uniform(0, 1))
    devices.replug()


def _nothing(pixels: person.Pixels) -> float:
    return 0.0


if __name__ == "__main__":
    raise SystemExit(main(float(sys.argv[1]) if len(sys.argv) > 1 else USUAL_SECONDS))
