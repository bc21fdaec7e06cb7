"""The evaluation pictures as a worse camera, a worse light or a worse line would have shown them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.data import Bytes
from training.evaluate import LONG_SIDE, EvalSet, Picture

Floats = NDArray[np.float32]
Worsen = Callable[[Generator, Floats, Floats], NDArray[np.floating]]
"""(rng, picture (H, W, 3) BGR in 0 … 255, alpha (H, W, 1) in 0 … 1) -> picture, beyond 0 … 255 if need be."""

MOST = 40  # pictures of a set


def _as_it_is(_rng: Generator, picture: Floats, _alpha: Floats) -> Floats:
    return picture


def _noise(rng: Generator, picture: Floats, _alpha: Floats) -> NDArray[np.floating]:
    return picture + rng.normal(0, 22, picture.shape)


def _evening(rng: Generator, picture: Floats, _alpha: Floats) -> NDArray[np.floating]:
    return 255 * 0.28 * (picture / 255) ** 1.6 + rng.normal(0, 5, picture.shape)


def _back_light(_rng: Generator, picture: Floats, alpha: Floats) -> NDArray[np.floating]:
    room = np.clip(picture * 1.9 + 40, 0, 255)
    glow = cv2.GaussianBlur(1 - alpha, (0, 0), 14)[..., None]
    return picture * 0.35 * alpha + room * (1 - alpha) + 35 * glow * alpha


def _shaken(_rng: Generator, picture: Floats, _alpha: Floats) -> Floats:
    return np.asarray(cv2.blur(picture, (11, 1)), np.float32)


def _compressed(_rng: Generator, picture: Floats, _alpha: Floats) -> Bytes:
    done, coded = cv2.imencode(".jpg", picture.astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 12])
    assert done
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)


def _blue_light(_rng: Generator, picture: Floats, _alpha: Floats) -> NDArray[np.floating]:
    return picture * np.array([1.35, 0.95, 0.6])


HARDSHIPS: dict[str, Worsen] = {
    "as it is": _as_it_is,
    "noise, σ 22": _noise,
    "evening: a quarter of the light": _evening,
    "a window behind": _back_light,
    "shaken: blurred over 11 px": _shaken,
    "JPEG of quality 12": _compressed,
    "a screen's blue light": _blue_light,
}


@dataclass(frozen=True, slots=True)
class Hard:
    """A hardship's sets."""

    name: str
    sets: tuple[EvalSet, ...]


def worsened(sets: list[EvalSet]) -> list[Hard]:
    """Every hardship over the first pictures of each set, at the scorer's size; the same on every run."""
    return [
        Hard(name, tuple(_worse(pictures, number, worsen) for pictures in sets))
        for number, (name, worsen) in enumerate(HARDSHIPS.items())
    ]


def _worse(pictures: EvalSet, number: int, worsen: Worsen) -> EvalSet:
    rng = np.random.default_rng((number, len(pictures.pictures)))
    made = []
    for i, picture in enumerate(pictures.pictures[:MOST]):
        assert picture.truth is not None
        image, truth = _sized(picture.image), _sized(picture.truth)
        hard = worsen(rng, image.astype(np.float32), truth[..., None].astype(np.float32) / 255)
        made.append(Picture(f"{i:03d}", np.clip(hard, 0, 255).round().astype(np.uint8), truth))
    return EvalSet(f"{pictures.name}-hard{number}", pictures.labels, tuple(made))


def _sized(image: Bytes) -> Bytes:
    scale = LONG_SIDE / max(image.shape[:2])
    mode = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=mode), np.uint8)
