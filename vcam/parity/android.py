"""What Android does to a picture before a network sees it: YUV 4:2:0 → RGB, rotate, mirror, crop, letterbox.

All integer arithmetic is exact: two correct implementations give the same bytes. Sources of the formulas:
libyuv (row_common.cc, YuvConstants for JPEG and BT.601 limited), RenderScript's ScriptIntrinsicYuvToRGB, and
for YUV_420_888 the documentation of android.graphics.ImageFormat and ImageProxy.PlaneProxy.

Pictures here are uint8 (height, width, 3) **RGB**, because the phone's are; the rest of the app has BGR.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.core.errors import Problem, TraceError
from vcam.core.frame import Size

Bytes: TypeAlias = NDArray[np.uint8]
"""uint8, any shape."""

Rgb: TypeAlias = NDArray[np.uint8]
"""uint8 (height, width, 3), RGB."""


class YuvMethod(StrEnum):
    """Which published integer formula turns YUV into RGB. All have the BT.601 matrix."""

    LIBYUV_FULL = "libyuv-full"
    """Full range ("JPEG"): what CameraX's YUV → RGBA gives."""
    LIBYUV_LIMITED = "libyuv-limited"
    """Limited range (16 … 235), libyuv's default constants."""
    LIBYUV_LIMITED_129 = "libyuv-limited-129"
    """The same, built without the 8-bit limit on the blue weight (LIBYUV_UNLIMITED_BT601)."""
    RENDERSCRIPT = "renderscript"
    """Limited range, RenderScript's intrinsic."""


@dataclass(frozen=True, slots=True)
class _Formula:
    """R = (L(Y) + rv·v) >> shift, G = (L(Y) − gu·u − gv·v) >> shift, B = (L(Y) + bu·u) >> shift.

    L is a table of 256; u and v are the samples less 128.
    """

    luma: NDArray[np.int32]
    rv: int
    gu: int
    gv: int
    bu: int
    shift: int


def _libyuv_luma(gain: int, bias: int) -> NDArray[np.int32]:
    y = np.arange(256, dtype=np.int64)
    return (((y * 0x0101 * gain) >> 16) + bias).astype(np.int32)


def _renderscript_luma() -> NDArray[np.int32]:
    return (298 * (np.arange(256) - 16) + 128).astype(np.int32)


_FORMULAS: dict[YuvMethod, _Formula] = {
    YuvMethod.LIBYUV_FULL: _Formula(_libyuv_luma(16320, 32), rv=90, gu=22, gv=46, bu=113, shift=6),
    YuvMethod.LIBYUV_LIMITED: _Formula(_libyuv_luma(18997, -1160), rv=102, gu=25, gv=52, bu=128, shift=6),
    YuvMethod.LIBYUV_LIMITED_129: _Formula(_libyuv_luma(18997, -1160), rv=102, gu=25, gv=52, bu=129, shift=6),
    YuvMethod.RENDERSCRIPT: _Formula(_renderscript_luma(), rv=409, gu=100, gv=208, bu=516, shift=8),
}


@dataclass(frozen=True, slots=True)
class Plane:
    """Where one plane's samples lie in a buffer, in bytes, as ImageProxy.PlaneProxy tells."""

    offset: int
    row_stride: int
    pixel_stride: int


