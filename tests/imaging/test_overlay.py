import cv2
import numpy as np
import pytest

from vcam.core.frame import Size
from vcam.imaging import reference
from vcam.imaging.overlay import mix, shrink, to_bytes


@pytest.mark.parametrize(
    "own", [Size(160, 90), Size(320, 180), Size(640, 360), Size(256, 144), Size(40, 20), Size(1, 1)]
)
def test_a_matte_is_brought_to_a_size_as_the_reference_has_it(own):
    alpha = np.random.default_rng(0).integers(0, 256, (own.height, own.width), dtype=np.uint8)
    shrunk = shrink(alpha, Size(160, 90))
    assert shrunk.shape == (90, 160)
    assert np.array_equal(shrunk, reference.shrunk(alpha, (90, 160)))
    assert abs(float(shrunk.mean()) - float(alpha.mean())) < 6


def test_exact_halvings_keep_the_mean_of_blocks():
    alpha = np.random.default_rng(0).integers(0, 256, (8, 8), dtype=np.uint8)
    halved = cv2.resize(alpha, (4, 4), interpolation=cv2.INTER_AREA)
    assert np.array_equal(shrink(alpha, Size(4, 4)), halved)


def test_alpha_becomes_whole_255ths():
    assert to_bytes(np.array([[0, 0.5, 1, 0.1]], np.float32)).tolist() == [[0, 128, 255, 26]]


def test_mixing():
    one, other = np.array([200, 200, 200], np.uint8), np.array([100, 100, 100], np.uint8)
    assert mix(one, other, np.array([0, 0.5, 1], np.float32)).tolist() == [100, 150, 200]
