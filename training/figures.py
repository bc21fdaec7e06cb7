"""Invents people and draws them as BGRA cut-outs with a soft alpha into the store ``figures``.

The photographs we may train on show few people who are old, dark-skinned, far away, seen from behind or in
a dark coat. These figures stand far off, where silhouette, pose and clothes matter, not faces.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator

from training.cutout import Bytes
from training.data import Store, StoreWriter
from training.people.anatomy import Anatomy, Part
from training.people.clothes import carried, dress
from training.people.person import pick, random_person
from training.people.pose import Skeleton, random_pose, rotation
from training.people.raster import Camera, Mesh, project, rasterise
from training.people.shading import Light, shade
from training.people.surface import Floats
from training.people.tailor import Tailor

SUPERSAMPLE = 1.3
CHUNK = 100  # figures drawn between two points to go on from


def people(anatomy: Anatomy, rng: Generator, count: int, upper: bool) -> list[tuple[Part, Floats]]:
    """The parts of ``count`` people and their points in the scene; they stand beside each other on z = 0."""
    scene: list[tuple[Part, Floats]] = []
    facing = rng.uniform(-np.pi, np.pi)
    at = np.zeros(3, np.float32)
    for i in range(count):
        person = random_person(rng)
        pose = random_pose(rng, person, upper)
        while count > 1 and pose.name == "sit":
            pose = random_pose(rng, person, upper)
        tailor = Tailor(anatomy, person, rng)
        parts = dress(tailor)
        skeleton = Skeleton(anatomy, tailor.heads, pose)
        parts += carried(tailor, pose, skeleton)
        posed = [skeleton.apply(p) for p in parts]
        turn = rotation("z", facing + (rng.normal(0, 0.7) if i else 0))
        posed = [p @ turn.T for p in posed]
        floor = min(float(p[:, 2].min()) for p in posed)
        scene += [(part, p + at - (0, 0, floor)) for part, p in zip(parts, posed, strict=True)]
        at = at + np.array([rng.uniform(0.42, 0.8), rng.uniform(-0.35, 0.35), 0], np.float32)
    return scene


def join(scene: list[tuple[Part, Floats]], view: Floats) -> Mesh:
    """One mesh of all parts, turned into view and centred."""
    points = np.concatenate([p for _, p in scene])
    points = (points - (points.min(0) + points.max(0)) / 2) @ view.T
    starts = np.cumsum([0] + [len(p) for _, p in scene])
    faces = np.concatenate([part.faces + start for (part, _), start in zip(scene, starts, strict=False)])
    tint = [part.tint if part.tint is not None else np.ones_like(part.rest) for part, _ in scene]
    kinds = np.concatenate([np.full(len(part.faces), i) for i, (part, _) in enumerate(scene)])
    rest = np.concatenate([part.rest for part, _ in scene])
    cut = [part.cut if part.cut is not None else np.ones(len(part.rest), np.float32) for part, _ in scene]
    return Mesh(
        points.astype(np.float32), rest, np.concatenate(tint), np.concatenate(cut), faces, kinds,
        [part.material for part, _ in scene],
    )  # fmt: skip


def figure(anatomy: Anatomy, rng: Generator) -> tuple[Bytes, tuple[bool, bool, bool, bool]]:
    """One cut-out (H, W, 4) BGRA with straight colours, and which picture edges cut it."""
    kind = pick(rng, {"whole": 0.63, "upper": 0.25, "group": 0.12})
    count = int(rng.integers(2, 5)) if kind == "group" else 1
    scene = people(anatomy, rng, count, kind == "upper")
    mesh = join(scene, rotation("x", float(rng.normal(0.06, 0.1))))
    height, near, share = int(rng.integers(240, 321)), 2.2 + 0.6 * count, 1.0
    if kind == "upper":
        height, near, share = int(height * rng.uniform(1.7, 2.0)), 1.3, float(rng.uniform(0.42, 0.56))
    camera = Camera(float(rng.uniform(near, 3 * near)), height, share)
    picture = draw(mesh, camera, Light.random(rng), rng)
    return picture, (False, False, False, kind == "upper")


def draw(mesh: Mesh, camera: Camera, light: Light, rng: Generator) -> Bytes:
    """The mesh as (H, W, 4) uint8 BGRA with straight colours, cropped to what is seen."""
    xy, depth, shape = project(mesh.points, camera.distance, camera.height * SUPERSAMPLE)
    shape = (int(shape[0] * camera.share), shape[1])
    face, bary = rasterise(xy, depth, mesh.cut, mesh.faces, shape)
    colour = shade(mesh, light, depth, (face, bary), rng)
    alpha = (face >= 0).astype(np.float32)
    soft = rng.uniform(0.5, 1.1) * SUPERSAMPLE * 0.55  # a lens is never as sharp as a rasteriser
    premultiplied = np.dstack([colour * alpha[..., None], alpha])
    premultiplied = cv2.GaussianBlur(premultiplied, (0, 0), soft)
    size = (max(1, round(shape[1] / SUPERSAMPLE)), max(1, round(shape[0] / SUPERSAMPLE)))
    small = cv2.resize(premultiplied, size, interpolation=cv2.INTER_AREA)
    straight = small[..., :3] / np.maximum(small[..., 3:], 1e-3)
    out = np.clip(np.dstack([straight, small[..., 3]]) * 255, 0, 255).round().astype(np.uint8)
    ys, xs = np.nonzero(out[..., 3] > 8)
    return np.ascontiguousarray(out[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1])


def generate(folder: Path, count: int, seed: int) -> None:
    """Fill the store ``figures`` in ``folder``; it appears there only when it is complete.

    What was drawn is kept in chunks, so that a run that was broken off, or a larger one, goes on from there.
    """
    parts = folder / f"figures.{seed}"
    anatomy: Anatomy | None = None
    names = [f"{first:06d}" for first in range(0, count, CHUNK)]
    for name in names:
        if not (parts / f"{name}.json").exists():
            parts.mkdir(parents=True, exist_ok=True)
            anatomy = anatomy or Anatomy()
            start = time.process_time()
            _draw_chunk(anatomy, parts, name, seed)
            print(json.dumps({"chunk": name, "cpu_s": round(time.process_time() - start, 1)}), flush=True)
    whole = StoreWriter(parts, "figures")
    for name in names:
        chunk = Store(parts, name)
        for i, item in enumerate(chunk.items):
            whole.add(chunk[i], item.name, item.source, item.group, item.touches)
    whole.close()
    for suffix in ("bin", "json"):
        (parts / f"figures.{suffix}").replace(folder / f"figures.{suffix}")


def _draw_chunk(anatomy: Anatomy, parts: Path, name: str, seed: int) -> None:
    writer = StoreWriter(parts, name)
    for i in range(int(name), int(name) + CHUNK):
        picture, touches = figure(anatomy, np.random.default_rng((seed, i)))
        writer.add(picture, f"figure{i:06d}", "figures", str(i), touches)
    writer.close()


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stores", type=Path, default=Path(".cache/training/stores"))
    args = parser.parse_args()
    generate(args.stores, args.count, args.seed)


if __name__ == "__main__":
    main()