@dataclass(frozen=True, slots=True)
class YuvLayout:
    """A YUV 4:2:0 picture in one buffer: a Y sample per pixel, a U and a V per 2×2 (odd sizes round up).

    Attributes:
        size: of the picture in sensor orientation.
    """

    size: Size
    y: Plane
    u: Plane
    v: Plane

    @property
    def chroma(self) -> Size:
        """Size of the U and V planes."""
        return Size((self.size.width + 1) // 2, (self.size.height + 1) // 2)

    @property
    def needed(self) -> int:
        """Bytes that the buffer must have; Android leaves out the padding after the last sample."""
        return max(
            _end(self.y, self.size),
            _end(self.u, self.chroma),
            _end(self.v, self.chroma),
        )


def _end(plane: Plane, size: Size) -> int:
    return plane.offset + (size.height - 1) * plane.row_stride + (size.width - 1) * plane.pixel_stride + 1


def nv21_layout(size: Size, row_stride: int | None = None) -> YuvLayout:
    """Return NV21's layout: all Y, then V and U in turns; rows of row_stride bytes, by default unpadded."""
    wide = 2 * ((size.width + 1) // 2)
    luma_row, chroma_row = (size.width, wide) if row_stride is None else (row_stride, row_stride)
    start = luma_row * size.height
    return YuvLayout(
        size, Plane(0, luma_row, 1), Plane(start + 1, chroma_row, 2), Plane(start, chroma_row, 2)
    )


def planes(buffer: Bytes, layout: YuvLayout) -> tuple[Bytes, Bytes, Bytes]:
    """Return read-only views of Y (height, width), U and V (half of both, rounded up).

    Raises:
        TraceError: when strides overlap their own samples or reach outside of the buffer.
    """
    for name, plane, size in (
        ("Y", layout.y, layout.size),
        ("U", layout.u, layout.chroma),
        ("V", layout.v, layout.chroma),
    ):
        narrow = (size.width - 1) * plane.pixel_stride + 1
        if plane.offset < 0 or plane.pixel_stride < 1 or plane.row_stride < narrow:
            raise TraceError(
                Problem.BAD_TRACE,
                f"got {name} rows of {plane.row_stride} bytes at offset {plane.offset} != wanted at least "
                f"{narrow} bytes for {size.width} samples that stand {plane.pixel_stride} apart",
            )
    if buffer.size < layout.needed:
        raise TraceError(
            Problem.BAD_TRACE,
            f"got a YUV buffer of {buffer.size} bytes != wanted at least {layout.needed} for {layout.size}",
        )
    flat = np.ascontiguousarray(buffer).reshape(-1)
    return (
        _view(flat, layout.y, layout.size),
        _view(flat, layout.u, layout.chroma),
        _view(flat, layout.v, layout.chroma),
    )


def _view(flat: Bytes, plane: Plane, size: Size) -> Bytes:
    return np.lib.stride_tricks.as_strided(
        flat[plane.offset :],
        shape=(size.height, size.width),
        strides=(plane.row_stride, plane.pixel_stride),
        writeable=False,
    )


def yuv_to_rgb(buffer: Bytes, layout: YuvLayout, method: YuvMethod) -> Rgb:
    """Return the RGB picture, exactly as the named formula gives it, with the nearest chroma sample."""
    formula = _FORMULAS[method]
    y, u_samples, v_samples = planes(buffer, layout)
    u = u_samples.astype(np.int32) - 128
    v = v_samples.astype(np.int32) - 128
    luma = formula.luma[y]
    rgb = np.empty((*y.shape, 3), np.uint8)
    terms = (formula.rv * v, -(formula.gu * u + formula.gv * v), formula.bu * u)
    for channel, term in enumerate(terms):
        value = _spread(term, layout.size)
        value += luma
        value >>= formula.shift
        np.clip(value, 0, 255, out=value)
        rgb[..., channel] = value
    return rgb


def _spread(term: NDArray[np.int32], size: Size) -> NDArray[np.int32]:
    """Give each pixel its chroma sample."""
    return term.repeat(2, axis=0)[: size.height].repeat(2, axis=1)[:, : size.width]


def rgb_to_nv21(rgb: Rgb, *, full_range: bool) -> tuple[Bytes, YuvLayout]:
    """Return the NV21 buffer that a camera with such pixels could have sent, and its layout.

    Chroma is that of the rounded mean of each 2×2 block; an odd last column or row is doubled.
    Weights are libyuv's (RGBToYJ and RGBToY families), in 1/256.
    """
    size = Size.of(rgb)
    if full_range:
        luma_weights, luma_bias = (77, 150, 29), 128
        u_weights, v_weights = (-43, -84, 127), (127, -107, -20)
    else:
        luma_weights, luma_bias = (66, 129, 25), 0x1080
        u_weights, v_weights = (-38, -74, 112), (112, -94, -18)
    layout = nv21_layout(size)
    split = size.width * size.height
    buffer = np.empty(split + 2 * layout.chroma.width * layout.chroma.height, np.uint8)
    # The sum stays below 2¹⁶ for either set of weights.
    luma = np.full(rgb.shape[:2], luma_bias, np.uint16)
    for plane, weight in zip(cv2.split(rgb), luma_weights, strict=True):
        luma += np.asarray(plane, np.uint16) * np.uint16(weight)
    luma >>= 8
    buffer[:split] = luma.reshape(-1)
    chroma = buffer[split:].reshape(layout.chroma.height, layout.chroma.width, 2)
    means = [plane.astype(np.int32) for plane in cv2.split(_halved(rgb))]
    for slot, weights in ((0, v_weights), (1, u_weights)):
        total = sum(mean * weight for mean, weight in zip(means, weights, strict=True))
        chroma[..., slot] = (total + 0x8080) >> 8
    return buffer, layout


def _halved(rgb: Rgb) -> Rgb:
    """Return the rounded mean of each 2×2 block, which is what INTER_AREA gives at exactly one half."""
    size = Size.of(rgb)
    if size.width % 2 or size.height % 2:
        rgb = np.asarray(
            cv2.copyMakeBorder(rgb, 0, size.height % 2, 0, size.width % 2, cv2.BORDER_REPLICATE), np.uint8
        )
    half = (rgb.shape[1] // 2, rgb.shape[0] // 2)
    return np.asarray(cv2.resize(rgb, half, interpolation=cv2.INTER_AREA), np.uint8)


def swapped(picture: Bytes) -> Bytes:
    """Return a three-channel picture with red and blue exchanged: RGB from BGR, or the other way round."""
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)


def rotate(picture: Bytes, degrees: int) -> Bytes:
    """Return the picture turned clockwise by 0, 90, 180 or 270 degrees (CameraX's rotationDegrees)."""
    if degrees % 90:
        raise ValueError(f"got a rotation of {degrees}° != wanted a multiple of 90°")
    return np.ascontiguousarray(np.rot90(picture, k=-(degrees // 90)))


def mirror(picture: Bytes) -> Bytes:
    """Return the picture with left and right exchanged."""
    return np.ascontiguousarray(picture[:, ::-1])


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in whole pixels."""

    x: int
    y: int
    width: int
    height: int

    @property
    def size(self) -> Size:
        """Width and height."""
        return Size(self.width, self.height)

    def inside(self, size: Size) -> bool:
        """Return whether it lies wholly in a picture of that size."""
        return (
            min(self.x, self.y) >= 0
            and min(self.width, self.height) >= 1
            and self.x + self.width <= size.width
            and self.y + self.height <= size.height
        )

    def cut(self, picture: Bytes) -> Bytes:
        """Return the part of the picture inside the box. Raises TraceError when the box stands out."""
        size = Size.of(picture)
        if not self.inside(size):
            raise TraceError(
                Problem.BAD_TRACE,
                f"got a crop of {self.width}×{self.height} at ({self.x}, {self.y}) != wanted inside {size}",
            )
        return picture[self.y : self.y + self.height, self.x : self.x + self.width]


def letterbox(source: Size, target: Size) -> Box:
    """Return where source lies, whole and undistorted, in the middle of target.

    The longer fit is exact; the other side is floor(side · scale + 1/2), and an odd rest goes to the right
    and bottom. Integer arithmetic, so that both sides round alike.
    """
    if target.width * source.height <= target.height * source.width:
        width = target.width
        height = max(1, (2 * source.height * target.width + source.width) // (2 * source.width))
    else:
        height = target.height
        width = max(1, (2 * source.width * target.height + source.height) // (2 * source.height))
    return Box((target.width - width) // 2, (target.height - height) // 2, width, height)
