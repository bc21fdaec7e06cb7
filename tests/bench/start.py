"""How long until the first picture, and until the tray icon; and what the app holds then.

    tests/ui/desktop .venv/bin/python -m tests.bench.start     (a real tray on a virtual screen)

Each launch is a process of its own with a new home folder, so everything but the disk's cache is cold.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vcam.adapters.settings_codec import to_json
from vcam.core.frame import Size
from vcam.core.settings import Settings
from vcam.planner import DEMO

ROOT = Path(__file__).resolve().parents[2]
SETTLE = 20.0
"""Seconds after which memory is read."""
PATIENCE = 60.0

HEADLESS = ["run", "--headless", "--source", "demo", "--size", "1280x720", "--realtime", "--sink", "null"]
TRAY = """
import sys, time
from PySide6.QtWidgets import QSystemTrayIcon
import vcam.ui.tray
shown = QSystemTrayIcon.show
def show(icon):
    shown(icon)
    print(time.monotonic(), flush=True)
QSystemTrayIcon.show = show
from vcam.cli import main
raise SystemExit(main(["--hidden"]))
"""


def main() -> None:
    """Launch both in turns, and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--launches", type=int, default=5)
    options = parser.parse_args()
    seen = {"first picture, headless": [], "tray icon": []}
    for _ in range(options.launches):
        with tempfile.TemporaryDirectory() as home:
            for title, launch in zip(seen, (headless, tray), strict=True):
                seen[title].append(launch(Path(home)))
    for title, launches in seen.items():
        seconds, memory = zip(*launches, strict=True)
        every = ", ".join(f"{s:.2f}" for s in seconds)
        figures = f"{statistics.median(seconds):.2f} s ({every}); {max(memory):.0f} MB after {SETTLE:.0f} s"
        print(f"{title}: {figures}")


def headless(home: Path) -> tuple[float, float]:
    """Return the seconds from launch to exit with one picture made, and megabytes while more are made."""
    began = time.monotonic()
    with launched(home, ["-m", "vcam", *HEADLESS, "--frames", "1"]) as process:
        assert process.wait(PATIENCE) == 0
    took = time.monotonic() - began
    with launched(home, ["-m", "vcam", *HEADLESS]) as process:
        return took, settled(process)


def tray(home: Path) -> tuple[float, float]:
    """Return the seconds to the tray icon, and megabytes while the demo is blurred for a virtual camera."""
    settings = home / "virtual-cam" / "settings.json"
    settings.parent.mkdir(exist_ok=True)
    settings.write_text(json.dumps(to_json(Settings(camera=DEMO, size=Size(1280, 720), on_demand=False))))
    began = time.monotonic()
    with launched(home, ["-c", TRAY]) as process:
        assert process.stdout is not None
        shown = float(process.stdout.readline())
        return shown - began, settled(process)


@contextmanager
def launched(home: Path, arguments: list[str]) -> Iterator[subprocess.Popen[str]]:
    """The app in a home of its own, until the block ends."""
    homes = {f"XDG_{kind}_HOME": str(home) for kind in ("CONFIG", "STATE", "CACHE")}
    process = subprocess.Popen(
        [sys.executable, *arguments], env=os.environ | homes, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    with process:
        try:
            yield process
        finally:
            process.terminate()


def settled(process: subprocess.Popen[str]) -> float:
    """Return what the process holds once it has worked for a while, in megabytes."""
    time.sleep(SETTLE)
    assert process.poll() is None, "it has ended"
    status = Path(f"/proc/{process.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


if __name__ == "__main__":
    main()
