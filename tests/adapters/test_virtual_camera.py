"""The sink over pyvirtualcam, with pyvirtualcam's Camera and the device played by fakes."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
import pyvirtualcam

from vcam.adapters import virtual_camera
from vcam.adapters.virtual_camera import LABEL, VirtualCamera
from vcam.core.errors import Problem, SinkError
from vcam.core.frame import Size
from vcam.core.ports import AlwaysWatched

SIZE = Size(64, 48)
GREY = np.full((48, 64, 3), 128, np.uint8)


class Loopback:
    """A device that can be removed."""

    backends = (("v4l2loopback", "/dev/video10"),)

    def __init__(self) -> None:
        self.size: Size | None = None
        self.there = True
        self.released = 0

    def alive(self) -> bool:
        return self.there

    def release(self) -> None:
        self.released += 1


class Camera:
    """Stands for pyvirtualcam.Camera."""

    def __init__(self, width: int, height: int, fps: float, **how: Any) -> None:
        self.size = (width, height)
        self.device = how["device"]
        self.backend = how["backend"]
        self.sent: list[np.ndarray] = []
        self.closed = 0
        self.broken: Exception | None = None

    def send(self, planes: np.ndarray) -> None:
        if self.broken is not None:
            raise self.broken
        self.sent.append(planes.copy())

    def close(self) -> None:
        self.closed += 1


class Maker:
    """Makes cameras, or refuses like the backends do."""

    def __init__(self, **refusals: Exception) -> None:
        self.refusals = refusals
        self.asked: list[tuple[str, str]] = []
        self.camera: Camera | None = None

    def __call__(self, width: int, height: int, fps: float, **how: Any) -> Camera:
        assert how["fmt"] is pyvirtualcam.PixelFormat.I420
        self.asked.append((how["backend"], how["device"]))
        if how["backend"] in self.refusals:
            raise self.refusals[how["backend"]]
        self.camera = Camera(width, height, fps, **how)
        return self.camera


@pytest.fixture
def loopback() -> Loopback:
    return Loopback()


@pytest.fixture
def maker() -> Maker:
    return Maker()


@pytest.fixture
def sink(loopback: Loopback, maker: Maker) -> VirtualCamera:
    return VirtualCamera(SIZE, 30, claim=lambda: loopback, make=maker)


def test_it_has_the_name_that_people_pick(sink: VirtualCamera, maker: Maker) -> None:
    assert sink.name == LABEL == "Virtual Cam"
    assert sink.size == SIZE
    assert maker.asked == [("v4l2loopback", "/dev/video10")]


def test_pictures_arrive_as_i420_in_their_colours(sink: VirtualCamera, maker: Maker) -> None:
    picture = np.empty((48, 64, 3), np.uint8)
    picture[:24] = (200, 80, 40)
    picture[24:] = (30, 60, 220)
    sink.send(picture)
    assert maker.camera is not None
    back = cv2.cvtColor(maker.camera.sent[0], cv2.COLOR_YUV2BGR_I420)
    assert np.abs(back.astype(int) - picture).max() <= 3


@pytest.mark.parametrize("size", [Size(63, 48), Size(64, 47)])
def test_odd_sizes_are_refused(size: Size, loopback: Loopback, maker: Maker) -> None:
    with pytest.raises(SinkError, match="even") as caught:
        VirtualCamera(size, 30, claim=lambda: loopback, make=maker)
    assert caught.value.problem is Problem.UNWRITABLE_SINK
    assert maker.asked == []


def test_the_size_never_changes(sink: VirtualCamera, maker: Maker) -> None:
    with pytest.raises(SinkError, match=r"got a picture of 32×48 != wanted 64×48"):
        sink.send(np.zeros((48, 32, 3), np.uint8))
    assert maker.camera is not None
    assert maker.camera.sent == []


def test_a_reader_that_stayed_keeps_its_size(loopback: Loopback, maker: Maker) -> None:
    loopback.size = Size(32, 24)
    sink = VirtualCamera(SIZE, 30, claim=lambda: loopback, make=maker)
    assert sink.size == SIZE
    sink.send(GREY)
    assert maker.camera is not None
    assert maker.camera.size == (32, 24)
    assert maker.camera.sent[0].shape == (36, 32)


def test_closing_twice_releases_once(sink: VirtualCamera, maker: Maker, loopback: Loopback) -> None:
    sink.close()
    sink.close()
    assert maker.camera is not None
    assert (maker.camera.closed, loopback.released) == (1, 1)
    with pytest.raises(SinkError, match="closed"):
        sink.send(GREY)


def test_a_removed_device_is_noticed(
    sink: VirtualCamera, loopback: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink.send(GREY)
    loopback.there = False
    monkeypatch.setattr(virtual_camera, "ALIVE_EVERY", 0.0)
    with pytest.raises(SinkError, match="removed") as caught:
        sink.send(GREY)
    assert caught.value.problem is Problem.NO_VIRTUAL_CAMERA


def test_a_failing_write_is_translated(sink: VirtualCamera, maker: Maker) -> None:
    assert maker.camera is not None
    maker.camera.broken = RuntimeError("no more")
    with pytest.raises(SinkError, match="no more") as caught:
        sink.send(GREY)
    assert caught.value.problem is Problem.NO_VIRTUAL_CAMERA


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("Could not access /dev/video10 due to missing permissions.", Problem.VIRTUAL_CAMERA_DENIED),
        ("Device /dev/video10 is already in use.", Problem.VIRTUAL_CAMERA_BUSY),
        ("Device /dev/video10 is not a video output device.", Problem.VIRTUAL_CAMERA_BUSY),
        ("device could not be configured: Device or resource busy", Problem.VIRTUAL_CAMERA_BUSY),
        ("Device /dev/video10 does not exist.", Problem.NO_VIRTUAL_CAMERA),
    ],
)
def test_what_pyvirtualcam_says_is_translated(loopback: Loopback, said: str, problem: Problem) -> None:
    maker = Maker(v4l2loopback=RuntimeError(said))
    with pytest.raises(SinkError, match="v4l2loopback: ") as caught:
        VirtualCamera(SIZE, 30, claim=lambda: loopback, make=maker)
    assert caught.value.problem is problem


class TestOtherSystems:
    """The choice of backends only: none of these has been run on its own system."""

    def test_windows_prefers_the_driver_with_our_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(virtual_camera.platform, "system", lambda: "Windows")
        maker = Maker()
        assert VirtualCamera(SIZE, 30, make=maker).name == "Virtual Cam"
        assert maker.asked == [("unitycapture", "Virtual Cam")]

    def test_windows_falls_back_to_obs_and_says_its_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(virtual_camera.platform, "system", lambda: "Windows")
        sink = VirtualCamera(SIZE, 30, make=Maker(unitycapture=RuntimeError("not installed")))
        assert sink.name == "OBS Virtual Camera"
        sink.send(GREY)
        sink.close()

    def test_macos_without_obs_names_what_was_tried(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(virtual_camera.platform, "system", lambda: "Darwin")
        with pytest.raises(SinkError, match="obs: not installed") as caught:
            VirtualCamera(SIZE, 30, make=Maker(obs=RuntimeError("not installed")))
        assert caught.value.problem is Problem.NO_VIRTUAL_CAMERA

    def test_an_unknown_system_has_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(virtual_camera.platform, "system", lambda: "Plan 9")
        with pytest.raises(SinkError, match="no virtual camera for Plan 9"):
            VirtualCamera(SIZE, 30, make=Maker())

    def test_elsewhere_everybody_always_watches(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(virtual_camera.platform, "system", lambda: "Darwin")
        assert isinstance(virtual_camera.open_audience(), AlwaysWatched)
