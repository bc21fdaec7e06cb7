"""Projects and rasterises a mesh with a z-buffer, in NumPy.

World and camera: metres, x to the right, y away from the viewer, z up. A mesh is in view coordinates already.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.people.surface import Floats, Material

Ints = NDArray[np.int64]
MARGIN = 6  # px around the figure before it is cropped
NEAREST = 0.3  # metres in front of the camera that may still be drawn


@dataclass(frozen=True, slots=True)
class Mesh:
    """Triangles of one scene; ``rest`` are the points in the rest pose, which carry the textures."""

    points: Floats  # (V, 3)
    rest: Floats  # (V, 3)
    tint: Floats  # (V, 3) multiplies the material's colour
    cut: Floats  # (V,) nothing is drawn where it is negative
    faces: Ints  # (F, 3)
    material: Ints  # (F,) index into materials
    materials: list[Material]


@dataclass(frozen=True, slots=True)
class Camera:
    """Where from and how large: metres, and pixels from the highest to the lowest point of the mesh."""

    distance: float
    height: int
    share: float = 1.0  # of the height that is drawn, from the top: the rest is cut by the picture's edge


def project(points: Floats, distance: float, height: float) -> tuple[Floats, Floats, tuple[int, int]]:
    """Pixel positions (V, 2), depths (V,) and the picture's (H, W) for a figure ``height`` px tall."""
    depth = np.maximum(points[:, 1] + distance, NEAREST)
    xy = np.stack([points[:, 0], -points[:, 2]], 1) / depth[:, None]
    low = xy.min(0)
    xy = (xy - low) * (height / (xy[:, 1].max() - low[1])) + MARGIN
    wide, tall = (int(v) + MARGIN for v in xy.max(0))
    return xy.astype(np.float32), depth.astype(np.float32), (tall, wide)


def rasterise(
    xy: Floats, depth: Floats, cut: Floats, faces: Ints, shape: tuple[int, int]
) -> tuple[Ints, Floats]:
    """Nearest face of every pixel (H, W), -1 for none, and its barycentric weights (H, W, 3).

    Faces are not drawn where ``cut`` (V,) is negative: that makes straight hems on any mesh.

    Every pixel centre in every triangle's bounding box is a candidate: with triangles of a few
    pixels this is fewer operations than any loop over them.
    """
    corners = xy[faces]
    one, two, three = corners[:, 0], corners[:, 1], corners[:, 2]
    least, most = np.minimum(np.minimum(one, two), three), np.maximum(np.maximum(one, two), three)
    low = np.maximum(np.ceil(least - 0.5), 0).astype(np.int32)
    high = np.minimum(np.floor(most - 0.5), (shape[1] - 1, shape[0] - 1)).astype(np.int32)
    origin = (low + 0.5).astype(np.float32)
    a, ab, ac = one - origin, two - one, three - one
    area = ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]
    extent = np.maximum(high - low + 1, 0) * (np.abs(area) > 1e-6)[:, None]
    area[area == 0] = 1
    to_v = np.stack([a[:, 1] * ac[:, 0] - a[:, 0] * ac[:, 1], ac[:, 1], -ac[:, 0]]) / area
    to_w = np.stack([a[:, 0] * ab[:, 1] - a[:, 1] * ab[:, 0], -ab[:, 1], ab[:, 0]]) / area
    count = extent[:, 0] * extent[:, 1]
    face = np.repeat(np.arange(len(faces), dtype=np.int32), count)
    step = np.arange(len(face), dtype=np.int32) - np.repeat(
        (np.cumsum(count) - count).astype(np.int32), count
    )
    row = step // extent[face, 0]
    column = step - row * extent[face, 0]
    v = to_v[0][face] + to_v[1][face] * column + to_v[2][face] * row
    w = to_w[0][face] + to_w[1][face] * column + to_w[2][face] * row
    inside = np.flatnonzero((v >= -1e-4) & (w >= -1e-4) & (v + w <= 1.0001))
    face, v, w = face[inside], v[inside].astype(np.float32), w[inside].astype(np.float32)
    pixel = (row[inside] + low[face, 1]) * shape[1] + column[inside] + low[face, 0]
    corner = faces[face]
    u = 1 - v - w
    seen = u * cut[corner[:, 0]] + v * cut[corner[:, 1]] + w * cut[corner[:, 2]] >= 0
    far = u * depth[corner[:, 0]] + v * depth[corner[:, 1]] + w * depth[corner[:, 2]]
    far[~seen] = np.inf
    nearest = np.full(shape[0] * shape[1], np.float32(1e6), np.float32)
    np.minimum.at(nearest, pixel, far)
    won = np.flatnonzero(far == nearest[pixel])
    ids, bary = np.full(nearest.size, -1, np.int64), np.zeros((nearest.size, 3), np.float32)
    ids[pixel[won]] = face[won]
    bary[pixel[won]] = np.stack([u[won], v[won], w[won]], 1)
    return ids.reshape(shape), bary.reshape(*shape, 3)


def vertex_normals(points: Floats, faces: Ints) -> Floats:
    """Area-weighted normals (V, 3)."""
    a, b, c = (points[faces[:, i]] for i in range(3))
    flat = np.cross(b - a, c - a)
    index = faces.T.ravel()
    total = np.stack([np.bincount(index, np.tile(flat[:, i], 3), minlength=len(points)) for i in range(3)], 1)
    length = np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)
    return np.asarray(total / length, np.float32)
