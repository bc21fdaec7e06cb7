"""Mattes as they leave the app: steadied in time and led to the picture's edges by vcam's own refiner."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from training.evaluate import LONG_SIDE, EvalSet, Matte
from vcam.core.frame import Frame
from vcam.core.frame import Matte as TimedMatte
from vcam.imaging.matte import STEADY, STILLS, TemporalRefiner

RATE = 25.0  # frames a second of the clips


def steadied(pictures: EvalSet, alphas: Sequence[Matte], size: tuple[int, int]) -> list[Matte]:
    """The app's refiner over one set; pictures that are no clip are refined one by one.

    Args:
        pictures: the set; it is shown to the refiner at the scorer's size.
        alphas: one matte per picture, any size.
        size: (height, width) at which the network gives its mattes.
    """
    refiner, result = TemporalRefiner(STEADY if pictures.sequence else STILLS), []
    for i, (picture, alpha) in enumerate(zip(pictures.pictures, alphas, strict=True)):
        if not pictures.sequence:
            refiner.reset()
        scale = max(1.0, LONG_SIDE / max(picture.image.shape[:2]))
        even = [2 * round(side * scale / 2) for side in picture.image.shape[1::-1]]
        frame = Frame(np.asarray(cv2.resize(picture.image, even), np.uint8), i, i / RATE)
        own = cv2.resize(alpha, size[::-1], interpolation=cv2.INTER_AREA) if alpha.shape != size else alpha
        result.append(
            refiner.refine(frame, TimedMatte(np.ascontiguousarray(own, np.float32), i / RATE)).share
        )
    return result
