"""Labels and cut-outs from pictures: whose matte is believed where, a person's own colours at soft edges."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]

UNPREMULTIPLY_FLOOR = 0.06  # below this a keyed colour is mostly quantisation noise
COMPANION = 0.2  # of the main person's area: whoever is smaller only passes by, and belongs to the room
AWAY = 25  # px: nearer to the main person it is rather a part of them
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


def with_companions(matte: Bytes, teacher: Bytes) -> Bytes:
    """Adds people of like size whom the human left out of a mask and the teacher found, well away from it."""
    away = cv2.dilate(matte, np.ones((AWAY, AWAY), np.uint8)) < 26
    parts, areas = _parts((teacher > 128) & away)
    large = np.flatnonzero(areas >= COMPANION * np.count_nonzero(matte > 128)) + 1
    return np.where(np.isin(parts, large), np.maximum(matte, teacher), matte).astype(np.uint8)


def main_person(matte: Bytes) -> Bytes:
    """The largest of the people whom a teacher marked, and what is close to them."""
    parts, areas = _parts(matte > 128)
    if len(areas) < 2:
        return matte
    largest = (parts == 1 + int(areas.argmax())).astype(np.uint8)
    return np.where(cv2.dilate(largest, np.ones((AWAY, AWAY), np.uint8)) > 0, matte, 0).astype(np.uint8)


def together(alphas: list[Bytes]) -> Bytes:
    """The label of people drawn one over another, the last in front: all but those who only pass by."""
    areas = [float(alpha.sum(dtype=np.int64)) for alpha in alphas]
    least = COMPANION * max(areas)
    matte = np.zeros(alphas[0].shape, np.float32)
    for alpha, area in zip(alphas, areas, strict=True):
        weight = alpha.astype(np.float32) / 255
        matte *= 1 - weight
        if area >= least:
            matte += 255 * weight
    return matte.round().astype(np.uint8)


def _parts(mask: NDArray[np.bool_]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Connected parts (H, W), numbered from 1, and the area of each."""
    _, parts, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    return np.asarray(parts, np.int32), np.asarray(stats[1:, cv2.CC_STAT_AREA], np.int32)


def hide_bystanders(
    image: Bytes, matte: Bytes, perhaps: Bytes | None, least: float = 0.0
) -> tuple[Bytes, float]:
    """Paints over whoever may stand away from the labelled person.

    Args:
        image: (H, W, 3).
        matte: (H, W), everybody who is labelled.
        perhaps: (H, W), training.bystanders' map; None hides nobody.
        least: whoever covers less than this share of what is labelled stays.

    Returns:
        The picture, and which share of it was painted over.
    """
    if perhaps is None:
        return image, 0.0
    near = cv2.dilate(matte, np.ones((13, 13), np.uint8)) > 25
    parts, areas = _parts((perhaps > PERHAPS_PERSON) & ~near)
    large = np.flatnonzero(areas >= least * np.count_nonzero(matte > 128)) + 1
    hidden = cv2.dilate(np.isin(parts, large).astype(np.uint8), np.ones((7, 7), np.uint8))
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
