"""`vcam matte`: one 8-bit alpha PNG for each picture or frame, made as live video makes its mattes."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from vcam.adapters.clips import ClipSource, list_pictures
from vcam.adapters.file_sinks import write_png
from vcam.adapters.files import read_start
from vcam.adapters.model_card import find_model
from vcam.adapters.onnx_segmenter import OnnxSegmenter
from vcam.adapters.pace import make_pace
from vcam.adapters.pictures import read_picture
from vcam.adapters.video_file import USUAL_FPS, is_clip
from vcam.core.errors import EndOfSource, Problem, SinkError, SourceError
from vcam.core.frame import Frame, Matte
from vcam.core.ports import Refiner, Segmenter
from vcam.core.settings import Quality
from vcam.core.stages import Unrefined, check_matte
from vcam.imaging.matte import STILLS, TemporalRefiner
from vcam.phrases import printable
from vcam.resources import MODELS

_GREY_AT = 25
"""Where a PNG file names its kind of colour; 0 is grey."""


@dataclass(frozen=True, slots=True)
class Job:
    """One picture or frame.

    Attributes:
        stem: of the file that is written.
        frame: the picture.
        new: whether it has nothing to do with the one before.
    """

    stem: str
    frame: Frame
    new: bool


def write_mattes(
    inputs: list[Path], out: Path, *, quality: Quality, model: str, raw: bool, sequence: bool
) -> int:
    """Write out/<stem>.png for each picture; return how many inputs could not be read.

    Args:
        inputs: pictures, folders of pictures, and clips; clips are always sequences.
        out: the folder, made where it is missing.
        quality: which model, unless model names one.
        model: a model by name, or "".
        raw: the network's matte alone, up-sampled.
        sequence: a folder is one clip in the order of its names, steadied in time.

    Raises:
        VcamError: the model cannot be loaded, or the folder not written.
        ValueError: a matte would be written over an input, or over that of another. Nothing is written then.
    """
    _check_names(inputs, out)
    maker = _Maker(out, OnnxSegmenter(find_model(MODELS, quality=quality, name=model)), raw=raw)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SinkError(Problem.UNWRITABLE_SINK, f"{out}: {error.strerror}") from error
    failed = 0
    for path in inputs:
        try:
            moving = sequence if path.is_dir() else is_clip(path)
            for job in _jobs(path, moving=moving):
                if isinstance(job, SourceError):
                    failed += _complain(path, job.detail)
                else:
                    maker.make(job, moving=moving)
        except SourceError as error:
            failed += _complain(path, error.detail)
        except OSError as error:
            failed += _complain(path, error.strerror or str(error))
    _tell(f"{maker.done} mattes in {out}\n")
    return failed


class _Maker:
    """Makes mattes and writes them; stills do not remember each other, frames of a clip do."""

    def __init__(self, out: Path, segmenter: Segmenter, *, raw: bool) -> None:
        self._out = out
        self._segmenter = segmenter
        self._still: Refiner = Unrefined() if raw else TemporalRefiner(STILLS)
        self._moving: Refiner = Unrefined() if raw else TemporalRefiner()
        self.done = 0

    def make(self, job: Job, *, moving: bool) -> None:
        refiner = self._moving if moving else self._still
        if job.new:
            self._segmenter.reset()
            refiner.reset()
        matte = check_matte(self._segmenter.segment(job.frame), job.frame)
        _write(self._out / f"{job.stem}.png", refiner.refine(job.frame, matte), job.frame)
        self.done += 1
        _tell(f"{self.done} mattes, {job.stem}")


def _check_names(inputs: list[Path], out: Path) -> None:
    """Raise ValueError where what people have would be written over."""
    made: dict[Path, Path] = {}
    with contextlib.suppress(OSError):
        pictures = [picture for path in inputs for picture in _pictures(path)]
        kept = {picture.resolve() for picture in pictures}
        for picture in pictures:
            name = f"{picture.stem}-000000.png" if is_clip(picture) else f"{picture.stem}.png"
            target = (out / name).resolve()
            if target in kept:
                raise ValueError(f"got the input {target} where a matte would go != wanted another --out")
            if target.is_file() and not _is_matte(target):
                raise ValueError(f"got {target}, which is no matte and would be lost != wanted another --out")
            if made.setdefault(target, picture) != picture:
                raise ValueError(
                    f"got {made[target]} and {picture}, whose mattes would both be {name} != wanted names "
                    "that differ, or an --out for each"
                )


def _is_matte(path: Path) -> bool:
    """Return whether a file may be one of ours: a PNG of one grey channel."""
    start = read_start(path, _GREY_AT + 1)
    return start.startswith(b"\x89PNG") and start[_GREY_AT:] == b"\0"


def _pictures(path: Path) -> tuple[Path, ...]:
    """Return the files behind one input; none where they cannot be listed, which is told later."""
    with contextlib.suppress(OSError, SourceError):
        return list_pictures(path) if path.is_dir() else (path,)
    return ()


def _jobs(path: Path, *, moving: bool) -> Iterator[Job | SourceError]:
    """Yield what is to be done, and for each picture of a folder that cannot be read, why."""
    if path.is_dir():
        yield from _folder(path, moving=moving)
    elif moving:
        yield from _frames(ClipSource(path), path.stem)
    else:
        yield Job(path.stem, Frame(read_picture(path), 0, 0.0), new=True)


def _folder(path: Path, *, moving: bool) -> Iterator[Job | SourceError]:
    pace = make_pace(USUAL_FPS, paced=False)
    new = True
    for picture in list_pictures(path):
        try:
            pixels = read_picture(picture)
        except SourceError as error:
            yield error
            continue
        yield Job(picture.stem, Frame(pixels, 0, pace.wait() if moving else 0.0), new=new)
        new = not moving


def _frames(source: ClipSource, stem: str) -> Iterator[Job]:
    try:
        while True:
            frame = source.read()
            yield Job(f"{stem}-{frame.index:06d}", frame, new=frame.index == 0)
    except EndOfSource:
        return
    finally:
        source.close()


def _write(path: Path, matte: Matte, frame: Frame) -> None:
    size = (frame.size.width, frame.size.height)
    alpha = np.rint(np.clip(cv2.resize(matte.share, size, interpolation=cv2.INTER_LINEAR), 0, 1) * 255)
    write_png(path, alpha.astype(np.uint8))


def _complain(path: Path, detail: str) -> int:
    _tell("")
    where = "" if path.name in detail else f"{path}: "
    sys.stderr.write(f"vcam: {printable(where + detail)}\n")
    return 1


def _tell(words: str) -> None:
    """Show one line on a terminal, written over the last one."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{printable(words)}")
        sys.stderr.flush()
