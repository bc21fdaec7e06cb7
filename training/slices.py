"""Person IoU by framing and by how dark the person is: where a net is worse than its mean says.

No set carries skin-tone labels. How dark the person appears (median luma inside the true mask: skin, hair,
clothes and light together) is the nearest thing the data allow.
"""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np

from training.evaluate import EvalSet, Matte, at_long_side, iou

SLICES = (
    "person below 10 % of the picture", "person 10–35 %", "person above 35 %",
    "head cut by the upper edge",
    "dark person (median luma below 60)", "person of middle luma", "bright person (above 120)",
)  # fmt: skip


def slices_of(image: np.ndarray, truth: np.ndarray) -> set[str]:
    """Names of the slices that a picture (H, W, 3) BGR with its true mask (H, W) belongs to."""
    person = truth > 127
    if not person.any():
        return set()
    share, luma = person.mean(), float(np.median(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)[person]))
    found = {SLICES[0 if share < 0.10 else 1 if share <= 0.35 else 2]}
    found.add(SLICES[4 if luma < 60 else 5 if luma <= 120 else 6])
    if person[:2].any():
        found.add(SLICES[3])
    return found


def by_slice(sets: list[EvalSet], alphas: Iterable[Iterable[Matte]]) -> dict[str, tuple[int, float]]:
    """Slice -> (pictures, mean person IoU ×100) over sets with truth, every picture counting alike."""
    values: dict[str, list[float]] = {name: [] for name in SLICES}
    for pictures, mattes in zip(sets, alphas, strict=True):
        for picture, matte in zip(pictures.pictures, mattes, strict=True):
            assert picture.truth is not None
            truth = at_long_side(picture.truth.astype(np.float32) / 255, picture.truth.shape) > 0.5
            value = iou(at_long_side(matte, picture.truth.shape) > 0.5, truth)
            for name in slices_of(picture.image, picture.truth):
                values[name].append(value)
    return {n: (len(v), round(float(np.mean(v)) * 100, 1)) for n, v in values.items() if v}


def with_truth(sets: list[EvalSet]) -> list[EvalSet]:
    """The sets whose labels people made or a renderer knew."""
    return [s for s in sets if s.labels == "truth"]
