"""Pictures as I420: brightness at full size, colours at half, as cameras and meetings have them.

Half the bytes of BGR, and no colour needs mixing twice where it cannot be seen. BT.601 in its limited range,
as OpenCV converts: brightness from 16 to 235, both colours from 16 to 240, grey at 128.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from vcam.core.frame import Image, Pixels, Size
from vcam.imaging.arrays import Bytes, u8

BLACK, LIGHTS = 16, 219
"""Brightness of black, and how many levels there are above it."""

_STRETCH = 255 / LIGHTS

_SHARES = np.array([[1, 0, 1.402], [1, -0.344136, -0.714136], [1, 1.772, 0]]) * (
    _STRETCH,
    255 / 224,
    255 / 224,
)
TO_RGB = np.column_stack([_SHARES, _SHARES @ (-BLACK, -128, -128)]).astype(np.float32)
"""What makes R, G, B of brightness, blue, red and 1, as cv2.transform takes it: BT.601, section 2.5."""


@dataclass(frozen=True, slots=True, eq=False)
class Planes:
    """One picture, plane by plane.

    Attributes:
        y: brightness, uint8 (height, width).
        u: blue against grey, uint8 (height / 2, width / 2).
        v: red against grey, likewise.
    """

    y: Bytes
    u: Bytes
    v: Bytes

    @classmethod
    def of(cls, picture: Image) -> Planes:
        """Return views of an I420 picture, uint8 (height · 3/2, width)."""
        size = Size.of_image(picture)
        below = picture[size.height :].reshape(2, size.height // 2, size.width // 2)
        return cls(picture[: size.height], below[0], below[1])

    @property
    def each(self) -> tuple[Bytes, Bytes, Bytes]:
        """The three planes."""
        return self.y, self.u, self.v


def even(size: Size) -> Size:
    """Return the smallest size of even sides around a size: I420 has no other."""
    return Size(size.width + size.width % 2, size.height + size.height % 2)


def empty_picture(size: Size) -> Image:
    """Return an I420 picture of this even size, not filled."""
    return np.empty((size.height * 3 // 2, size.width), np.uint8)


def to_i420(pixels: Pixels, out: Image | None = None) -> Image:
    """Return BGR pixels as I420; an odd side gets its last pixels twice.

    Args:
        pixels: uint8 (height, width, 3).
        out: written into where it has the right shape.
    """
    height, width = pixels.shape[:2]
    if height % 2 or width % 2:
        pixels = u8(cv2.copyMakeBorder(pixels, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE))
    return u8(cv2.cvtColor(pixels, cv2.COLOR_BGR2YUV_I420, dst=out))


def from_i420(raw: Bytes) -> Image:
    """Return a camera's I420, uint8 (height · 3/2, width) of even sides, itself.

    Raises:
        ValueError: it has another shape.
    """
    if raw.ndim != 2 or not raw.size or raw.shape[0] % 3 or raw.shape[1] % 2:
        raise ValueError(f"got {raw.shape} != wanted I420 of even sides")
    return raw


def from_yuyv(raw: Bytes) -> Image:
    """Return a camera's YUYV, uint8 (height, width, 2) of even sides, as I420: every second row's colours.

    Raises:
        ValueError: it has another shape.
    """
    height, width = raw.shape[:2]
    made = empty_picture(Size(width, height))
    planes = Planes.of(made)
    pairs = raw.reshape(height, width // 2, 4)[::2]
    for image, channel, plane in ((raw, 0, planes.y), (pairs, 1, planes.u), (pairs, 3, planes.v)):
        cv2.extractChannel(image, channel, plane)
    return made


def from_nv12(raw: Bytes) -> Image:
    """Return a camera's NV12, uint8 (height · 3/2, width) of even sides, as I420.

    Raises:
        ValueError: it has another shape.
    """
    size = Size.of_image(raw)
    made = empty_picture(size)
    planes = Planes.of(made)
    np.copyto(planes.y, raw[: size.height])
    pairs = raw[size.height :].reshape(size.height // 2, size.width // 2, 2)
    for channel, plane in enumerate((planes.u, planes.v)):
        cv2.extractChannel(pairs, channel, plane)
    return made


def to_pixels(picture: Image) -> Pixels:
    """Return a picture as BGR, uint8 (height, width, 3); the same array where it is that already."""
    return picture if picture.ndim == 3 else u8(cv2.cvtColor(picture, cv2.COLOR_YUV2BGR_I420))


def resized(picture: Image, size: Size) -> Image:
    """Return a picture, BGR or I420, at another size (an even one for I420), bilinear."""
    if picture.ndim == 3:
        return u8(cv2.resize(picture, (size.width, size.height)))
    made = empty_picture(size)
    for plane, into in zip(Planes.of(picture).each, Planes.of(made).each, strict=True):
        cv2.resize(plane, into.shape[::-1], dst=into)
    return made


def full_range(brightness: Bytes) -> Bytes:
    """Return brightness stretched to 0 … 255; what is darker than black comes out a little lighter."""
    return u8(cv2.convertScaleAbs(brightness, alpha=_STRETCH, beta=-_STRETCH * BLACK))
