"""Small pictures for the tiles, read on a thread of their own so that the window never waits for a disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, QThreadPool, Signal, Slot
from PySide6.QtGui import QImage, QImageReader

from vcam.core.frame import Pixels
from vcam.ui.effects import CLIPS, PICTURES, is_background

ClipStill = Callable[[Path], Pixels | None]
"""Returns one picture of a clip, (height, width, 3) BGR, or None where it cannot be read."""

SIZE = QSize(320, 180)


def no_still(_path: Path) -> Pixels | None:
    """Return nothing: clips are shown by their glyph."""
    return None


def readable(path: Path) -> bool:
    """Return whether the file can be opened, and is a picture where its name promises one."""
    if not path.is_file() or not is_background(path):
        return False
    return path.suffix.lower() in CLIPS or _is_known(QImageReader(str(path)))


def _is_known(reader: QImageReader) -> bool:
    """Return whether it is a picture of our kinds inside, too: Qt would draw an SVG that is called .png."""
    return f".{reader.format().toStdString()}" in PICTURES


def read_thumbnail(path: Path, clip_still: ClipStill) -> QImage:
    """Return the file as a picture that covers SIZE, or a null image where it cannot be read."""
    if path.suffix.lower() in CLIPS:
        pixels = clip_still(path)
        if pixels is None:
            return QImage()
        height, width = pixels.shape[:2]
        image = QImage(pixels.tobytes(), width, height, width * 3, QImage.Format.Format_BGR888)
        return _covering(image.copy())
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    if not _is_known(reader):
        return QImage()
    full = reader.size()
    if full.isValid():
        reader.setScaledSize(full.scaled(SIZE, Qt.AspectRatioMode.KeepAspectRatioByExpanding))
    return _covering(reader.read())


def _covering(image: QImage) -> QImage:
    if image.isNull():
        return image
    large = image.scaled(
        SIZE, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
    )
    left, top = (large.width() - SIZE.width()) // 2, (large.height() - SIZE.height()) // 2
    return large.copy(left, top, SIZE.width(), SIZE.height())


class Thumbnails(QObject):
    """Reads each file once; ready(path, image) tells, with a null image where a file cannot be read."""

    ready = Signal(object, QImage)

    def __init__(
        self,
        clip_still: ClipStill = no_still,
        can_show: Callable[[Path], bool] = readable,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._clip_still = clip_still
        self.can_show = can_show
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._images: dict[Path, QImage | None] = {}
        self._closed = False
        self.ready.connect(self._keep, Qt.ConnectionType.QueuedConnection)

    def get(self, path: Path) -> QImage | None:
        """Return the picture if it is at hand; else None, and ready() tells later."""
        if path not in self._images:
            self._images[path] = None
            self._pool.start(lambda: self._read(path))
        return self._images[path]

    def forget(self, path: Path) -> None:
        """Read this file anew the next time it is asked for."""
        self._images.pop(path, None)

    def close(self) -> None:
        """Wait for the file that is being read; read no more."""
        self._closed = True
        self._pool.clear()
        self._pool.waitForDone()

    def _read(self, path: Path) -> None:
        if self._closed:
            return
        self.ready.emit(path, read_thumbnail(path, self._clip_still))

    @Slot(object, QImage)
    def _keep(self, path: Path, image: QImage) -> None:
        self._images[path] = image
