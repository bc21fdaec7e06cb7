from __future__ import annotations

import errno
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from vcam.adapters import cameras, opencv_camera, v4l2
from vcam.adapters.cameras import Camera, enumerate_cameras, find_camera
from vcam.adapters.opencv_camera import OpencvCamera, Wanted, probe_camera
from vcam.core.controls import CameraInfo
from vcam.core.errors import Problem, SourceError
from vcam.core.frame import Size
from vcam.core.ports import Skipping
from vcam.core.settings import Codec


@dataclass
class Entry:
    index: int
    name: str | None
    path: str | None = None
    vid: int | None = None
    pid: int | None = None


ENTRIES = [
    Entry(4, "Logitech  C920 ", "/dev/video4", 0x046D, 0x082D),
    Entry(0, "Integrated Camera", "/dev/video0", 0x0408, 0x5365),
    Entry(6, "Logitech  C920 ", "/dev/video6", 0x046D, 0x082D),
    Entry(8, None, "/dev/video8"),
    Entry(10, "Virtual Cam", "/dev/video10"),
    Entry(11, "OBS Two", "/dev/video11"),
]


def listed(_: int) -> list[Entry]:
    return ENTRIES


def found() -> tuple[Camera, ...]:
    return enumerate_cameras(listed, lambda: {"/dev/video11"})


def test_identities_outlive_numbers_and_virtual_cameras_are_left_out() -> None:
    assert [(camera.info.identity, camera.info.path) for camera in found()] == [
        ("0408:5365 Integrated Camera", "/dev/video0"),
        ("046d:082d Logitech C920", "/dev/video4"),
        ("046d:082d Logitech C920 #2", "/dev/video6"),
        ("Camera 8", "/dev/video8"),
    ]


def test_cameras_are_found_by_identity_or_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cameras, "enumerate_cameras", found)
    assert find_camera("").info.path == "/dev/video0"
    assert find_camera("046d:082d Logitech C920 #2").info.path == "/dev/video6"
    assert find_camera("/dev/video4").info.name == "Logitech C920"
    with pytest.raises(SourceError, match="'nobody' != wanted one of '0408:5365") as caught:
        find_camera("nobody")
    assert caught.value.problem is Problem.NO_CAMERA
    with pytest.raises(SourceError, match="got no /dev/video999"):
        find_camera("/dev/video999")


def test_a_camera_is_the_same_one_at_another_port_and_under_another_number(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fake_capture: Any
) -> None:
    """sysfs as it is after pulling a camera out of one port, and putting it into another, nearer one."""
    monkeypatch.setattr(cameras, "SYSFS", tmp_path / "class")
    monkeypatch.setattr(cameras, "_loopbacks", set)
    here: list[Entry] = []
    monkeypatch.setattr(cameras, "_listed", lambda _: here)

    def plug_in(number: int, port: str, entry: Entry) -> None:
        node, device = tmp_path / "class" / f"video{number}", tmp_path / "devices" / port
        device.mkdir(parents=True)
        node.mkdir(parents=True)
        (node / "device").symlink_to(device)
        here.append(Entry(number, entry.name, f"/dev/video{number}", entry.vid, entry.pid))

    def opened(identity: str) -> str:
        capture = fake_capture({"YUYV": 30.0})
        asked: list[str] = []

        def open_capture(handle: str, _: int) -> Any:
            asked.append(handle)
            return capture

        camera = OpencvCamera(identity, probe=lambda _: None, open_capture=open_capture)
        camera.close()
        return asked[0]

    inside, webcam = ENTRIES[1], ENTRIES[0]
    plug_in(0, "usb1/1-4", inside)
    plug_in(2, "usb1/1-7", webcam)
    chosen = "046d:082d Logitech C920"
    assert opened(chosen) == "/dev/video2"
    before = cameras.present(tmp_path / "class")
    del here[1]
    with pytest.raises(SourceError, match="plug it in") as caught:
        opened(chosen)
    assert caught.value.problem is Problem.NO_CAMERA
    plug_in(3, "usb1/1-2", webcam)
    assert [camera.info.path for camera in enumerate_cameras()] == ["/dev/video3", "/dev/video0"]
    assert opened(chosen) == "/dev/video3"
    assert cameras.present(tmp_path / "class") - before == {"video3"}, "the pipeline is told by this"
    assert cameras.present(tmp_path / "none") == frozenset()


