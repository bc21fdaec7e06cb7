"""Programs that read a camera as a meeting would: ffmpeg, in its own process."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from pathlib import Path

import numpy as np

from vcam.core.frame import Pixels, Size


def format_of(device: Path) -> Size | None:
    """Return the size that a camera gives, or None where it doesn't open."""
    probe = subprocess.run(
        ["ffprobe", "-v", "error", "-f", "v4l2", "-show_streams", "-of", "json", device],
        capture_output=True,
        check=False,
        timeout=30,
    )
    streams = json.loads(probe.stdout or b"{}").get("streams") or [None]
    return Size(streams[0]["width"], streams[0]["height"]) if streams[0] else None


class Reader:
    """Streams from a camera and keeps the newest frames.

    Args:
        device: to read.
        size: that it is known to give.
        keep: how many frames to keep; each comes with the monotonic time when it came.
    """

    def __init__(self, device: Path, size: Size, keep: int = 200) -> None:
        self._size = size
        self._keep = keep
        self._lock = threading.Lock()
        self._frames: list[tuple[float, Pixels]] = []
        self.count = 0
        self.opened_at = time.monotonic()
        self._process = subprocess.Popen(
            [
                *("ffmpeg", "-v", "error", "-nostdin", "-fflags", "nobuffer", "-f", "v4l2", "-i", device),
                *("-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "bgr24", "-"),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def frames(self) -> list[tuple[float, Pixels]]:
        """Return what is kept, oldest first."""
        with self._lock:
            return list(self._frames)

    def latest(self) -> Pixels | None:
        """Return the newest frame."""
        with self._lock:
            return self._frames[-1][1] if self._frames else None

    def alive(self) -> bool:
        """Return whether it still streams."""
        return self._process.poll() is None

    def close(self) -> None:
        """Leave the meeting."""
        self._process.kill()
        self._process.wait()
        self._thread.join(5)

    def _read(self) -> None:
        assert self._process.stdout is not None
        wanted = self._size.width * self._size.height * 3
        while len(data := self._process.stdout.read(wanted)) == wanted:
            pixels = np.frombuffer(data, np.uint8).reshape(self._size.height, self._size.width, 3)
            with self._lock:
                self.count += 1
                self._frames = [*self._frames[-self._keep + 1 :], (time.monotonic(), pixels)]
