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

from vcam.core.frame import Alpha
from vcam.imaging.arrays import Bytes, Plane, f32, u8
from vcam.imaging.planes import LIGHTS

_STEPS = 4
"""Of a 255th that the matte is worked out in."""
_FINER = 256
"""Steps of a slope for one of the matte. With an epsilon of 3e-4 at least, no slope leaves int16."""


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
    mean_luma, mean_alpha = _mean(guide, window), _mean(alpha, window)
    covariance = _mean(f32(cv2.multiply(alpha, guide, dtype=cv2.CV_32F)), window)
    covariance -= mean_luma * mean_alpha
    variance = cv2.sqrBoxFilter(guide, cv2.CV_32F, window, borderType=cv2.BORDER_REFLECT)
    cv2.addWeighted(variance, 1, np.square(mean_luma), -1, epsilon * LIGHTS**2, dst=variance)
    slope = np.divide(covariance, f32(variance), out=covariance)
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
    size = (guide.shape[1], guide.shape[0])
    stretch = 255 * _STEPS / (high - low)
    # In int16 half as much memory moves as in float32.
    slope = cv2.multiply(lines.slope, stretch * _FINER, dtype=cv2.CV_16S)  # type: ignore[call-overload]
    offset = cv2.addWeighted(lines.offset, stretch, lines.offset, 0, -low * stretch, dtype=cv2.CV_16S)
    alpha = cv2.resize(slope, size)
    cv2.multiply(alpha, guide.astype(np.int16), dst=alpha, scale=1 / _FINER)
    cv2.add(alpha, cv2.resize(offset, size), dst=alpha)
    cv2.threshold(alpha, 0, 0, cv2.THRESH_TOZERO, dst=alpha)
    return u8(cv2.convertScaleAbs(alpha, dst=out, alpha=1 / _STEPS))


def _mean(plane: Bytes | Plane, window: tuple[int, int]) -> Plane:
    return f32(cv2.boxFilter(plane, cv2.CV_32F, window, borderType=cv2.BORDER_REFLECT))
