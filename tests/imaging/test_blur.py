import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vcam.imaging import reference
from vcam.imaging.blur import PASSES, MaskedBlur, box_widths, level_of, sigma_of


@given(st.floats(1.0, 40.0))
def test_boxes_add_up_to_the_variance_wanted(sigma):
    widths = box_widths(sigma)
    assert len(widths) == PASSES
    assert all(width % 2 == 1 for width in widths)
    variance = sum((width**2 - 1) / 12 for width in widths)
    assert abs(variance - sigma**2) <= (max(widths) + 1) / 3


def test_a_tiny_blur_is_at_least_a_copy():
    assert box_widths(0.1) == (1, 1, 1)


def test_strength_runs_in_equal_ratios_and_with_the_height():
    low, middle, high = (sigma_of(strength, 720) for strength in (0.0, 0.5, 1.0))
    assert low == pytest.approx(6)
    assert high == pytest.approx(36)
    assert middle / low == pytest.approx(high / middle)
    assert sigma_of(0.5, 1080) == pytest.approx(1.5 * middle)


def test_strong_blur_is_computed_on_smaller_copies():
    assert level_of(sigma_of(1.0, 720)) == 3
    assert level_of(sigma_of(0.0, 720)) == 2
    assert level_of(0.5) == 2


def test_pixels_without_weight_do_not_bleed():
    pixels = np.full((20, 30, 3), 60, np.uint8)
    pixels[:, 10:20] = 255
    weights = np.full((20, 30), 255, np.uint8)
    weights[:, 10:20] = 0
    blurred = MaskedBlur(weights, (5, 5, 5))(pixels)
    assert np.all(blurred[:, :10] == 60)
    assert np.all(blurred[:, 20:] == 60)


def test_no_weight_at_all_is_no_trouble():
    assert not MaskedBlur(np.zeros((4, 4), np.uint8), (3,))(np.full((4, 4, 3), 200, np.uint8)).any()


def test_equals_the_reference():
    rng = np.random.default_rng(5)
    pixels = rng.integers(0, 256, (37, 53, 3), dtype=np.uint8)
    weights = rng.integers(0, 256, (37, 53), dtype=np.uint8)
    fast = MaskedBlur(weights, (5, 7, 7))(pixels).astype(int)
    assert np.abs(fast - reference.weighted_blur(pixels, weights, (5, 7, 7))).max() <= 1


def test_the_same_weights_serve_any_number_of_pictures():
    blur = MaskedBlur(np.full((9, 9), 255, np.uint8), (3,))
    for level in (4, 200):
        assert np.all(blur(np.full((9, 9, 3), level, np.uint8)) == level)
