"""The real camera is open while somebody reads "Virtual Cam", and closed while nobody does."""

from __future__ import annotations

import statistics
import threading
import time

import cv2

from tests.e2e.lab import devices, person
from tests.e2e.lab.app import App
from tests.e2e.lab.table import Table, until
from vcam.adapters import v4l2
from vcam.core.frame import Size

SIZE = Size(640, 360)
WAKES = 5
PROBES = 60
CROWD = 200


def main() -> int:
    table = Table()
    app = App("app", "--source", "camera:vivid-000-vid-cap", "--effect", "blur", "--size", "640x360")
    until(lambda: v4l2.capabilities(devices.OURS).capture, 40)
    with table.trying("Nobody reads"):
        idle(table, app)
    with table.trying("Programs look around"):
        looked_over(table, app)
    with table.trying("A reader comes"):
        wakes(table, app)
    with table.trying("A reader leaves and comes back"):
        comes_back(table, app)
    with table.trying("Readers by the hundred"):
        crowd(table, app)
    code, seconds = app.stop()
    table.add("SIGTERM while idle", f"exit code {code}", ok=code == 0 and seconds < 2, seconds=seconds)
    return 1 if table.failed else 0


def idle(table: Table, app: App) -> None:
    time.sleep(3)
    before, began = app.figures(), time.monotonic()
    time.sleep(30)
    share = (app.figures().cpu - before.cpu) / (time.monotonic() - began)
    listed = v4l2.capabilities(devices.OURS).capture
    table.add(
        "Nobody reads, for 30 s",
        f"camera {_state(app)}, device {'listed' if listed else 'NOT listed'}, {share:.2%} of a core",
        ok=not app.holds(devices.VIVID) and listed and share <= 0.005,
    )
    table.add(
        "What a thread that does nothing but wake up costs here", f"{_wake_up():.0f} µs each time", ok=True
    )


def _wake_up(times: int = 200) -> float:
    """Return the CPU microseconds of one wake-up, by which shares here and natively can be compared."""
    rest = threading.Event()
    before = time.process_time()
    for _ in range(times):
        rest.wait(0.01)
    return (time.process_time() - before) / times * 1e6


def looked_over(table: Table, app: App) -> None:
    """Open and close the device as browsers do to list cameras."""
    opened = []
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(0.02):
            opened.append(app.holds(devices.VIVID))

    watcher = threading.Thread(target=watch)
    watcher.start()
    for _ in range(PROBES):
        v4l2.capabilities(devices.OURS)
        time.sleep(0.05)
    time.sleep(1)
    stop.set()
    watcher.join()
    table.add(
        f"{PROBES} programs open the device, ask what it is, and close it",
        f"the camera was open at {sum(opened)} of {len(opened)} looks",
        ok=len(opened) > 20 and not any(opened),
    )


def wakes(table: Table, app: App) -> None:
    arrivals, departures = [], []
    for _ in range(WAKES):
        reader = _Meeting()
        arrivals.append(reader.until_picture())
        reader.close()
        departures.append(until(lambda: not app.holds(devices.VIVID), 15))
        time.sleep(1)
    if None in arrivals or None in departures:
        table.add("A reader comes and goes", f"picture {arrivals}, closed {departures}", ok=False)
        return
    table.add(
        f"A reader comes, {WAKES} times",
        f"the picture is there after {_range(arrivals)}",
        ok=statistics.median(arrivals) <= 1,
        seconds=statistics.median(arrivals),
    )
    table.add(
        "It leaves",
        f"the camera is closed after {_range(departures)}",
        ok=4 < statistics.median(departures) < 7,
        seconds=statistics.median(departures),
    )


def comes_back(table: Table, app: App) -> None:
    reader = _Meeting()
    reader.until_picture()
    reader.close()
    time.sleep(2)
    held = app.holds(devices.VIVID)
    reader = _Meeting()
    pixels = reader.next()
    picture = pixels is not None and person.card_shown(pixels) is None
    reader.close()
    table.add(
        "A reader leaves and comes back two seconds later",
        f"the camera stayed {_state(app)}, the first frame is {'a picture' if picture else 'A CARD'}",
        ok=held and picture,
    )


def crowd(table: Table, app: App) -> None:
    before = app.figures()
    got = 0
    for _ in range(CROWD):
        reader = _Meeting()
        got += reader.next() is not None
        reader.close()
    after = app.figures()
    table.add(
        f"{CROWD} readers, one after the other",
        f"{got} got a frame; descriptors {before.descriptors} → {after.descriptors}, "
        f"threads {before.threads} → {after.threads}, memory {before.rss:.0f} → {after.rss:.0f} MiB",
        ok=got == CROWD and after.descriptors <= before.descriptors + 2 and after.rss < before.rss + 30,
    )
    together = [_Meeting() for _ in range(3)]
    shown = sum(reader.next() is not None for reader in together)
    for reader in together:
        reader.close()
    wanted = 3 if devices.module() < "0.13" else 1  # newer modules let one program stream at a time
    table.add("Three readers at once", f"{shown} get frames", ok=shown >= wanted)


class _Meeting:
    """A program that streams from "Virtual Cam" by mapped buffers."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._capture = cv2.VideoCapture(str(devices.OURS), cv2.CAP_V4L2)

    def next(self) -> person.Pixels | None:
        return self._capture.read()[1] if self._capture.isOpened() else None

    def until_picture(self) -> float | None:
        """Return the seconds from opening to the first frame that is no card."""
        while time.monotonic() - self._began < 20:
            pixels = self.next()
            if pixels is not None and person.card_shown(pixels) is None:
                return time.monotonic() - self._began
        return None

    def close(self) -> None:
        self._capture.release()


def _state(app: App) -> str:
    return "open" if app.holds(devices.VIVID) else "closed"


def _range(seconds: list[float]) -> str:
    return f"{min(seconds):.2f} … {max(seconds):.2f} s"


if __name__ == "__main__":
    raise SystemExit(main())
