"""What is right, slowly and obviously: numpy in float64, the whole frame, no shortcuts.

The compositors must equal this within ±1 level (tests/imaging/test_compose.py). Resizing is OpenCV's, on
bytes: its rounding is part of what is promised, and so is every place where whole levels are held between two
steps.
"""

from __future__ import annotations

from typing import TypeAlias, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.core.frame import Alpha, Image, Pixels
from vcam.imaging.arrays import Bytes, u8
from vcam.imaging.backdrop import rows_each
from vcam.imaging.blur import FLOOR, box_widths, level_of, sigma_of
from vcam.imaging.overlay import COARSE, NEAR
from vcam.imaging.planes import Planes, to_i420

Real: TypeAlias = NDArray[np.float64]


def planes_of(frame: Pixels) -> tuple[Bytes, Bytes, Bytes]:
    """Return brightness, blue and red of a frame, uint8, as I420 has them; its conversion is OpenCV's."""
    image = Planes.of(to_i420(frame))
    return image.y, image.u, image.v


def blurred_room(frame: Pixels, alpha: Alpha, strength: float) -> tuple[Bytes, Bytes, Bytes]:
    """Return the planes of the room blurred without the person.

    Args:
        frame: uint8 (height, width, 3).
        alpha: float32 of any size.
        strength: 0 … 1.
    """
    planes = planes_of(frame)
    sigma = sigma_of(strength, planes[0].shape[0])
    level = level_of(sigma)
    small = small_of(planes, level)
    weights = 255 - shrunk(colour_alpha(planes, alpha), small.shape[:2])
    blurred = weighted_blur(small, weights, box_widths(sigma / 2**level))
    return cast(
        tuple[Bytes, Bytes, Bytes],
        tuple(
            enlarged(
                blurred[..., index], plane.shape, rows_each(sigma / (1 if index == 0 else 2), len(plane))
            )
            for index, plane in enumerate(planes)
        ),
    )


def person_over(
    frame: Pixels, alpha: Alpha, behind: tuple[Bytes, Bytes, Bytes], light_wrap: float = 0.0
) -> Image:
    """Return the person over what stands behind, as I420: α·F + (1 − α)·N, with F the person's own colour.

    Args:
        frame: uint8 (height, width, 3).
        alpha: float32 of any size.
        behind: the planes of the new background N.
        light_wrap: 0 … 1.
    """
    planes = planes_of(frame)
    half = colour_alpha(planes, alpha)
    shares = (resized(in_255ths(alpha), planes[0].shape), half, half)
    made = []
    for index, (plane, colour, new) in enumerate(
        zip(planes, person_colour(planes, alpha), behind, strict=True)
    ):
        part: Real = shares[index] / 255
        own = part * plane + (1 - part) * colour
        light: Real = (new - 16.0) * (235 - own) / 219 if index == 0 else new - own
        own += light_wrap * (1 - part) * light
        made.append(whole(part * np.maximum(own, 0) + (1 - part) * new).reshape(-1))
    height, width = planes[0].shape
    return np.concatenate(made).reshape(height * 3 // 2, width)


def person_colour(planes: tuple[Bytes, Bytes, Bytes], alpha: Alpha) -> tuple[Bytes, ...]:
    """Return what the person's own colour would be near each pixel, were it half person and half room."""
    small = small_of(planes, COARSE)
    share: Real = shrunk(colour_alpha(planes, alpha), small.shape[:2]).astype(np.float64)
    person: Real = weighted_blur(small, whole(share**2 / 255), NEAR).astype(np.float64)
    room = weighted_blur(small, whole((255 - share) ** 2 / 255), NEAR)
    estimate = whole(np.clip(1.5 * person - 0.5 * room, 0, 255))
    blocks = (2**COARSE, 2 ** (COARSE - 1), 2 ** (COARSE - 1))
    return tuple(
        estimate[..., index].repeat(block, axis=0).repeat(block, axis=1)[: plane.shape[0], : plane.shape[1]]
        for index, (plane, block) in enumerate(zip(planes, blocks, strict=True))
    )


def colour_alpha(planes: tuple[Bytes, Bytes, Bytes], alpha: Alpha) -> Bytes:
    """Return the matte in 255ths at half the frame's size, as the colours take it."""
    return shrunk(in_255ths(alpha), planes[1].shape)


def small_of(planes: tuple[Bytes, Bytes, Bytes], level: int) -> Bytes:
    """Return brightness and colours halved level times, (height, width, 3)."""
    return np.stack(
        [halvings(plane, level - (index > 0)) for index, plane in enumerate(planes)],
        axis=-1,
    )


def enlarged(plane: Bytes, shape: tuple[int, ...], each: int) -> Bytes:
    """Return a plane at another shape, bilinear, each row made standing for several."""
    return resized(np.ascontiguousarray(plane), (shape[0] // each, shape[1])).repeat(each, axis=0)


def weighted_blur(pixels: Bytes, weights: Bytes, widths: tuple[int, ...]) -> Bytes:
    """Return Σ weight·pixel / Σ weight over box after box."""
    sums = np.multiply(pixels, weights[..., None], dtype=np.float64)
    totals = np.add(weights, FLOOR, dtype=np.float64)
    return whole(boxed(sums, widths) / boxed(totals, widths)[..., None])


def boxed(image: Real, widths: tuple[int, ...]) -> Real:
    """Return an image blurred by box after box; around it, its border goes on."""
    reach = sum(width // 2 for width in widths)
    for axis in (0, 1):
        around = [(reach, reach) if axis == own else (0, 0) for own in range(image.ndim)]
        image = np.pad(image, around, mode="edge")
        for width in widths:
            image = np.lib.stride_tricks.sliding_window_view(image, width, axis=axis).mean(axis=-1)
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
