"""Garments stand off the body, hide what is under them, and people come in all tones and ages."""

import numpy as np
import pytest

pytest.importorskip("anny")
from training.people.anatomy import BODY_VERTICES, TIGHTS, Anatomy, superellipsoid
from training.people.clothes import dress
from training.people.person import random_person
from training.people.surface import Material
from training.people.tailor import Tailor

pytestmark = [pytest.mark.training, pytest.mark.timeout(900)]

RED = Material((0.0, 0.0, 1.0))


def tailor(anatomy: Anatomy, seed: int) -> Tailor:
    rng = np.random.default_rng(seed)
    return Tailor(anatomy, random_person(rng), rng)


def test_a_shell_is_cut_where_it_ends_and_stands_off(anatomy: Anatomy) -> None:
    t = tailor(anatomy, 1)
    t.shell(TIGHTS, anatomy.rest[:, 2] - 0.2, 0.03, RED, rounds=0, noise=0.0)
    part = t.parts[-1]
    assert part.cut is not None
    assert part.skin is not None
    away = np.linalg.norm(part.rest - t.rest[part.skin], axis=1)
    np.testing.assert_allclose(away, 0.03 * t.size, rtol=0.02)
    assert part.cut.min() < 0 < part.cut.max()


def test_what_lies_under_a_garment_is_not_drawn(anatomy: Anatomy) -> None:
    t = tailor(anatomy, 2)
    t.shell(TIGHTS, anatomy.rest[:, 2] - 0.0, 0.03, RED)
    t.shell(TIGHTS, anatomy.rest[:, 2] + 0.4, 0.01, RED)
    under = t.parts[-1]
    assert under.cut is not None
    assert under.skin is not None
    assert anatomy.rest[under.skin[under.cut > 0], 2].max() <= 0.03


@pytest.mark.parametrize("seed", range(6))
def test_dressed_people_have_sound_parts(anatomy: Anatomy, seed: int) -> None:
    parts = dress(tailor(anatomy, seed))
    assert len(parts) >= 5
    for part in parts:
        assert np.isfinite(part.rest).all()
        assert part.faces.max() < len(part.rest)
        assert part.skin is not None
        assert len(part.skin) == len(part.rest)


def test_little_skin_is_seen(anatomy: Anatomy) -> None:
    t = tailor(anatomy, 3)
    dress(t)
    skin = next(p for p in t.parts if p.tint is not None)
    assert len(skin.rest) < 0.9 * BODY_VERTICES


def test_people_are_of_all_tones_and_ages() -> None:
    rng = np.random.default_rng(0)
    people = [random_person(rng) for _ in range(300)]
    tones = np.array([np.mean(p.skin) for p in people])
    assert (np.histogram(tones, 4, (0.1, 0.85))[0] > 30).all()
    assert sum(p.old for p in people) > 60
    assert sum(p.child for p in people) > 10
    assert 100 < sum(p.woman for p in people) < 200


def test_solids_are_closed() -> None:
    points, faces = superellipsoid(2.0)
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1, atol=1e-5)
    assert set(np.unique(faces)) == set(range(len(points)))
