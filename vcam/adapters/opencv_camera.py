"""A real camera, through OpenCV.

read() may block for as long as the driver likes; core/capture.py gives up on it, and close() is called by
whoever reads, never under a read. Run on Linux (V4L2); Windows and macOS take the same way and were not run.
"""

from __future__ import annotations

import errno
import logging
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from vcam.adapters.cameras import Camera, find_camera
from vcam.adapters.opencv_log import quiet_opencv
from vcam.adapters.video_file import fourcc_name
from vcam.core.errors import Problem, SourceError
from vcam.core.frame import Frame, Image, Size
from vcam.core.ports import SourceFormat
from vcam.core.settings import Codec
from vcam.imaging.arrays import Bytes
from vcam.imaging.planes import from_i420, from_nv12, from_yuyv

log = logging.getLogger(__name__)

_BUFFERS: Final = 2
"""One that the driver fills while the other is decoded. With one alone, every second frame is lost."""
_TRIES: Final = 5
_PATIENCE: Final = 1.0
_FIRST_PATIENCE: Final = 6.0
"""Seconds after which no further attempt is made: between frames, and for the first, which may take long."""
_UNPACK: Final[dict[str, Callable[[Bytes], Image]]] = {
    "YUYV": from_yuyv,
    "NV12": from_nv12,
    "YU12": from_i420,
}
_SELECT_SECONDS: Final = "3"
"""How long OpenCV waits for a camera that went silent (10 if not told); so long nobody can reopen it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the camera is asked for; what it gives is in the source's format.

    Attributes:
        size: of the frames.
        fps: frames per second.
        codec: how it sends them; AUTO takes uncompressed frames where the camera is fast enough with them,
            because decoding MJPG costs six times as much (2.4 ms against 0.4 at 720p).
        planes: take uncompressed frames as I420 where OpenCV hands them out raw (Linux), not by way of BGR.
    """

    size: Size = Size(1280, 720)
    fps: float = 30.0
    codec: Codec = Codec.AUTO
    planes: bool = False


USUAL: Final = Wanted()


