import cv2
import numpy as np
import pytest

from vcam.core.frame import Size
from vcam.imaging.planes import (
    TO_RGB,
    Planes,
    empty_picture,
    even,
    from_i420,
    from_nv12,
    from_yuyv,
    full_range,
    resized,
    to_i420,
    to_pixels,
)


@pytest.fixture
def smooth():
    small = np.random.default_rng(0).integers(60, 200, (3, 3, 3), dtype=np.uint8)
    return cv2.resize(small, (96, 64), interpolation=cv2.INTER_LINEAR)


def test_there_and_back_again(smooth):
    picture = to_i420(smooth)
    assert picture.shape == (96, 96)
    assert Size.of_image(picture) == Size.of_image(smooth) == Size(96, 64)
    assert np.abs(to_pixels(picture).astype(int) - smooth).mean() < 2
    assert to_pixels(smooth) is smooth


def test_planes_are_views():
    picture = empty_picture(Size(8, 4))
    for level, plane in enumerate(Planes.of(picture).each):
        plane[:] = level
    assert picture.reshape(-1).tolist() == [0] * 32 + [1] * 8 + [2] * 8


def test_an_odd_side_gets_its_last_pixels_twice():
    pixels = np.zeros((3, 5, 3), np.uint8)
    pixels[-1], pixels[:, -1] = 255, 255
    planes = Planes.of(to_i420(pixels))
    assert even(Size(5, 3)) == Size(6, 4)
    assert planes.y.shape == (4, 6)
    assert np.all(planes.y[-2:] == 235)
    assert np.all(planes.y[:, -2:] == 235)


def test_a_buffer_of_the_right_shape_is_written_into(smooth):
    out = empty_picture(Size(96, 64))
    assert to_i420(smooth, out) is out


def test_full_range_reaches_from_black_to_white():
    assert full_range(np.array([[16, 126, 235, 255]], np.uint8)).tolist() == [[0, 128, 255, 255]]


def test_the_matrix_gives_back_the_colours():
    colours = np.array([[[0, 0, 0], [255, 255, 255], [0, 0, 255], [0, 255, 0], [255, 0, 0]]], np.uint8)
    planes = Planes.of(to_i420(colours.repeat(2, axis=0).repeat(2, axis=1)))
    small = cv2.merge([planes.y[::2, ::2], planes.u, planes.v])
    assert np.abs(cv2.transform(small, TO_RGB)[..., ::-1].astype(int) - colours).max() <= 2


def test_what_cameras_send_becomes_the_same_picture(smooth):
    picture = to_i420(smooth)
    planes = Planes.of(picture)
    yuyv = np.empty((64, 96, 2), np.uint8)
    yuyv[..., 0] = planes.y
    yuyv[:, ::2, 1], yuyv[:, 1::2, 1] = planes.u.repeat(2, axis=0), planes.v.repeat(2, axis=0)
    assert np.array_equal(from_yuyv(yuyv), picture)
    pairs = np.stack([planes.u, planes.v], axis=-1).reshape(32, 96)
    assert np.array_equal(from_nv12(np.concatenate([planes.y, pairs])), picture)
    assert from_i420(picture) is picture


@pytest.mark.parametrize("shape", [(64, 96, 3), (63, 96, 2), (64, 95, 2), (64, 96), (1, 4711), (0, 96, 2)])
def test_a_buffer_that_is_no_yuyv_is_refused(shape):
    with pytest.raises(ValueError, match=r"."):
        from_yuyv(np.zeros(shape, np.uint8))


@pytest.mark.parametrize("shape", [(64, 96, 3), (96, 95), (95, 96), (64, 96), (1, 4711), (0, 96)])
def test_a_buffer_that_is_no_nv12_and_no_i420_is_refused(shape):
    for convert in (from_nv12, from_i420):
        with pytest.raises(ValueError, match=r"."):
            convert(np.zeros(shape, np.uint8))


def test_both_kinds_of_picture_can_be_resized(smooth):
    small = resized(smooth, Size(48, 32))
    assert small.shape == (32, 48, 3)
    picture = resized(to_i420(smooth), Size(48, 32))
    assert picture.shape == (48, 48)
    assert np.abs(to_pixels(picture).astype(int) - small).mean() < 2
