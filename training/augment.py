"""Invents webcam pictures: people cut out and put into rooms, framing, light, noise. All uint8 and OpenCV.

A composite's label is exact by construction: it is the alpha that made the picture. One sample costs
about a millisecond. Everything random comes from the generator that is handed in.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.data import SCENE_WEIGHT, SOURCE_WEIGHT, Bytes, Item, Store

Size = tuple[int, int]  # height, width
Heights = tuple[float, float]  # least and most height of a person, as shares of the frame's
FULL_SIZES: tuple[Size, ...] = ((144, 256), (160, 208), (192, 192), (208, 160), (256, 144))
SMALL_SIZES: tuple[Size, ...] = ((96, 160), (112, 144), (128, 128), (144, 112), (160, 96))
STREET_SHARE = 0.08  # of backgrounds; passers-by are in some of them, so they are always blurred
SIZE_SHARES = (0.42, 0.2, 0.14, 0.14, 0.1)


@dataclass(frozen=True, slots=True)
class Mix:
    """Shares of what a sample is made of; the rest are scenes with their own background."""

    composite: float = 0.50
    empty: float = 0.06
    distant: float = 0.16  # of the composites: one to four whole bodies far away
    crowd: float = 0.06  # a cut-out put into a scene that already has a person


class Sampler:
    """Draws training samples from prepared stores."""

    def __init__(self, folder: Path, mix: Mix | None = None) -> None:
        self._scenes, self._cutouts = Store(folder, "scenes"), Store(folder, "cutouts")
        self._rooms, self._streets = Store(folder, "rooms"), Store(folder, "streets")
        self._scene_cdf = np.cumsum(self._scenes.weights(SCENE_WEIGHT))
        self._cutout_cdf = np.cumsum(self._cutouts.weights(SOURCE_WEIGHT))
        self._bodies = [i for i, item in enumerate(self._cutouts.items) if whole_body(item)]
        self._mix = mix or Mix()
        self._grain = np.random.default_rng(0).normal(0, 1, (320, 320, 3)).astype(np.float32)

    def batch(self, seed: int, number: int, count: int, sizes: tuple[Size, ...]) -> tuple[Bytes, Bytes]:
        """Batch ``number`` of a run: images (N, 3, H, W) RGB and mattes (N, 1, H, W), all uint8.

        The same seed and number always give the same batch, which is what makes runs resumable.
        """
        rng = np.random.default_rng((seed, number))
        size = sizes[int(rng.choice(len(sizes), p=SIZE_SHARES))]
        images = np.empty((count, *size, 3), np.uint8)
        mattes = np.empty((count, 1, *size), np.uint8)
        for i in range(count):
            images[i], mattes[i, 0] = self.sample(rng, size)
        return np.ascontiguousarray(images[..., ::-1].transpose(0, 3, 1, 2)), mattes

    def sample(self, rng: Generator, size: Size) -> tuple[Bytes, Bytes]:
        """One picture (H, W, 3) BGR and its matte (H, W)."""
        kind = rng.random()
        mix = self._mix
        if kind < mix.empty:
            image, matte = self._room(rng, size), np.zeros(size, np.uint8)
        elif kind < mix.empty + mix.composite:
            image, matte = self._room(rng, size), np.zeros(size, np.uint8)
            image, matte = self._add_people(rng, image, matte)
        else:
            image, matte = self._scene(rng, size)
            if rng.random() < mix.crowd:
                image, matte = self._add_person(rng, image, matte)
        return self._degrade(rng, image), matte

    def _room(self, rng: Generator, size: Size) -> Bytes:
        if rng.random() < 0.07:
            return plain_wall(rng, size)
        street = rng.random() < STREET_SHARE
        store = self._streets if street else self._rooms
        room = store[int(rng.integers(len(store)))]
        matrix = crop_matrix(rng, room.shape[:2], size, (0.3, 1.0))
        image = np.asarray(
            cv2.warpAffine(room, matrix, size[::-1], borderMode=cv2.BORDER_REFLECT_101), np.uint8
        )
        if street or rng.random() < 0.25:  # a lens focused on the person
            image = np.asarray(
                cv2.GaussianBlur(image, (0, 0), rng.uniform(2 if street else 0.8, 4)), np.uint8
            )
        return np.asarray(cv2.LUT(image, light(rng, 0.5)), np.uint8)

    def _scene(self, rng: Generator, size: Size) -> tuple[Bytes, Bytes]:
        scene = self._scenes[int(np.searchsorted(self._scene_cdf, rng.random()))]
        warped = scene
        for _ in range(3):
            matrix = crop_matrix(rng, scene.shape[:2], size, (0.55, 1.15))
            warped = np.asarray(
                cv2.warpAffine(scene, matrix, size[::-1], borderMode=cv2.BORDER_REFLECT_101), np.uint8
            )
            if warped[..., 3].mean() > 8:
                break
        return np.ascontiguousarray(warped[..., :3]), np.ascontiguousarray(warped[..., 3])

    def _add_people(self, rng: Generator, image: Bytes, matte: Bytes) -> tuple[Bytes, Bytes]:
        if self._bodies and rng.random() < self._mix.distant:
            for _ in range(int(rng.integers(1, 5))):
                i = self._bodies[int(rng.integers(len(self._bodies)))]
                image, matte = self._add_person(rng, image, matte, i, (0.13, 0.7))
            return image, matte
        for _ in range(1 + int(rng.random() < 0.16) + int(rng.random() < 0.05)):
            image, matte = self._add_person(rng, image, matte)
        return image, matte

    def _add_person(
        self, rng: Generator, image: Bytes, matte: Bytes, i: int | None = None, heights: Heights | None = None
    ) -> tuple[Bytes, Bytes]:
        if i is None:
            i = min(int(np.searchsorted(self._cutout_cdf, rng.random())), len(self._cutouts) - 1)
        person, size = self._cutouts[i], matte.shape
        matrix = placement(rng, self._cutouts.items[i], (size[0], size[1]), heights)
        while abs(matrix[1, 1]) < 0.5:  # what is drawn small is averaged first, or it would sparkle
            person = np.asarray(
                cv2.resize(person, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8
            )
            matrix[:, :2] *= 2
        warped = cv2.warpAffine(person, matrix, size[::-1])
        colour, alpha = np.ascontiguousarray(warped[..., :3]), np.ascontiguousarray(warped[..., 3])
        colour = cv2.LUT(colour, light(rng, 1.0 if rng.random() < 0.35 else 0.4))
        alpha = cv2.LUT(alpha, _tighten(rng))
        weight = alpha.astype(np.float32) * np.float32(1 / 255)
        image = np.asarray(cv2.blendLinear(colour, image, weight, 1 - weight), np.uint8)
        both = 255 - (255 - matte.astype(np.float32)) * (1 - weight)
        return image, both.round().astype(np.uint8)

    def _degrade(self, rng: Generator, image: Bytes) -> Bytes:
        roll = rng.random(7)
        out = cv2.LUT(image, light(rng, 0.6))
        if roll[0] < 0.2:
            out = uneven_light(rng, out)
        if roll[1] < 0.08:
            out = cv2.filter2D(out, -1, _motion_kernel(rng))
        elif roll[1] < 0.2:
            out = cv2.GaussianBlur(out, (0, 0), rng.uniform(0.4, 1.3))
        elif roll[1] < 0.3:
            small = cv2.resize(out, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
            out = cv2.resize(small, out.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        if roll[2] < 0.35:
            out = self._noise(rng, out)
        if roll[3] < 0.25:
            coded = cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 85))])[1]
            out = cv2.imdecode(coded, cv2.IMREAD_COLOR)
        if roll[4] < 0.03:
            out = cv2.cvtColor(cv2.cvtColor(out, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
        return np.asarray(out, np.uint8)

    def _noise(self, rng: Generator, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        height, width = image.shape[:2]
        y, x = rng.integers(320 - height), rng.integers(320 - width)
        grain = self._grain[y : y + height, x : x + width]
        noisy = cv2.addWeighted(image.astype(np.float32), 1.0, grain, float(rng.uniform(2, 14)), 0.0)
        return np.asarray(cv2.convertScaleAbs(np.maximum(noisy, 0)), np.uint8)


def crop_matrix(rng: Generator, source: Size, size: Size, zoom: tuple[float, float]) -> NDArray[np.float64]:
    """A random crop, often mirrored, a little stretched and turned, as a 2x3 matrix source -> size.

    ``zoom``: the crop's side as a share of the largest one that fits; above 1 it reaches over the border.
    """
    height, width = source
    stretch = float(np.exp(rng.uniform(-0.28, 0.28)))
    aspect = size[1] / size[0] * stretch
    crop_h = min(height, width / aspect) * rng.uniform(*zoom) ** (0.7 if zoom[1] > 1 else 1.0)
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


def placement(rng: Generator, item: Item, size: Size, heights: Heights | None = None) -> NDArray[np.float64]:
    """Where a cut-out goes in a frame of ``size``; the edges that cut it are pushed out of the frame.

    ``heights``: least and most height as shares of the frame's; with it, whole bodies stand free.
    """
    height, width = item.shape[:2]
    frame_h, frame_w = size
    left, top, right, bottom = item.touches
    flip = rng.random() < 0.5
    if flip:
        left, right = right, left
    least, most = heights or ((0.38, 1.7) if bottom else (0.25, 1.7))
    bottom = bottom or (heights is None and rng.random() < 0.4)
    scale = float(np.exp(rng.uniform(np.log(least), np.log(most)))) * frame_h / height
    stretch = float(np.exp(rng.uniform(-0.2, 0.2))) * frame_w / frame_h / (16 / 9 if frame_w > frame_h else 1)
    stretch = float(np.clip(stretch, 0.75, 1.3))
    slack = 1.04
    if top and bottom:
        scale = max(scale, slack * frame_h / height)
    if left and right:
        scale = max(scale, slack * frame_w / width / stretch)
    person_h, person_w = height * scale, width * scale * stretch
    spread = 0.16 if rng.random() < 0.65 and heights is None else 0.35
    x = frame_w * (0.5 + float(np.clip(rng.normal(0, spread), -0.55, 0.55))) - person_w / 2
    y = frame_h * rng.uniform(-0.2, 0.45) if heights is None else rng.uniform(0, max(1.0, frame_h - person_h))
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


def light(rng: Generator, strength: float) -> Bytes:
    """Look-up table (1, 256, 3): gamma, gain, lift and colour cast, as a camera or a lamp changes them."""
    x = np.linspace(0, 1, 256, dtype=np.float64)[:, None]
    gamma = np.exp(rng.normal(0, 0.38 * strength))
    gain = np.exp(rng.normal(0, 0.28 * strength)) * np.exp(rng.normal(0, 0.09 * strength, 3))
    lift = rng.normal(0, 0.05 * strength)
    y = np.clip(x**gamma * gain + lift, 0, 1)
    return np.asarray((y * 255).round().astype(np.uint8)[None])


def uneven_light(rng: Generator, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A lamp from one side, a window behind: a smooth gain over the picture, slightly coloured."""
    grid = np.exp(rng.normal(0, 0.35, (2, 3, 1)) + rng.normal(0, 0.06, (2, 3, 3))).astype(np.float32)
    field = cv2.resize(grid, image.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.multiply(image, field, dtype=cv2.CV_8U), np.uint8)


