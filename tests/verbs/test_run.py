"""`vcam run --headless` end to end: the real network of models/, drawn presenter, files in and out."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from vcam.adapters.file_sinks import NullSink
from vcam.adapters.synthetic import SyntheticSource
from vcam.core.frame import Size
from vcam.core.ports import AlwaysWatched
from vcam.verbs.headless import FAILED, OK, WRONG_USE, Progress

GREEN = (0, 255, 0)
SIZE = Size(320, 180)


def run_demo(vcam, *words):
    return vcam("run", "--headless", "--source", "demo", "--size", "320x180", *words)


def test_the_room_is_replaced_and_the_person_is_kept(vcam, tmp_path):
    out = tmp_path / "out"
    assert run_demo(vcam, "--effect", "#00ff00", "--sink", f"{out}/", "--frames", 12) == OK
    pictures = sorted(out.glob("*.png"))
    frames = [cv2.imread(str(path)) for path in pictures]
    assert len(frames) == 12, "a folder holds the source's frames, and no cards"
    source = SyntheticSource(SIZE, 30.0, paced=False)
    for index in range(4, 12):
        pixels, alpha = source.draw(index)
        shown = frames[index].astype(int)
        room, person = alpha < 0.02, alpha > 0.98
        near = cv2.dilate(person.astype(np.uint8), np.ones((25, 25))) > 0
        far = room & ~near
        assert np.mean(np.abs(shown[far] - GREEN).max(axis=1) < 12) > 0.9
        assert np.mean(np.abs(shown[person] - pixels[person].astype(int)).max(axis=1) < 25) > 0.8


def test_a_clip_is_written_with_every_frame_and_figures(vcam, tmp_path):
    clip, stats = tmp_path / "out.mp4", tmp_path / "stats.json"
    code = run_demo(vcam, "--effect", "blur", "--sink", clip, "--frames", 20, "--stats", stats)
    assert code == OK
    figures = json.loads(stats.read_text())
    assert figures["frames_out"] == 20
    assert figures["dropped"] == 0
    assert 0 < figures["inferred"] <= 20
    assert figures["model"]
    assert figures["problem"] is None
    capture = cv2.VideoCapture(str(clip))
    assert int(capture.get(cv2.CAP_PROP_FRAME_COUNT)) == 20
    capture.release()


def test_figures_are_printed_where_that_is_asked_for(vcam, capsys):
    run_demo(vcam, "--sink", "null", "--frames", 2, "--stats", "-")
    assert json.loads(capsys.readouterr().out)["frames_out"] == 2


def test_every_frame_is_inferred_where_that_is_asked_for(vcam, tmp_path):
    stats = tmp_path / "stats.json"
    run_demo(vcam, "--effect", "blur", "--sink", "null", "--frames", 10, "--every-frame", "--stats", stats)
    assert json.loads(stats.read_text())["inferred"] == 10


def test_a_clip_and_a_folder_are_read_and_a_picture_is_laid_behind(vcam, tmp_path):
    clip, out = tmp_path / "person.avi", tmp_path / "out"
    assert run_demo(vcam, "--effect", "none", "--sink", clip, "--frames", 5) == OK
    picture = tmp_path / "behind.png"
    cv2.imwrite(str(picture), np.full((90, 160, 3), (200, 30, 30), np.uint8))
    assert vcam("run", "--headless", "--source", clip, "--effect", picture, "--sink", f"{out}/") == OK
    shown = cv2.imread(str(sorted(out.glob("*.png"))[-1]))
    assert np.abs(shown[5:20, 5:20].astype(int) - (200, 30, 30)).max() < 20
    assert vcam("run", "--headless", "--source", out, "--effect", "blur", "--sink", "null") == OK


def test_the_phones_pipeline_can_be_looked_at(vcam, tmp_path):
    out = tmp_path / "out"
    assert run_demo(vcam, "--pipeline", "phone", "--sink", f"{out}/", "--frames", 3) == OK
    assert len(list(out.glob("*.png"))) == 3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--source", "nowhere.mp4", "--sink", "null"], "no file"),
        (["--source", "demo", "--effect", "nowhere.png", "--sink", "null"], "nowhere.png"),
        (["--source", "demo", "--effect", "#12", "--sink", "null"], "#rrggbb"),
        (["--source", "demo", "--sink", "out.xyz"], "out.xyz"),
        (["--source", "demo", "--sink", "null", "--model", "nobody"], "nobody"),
        (["--source", "demo", "--sink", "null", "--size", "3"], "WIDTHxHEIGHT"),
        (["--source", "demo", "--sink", "null", "--frames", "0"], "1 or more"),
        (["--source", "demo", "--sink", "null", "--frames", "x"], "whole number"),
        (["--source", "demo", "--sink", "null", "--quality", "best"], "one of auto"),
        (["--source", "demo", "--sink", "null", "--effect", "none", "--strength", "1"], "with blur"),
        (["--source", "demo", "--sink", "null", "--strength", "much"], "0 … 1"),
        (["--source", "demo", "--sink", "null", "--strength", "7"], "0 … 1"),
        (["--source", "demo", "--frobnicate"], "--frobnicate"),
        (["--source", "camera:nobody's", "--sink", "null"], "camera"),
        (["--source", "demo", "--sink", "null", "--effect", "n" * 5000], "got the effect"),
        (["--source", "n" * 5000, "--sink", "null"], "too long"),
        (["--source", "demo", "--sink", "null", "--size", "100000x100000"], "8192 a side"),
        (
            ["--source", "demo", "--sink", "null", "--size", "8x300"],
            "8×300 != wanted at least 16 pixels a side",
        ),
    ],
)
def test_what_cannot_be_done_is_said_without_a_traceback(vcam, capsys, words, said):
    missing = words[1].startswith("camera:")
    assert vcam("run", "--headless", *words) == (FAILED if missing else WRONG_USE)
    told = capsys.readouterr().err
    assert said in told
    assert "Traceback" not in told


def test_options_of_a_headless_run_are_not_dropped_in_silence(vcam, capsys):
    assert vcam("run", "--effect", "blur", "--every-frame") == WRONG_USE
    assert "--effect, --every-frame without --headless" in capsys.readouterr().err


def test_a_size_may_be_written_as_it_is_shown_and_more_be_told(vcam, tmp_path, capsys):
    stats = tmp_path / "stats.json"
    words = ["--headless", "--verbose", "--source", "demo", "--size", "320×180", "--sink", "null"]
    assert vcam("run", *words, "--frames", 2, "--stats", stats) == OK
    assert "info:" in capsys.readouterr().err


def test_a_terminal_is_told_what_was_done(vcam, monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert run_demo(vcam, "--sink", "null", "--frames", 3) == OK
    assert re.search(r"\r\x1b\[K3 frames in [\d.]+ s\n$", capsys.readouterr().err)


def test_a_damaged_picture_and_a_damaged_clip_are_said(vcam, capsys, tmp_path):
    for name in ("broken.png", "broken.mp4"):
        (tmp_path / name).write_bytes(b"\x89PNG\r\n\x1a\nnot really")
        assert vcam("run", "--headless", "--source", tmp_path / name, "--sink", "null") == WRONG_USE
        assert run_demo(vcam, "--effect", tmp_path / name, "--sink", "null") == WRONG_USE
        assert name in capsys.readouterr().err


def test_corrupt_settings_are_set_aside_and_the_run_goes_on(vcam, capsys, home):
    from vcam.adapters.settings_file import settings_path  # noqa: PLC0415 - reads the environment

    settings_path().parent.mkdir(parents=True, exist_ok=True)
    settings_path().write_text("{")
    assert run_demo(vcam, "--sink", "null", "--frames", 2) == OK
    assert list(settings_path().parent.glob("*.bad"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_a_run_cleanly_within_two_seconds(tmp_path, number):
    stats = tmp_path / "stats.json"
    words = ["run", "--headless", "--source", "demo", "--realtime", "--size", "320x180", "--sink", "null"]
    command = [sys.executable, "-m", "vcam", *words, "--stats", str(stats)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=dict(os.environ)) as process:
        wait_for_threads(process.pid, 4)
        began = time.monotonic()
        process.send_signal(number)
        _, told = process.communicate(timeout=10)
    assert process.returncode == OK
    assert time.monotonic() - began < 2
    assert b"Traceback" not in told
    assert json.loads(stats.read_text())["problem"] is None


def wait_for_threads(pid: int, count: int) -> None:
    """Wait until a process hears SIGTERM, and has so many threads: main, pipeline, watchdog, capture.

    Libraries have threads, too, before anybody listens.
    """
    deadline = time.monotonic() + 20
    while not hears(pid, signal.SIGTERM) or len(list(Path(f"/proc/{pid}/task").iterdir())) < count:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def hears(pid: int, number: signal.Signals) -> bool:
    """Return whether a process has a handler of its own for a signal."""
    status = Path(f"/proc/{pid}/status").read_text()
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught.split()[1], 16) >> (number - 1) & 1)


def test_headless_never_loads_qt_and_help_loads_nothing(tmp_path):
    program = (
        "import sys; from vcam.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "print(sorted(name for name in ('PySide6', 'torch', 'cv2', 'onnxruntime') if name in sys.modules))"
    )

    def loaded(*words):
        done = subprocess.run(
            [sys.executable, "-c", program, *words], capture_output=True, text=True, check=True
        )
        return done.stdout.splitlines()[-1]

    assert loaded("--help") == "[]"
    demo = ["run", "--headless", "--source", "demo", "--size", "320x180", "--sink", "null", "--frames", "1"]
    assert loaded(*demo) == "['cv2', 'onnxruntime']"


def test_what_is_read_is_never_written_over(vcam, capsys, tmp_path):
    clip, folder = tmp_path / "mine.avi", tmp_path / "frames"
    assert run_demo(vcam, "--effect", "none", "--sink", clip, "--frames", 3) == OK
    assert run_demo(vcam, "--effect", "none", "--sink", f"{folder}/", "--frames", 2) == OK
    before = {path: path.read_bytes() for path in (clip, *folder.iterdir())}
    for source, words in (
        (clip, ["--sink", clip]),
        (clip, ["--sink", "null", "--stats", clip]),
        (folder, ["--sink", f"{folder}/"]),
        (folder / "000000.png", ["--sink", f"{folder}/"]),
        ("demo", ["--effect", folder / "000001.png", "--sink", f"{folder}/"]),
    ):
        assert vcam("run", "--headless", "--source", source, *words) == WRONG_USE
        assert "wanted another" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in before} == before


def test_an_odd_clip_goes_to_the_virtual_camera_as_the_next_even_size(monkeypatch, vcam, tmp_path):
    from vcam.adapters import virtual_camera  # noqa: PLC0415

    sizes = []

    def open_camera(size, _):
        sizes.append(size)
        return NullSink(size)

    monkeypatch.setattr(virtual_camera, "VirtualCamera", open_camera)
    monkeypatch.setattr(virtual_camera, "open_audience", AlwaysWatched)
    picture = tmp_path / "odd.png"
    cv2.imwrite(str(picture), np.zeros((91, 161, 3), np.uint8))
    words = ["--source", picture, "--effect", "blur", "--frames", 2]
    assert vcam("run", "--headless", *words) == OK
    assert sizes == [Size(160, 90)]


STUCK = """
import sys, threading
from vcam.core.fakes import *
from vcam.core.plan import Fittings, Plan
from vcam.verbs.headless import run

def blocks(count):
    if count == 5:
        print("blocked", flush=True)
        threading.Event().wait()

sink = CollectingSink(before_send=blocks)
plan = Plan(RoomSource, NobodySegmenter, lambda _: ColourCompositor(), lambda _: ColourCompositor(), True)
fittings = Fittings(lambda: sink, sink.size, paint_plain_card, lambda pixels, _: pixels, PlainRefiner)
sys.exit(run(plan, fittings))
"""


def test_an_output_that_blocks_for_ever_does_not_keep_a_run_from_ending():
    command = [sys.executable, "-c", STUCK]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"blocked\n"
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        try:
            _, told = process.communicate(timeout=10)
        finally:
            process.kill()
    assert process.returncode == FAILED
    assert time.monotonic() - began < 4
    assert b"did not return" in told
    assert b"Traceback" not in told


def test_a_terminal_that_is_gone_does_not_keep_a_run_from_ending(monkeypatch, vcam):
    def gone(*_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Progress, "tell", gone)
    assert run_demo(vcam, "--sink", "null", "--frames", 3) == OK
