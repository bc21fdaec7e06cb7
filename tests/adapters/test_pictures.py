from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vcam.adapters.picture_header import PictureHeader, read_header
from vcam.adapters.pictures import MAX_BACKGROUND_SIDE, load_picture, natural_order, read_picture
from vcam.core.errors import BackgroundError, Problem, SourceError, VcamError
from vcam.core.frame import Pixels, Size


def halves(width: int = 60, height: int = 40) -> Pixels:
    """Blue on the left, red on the right."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, : width // 2, 0] = 255
    pixels[:, width // 2 :, 2] = 255
    return pixels


def encoded(suffix: str, pixels: np.ndarray | None = None) -> bytes:  # type: ignore[type-arg]
    ok, data = cv2.imencode(suffix, halves() if pixels is None else pixels)
    assert ok
    return data.tobytes()


def png_of(width: int, height: int) -> bytes:
    """A PNG of a few bytes that declares any size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


def exif(orientation: int) -> bytes:
    tiff = struct.pack("<2sHIHHHIHHI", b"II", 42, 8, 1, 0x0112, 3, 1, orientation, 0, 0)
    body = b"Exif\0\0" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".gif", ".bmp"])
def test_pictures_are_read_as_bgr(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"halves{suffix}"
    path.write_bytes(encoded(suffix))
    pixels = load_picture(path)
    assert pixels.shape == (40, 60, 3)
    assert pixels.dtype == np.uint8
    assert pixels[20, 5, 0] > 200
    assert pixels[20, 5, 2] < 60
    assert read_header(path.read_bytes()).size == Size(60, 40)


@pytest.mark.parametrize("quality", [80, 101])
def test_both_kinds_of_webp_tell_their_size(quality: int) -> None:
    data = cv2.imencode(".webp", halves(), [cv2.IMWRITE_WEBP_QUALITY, quality])[1].tobytes()
    assert read_header(data) == PictureHeader("WebP", Size(60, 40), transparent=False)


def test_a_picture_is_turned_as_its_camera_says(tmp_path: Path) -> None:
    plain = encoded(".jpg")
    path = tmp_path / "turned.jpg"
    path.write_bytes(plain[:2] + exif(6) + plain[2:])
    pixels = load_picture(path)
    assert pixels.shape == (60, 40, 3)
    assert pixels[5, 20, 0] > 200 > pixels[55, 20, 0]


def test_what_is_transparent_becomes_white(tmp_path: Path) -> None:
    pixels = np.zeros((10, 10, 4), np.uint8)
    pixels[:, 5:, 3] = 255
    for suffix in (".png", ".webp"):
        path = tmp_path / f"x{suffix}"
        path.write_bytes(encoded(suffix, pixels))
        flat = load_picture(path)
        assert flat[5, 2].tolist() == [255, 255, 255]
        assert flat[5, 8].max() < 5


def test_a_palette_with_a_transparent_colour_becomes_white(tmp_path: Path) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 1, 8, 3, 0, 0, 0))
    data += chunk(b"PLTE", bytes([10, 20, 30, 40, 50, 60])) + chunk(b"tRNS", b"\0\xff")
    data += chunk(b"IDAT", zlib.compress(b"\0\0\1")) + chunk(b"IEND", b"")
    path = tmp_path / "x.png"
    path.write_bytes(data)
    assert read_header(data).transparent
    assert load_picture(path).tolist() == [[[255, 255, 255], [60, 50, 40]]]


def test_a_jpeg_of_many_scans_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.jpg"
    path.write_bytes(encoded(".jpg") + b"\xff\xda" * 100)
    with pytest.raises(BackgroundError, match="101 scans"):
        load_picture(path)