def test_no_camera_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cameras, "enumerate_cameras", tuple)
    for identity in ("", "x"):
        with pytest.raises(SourceError, match="plug one in"):
            find_camera(identity)


def test_this_machine_can_be_asked() -> None:
    assert isinstance(cameras.list_cameras(), tuple)


CAMERA = Camera(CameraInfo("id", "C920", "/dev/null"), "/dev/null", cv2.CAP_V4L2)


def opened(capture: Any, wanted: Wanted = Wanted()) -> OpencvCamera:  # noqa: B008
    return OpencvCamera("id", wanted, find=lambda _: CAMERA, probe=lambda _: None, open_capture=capture)


@pytest.mark.parametrize(
    ("rates", "codec", "fps"),
    [
        ({"YUYV": 30.0, "MJPG": 30.0}, "YUYV", 30.0),
        ({"YUYV": 10.0, "MJPG": 30.0}, "MJPG", 30.0),
        ({"YUYV": 15.0}, "YUYV", 15.0),
        ({"MJPG": 60.0}, "MJPG", 60.0),
    ],
)
def test_uncompressed_frames_are_taken_where_they_come_fast_enough(
    fake_capture: Any, rates: dict[str, float], codec: str, fps: float
) -> None:
    camera = opened(fake_capture(rates))
    assert (camera.format.codec, camera.format.fps) == (codec, fps)
    assert camera.format.size == Size(1280, 720)


def test_a_codec_that_is_promised_but_does_not_come_is_left(fake_capture: Any) -> None:
    capture = fake_capture({"YUYV": 30.0, "MJPG": 30.0})
    capture.broken = {"YUYV"}
    assert opened(capture).format.codec == "MJPG"


def test_what_is_asked_for_by_name_is_asked_for(fake_capture: Any) -> None:
    rates = {"YUYV": 30.0, "MJPG": 30.0, "NV12": 30.0}
    for codec in (Codec.MJPG, Codec.NV12):
        assert opened(fake_capture(rates), Wanted(codec=codec)).format.codec == codec


RAW = Wanted(Size(640, 480), planes=True)


@pytest.mark.parametrize("codec", ["YUYV", "NV12"])
def test_uncompressed_frames_are_taken_as_they_come_where_they_are_wanted_so(
    fake_capture: Any, codec: str
) -> None:
    capture = fake_capture({codec: 30.0})
    camera = opened(capture, replace(RAW, codec=Codec(codec)))
    for _ in range(2):
        frame = camera.read()
        assert frame.pixels.shape == (720, 640)
        assert not frame.pixels.flags.writeable
        assert frame.size == camera.format.size == Size(640, 480)
    capture.frames = [(True, np.zeros((7, 5), np.uint8)), (True, None)]
    assert camera.read().index == 2, "damaged buffers are overlooked"


@pytest.mark.parametrize("shape", [(480, 640, 3), (240, 320, 2), (1, 9999)])
def test_a_camera_that_keeps_its_raw_frames_to_itself_gives_bgr(fake_capture: Any, shape: Any) -> None:
    capture = fake_capture({"YUYV": 30.0})
    capture.raw = {"YUYV": shape}
    camera = opened(capture, RAW)
    assert camera.read().pixels.shape == camera.read().pixels.shape == (480, 640, 3)
    assert capture.converts


def test_mjpg_is_decoded_by_opencv(fake_capture: Any) -> None:
    camera = opened(fake_capture({"MJPG": 30.0}), RAW)
    assert camera.read().pixels.shape == (480, 640, 3)


def test_one_damaged_buffer_is_overlooked(fake_capture: Any) -> None:
    capture = fake_capture({"YUYV": 30.0})
    camera = opened(capture)
    camera.read()
    capture.frames = [(False, None), (True, None)]
    assert camera.read().index == 1


def test_a_camera_that_goes_is_gone(fake_capture: Any) -> None:
    capture = fake_capture({"YUYV": 30.0})
    camera = opened(capture)
    camera.read()
    capture.broken = {"YUYV"}
    with pytest.raises(SourceError, match="gives no frames") as caught:
        camera.read()
    assert caught.value.problem is Problem.CAMERA_GONE
    camera.close()
    assert capture.released


