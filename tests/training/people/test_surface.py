"""Patterns have both their colours, coats open at the front only, and noise is the same for a seed."""

import numpy as np
import pytest

pytest.importorskip("torch")
from training.people.surface import PATTERNS, Material, folds, texture, waves

pytestmark = pytest.mark.training

WHITE, BLACK = (1.0, 1.0, 1.0), (0.0, 0.0, 0.0)


@pytest.fixture
def chest() -> np.ndarray:
    rng = np.random.default_rng(0)
    return rng.uniform((-0.2, -0.15, 0.1), (0.2, 0.1, 0.5), (4000, 3)).astype(np.float32)


@pytest.mark.parametrize("pattern", sorted(set(PATTERNS) - {"plain"}))
def test_a_pattern_shows_two_colours(pattern: str, chest: np.ndarray) -> None:
    shades = texture(Material(WHITE, BLACK, pattern, 0.05, seed=3), chest)[:, 0]
    assert shades.min() < 0.65
    assert shades.max() > 0.9


def test_plain_is_plain(chest: np.ndarray) -> None:
    np.testing.assert_allclose(texture(Material((0.2, 0.4, 0.6)), chest), [(0.2, 0.4, 0.6)] * len(chest))


def test_an_open_coat_shows_the_shirt_in_front_only(chest: np.ndarray) -> None:
    coat = Material(BLACK, inner=WHITE, opening=0.05)
    seen = texture(coat, chest)[:, 0] == 1
    assert seen.any()
    assert (chest[seen, 1] < 0.02).all()
    assert (np.abs(chest[seen, 0]) < 0.08).all()


def test_straps_are_on_both_shoulders(chest: np.ndarray) -> None:
    seen = texture(Material(BLACK, straps=WHITE), chest)[:, 0] == 1
    assert (chest[seen, 0] > 0).any()
    assert (chest[seen, 0] < 0).any()
    assert (chest[seen, 2] > 0.22).all()


def test_folds_only_where_there_is_cloth(chest: np.ndarray) -> None:
    assert not folds(Material(WHITE), chest).any()
    assert folds(Material(WHITE, folds=0.2, seed=1), chest).std() > 0.02


def test_noise_depends_on_its_seed_alone(chest: np.ndarray) -> None:
    np.testing.assert_array_equal(waves(chest, 1, 10, 30), waves(chest, 1, 10, 30))
    assert np.abs(waves(chest, 1, 10, 30) - waves(chest, 2, 10, 30)).mean() > 0.1
