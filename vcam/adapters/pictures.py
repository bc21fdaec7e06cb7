"""Pictures from files: backgrounds and stills.

Limits: regular files of at most 64 MiB in PNG, JPEG, WebP, GIF or BMP, at most 64 megapixels and
32 768 pixels a side. The EXIF orientation is honoured; what is transparent becomes white.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.adapters.files import read_regular
from vcam.adapters.opencv_log import quiet_opencv
from vcam.adapters.picture_header import PictureHeader, read_header
from vcam.core.errors import BackgroundError, Problem, SourceError, VcamError
from vcam.core.frame import Pixels, Size

MAX_PICTURE_BYTES: Final = 64 * 1024 * 1024
MAX_PICTURE_PIXELS: Final = 64_000_000
MAX_PICTURE_SIDE: Final = 32_768
MAX_BACKGROUND_SIDE: Final = 3840
"""A background is made no larger than this: it is shown smaller anyway, and stays in memory all day."""

PICTURE_SUFFIXES: Final = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp"})

_REDUCED: Final = (
    (8, cv2.IMREAD_REDUCED_COLOR_8),
    (4, cv2.IMREAD_REDUCED_COLOR_4),
    (2, cv2.IMREAD_REDUCED_COLOR_2),
)

Fault: TypeAlias = Callable[[str], VcamError]
"""Makes the error to raise from a detail."""


def source_fault(detail: str) -> VcamError:
    """Return the error for something that was to be a source."""
    return SourceError(Problem.UNREADABLE_SOURCE, detail)


def background_fault(detail: str) -> VcamError:
    """Return the error for something that was to be a background."""
    return BackgroundError(Problem.UNREADABLE_BACKGROUND, detail)


def load_picture(path: Path) -> Pixels:
    """Return a background picture, at most 3840 pixels a side. Raises BackgroundError."""
    pixels = _read(path, background_fault, MAX_BACKGROUND_SIDE)
    scale = MAX_BACKGROUND_SIDE / max(pixels.shape[:2])
    if scale >= 1:
        return pixels
    size = Size(width=max(round(pixels.shape[1] * scale), 1), height=max(round(pixels.shape[0] * scale), 1))
    return np.asarray(
        cv2.resize(pixels, (size.width, size.height), interpolation=cv2.INTER_AREA), dtype=np.uint8
    )


def read_picture(path: Path) -> Pixels:
    """Return a picture at its own size, uint8 (height, width, 3) BGR. Raises SourceError."""
    return _read(path, source_fault, MAX_PICTURE_SIDE)


def _read(path: Path, fault: Fault, enough: int) -> Pixels:
    """Return a picture, its longer side at least enough pixels long where it has so many."""
    quiet_opencv()
    try:
        data = read_regular(path, MAX_PICTURE_BYTES)
        header = read_header(data)
    except OSError as error:
        raise fault(f"{path.name} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise fault(f"{path.name}: {error}") from error
    size = header.size
    if size.width * size.height > MAX_PICTURE_PIXELS or max(size.width, size.height) > MAX_PICTURE_SIDE:
        raise fault(
            f"{path.name}: got {size} pixels != wanted at most {MAX_PICTURE_PIXELS // 1_000_000} megapixels "
            f"and {MAX_PICTURE_SIDE} a side; make it smaller first"
        )
    pixels = _decode(data, header, enough)
    if pixels is None:
        raise fault(f"{path.name}: got a damaged {header.kind} file != wanted a whole one")
    return pixels


def natural_order(path: Path) -> list[tuple[int, int, str]]:
    """Return a sorting key that puts frame2 before frame10."""
    parts = re.split(r"(\d+)", path.name.casefold())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part]


def _decode(data: bytes, header: PictureHeader, enough: int) -> Pixels | None:
    encoded = np.frombuffer(data, np.uint8)
    how = cv2.IMREAD_COLOR
    if header.transparent:
        how = cv2.IMREAD_UNCHANGED
    elif header.kind == "JPEG":
        # Decoded at a part of its size it takes a part of the time and the memory.
        parts = max(header.size.width, header.size.height) // enough
        how = next((flag for least, flag in _REDUCED if parts >= least), how)
    try:
        decoded = cv2.imdecode(encoded, how)
        if (
            decoded is not None
            and how == cv2.IMREAD_UNCHANGED
            and decoded.ndim == 3
            and decoded.shape[2] == 4
        ):
            return _on_white(decoded)
        if decoded is not None and how == cv2.IMREAD_UNCHANGED:
            decoded = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
    except cv2.error:
        return None
    return None if decoded is None else np.asarray(decoded, dtype=np.uint8)


def _on_white(pixels: NDArray[Any]) -> Pixels:
    if pixels.dtype == np.uint16:
        pixels = (pixels >> 8).astype(np.uint8)
    white = np.full((*pixels.shape[:2], 3), 255, np.uint8)
    alpha = pixels[..., 3].astype(np.float32) / 255.0
    flat = cv2.blendLinear(np.ascontiguousarray(pixels[..., :3]), white, alpha, 1.0 - alpha)
    return np.asarray(flat, dtype=np.uint8)