def test_a_camera_that_goes_silent_is_stalled(fake_capture: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    capture = fake_capture({"YUYV": 30.0})
    camera = opened(capture)
    camera.read()
    capture.broken = {"YUYV"}
    hours = iter(range(0, 100 * 3600, 3600))
    monkeypatch.setattr(opencv_camera.time, "monotonic", lambda: next(hours))
    with pytest.raises(SourceError, match="went silent") as caught:
        camera.read()
    assert caught.value.problem is Problem.CAMERA_STALLED


def test_an_unplugged_camera_is_told_from_a_broken_one(fake_capture: Any) -> None:
    capture = fake_capture({"YUYV": 30.0})
    info = CameraInfo("id", "C920", "/dev/none-such")
    camera = OpencvCamera(
        find=lambda _: Camera(info, "/dev/null", cv2.CAP_V4L2), probe=lambda _: None, open_capture=capture
    )
    camera.read()
    capture.broken = {"YUYV"}
    with pytest.raises(SourceError, match="was unplugged"):
        camera.read()


def test_what_opencv_raises_is_translated(fake_capture: Any) -> None:
    def raise_error() -> None:
        raise cv2.error("ioctl said no")

    capture = fake_capture({"YUYV": 30.0})
    camera = opened(capture)
    camera.read()
    capture.read = raise_error
    with pytest.raises(SourceError, match="C920"):
        camera.read()


def test_a_frame_that_is_skipped_is_not_decoded(fake_capture: Any) -> None:
    capture = fake_capture({"MJPG": 30.0})
    camera = opened(capture)
    assert isinstance(camera, Skipping)
    camera.skip()  # the one that opening it took
    assert camera.read().index == 1
    decoded = capture.decoded
    camera.skip()
    assert capture.decoded == decoded
    assert camera.read().index == 3


def test_a_camera_that_goes_while_a_frame_is_skipped_is_gone(fake_capture: Any) -> None:
    capture = fake_capture({"MJPG": 30.0})
    camera = opened(capture)
    camera.read()
    capture.broken = {"MJPG"}
    with pytest.raises(SourceError, match="gives no frames"):
        camera.skip()

    def raise_error() -> None:
        raise cv2.error("ioctl said no")

    capture.grab = raise_error
    with pytest.raises(SourceError, match="C920"):
        camera.skip()


def test_devices_given_by_path_are_named_by_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cameras, "enumerate_cameras", tuple)
    monkeypatch.setattr(cameras, "SYSFS", tmp_path)
    (tmp_path / "null").mkdir()
    (tmp_path / "null" / "name").write_text("Clip Camera\n")
    assert find_camera("/dev/null").info == CameraInfo("/dev/null", "Clip Camera", "/dev/null")
    (tmp_path / "null" / "name").write_text("Virtual Cam\n")
    with pytest.raises(SourceError, match="itself != wanted a camera"):
        find_camera("/dev/null")
    assert find_camera("/dev/zero").info.name == "/dev/zero"


def test_a_camera_that_never_gives_a_frame_is_released(fake_capture: Any) -> None:
    capture = fake_capture({"YUYV": 30.0})
    capture.broken = {"YUYV"}
    with pytest.raises(SourceError):
        opened(capture)
    assert capture.released == 1


def test_a_camera_that_does_not_open_is_busy(fake_capture: Any) -> None:
    capture = fake_capture({}, opened=False)
    with pytest.raises(SourceError) as caught:
        opened(capture)
    assert caught.value.problem is Problem.CAMERA_BUSY
    assert capture.released == 1


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        (errno.EACCES, Problem.CAMERA_DENIED),
        (errno.EBUSY, Problem.CAMERA_BUSY),
        (errno.ENOENT, Problem.NO_CAMERA),
        (errno.ENODEV, Problem.CAMERA_GONE),
        (errno.EIO, Problem.CAMERA_GONE),
    ],
)
def test_what_the_system_says_is_passed_on(
    monkeypatch: pytest.MonkeyPatch, number: int, problem: Problem
) -> None:
    def fail(_: Path) -> None:
        raise OSError(number, "said so")

    monkeypatch.setattr(v4l2, "capabilities", fail)
    with pytest.raises(SourceError) as caught:
        probe_camera(CAMERA)
    assert caught.value.problem is problem


def test_what_is_no_video_device_is_told() -> None:
    with pytest.raises(SourceError, match="wanted a video device"):
        probe_camera(CAMERA)
