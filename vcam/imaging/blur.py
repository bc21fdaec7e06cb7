"""Blur that leaves the person's own pixels out, so that no halo of them hangs in the room."""

from __future__ import annotations

import math

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
    dark; such places lie deep inside the person and are never shown.

    Args:
        widths: of the box blurs, odd, in pixels of the images given.
    """

    def __init__(self, widths: tuple[int, ...]) -> None:
        self._widths = widths
        self._sums: Plane | None = None
        self._weights: Plane | None = None
        self._spread: Pixels | None = None
        self._result: Pixels | None = None

    def __call__(self, pixels: Pixels, weights: Bytes) -> Pixels:
        """Return the blurred image, uint8 like the pixels, valid until the next call.

        Args:
            pixels: uint8 (height, width, 3).
            weights: uint8 (height, width).
        """
        self._spread = u8(cv2.cvtColor(weights, cv2.COLOR_GRAY2BGR, dst=self._spread))
        self._sums = f32(cv2.multiply(pixels, self._spread, dst=self._sums, dtype=cv2.CV_32F))
        if self._weights is None or self._weights.shape != weights.shape:
            self._weights = np.empty(weights.shape, np.float32)
        np.add(weights, np.float32(FLOOR), out=self._weights)
        for width in self._widths:
            cv2.blur(self._sums, (width, width), dst=self._sums, borderType=cv2.BORDER_REPLICATE)
            cv2.blur(self._weights, (width, width), dst=self._weights, borderType=cv2.BORDER_REPLICATE)
        divisor = cv2.cvtColor(self._weights, cv2.COLOR_GRAY2BGR)
        self._result = u8(cv2.divide(self._sums, divisor, dst=self._result, dtype=cv2.CV_8U))
        return self._result
