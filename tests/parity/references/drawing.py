"""Draw what a phone's camera could have sent: a made-up person before a striped wall. NumPy only."""

from __future__ import annotations

import numpy as np


def person(width: int, height: int, moved: float = 0.0) -> np.ndarray:
    """Return uint8 (height, width, 3) RGB: head, hair, neck and shoulders; moved shifts them to the side."""
    y, x = np.mgrid[:height, :width].astype(np.float64)
    x = (x + 0.5) / width - 0.5 - moved
    y = (y + 0.5) / height
    shape = width / height
    picture = np.empty((height, width, 3))
    stripes = 12 * np.sin(40 * x + 9 * y) + 8 * np.sin(90 * y)
    for channel, (low, high) in enumerate(((150, 205), (165, 190), (185, 150))):
        picture[..., channel] = low + (high - low) * y + stripes

    def paint(inside: np.ndarray, colour: tuple[int, int, int], light: np.ndarray) -> None:
        edge = np.clip(inside * 40, 0, 1)[..., None]
        picture[:] = picture * (1 - edge) + (np.array(colour) * light[..., None]) * edge

    wide = x * shape
    even = np.ones_like(x)
    paint(1 - np.hypot(wide / 0.52, (y - 1.12) / 0.42), (46, 78, 120), even + 0.15 * np.sin(60 * x))
    paint(1 - np.hypot(wide / 0.10, (y - 0.66) / 0.16), (205, 160, 132), even * 0.9)
    paint(1 - np.hypot(wide / 0.215, (y - 0.36) / 0.27), (62, 44, 34), even + 0.2 * np.sin(150 * x))
    paint(1 - np.hypot(wide / 0.175, (y - 0.42) / 0.24), (222, 178, 150), even - 0.5 * x)
    for side in (-0.07, 0.07):
        paint(1 - np.hypot((wide - side) / 0.022, (y - 0.39) / 0.018), (50, 40, 40), even)
    paint(1 - np.hypot(wide / 0.05, (y - 0.54) / 0.014), (170, 84, 84), even)
    return np.clip(np.floor(picture + 0.5), 0, 255).astype(np.uint8)


def nv21(rgb: np.ndarray, full_range: bool) -> bytes:
    """Return a camera's NV21 bytes, by BT.601 in floating point: a sensor, not the formula under test."""
    height, width = rgb.shape[:2]
    r, g, b = (rgb[..., channel].astype(np.float64) for channel in range(3))
    luma = 0.299 * r + 0.587 * g + 0.114 * b
    blue, red = (b - luma) / 1.772, (r - luma) / 1.402
    if not full_range:
        luma, blue, red = 16 + luma * 219 / 255, blue * 224 / 255, red * 224 / 255
    chroma = [
        np.pad(plane, ((0, height % 2), (0, width % 2)), mode="edge")
        .reshape((height + 1) // 2, 2, (width + 1) // 2, 2)
        .mean(axis=(1, 3))
        + 128
        for plane in (red, blue)
    ]
    planes = [luma, np.stack(chroma, axis=-1)]
    return b"".join(np.clip(np.floor(plane + 0.5), 0, 255).astype(np.uint8).tobytes() for plane in planes)


def planar(buffer: bytes, width: int, height: int, padding: int) -> tuple[bytes, dict[str, dict[str, int]]]:
    """Return NV21 bytes as YUV_420_888 with padded rows of Y, U, V, pixel stride 1, and its planes.

    Like Android, it leaves out the padding after the last sample.
    """
    split = width * height
    wide, high = (width + 1) // 2, (height + 1) // 2
    luma = np.frombuffer(buffer[:split], np.uint8).reshape(height, width)
    chroma = np.frombuffer(buffer[split:], np.uint8).reshape(high, wide, 2)
    parts, planes, offset = [], {}, 0
    for name, plane in (("y", luma), ("u", chroma[..., 1]), ("v", chroma[..., 0])):
        rows = np.pad(plane, ((0, 0), (0, padding)), constant_values=77)
        planes[name] = {"offset": offset, "row_stride": rows.shape[1], "pixel_stride": 1}
        parts.append(rows.tobytes())
        offset += rows.size
    return b"".join(parts)[: offset - padding], planes