def plain_wall(rng: Generator, size: Size) -> Bytes:
    """A painted wall: one colour with a soft shade over it."""
    colour = rng.uniform(20, 245) + rng.normal(0, 25, 3)
    shade = colour + rng.normal(0, 18, (2, 2, 1)) + rng.normal(0, 4, (2, 2, 3))
    wall = cv2.resize(shade.astype(np.float32), size[::-1], interpolation=cv2.INTER_LINEAR)
    return np.clip(wall, 0, 255).astype(np.uint8)


def _tighten(rng: Generator) -> Bytes:
    """Look-up table that moves and sharpens a soft edge by a fraction of a pixel."""
    x = np.linspace(0, 1, 256)
    low = rng.uniform(0.0, 0.3)
    high = rng.uniform(0.85, 1.0)
    return (np.clip((x - low) / (high - low), 0, 1) * 255).round().astype(np.uint8)


def _motion_kernel(rng: Generator) -> NDArray[np.float32]:
    size = int(rng.choice([3, 5, 7]))
    kernel = np.zeros((size, size), np.float32)
    angle, middle = rng.uniform(0, np.pi), size // 2
    dx, dy = np.cos(angle) * middle, np.sin(angle) * middle
    cv2.line(kernel, (round(middle - dx), round(middle - dy)), (round(middle + dx), round(middle + dy)), 1.0)
    return kernel / kernel.sum()
