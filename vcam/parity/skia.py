"""How Skia (Android's Bitmap and Canvas) resizes.

Bilinear has no anti-aliasing: each pixel of the result looks at four pixels of the source, however far it
shrinks. That is why OpenCV's INTER_AREA is not a substitute. Measured against real Skia (m144) in
tests/parity/references.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.core.frame import Size

Values: TypeAlias = NDArray[np.float32]
"""float32 (height, width) or (height, width, channels)."""


class Filter(StrEnum):
    """How a picture is resized. The first three are the contract's; the others are known mistakes."""

    BILINEAR = "skia-bilinear"
    """Half-pixel centres, float weights, floor(x + 1/2)."""
    NEAREST = "skia-nearest"
    BILINEAR_4BIT = "skia-bilinear-4bit"
    """Old builds: 16.16 fixed-point positions, weights in sixteenths, truncated."""
    CV_AREA = "cv-area"
    CV_NEAREST = "cv-nearest"
    CV_CUBIC = "cv-cubic"
    CORNERS = "bilinear-align-corners"


CONTRACT_FILTERS = (Filter.BILINEAR, Filter.NEAREST, Filter.BILINEAR_4BIT)


def resize(picture: NDArray[np.uint8], size: Size, method: Filter) -> NDArray[np.uint8]:
    """Return the picture, uint8 (height, width[, channels]), in another size."""
    if Size.of(picture) == size:
        return picture
    match method:
        case Filter.BILINEAR:
            return _round(bilinear(picture, size))
        case Filter.CORNERS:
            return _round(_lerp(picture, _corners, size))
        case Filter.NEAREST:
            return nearest(picture, size)
        case Filter.BILINEAR_4BIT:
            return _bilinear_4bit(picture, size)
        case _:
            flag = {
                Filter.CV_AREA: cv2.INTER_AREA,
                Filter.CV_NEAREST: cv2.INTER_NEAREST,
                Filter.CV_CUBIC: cv2.INTER_CUBIC,
            }[method]
            return np.asarray(cv2.resize(picture, (size.width, size.height), interpolation=flag), np.uint8)


def _round(values: Values) -> NDArray[np.uint8]:
    return np.asarray(np.floor(values + np.float32(0.5)), np.uint8)


def bilinear(picture: NDArray[np.uint8] | Values, size: Size) -> Values:
    """Return the picture in another size, before rounding: float32."""
    return _lerp(picture, _half_pixel, size)


def nearest(picture: NDArray[np.uint8], size: Size) -> NDArray[np.uint8]:
    """Return the picture in another size: pixel x of D is pixel ceil((x + 1/2)·S/D) − 1 of S."""
    rows = _nearest(picture.shape[0], size.height)
    columns = _nearest(picture.shape[1], size.width)
    return picture[rows[:, None], columns[None, :]]


def _nearest(source: int, target: int) -> NDArray[np.int64]:
    return ((2 * np.arange(target) + 1) * source - 1) // (2 * target)


Taps: TypeAlias = tuple[NDArray[np.int64], NDArray[np.int64], Values]
"""For each pixel of the result: the one before, the one after, and the weight of the one after."""


def _taps(position: NDArray[np.float64], source: int) -> Taps:
    first = np.floor(position)
    low = first.astype(np.int64)
    weight = (position - first).astype(np.float32)
    return np.clip(low, 0, source - 1), np.clip(low + 1, 0, source - 1), weight


def _half_pixel(source: int, target: int) -> Taps:
    return _taps((np.arange(target) + 0.5) * source / target - 0.5, source)


def _corners(source: int, target: int) -> Taps:
    return _taps(np.arange(target) * (source - 1) / max(1, target - 1), source)


def _lerp(picture: NDArray[np.uint8] | Values, taps: Callable[[int, int], Taps], size: Size) -> Values:
    """Blend along the rows, then along the columns, touching only the rows that the result needs."""
    top, bottom, down = taps(picture.shape[0], size.height)
    left, right, across = taps(picture.shape[1], size.width)
    extra = (1,) * (picture.ndim - 2)
    across = across.reshape(-1, *extra)
    down = down.reshape(-1, 1, *extra)

    def along(rows: NDArray[np.int64]) -> Values:
        strip = picture[rows]
        before = strip[:, left].astype(np.float32)
        after = strip[:, right].astype(np.float32)
        after -= before
        after *= across
        after += before
        return after

    above = along(top)
    below = along(bottom)
    below -= above
    below *= down
    below += above
    return below


def _bilinear_4bit(picture: NDArray[np.uint8], size: Size) -> NDArray[np.uint8]:
    top, bottom, down = _fixed_taps(picture.shape[0], size.height)
    left, right, across = _fixed_taps(picture.shape[1], size.width)
    extra = (1,) * (picture.ndim - 2)
    x = across.reshape(1, -1, *extra)
    y = down.reshape(-1, 1, *extra)
    xy = x * y
    wide = picture.astype(np.int32)
    total = wide[top][:, left] * (256 - 16 * x - 16 * y + xy)
    total += wide[top][:, right] * (16 * x - xy)
    total += wide[bottom][:, left] * (16 * y - xy)
    total += wide[bottom][:, right] * xy
    return (total >> 8).astype(np.uint8)


def _fixed_taps(source: int, target: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]:
    """Positions as 16.16 numbers that step by a truncated source/target, as old Skia walks a row."""
    step = (source << 16) // target
    position = (step >> 1) - 0x8000 + np.arange(target, dtype=np.int64) * step
    low = position >> 16
    weight = ((position >> 12) & 15).astype(np.int32)
    return np.clip(low, 0, source - 1), np.clip(low + 1, 0, source - 1), weight
