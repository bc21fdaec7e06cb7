"""Chairs, posts and desks hide rooms and people, and labels follow."""

import numpy as np
import pytest

pytest.importorskip("torch")
from training.furniture import chair, clutter, desk

pytestmark = pytest.mark.training


def test_chair_stands_behind_the_person_and_leaves_the_rest_of_the_room() -> None:
    room = np.full((144, 256, 3), 255, np.uint8)
    drawn = chair(np.random.default_rng(1), room, (100.0, 40.0, 60.0, 104.0))
    changed = (drawn != room).any(2)
    assert changed[60:, 100:160].mean() > 0.2
    assert not changed[:, :60].any()
    assert not changed[:, 200:].any()


@pytest.mark.parametrize("seed", range(8))
def test_what_a_desk_hides_is_no_longer_person(seed: int) -> None:
    person = np.full((144, 256), 255, np.uint8)
    image, surface = np.full((144, 256, 3), 200, np.uint8), np.full((144, 256, 3), 20, np.uint8)
    hidden, matte = desk(np.random.default_rng(seed), image, person, surface)
    np.testing.assert_array_equal(hidden[matte == 255], 200)
    np.testing.assert_array_equal(hidden[matte == 0], 20)
    assert (matte[:80] == 255).all()


@pytest.mark.parametrize("seed", range(8))
def test_clutter_is_made_of_the_other_picture_and_leaves_some_of_the_room(seed: int) -> None:
    room, other = np.full((144, 256, 3), 200, np.uint8), np.full((144, 256, 3), 20, np.uint8)
    cluttered = clutter(np.random.default_rng(seed), room, other)
    assert (cluttered == 20).any()
    assert (cluttered == 200).mean() > 0.1
    assert ((cluttered >= 20) & (cluttered <= 200)).all()
