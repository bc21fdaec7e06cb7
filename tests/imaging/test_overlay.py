import cv2
import numpy as np
import pytest

from vcam.core.frame import Matte, Size
from vcam.imaging import overlay, reference
from vcam.imaging.overlay import Overlay, mix, shrink, to_bytes
from vcam.imaging.scale import Pyramid


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


def test_a_placement_is_made_anew_after_another_failed_half_way(monkeypatch):
    """The mask at full size lies in a buffer that the failed one has written over."""
    size, rows = Size(320, 180), np.arange(90)[:, None]
    left, right = (np.where((np.arange(160) < 60) == side, rows * 2, 0).astype(np.uint8) for side in (1, 0))
    first, second = Matte(left, 0.0), Matte(right, 0.0)
    lays = Overlay(size, Pyramid())
    lays.place(first)
    with monkeypatch.context() as broken:
        broken.setattr(overlay, "MaskedBlur", None)
        with pytest.raises(TypeError):
            lays.place(second)
    again, fresh = lays.place(first), Overlay(size, Pyramid()).place(first)
    assert again.boxes == fresh.boxes
    for mask, wanted in zip(again.masks, fresh.masks, strict=True):
        assert np.array_equal(mask, wanted)
