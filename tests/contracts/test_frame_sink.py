"""What every sink keeps to; the virtual camera over fakes, its real device is in tests/e2e."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from vcam.adapters.file_sinks import NullSink, PngFolderSink, VideoSink
from vcam.adapters.virtual_camera import VirtualCamera
from vcam.core.errors import Problem, SinkError
from vcam.core.fakes import CollectingSink
from vcam.core.frame import Pixels, Size
from vcam.core.ports import FrameSink

SIZE = Size(64, 48)


class Device:
    """Stands for a loopback and for pyvirtualcam's camera on it."""

    backends = (("v4l2loopback", "/dev/video10"),)
    backend, device = backends[0]
    size = None

    def alive(self) -> bool:
        return True

    def release(self) -> None:
        pass

    def send(self, planes: object) -> None:
        pass

    def close(self) -> None:
        pass


def virtual_camera(_: Path) -> FrameSink:
    return VirtualCamera(SIZE, 30, claim=Device, make=lambda *_, **__: Device())


SINKS: dict[str, Callable[[Path], FrameSink]] = {
    "mp4": lambda folder: VideoSink(folder / "clip.mp4", SIZE, 30),
    "avi": lambda folder: VideoSink(folder / "clip.avi", SIZE, 30),
    "png": lambda folder: PngFolderSink(folder / "frames", SIZE),
    "null": lambda _: NullSink(SIZE),
    "virtual camera": virtual_camera,
    "fake": lambda _: CollectingSink(SIZE),
}


@pytest.fixture(params=SINKS)
def sink(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FrameSink]:
    with closing(SINKS[request.param](tmp_path)) as opened:
        yield opened


def picture(size: Size = SIZE) -> Pixels:
    return np.full((size.height, size.width, 3), 77, np.uint8)


def test_it_says_what_it_is(sink: FrameSink) -> None:
    assert sink.name
    assert sink.size == SIZE


def test_it_takes_pictures_that_nobody_may_write_into(sink: FrameSink) -> None:
    pixels = picture()
    pixels.flags.writeable = False
    for _ in range(3):
        sink.send(pixels)


def test_it_takes_pictures_that_are_parts_of_others(sink: FrameSink) -> None:
    sink.send(picture(Size(128, 96))[:48, ::2])
    sink.send(picture()[::-1])


def test_it_leaves_the_picture_as_it_is(sink: FrameSink) -> None:
    pixels = picture()
    sink.send(pixels)
    np.testing.assert_array_equal(pixels, picture())


def test_it_may_be_closed_twice_and_unused(sink: FrameSink) -> None:
    sink.close()
    sink.close()


@pytest.mark.parametrize("kind", [kind for kind in SINKS if kind != "fake"])
@pytest.mark.parametrize("size", [Size(64, 47), Size(48, 64), Size(1, 1)])
def test_another_size_is_refused_with_both_sides(kind: str, size: Size, tmp_path: Path) -> None:
    with closing(SINKS[kind](tmp_path)) as sink:
        with pytest.raises(SinkError, match="!= wanted 64×48") as caught:
            sink.send(picture(size))
        assert caught.value.problem is Problem.UNWRITABLE_SINK
        sink.send(picture())
