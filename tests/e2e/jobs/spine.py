"""The whole way: a person in a camera, the app, "Virtual Cam", and programs that read it."""

from __future__ import annotations

import base64
import os
import sys
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from tests.e2e.lab import devices, person
from tests.e2e.lab.app import App
from tests.e2e.lab.chromium import Chromium, serve
from tests.e2e.lab.person import Clip, Verdict
from tests.e2e.lab.reader import Reader, format_of
from tests.e2e.lab.table import RESULTS, Table, until
from vcam.core.frame import Pixels, Size

SIZE = Size(640, 360)
FPS = 10
GREEN = (64, 177, 0)
_ASKED = ("--size", str(SIZE).replace("×", "x"), "--fps", str(FPS))
_PATIENCE = 90
_TMP = Path(os.environ["HOME"])


def main(archives: list[str]) -> int:
    table = Table()
    clip = person.draw(SIZE, FPS, seconds=6)
    with person.played(clip, devices.CLIP, _TMP):
        until(lambda: format_of(devices.CLIP) is not None, 20)
        with table.trying("A clip of a person is played into a webcam; effect: a colour"):
            by_ffmpeg(table, clip)
        with table.trying("Effect: blur"):
            blurred(table, clip)
        with table.trying("Effect: none"):
            untouched(table, clip)
        with table.trying("Chromium"):
            by_browser(table, clip)
    for archive in archives:
        with table.trying(archive):
            real_people(table, Path(archive))
    with table.trying("vivid is the camera"):
        from_vivid(table)
    return 1 if table.failed else 0


def by_ffmpeg(table: Table, clip: Clip) -> None:
    app = App("colour", "--source", f"camera:{devices.CLIP}", "--effect", "#00b140", *_ASKED)
    frames = _pictures(30)
    verdicts = [person.judge(frame, clip, GREEN) for frame in frames]
    table.add(
        'A clip of a person into a webcam → app (a colour behind) → "Virtual Cam" → ffmpeg',
        _in_words(verdicts),
        ok=_good(verdicts),
    )
    _keep("colour", frames[-1])
    code, seconds = app.stop()
    table.add("SIGTERM", f"exit code {code}", ok=code == 0 and seconds < 2, seconds=seconds)


def real_people(table: Table, archive: Path) -> None:
    clip = person.keyed(archive, SIZE, FPS)
    with person.played(clip, devices.CLIP, _TMP):
        until(lambda: format_of(devices.CLIP) is not None, 20)
        app = App(archive.stem, "--source", f"camera:{devices.CLIP}", "--effect", "#00b140", *_ASKED)
        frames = _pictures(100)
        app.stop()
    verdicts = [person.judge(frame, clip, GREEN) for frame in frames[::4]]
    ious = [verdict.iou for verdict in verdicts]
    table.add(
        f"Real people ({archive.stem}) before a drawn room, the same way",
        f"{_in_words(verdicts)}; outline IoU {min(ious):.3f} at least",
        ok=float(np.median(ious)) > 0.85,
    )


def blurred(table: Table, clip: Clip) -> None:
    app = App("blur", "--source", f"camera:{devices.CLIP}", "--effect", "blur", "--strength", "1", *_ASKED)
    frame = _pictures(10)[-1]
    index = person.judge(frame, clip, GREEN).index
    room = clip.alphas[index] <= 1 - person.CERTAIN
    before, after = (_detail(picture, room) for picture in (clip.frames[index], frame))
    table.add(
        "The same with blur (strength 1)",
        f"sharpness left in the room: {after / before:.1%}",
        ok=after < 0.1 * before,
    )
    _keep("blur", frame)
    app.stop()


def untouched(table: Table, clip: Clip) -> None:
    app = App("none", "--source", f"camera:{devices.CLIP}", "--effect", "none", *_ASKED)
    frame = _pictures(10)[-1]
    index = person.judge(frame, clip, GREEN).index
    difference = float(np.abs(frame.astype(int) - clip.frames[index]).mean())
    table.add("The same without an effect", f"{difference:.1f} levels from the camera's", ok=difference < 6)
    app.stop()


