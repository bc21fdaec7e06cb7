"""How an invented picture looks: light, exposure, colours, textures, walls, blur.

Everything random comes from the generator that is handed in.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.data import Bytes
from training.framing import Size


def light(rng: Generator, strength: float) -> Bytes:
    """Look-up table (1, 256, 3): gamma, gain, lift and colour cast, as a camera or a lamp changes them."""
    x = np.linspace(0, 1, 256, dtype=np.float64)[:, None]
    gamma = np.exp(rng.normal(0, 0.38 * strength))
    gain = np.exp(rng.normal(0, 0.28 * strength)) * np.exp(rng.normal(0, 0.09 * strength, 3))
    lift = rng.normal(0, 0.05 * strength)
    y = np.clip(x**gamma * gain + lift, 0, 1)
    return np.asarray((y * 255).round().astype(np.uint8)[None])


def exposure(rng: Generator) -> Bytes:
    """Look-up table (1, 256, 3) of a picture that is far too dark, as in the evening, or too bright."""
    least, most = (0.12, 0.6) if rng.random() < 0.75 else (1.2, 2.5)
    gain = np.exp(rng.uniform(np.log(least), np.log(most)))
    gamma, cast = rng.uniform(0.9, 1.9), np.exp(rng.normal(0, 0.1, 3))
    y = np.clip(np.linspace(0, 1, 256)[:, None] ** gamma * gain * cast, 0, 1)
    return np.asarray((y * 255).round().astype(np.uint8)[None])


def dye(rng: Generator) -> NDArray[np.float32]:
    """Colour matrix (3, 3) that greys, mixes and mostly darkens: the same coat in other colours."""
    grey = np.full((3, 3), 1 / 3)
    mixed = np.eye(3) + rng.normal(0, 0.15, (3, 3))
    mixed /= mixed.sum(1, keepdims=True)
    share = rng.uniform(0, 1)
    gain = rng.uniform(0.25, 1.05) * (1 + rng.normal(0, 0.08, (3, 1)))
    return np.asarray((share * grey + (1 - share) * mixed) * gain, np.float32)


def uneven_light(rng: Generator, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A lamp from one side, a window behind: a smooth gain over the picture, slightly coloured."""
    grid = np.exp(rng.normal(0, 0.35, (2, 3, 1)) + rng.normal(0, 0.06, (2, 3, 3))).astype(np.float32)
    field = cv2.resize(grid, image.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.multiply(image, field, dtype=cv2.CV_8U), np.uint8)


def partly_lit(rng: Generator, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A dark place with light on a part of it: a screen's or a lamp's pool, or the edge of a shadow."""
    centre = rng.uniform(0.15, 0.85, (2, 1, 1))
    y, x = np.mgrid[0:1:18j, 0:1:32j] - centre
    if rng.random() < 0.5:
        lit = np.exp(-((x / rng.uniform(0.12, 0.5)) ** 2) - (y / rng.uniform(0.12, 0.5)) ** 2)
    else:
        angle = rng.uniform(0, 2 * np.pi)
        lit = 1 / (1 + np.exp(-(x * np.cos(angle) + y * np.sin(angle)) / rng.uniform(0.01, 0.15)))
    dark, bright = np.exp(rng.uniform(np.log(0.12), np.log(0.6))), rng.uniform(0.9, 1.5)
    casts = np.exp(rng.normal(0, 0.12, (2, 3)))
    gain = dark * casts[0] + lit[..., None] * (bright * casts[1] - dark * casts[0])
    field = cv2.resize(gain.astype(np.float32), image.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.multiply(image, field, dtype=cv2.CV_8U), np.uint8)


def plain_wall(rng: Generator, size: Size) -> Bytes:
    """A painted wall: one colour with a soft shade over it."""
    colour = rng.uniform(20, 245) + rng.normal(0, 25, 3)
    shade = colour + rng.normal(0, 18, (2, 2, 1)) + rng.normal(0, 4, (2, 2, 3))
    wall = cv2.resize(shade.astype(np.float32), size[::-1], interpolation=cv2.INTER_LINEAR)
    return np.clip(wall, 0, 255).astype(np.uint8)


def tighten(rng: Generator) -> Bytes:
    """Look-up table that moves and sharpens a soft edge by a fraction of a pixel."""
    x = np.linspace(0, 1, 256)
    low = rng.uniform(0.0, 0.3)
    high = rng.uniform(0.85, 1.0)
    return (np.clip((x - low) / (high - low), 0, 1) * 255).round().astype(np.uint8)


def motion_kernel(rng: Generator) -> NDArray[np.float32]:
    """A short straight line, as a hand or a camera moves while the shutter is open."""
    size = int(rng.choice([3, 5, 7]))
    kernel = np.zeros((size, size), np.float32)
    angle, middle = rng.uniform(0, np.pi), size // 2
    dx, dy = np.cos(angle) * middle, np.sin(angle) * middle
    cv2.line(kernel, (round(middle - dx), round(middle - dy)), (round(middle + dx), round(middle + dy)), 1.0)
    return kernel / kernel.sum()


def restyled(rng: Generator, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The same shapes in other textures and colours, so that neither tells who is a person.

    A random convolution over all channels, brought back to the picture's own mean and spread and mixed with
    it (Xu et al. 2021, "Robust and generalizable visual representation learning via random convolutions",
    section 3.2).
    """
    size = int(rng.choice([1, 3, 5]))
    filtered = cv2.transform(image.astype(np.float32), np.eye(3) + rng.normal(0, 0.5, (3, 3)))
    if size > 1:
        filtered = cv2.filter2D(filtered, -1, rng.normal(0, 1, (size, size)) + 0.6)
    (mean, spread), (old_mean, old_spread) = cv2.meanStdDev(filtered), cv2.meanStdDev(image)
    share = rng.uniform(0.2, 0.8)
    gain = share * old_spread / np.maximum(spread, 1e-3)
    lift = share * old_mean - gain * mean
    changed = cv2.transform(filtered, np.hstack([np.diag(gain[:, 0]), lift]))
    mixed = cv2.addWeighted(image, 1 - share, changed, 1.0, 0, dtype=cv2.CV_32F)
    return np.asarray(cv2.convertScaleAbs(np.maximum(mixed, 0)), np.uint8)
