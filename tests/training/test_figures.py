"""A seed draws the same figure again, cut-outs are soft and cropped, and a broken-off run goes on."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("anny")
from training import figures
from training.data import Store
from training.people.anatomy import Anatomy

pytestmark = [pytest.mark.training, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def anatomy() -> Anatomy:
    return Anatomy()


def test_a_seed_draws_the_same_figure(anatomy: Anatomy) -> None:
    first, _ = figures.figure(anatomy, np.random.default_rng((1, 0)))
    again, _ = figures.figure(anatomy, np.random.default_rng((1, 0)))
    other, _ = figures.figure(anatomy, np.random.default_rng((1, 1)))
    np.testing.assert_array_equal(first, again)
    assert first.shape != other.shape or (first != other).any()


@pytest.mark.parametrize("seed", range(8))
def test_a_cut_out_is_soft_cropped_and_of_the_wanted_size(anatomy: Anatomy, seed: int) -> None:
    picture, touches = figures.figure(anatomy, np.random.default_rng((7, seed)))
    alpha = picture[..., 3]
    assert picture.dtype == np.uint8
    assert 170 < picture.shape[0] < 380
    assert alpha.max() > 250
    assert ((alpha > 20) & (alpha < 235)).sum() > 100
    for edge in (alpha[0], alpha[:, 0], alpha[:, -1]):
        assert edge.max() > 8
    assert touches[:3] == (False, False, False)
    assert touches[3] == ((alpha[-1] > 250).sum() > 10)


def test_upper_bodies_and_whole_ones_are_drawn(anatomy: Anatomy) -> None:
    cut = [figures.figure(anatomy, np.random.default_rng((3, i)))[1][3] for i in range(24)]
    assert 1 <= sum(cut) <= 16


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Numbers of the figures that were drawn, without drawing any."""
    numbers: list[int] = []

    def fake(_: object, rng: np.random.Generator) -> tuple[np.ndarray, tuple[bool, ...]]:
        numbers.append(len(numbers))
        return rng.integers(0, 255, (5, 4, 4), dtype=np.uint8), (False, False, False, True)

    monkeypatch.setattr(figures, "figure", fake)
    monkeypatch.setattr(figures, "Anatomy", object)
    monkeypatch.setattr(figures, "CHUNK", 3)
    return numbers


def test_a_run_goes_on_where_it_was_broken_off(tmp_path: Path, drawn: list[int]) -> None:
    figures.generate(tmp_path, 6, 1)
    whole = Store(tmp_path, "figures")
    (tmp_path / "figures.1" / "000003.json").unlink()  # the index of a chunk is written last
    figures.generate(tmp_path, 6, 1)
    assert len(drawn) == 9
    again = Store(tmp_path, "figures")
    assert [item.group for item in again.items] == ["0", "1", "2", "3", "4", "5"]
    assert all((whole[i] == again[i]).all() for i in range(6))
    assert again.items[0].source == "figures"


def test_a_larger_run_draws_only_what_is_new(tmp_path: Path, drawn: list[int]) -> None:
    figures.generate(tmp_path, 3, 1)
    figures.generate(tmp_path, 9, 1)
    assert len(drawn) == 9
    assert len(Store(tmp_path, "figures")) == 9
