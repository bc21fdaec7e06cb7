"""Traces: what one run of the phone's pipeline left behind, in a folder or a zip.

    manifest.json    what is the same for all frames
    frames.jsonl     one record per line and frame
    NNNN.nv21        the camera's bytes          uint8, as FrameRecord.layout says
    NNNN.rgb.u8      (optional) all of it        uint8 (height, width, 3) RGB, sensor orientation
    NNNN.in.u8       what the network sees       uint8 (height, width, 3) RGB
    NNNN.in.f32      the tensor                  float32, shape of model.input
    NNNN.out.f32     what the network gave       float32 (or .out.i64: int64), shape of model.output
    NNNN.mask.png    the mask                    8-bit grey
    NNNN.comp.png    (optional) what was shown   8-bit RGB

Little-endian, C order. Reading and writing stream: one frame is held at a time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.core.frame import Size
from vcam.parity import storage
from vcam.parity.android import Bytes, Rgb, YuvLayout, swapped
from vcam.parity.documents import parse_frame, parse_manifest
from vcam.parity.manifest import (
    FileEntry,
    Files,
    FrameRecord,
    Manifest,
    Planes,
)
from vcam.parity.mirror import Mirror
from vcam.parity.post import Mask, Output
from vcam.parity.storage import FRAMES, MANIFEST, bad

MAX_MANIFEST_BYTES = 1 << 20
MAX_LINE_BYTES = 1 << 16
MAX_FRAME_BYTES = 1 << 28
"""Of a file whose strides make it larger than its samples."""

_PNG_MAGIC = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True, eq=False)
class TraceFrame:
    """One frame of a trace; its files are read, bounded and checked against their digests, when asked for."""

    record: FrameRecord
    manifest: Manifest
    _storage: storage.Storage

    @property
    def name(self) -> str:
        """For people."""
        return f"frame {self.record.index}"

    @property
    def upright(self) -> Size:
        """Size of the picture after crop and rotation."""
        return Mirror(self.manifest).upright_size(self.record.size, self.record.rotation)

    def yuv(self) -> tuple[Bytes, YuvLayout]:
        """Return the camera's bytes and where the samples lie in them."""
        layout = self.record.layout
        tight = self.record.planes is None
        data = self._read(self.record.files.yuv, layout.needed if tight else MAX_FRAME_BYTES, exact=tight)
        if len(data) < layout.needed:
            name = self.record.files.yuv.name
            raise bad(f"{name}: got {len(data)} bytes != wanted at least {layout.needed} for these strides")
        return np.frombuffer(data, np.uint8), layout

    def rgb(self) -> Rgb | None:
        """Return the whole RGB picture in sensor orientation, where it was recorded."""
        entry = self.record.files.rgb
        return None if entry is None else self._pixels(entry, self.record.size)

    def input(self) -> Rgb:
        """Return what the network saw."""
        return self._pixels(self.record.files.input, self.manifest.model.input.size)

    def tensor(self) -> NDArray[np.float32]:
        """Return the network's input."""
        return self._array(self.record.files.tensor, "float32", self.manifest.model.input.shape)

    def output(self) -> Output:
        """Return what the network gave."""
        end = self.manifest.model.output
        return self._array(self.record.files.output, end.dtype, end.shape)

    def mask(self) -> Mask:
        """Return the mask, uint8 (height, width); a phone that errs may have made it of another size."""
        return self._png(self.record.files.mask, 1)

    def composite(self) -> Rgb | None:
        """Return what was shown, where it was recorded."""
        entry = self.record.files.composite
        return None if entry is None else swapped(self._png(entry, 3))

    def _pixels(self, entry: FileEntry, size: Size) -> Rgb:
        data = self._read(entry, size.width * size.height * 3, exact=True)
        return np.frombuffer(data, np.uint8).reshape(size.height, size.width, 3)

    def _array(self, entry: FileEntry, dtype: str, shape: tuple[int, ...]) -> NDArray[Any]:
        kind = np.dtype(dtype).newbyteorder("<")
        data = self._read(entry, int(np.prod(shape)) * kind.itemsize, exact=True)
        return np.frombuffer(data, kind).reshape(shape).astype(np.dtype(dtype), copy=False)

    def _png(self, entry: FileEntry, channels: int) -> Bytes:
        """Return the pixels of a PNG, whose header must promise what fits before it is unpacked."""
        ends = self.manifest.model
        sides = [(size.width, size.height) for size in (self.record.size, ends.input.size, ends.output.size)]
        pixels = max(width * height for width, height in sides)
        data = self._read(entry, pixels * (channels + 1) + (1 << 16))
        kind, word = {1: (0, "grey"), 3: (2, "RGB")}[channels]
        if data[:8] != _PNG_MAGIC or len(data) < 33 or data[12:16] != b"IHDR":
            raise bad(f"{entry.name}: got no PNG != wanted one")
        width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
        if width * height > pixels or (data[24], data[25]) != (8, kind):
            raise bad(
                f"{entry.name}: got {width}×{height}, {data[24]} bits, PNG colour type {data[25]} "
                f"!= wanted at most {pixels} pixels, 8 bits, type {kind} ({word})"
            )
        flag = cv2.IMREAD_GRAYSCALE if channels == 1 else cv2.IMREAD_COLOR
        try:
            picture = cv2.imdecode(np.frombuffer(data, np.uint8), flag)
        except cv2.error as error:
            raise bad(f"{entry.name}: cannot be unpacked ({error.err})") from error
        if picture is None:
            raise bad(f"{entry.name}: got a damaged PNG != wanted a whole one")
        return np.asarray(picture, np.uint8)

    def _read(self, entry: FileEntry, limit: int, *, exact: bool = False) -> bytes:
        data = storage.read(self._storage, entry.name, limit, exact=exact)
        got = hashlib.sha256(data).hexdigest()
        if got != entry.sha256:
            raise bad(f"{entry.name}: got SHA-256 {got[:12]}… != wanted {entry.sha256[:12]}… of frames.jsonl")
        return data


