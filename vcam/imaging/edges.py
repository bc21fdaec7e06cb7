"""Edge-aware up-sampling of mattes: the fast guided filter.

He, Sun, Tang, "Guided image filtering" (TPAMI 2013), and He, Sun, "Fast guided filter" (arXiv 1505.00996): in
every window the matte is a straight line in the frame's brightness, matte = slope · luma + offset. Slope and
offset are found at the network's size and are smooth, so they may be up-sampled; the larger luma puts the
edges back.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from vcam.core.frame import Alpha, Size
from vcam.imaging.arrays import Bytes, Plane, f32


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """matte = slope · luma / 255 + offset, for each pixel.

    Attributes:
        slope: float32 (height, width).
        offset: float32 (height, width).
    """

    slope: Plane
    offset: Plane


def fit_lines(alpha: Alpha, guide: Bytes, radius: int, epsilon: float) -> Lines:
    """Fit matte = slope · luma + offset in the window around every pixel.

    The papers then average the fits of all windows that cover a pixel. We leave that to the enlargement:
    mattes came out as near to the truth, with half as many soft pixels, at less cost (docs/decisions/0010).

    Args:
        alpha: the matte, float32 (height, width) in [0, 1].
        guide: the frame's luma at the same size.
        radius: of the window, in pixels of the matte; the window is 2 · radius + 1 wide.
        epsilon: variance of luma (0 … 1 squared) below which a window counts as flat and takes the mean.
    """
    window = (2 * radius + 1, 2 * radius + 1)
    luma = np.multiply(guide, np.float32(1 / 255))
    mean_luma, mean_alpha = _mean(luma, window), _mean(alpha, window)
    covariance = _mean(luma * alpha, window)
    covariance -= mean_luma * mean_alpha
    variance = _mean(luma * luma, window)
    variance -= mean_luma * mean_luma
    variance += epsilon
    slope = np.divide(covariance, variance, out=covariance)
    offset = np.subtract(mean_alpha, slope * mean_luma, out=mean_alpha)
    return Lines(slope, offset)


def apply_lines(lines: Lines, guide: Bytes, levels: tuple[float, float] = (0.0, 1.0)) -> Alpha:
    """Return the matte at the guide's size, float32 (height, width) in [0, 1].

    Args:
        lines: at any size, commonly smaller.
        guide: the frame's luma at the size wanted.
        levels: the matte values that become 0 and 1; what lies between is stretched.
    """
    size = Size.of(guide)
    low, high = levels
    stretch = 1.0 / (high - low)
    alpha = _resize(lines.slope * np.float32(stretch / 255), size)
    alpha *= guide
    alpha += _resize((lines.offset - np.float32(low)) * np.float32(stretch), size)
    return np.clip(alpha, 0.0, 1.0, out=alpha)


def _mean(plane: Plane, window: tuple[int, int]) -> Plane:
    return f32(cv2.blur(plane, window, borderType=cv2.BORDER_REFLECT))


def _resize(plane: Plane, size: Size) -> Plane:
    return f32(cv2.resize(plane, (size.width, size.height), interpolation=cv2.INTER_LINEAR))