def by_browser(table: Table, clip: Clip) -> None:
    app = App("browser", "--source", f"camera:{devices.CLIP}", "--effect", "#00b140", *_ASKED)
    until(lambda: app.holds(devices.OURS), 30)
    browser = Chromium(_TMP / "chromium", RESULTS / "chromium.log")
    try:
        browser.open(serve(Path(__file__).parents[1] / "lab") + "/meeting.html")
        names = browser.run("names()")
        table.add("Chromium lists its cameras", ", ".join(names), ok=names.count("Virtual Cam") == 1)
        time.sleep(6)  # so that what listing them stirred up is over
        asleep = not app.holds(devices.CLIP)
        table.add("It has looked and left", f"the real camera is {'closed' if asleep else 'OPEN'}", ok=asleep)
        joined, woken = _join(browser)
        table.add(
            'It opens "Virtual Cam" by name',
            f"{joined['width']}×{joined['height']}, first frame after {joined['ms']} ms",
            ok=joined["label"].startswith("Virtual Cam") and joined["width"] == SIZE.width,
        )
        table.add("The picture comes", "the card is gone", ok=woken is not None, seconds=woken)
        _judge_in_browser(table, browser, clip, "selfView", "In the page")
        facts = browser.run("call()")
        _judge_in_browser(table, browser, clip, "farView", f"Through a WebRTC call ({facts.get('codec')})")
        browser.run("leave()")
        gone = until(lambda: not app.holds(devices.CLIP), 20)
        table.add("It leaves the meeting", "the real camera is closed", ok=gone is not None, seconds=gone)
    finally:
        browser.close()
        app.stop()


def from_vivid(table: Table) -> None:
    app = App("vivid", "--source", "camera:vivid-000-vid-cap", "--effect", "none", *_ASKED[:2], "--fps", "30")
    until(lambda: format_of(devices.OURS) == SIZE, 40, every=0.5)
    reader = Reader(devices.OURS, SIZE)
    live = until(lambda: _live(reader), 20)
    began, count = time.monotonic(), reader.count
    time.sleep(5)
    rate = (reader.count - count) / (time.monotonic() - began)
    table.add(
        f"vivid at {SIZE}, 30 fps, as the camera; effect: none",
        f"{rate:.1f} frames a second",
        ok=live is not None and rate > 25,
        seconds=live,
    )
    reader.close()
    app.stop()


def _pictures(count: int) -> list[Pixels]:
    """Read "Virtual Cam" until so many frames came that are no cards."""
    if until(lambda: format_of(devices.OURS) == SIZE, _PATIENCE, every=0.5) is None:
        raise TimeoutError(f"{devices.OURS} gives {format_of(devices.OURS)} != wanted {SIZE}")
    reader = Reader(devices.OURS, SIZE, keep=count)
    try:
        if until(lambda: _live(reader), _PATIENCE) is None:
            raise TimeoutError("nothing but cards")
        seen = reader.count
        if until(lambda: reader.count >= seen + count, _PATIENCE) is None:
            raise TimeoutError(f"{reader.count - seen} frames in {_PATIENCE} s")
        return [pixels for _, pixels in reader.frames()]
    finally:
        reader.close()


def _live(reader: Reader) -> bool:
    pixels = reader.latest()
    return pixels is not None and person.card_shown(pixels) is None


def _join(browser: Chromium) -> tuple[dict[str, Any], float | None]:
    """Join the meeting; again, where load made Chromium give the camera up and show black."""
    for _ in range(3):
        joined = browser.run(f"join('Virtual Cam', {SIZE.width}, {SIZE.height})")
        woken = until(lambda: _is_picture(_shown(browser, "selfView")), 60)
        if woken is not None:
            break
        browser.run("leave()")
    return joined, woken


def _is_picture(pixels: Pixels) -> bool:
    small = np.asarray(cv2.resize(pixels, (SIZE.width, SIZE.height)), np.uint8)
    return bool(small.mean() > 5) and person.card_shown(small) is None


def _shown(browser: Chromium, view: str) -> Pixels:
    data = np.frombuffer(base64.b64decode(browser.run(f"picture({view})")), np.uint8)
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def _judge_in_browser(table: Table, browser: Chromium, clip: Clip, view: str, done: str) -> None:
    pictures = [_shown(browser, view) for _ in range(3)]
    same_size = [cv2.resize(picture, (SIZE.width, SIZE.height)) for picture in pictures]
    verdicts = [person.judge(np.asarray(picture, np.uint8), clip, GREEN) for picture in same_size]
    table.add(done, _in_words(verdicts), ok=_good(verdicts))
    _keep(view, pictures[-1])


def _in_words(verdicts: list[Verdict]) -> str:
    return (
        f"{len(verdicts)} frames: outline IoU {np.median([v.iou for v in verdicts]):.3f}, "
        f"person {np.median([v.person for v in verdicts]):.0f} levels from the camera's, "
        f"room seen {max(v.room for v in verdicts):.1%} at most"
    )


def _good(verdicts: list[Verdict]) -> bool:
    return all(v.iou > 0.9 and v.person < 12 and v.room < 0.05 for v in verdicts)


def _detail(pixels: Pixels, where: np.ndarray) -> float:
    inside = cv2.erode(where.astype(np.uint8), np.ones((25, 25), np.uint8)) > 0
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    return float(np.percentile(np.abs(cv2.Laplacian(grey, cv2.CV_32F))[inside], 99))


def _keep(name: str, pixels: Pixels) -> None:
    cv2.imwrite(str(RESULTS / f"{name}.png"), pixels)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
