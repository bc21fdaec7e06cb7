"""What a picture's header declares, read before anything is decoded.

A few kilobytes can declare a picture of gigabytes (a decompression bomb); decoders believe it and allocate.
Only formats whose header is understood here are decoded at all: PNG, JPEG, WebP, GIF, BMP.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from vcam.core.frame import Size

MAX_SCANS: Final = 64
"""Of a progressive JPEG, which has about ten; each costs as much as decoding the whole picture."""

_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_STANDALONE = frozenset(range(0xD0, 0xD9)) | {0x01}


@dataclass(frozen=True, slots=True)
class PictureHeader:
    """What an encoded picture says of itself.

    Attributes:
        kind: "PNG", "JPEG", "WebP", "GIF" or "BMP".
        size: of the decoded picture, before it is turned.
        transparent: whether some of it may be.
    """

    kind: str
    size: Size
    transparent: bool


def read_header(data: bytes) -> PictureHeader:
    """Return what an encoded picture declares. Raises ValueError, in words."""
    for kind, matches, measure, transparent in _FORMATS:
        if matches(data):
            try:
                width, height = measure(data)
                return PictureHeader(kind, Size(width, height), transparent(data))
            except (struct.error, IndexError, ValueError) as error:
                raise ValueError(f"got a damaged {kind} header ({error}) != wanted a whole one") from error
    raise ValueError("got an unknown kind of picture != wanted PNG, JPEG, WebP, GIF or BMP")


def _png(data: bytes) -> tuple[int, int]:
    if data[12:16] != b"IHDR":
        raise ValueError("no IHDR chunk")
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _gif(data: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from("<HH", data, 6)
    return width, height


def _bmp(data: bytes) -> tuple[int, int]:
    (header,) = struct.unpack_from("<I", data, 14)
    width, height = struct.unpack_from("<HH" if header == 12 else "<ii", data, 18)
    return width, abs(height)  # negative: the rows run from the top


def _webp(data: bytes) -> tuple[int, int]:
    chunk = data[12:16]
    if chunk == b"VP8X":
        width, height = (int.from_bytes(data[i : i + 3], "little") + 1 for i in (24, 27))
    elif chunk == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif chunk == b"VP8 ":
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", data, 26))
    else:
        raise ValueError("no picture chunk")
    return width, height


def _jpeg(data: bytes) -> tuple[int, int]:
    scans = data.count(b"\xff\xda")
    if scans > MAX_SCANS:
        raise ValueError(f"{scans} scans, of at most {MAX_SCANS}")
    at = 2
    while True:
        if data[at] != 0xFF:
            raise ValueError("no marker where one should be")
        marker = data[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
        elif marker in _STANDALONE:
            at += 2
        elif marker in _FRAME_HEADERS:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        else:
            (length,) = struct.unpack_from(">H", data, at + 2)
            at += 2 + max(length, 2)


def _png_transparent(data: bytes) -> bool:
    has_alpha = data[25] & 4 != 0
    return has_alpha or b"tRNS" in data[: data.find(b"IDAT")]


def _webp_transparent(data: bytes) -> bool:
    return data[12:16] != b"VP8 " and bool(data[20] & 0x10 if data[12:16] == b"VP8X" else data[24] & 0x10)


def _always(_: bytes) -> bool:
    return True


def _never(_: bytes) -> bool:
    return False


_Format = tuple[str, Callable[[bytes], bool], Callable[[bytes], tuple[int, int]], Callable[[bytes], bool]]
_FORMATS: Final[tuple[_Format, ...]] = (
    ("PNG", lambda data: data.startswith(b"\x89PNG\r\n\x1a\n"), _png, _png_transparent),
    ("JPEG", lambda data: data.startswith(b"\xff\xd8\xff"), _jpeg, _never),
    ("WebP", lambda data: data[:4] == b"RIFF" and data[8:12] == b"WEBP", _webp, _webp_transparent),
    ("GIF", lambda data: data[:6] in (b"GIF87a", b"GIF89a"), _gif, _always),
    ("BMP", lambda data: data.startswith(b"BM"), _bmp, _never),
)
