"""Light on a mesh: one lamp with a shadow, the surroundings with what hides them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.people.raster import Ints, Mesh, vertex_normals
from training.people.surface import Floats, folds, texture

GAMMA = 2.2


@dataclass(frozen=True, slots=True)
class Light:
    """One lamp and the surroundings; directions point from the surface to the lamp."""

    direction: Floats  # (3,)
    lamp: Floats  # (3,) BGR
    sky: Floats  # (3,) BGR, from above
    ground: Floats  # (3,) BGR, from below

    @staticmethod
    def random(rng: Generator) -> Light:
        """From anywhere above, a third of the time from behind the figure."""
        turn = rng.uniform(-1.2, 1.2) + (np.pi if rng.random() < 0.33 else 0.0)
        height = rng.uniform(0.15, 1.3)
        direction = np.array([np.sin(turn) * np.cos(height), -np.cos(turn) * np.cos(height), np.sin(height)])
        warm = rng.normal(0, 0.12)
        share, total = rng.uniform(0.1, 0.75), rng.uniform(0.75, 1.35)
        lamp = 1.6 * share * total * np.array([1 - warm, 1.0, 1 + warm])
        sky = (1 - share) * total * (np.ones(3) + rng.normal(0, 0.05, 3))
        ground = sky * rng.uniform(0.25, 0.8)
        return Light(*(np.asarray(a, np.float32) for a in (direction, lamp, sky, ground)))


def shade(mesh: Mesh, light: Light, depth: Floats, seen: tuple[Ints, Floats], rng: Generator) -> Floats:
    """Colours (H, W, 3), sRGB 0..1 in BGR order, of what ``rasterise`` found; else black."""
    face, bary = seen
    hit = face >= 0
    corners, weight = mesh.faces[face[hit]], bary[hit]

    def at(values: Floats) -> Floats:
        return np.asarray(np.einsum("nkc,nk->nc", values[corners], weight, optimize=False), np.float32)

    normal = at(vertex_normals(mesh.points, mesh.faces))
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-6)
    normal *= np.where(normal[:, 1:2] > 0, -1, 1)  # both sides of a cloth are seen
    albedo, bump, gloss = _surfaces(mesh, mesh.material[face[hit]], at(mesh.rest), rng)
    albedo = np.clip(albedo, 0.004, 1) ** GAMMA * at(mesh.tint)
    distance = np.zeros(face.shape, np.float32)
    distance[hit] = at(depth[:, None])[:, 0]
    hollow = occlusion(distance, hit)[hit][:, None]
    shadow = lamp_shadow(mesh, at(mesh.points) + 0.03 * normal, light.direction)[:, None]
    facing = np.clip((normal @ light.direction)[:, None] * 0.85 + 0.15, 0, 1) * shadow
    up = normal[:, 2:] * 0.5 + 0.5
    around = (light.sky * up + light.ground * (1 - up)) * hollow
    half = light.direction + np.array([0, -1, 0], np.float32)
    half /= np.linalg.norm(half) + 1e-6
    shine = (gloss * np.clip(normal @ half, 0, 1) ** 24)[:, None] * shadow
    lit = (albedo * (around + facing * light.lamp) + shine * light.lamp) * (1 + bump[:, None])
    out = np.zeros((*face.shape, 3), np.float32)
    out[hit] = np.clip(1.15 * lit / (1 + 0.3 * lit), 0, 1) ** (1 / GAMMA)
    return out


def _surfaces(mesh: Mesh, kind: Ints, rest: Floats, rng: Generator) -> tuple[Floats, Floats, Floats]:
    """Colour (N, 3), folds (N,) and gloss (N,) at places of these materials."""
    colour = np.empty_like(rest)
    bump, gloss = np.empty(len(rest), np.float32), np.empty(len(rest), np.float32)
    for i in np.unique(kind):
        mine, material = kind == i, mesh.materials[i]
        bump[mine], gloss[mine] = folds(material, rest[mine]), material.gloss
        grain = 1 + material.grain * rng.standard_normal((int(mine.sum()), 1), np.float32)
        colour[mine] = texture(material, rest[mine]) * grain
    return colour, bump, gloss


def occlusion(distance: Floats, hit: NDArray[np.bool_]) -> Floats:
    """How much of the surroundings a pixel sees, 0..1: less where its neighbours are nearer."""
    small = (max(1, distance.shape[1] // 3), max(1, distance.shape[0] // 3))
    mask = cv2.resize(hit.astype(np.float32), small, interpolation=cv2.INTER_AREA)
    near = cv2.resize(distance, small, interpolation=cv2.INTER_AREA)
    result = np.ones_like(distance)
    for share, depth in ((0.012, 0.04), (0.04, 0.14)):
        sigma = max(0.8, share * small[1])
        mean = cv2.GaussianBlur(near, (0, 0), sigma) / (cv2.GaussianBlur(mask, (0, 0), sigma) + 1e-6)
        mean = cv2.resize(mean, distance.shape[::-1], interpolation=cv2.INTER_LINEAR)
        result *= 1 - 0.55 * np.clip((distance - mean) / depth, 0, 1)
    return np.asarray(result, np.float32)


def lamp_shadow(mesh: Mesh, places: Floats, direction: Floats) -> Floats:
    """Share of the lamp's light that reaches each place (N,): a splatted depth map seen from the lamp."""
    side = np.cross(direction, (0.0, 0.0, 1.0) if abs(direction[2]) < 0.95 else (0.0, 1.0, 0.0))
    side /= np.linalg.norm(side)
    over = np.cross(side, direction)
    axes = np.stack([side, over, -direction], 1).astype(np.float32)
    centres = mesh.points[mesh.faces].mean(1)
    caster = np.concatenate([mesh.points, centres]) @ axes
    low, cell = caster.min(0), 0.02
    grid = ((caster[:, :2] - low[:2]) / cell).astype(np.int64) + 2
    shape = tuple(grid.max(0) + 3)
    nearest = np.full(shape, np.float32(1e3), np.float32)
    np.minimum.at(nearest, (grid[:, 0], grid[:, 1]), caster[:, 2])
    nearest = cv2.erode(nearest, np.ones((3, 3), np.uint8))  # closes the gaps between splats
    seen = places @ axes
    at = (seen[:, :2] - low[:2]) / cell + 2
    result = np.zeros(len(places), np.float32)
    for dx, dy in ((-1.4, -0.4), (0.4, -1.4), (1.4, 0.4), (-0.4, 1.4)):
        i = np.clip((at + np.array([dx, dy])).astype(np.int64), 0, np.array(shape) - 1)
        result += 0.25 * (seen[:, 2] < nearest[i[:, 0], i[:, 1]] + 0.07)
    return result
