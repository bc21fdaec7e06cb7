"""Frames from files: clips, single pictures, folders of pictures; and clips as backgrounds.

Limits: adapters/pictures.py for pictures, adapters/video_file.py for clips.
"""

from __future__ import annotations

import logging
from pathlib import Path

from vcam.adapters.pace import make_pace
from vcam.adapters.pictures import (
    PICTURE_SUFFIXES,
    background_fault,
    natural_order,
    read_picture,
    source_fault,
)
from vcam.adapters.video_file import USUAL_FPS, VideoFile
from vcam.core.errors import EndOfSource, VcamError
from vcam.core.frame import Frame, Pixels, Size
from vcam.core.ports import SourceFormat

log = logging.getLogger(__name__)


class ClipSource:
    """A video file, at its own size.

    Args:
        path: of the file.
        loop: begin anew after the last frame.
        paced: wait as a camera would, or give frames as fast as they are read.

    Raises:
        SourceError: it cannot be read.
    """

    def __init__(self, path: Path, *, loop: bool = False, paced: bool = False) -> None:
        self._path = path
        self._loop = loop
        self._clip = VideoFile(path, source_fault)
        self._pace = make_pace(self._clip.fps, paced=paced)
        self._index = 0
        self._format = SourceFormat(
            size=self._clip.size,
            fps=self._clip.fps,
            codec=self._clip.codec,
            frames=None if loop else self._clip.frames,
        )

    @property
    def name(self) -> str:
        """The file's name."""
        return self._path.name

    @property
    def format(self) -> SourceFormat:
        """What it gives; the number of frames is what the file says, which may be an estimate."""
        return self._format

    def read(self) -> Frame:
        """Decode the next frame. Raises EndOfSource after the last one, SourceError."""
        pixels = self._clip.read()
        if pixels is None:
            if not self._loop:
                self._tell_of_early_end()
                raise EndOfSource
            self._clip.rewind()
            pixels = self._clip.read()
            if pixels is None:
                raise source_fault(f"{self.name} cannot be read a second time")
        index, self._index = self._index, self._index + 1
        return _frame(pixels, index, self._pace.wait())

    def close(self) -> None:
        """Let go of the file."""
        self._clip.close()

    def _tell_of_early_end(self) -> None:
        promised = self._format.frames or 0
        if self._index < 0.9 * promised:
            log.warning("%s ended after %d of %d frames: it may be damaged", self.name, self._index, promised)


class PictureSource:
    """One picture, over and over.

    Args:
        path: of the picture.
        fps: how much time goes by from frame to frame.
        frames: how many there are; None for no end.
        paced: wait as a camera would, or give frames as fast as they are read.

    Raises:
        SourceError: it cannot be read.
    """

    def __init__(
        self, path: Path, *, fps: float = USUAL_FPS, frames: int | None = None, paced: bool = False
    ) -> None:
        self._path = path
        self._pixels = read_picture(path)
        self._pace = make_pace(fps, paced=paced)
        self._index = 0
        self._format = SourceFormat(size=Size.of(self._pixels), fps=fps, frames=frames)

    @property
    def name(self) -> str:
        """The file's name."""
        return self._path.name

    @property
    def format(self) -> SourceFormat:
        """What it gives."""
        return self._format

    def read(self) -> Frame:
        """Return the picture as the next frame. Raises EndOfSource after the last one."""
        if self._format.frames is not None and self._index >= self._format.frames:
            raise EndOfSource
        index, self._index = self._index, self._index + 1
        return _frame(self._pixels, index, self._pace.wait())

    def close(self) -> None:
        """Do nothing: the file was closed when it had been read."""


