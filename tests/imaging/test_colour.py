import cv2
import numpy as np
import pytest

from vcam.core.frame import Frame, Size
from vcam.imaging.colour import resize_luma, thumbnail
from vcam.imaging.scale import Pyramid


@pytest.fixture
def picture():
    small = np.random.default_rng(0).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return cv2.resize(small, (64, 48), interpolation=cv2.INTER_LINEAR)


def test_luma_can_be_resized(picture):
    assert resize_luma(picture[..., 0], Size(20, 10)).shape == (10, 20)


@pytest.mark.parametrize("size", [(720, 1280), (1080, 1920), (120, 160)])
def test_a_thumbnail_has_one_size_and_the_frames_brightness(size):
    frame = Frame(np.full((*size, 3), 200, np.uint8), 0, 0.0)
    small = thumbnail(frame, Pyramid())
    assert small.shape == (36, 64)
    assert np.all(small == 200)
