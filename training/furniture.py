"""What stands around people and is not them: a chair's back or posts and panels behind, a desk before."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.cutout import Bytes

Box = tuple[float, float, float, float]  # left, top, width, height, pixels


def chair(rng: Generator, image: Bytes, person: Box) -> Bytes:
    """Draws a chair's back where it would stand behind a person, before the person is drawn.

    Args:
        rng: decides size, shape and colour.
        image: (H, W, 3).
        person: where the cut-out will be.
    """
    left, top, width, height = person
    back_w, back_h = width * rng.uniform(0.45, 1.15), height * rng.uniform(0.4, 0.9)
    x = left + width / 2 + rng.normal(0, 0.1) * width
    y = top + height * rng.uniform(-0.05, 0.5)
    angle = np.linspace(0, 2 * np.pi, 40)
    power = rng.uniform(0.3, 0.8)  # of the superellipse: nearly a box … nearly round
    outline = [np.sign(f(angle)) * np.abs(f(angle)) ** power for f in (np.cos, np.sin)]
    points = np.stack([x + outline[0] * back_w / 2, y + back_h / 2 + outline[1] * back_h / 2], 1)
    mask = np.zeros(image.shape[:2], np.uint8)
    cv2.fillPoly(mask, [(points * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    if rng.random() < 0.25:  # a mesh or bars: the room shows through
        step = int(rng.integers(2, 7))
        mask[:, ::step] //= 3
    weight = cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.4, 1.5)).astype(np.float32) / 255
    return np.asarray(cv2.blendLinear(_cloth(rng, image), image, weight, 1 - weight), np.uint8)


def _cloth(rng: Generator, image: Bytes) -> Bytes:
    """Leather, mesh or fabric, mostly dark: a colour shaded from top to bottom with a little grain."""
    value = rng.uniform(10, 90) if rng.random() < 0.7 else rng.uniform(60, 230)
    ends = value + rng.normal(0, 12, 3) + rng.normal(0, 22, (2, 2, 1))
    shade = cv2.resize(ends.astype(np.float32), image.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    grain = rng.normal(0, rng.uniform(0, 9), image.shape[:2]).astype(np.float32)[..., None]
    return np.clip(shade + grain, 0, 255).astype(np.uint8)


def clutter(rng: Generator, image: Bytes, other: Bytes) -> Bytes:
    """Stands one to three posts, panels or frames, cut from another picture, in a room; mostly upright ones.

    Args:
        rng: decides number, size and slope.
        image: (H, W, 3).
        other: (H, W, 3), what they look like.
    """
    height, width = image.shape[:2]
    mask = np.zeros((height, width), np.uint8)
    for _ in range(int(rng.integers(1, 4))):
        long, short = height * rng.uniform(0.25, 1.1), height * rng.uniform(0.04, 0.3)
        angle = rng.normal(90, 8) if rng.random() < 0.7 else rng.uniform(0, 180)
        centre = (float(rng.uniform(0, width)), float(rng.uniform(0, height)))
        cv2.fillPoly(mask, [cv2.boxPoints((centre, (long, short), float(angle))).astype(np.int32)], 255)
    weight = cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.4, 2.0)).astype(np.float32) / 255
    return np.asarray(cv2.blendLinear(other, image, weight, 1 - weight), np.uint8)


def desk(rng: Generator, image: Bytes, matte: Bytes, surface: Bytes) -> tuple[Bytes, Bytes]:
    """Hides the lower part of a picture and its matte behind a desk or a screen's edge.

    Args:
        rng: decides height and slope.
        image: (H, W, 3).
        matte: (H, W).
        surface: (H, W, 3), what the desk looks like.
    """
    height, width = matte.shape
    ends = height * (1 - rng.uniform(0.06, 0.28) + rng.normal(0, 0.02, 2))
    left, right = (0.0, float(width)) if rng.random() < 0.6 else np.sort(rng.uniform(-0.3, 1.3, 2) * width)
    points: NDArray[np.float64] = np.array(
        [[left, ends[0]], [right, ends[1]], [right, height + 2], [left, height + 2]]
    )
    mask = np.zeros(matte.shape, np.uint8)
    cv2.fillPoly(mask, [(points * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    weight = cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.4, 1.5)).astype(np.float32) / 255
    hidden = np.asarray(cv2.blendLinear(surface, image, weight, 1 - weight), np.uint8)
    return hidden, (matte * (1 - weight)).round().astype(np.uint8)
