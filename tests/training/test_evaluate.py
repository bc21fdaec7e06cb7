"""Metrics on mattes whose figures are known."""

import numpy as np
import pytest

pytest.importorskip("torch")
from training.evaluate import EvalSet, Picture, boundary_f, iou, nearest_size, network_input, score

pytestmark = pytest.mark.training


def disc(radius: float, x: float = 256) -> np.ndarray:
    gy, gx = np.mgrid[:512, :512]
    return (gy - 256) ** 2 + (gx - x) ** 2 < radius**2


def test_iou() -> None:
    assert iou(disc(50), disc(50)) == 1
    assert iou(disc(50), disc(100)) == pytest.approx(0.25, abs=0.01)
    assert iou(np.zeros((4, 4), bool), np.zeros((4, 4), bool)) == 1


def test_boundary_f_forgives_three_pixels_and_not_six() -> None:
    assert boundary_f(disc(100), disc(102)) == 1
    assert boundary_f(disc(100), disc(106)) == 0


def test_flicker_counts_only_where_the_truth_stands_still() -> None:
    truth = (disc(100) * 255).astype(np.uint8)
    image = np.zeros((512, 512, 3), np.uint8)
    clip = EvalSet("clip", "keyed", (Picture("0", image, truth), Picture("1", image, truth)), sequence=True)
    steady = truth.astype(np.float32) / 255
    assert score(clip, [steady, steady])["flicker"] == 0
    shaking = np.clip(steady + 0.1, 0, 1)
    assert score(clip, [steady, shaking])["flicker"] == pytest.approx(100 * (1 - disc(100).mean()), rel=0.03)


def test_empty_room_reports_the_false_share() -> None:
    rooms = EvalSet("rooms", "nobody", (Picture("0", np.zeros((8, 8, 3), np.uint8), None),))
    matte = np.zeros((10, 10), np.float32)
    matte[0] = 1
    assert score(rooms, [matte])["false_permille"] == pytest.approx(100)


def test_nearest_size_goes_by_aspect() -> None:
    sizes = ((144, 256), (192, 192), (256, 144))
    assert nearest_size((720, 1280, 3), sizes) == (144, 256)
    assert nearest_size((1280, 720, 3), sizes) == (256, 144)
    assert nearest_size((480, 500, 3), sizes) == (192, 192)


def test_network_input_is_rgb_in_unit_range() -> None:
    image = np.zeros((20, 20, 3), np.uint8)
    image[..., 2] = 255  # red, in BGR
    x = network_input(image, (16, 16))
    assert x.shape == (1, 3, 16, 16)
    assert x[0, 0].min() == 1
    assert x[0, 1:].max() == 0
