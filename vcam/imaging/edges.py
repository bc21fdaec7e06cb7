"""Edge-aware up-sampling of mattes: the fast guided filter.

He, Sun, Tang, "Guided image filtering" (TPAMI 2013), and He, Sun, "Fast guided filter" (arXiv 1505.00996): in
every window the matte is a straight line in the frame's brightness, matte = slope · brightness + offset.
Slope and offset are found at the network's size and are smooth, so they may be up-sampled; the larger
brightness puts the edges back.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.core.frame import Alpha, Size
from vcam.imaging.arrays import Bytes, Plane, f32, u8
from vcam.imaging.planes import LIGHTS

_STEPS = 4
"""Of a 255th that the matte is worked out in."""
_FINER = 256
"""Steps of a slope for one of the matte: with an epsilon of 1e-4 at least, none leaves int16."""


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """matte = slope · brightness + offset, for each pixel; black is 16, white 235.

    Attributes:
        slope: float32 (height, width).
        offset: float32 (height, width).
    """

    slope: Plane
    offset: Plane


def fit_lines(alpha: Alpha, guide: Bytes, radius: int, epsilon: float) -> Lines:
    """Fit matte = slope · brightness + offset in the window around every pixel.

    The papers then average the fits of all windows that cover a pixel. We leave that to the enlargement:
    mattes came out as near to the truth, with half as many soft pixels, at less cost (docs/decisions/0010).

    Args:
        alpha: the matte, float32 (height, width) in [0, 1].
        guide: the frame's brightness at the same size, uint8, 16 … 235.
        radius: of the window, in pixels of the matte; the window is 2 · radius + 1 wide.
        epsilon: variance of brightness (black to white is 1) below which a window counts as flat and takes
            the mean.
    """
    window = (2 * radius + 1, 2 * radius + 1)
    luma = guide.astype(np.float32)
    mean_luma, mean_alpha = _mean(luma, window), _mean(alpha, window)
    covariance = _mean(luma * alpha, window)
    covariance -= mean_luma * mean_alpha
    variance = _mean(np.square(luma, out=luma), window)
    variance -= np.square(mean_luma)
    variance += epsilon * LIGHTS**2
    slope = np.divide(covariance, variance, out=covariance)
    offset = np.subtract(mean_alpha, np.multiply(slope, mean_luma, out=mean_luma), out=mean_alpha)
    return Lines(slope, offset)


def apply_lines(
    lines: Lines, guide: Bytes, levels: tuple[float, float] = (0.0, 1.0), out: Bytes | None = None
) -> Bytes:
    """Return the matte at the guide's size, uint8 (height, width) in 255ths.

    Args:
        lines: at any size, commonly smaller.
        guide: the frame's brightness at the size wanted, uint8, 16 … 235.
        levels: the matte values that become 0 and 1; what lies between is stretched.
        out: written into where given.
    """
    low, high = levels
    size = Size.of(guide)
    stretch = 255 * _STEPS / (high - low)
    # In int16 half as much memory moves, and it is the memory that takes the time.
    alpha = _resize(lines.slope * np.float32(stretch * _FINER), size)
    cv2.multiply(alpha, guide.astype(np.int16), dst=alpha, scale=1 / _FINER)
    cv2.add(alpha, _resize((lines.offset - np.float32(low)) * np.float32(stretch), size), dst=alpha)
    cv2.threshold(alpha, 0, 0, cv2.THRESH_TOZERO, dst=alpha)
    return u8(cv2.convertScaleAbs(alpha, dst=out, alpha=1 / _STEPS))


def _mean(plane: Plane, window: tuple[int, int]) -> Plane:
    return f32(cv2.blur(plane, window, borderType=cv2.BORDER_REFLECT))


def _resize(plane: Plane, size: Size) -> NDArray[np.int16]:
    """Return a plane in whole steps at another size."""
    steps = np.rint(plane, out=plane).astype(np.int16)
    return np.asarray(cv2.resize(steps, (size.width, size.height)), np.int16)
