import numpy as np
import pytest

from vcam.imaging.words import kind_of, lay, mixed, spread, take


@pytest.mark.parametrize(("width", "length"), [(640, 4), (4, 4), (427, 1), (6, 1), (1, 1)])
def test_rows_that_hold_no_whole_number_of_words_are_taken_byte_by_byte(width, length):
    assert kind_of(4, width).itemsize == length


@pytest.mark.parametrize("kind", [np.dtype("u1"), np.dtype("u4")])
def test_only_words_that_are_all_person_or_all_background_are_left_out(kind):
    alpha = np.array(
        [[0, 0, 0, 0, 255, 255, 255, 255], [0, 0, 0, 1, 255, 254, 255, 255], [0, 0, 255, 255, 7, 7, 7, 7]],
        np.uint8,
    )
    found = mixed(alpha, kind)
    assert found.tolist() == ([2, 3, 4, 5] if kind.itemsize == 4 else [11, 13, 20, 21, 22, 23])


def test_what_is_taken_and_laid_again_is_the_same():
    picture = np.random.default_rng(0).integers(0, 256, (6, 8), dtype=np.uint8)
    before, words, kind = picture.copy(), np.array([3, 0, 11]), np.dtype("u4")
    taken = take(picture, words, kind)
    assert taken.tolist() == [*before.flat[12:16], *before.flat[:4], *before.flat[44:]]
    lay(np.zeros_like(taken), picture, words, kind)
    assert not take(picture, words, kind).any()
    assert np.count_nonzero(picture != before) <= 12
    lay(taken, picture, words, kind)
    assert np.array_equal(picture, before)


def test_a_byte_is_spread_over_its_word():
    values = np.array([7, 255, 0], np.uint8)
    assert spread(values, np.dtype("u4")).tolist() == [7] * 4 + [255] * 4 + [0] * 4
    assert spread(values, np.dtype("u1")).tolist() == [7, 255, 0]
