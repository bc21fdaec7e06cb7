"""The nearest triangle is drawn, hems are straight, and a figure is as tall as it should be."""

import numpy as np
import pytest

pytest.importorskip("torch")
from training.people.raster import project, rasterise, vertex_normals

pytestmark = pytest.mark.training

SQUARE = np.array([[2, 2], [18, 2], [18, 18], [2, 18]], np.float32)
FACES = np.array([[0, 1, 2], [0, 2, 3]])


def test_every_pixel_of_a_square_is_hit_once_and_no_other() -> None:
    face, bary = rasterise(SQUARE, np.ones(4, np.float32), np.ones(4, np.float32), FACES, (20, 20))
    assert (face[2:18, 2:18] >= 0).all()
    assert (face >= 0).sum() == 16 * 16
    np.testing.assert_allclose(bary[face >= 0].sum(1), 1, atol=1e-5)


def test_barycentric_weights_find_the_place_again() -> None:
    face, bary = rasterise(SQUARE, np.ones(4, np.float32), np.ones(4, np.float32), FACES, (20, 20))
    place = np.einsum("kc,k->c", SQUARE[FACES[face[5, 12]]], bary[5, 12])
    np.testing.assert_allclose(place, (12.5, 5.5), atol=1e-3)


@pytest.mark.parametrize("near", [0, 1])
def test_the_nearer_of_two_wins_whatever_the_order(near: int) -> None:
    points = np.concatenate([SQUARE, SQUARE])
    depth = np.full(8, 5, np.float32)
    depth[4 * near : 4 * near + 4] = 2
    face, _ = rasterise(points, depth, np.ones(8, np.float32), np.concatenate([FACES, FACES + 4]), (20, 20))
    assert (face[3:17, 3:17] // 2 == near).all()


def test_a_hem_is_straight_across_triangles() -> None:
    cut = (10 - SQUARE[:, 1]).astype(np.float32)
    face, _ = rasterise(SQUARE, np.ones(4, np.float32), cut, FACES, (20, 20))
    assert (face[2:10, 2:18] >= 0).all()
    assert (face[10:] < 0).all()


def test_what_is_cut_away_hides_nothing() -> None:
    points, cut = np.concatenate([SQUARE, SQUARE]), np.ones(8, np.float32)
    depth = np.array([1] * 4 + [2] * 4, np.float32)
    cut[:4] = -1
    face, _ = rasterise(points, depth, cut, np.concatenate([FACES, FACES + 4]), (20, 20))
    assert (face[2:18, 2:18] >= 2).all()


def test_triangles_beyond_the_picture_are_left_out() -> None:
    face, _ = rasterise(SQUARE - 30, np.ones(4, np.float32), np.ones(4, np.float32), FACES, (20, 20))
    assert (face < 0).all()


def test_a_figure_is_as_tall_as_wanted() -> None:
    points = np.array([[0, 0, 0], [0.3, 0, 1.7], [-0.2, 0.1, 0.9]], np.float32)
    xy, depth, (tall, wide) = project(points, 4.0, 200)
    assert np.ptp(xy[:, 1]) == pytest.approx(200, abs=0.1)
    assert (xy > 0).all()
    assert (xy < (wide, tall)).all()
    assert depth[2] == pytest.approx(4.1)


def test_normals_of_a_flat_square_are_square_to_it() -> None:
    points = np.column_stack([SQUARE, np.zeros(4)]).astype(np.float32)
    np.testing.assert_allclose(vertex_normals(points, FACES), [[0, 0, 1]] * 4, atol=1e-6)
