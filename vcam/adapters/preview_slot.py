"""The picture that the panel shows: the newest, small, and only while somebody looks."""

from __future__ import annotations

import threading
from typing import Final

from vcam.core.frame import Image, Pixels, Size
from vcam.imaging.planes import even, resized, to_pixels

PREVIEW_WIDTH: Final = 640


class PreviewSlot:
    """Between the pipeline's tap and the panel: core.controls.Previews, and a place to put pictures in.

    Args:
        width: pictures wider than this are made smaller; the copy is what costs.
    """

    def __init__(self, width: int = PREVIEW_WIDTH) -> None:
        self._width = width
        self._lock = threading.Lock()
        self._wanted = False
        self._latest: Pixels | None = None

    def put(self, picture: Image) -> None:
        """Keep a small copy of a picture that was sent, if anybody looks."""
        if not self._wanted:
            return
        size = Size.of_image(picture)
        if size.width > self._width:
            height = max(round(size.height * self._width / size.width), 1)
            copy = to_pixels(resized(picture, even(Size(self._width, height))))
        else:
            copy = picture.copy() if picture.ndim == 3 else to_pixels(picture)
        with self._lock:
            # Asked again: a picture must not stay behind for the next time somebody looks.
            self._latest = copy if self._wanted else None

    def latest(self) -> Pixels | None:
        """Return the newest picture, (height, width, 3) BGR, or None; never blocks."""
        return self._latest

    def wanted(self, wanted: bool) -> None:
        """Say whether anybody looks: while nobody does, nothing is kept."""
        with self._lock:
            self._wanted = wanted
            if not wanted:
                self._latest = None