class TraceReader:
    """An open trace. Raises TraceError where it is not one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._storage = storage.open_storage(path)
        try:
            data = storage.read(self._storage, MANIFEST, MAX_MANIFEST_BYTES)
            self.manifest = parse_manifest(_text(data, MANIFEST))
        except BaseException:
            self._storage.close()
            raise

    def frames(self) -> Iterator[TraceFrame]:
        """Yield the frames in order. Raises TraceError at the first line that is not a frame's record."""
        wanted = 0
        for line in storage.read_lines(self._storage, FRAMES, MAX_LINE_BYTES):
            record = parse_frame(line, f"{FRAMES}, line {wanted + 1}")
            if record.index != wanted:
                raise bad(f"{FRAMES}, line {wanted + 1}: got index {record.index} != wanted {wanted}")
            wanted += 1
            yield TraceFrame(record, self.manifest, self._storage)
        if not wanted:
            raise bad(f"{FRAMES}: got no frames != wanted at least one")

    def close(self) -> None:
        """Let go of the folder or zip."""
        self._storage.close()

    def __enter__(self) -> TraceReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read_manifest(path: Path) -> Manifest:
    """Return the manifest of a trace, or of a manifest.json that lies alone. Raises TraceError."""
    if path.is_dir() or path.suffix == ".zip":
        with TraceReader(path) as trace:
            return trace.manifest
    try:
        with path.open("rb") as file:
            data = file.read(MAX_MANIFEST_BYTES)
    except OSError as error:
        raise bad(f"{path}: cannot be read: {error.strerror}") from error
    return parse_manifest(_text(data, path.name), path.name)


def _text(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise bad(f"{name}: got {error.reason} != wanted UTF-8") from error


@dataclass(frozen=True, slots=True, eq=False)
class Stages:
    """Everything that one frame leaves behind, ready to be written; shapes as in TraceFrame."""

    yuv: Bytes
    input: Rgb
    tensor: NDArray[np.float32]
    output: Output
    mask: Mask
    rgb: Rgb | None = None
    composite: Rgb | None = None


class TraceWriter:
    """A trace being written, frame by frame; a `with` block completes it, even on an exception.

    Args:
        path: a new folder, or a new file that ends in .zip.
        manifest: what is the same for all frames.

    Raises:
        TraceError: when something is there already, or cannot be written.
    """

    def __init__(self, path: Path, manifest: Manifest) -> None:
        document = json.dumps(manifest.to_json(), indent=2, allow_nan=False) + "\n"
        parse_manifest(document)
        self._writing = storage.create_storage(path)
        self._writing.put(MANIFEST, document.encode())
        self.frames = 0

    def add(
        self,
        stages: Stages,
        *,
        size: Size,
        timestamp_ns: int,
        rotation: int = 0,
        planes: Planes | None = None,
        timings_ms: Mapping[str, float] | None = None,
    ) -> FrameRecord:
        """Write one frame and return its record; size is the sensor's."""
        stem = f"{self.frames:04d}"
        end = ("i64", "<i8") if stages.output.dtype == np.int64 else ("f32", "<f4")
        files = Files(
            yuv=self._put(f"{stem}.{'nv21' if planes is None else 'yuv'}", stages.yuv.tobytes()),
            rgb=None if stages.rgb is None else self._put(f"{stem}.rgb.u8", stages.rgb.tobytes()),
            input=self._put(f"{stem}.in.u8", stages.input.tobytes()),
            tensor=self._put(f"{stem}.in.f32", stages.tensor.astype("<f4").tobytes()),
            output=self._put(f"{stem}.out.{end[0]}", stages.output.astype(end[1]).tobytes()),
            mask=self._put(f"{stem}.mask.png", _encode(stages.mask)),
            composite=None
            if stages.composite is None
            else self._put(f"{stem}.comp.png", _encode(swapped(stages.composite))),
        )
        record = FrameRecord(
            index=self.frames,
            timestamp_ns=timestamp_ns,
            width=size.width,
            height=size.height,
            rotation=rotation,
            files=files,
            planes=planes,
            timings_ms=timings_ms or {},
        )
        self._writing.line(record.to_json())
        self.frames += 1
        return record

    def _put(self, name: str, data: bytes) -> FileEntry:
        self._writing.put(name, data)
        return FileEntry(name, hashlib.sha256(data).hexdigest())

    def close(self) -> None:
        """Complete the trace."""
        self._writing.close()

    def __enter__(self) -> TraceWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.frames or kind is None:
            self._writing.close()
        else:
            self._writing.abort()


def _encode(picture: Bytes) -> bytes:
    done, data = cv2.imencode(".png", picture)
    assert done  # noqa: S101 - our bug: an array that is no picture
    return bytes(data)
