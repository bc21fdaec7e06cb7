"""Video files, decoded by OpenCV's FFmpeg on one thread.

Limits: regular files in MP4/MOV, Matroska/WebM, AVI, MPEG, Ogg, FLV, ASF, GIF or Y4M, at most 8192 pixels a
side and 34 megapixels, 10 s to open or read. Playlists are refused: they name other files.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from vcam.adapters.files import read_start
from vcam.adapters.opencv_log import quiet_opencv
from vcam.adapters.pictures import Fault
from vcam.core.frame import Pixels, Size

MAX_CLIP_SIDE: Final = 8192
MAX_CLIP_PIXELS: Final = 34_000_000
USUAL_FPS: Final = 30.0
"""Where a file tells none that makes sense."""

_TIME_LIMIT_MS: Final = 10_000
_STARTS: Final = (
    b"\x1a\x45\xdf\xa3",  # Matroska, WebM
    b"\x00\x00\x01\xba",  # MPEG program stream
    b"\x47\x40",  # MPEG transport stream
    b"\x30\x26\xb2\x75",  # ASF
    b"OggS",
    b"FLV",
    b"GIF8",
    b"YUV4MPEG2",
)
_BOXES: Final = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")  # MP4, MOV


class VideoFile:
    """One open video file.

    Attributes:
        size: of every frame.
        fps: frames per second.
        frames: how many the file says there are; None where it tells none.
        codec: its four letters, "" where there are none.

    Args:
        path: of the file.
        fault: makes the error to raise.
    """

    def __init__(self, path: Path, fault: Fault) -> None:
        quiet_opencv()
        self._path = path
        self._fault = fault
        self._capture = self._open()
        # What the header says of the size may be wrong, and phones turn their clips: the first frame knows.
        self._first = self._decode()
        if self._first is None:
            self.close()
            raise fault(f"{path.name}: got no frame that can be decoded != wanted at least one")
        self.size = Size.of(self._first)
        fps = self._capture.get(cv2.CAP_PROP_FPS)
        self.fps = fps if math.isfinite(fps) and 1 <= fps <= 240 else USUAL_FPS
        frames = self._capture.get(cv2.CAP_PROP_FRAME_COUNT)
        self.frames = int(frames) if 1 <= frames < 1e9 else None
        self.codec = fourcc_name(self._capture.get(cv2.CAP_PROP_FOURCC))

    def read(self) -> Pixels | None:
        """Return the next frame, or None where there is none."""
        first, self._first = self._first, None
        pixels = self._decode() if first is None else first
        if pixels is not None and Size.of(pixels) != self.size:
            # A few streams change their size on the way; ours never does.
            pixels = np.asarray(cv2.resize(pixels, (self.size.width, self.size.height)), dtype=np.uint8)
        return pixels

    def skip(self) -> bool:
        """Leave the next frame out; False where there is none."""
        if self._first is not None:
            self._first = None
            return True
        return self._capture.grab()

    def rewind(self) -> None:
        """Begin anew: seeking is not exact in every container, opening is. Raises what fault makes."""
        self.close()
        self._capture = self._open()

    def close(self) -> None:
        """Let go of the file."""
        self._capture.release()

    def _open(self) -> cv2.VideoCapture:
        self._check_start()
        limits = [
            cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
            _TIME_LIMIT_MS,
            cv2.CAP_PROP_READ_TIMEOUT_MSEC,
            _TIME_LIMIT_MS,
        ]
        # An absolute path, or FFmpeg might take the name for a protocol ("concat:…").
        name = str(self._path.absolute())
        try:
            capture = cv2.VideoCapture(name, cv2.CAP_FFMPEG, [*limits, cv2.CAP_PROP_N_THREADS, 1])
        except cv2.error as error:
            raise self._fault(f"{self._path.name} cannot be opened: {error.err}") from error
        width, height = (capture.get(p) for p in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
        if not capture.isOpened() or width < 1 or height < 1:
            raise self._fault(f"{self._path.name}: got no video that can be decoded != wanted one")
        if max(width, height) > MAX_CLIP_SIDE or width * height > MAX_CLIP_PIXELS:
            capture.release()
            raise self._fault(
                f"{self._path.name}: got {width:.0f}×{height:.0f} != wanted at most {MAX_CLIP_SIDE} a side "
                f"and {MAX_CLIP_PIXELS // 1_000_000} megapixels; make it smaller first"
            )
        return capture

    def _decode(self) -> Pixels | None:
        try:
            ok, pixels = self._capture.read()
        except cv2.error:
            return None
        return np.asarray(pixels, dtype=np.uint8) if ok else None

    def _check_start(self) -> None:
        """Raise where a file does not begin as a video does: FFmpeg would also open playlists."""
        try:
            start = read_start(self._path, 16)
        except OSError as error:
            raise self._fault(f"{self._path.name} cannot be read: {error.strerror}") from error
        if not _starts_as_clip(start):
            raise self._fault(
                f"{self._path.name}: got no clip that we know != wanted MP4, MOV, MKV, WebM, AVI, MPEG or GIF"
            )


def is_clip(path: Path) -> bool:
    """Return whether a file begins as one of our kinds of clip does (an animated GIF among them)."""
    try:
        return _starts_as_clip(read_start(path, 16))
    except OSError:
        return False


def _starts_as_clip(start: bytes) -> bool:
    avi = start[:4] == b"RIFF" and start[8:12] == b"AVI "
    return avi or start[4:8] in _BOXES or start.startswith(_STARTS)


def fourcc_name(code: float) -> str:
    """Return OpenCV's number for a codec as its four letters, "" where it is none."""
    letters = (int(code) & 0xFFFFFFFF).to_bytes(4, "little")
    return "".join(chr(letter) for letter in letters if 32 < letter < 127)
