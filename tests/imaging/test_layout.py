import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vcam.core.background import Fit
from vcam.core.frame import Size
from vcam.imaging.layout import BARS, lay_out, lay_out_video
from vcam.imaging.planes import to_i420

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
    quick = lay_out_video(np.full((height, width, 3), 7, np.uint8), Size(frame_width, frame_height), fit)
    assert laid.shape == quick.shape == (frame_height, frame_width, 3)
    assert np.array_equal(laid, quick)
    if fit is not Fit.FIT:
        assert np.all(laid == 7)


@pytest.mark.parametrize("fit", Fit)
@pytest.mark.parametrize("size", [Size(1280, 720), Size(640, 360), Size(320, 240), Size(2000, 1000)])
def test_video_is_laid_out_alike_at_less_cost(fit, size):
    coarse = np.random.default_rng(0).integers(60, 200, (9, 16, 3), dtype=np.uint8)
    frame = cv2.resize(coarse, (1920, 1080), interpolation=cv2.INTER_CUBIC)
    fine, quick = lay_out(frame, size, fit), lay_out_video(frame, size, fit)
    assert np.abs(fine.astype(int) - quick).mean() < 0.5


def test_video_that_fits_is_not_copied():
    assert lay_out_video(WIDE, Size(120, 40)) is WIDE


def test_i420_is_laid_out_too():
    picture = to_i420(np.full((48, 64, 3), 90, np.uint8))
    assert lay_out_video(picture, Size(64, 48)) is picture
    laid = lay_out_video(picture, Size(32, 32))
    assert laid.shape == (32, 32, 3)
    assert np.abs(laid.astype(int) - 90).max() <= 1


def test_sensor_noise_is_averaged_in_large_frames():
    noise = np.random.default_rng(0).normal(128, 20, (1440, 2560, 1)).astype(np.uint8).repeat(3, axis=2)
    assert lay_out_video(noise, Size(320, 180)).std() < 4, "every eighth pixel alone would keep 20"