class FolderSource:
    """The pictures of a folder, in natural order of their names (frame2 before frame10).

    Each comes at its own size; format tells the first one's that can be read.

    Args:
        folder: with the pictures; other files in it are left alone.
        fps: how much time goes by from frame to frame.
        loop: begin anew after the last picture.
        paced: wait as a camera would, or give frames as fast as they are read.

    Raises:
        SourceError: there is no picture, or none that can be read.
    """

    def __init__(
        self, folder: Path, *, fps: float = USUAL_FPS, loop: bool = False, paced: bool = False
    ) -> None:
        self._folder = folder
        self._loop = loop
        self.paths: tuple[Path, ...] = list_pictures(folder)
        self._pace = make_pace(fps, paced=paced)
        self._index = 0
        size = _first_size(self.paths)
        self._format = SourceFormat(size=size, fps=fps, frames=None if loop else len(self.paths))

    @property
    def name(self) -> str:
        """The folder's name."""
        return self._folder.name

    @property
    def format(self) -> SourceFormat:
        """What it gives."""
        return self._format

    def read(self) -> Frame:
        """Read the next picture. Raises EndOfSource after the last one, SourceError for an unreadable one.

        After a SourceError the next read goes on with the next picture.
        """
        if not self._loop and self._index >= len(self.paths):
            raise EndOfSource
        index, self._index = self._index, self._index + 1
        pixels = read_picture(self.paths[index % len(self.paths)])
        return _frame(pixels, index, self._pace.wait())

    def close(self) -> None:
        """Do nothing: each file is closed when it has been read."""


class LoopingClip:
    """A clip as a background: the picture for any moment, without end.

    Args:
        path: of the file.

    Raises:
        BackgroundError: it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._name = path.name
        self._clip = VideoFile(path, background_fault)
        first = self._clip.read()
        if first is None:
            raise background_fault(f"{path.name}: got no frame != wanted at least one")
        self._shown: Pixels = first
        self._next_at: float | None = None

    @property
    def size(self) -> Size:
        """Width and height of every picture."""
        return self._clip.size

    def frame_at(self, seconds: float) -> Pixels:
        """Return the picture for a moment in monotonic seconds: uint8 (height, width, 3) BGR.

        Moments must not go back. The clip does not hurry to catch up after a pause. Where the file breaks
        while it is shown, the last good picture stays.
        """
        step = 1.0 / self._clip.fps
        if self._next_at is None or seconds - self._next_at > 1.0:
            self._next_at = seconds + step
            return self._shown
        while seconds >= self._next_at:
            self._next_at += step
            if seconds >= self._next_at and self._clip.skip():
                continue
            self._shown = self._next()
        return self._shown

    def close(self) -> None:
        """Let go of the file."""
        self._clip.close()

    def _next(self) -> Pixels:
        try:
            pixels = self._clip.read()
            if pixels is None:
                self._clip.rewind()
                pixels = self._clip.read()
        except VcamError:
            pixels = None
        if pixels is None:
            log.info("the clip %s cannot be read on; its last picture stays", self._name)
            return self._shown
        return pixels


def _first_size(paths: tuple[Path, ...]) -> Size:
    """Return the size of the first picture that can be read. Raises what was wrong with the first one."""
    wrong: list[VcamError] = []
    for path in paths:
        try:
            return Size.of(read_picture(path))
        except VcamError as error:
            wrong.append(error)
    raise wrong[0]


def list_pictures(folder: Path) -> tuple[Path, ...]:
    """Return a folder's pictures in natural order of their names. Raises SourceError where there is none."""
    try:
        found = [path for path in folder.iterdir() if path.suffix.lower() in PICTURE_SUFFIXES]
    except OSError as error:
        raise source_fault(f"{folder.name} cannot be listed: {error.strerror}") from error
    if not found:
        raise source_fault(f"got no picture in {folder} != wanted at least one PNG, JPEG, WebP, GIF or BMP")
    return tuple(sorted(found, key=natural_order))


def _frame(pixels: Pixels, index: int, captured_at: float) -> Frame:
    pixels.flags.writeable = False
    return Frame(pixels=pixels, index=index, captured_at=captured_at)
