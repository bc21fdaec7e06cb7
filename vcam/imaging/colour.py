"""Brightness of small copies."""

from __future__ import annotations

import cv2

from vcam.core.frame import Frame, Pixels, Size
from vcam.imaging.arrays import Bytes, u8
from vcam.imaging.scale import LEVELS, Pyramid

THUMBNAIL = Size(64, 36)
"""Of the pictures that the motion gate compares."""


def luma(pixels: Pixels, out: Bytes | None = None) -> Bytes:
    """Return the brightness of a BGR image, uint8 (height, width): 0.299 R + 0.587 G + 0.114 B."""
    return u8(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY, dst=out))


def resize_luma(image: Bytes, size: Size, out: Bytes | None = None) -> Bytes:
    """Return a luma image at another size, bilinear; shrink by two at most, or details alias."""
    return u8(cv2.resize(image, (size.width, size.height), dst=out, interpolation=cv2.INTER_LINEAR))


def thumbnail(frame: Frame, pyramid: Pyramid) -> Bytes:
    """Return the small brightness picture that the motion gate compares, uint8 (36, 64).

    Args:
        frame: of any size.
        pyramid: shared with the refiner and the compositor.
    """
    return resize_luma(luma(pyramid.level(frame, LEVELS)), THUMBNAIL)