@pytest.mark.parametrize(("width", "shown"), [(3000, 3000), (5000, 3840), (9000, 3840), (17000, 3840)])
def test_large_jpegs_are_decoded_small(tmp_path: Path, width: int, shown: int) -> None:
    path = tmp_path / "wide.jpg"
    path.write_bytes(encoded(".jpg", halves(width, 40)))
    pixels = load_picture(path)
    assert pixels.shape[1] == shown
    assert pixels[0, 5, 0] > 200
    assert pixels[0, -5, 2] > 200


def test_sixteen_bits_and_grey_are_read(tmp_path: Path) -> None:
    for i, shape in enumerate([(10, 10), (10, 10, 3), (10, 10, 4)]):
        path = tmp_path / f"{i}.png"
        path.write_bytes(encoded(".png", np.full(shape, 0x8000, np.uint16)))
        pixels = load_picture(path)
        assert pixels.shape == (10, 10, 3)
        assert pixels.dtype == np.uint8


def test_a_large_background_is_made_smaller(tmp_path: Path) -> None:
    path = tmp_path / "wide.png"
    path.write_bytes(encoded(".png", np.zeros((3, 9000, 3), np.uint8)))
    assert load_picture(path).shape == (1, MAX_BACKGROUND_SIDE, 3)
    assert read_picture(path).shape == (3, 9000, 3)


@pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (2**31 - 1, 1), (40_000, 1)])
def test_a_bomb_is_refused_before_it_is_decoded(tmp_path: Path, width: int, height: int) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png_of(width, height))
    with pytest.raises(BackgroundError, match="make it smaller"):
        load_picture(path)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"text",
        b"\x89PNG\r\n\x1a\n",
        png_of(0, 5),
        png_of(5, 5),
        b"\xff\xd8\xff",
        b"BM",
        b"GIF89a",
        b"RIFF\0\0\0\0WEBP",
    ],
)
def test_a_damaged_picture_is_refused_in_words(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "bad.png"
    path.write_bytes(data)
    with pytest.raises(BackgroundError, match="!= wanted") as caught:
        load_picture(path)
    assert caught.value.problem is Problem.UNREADABLE_BACKGROUND
    with pytest.raises(SourceError):
        read_picture(path)


def test_other_things_than_files_are_refused_without_waiting(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.png"
    os.mkfifo(pipe)
    for path in (pipe, tmp_path, Path("/dev/zero"), tmp_path / "none.png", Path("a\0b")):
        with pytest.raises(BackgroundError, match="cannot be read"):
            load_picture(path)


def test_names_are_put_in_natural_order() -> None:
    names = ["frame10.png", "frame2.png", "Frame1.png", "a.png", "7.png"]
    ordered = [path.name for path in sorted(map(Path, names), key=natural_order)]
    assert ordered == ["7.png", "a.png", "Frame1.png", "frame2.png", "frame10.png"]


SEEDS = [encoded(suffix, halves(16, 12)) for suffix in (".png", ".jpg", ".webp", ".gif", ".bmp")]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(seed=st.sampled_from(SEEDS), data=st.data())
def test_fuzzed_pictures_are_read_or_refused_in_words(
    tmp_path: Path, seed: bytes, data: st.DataObject
) -> None:
    spoilt = bytearray(seed)
    for _ in range(data.draw(st.integers(1, 6))):
        spoilt[data.draw(st.integers(0, min(len(seed), 80) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "fuzzed"
    path.write_bytes(bytes(spoilt[: data.draw(st.integers(1, len(seed)))]))
    try:
        pixels = load_picture(path)
    except VcamError:
        return
    assert pixels.ndim == 3
    assert pixels.dtype == np.uint8


@given(st.binary(max_size=64))
def test_fuzzed_headers_declare_a_size_or_nothing(data: bytes) -> None:
    for start in (b"", b"\xff\xd8\xff", b"BM", b"GIF89a", b"RIFF\0\0\0\0WEBP", b"\x89PNG\r\n\x1a\n"):
        try:
            size = read_header(start + data).size
        except ValueError:
            continue
        assert size.width > 0
