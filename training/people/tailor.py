"""Cuts and sews: shells of cloth over the helper meshes, and solids that hang on a bone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.random import Generator

from training.people.anatomy import (
    BODY,
    BODY_VERTICES,
    HAIR,
    SKIRT,
    TIGHTS,
    Anatomy,
    Part,
    compact,
    superellipsoid,
)  # fmt: skip
from training.people.person import Colour, Person, any_colour, pick
from training.people.raster import vertex_normals
from training.people.surface import Material, waves

TUCK = 0.02  # metres that a garment goes on under the next one


class Tailor:
    """One body and what has been put on it so far."""

    def __init__(self, anatomy: Anatomy, person: Person, rng: Generator) -> None:
        self.anatomy, self.person, self.rng = anatomy, person, rng
        self.rest, self.heads = anatomy.body(person.phenotype)
        self.normals = {
            name: vertex_normals(self.rest, anatomy.groups[name]) for name in (BODY, TIGHTS, SKIRT, HAIR)
        }
        self.size = float(np.ptp(self.rest[:BODY_VERTICES, 2])) / 1.66
        self.over = np.full(anatomy.vertices, -1.0)  # how far inside the garments so far, metres
        self.parts: list[Part] = []
        self.thick = 0.0  # metres that the outer garment stands off, roughly
        self.straps: Colour | None = None  # of a backpack
        self.hat = np.full(anatomy.vertices, -1.0)  # how far under a hat, metres
        self.eye = 0.5 * (anatomy.joint(self.heads, "eye.L") + anatomy.joint(self.heads, "eye.R"))

    def cloth(self, colour: Colour, patterned: float = 0.0, **more: Any) -> Material:
        """Cloth of a colour, patterned with this probability."""
        rng = self.rng
        names = {"stripes": 2, "pinstripes": 1, "check": 2, "blobs": 2, "block": 1, "print": 1.5, "mottle": 1}
        pattern = pick(rng, names) if rng.random() < patterned else "plain"
        scale = float(rng.uniform(0.02, 0.12))
        material = Material(
            colour, any_colour(rng), pattern, scale, gloss=float(rng.choice([0.005, 0.02, 0.08]))
        )
        return replace(
            material, folds=float(rng.uniform(0.06, 0.28)), seed=int(rng.integers(1 << 30)), **more
        )

    def shell(
        self,
        group: str,
        within: Any,
        offset: Any,
        material: Material,
        *,
        rounds: int = 2,
        noise: float = 0.003,
        over: bool = False,
    ) -> None:
        """A layer ``offset`` metres (one number or (V,)) over a helper mesh, where ``within`` (V,) > 0.

        ``over``: is drawn although something already lies over it.
        """
        a = self.anatomy
        faces = a.groups[group]
        if group == TIGHTS and not over:
            within = np.minimum(within, TUCK - self.over)
        faces = faces[(within > 0)[faces].any(1)]
        if not len(faces):
            return
        used, faces = compact(faces)
        points = a.smooth(self.rest, group, rounds)[used]
        away = np.broadcast_to(np.asarray(offset, np.float32) * self.size, (a.vertices,))[used, None]
        away = away + (noise * waves(points, material.seed, 10, 35))[:, None]
        points = (points + self.normals[group][used] * away).astype(np.float32)
        cut = within[used].astype(np.float32)
        self.parts.append(Part(points, used, faces, material, cut=cut))
        if group == TIGHTS:
            self.over = np.maximum(self.over, within)

    def tube(self, length: float, thick: float, flare: float, material: Material) -> None:
        """Coat tails or a skirt: down to this share of the leg."""
        a = self.anatomy
        down = np.clip(a.leg, 0, 1)
        away, noise = thick + flare * down, 0.004 + 0.02 * down.max() * flare
        self.shell(SKIRT, length - a.leg, away, material, rounds=3, noise=noise)

    def solid(self, bone: str, centre: Any, radii: Any, material: Material, power: float) -> None:
        """A rounded box (power 4) or an ellipsoid (power 2) that moves with a bone."""
        points, faces = superellipsoid(power)
        skin = np.full(len(points), self.anatomy.vertices + self.anatomy.bones[bone])
        self.parts.append(Part((centre + points * radii).astype(np.float32), skin, faces, material))
