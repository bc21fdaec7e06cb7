"""Brightness of small copies, and the planar colours that virtual cameras take (BT.601, limited range)."""

from __future__ import annotations

from typing import TypeAlias

import cv2
import numpy as np

from vcam.core.frame import Frame, Pixels, Size
from vcam.imaging.arrays import Bytes, u8
from vcam.imaging.scale import LEVELS, Pyramid

Planes: TypeAlias = Bytes
"""uint8 (height * 3 / 2, width): a full-size luma plane above the two quarter-size colour planes."""

THUMBNAIL = Size(64, 36)
"""Of the pictures that the motion gate compares."""


def luma(pixels: Pixels, out: Bytes | None = None) -> Bytes:
    """Return the brightness of a BGR image, uint8 (height, width): 0.299 R + 0.587 G + 0.114 B."""
    return u8(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY, dst=out))


def resize_luma(image: Bytes, size: Size, out: Bytes | None = None) -> Bytes:
    """Return a luma image at another size, bilinear; shrink by two at most, or details alias."""
    return u8(cv2.resize(image, (size.width, size.height), dst=out, interpolation=cv2.INTER_LINEAR))


def bgr_to_i420(pixels: Pixels, out: Planes | None = None) -> Planes:
    """Return a BGR image as I420: Y, then U, then V, each colour plane at half width and height.

    Raises:
        ValueError: the width or height is odd, which I420 has no form for.
    """
    _check_even(pixels)
    return u8(cv2.cvtColor(pixels, cv2.COLOR_BGR2YUV_I420, dst=out))


def bgr_to_nv12(pixels: Pixels, out: Planes | None = None) -> Planes:
    """Return a BGR image as NV12: Y, then U and V interleaved at half width and height.

    Raises:
        ValueError: the width or height is odd, which NV12 has no form for.
    """
    planar = bgr_to_i420(pixels)
    height, width = pixels.shape[:2]
    result = np.empty_like(planar) if out is None else out
    result[:height] = planar[:height]
    chroma = result[height:].reshape(height // 2, width // 2, 2)
    u_and_v = planar[height:].reshape(2, height // 2, width // 2)
    chroma[..., 0], chroma[..., 1] = u_and_v[0], u_and_v[1]
    return result


def _check_even(pixels: Pixels) -> None:
    size = Size.of(pixels)
    if size.width % 2 or size.height % 2:
        raise ValueError(f"got a picture of {size} != wanted an even width and height")


def thumbnail(frame: Frame, pyramid: Pyramid) -> Bytes:
    """Return the small brightness picture that the motion gate compares, uint8 (36, 64).

    Args:
        frame: of any size.
        pyramid: shared with the refiner and the compositor.
    """
    return resize_luma(luma(pyramid.level(frame, LEVELS)), THUMBNAIL)
