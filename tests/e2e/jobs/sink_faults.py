"""What befalls the virtual camera, and that nobody else's is touched."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.lab import devices, person
from tests.e2e.lab.app import App
from tests.e2e.lab.reader import format_of
from tests.e2e.lab.table import Table, until
from tests.e2e.lab.watcher import Watcher
from vcam.adapters import v4l2
from vcam.adapters.v4l2 import Role
from vcam.adapters.v4l2_holders import holders
from vcam.core.frame import Size

SIZE = Size(640, 360)
GREEN = (64, 177, 0)
_APP = ("--source", "demo", "--effect", "#00b140", "--fps", "10")
_SMALL = (*_APP, "--size", "640x360")
_PATIENCE = 30
_POWERLESS = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--inh-caps", "-all")


def main() -> int:
    table = Table()
    for step in (
        no_module,
        wrong_label,
        no_permission,
        taken,
        second_instance,
        stuck,
        killed,
        other_size,
        left,
    ):
        with table.trying(step.__doc__ or step.__name__):
            step(table)
    return 1 if table.failed else 0


def no_module(table: Table) -> None:
    """The module is not loaded"""
    devices.unload_loopbacks()
    refused(table, "The module is not loaded", "no loopback at all")
    devices.load_loopbacks()
    works(table, "It is loaded")


def wrong_label(table: Table) -> None:
    """There are loopbacks, but none of ours"""
    devices.unload_loopbacks()
    devices.load_loopbacks("Somebody Else's")
    refused(table, "There are loopbacks, but none is called Virtual Cam", "OBS Two")
    roles = [v4l2.capabilities(path).role for path in (devices.OURS, devices.OTHERS, devices.CLIP)]
    table.add(
        "After that, the others'", f"are {', '.join(roles)}", ok=all(role is Role.FREE for role in roles)
    )
    devices.unload_loopbacks()
    devices.load_loopbacks()


def no_permission(table: Table) -> None:
    """No permission"""
    devices.OURS.chmod(0)
    refused(table, "No permission for the device", "Permission denied", within=_POWERLESS)
    devices.OURS.chmod(0o660)


def taken(table: Table) -> None:
    """Another program feeds it"""
    with fed(devices.OURS) as rival:
        refused(table, "ffmpeg feeds it", "another program", "ffmpeg")
        alive = rival.poll() is None and format_of(devices.OURS) is not None
        table.add("After that, ffmpeg", "goes on" if alive else "HAS STOPPED", ok=alive)


def second_instance(table: Table) -> None:
    """A second instance"""
    app = App("first", *_SMALL)
    until(lambda: v4l2.capabilities(devices.OURS).capture, _PATIENCE)
    refused(table, "A second instance is started", "python (process", "another program")
    watcher = Watcher(devices.OURS, _nothing)
    ok = until(watcher.sees_picture, _PATIENCE) is not None
    table.add("After that, the first one", "goes on" if ok else "HAS STOPPED", ok=ok)
    watcher.close()
    app.stop()


def stuck(table: Table) -> None:
    """Its producer was killed"""
    with fed(devices.OURS):
        pass
    role = v4l2.capabilities(devices.OURS).role
    works(table, f"Another producer was killed; the device is {role}")


def killed(table: Table) -> None:
    """The app is killed under a reader"""
    app = App("killed", *_SMALL)
    until(lambda: v4l2.capabilities(devices.OURS).capture, _PATIENCE)
    watcher = Watcher(devices.OURS, _nothing)
    until(watcher.sees_picture, _PATIENCE)
    app.stop(signal.SIGKILL)
    count = len(watcher.seen)
    time.sleep(2)
    after = len(watcher.seen) - count
    role = v4l2.capabilities(devices.OURS).role
    table.add("kill -9 in a meeting", f"{after} frames come after it; the device is {role}", ok=after <= 3)
    began = time.monotonic()
    app = App("again", *_SMALL)
    back = until(watcher.sees_picture, _PATIENCE)
    words = "the meeting sees the picture again" if back is not None else app.last_words
    table.add("The app is started again", words, ok=back is not None, seconds=time.monotonic() - began)
    watcher.close()
    app.stop()


def other_size(table: Table) -> None:
    """Another size under a reader"""
    app = App("small", *_SMALL)
    until(lambda: v4l2.capabilities(devices.OURS).capture, _PATIENCE)
    watcher = Watcher(devices.OURS, _nothing)
    until(watcher.sees_picture, _PATIENCE)
    app.stop()
    app = App("large", *_APP, "--size", "1280x720")
    began = len(watcher.seen)
    until(lambda: watcher.sees_picture() and len(watcher.seen) > began + 20, _PATIENCE)
    iou = person.judge(watcher.newest, person.draw(SIZE, 5, seconds=6), GREEN).iou
    seen = f"the reader gets {watcher.shape[1]}×{watcher.shape[0]}, outline IoU {iou:.2f}"
    table.add(
        "The app is started again at 1280×720 under a reader of 640×360",
        seen if app.running else app.last_words,
        ok=app.running and iou > 0.8,
    )
    watcher.close()
    app.stop()


def left(table: Table) -> None:
    """What is left behind"""
    role = v4l2.capabilities(devices.OURS).role
    others = [v4l2.capabilities(path).role for path in (devices.OTHERS, devices.CLIP)]
    table.add(
        "When the app has ended",
        f"Virtual Cam is {role}, the others are {', '.join(others)}",
        ok={role, *others} == {Role.FREE},
    )
    unloaded = devices.unload_loopbacks()
    table.add("The module is unloaded", "it can be" if unloaded else "it CANNOT be", ok=unloaded)
    devices.load_loopbacks()
    works(table, "It is loaded again")


def refused(table: Table, done: str, *wanted: str, within: tuple[str, ...] = ()) -> None:
    """See that the app ends at once, and says why."""
    app = App("refused", *_SMALL, within=within)
    began = time.monotonic()
    code = app.wait(_PATIENCE)
    words = app.last_words
    ok = code == 2 and any(word in words for word in wanted) and "Traceback" not in app.words()
    table.add(done, f"exit code {code}: {words}", ok=ok, seconds=time.monotonic() - began)


def works(table: Table, done: str) -> None:
    """See that the app shows a picture, and touches nobody else's device."""
    began = time.monotonic()
    app = App("works", *_SMALL)
    until(lambda: v4l2.capabilities(devices.OURS).capture or not app.running, _PATIENCE)
    watcher = Watcher(devices.OURS, _nothing)
    shown = until(watcher.sees_picture, _PATIENCE)
    seconds = time.monotonic() - began
    touched = [one for path in (devices.OTHERS, devices.CLIP) for one in holders(path).known]
    table.add(
        done,
        "the app is started, and the picture is there" if shown is not None else app.last_words,
        ok=shown is not None and not touched,
        seconds=seconds,
    )
    watcher.close()
    app.stop()


@contextmanager
def fed(device: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Let ffmpeg feed a device, and kill it in the end."""
    clip = person.draw(SIZE, 10, seconds=1)
    with person.played(clip, device, Path(os.environ["HOME"])) as player:
        until(lambda: v4l2.capabilities(device).capture, 15)
        yield player


def _nothing(pixels: person.Pixels) -> float:
    return 0.0


if __name__ == "__main__":
    raise SystemExit(main())
