"""What befalls the real camera while somebody is in a meeting: what they see, and how soon it is over."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from tests.e2e.lab import devices, person
from tests.e2e.lab.app import App
from tests.e2e.lab.table import Table, until
from tests.e2e.lab.watcher import Watcher
from vcam.adapters import v4l2
from vcam.core.frame import Pixels, Size

SIZE = Size(640, 360)
GREEN = (64, 177, 0)
_APP = ("--effect", "#00b140", "--size", "640x360", "--fps", "10")
_PATIENCE = 25

Fault: TypeAlias = tuple[str, Callable[[], None], Callable[[], None] | None]
"""What is done, how, and how it is mended; None for what mends itself."""


def main() -> int:
    table = Table()
    app = App("vivid", "--source", "camera:vivid-000-vid-cap", *_APP)
    watcher = Watcher(devices.OURS, _not_green)
    until(watcher.sees_picture, _PATIENCE)
    faults: tuple[Fault, ...] = (
        ("Unplugged, and plugged in again", devices.unplug, devices.replug),
        ("Dead but present, until it is opened anew", _disconnect, None),
        ("A streaming error", lambda: devices.control("inject_fatal_streaming_error"), None),
    )
    for fault in faults:
        with table.trying(fault[0]):
            befall(table, app, watcher, fault)
    for done, name, value, back in (
        ("Half of its frames are lost", "percentage_of_dropped_buffers", 50, 0),
        ("A damaged frame", "inject_v4l2_buf_flag_error", 1, None),
    ):
        with table.trying(done):
            began = time.monotonic()
            devices.control(name, value)
            time.sleep(3)
            if back is not None:
                devices.control(name, back)
            unnoticed(table, watcher, done, began)
    with table.trying("The computer sleeps and wakes"):
        sleep(table, watcher)
    with table.trying("Another program has it"):
        taken(table, app, watcher)
    with table.trying("Another number"):
        renumbered(table, app, watcher)
    _judge(table, watcher, "vivid's own picture", 0.9)
    watcher.close()
    app.stop()
    with table.trying("A camera that stalls"):
        stalls(table)
    return 1 if table.failed else 0


def befall(table: Table, app: App, watcher: Watcher, what: Fault) -> None:
    """Make a fault, wait for the card, mend it, wait for the picture."""
    done, fault, mend = what
    said = len(app.words())
    began = time.monotonic()
    fault()
    card = until(watcher.sees_card, _PATIENCE)
    shown = watcher.card()
    if mend is not None:
        time.sleep(2)
        mend()
    back = until(watcher.sees_picture, _PATIENCE)
    table.add(
        done,
        f"{shown} after {_in_seconds(card)}, {_problem(app.words()[said:])}; "
        f"the picture is back by itself; longest gap {watcher.longest_gap(began):.1f} s",
        ok=back is not None and (card is not None or mend is None),
        seconds=back,
    )


def unnoticed(table: Table, watcher: Watcher, done: str, began: float) -> None:
    """See that only pictures came since then."""
    frames = [seen for seen in watcher.seen if seen.at > began]
    cards = sum(seen.card is not None for seen in frames)
    table.add(done, f"{len(frames)} frames in 3 s, {cards} of them cards", ok=len(frames) > 5 and cards == 0)


def sleep(table: Table, watcher: Watcher) -> None:
    began = time.monotonic()
    devices.sleep_and_wake()
    woken = time.monotonic()
    back = until(lambda: watcher.sees_picture(since=woken), _PATIENCE)
    table.add(
        "The computer sleeps for five seconds",
        f"the picture is back; longest gap {watcher.longest_gap(began):.1f} s",
        ok=back is not None,
        seconds=back,
    )


def taken(table: Table, app: App, watcher: Watcher) -> None:
    """Take the camera while the app has lost it."""
    said = len(app.words())
    devices.unplug()
    until(watcher.sees_card, _PATIENCE)
    os.kill(app.pid, signal.SIGSTOP)  # it opens a camera that comes back faster than anybody else
    devices.replug()
    rival = _Rival(devices.VIVID)
    os.kill(app.pid, signal.SIGCONT)
    time.sleep(4)
    shown = watcher.card()
    rival.close()
    back = until(watcher.sees_picture, _PATIENCE)
    problem = _problem(app.words()[said:], "camera-busy")
    table.add(
        "Another program takes the camera first, and leaves it again",
        f"{shown}, {problem}; then the picture",
        ok=back is not None and "busy" in problem and "card" in shown,
        seconds=back,
    )


def renumbered(table: Table, app: App, watcher: Watcher) -> None:
    """Plug the camera in again while its old number is still taken, as it is at another port."""
    numbers = set(Path("/dev").glob("video*"))
    held = os.open(devices.VIVID, os.O_RDWR | os.O_NONBLOCK)
    devices.unplug()
    until(watcher.sees_card, _PATIENCE)
    devices.replug()
    replugged = time.monotonic()
    back = until(lambda: watcher.sees_picture(since=replugged), _PATIENCE)
    new = {path for path in set(Path("/dev").glob("video*")) - numbers if app.holds(path)}
    table.add(
        "Unplugged, and plugged in again under another number",
        f"the picture is back from {', '.join(str(path) for path in new) or 'NO NEW DEVICE'}",
        ok=back is not None and bool(new),
        seconds=back,
    )
    devices.unplug()
    os.close(held)
    devices.replug()
    until(watcher.sees_picture, _PATIENCE)


def stalls(table: Table) -> None:
    """Use a loopback as the camera: its reader waits for ever when nobody feeds it."""
    clip = person.draw(SIZE, 10, seconds=3, signal_room=True)
    home = Path(os.environ["HOME"])
    with person.played(clip, devices.CLIP, home) as player:
        until(lambda: v4l2.capabilities(devices.CLIP).capture, 10)
        app = App("clip", "--source", f"camera:{devices.CLIP}", *_APP)
        watcher = Watcher(devices.OURS, person.room_seen)
        until(watcher.sees_picture, _PATIENCE)
        stall: Fault = (
            "A read that never returns; then frames again",
            lambda: os.kill(player.pid, signal.SIGSTOP),
            lambda: os.kill(player.pid, signal.SIGCONT),
        )
        befall(table, app, watcher, stall)
    began = time.monotonic()
    other = person.draw(Size(320, 240), 10, seconds=3, signal_room=True)
    until(watcher.sees_card, _PATIENCE)
    with person.played(other, devices.CLIP, home):
        back = until(watcher.sees_picture, _PATIENCE)
        shape, gap = watcher.shape, watcher.longest_gap(began)
        until(lambda: len(watcher.seen) > 60, _PATIENCE)  # so that there is something to judge
    table.add(
        "The camera comes back with another size (320×240)",
        f"the picture is back, {shape[1]}×{shape[0]} as before; longest gap {gap:.1f} s",
        ok=back is not None and shape[:2] == (SIZE.height, SIZE.width),
        seconds=back,
    )
    _judge(table, watcher, "the room", 0.1)
    watcher.close()
    app.stop()


def _judge(table: Table, watcher: Watcher, room: str, bound: float) -> None:
    cards = sum(seen.card is not None for seen in watcher.seen)
    shown = sum(seen.room > bound for seen in watcher.seen)
    table.add(
        "All of these together",
        f"{len(watcher.seen)} frames, {cards} of them cards, {shown} show {room} "
        f"(the network keeps {watcher.worst_room():.1%} of it at most)",
        ok=len(watcher.seen) > 30 and shown == 0,
    )


class _Rival:
    """Another program that streams from the camera."""

    def __init__(self, device: Path) -> None:
        self._process = subprocess.Popen(
            ["v4l2-ctl", "-d", device, "--stream-mmap", "--stream-count=100000"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


def _disconnect() -> None:
    devices.control("disconnect")


def _not_green(pixels: Pixels) -> float:
    """vivid shows nobody, so that all of the picture should be the effect's green."""
    return person.colour_missing(pixels, GREEN)


def _problem(words: str, wanted: str = "") -> str:
    """Return which problems the app has told of."""
    known = ("camera-gone", "camera-stalled", "camera-busy", "no-camera")
    said = [name for name in known if name in words]
    return wanted if wanted in said and wanted else ", ".join(said) or "no problem told"


def _in_seconds(seconds: float | None) -> str:
    return "never" if seconds is None else f"{seconds:.1f} s"


if __name__ == "__main__":
    raise SystemExit(main())
