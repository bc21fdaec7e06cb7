"""Slices put a picture where its person is small, dark, cut."""

import numpy as np
import pytest

pytest.importorskip("torch")
from training.evaluate import EvalSet, Picture
from training.slices import SLICES, by_slice, slices_of

pytestmark = pytest.mark.training


def picture(share: float, luma: int, top: int) -> Picture:
    truth = np.zeros((100, 100), np.uint8)
    truth[top:, : round(share * 100)] = 255
    return Picture("p", np.full((100, 100, 3), luma, np.uint8), truth)


def test_small_dark_person_and_large_bright_cut_one() -> None:
    small, large = picture(0.05, 30, 10), picture(0.5, 200, 0)
    assert slices_of(small.image, small.truth) == {SLICES[0], SLICES[4]}
    assert slices_of(large.image, large.truth) == {SLICES[2], SLICES[3], SLICES[6]}


def test_nobody_is_in_no_slice() -> None:
    assert slices_of(np.zeros((4, 4, 3), np.uint8), np.zeros((4, 4), np.uint8)) == set()


def test_iou_is_averaged_per_slice() -> None:
    right, missed = picture(0.5, 200, 10), picture(0.5, 30, 10)
    pictures = EvalSet("s", "truth", (right, missed))
    found = by_slice([pictures], [[right.truth.astype(np.float32) / 255, np.zeros((100, 100), np.float32)]])
    assert found[SLICES[2]] == (2, 50.0)
    assert found[SLICES[6]] == (1, 100.0)
    assert found[SLICES[4]] == (1, 0.0)
