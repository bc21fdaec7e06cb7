"""Does a picture leave for each one that the camera gives, when it gives it? On the real clock, for minutes.

    python -m tests.bench.pace [--minutes 2] [--fps 30] [--alone]

The app's own pipeline, between a camera that hands out MJPG at its own pace and a virtual camera that notes
when pictures come. Twice: alone, and beside a window that looks at the preview and keeps Python busy half of
the time.
"""

from __future__ import annotations

import argparse
import threading
import time
from dataclasses import replace
from functools import partial

import cv2
import numpy as np

from tests.bench.__main__ import CACHE, DATA, ROOT
from tests.bench.clips import available, make_clip
from vcam.adapters.preview_slot import PreviewSlot
from vcam.adapters.virtual_camera import VirtualCamera
from vcam.core.frame import Frame, Size
from vcam.core.pipeline import Pipeline
from vcam.core.ports import SourceFormat
from vcam.core.settings import Settings
from vcam.planner import Planner

SIZE = Size(1280, 720)
WARM_UP = 60


class Camera:
    """Gives a picture each time its clock says so, however long the last one took."""

    name = "bench"

    def __init__(self, pictures, fps):
        self.format = SourceFormat(SIZE, fps, "MJPG")
        self._pictures, self._step = pictures, 1 / fps
        self._index = -1
        self._due = time.monotonic()

    def read(self):
        self._due += self._step
        time.sleep(max(self._due - time.monotonic(), 0))
        taken = time.monotonic()
        self._index += 1
        picture = self._pictures[self._index % len(self._pictures)]
        return Frame(cv2.imdecode(picture, cv2.IMREAD_COLOR), self._index, taken)

    def close(self):
        pass


class Noting:
    """A gate that notes which frame is being worked on."""

    def __init__(self, gate, note):
        self.remember, self.reset = gate.remember, gate.reset
        self._gate, self._note = gate, note

    def reusable(self, frame):
        self._note(frame)
        return self._gate.reusable(frame)


class Device:
    """Stands in for v4l2loopback: takes a picture at once."""

    backends, size, device = (("v4l2loopback", "bench"),), None, "bench"

    def __init__(self):
        self.came, self.frame = [], None

    def note(self, frame):
        self.frame = frame

    def alive(self):
        return True

    def release(self):
        pass

    def send(self, _picture):
        if self.frame is not None:  # a card has none
            self.came.append((time.monotonic(), self.frame.captured_at))

    def close(self):
        pass


def measure(pictures, seconds, fps, *, window):
    """Return a row of the table."""
    camera, device, slot, done = Camera(pictures, fps), Device(), PreviewSlot(), threading.Event()
    planner = Planner(ROOT / "models", open_source=lambda: camera)
    plan = planner.plan(Settings(size=SIZE))
    gate = plan.make_gate
    plan = replace(plan, on_demand=False, make_gate=lambda: Noting(gate(), device.note))
    sink = partial(VirtualCamera, SIZE, fps, claim=lambda: device, make=lambda *_, **__: device)
    pipeline = Pipeline(plan, planner.fittings(sink, SIZE, tap=slot.put), lambda _: None)
    slot.wanted(window)
    if window:
        threading.Thread(target=_busy_window, args=(slot, done), daemon=True).start()
    pipeline.start()
    time.sleep(seconds)
    stats = pipeline.status.stats
    pipeline.stop()
    pipeline.join(5)
    done.set()
    came, taken = np.array(device.came[WARM_UP:]).T
    late, jitter = 1e3 * (came - taken), 1e3 * np.abs(np.diff(came) - 1 / fps)
    cells = (
        "beside a busy window" if window else "alone",
        len(came),
        stats.dropped,
        f"{np.median(late):.1f} ({np.percentile(late, 99):.1f})",
        f"{np.median(jitter):.1f} ({np.percentile(jitter, 99):.1f})",
        f"{np.median(late[-300:]) - np.median(late[:300]):+.2f}",
    )
    return f"| {' | '.join(map(str, cells))} |"


def _busy_window(slot, done):
    """Look at the preview fifteen times a second, and keep the interpreter busy for half of the time."""
    while not done.wait(1 / 30):
        until = time.monotonic() + 1 / 30
        while time.monotonic() < until:
            slot.latest()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.pace", description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=float, default=2)
    parser.add_argument("--fps", type=float, default=30)
    parser.add_argument("--alone", action="store_true", help="leave out the run beside a busy window")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    clip = np.load(make_clip(available(DATA)[-1], SIZE, DATA, CACHE), mmap_mode="r")
    jpegs = [cv2.imencode(".jpg", np.array(frame), [cv2.IMWRITE_JPEG_QUALITY, 85])[1] for frame in clip]
    print(
        "| | pictures | frames dropped | latency, ms: median (p99) | jitter, ms: median (p99) | drift, ms |"
    )
    print("|---|---|---|---|---|---|")
    for window in (False,) if options.alone else (False, True):
        print(measure(jpegs, 60 * options.minutes, options.fps, window=window), flush=True)


if __name__ == "__main__":
    main()
