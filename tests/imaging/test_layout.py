import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vcam.core.background import Fit
from vcam.core.frame import Size
from vcam.imaging.layout import BARS, lay_out

WIDE = np.zeros((40, 120, 3), np.uint8)
WIDE[:, :40], WIDE[:, 40:80], WIDE[:, 80:] = (255, 0, 0), (0, 255, 0), (0, 0, 255)


def test_fill_covers_the_frame_and_cuts_evenly():
    laid = lay_out(WIDE, Size(40, 40), Fit.FILL)
    assert np.all(laid == (0, 255, 0))


def test_fit_shows_all_of_it_between_bars():
    laid = lay_out(WIDE, Size(60, 60), Fit.FIT)
    assert np.all(laid[:20] == BARS)
    assert np.all(laid[40:] == BARS)
    assert laid[30, 5].tolist() == [255, 0, 0]
    assert laid[30, 55].tolist() == [0, 0, 255]


def test_tile_repeats_it_at_its_own_size():
    laid = lay_out(WIDE, Size(250, 50), Fit.TILE)
    assert np.array_equal(laid[:40, :120], WIDE)
    assert np.array_equal(laid[:40, 120:240], WIDE)
    assert np.array_equal(laid[40:, :120], WIDE[:10])
    assert laid.flags.c_contiguous


def test_a_picture_of_the_right_size_is_copied_unchanged():
    laid = lay_out(WIDE, Size(120, 40))
    assert np.array_equal(laid, WIDE)
    assert laid is not WIDE


@pytest.mark.parametrize("fit", [Fit.FILL, Fit.FIT])
def test_a_small_picture_is_enlarged(fit):
    laid = lay_out(np.full((4, 6, 3), 90, np.uint8), Size(60, 40), fit)
    assert np.all(laid == 90)


@given(st.integers(1, 90), st.integers(1, 90), st.integers(1, 90), st.integers(1, 90), st.sampled_from(Fit))
def test_any_picture_becomes_the_frames_size(width, height, frame_width, frame_height, fit):
    laid = lay_out(np.full((height, width, 3), 7, np.uint8), Size(frame_width, frame_height), fit)
    assert laid.shape == (frame_height, frame_width, 3)
    if fit is not Fit.FIT:
        assert np.all(laid == 7)
