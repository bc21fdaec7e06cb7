"""Traces: written and read alike, and never trusted."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import struct
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.parity.conftest import GOLDEN, Recorder, tiny_manifest
from vcam.core.errors import TraceError
from vcam.core.frame import Size
from vcam.parity import storage, trace
from vcam.parity.android import Plane
from vcam.parity.documents import parse_frame, parse_manifest, schema
from vcam.parity.manifest import Activation, End, Layout, MaskSize, Planes, Post, Upsample
from vcam.parity.trace import Stages, TraceReader, TraceWriter

rng = np.random.default_rng(1)


def _stages(manifest, size: Size = Size(8, 6)) -> Stages:
    ends = manifest.model
    mask = (size.height, size.width)
    return Stages(
        yuv=rng.integers(0, 256, size.width * size.height * 3 // 2, dtype=np.uint8),
        rgb=rng.integers(0, 256, (*mask, 3), dtype=np.uint8),
        input=rng.integers(0, 256, (ends.input.height, ends.input.width, 3), dtype=np.uint8),
        tensor=rng.normal(size=ends.input.shape).astype(np.float32),
        output=rng.normal(size=ends.output.shape).astype(ends.output.dtype),
        mask=rng.integers(0, 256, mask, dtype=np.uint8),
        composite=rng.integers(0, 256, (*mask, 3), dtype=np.uint8),
    )


def _read_all(path: Path) -> list[tuple]:
    with TraceReader(path) as reader:
        return [
            (f.yuv(), f.rgb(), f.input(), f.tensor(), f.output(), f.mask(), f.composite(), f.record)
            for f in reader.frames()
        ]


@pytest.mark.parametrize("name", ["folder", "file.zip"])
def test_what_is_written_is_read(tmp_path: Path, name: str) -> None:
    manifest = tiny_manifest()
    written = [_stages(manifest) for _ in range(3)]
    with TraceWriter(tmp_path / name, manifest) as writer:
        for index, stages in enumerate(written):
            writer.add(stages, size=Size(8, 6), timestamp_ns=index, timings_ms={"yuv": 1.5})
    with TraceReader(tmp_path / name) as reader:
        assert reader.manifest == manifest
    for stages, (yuv, rgb, picture, tensor, output, mask, composite, record) in zip(
        written, _read_all(tmp_path / name), strict=True
    ):
        assert np.array_equal(yuv[0], stages.yuv)
        assert rgb is not None
        assert composite is not None
        for got, want in (
            (rgb, stages.rgb),
            (picture, stages.input),
            (tensor, stages.tensor),
            (output, stages.output),
            (mask, stages.mask),
            (composite, stages.composite),
        ):
            assert got.dtype == want.dtype
            assert np.array_equal(got, want)
        assert record.timings_ms == {"yuv": 1.5}


def test_labels_and_planes_are_kept(tmp_path: Path) -> None:
    manifest = tiny_manifest(
        model=replace(tiny_manifest().model, output=End("labels", Layout.NHWC, "int64", 4, 3, 1)),
        post=Post(Activation.LABELS, (15,), upsample=Upsample.NONE, blend=None),
    )
    stages = replace(_stages(manifest), mask=np.zeros((3, 4), np.uint8), composite=None, rgb=None)
    planes = Planes(Plane(0, 10, 1), Plane(60, 6, 1), Plane(78, 6, 1))
    stages = replace(stages, yuv=np.zeros(96, np.uint8))
    with TraceWriter(tmp_path / "t", manifest) as writer:
        record = writer.add(stages, size=Size(8, 6), timestamp_ns=0, rotation=180, planes=planes)
    assert record.files.yuv.name == "0000.yuv"
    ((yuv, rgb, *_rest, output, _mask, composite, read),) = _read_all(tmp_path / "t")
    assert read == record
    assert yuv[1].u == planes.u
    assert rgb is None
    assert composite is None
    assert output.dtype == np.int64


def test_the_same_frames_make_the_same_zip(tmp_path: Path) -> None:
    manifest = tiny_manifest()
    stages = _stages(manifest)
    for name in ("a.zip", "b.zip"):
        with TraceWriter(tmp_path / name, manifest) as writer:
            writer.add(stages, size=Size(8, 6), timestamp_ns=0)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "there.zip").write_text("mine")
    with pytest.raises(TraceError, match="got something there already"):
        TraceWriter(tmp_path / "there.zip", tiny_manifest())
    assert (tmp_path / "there.zip").read_text() == "mine"


@pytest.mark.parametrize("name", ["folder", "file.zip"])
def test_a_broken_recording_keeps_its_frames_and_an_empty_one_leaves_nothing(
    tmp_path: Path, name: str
) -> None:
    manifest = tiny_manifest()

    def break_off(path: Path, frames: int) -> None:
        with TraceWriter(path, manifest) as writer:
            for index in range(frames):
                writer.add(_stages(manifest), size=Size(8, 6), timestamp_ns=index)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        break_off(tmp_path / name, 2)
    assert len(_read_all(tmp_path / name)) == 2
    with pytest.raises(KeyboardInterrupt):
        break_off(tmp_path / f"empty-{name}", 0)
    assert sorted(path.name for path in tmp_path.iterdir()) == [name]


def test_reading_is_lazy(recorded: Recorder) -> None:
    path = recorded(frames=3)
    with (path / "frames.jsonl").open("a") as file:
        file.write("nonsense\n")
    with TraceReader(path) as reader:
        frames = reader.frames()
        assert [next(frames).record.index for _ in range(3)] == [0, 1, 2]
        with pytest.raises(TraceError, match="line 4 is not JSON"):
            next(frames)


# What a hostile or damaged trace may try.


def _edit(path: Path, change) -> None:
    lines = (path / "frames.jsonl").read_text().splitlines()
    document = json.loads(lines[0])
    change(document)
    (path / "frames.jsonl").write_text(json.dumps(document) + "\n")


def _refused(path: Path, match: str) -> None:
    with pytest.raises(TraceError, match=match):
        _read_all(path)


@pytest.mark.parametrize(
    "name", ["../secret", "/etc/passwd", "a/b", "..", ".hidden", "", "a\\b", "x" * 200, "a\0b"]
)
def test_names_cannot_leave_the_trace(recorded: Recorder, name: str) -> None:
    path = recorded()
    (path.parent / "secret").write_bytes(b"secret")
    _edit(path, lambda document: document["files"]["yuv"].update(name=name))
    _refused(path, r"files\.yuv\.name")
    with pytest.raises(TraceError, match="got a file name"):
        storage.open_storage(path).open(name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="links and pipes of Unix")
def test_links_and_pipes_are_refused(recorded: Recorder) -> None:
    path = recorded()
    target = path / "0000.in.u8"
    secret = path.parent / "secret"
    target.rename(secret)
    target.symlink_to(secret)
    _refused(path, r"0000\.in\.u8")
    target.unlink()
    os.mkfifo(target)
    _refused(path, "got a folder, link or device != wanted a plain file")
    target.unlink()
    target.mkdir()
    _refused(path, r"0000\.in\.u8")


def _zip_of(path: Path, target: Path, extra: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(path.iterdir()):
            if file.name not in extra:
                archive.write(file, file.name)
        for name, data in extra.items():
            archive.writestr(name, data)
    return target


@pytest.mark.parametrize("name", ["../../escape", "/etc/cron.d/x", "folder/file", "C:\\x"])
def test_a_zip_with_paths_is_refused(recorded: Recorder, tmp_path: Path, name: str) -> None:
    _refused(_zip_of(recorded(), tmp_path / "z.zip", {name: b"x"}), "got a file name")


def test_a_zip_with_a_name_twice_is_refused(recorded: Recorder, tmp_path: Path) -> None:
    target = _zip_of(recorded(), tmp_path / "z.zip", {})
    with (
        zipfile.ZipFile(target, "a") as archive,
        pytest.warns(UserWarning, match="Duplicate name"),
    ):
        archive.writestr("0000.nv21", b"other")
    _refused(target, "got two files of this name")


def test_an_encrypted_zip_is_refused(recorded: Recorder) -> None:
    path = recorded(zipped=True)
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    path.write_bytes(data)
    _refused(path, "got an encrypted file")


def test_a_bomb_is_not_unpacked(recorded: Recorder, tmp_path: Path) -> None:
    target = _zip_of(recorded(), tmp_path / "z.zip", {"0000.in.u8": bytes(30_000_000)})
    assert target.stat().st_size < 1_000_000
    _refused(target, r"0000\.in\.u8: got more than 15360 bytes != wanted 15360")


def test_a_picture_bomb_is_not_unpacked(recorded: Recorder) -> None:
    path = recorded()
    header = struct.pack(">IIBBBBB", 60000, 60000, 8, 0, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + b"IHDR"
        + header
        + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    )
    (path / "0000.mask.png").write_bytes(bomb)
    _edit(path, lambda d: d["files"]["mask"].update(sha256=hashlib.sha256(bomb).hexdigest()))
    _refused(path, "got 60000×60000, 8 bits, PNG colour type 0 != wanted at most 12288")


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n" + bytes(40)])
def test_what_is_no_picture_is_refused(recorded: Recorder, data: bytes) -> None:
    path = recorded()
    (path / "0000.mask.png").write_bytes(data)
    _edit(path, lambda d: d["files"]["mask"].update(sha256=hashlib.sha256(data).hexdigest()))
    _refused(path, r"0000\.mask\.png: got no PNG")


def test_a_cut_picture_is_refused(recorded: Recorder, capfd: pytest.CaptureFixture[str]) -> None:
    path = recorded()
    data = (path / "0000.mask.png").read_bytes()[:60]
    (path / "0000.mask.png").write_bytes(data)
    _edit(path, lambda d: d["files"]["mask"].update(sha256=hashlib.sha256(data).hexdigest()))
    _refused(path, "got a damaged PNG")
    capfd.readouterr()


def test_long_lines_and_files_are_refused(recorded: Recorder) -> None:
    path = recorded()
    (path / "frames.jsonl").write_bytes(b"{" * (trace.MAX_LINE_BYTES + 5))
    _refused(path, "line 1: got more than 65536 bytes")
    (path / "manifest.json").write_bytes(b" " * (trace.MAX_MANIFEST_BYTES + 5))
    _refused(path, r"manifest\.json: got more than 1048576 bytes")


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda d: d.update(index=1), "got index 1 != wanted 0"),
        (lambda d: d.update(width=100_000), "width: 100000 is greater than the maximum of 8192"),
        (lambda d: d.update(rotation=45), "rotation: 45 is not one of"),
        (lambda d: d.update(surprise=1), "Additional properties are not allowed"),
        (lambda d: d.pop("timestamp_ns"), "'timestamp_ns' is a required property"),
        (
            lambda d: d["files"]["yuv"].update(sha256="0" * 64),
            "0000.nv21: got SHA-256 .* != wanted 000000000000",
        ),
        (lambda d: d["files"].update(yuv=d["files"]["mask"]), "0000.mask.png: got .* bytes != wanted 18432"),
        (lambda d: d.update(width=126), r"0000.nv21: got more than 18144 bytes != wanted 18144"),
        (
            lambda d: d.update(
                planes={n: {"offset": 0, "row_stride": 9999, "pixel_stride": 1} for n in "yuv"}
            ),
            "got 18432 bytes != wanted at least",
        ),
    ],
)
def test_wrong_records_are_refused(recorded: Recorder, change, match: str) -> None:
    path = recorded()
    _edit(path, change)
    _refused(path, match)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "is not JSON"),
        ("[]", "is not of type 'object'"),
        ("[" * 100_000, "is not JSON"),
        ('{"schema": 2}', "got schema 2 != wanted 1 or older; update Virtual Cam"),
        ('{"schema": 1}', "'device' is a required property"),
        ('{"schema": NaN}', "got NaN != wanted a finite number"),
        ("9" * 6000, "is not JSON"),
    ],
)
def test_wrong_manifests_are_refused(text: str, match: str) -> None:
    with pytest.raises(TraceError, match=match):
        parse_manifest(text)


@pytest.mark.parametrize(
    ("part", "field", "value", "match"),
    [
        ("post", "person", [2], "got channel 2 != wanted below 2"),
        ("post", "activation", "labels", "got labels in 2 channels"),
        ("post", "upsample", "none", "got frame with upsample none"),
        ("tensor", "std", [1, 0, 1], "0 is less than or equal to the minimum of 0"),
        ("model", "precision", "int8", "'step' is a required property"),
        ("model", "sha256", "ABC", "does not match"),
        ("geometry", "crop", {"x": 0, "y": 0, "width": 0, "height": 5}, "geometry"),
    ],
)
def test_manifests_that_make_no_sense_are_refused(part: str, field: str, value, match: str) -> None:
    document = tiny_manifest().to_json()
    document[part][field] = value
    with pytest.raises(TraceError, match=match):
        parse_manifest(json.dumps(document))


def test_ends_that_make_no_sense_are_refused() -> None:
    for end, field, value, match in (
        ("input", "channels", 4, "got 4 channels of float32 != wanted 3 of float32"),
        ("output", "dtype", "int64", "got int64 != wanted float32, or activation labels"),
    ):
        document = tiny_manifest().to_json()
        document["model"][end][field] = value
        with pytest.raises(TraceError, match=match):
            parse_manifest(json.dumps(document))


def test_manifests_survive_their_json() -> None:
    for manifest in (
        tiny_manifest(),
        tiny_manifest(
            post=Post(Activation.SIGMOID, (1,), 0.5, Upsample.SKIA_NEAREST, MaskSize.INPUT, None, (1, 2, 3))
        ),
    ):
        assert parse_manifest(json.dumps(manifest.to_json())) == manifest


def test_a_trace_without_frames_is_refused(recorded: Recorder) -> None:
    path = recorded()
    (path / "frames.jsonl").write_text("\n\n")
    _refused(path, "got no frames")
    (path / "frames.jsonl").unlink()
    _refused(path, r"frames\.jsonl")
    (path / "frames.jsonl").write_bytes(b"\xff\xfe\n")
    _refused(path, "wanted UTF-8")


def test_nothing_there_is_said(tmp_path: Path) -> None:
    _refused(tmp_path / "nowhere", "got nothing there != wanted a trace")
    (tmp_path / "text.zip").write_text("not a zip")
    _refused(tmp_path / "text.zip", "is not a whole zip")
    (tmp_path / "empty").mkdir()
    _refused(tmp_path / "empty", r"manifest\.json")


def test_every_cut_zip_is_refused(tmp_path: Path) -> None:
    data = (GOLDEN / "tiny.wasm.zip").read_bytes()
    for length in range(0, len(data), len(data) // 25):
        (tmp_path / "cut.zip").write_bytes(data[:length])
        _refused(tmp_path / "cut.zip", "is not a whole zip")


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**9), st.integers(1, 255))
def test_a_flipped_byte_is_refused_or_harmless(
    tmp_path_factory: pytest.TempPathFactory, where: int, flip: int
) -> None:
    data = bytearray((GOLDEN / "tiny-int8.wasm.zip").read_bytes())
    data[where % len(data)] ^= flip
    path = tmp_path_factory.mktemp("flip") / "t.zip"
    path.write_bytes(data)
    want = _read_all(GOLDEN / "tiny-int8.wasm.zip")
    try:
        got = _read_all(path)
    except TraceError:
        return
    finally:
        shutil.rmtree(path.parent)
    assert [np.array_equal(a, b) for a, b in zip(got[0][2:6], want[0][2:6], strict=True)] == [True] * 4


def test_the_schema_is_one_and_says_what_the_manifest_has() -> None:
    document = schema()
    assert set(document["properties"]) == set(tiny_manifest().to_json())
    line = {
        "index": 0,
        "timestamp_ns": 1,
        "width": 2,
        "height": 2,
        "rotation": 0,
        "files": {
            key: {"name": key, "sha256": "0" * 64} for key in ("yuv", "input", "tensor", "output", "mask")
        },
    }
    assert parse_frame(json.dumps(line), "line").to_json() == line | {"timings_ms": {}}


@pytest.mark.parametrize("text", ["red\x1b[31m", "two\nlines", "end\n", "\x9b"])
def test_texts_cannot_steer_a_terminal(text: str) -> None:
    document = tiny_manifest().to_json()
    document["device"]["name"] = text
    with pytest.raises(TraceError, match=r"device\.name") as caught:
        parse_manifest(json.dumps(document))
    assert not set(caught.value.detail) & {"\x1b", "\n", "\x9b"}


@pytest.mark.parametrize("name", ["folder", "file.zip"])
def test_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    manifest = tiny_manifest()
    stages = _stages(manifest)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    def write() -> None:
        with TraceWriter(tmp_path / name, manifest) as writer:
            writer.add(stages, size=Size(8, 6), timestamp_ns=0)
            monkeypatch.setattr(Path, "write_bytes", full)
            monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
            writer.add(stages, size=Size(8, 6), timestamp_ns=1)

    with pytest.raises(TraceError, match="cannot be written: No space left on device; make room"):
        write()
    monkeypatch.undo()
    assert len(_read_all(tmp_path / name)) == 1


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for name in ("folder", "file.zip"):
        with pytest.raises(TraceError, match=r"cannot be written: .*; make room"):
            TraceWriter(tmp_path / "file" / name, tiny_manifest())


def test_closing_twice_is_harmless(tmp_path: Path) -> None:
    manifest = tiny_manifest()
    for name in ("folder", "file.zip"):
        writer = TraceWriter(tmp_path / name, manifest)
        writer.add(_stages(manifest), size=Size(8, 6), timestamp_ns=0)
        writer.close()
        writer.close()
        assert len(_read_all(tmp_path / name)) == 1
