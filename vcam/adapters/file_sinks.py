"""Where pictures go when there is no virtual camera: a clip, a folder of PNGs, nowhere."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Final

import cv2

from vcam.adapters.opencv_log import quiet_opencv
from vcam.adapters.video_file import VideoFile
from vcam.core.errors import Problem, SinkError
from vcam.core.frame import Image, Pixels, Size
from vcam.imaging.planes import to_pixels

_CODECS: Final = {".mp4": "mp4v", ".m4v": "mp4v", ".mov": "mp4v", ".avi": "MJPG", ".mkv": "MJPG"}
CLIP_SUFFIXES: Final = tuple(_CODECS)
"""What a video file may be called."""


class VideoSink:
    """A video file, which appears under its name when it is closed, whole; without pictures there is none.

    Args:
        path: of the file; .mp4, .m4v, .mov, .avi or .mkv.
        size: of every picture.
        fps: frames per second.

    Raises:
        SinkError: it cannot be written.
    """

    def __init__(self, path: Path, size: Size, fps: float) -> None:
        quiet_opencv()
        self._path = path
        self._size = size
        self._count = 0
        codec = _CODECS.get(path.suffix.lower())
        if codec is None:
            raise _fault(
                f"{path.name}: got {path.suffix or 'no suffix'} != wanted one of {', '.join(_CODECS)}"
            )
        _make_folder(path.parent)
        # Hidden beside its place until it is whole; the suffix stays, because it chooses the container.
        self._part = path.with_name(f".{path.stem}.part{path.suffix}")
        self._writer = cv2.VideoWriter(
            str(self._part.absolute()),
            cv2.CAP_FFMPEG,
            cv2.VideoWriter.fourcc(*codec),
            fps,
            (size.width, size.height),
        )
        if not self._writer.isOpened():
            with contextlib.suppress(OSError):
                self._part.unlink(missing_ok=True)
            raise _fault(f"{path} cannot be written as {size} at {fps:g} fps; is there room, and permission?")

    @property
    def name(self) -> str:
        """The file's name."""
        return self._path.name

    @property
    def size(self) -> Size:
        """The size that every picture must have."""
        return self._size

    def send(self, picture: Image) -> None:
        """Append one picture. Raises SinkError."""
        check_size(picture, self._size, self.name)
        if not self._writer.isOpened():
            raise _fault(f"{self.name} was closed")
        try:
            self._writer.write(to_pixels(picture))
            self._count += 1
        except cv2.error as error:
            raise _fault(f"{self.name}: {error.err}") from error

    def close(self) -> None:
        """Finish the file and give it its name. Raises SinkError where that fails, as on a full disk."""
        if not self._writer.isOpened():
            return
        self._writer.release()
        try:
            if not self._count:
                self._part.unlink(missing_ok=True)
                return
            self._check()
            self._part.replace(self._path)
        except OSError as error:
            detail = f"{self._path} cannot be written: {error.strerror}; it is kept as {self._part}"
            raise _fault(detail) from error

    def _check(self) -> None:
        """Raise SinkError, and leave nothing, where it cannot be read: OpenCV tells of no failed write."""
        try:
            VideoFile(self._part, _fault).close()
        except SinkError as error:
            self._part.unlink(missing_ok=True)
            detail = f"{self._path} could not be written whole ({error.detail}); is there room on the disk?"
            raise _fault(detail) from error


class PngFolderSink:
    """A folder with one PNG for each picture, numbered from 000000.png on.

    Args:
        folder: made if it is not there; pictures of the same name in it are replaced.
        size: of every picture.

    Raises:
        SinkError: it cannot be made.
    """

    def __init__(self, folder: Path, size: Size) -> None:
        quiet_opencv()
        self._folder = folder
        self._size = size
        self._count = 0
        _make_folder(folder)
        if not os.access(folder, os.W_OK):
            raise _fault(f"{folder} cannot be written; give permission, or choose another folder")

    @property
    def name(self) -> str:
        """The folder's name."""
        return self._folder.name

    @property
    def size(self) -> Size:
        """The size that every picture must have."""
        return self._size

    def send(self, picture: Image) -> None:
        """Write one picture. Raises SinkError."""
        check_size(picture, self._size, self.name)
        write_png(self._folder / f"{self._count:06}.png", to_pixels(picture))
        self._count += 1

    def close(self) -> None:
        """Do nothing: every picture is whole already."""


class NullSink:
    """Nowhere: for measuring, and for work without a virtual camera.

    Args:
        size: of every picture.
    """

    def __init__(self, size: Size) -> None:
        self._size = size
        self.count = 0

    @property
    def name(self) -> str:
        """What people call it."""
        return "nowhere"

    @property
    def size(self) -> Size:
        """The size that every picture must have."""
        return self._size

    def send(self, picture: Image) -> None:
        """Count one picture. Raises SinkError."""
        check_size(picture, self._size, self.name)
        self.count += 1

    def close(self) -> None:
        """Do nothing."""


def check_size(picture: Image, size: Size, name: str) -> None:
    """Raise SinkError where pictures are not of the size that a sink was opened with."""
    if Size.of_image(picture) != size:
        raise _fault(f"{name}: got a picture of {Size.of_image(picture)} != wanted {size}")


def write_png(path: Path, pixels: Pixels) -> None:
    """Write one picture, colour (height, width, 3) or grey (height, width). Raises SinkError."""
    ok, data = cv2.imencode(".png", pixels)
    if not ok:
        raise _fault(f"{path.name}: got {pixels.dtype} {pixels.shape} != wanted a picture")
    try:
        path.write_bytes(data.tobytes())
    except OSError as error:
        raise _fault(f"{path} cannot be written: {error.strerror}") from error


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _fault(f"{folder} cannot be made: {error.strerror}; choose another folder") from error


def _fault(detail: str) -> SinkError:
    return SinkError(Problem.UNWRITABLE_SINK, detail)
