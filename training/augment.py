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

from training.cutout import together
from training.data import SCENE_WEIGHT, SOURCE_WEIGHT, Bytes, Item, Store
from training.framing import Size, crop_matrix, placement, whole_body
from training.furniture import Box, chair, clutter, desk
from training.looks import (
    dye,
    exposure,
    light,
    motion_kernel,
    partly_lit,
    plain_wall,
    restyled,
    tighten,
    uneven_light,
)

FULL_SIZES: tuple[Size, ...] = ((144, 256), (160, 208), (192, 192), (208, 160), (256, 144))
LARGE_SIZES: tuple[Size, ...] = ((176, 304), (192, 256), (224, 224), (256, 192), (304, 176))
SMALL_SIZES: tuple[Size, ...] = ((96, 160), (112, 144), (128, 128), (144, 112), (160, 96))
SIZES: dict[str, tuple[Size, ...]] = {
    "small": SMALL_SIZES,
    "compact": ((128, 224), (144, 176), (160, 160), (176, 144), (224, 128)),
    "full": FULL_SIZES,
    "large": LARGE_SIZES,
    "larger": ((192, 336), (208, 288), (240, 240), (288, 208), (336, 192)),
    "largest": ((208, 368), (240, 320), (272, 272), (320, 240), (368, 208)),
    "finest": ((224, 400), (256, 352), (304, 304), (352, 256), (400, 224)),
}
"""Wide, then less and less so: a family of shapes about equal in area, and so in cost."""
STREET_SHARE = 0.25  # of backgrounds
FIGURE_SHARE = 0.65  # of the whole bodies far away, where the store of drawn figures exists
CLUTTERED = 0.2  # of the rooms behind people and of the empty ones
PATTERNED = (
    0.12  # of the people: their clothes, and they, wear a pattern, so that shape tells more than texture
)
BADLY_EXPOSED = 0.1
PARTLY_LIT = 0.08  # of the pictures: a lamp's pool in the dark, the edge of a shadow
RESTYLED = 0.07  # of the pictures: other textures and colours altogether
CLOSE_SHARE = 0.1  # of the people and the scenes: a face that fills the frame, cut by its edges
GRAIN = 400  # px, the longest side there is
SIZE_SHARES = (0.42, 0.2, 0.14, 0.14, 0.1)


@dataclass(frozen=True, slots=True)
class Mix:
    """Shares of what a sample is made of; the rest are scenes with their own background."""

    composite: float = 0.50
    empty: float = 0.06
    distant: float = 0.18  # of the composites: one to four whole bodies far away
    passer: float = 0.15  # of the composites of people near the camera: one to three behind them
    figure: float = 0.07  # of the people near the camera
    chair: float = 0.12  # of the people near the camera
    desk: float = 0.06  # of the pictures of somebody near the camera
    crowd: float = 0.08  # a cut-out put into a scene that already has a person
    spared: float = 0.0  # of all: neither dimmed nor blurred nor noisy


