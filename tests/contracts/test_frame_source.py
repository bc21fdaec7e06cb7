"""What every source of frames keeps to, whatever stands behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from vcam.adapters.cameras import Camera
from vcam.adapters.clips import ClipSource, FolderSource, PictureSource
from vcam.adapters.opencv_camera import OpencvCamera, Wanted
from vcam.adapters.sources import open_source
from vcam.adapters.synthetic import SyntheticSource
from vcam.core.controls import CameraInfo
from vcam.core.errors import EndOfSource
from vcam.core.fakes import RoomSource
from vcam.core.frame import Size
from vcam.core.ports import FrameSource

SMALL = Size(64, 48)
Open = Callable[[], FrameSource]


@pytest.fixture
def sources(clip_path: Path, picture_folder: Path, fake_capture: Any) -> dict[str, Open]:
    picture = picture_folder / "frame2.png"
    camera = Camera(CameraInfo("id", "C920", "/dev/null"), "/dev/null", cv2.CAP_V4L2)

    def open_camera() -> FrameSource:
        return OpencvCamera(
            wanted=Wanted(SMALL),
            find=lambda _: camera,
            probe=lambda _: None,
            open_capture=fake_capture({"YUYV": 30.0}),
        )

    return {
        "drawing": lambda: SyntheticSource(SMALL, frames=4, paced=False),
        "endless drawing": lambda: SyntheticSource(SMALL, fps=1000),
        "clip": lambda: ClipSource(clip_path),
        "looping clip": lambda: ClipSource(clip_path, loop=True),
        "picture": lambda: PictureSource(picture, frames=3),
        "endless picture": lambda: PictureSource(picture),
        "folder": lambda: FolderSource(picture_folder),
        "looping folder": lambda: FolderSource(picture_folder, loop=True),
        "camera": open_camera,
        "named demo": lambda: open_source("demo", Wanted(SMALL, 1000), frames=2),
        "named clip": lambda: open_source(str(clip_path)),
        "fake": lambda: RoomSource(frames=3),
    }


NAMES = [
    "drawing",
    "endless drawing",
    "clip",
    "looping clip",
    "picture",
    "endless picture",
    "folder",
    "looping folder",
    "camera",
    "named demo",
    "named clip",
    "fake",
]


@pytest.fixture(params=NAMES)
def source(request: pytest.FixtureRequest, sources: dict[str, Open]) -> Iterator[FrameSource]:
    with closing(sources[request.param]()) as opened:
        yield opened


def test_every_kind_is_tried(sources: dict[str, Open]) -> None:
    assert list(sources) == NAMES


def test_it_says_what_it_is(source: FrameSource) -> None:
    assert source.name
    assert source.format.fps >= 0
    assert source.format.frames is None or source.format.frames > 0


def test_frames_are_as_it_says(source: FrameSource) -> None:
    for index in range(min(source.format.frames or 7, 7)):
        frame = source.read()
        assert frame.index == index
        assert frame.size == source.format.size
        assert frame.pixels.dtype == np.uint8
        assert frame.pixels.shape[2] == 3
        assert frame.pixels.flags.c_contiguous


def test_time_goes_forward(source: FrameSource) -> None:
    times = [source.read().captured_at for _ in range(min(source.format.frames or 7, 7))]
    assert times == sorted(times)


def test_a_frame_stays_as_it_is_when_the_next_comes(source: FrameSource) -> None:
    first = source.read()
    before = first.pixels.copy()
    for _ in range(min(source.format.frames or 7, 7) - 1):
        source.read()
    np.testing.assert_array_equal(first.pixels, before)


def test_a_finite_source_ends_and_stays_ended(source: FrameSource) -> None:
    if source.format.frames is None:
        for _ in range(20):
            source.read()
        return
    for _ in range(source.format.frames):
        source.read()
    for _ in range(2):
        with pytest.raises(EndOfSource):
            source.read()


def test_it_may_be_closed_twice(source: FrameSource) -> None:
    source.read()
    source.close()
    source.close()


@pytest.mark.parametrize("name", [name for name in NAMES if name != "fake"])
def test_nobody_can_write_into_a_frame(sources: dict[str, Open], name: str) -> None:
    with closing(sources[name]()) as source:
        pixels = source.read().pixels
        with pytest.raises(ValueError, match="read-only"):
            pixels[0, 0] = 0
