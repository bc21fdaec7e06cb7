"""Where things go in an invented picture: crops of scenes and rooms, places for people, as 2x3 matrices."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.data import Item

Size = tuple[int, int]  # height, width

# Least and most height of a person, as shares of the frame's.
ANYWHERE, NEAR, FREE, CLOSE = (0.25, 1.7), (0.38, 1.7), (0.22, 1.0), (1.5, 3.2)


def crop_matrix(
    rng: Generator, source: Size, size: Size, zoom: tuple[float, float], *, whole: bool = False
) -> NDArray[np.float64]:
    """A random crop, often mirrored, a little stretched and turned, as a 2x3 matrix source -> size.

    ``zoom``: the crop's side as a share of the largest one that fits, or with ``whole`` of the smallest one
    that holds the whole picture; above 1 it reaches over the border.
    """
    height, width = source
    stretch = float(np.exp(rng.uniform(-0.28, 0.28)))
    aspect = size[1] / size[0] * stretch
    fit = max if whole else min
    crop_h = fit(height, width / aspect) * rng.uniform(*zoom) ** (0.7 if zoom[1] > 1 else 1.0)
    crop_w = crop_h * aspect
    cx = width / 2 + rng.uniform(-0.5, 0.5) * abs(width - crop_w)
    cy = height / 2 + rng.uniform(-0.5, 0.5) * abs(height - crop_h)
    flip = -1.0 if rng.random() < 0.5 else 1.0
    return _matrix(
        (cx, cy), (size[1] / crop_w * flip, size[0] / crop_h), _tilt(rng), (size[1] / 2, size[0] / 2)
    )


def whole_body(item: Item) -> bool:
    """Whether a cut-out shows somebody from head to foot."""
    return not any(item.touches) and item.shape[0] > 1.6 * item.shape[1]


def placement(
    rng: Generator, item: Item, size: Size, *, free: bool = False, close: bool = False
) -> NDArray[np.float64]:
    """Where a cut-out goes in a frame of ``size``; the edges that cut it are pushed out of the frame.

    ``free``: stands on its feet in the frame; ``close``: so near that a face fills it.
    """
    height, width = item.shape[:2]
    frame_h, frame_w = size
    left, top, right, bottom = item.touches
    flip = rng.random() < 0.5
    if flip:
        left, right = right, left
    least, most = FREE if free else CLOSE if close else NEAR if bottom else ANYWHERE
    bottom = bottom or (not free and rng.random() < 0.4)
    scale = float(np.exp(rng.uniform(np.log(least), np.log(most)))) * frame_h / height
    stretch = float(np.exp(rng.uniform(-0.2, 0.2))) * frame_w / frame_h / (16 / 9 if frame_w > frame_h else 1)
    stretch = float(np.clip(stretch, 0.75, 1.3))
    slack = 1.04
    if top and bottom:
        scale = max(scale, slack * frame_h / height)
    if left and right:
        scale = max(scale, slack * frame_w / width / stretch)
    person_h, person_w = height * scale, width * scale * stretch
    spread = 0.16 if rng.random() < 0.65 and not free else 0.35
    x = frame_w * (0.5 + float(np.clip(rng.normal(0, spread), -0.55, 0.55))) - person_w / 2
    y = rng.uniform(0, max(1.0, frame_h - person_h)) if free else frame_h * rng.uniform(-0.2, 0.45)
    x = min(x, -0.01 * frame_w) if left else x
    x = max(x, 1.01 * frame_w - person_w) if right else x
    y = min(y, -0.01 * frame_h) if top else y
    y = max(y, 1.02 * frame_h - person_h) if bottom else y
    if top and bottom:
        y = min(y, -0.01 * frame_h)
    centre = (x + person_w / 2, y + person_h / 2)
    factors = (scale * stretch * (-1 if flip else 1), scale)
    return _matrix((width / 2, height / 2), factors, _tilt(rng), centre)


def _matrix(
    source: tuple[float, float], scale: tuple[float, float], angle: float, target: tuple[float, float]
) -> NDArray[np.float64]:
    cos, sin = np.cos(angle), np.sin(angle)
    linear = np.array([[cos, -sin], [sin, cos]]) @ np.diag(scale)
    shift = np.array(target) - linear @ np.array(source)
    return np.column_stack([linear, shift])


def _tilt(rng: Generator) -> float:
    """Radians: most frames are level."""
    return float(rng.uniform(-0.16, 0.16)) if rng.random() < 0.3 else float(rng.uniform(-0.02, 0.02))