class OpencvCamera:
    """An open camera.

    Args:
        identity: which one (adapters/cameras.py); "" takes the first.
        wanted: what it is asked for.
        find: finds the camera; tests pass their own.
        probe: raises SourceError where the system says why it cannot be opened; tests pass their own.
        open_capture: cv2.VideoCapture; tests pass their own.

    Raises:
        SourceError: NO_CAMERA, CAMERA_BUSY, CAMERA_DENIED, CAMERA_GONE.
    """

    def __init__(
        self,
        identity: str = "",
        wanted: Wanted = USUAL,
        *,
        find: Callable[[str], Camera] = find_camera,
        probe: Callable[[Camera], None] | None = None,
        open_capture: Callable[..., Any] = cv2.VideoCapture,
    ) -> None:
        quiet_opencv()
        os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", _SELECT_SECONDS)
        self._camera = find(identity)
        (probe or probe_camera)(self._camera)
        self._capture = open_capture(self._camera.handle, self._camera.backend)
        if not self._capture.isOpened():
            self._capture.release()
            raise SourceError(
                Problem.CAMERA_BUSY,
                f"{self.name} cannot be opened; close the program that uses it, or plug it in anew",
            )
        self._unpack: Callable[[Bytes], Image] | None = None
        try:
            self._first: Image | None = self._configure(wanted)
            if wanted.planes and self._camera.backend == cv2.CAP_V4L2:
                self._first = self._take_raw(self._first)
        except SourceError:
            self._capture.release()
            raise
        self._format = self._measure(self._first)
        self._index = 0
        how = "raw" if self._unpack else "as BGR"
        log.info("opened %s: %s, %s", self.name, self._format, how)

    @property
    def name(self) -> str:
        """What people call it."""
        return self._camera.info.name

    @property
    def format(self) -> SourceFormat:
        """What it really gives."""
        return self._format

    def read(self) -> Frame:
        """Wait for the next frame. Raises SourceError (CAMERA_GONE, CAMERA_STALLED)."""
        first, self._first = self._first, None
        pixels = self._grab() if first is None else first
        pixels.flags.writeable = False
        index, self._index = self._index, self._index + 1
        return Frame(pixels=pixels, index=index, captured_at=time.monotonic())

    def skip(self) -> None:
        """Let the next frame go by without decoding it. Raises SourceError as read() does."""
        first, self._first = self._first, None
        if first is None and not self._let_go_by():
            self._grab()  # which tells what is wrong
        self._index += 1

    def close(self) -> None:
        """Let go of the device."""
        self._capture.release()

    def _configure(self, wanted: Wanted) -> Image:
        """Ask for what is wanted, and return the first frame, which alone proves that the camera gives it."""
        codecs = [wanted.codec.value] if wanted.codec is not Codec.AUTO else ["YUYV", "MJPG"]
        for codec in codecs[:-1]:
            self._ask(wanted, codec)
            if self._capture.get(cv2.CAP_PROP_FPS) >= 0.9 * wanted.fps and self._asked_size() == wanted.size:
                try:
                    return self._grab()
                except SourceError:
                    log.info("%s gives no %s at this size and rate", self.name, codec)
        self._ask(wanted, codecs[-1])
        return self._grab(_FIRST_PATIENCE)

    def _take_raw(self, first: Image) -> Image:
        """Ask for frames as the camera sends them; return one of these, or the first where none comes."""
        unpack = _UNPACK.get(fourcc_name(self._capture.get(cv2.CAP_PROP_FOURCC)))
        if unpack is None or not self._capture.set(cv2.CAP_PROP_CONVERT_RGB, 0):
            return first
        self._unpack = unpack
        try:
            raw = self._grab()
            if Size.of_image(raw) == Size.of_image(first):
                return raw
        except SourceError as error:
            log.info("no raw frames from %s: %s", self.name, error.detail)
        self._unpack = None
        self._capture.set(cv2.CAP_PROP_CONVERT_RGB, 1)
        return first

    def _ask(self, wanted: Wanted, codec: str) -> None:
        # In this order: the codec decides which sizes there are, and the size which rates.
        self._capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*codec))
        self._capture.set(cv2.CAP_PROP_FRAME_WIDTH, wanted.size.width)
        self._capture.set(cv2.CAP_PROP_FRAME_HEIGHT, wanted.size.height)
        self._capture.set(cv2.CAP_PROP_FPS, wanted.fps)
        self._capture.set(cv2.CAP_PROP_BUFFERSIZE, _BUFFERS)

    def _asked_size(self) -> Size | None:
        width, height = (
            int(self._capture.get(p)) for p in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT)
        )
        return Size(width, height) if width > 0 and height > 0 else None

    def _measure(self, first: Image) -> SourceFormat:
        fps = self._capture.get(cv2.CAP_PROP_FPS)
        return SourceFormat(
            size=Size.of_image(first),
            fps=fps if 0 < fps < 1000 else 0.0,
            codec=fourcc_name(self._capture.get(cv2.CAP_PROP_FOURCC)),
        )

    def _let_go_by(self) -> bool:
        try:
            return bool(self._capture.grab())
        except cv2.error as error:
            raise SourceError(Problem.CAMERA_GONE, f"{self.name}: {error.err}") from error

    def _grab(self, patience: float = _PATIENCE) -> Image:
        """Return the next frame; one damaged buffer is no reason to give up."""
        give_up_at = time.monotonic() + patience
        for _ in range(_TRIES):
            try:
                ok, pixels = self._capture.read()
            except cv2.error as error:
                raise SourceError(Problem.CAMERA_GONE, f"{self.name}: {error.err}") from error
            picture = self._read_as_picture(pixels) if ok else None
            if picture is not None:
                return picture
            if time.monotonic() > give_up_at:
                raise SourceError(Problem.CAMERA_STALLED, f"{self.name} went silent; plug it in anew")
        path = self._camera.info.path
        if path and not Path(path).exists():
            raise SourceError(Problem.CAMERA_GONE, f"{self.name} was unplugged; plug it in again")
        raise SourceError(Problem.CAMERA_GONE, f"{self.name} gives no frames; plug it in anew")

    def _read_as_picture(self, read: Any) -> Image | None:
        """Return what OpenCV read as BGR or I420, or None where it is neither."""
        if self._unpack is None or read is None:
            shape = np.shape(read)
            return np.asarray(read, np.uint8) if len(shape) == 3 and shape[2] == 3 else None
        try:
            return self._unpack(read)
        except ValueError:  # a buffer that is no picture
            return None


def probe_camera(camera: Camera) -> None:
    """Raise SourceError where the system says why a camera cannot be opened; OpenCV does not."""
    if not sys.platform.startswith("linux") or not camera.info.path:
        return
    from vcam.adapters import v4l2  # noqa: PLC0415 - can be imported on Linux only

    try:
        v4l2.capabilities(Path(camera.info.path))
    except OSError as error:
        raise _said(camera, error) from error


def _said(camera: Camera, error: OSError) -> SourceError:
    name, path = camera.info.name, camera.info.path
    match error.errno:
        case errno.EACCES | errno.EPERM:
            detail = (
                f"got no permission for {path} ({name}) != wanted it; join the group video, then log in anew"
            )
            return SourceError(Problem.CAMERA_DENIED, detail)
        case errno.EBUSY:
            detail = f"{name} is used by another program; close that, or choose another camera"
            return SourceError(Problem.CAMERA_BUSY, detail)
        case errno.ENOENT:
            return SourceError(Problem.NO_CAMERA, f"{name} is not there any more; plug it in again")
        case errno.ENOTTY:
            return SourceError(Problem.NO_CAMERA, f"got {path} != wanted a video device; see `vcam cameras`")
    detail = f"{name} does not answer ({error.strerror}); plug it in anew"
    return SourceError(Problem.CAMERA_GONE, detail)
