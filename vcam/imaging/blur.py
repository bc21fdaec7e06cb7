"""Blur that leaves the person's own pixels out, so that no halo of them hangs in the room."""

from __future__ import annotations

import math
from functools import cache

import cv2
import numpy as np

from vcam.core.frame import Pixels
from vcam.imaging.arrays import Bytes, Plane, f32, u8

PASSES = 3
"""Box blurs in a row: after three nobody can tell them from a Gaussian."""

_SLIGHT, _STRONG = 1 / 120, 1 / 20
_COARSE = 2.0
_LEVELS = (3, 2)
FLOOR = 1e-2
"""Weight (of 255) that keeps the division defined where there is none."""


def sigma_of(strength: float, height: int) -> float:
    """Return the standard deviation in pixels for a strength of 0 … 1 in a frame of this height.

    From 1/120 of the height (faces in the room are still faces) to 1/20 (nothing to be recognised), in equal
    ratios, because that is how people see blur.
    """
    return float(height * _SLIGHT * (_STRONG / _SLIGHT) ** strength)


def level_of(sigma: float) -> int:
    """Return how many halvings a blur of this standard deviation (pixels) may be computed at."""
    return next((level for level in _LEVELS if sigma / 2**level >= _COARSE), _LEVELS[-1])


def box_widths(sigma: float) -> tuple[int, ...]:
    """Return the odd widths of PASSES box blurs that come nearest to a Gaussian.

    Kovesi, "Fast almost-Gaussian filtering" (DICTA 2010), section II: some boxes of the smaller odd
    width, the rest two wider, so that the variances add up.
    """
    variance = 12 * sigma**2
    smaller = int(math.sqrt(variance / PASSES + 1))
    smaller = max(1, smaller - 1 + smaller % 2)
    narrow = round((variance - PASSES * (smaller**2 + 4 * smaller + 3)) / (-4 * smaller - 4))
    narrow = min(max(narrow, 0), PASSES)
    return (smaller,) * narrow + (smaller + 2,) * (PASSES - narrow)


class MaskedBlur:
    """A blur in which each pixel counts by its weight: Σ weight·pixel / Σ weight over the window.

    This is normalised convolution (Knutsson and Westin, CVPR 1993). Where no weight is near, the result is
    dark; such places lie deep inside the person and are never shown. What depends on the weights alone is
    worked out once.

    Args:
        weights: uint8 (height, width).
        widths: of the box blurs, odd, in pixels.
    """

    def __init__(self, weights: Bytes, widths: tuple[int, ...]) -> None:
        self._widths = widths
        self._weights = u8(cv2.cvtColor(weights, cv2.COLOR_GRAY2BGR))
        totals = self._blurred(weights) + np.float32(FLOOR)
        self._totals = f32(cv2.cvtColor(totals, cv2.COLOR_GRAY2BGR))

    def __call__(self, pixels: Pixels) -> Pixels:
        """Return the blurred image, uint8 (height, width, 3) like the pixels, as a new array."""
        sums = f32(cv2.multiply(pixels, self._weights, dtype=cv2.CV_32F))
        return u8(cv2.divide(self._blurred(sums), self._totals, dtype=cv2.CV_8U))

    def _blurred(self, plane: Bytes | Plane) -> Plane:
        border = cv2.BORDER_REPLICATE
        if len(self._widths) == 1:  # running sums: half the time
            return f32(cv2.boxFilter(plane, cv2.CV_32F, self._widths * 2, borderType=border))
        row = kernel(self._widths)
        return f32(cv2.sepFilter2D(plane, cv2.CV_32F, row, row, borderType=border))


@cache
def kernel(widths: tuple[int, ...]) -> Plane:
    """Return box blurs of these widths as one row of weights: half the time of one after the other."""
    row = np.ones(1)
    for width in widths:
        row = np.convolve(row, np.full(width, 1 / width))
    return row.astype(np.float32)
