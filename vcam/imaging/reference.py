"""What is right, slowly and obviously: numpy in float64, the whole frame, no shortcuts.

The compositors must equal this within ±1 level (tests/imaging/test_compose.py). Resizing is OpenCV's, on
bytes: its rounding is part of what is promised, and so is every place where whole levels are held between two
steps.
"""

from __future__ import annotations

from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.core.frame import Alpha, Pixels
from vcam.imaging.arrays import Bytes, u8
from vcam.imaging.backdrop import rows_each
from vcam.imaging.blur import FLOOR, box_widths, level_of, sigma_of
from vcam.imaging.overlay import COARSE, NEAR

Real: TypeAlias = NDArray[np.float64]


def blurred_room(frame: Pixels, alpha: Alpha, strength: float) -> Pixels:
    """Return the room blurred without the person, at the frame's size.

    Args:
        frame: uint8 (height, width, 3).
        alpha: float32 of any size.
        strength: 0 … 1.
    """
    sigma = sigma_of(strength, frame.shape[0])
    level = level_of(sigma)
    small = halvings(frame, level)
    weights = 255 - shrunk(in_255ths(alpha), small.shape[:2])
    blurred = weighted_blur(small, weights, box_widths(sigma / 2**level))
    each = rows_each(sigma, frame.shape[0])
    return resized(blurred, (frame.shape[0] // each, frame.shape[1])).repeat(each, axis=0)


def person_over(frame: Pixels, alpha: Alpha, behind: Pixels, light_wrap: float = 0.0) -> Pixels:
    """Return the person over what stands behind: α·F + (1 − α)·N, with F the person's own colour.

    Args:
        frame: uint8 (height, width, 3).
        alpha: float32 of any size.
        behind: the new background N, uint8 (height, width, 3).
        light_wrap: 0 … 1.
    """
    share = resized(in_255ths(alpha), frame.shape[:2])[..., None] / 255
    own = share * frame + (1 - share) * person_colour(frame, alpha)
    own += light_wrap * (1 - share) * behind * (1 - own / 255)
    return whole(share * own + (1 - share) * behind)


def person_colour(frame: Pixels, alpha: Alpha) -> Pixels:
    """Return what the person's own colour would be near each pixel, were it half person and half room."""
    small = halvings(frame, COARSE)
    share: Real = shrunk(in_255ths(alpha), small.shape[:2]).astype(np.float64)
    person: Real = weighted_blur(small, whole(share**2 / 255), NEAR).astype(np.float64)
    room = weighted_blur(small, whole((255 - share) ** 2 / 255), NEAR)
    estimate = whole(np.clip(1.5 * person - 0.5 * room, 0, 255))
    block = 2**COARSE
    return estimate.repeat(block, axis=0).repeat(block, axis=1)[: frame.shape[0], : frame.shape[1]]


def weighted_blur(pixels: Pixels, weights: Bytes, widths: tuple[int, ...]) -> Pixels:
    """Return Σ weight·pixel / Σ weight over box after box."""
    sums = np.multiply(pixels, weights[..., None], dtype=np.float64)
    totals = np.add(weights, FLOOR, dtype=np.float64)
    for width in widths:
        sums, totals = boxed(sums, width), boxed(totals, width)
    return whole(sums / totals[..., None])


def boxed(image: Real, width: int) -> Real:
    """Return the mean of the width × width pixels around each pixel, the border repeated."""
    reach = width // 2
    for axis in (0, 1):
        around = [(reach, reach) if axis == own else (0, 0) for own in range(image.ndim)]
        padded = np.pad(image, around, mode="edge")
        image = np.lib.stride_tricks.sliding_window_view(padded, width, axis=axis).mean(axis=-1)
    return image


def halvings(frame: Pixels, times: int) -> Pixels:
    """Return a frame halved several times, each pixel the mean of those under it."""
    for _ in range(times):
        half = ((frame.shape[0] + 1) // 2, (frame.shape[1] + 1) // 2)
        frame = resized(frame, half, cv2.INTER_AREA)
    return frame


def shrunk(alpha: Bytes, shape: tuple[int, ...]) -> Bytes:
    """Return a matte at another size: halved as long as that is no smaller, then bilinear."""
    while alpha.shape != shape:
        half = ((alpha.shape[0] + 1) // 2, (alpha.shape[1] + 1) // 2)
        if half[0] < shape[0] or half[1] < shape[1] or half == alpha.shape:
            return resized(alpha, shape)
        alpha = resized(alpha, half, cv2.INTER_AREA)
    return alpha


def resized(image: Bytes, shape: tuple[int, ...], method: int = cv2.INTER_LINEAR) -> Bytes:
    """Return an image at another shape, bilinear unless told otherwise."""
    return u8(cv2.resize(image, (shape[1], shape[0]), interpolation=method))


def in_255ths(alpha: Alpha) -> Bytes:
    """Return alpha in whole 255ths."""
    levels: Alpha = np.rint(alpha * np.float32(255))  # ties to even, as OpenCV has them
    return levels.astype(np.uint8)


def whole(values: Real) -> Bytes:
    """Return whole levels."""
    return np.floor(values + 0.5).astype(np.uint8)
