"""Brightness of small copies, and pictures at other sizes."""

from __future__ import annotations

import cv2

from vcam.core.frame import Frame, Size
from vcam.imaging.arrays import Bytes, u8
from vcam.imaging.planes import full_range
from vcam.imaging.scale import LEVELS, Pyramid

THUMBNAIL = Size(64, 36)
"""Of the pictures that the motion gate compares."""


def resize_luma(image: Bytes, size: Size, out: Bytes | None = None) -> Bytes:
    """Return a luma image at another size, bilinear; shrink by two at most, or details alias."""
    return u8(cv2.resize(image, (size.width, size.height), dst=out, interpolation=cv2.INTER_LINEAR))


def thumbnail(frame: Frame, pyramid: Pyramid) -> Bytes:
    """Return the small brightness picture that the motion gate compares, uint8 (36, 64), 0 … 255.

    Args:
        frame: of any size.
        pyramid: shared with the refiner and the compositor.
    """
    return full_range(resize_luma(pyramid.brightness(frame, LEVELS), THUMBNAIL))
