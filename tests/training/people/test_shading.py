"""Light falls from where the lamp is, and what stands in its way casts a shadow."""

import numpy as np
import pytest

pytest.importorskip("torch")
from training.people.raster import Mesh, rasterise
from training.people.shading import Light, lamp_shadow, occlusion, shade
from training.people.surface import Material

pytestmark = pytest.mark.training


def wall(y: float, half: float) -> np.ndarray:
    """Corners of a square that faces the viewer."""
    return np.array([[-half, y, -half], [half, y, -half], [half, y, half], [-half, y, half]], np.float32)


def mesh(points: np.ndarray) -> Mesh:
    squares = len(points) // 4
    faces = np.concatenate([np.array([[0, 1, 2], [0, 2, 3]]) + 4 * i for i in range(squares)])
    ones = np.ones((len(points), 3), np.float32)
    return Mesh(
        points, points, ones, ones[:, 0], faces, np.zeros(len(faces), int), [Material((0.5, 0.5, 0.5))]
    )


def light(y: float) -> Light:
    grey = np.full(3, 0.2, np.float32)
    return Light(np.array([0, y, 0], np.float32), np.ones(3, np.float32), grey, grey)


def brightness(lamp: Light) -> float:
    scene = mesh(wall(0, 1))
    xy = (scene.points[:, [0, 2]] * 8 + 10).astype(np.float32)
    depth = np.ones(4, np.float32)
    seen = rasterise(xy, depth, scene.cut, scene.faces, (20, 20))
    return float(shade(scene, lamp, depth, seen, np.random.default_rng(0))[10, 10].mean())


def test_a_lamp_behind_leaves_the_front_dark() -> None:
    assert brightness(light(-1)) > 1.3 * brightness(light(1))


def test_what_stands_before_the_lamp_casts_a_shadow() -> None:
    x = np.linspace(-0.3, 0.3, 40, dtype=np.float32)
    grid = np.array([(a, -0.5, b) for a in x for b in x], np.float32)  # a screen of many points
    screen = mesh(np.concatenate([wall(0, 1), grid]))
    places = np.array([[0, 0, 0], [0.8, 0, 0.8]], np.float32)
    shadow = lamp_shadow(screen, places, np.array([0, -1, 0], np.float32))
    np.testing.assert_allclose(shadow, (0, 1))


def test_what_lies_deeper_than_its_surroundings_is_darker() -> None:
    distance = np.full((120, 120), 3, np.float32)
    distance[50:70, 50:70] = 3.2
    seen = occlusion(distance, np.ones((120, 120), bool))
    assert seen[60, 60] < seen[10, 10] - 0.05


def test_lamps_come_from_the_front_and_from_behind() -> None:
    rng = np.random.default_rng(0)
    depth = [Light.random(rng).direction for _ in range(60)]
    assert 8 < sum(d[1] > 0 for d in depth) < 40
    assert all(np.linalg.norm(d) == pytest.approx(1, abs=1e-5) for d in depth)
    assert all(d[2] > 0 for d in depth)
