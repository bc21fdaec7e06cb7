"""Hair, hats and the few features of a face that are seen from afar."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from training.people.anatomy import BODY, HAIR, TIGHTS
from training.people.person import DARK_COATS, any_colour, one_of, pick
from training.people.surface import Floats, Material
from training.people.tailor import Tailor

WOMEN = {"short": 0.25, "long": 0.4, "bun": 0.15, "tail": 0.15, "curly": 0.15, "bald": 0.005}
MEN = {"short": 0.8, "bald": 0.0, "crown": 0.0, "long": 0.06, "curly": 0.12}


def _scalp(t: Tailor, shift: float) -> Floats:
    """How far vertices are above the hairline, which is ``shift`` metres higher than usual."""
    _, y, z = (t.anatomy.rest - t.anatomy.eye).T
    line = np.interp(y, [-0.02, 0.03, 0.08, 0.12, 0.2], [0.062, 0.045, 0.0, -0.05, -0.08])
    return np.where(t.anatomy.is_head, z - line - shift, -0.05)


def hair(t: Tailor, under_hat: bool) -> None:
    """A cap of hair on the scalp, and what hangs or is tied behind it."""
    rng, person, a = t.rng, t.person, t.anatomy
    b, g, r = (0.75 * c for c in person.hair)
    strands = Material(person.hair, (b, g, r), "mottle", 0.03, gloss=0.05, folds=0.2, grain=0.08)
    strands = replace(strands, seed=int(rng.integers(1 << 30)))
    bald = 0.5 if person.old else 0.15
    style = pick(rng, WOMEN if person.woman else MEN | {"bald": bald, "crown": bald})
    if style == "bald":
        return
    thick = {"short": rng.uniform(0.004, 0.022), "curly": rng.uniform(0.02, 0.07), "crown": 0.007}
    scalp = _scalp(t, 0.0)
    if style == "crown":
        scalp = np.minimum(scalp, a.eye[2] + rng.uniform(0.02, 0.06) - a.rest[:, 2])
    away = float(thick.get(style, rng.uniform(0.01, 0.02))) * (0.4 if under_hat else 1.0)
    t.shell(BODY, np.minimum(scalp, -t.hat), away, strands, noise=0.12 * away + 0.001)
    if style == "long" and rng.random() < 0.25:
        _locks(t, strands)
    elif style == "long":
        long = rng.uniform(0.1, 0.24)
        radii = np.array([rng.uniform(0.08, 0.1), rng.uniform(0.065, 0.085), long])
        place = np.array([0, 0.12 + 0.3 * t.thick, 0.04 - 0.75 * long])
        t.solid("head", t.eye + place * t.size, radii * t.size, strands, 2.6)
    elif style in {"bun", "tail"}:
        radii = np.full(3, rng.uniform(0.03, 0.05))
        back = np.array([0, 0.19, rng.choice([-0.02, 0.06, 0.1])])
        if style == "tail":
            radii *= (0.7, 0.7, rng.uniform(2.0, 3.5))
            back = np.array([0, 0.165 + 0.5 * t.thick, 0.05 - 0.8 * radii[2]])
        t.solid("head", t.eye + back * t.size, radii * t.size, strands, 2.0)


def _locks(t: Tailor, strands: Material) -> None:
    _, y, z = t.anatomy.rest.T
    behind = np.maximum(y - t.anatomy.eye[1] - 0.05, z - t.anatomy.eye[2] - 0.06)
    end = float(t.rng.uniform(0.33, 0.62))
    low = np.clip((0.62 - z) / 0.1, 0, 1)  # lies over the collar
    away = float(t.rng.uniform(0.005, 0.025)) + low * (t.thick + 0.025)
    t.shell(HAIR, np.minimum(behind, z - end), away, strands, rounds=1, noise=0.006)


def headgear(t: Tailor, kind: str) -> None:
    """A beanie, a cap, a hat with a brim, a hood or a headscarf."""
    rng, a = t.rng, t.anatomy
    material = t.cloth(any_colour(rng) if rng.random() < 0.6 else one_of(rng, DARK_COATS), 0.15)
    if kind in {"hood", "scarf"}:
        _wrap(t, kind, material)
        return
    t.hat = _scalp(t, 0.0 if kind == "beanie" else 0.015)
    if kind == "brim":
        t.hat = np.where(a.is_head, a.rest[:, 2] - a.eye[2] - 0.05, -0.05)
    t.shell(BODY, t.hat, float(rng.uniform(0.014, 0.03)), material, rounds=4, noise=0.001)
    if kind != "beanie":
        front = t.eye + np.array([0, 0.09 if kind == "brim" else -0.03, 0.065]) * t.size
        wide = rng.uniform(0.16, 0.23) if kind == "brim" else 0.085
        t.solid("head", front, np.array([wide * 0.9, wide, 0.008]) * t.size, material, 2.0)


def _wrap(t: Tailor, kind: str, material: Material) -> None:
    """All of the head but the face, and for a headscarf the shoulders."""
    a, rng = t.anatomy, t.rng
    z, neck = a.rest[:, 2], a.joint(a.heads, "neck01")[2]
    x, back, up = (a.rest - a.eye).T
    face = np.minimum.reduce([0.035 - back, up + 0.125, 0.065 - np.abs(x)])
    around = np.where(a.arm == 0, np.minimum(z - neck + 0.02, neck + 0.11 - z), -0.05)
    keep = np.minimum(np.maximum(_scalp(t, -0.005), around), np.maximum(_scalp(t, -0.02), -face))
    t.shell(BODY, keep, float(rng.uniform(0.018, 0.04)), material, rounds=10, noise=0.004)
    if kind == "scarf":
        shoulders = np.minimum(z - rng.uniform(0.38, 0.48), 0.1 - a.arm)
        over = t.over
        t.shell(TIGHTS, shoulders, 0.045, material, rounds=10, noise=0.006, over=True)
        t.over = over  # it ends anywhere: what is under it is drawn too


def face_tint(t: Tailor) -> Floats:
    """Brows, lips, sockets and a beard, as factors on the skin's colour (V, 3)."""
    a, rng, person = t.anatomy, t.rng, t.person
    tint = np.ones((a.vertices, 3), np.float32)
    skin, hair = (np.array(c) ** 2.2 for c in (person.skin, person.hair))
    x, y, z = (t.rest - t.eye).T / t.size
    eye = abs(float(a.joint(t.heads, "eye.L")[0])) / t.size
    front = a.is_head & (y < 0.01)
    brow = front & (np.abs(np.abs(x) - eye) < 0.022) & (np.abs(z - 0.02) < 0.006)
    tint[brow] = 0.3 + 0.7 * hair / skin
    tint[front & (np.hypot(np.abs(x) - eye, z) < 0.017)] *= 0.7
    lips = front & (np.abs(x) < 0.025) & (np.abs(z + 0.072) < 0.009)
    tint[lips] *= (0.55, 0.5, 0.85)
    if rng.random() < 0.06:  # sunglasses
        tint[front & (np.abs(x) < 0.065) & (np.abs(z) < 0.02)] = 0.04 / skin
    if not person.woman and not person.child and rng.random() < 0.4:
        beard = a.is_head & (z < -0.045) & (z > -0.13) & (y < 0.055) & ~lips
        tint[beard] = rng.uniform(0.2, 0.7) * tint[beard] + 0.4 * hair / skin
    return np.minimum(tint, 5.0)  # white brows in a dark face are grey