class Sampler:
    """Draws training samples from prepared stores."""

    def __init__(self, folder: Path, mix: Mix | None = None) -> None:
        self._scenes, self._cutouts = Store(folder, "scenes"), Store(folder, "cutouts")
        self._rooms, self._streets = Store(folder, "rooms"), Store(folder, "streets")
        self._scene_cdf = np.cumsum(self._scenes.weights(SCENE_WEIGHT))
        self._cutout_cdf = np.cumsum(self._cutouts.weights(SOURCE_WEIGHT))
        self._bodies = [i for i, item in enumerate(self._cutouts.items) if whole_body(item)]
        drawn = (folder / "figures.json").exists()  # training.figures
        self._figures = Store(folder, "figures") if drawn else None
        self._mix = mix or Mix()
        self._grain = np.random.default_rng(0).normal(0, 1, (GRAIN, GRAIN, 3)).astype(np.float32)

    def batch(
        self, seed: int, number: int, count: int, sizes: tuple[Size, ...], *, twins: bool = False
    ) -> tuple[Bytes, Bytes]:
        """Batch ``number`` of a run: images (N, 3, H, W) RGB and mattes (N, 1, H, W), all uint8.

        The same seed and number always give the same batch, which is what makes runs resumable.
        With ``twins`` 2i and 2i + 1 are the same scene, as two frames of a clip would show it.
        """
        rng = np.random.default_rng((seed, number))
        size = sizes[int(rng.choice(len(sizes), p=SIZE_SHARES))]
        images = np.empty((count, *size, 3), np.uint8)
        mattes = np.empty((count, 1, *size), np.uint8)
        for i in range(0, count, 2) if twins else range(count):
            image, matte = self.sample(rng, size)
            for j in range(i, min(i + 2, count)) if twins else (i,):
                images[j], mattes[j, 0] = self._frame(rng, image, matte) if twins else (image, matte)
        return np.ascontiguousarray(images[..., ::-1].transpose(0, 3, 1, 2)), mattes

    def sample(self, rng: Generator, size: Size) -> tuple[Bytes, Bytes]:
        """One picture (H, W, 3) BGR and its matte (H, W)."""
        image, matte = self._clean(rng, size)
        return image if rng.random() < self._mix.spared else self._degrade(rng, image), matte

    def _frame(self, rng: Generator, image: Bytes, matte: Bytes) -> tuple[Bytes, Bytes]:
        """The picture as one frame of a clip: moved by less than a pixel, with its own noise."""
        matrix = np.array([[1, 0, rng.uniform(-0.7, 0.7)], [0, 1, rng.uniform(-0.7, 0.7)]])
        moved, truth = (
            np.asarray(
                cv2.warpAffine(x, matrix, matte.shape[::-1], borderMode=cv2.BORDER_REPLICATE), np.uint8
            )
            for x in (image, matte)
        )
        return (self._noise(rng, moved, 8) if rng.random() < 0.8 else moved), truth

    def _clean(self, rng: Generator, size: Size) -> tuple[Bytes, Bytes]:
        kind = rng.random()
        mix = self._mix
        if kind < mix.empty + mix.composite:
            image, matte = self._room(rng, size), np.zeros(size, np.uint8)
            if rng.random() < CLUTTERED:
                image = clutter(rng, image, self._room(rng, size))
            if kind >= mix.empty:
                image, matte = self._add_people(rng, image)
        else:
            image, matte = self._scene(rng, size)
            if rng.random() < mix.crowd:
                image, alpha = self._add_person(rng, image)
                matte = together([matte, alpha])
        return image, matte

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
        if rng.random() < 0.3:  # a lens focused on the person
            image = np.asarray(cv2.GaussianBlur(image, (0, 0), rng.uniform(0.8, 4)), np.uint8)
        return np.asarray(cv2.LUT(image, light(rng, 0.5)), np.uint8)

    def _scene(self, rng: Generator, size: Size) -> tuple[Bytes, Bytes]:
        scene = self._scenes[int(np.searchsorted(self._scene_cdf, rng.random()))]
        warped = scene
        for _ in range(3):
            wide = rng.random() < 0.3  # all of a tall photograph in a wide frame, its surroundings mirrored
            zoom = (0.7, 1.3) if wide else (0.28, 0.6) if rng.random() < CLOSE_SHARE else (0.55, 1.15)
            matrix = crop_matrix(rng, scene.shape[:2], size, zoom, whole=wide)
            warped = np.asarray(
                cv2.warpAffine(scene, matrix, size[::-1], borderMode=cv2.BORDER_REFLECT_101), np.uint8
            )
            if warped[..., 3].mean() > 8:
                break
        return np.ascontiguousarray(warped[..., :3]), np.ascontiguousarray(warped[..., 3])

    def _add_people(self, rng: Generator, image: Bytes) -> tuple[Bytes, Bytes]:
        far = self._bodies and rng.random() < self._mix.distant
        alphas: list[Bytes] = []
        if far or (self._bodies and rng.random() < self._mix.passer):
            for _ in range(int(rng.integers(1, 5 if far else 4))):
                image, alpha = self._add_person(rng, image, distant=True)
                alphas.append(alpha)
        near = 0 if far else 1 + int(rng.random() < 0.16) + int(rng.random() < 0.05)
        for _ in range(near):
            seated = not alphas and rng.random() < self._mix.chair
            image, alpha = self._add_person(rng, image, seated=seated)
            alphas.append(alpha)
        matte = together(alphas)
        if near and rng.random() < self._mix.desk:
            image, matte = desk(rng, image, matte, self._room(rng, (matte.shape[0], matte.shape[1])))
        return image, matte

    def _draw(self, rng: Generator, *, distant: bool) -> tuple[Item, Bytes]:
        """Somebody without a background: a photographed cut-out or a drawn figure."""
        share = FIGURE_SHARE if distant else self._mix.figure
        if self._figures is not None and rng.random() < share:
            i, store = int(rng.integers(len(self._figures))), self._figures
        elif distant:
            i, store = self._bodies[int(rng.integers(len(self._bodies)))], self._cutouts
        else:
            i = min(int(np.searchsorted(self._cutout_cdf, rng.random())), len(self._cutouts) - 1)
            store = self._cutouts
        return store.items[i], store[i]

    def _add_person(
        self, rng: Generator, image: Bytes, *, distant: bool = False, seated: bool = False
    ) -> tuple[Bytes, Bytes]:
        """The picture with somebody in front, and their alpha."""
        item, person = self._draw(rng, distant=distant)
        free = distant and not item.touches[3]  # stands on its feet, away from the frame's edge
        size = image.shape[:2]
        close = not distant and rng.random() < CLOSE_SHARE
        matrix = placement(rng, item, (size[0], size[1]), free=free, close=close)
        if seated:
            image = chair(rng, image, _box(matrix, item))
        while abs(matrix[1, 1]) < 0.5:  # what is drawn small is averaged first, or it would sparkle
            person = np.asarray(
                cv2.resize(person, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8
            )
            matrix[:, :2] *= 2
        warped = cv2.warpAffine(person, matrix, size[::-1])
        colour, alpha = np.ascontiguousarray(warped[..., :3]), np.ascontiguousarray(warped[..., 3])
        if rng.random() < 0.25:
            colour = np.asarray(cv2.transform(colour, dye(rng)), np.uint8)
        if rng.random() < PATTERNED:
            share = rng.uniform(0.2, 0.6)
            colour = cv2.addWeighted(colour, 1 - share, self._room(rng, (size[0], size[1])), share, 0)
        colour = cv2.LUT(colour, light(rng, 1.0 if rng.random() < 0.35 else 0.4))
        alpha = cv2.LUT(alpha, tighten(rng))
        weight = alpha.astype(np.float32) * np.float32(1 / 255)
        laid = cv2.blendLinear(colour, image, weight, 1 - weight)
        return np.asarray(laid, np.uint8), np.asarray(alpha, np.uint8)

    def _degrade(self, rng: Generator, image: Bytes) -> Bytes:
        roll = rng.random(7)
        exposed = roll[5] < BADLY_EXPOSED
        if roll[6] < RESTYLED:
            image = restyled(rng, image)
        out = cv2.LUT(image, exposure(rng) if exposed else light(rng, 0.6))
        if roll[0] < 0.2:
            out = uneven_light(rng, out)
        elif roll[0] < 0.2 + PARTLY_LIT:
            out = partly_lit(rng, out)
        if roll[1] < 0.08:
            out = cv2.filter2D(out, -1, motion_kernel(rng))
        elif roll[1] < 0.2:
            out = cv2.GaussianBlur(out, (0, 0), rng.uniform(0.4, 1.3))
        elif roll[1] < 0.3:
            small = cv2.resize(out, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
            out = cv2.resize(small, out.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        if roll[2] < (0.7 if exposed else 0.35):
            out = self._noise(rng, out)
        if roll[3] < 0.25:
            coded = cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 85))])[1]
            out = cv2.imdecode(coded, cv2.IMREAD_COLOR)
        if roll[4] < 0.03:
            out = cv2.cvtColor(cv2.cvtColor(out, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
        return np.asarray(out, np.uint8)

    def _noise(self, rng: Generator, image: NDArray[np.uint8], most: float = 14) -> NDArray[np.uint8]:
        height, width = image.shape[:2]
        y, x = rng.integers(GRAIN + 1 - height), rng.integers(GRAIN + 1 - width)
        grain = self._grain[y : y + height, x : x + width]
        noisy = cv2.addWeighted(image.astype(np.float32), 1.0, grain, float(rng.uniform(2, most)), 0.0)
        return np.asarray(cv2.convertScaleAbs(np.maximum(noisy, 0)), np.uint8)


def _box(matrix: NDArray[np.float64], item: Item) -> Box:
    """Where a matrix puts a cut-out; tilts are small enough to leave out."""
    height, width = item.shape[:2]
    corners = matrix @ np.array([[0, width], [0, height], [1, 1]])
    (left, right), (top, bottom) = np.sort(corners[0]), np.sort(corners[1])
    return float(left), float(top), float(right - left), float(bottom - top)
