import numpy as np
import pytest

from vcam.core.frame import Size
from vcam.imaging.presenter import draw_presenter
from vcam.imaging.room import draw_room

SIZE = Size(640, 360)


@pytest.mark.parametrize(
    "size", [SIZE, Size(1280, 720), Size(480, 640), Size(64, 36), Size(33, 17), Size(40, 400), Size(1, 1)]
)
def test_any_size_can_be_drawn(size):
    pixels, alpha = draw_presenter(4.7, size)
    assert pixels.shape == (size.height, size.width, 3)
    assert pixels.dtype == np.uint8
    assert alpha.shape == (size.height, size.width)
    assert alpha.dtype == np.float32
    assert 0 <= alpha.min() <= alpha.max() <= 1


def test_the_alpha_is_exact():
    pixels, alpha = draw_presenter(4.7, SIZE)
    room = draw_room(SIZE)
    assert np.array_equal(pixels[alpha == 0], room[alpha == 0])
    person = (pixels - (1 - alpha[..., None]) * room)[alpha > 0.5] / alpha[alpha > 0.5][:, None]
    assert person.min() > -3
    assert person.max() < 258


def test_there_is_a_person_in_the_middle_with_soft_edges():
    _, alpha = draw_presenter(1.0, SIZE)
    assert 0.15 < alpha.mean() < 0.5
    assert alpha[150, 320] == 1
    assert alpha[-1, 320] == 1
    assert np.count_nonzero((alpha > 0) & (alpha < 1)) > 500


def test_the_person_moves_and_the_room_does_not():
    (first, one), (second, other) = draw_presenter(0.0, SIZE), draw_presenter(1.3, SIZE)
    room = (one == 0) & (other == 0)
    assert np.array_equal(first[room], second[room])
    assert np.abs(one - other).mean() > 0.002


def test_the_hand_waves_now_and_then():
    resting, waving = draw_presenter(1.0, SIZE)[1], draw_presenter(4.7, SIZE)[1]
    assert waving[:270, 380:500].sum() > resting[:270, 380:500].sum() + 500


def test_eyes_blink():
    opened, shut = draw_presenter(0.5, SIZE)[0], draw_presenter(3.75, SIZE)[0]
    face = np.s_[120:150, 260:380]
    assert (opened[face].min(axis=2) > 200).sum() > (shut[face].min(axis=2) > 200).sum() + 20


def test_the_same_moment_gives_the_same_picture_in_new_arrays():
    (first, one), (second, other) = draw_presenter(2.0, SIZE), draw_presenter(2.0, SIZE)
    assert first is not second
    assert np.array_equal(first, second)
    assert np.array_equal(one, other)
