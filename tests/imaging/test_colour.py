import cv2
import numpy as np
import pytest

from vcam.core.frame import Frame, Size
from vcam.imaging.colour import bgr_to_i420, bgr_to_nv12, luma, resize_luma, thumbnail
from vcam.imaging.scale import Pyramid


@pytest.fixture
def picture():
    small = np.random.default_rng(0).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return cv2.resize(small, (64, 48), interpolation=cv2.INTER_LINEAR)


def test_luma_weighs_green_most():
    pure = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]], np.uint8)
    assert luma(pure).tolist() == [[29, 150, 76, 255]]


def test_luma_can_be_resized(picture):
    assert resize_luma(luma(picture), Size(20, 10)).shape == (10, 20)


def test_i420_comes_back_as_the_same_picture(picture):
    back = cv2.cvtColor(bgr_to_i420(picture), cv2.COLOR_YUV2BGR_I420)
    assert np.abs(back.astype(int) - picture).mean() < 6


def test_nv12_comes_back_as_the_same_picture(picture):
    back = cv2.cvtColor(bgr_to_nv12(picture), cv2.COLOR_YUV2BGR_NV12)
    assert np.array_equal(back, cv2.cvtColor(bgr_to_i420(picture), cv2.COLOR_YUV2BGR_I420))


def test_black_and_white_keep_to_the_limited_range():
    flat = np.zeros((2, 4, 3), np.uint8)
    assert bgr_to_i420(flat).tolist() == [[16] * 4] * 2 + [[128] * 4]
    assert bgr_to_nv12(flat + 255)[:2].tolist() == [[235] * 4] * 2


@pytest.mark.parametrize("convert", [bgr_to_i420, bgr_to_nv12])
def test_buffers_are_reused(convert, picture):
    out = np.empty((72, 64), np.uint8)
    assert convert(picture, out) is out


@pytest.mark.parametrize("convert", [bgr_to_i420, bgr_to_nv12])
@pytest.mark.parametrize("shape", [(3, 4, 3), (4, 3, 3)])
def test_odd_sizes_are_refused_with_both_sides(convert, shape):
    with pytest.raises(ValueError, match=r"got a picture of .*×.* != wanted an even width and height"):
        convert(np.zeros(shape, np.uint8))


@pytest.mark.parametrize("size", [(720, 1280), (1080, 1920), (120, 160)])
def test_a_thumbnail_has_one_size_and_the_frames_brightness(size):
    frame = Frame(np.full((*size, 3), 200, np.uint8), 0, 0.0)
    small = thumbnail(frame, Pyramid())
    assert small.shape == (36, 64)
    assert np.all(small == 200)
