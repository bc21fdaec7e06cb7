"""The app under test, as people start it, and what it costs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.lab.table import RESULTS
from vcam.adapters.settings_file import SettingsFile, settings_path
from vcam.adapters.single_instance import ask
from vcam.core.settings import Settings

_SCHED_CLOCK = 2  # in a process's CPU clock id: the scheduler's own account


@dataclass(frozen=True, slots=True)
class Figures:
    """What a process holds.

    Attributes:
        cpu: seconds it has computed.
        rss: resident memory, MiB.
        descriptors: open ones.
        threads: running ones.
    """

    cpu: float
    rss: float
    descriptors: int
    threads: int


class App:
    """`vcam run --headless --sink virtual-camera`, in its own process.

    Args:
        name: of its log among the results.
        arguments: more words for the command line.
        within: a command to run it in.
    """

    def __init__(self, name: str, *arguments: str, within: tuple[str, ...] = ()) -> None:
        self.log = RESULTS / f"{name}.log"
        command = [*within, sys.executable, "-m", self.program, *self.verb, *arguments]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)

    program = "vcam"
    verb: tuple[str, ...] = ("--verbose", "run", "--headless", "--sink", "virtual-camera")

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    @property
    def last_words(self) -> str:
        """The last line it has said."""
        return self.words().strip().splitlines()[-1]

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    def words(self) -> str:
        """Return what it has said so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def figures(self) -> Figures:
        """Return what it holds now."""
        folder = Path(f"/proc/{self._process.pid}")
        status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
        return Figures(
            cpu=time.clock_gettime((~self._process.pid << 3) | _SCHED_CLOCK),
            rss=int(status["VmRSS"].split()[0]) / 1024,
            descriptors=len(list((folder / "fd").iterdir())),
            threads=int(status["Threads"]),
        )

    def holds(self, device: Path) -> bool:
        """Return whether it has a device open."""
        for entry in Path(f"/proc/{self._process.pid}/fd").iterdir():
            try:
                if entry.readlink() == device:
                    return True
            except OSError:
                continue
        return False

    def wait(self, seconds: float = 30) -> int:
        """Wait for it to end by itself; return its exit code."""
        return self._process.wait(seconds)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """Ask it to end; return its exit code, and the seconds it took."""
        started = time.monotonic()
        os.kill(self._process.pid, number)
        code = self._process.wait(30)
        return code, time.monotonic() - started


class Tray(App):
    """The tray app on a screen that nobody sees.

    Args:
        name: of its log among the results.
        settings: that a person would have made; None for those that are there already.
    """

    program = "tests.e2e.lab.tray"
    verb = ("--verbose", "--hidden")

    def __init__(self, name: str, settings: Settings | None = None) -> None:
        os.environ |= {"QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": os.environ["HOME"]}
        if settings is not None:
            file = SettingsFile(settings_path())
            file.save(settings)
            file.flush()
        super().__init__(name)

    def tell(self, verb: str, value: str = "") -> dict[str, Any]:
        """Tell it something, as `vcam ctl` does, and return its answer; {} where it gives none."""
        return ask({"do": verb, "value": value}) or {}
