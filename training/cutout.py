"""Labels and cut-outs from pictures: whose matte is believed where, a person's own colours at soft edges."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]

UNPREMULTIPLY_FLOOR = 0.06  # below this a keyed colour is mostly quantisation noise
SMALLEST_BYSTANDER = 0.0015  # of the picture
PERHAPS_PERSON = 90  # of 255: what any window of training.bystanders held for a person this surely


def label(mask: Bytes | None, teacher: Bytes, keyed: bool) -> Bytes:
    """The best matte we have: keyed alpha as it is; a human mask, softened by the teacher in a 3 px band."""
    if mask is None:
        return teacher
    if keyed:
        return mask
    kernel = np.ones((7, 7), np.uint8)
    band = cv2.dilate(mask, kernel) != cv2.erode(mask, kernel)
    soft = cv2.GaussianBlur(mask, (0, 0), 1.0)
    mixed = cv2.addWeighted(soft, 0.5, teacher, 0.5, 0.0)
    return np.where(band, mixed, mask).astype(np.uint8)


def with_bystanders(matte: Bytes, teacher: Bytes) -> Bytes:
    """Adds people whom the human left out of a mask and the teacher found, well away from the main one."""
    away = cv2.dilate(matte, np.ones((25, 25), np.uint8)) < 26
    count, parts, stats, _ = cv2.connectedComponentsWithStats(((teacher > 128) & away).astype(np.uint8))
    large = [i for i in range(1, count) if stats[i, cv2.CC_STAT_AREA] > SMALLEST_BYSTANDER * matte.size]
    return np.where(np.isin(parts, large), np.maximum(matte, teacher), matte).astype(np.uint8)


def hide_bystanders(image: Bytes, matte: Bytes, perhaps: Bytes | None) -> tuple[Bytes, float]:
    """Paints over whoever may stand away from the labelled person.

    Args:
        image: (H, W, 3).
        matte: (H, W), everybody who is labelled.
        perhaps: (H, W), training.bystanders' map; None hides nobody.

    Returns:
        The picture, and which share of it was painted over.
    """
    if perhaps is None:
        return image, 0.0
    near = cv2.dilate(matte, np.ones((13, 13), np.uint8)) > 25
    hidden = cv2.dilate(((perhaps > PERHAPS_PERSON) & ~near).astype(np.uint8), np.ones((7, 7), np.uint8))
    hidden[near] = 0
    if not hidden.any():
        return image, 0.0
    return np.asarray(cv2.inpaint(image, hidden, 5, cv2.INPAINT_TELEA), np.uint8), float(hidden.mean())


def foreground(image: Bytes, matte: Bytes) -> Bytes:
    """Colours of the person alone: what is certain, spread outwards under the soft edge.

    Normalised blur of the inside, the first step of Forte 2021 ("Approximate fast
    foreground colour estimation").
    """
    sure = np.clip((matte.astype(np.float32) - 215) / 40, 0, 1)
    sure = cv2.erode(sure, np.ones((3, 3), np.uint8))
    colour = image.astype(np.float32)
    result, known = colour * sure[..., None], sure[..., None].copy()
    for sigma in (1.5, 4.0, 12.0):
        weight = cv2.GaussianBlur(sure, (0, 0), sigma)[..., None] + 1e-6
        spread = cv2.GaussianBlur(colour * sure[..., None], (0, 0), sigma) / weight
        take = (1 - known) * np.clip(weight * 8, 0, 1)
        result, known = result + spread * take, known + take
    return np.clip(result + colour * (1 - known), 0, 255).astype(np.uint8)


def unpremultiply(premult: Bytes, matte: Bytes) -> Bytes:
    """Straight colours of a keyed frame; under the floor the neighbours' colours are spread instead."""
    alpha = matte.astype(np.float32)[..., None] / 255
    straight = np.clip(premult / np.maximum(alpha, UNPREMULTIPLY_FLOOR), 0, 255).astype(np.uint8)
    return np.where(alpha > 0.5, straight, foreground(straight, matte)).astype(np.uint8)


def touches(matte: Bytes) -> tuple[bool, bool, bool, bool]:
    """Which edges of the picture cut the person: left, top, right, bottom."""
    lines = (matte[:, :3], matte[:3], matte[:, -3:], matte[-3:])
    return tuple(bool((line.max(axis=1 - i % 2) > 100).mean() > 0.015) for i, line in enumerate(lines))  # type: ignore[return-value]
