import numpy as np
import pytest

from vcam.core.frame import Frame, Size
from vcam.imaging.planes import Planes, to_i420
from vcam.imaging.scale import LEVELS, Pyramid, halve, halved


def noise(height, width, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


@pytest.mark.parametrize(
    ("size", "half"), [(Size(1280, 720), Size(640, 360)), (Size(3, 1), Size(2, 1)), (Size(1, 1), Size(1, 1))]
)
def test_half_a_size_is_rounded_up(size, half):
    assert halved(size) == half


def test_each_pixel_of_a_half_is_the_mean_of_four():
    frame = noise(8, 12)
    blocks = frame.reshape(4, 2, 6, 2, 3).astype(int).sum(axis=(1, 3))
    assert np.array_equal(halve(frame), (blocks + 2) // 4)


def test_a_buffer_of_the_right_shape_is_written_into():
    out = np.empty((4, 6, 3), np.uint8)
    assert halve(noise(8, 12), out) is out


def test_an_odd_frame_keeps_its_mean():
    frame = noise(91, 33)
    assert abs(float(halve(frame).mean()) - float(frame.mean())) < 1


def grey(frame):
    """The brightness that the pyramid halves."""
    return Planes.of(to_i420(frame.pixels)).y


def test_levels_are_made_once_for_a_frame():
    frame = Frame(noise(64, 96), 0, 0.0)
    pyramid = Pyramid()
    assert np.array_equal(pyramid.picture(frame), to_i420(frame.pixels))
    third = pyramid.brightness(frame, LEVELS)
    assert third.shape == (8, 12)
    before = third.copy()
    third[:] = 0  # were it made again, it would be overwritten
    assert pyramid.brightness(frame, LEVELS) is third
    assert not third.any()
    assert before.any()
    assert pyramid.brightness(frame, 1).shape == (32, 48)


def test_the_planes_of_a_level_have_one_size():
    frame = Frame(noise(66, 94), 0, 0.0)
    pyramid = Pyramid()
    for level, shape in ((1, (33, 47)), (2, (17, 24)), (LEVELS, (9, 12))):
        planes = pyramid.level(frame, level)
        assert {plane.shape for plane in planes} == {shape}
        assert np.array_equal(pyramid.small(frame, level), np.stack(planes, axis=-1))


def test_another_frame_takes_the_place_of_the_former():
    pyramid = Pyramid()
    first, second = Frame(noise(64, 96, 1), 0, 0.0), Frame(noise(64, 96, 2), 1, 0.0)
    before = pyramid.small(first, 2).copy()
    assert np.array_equal(pyramid.brightness(second, 2), halve(halve(grey(second))))
    assert not np.array_equal(pyramid.small(second, 2), before)


def test_a_camera_that_gives_i420_is_taken_at_its_word():
    pyramid = Pyramid()
    pixels = noise(64, 96)
    converted = pyramid.small(Frame(pixels, 0, 0.0), 2).copy()
    picture = to_i420(pixels)
    picture.flags.writeable = False
    frame = Frame(picture, 1, 0.1)
    assert frame.size == Size(96, 64)
    assert pyramid.picture(frame) is picture
    assert np.array_equal(pyramid.small(frame, 2), converted)
    assert pyramid.picture(Frame(pixels, 2, 0.2)) is not picture, "a camera's frame is not to be written into"


@pytest.mark.parametrize(("sides", "quarter"), [((30, 40), (8, 10)), ((29, 39), (8, 10)), ((1, 1), (1, 1))])
def test_a_frame_of_another_size_is_no_trouble(sides, quarter):
    pyramid = Pyramid()
    pyramid.small(Frame(noise(64, 96), 0, 0.0), 2)
    assert pyramid.small(Frame(noise(*sides), 1, 0.0), 2).shape == (*quarter, 3)


@pytest.mark.parametrize(
    ("frame", "size", "shape"),
    [
        ((720, 1280), Size(256, 144), (180, 320)),
        ((36, 64), Size(256, 144), (36, 64)),
        ((288, 512), Size(4, 4), (36, 64)),
    ],
)
def test_the_nearest_level_is_no_smaller_than_what_is_wanted(frame, size, shape):
    assert Pyramid().nearest(Frame(noise(*frame), 0, 0.0), size).shape == shape
