"""What a figure wears and carries below the neck, from the outermost garment inwards."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from training.people.anatomy import BODY, BODY_VERTICES, EYES, TIGHTS, Part, compact, superellipsoid
from training.people.head import face_tint, hair, headgear
from training.people.person import COATS, DARK_COATS, SHOES, TROUSERS, any_colour, bgr, one_of, pick
from training.people.pose import SIDES, Pose, Skeleton
from training.people.surface import Material
from training.people.tailor import TUCK, Tailor


def dress(t: Tailor) -> list[Part]:
    """Everything that is seen of a person, in the rest pose."""
    rng = t.rng
    outer = pick(rng, {"coat": 0.27, "jacket": 0.22, "suit": 0.08, "top": 0.36, "dress": 0.0})
    if t.person.woman and rng.random() < 0.16:
        outer = "dress"
    t.thick = {"coat": 0.035, "jacket": 0.03}.get(outer, 0.012)
    _accessories(t, outer)
    if outer == "dress":
        _frock(t)
    else:
        _upper(t, outer)
    _shoes(t)
    _skin(t)
    return t.parts


def _accessories(t: Tailor, outer: str) -> None:
    rng, person = t.rng, t.person
    warm = outer in {"coat", "jacket"}
    hat = pick(rng, {
        "": 1.0 if warm else 2.5, "beanie": 0.3 if warm else 0.05, "cap": 0.18, "brim": 0.12,
        "hood": 0.22 if warm else 0.04, "scarf": 0.22 if person.woman else 0.0,
    })  # fmt: skip
    if hat:
        headgear(t, hat)
    if hat not in {"hood", "scarf"}:
        hair(t, bool(hat))
    if (warm and rng.random() < 0.35) or rng.random() < 0.04:
        neck = t.anatomy.joint(t.anatomy.heads, "neck01")[2]
        around = np.where(t.anatomy.arm == 0, 0.055 - np.abs(t.anatomy.rest[:, 2] - neck - 0.01), -0.05)
        t.shell(
            BODY, around, float(rng.uniform(0.02, 0.05)), t.cloth(any_colour(rng), 0.3), rounds=6, noise=0.01
        )
    if rng.random() < 0.16:
        _backpack(t)


def _outer_cloth(t: Tailor, kind: str) -> tuple[Material, float]:
    """What a garment of this kind is made of, and how far it stands off the body, metres."""
    rng = t.rng
    if kind == "suit":
        suit = t.cloth(one_of(rng, DARK_COATS, 0.01), 0.0, inner=(0.9, 0.9, 0.92), opening=0.06)
        return suit, 0.018
    if kind == "top":
        return t.cloth(any_colour(rng), 0.45), float(rng.uniform(0.006, 0.025))
    colour = one_of(rng, COATS, 0.02) if rng.random() < 0.75 else any_colour(rng)
    material = t.cloth(colour, 0.12)
    if rng.random() < 0.45:
        material = replace(material, inner=any_colour(rng), opening=float(rng.uniform(0.02, 0.1)))
    thick = float(rng.uniform(0.02, 0.05))
    if kind == "jacket" and rng.random() < 0.3:
        material = replace(material, pattern="quilt", scale=float(rng.uniform(0.05, 0.1)), gloss=0.1)
    return material, thick


def _upper(t: Tailor, kind: str) -> None:
    rng, a = t.rng, t.anatomy
    x, _, z = a.rest.T
    material, thick = _outer_cloth(t, kind)
    if t.straps is not None:
        material = replace(material, straps=t.straps)
    sleeve = 1.02 if kind != "top" else float(rng.choice([0.0, 0.28, 0.35, 0.5, 0.8, 1.0, 1.0]))
    hem = {
        "coat": 0.02,
        "jacket": rng.uniform(-0.04, 0.12),
        "suit": -0.04,
        "top": rng.uniform(-0.03, 0.12),
    }[kind]
    neck = 0.56 if kind != "top" else rng.uniform(0.49, 0.56)
    keep = np.minimum.reduce([0.5 * (sleeve - a.arm) + 1e-4, z - hem, np.maximum(neck - z, abs(x) - 0.085)])
    straight = thick * 0.9 * np.exp(-(((z - 0.2) / 0.13) ** 2)) * (a.arm == 0)
    loose = thick + straight + 0.012 * (z < hem + 0.08) + thick * 0.25 * (a.arm > 0.2)
    collar = 0.012 * np.clip((z - 0.5) / 0.06, 0, 1) * (kind != "top")
    t.shell(TIGHTS, keep, loose + collar, material, rounds=8, noise=0.004 + 0.1 * thick)
    if kind == "coat":
        t.tube(float(rng.uniform(0.15, 0.85)), thick + 0.012, float(rng.uniform(0, 0.06)), material)
    _lower(t, material if kind == "suit" else None)


def _lower(t: Tailor, material: Material | None) -> None:
    rng, a, person = t.rng, t.anatomy, t.person
    colour = one_of(rng, TROUSERS) if rng.random() < 0.8 else any_colour(rng)
    cloth = material or t.cloth(colour, 0.06)
    cloth = replace(cloth, inner=None, straps=None)
    kind = "trousers"
    if material is None:
        kind = pick(rng, {"trousers": 0.78, "shorts": 0.1, "skirt": 0.22 if person.woman else 0.0})
    if kind == "skirt":
        t.tube(float(rng.uniform(0.25, 0.95)), 0.02, float(rng.uniform(0, 0.12)), cloth)
        if rng.random() < 0.5:
            _stockings(t)
        return
    end = float(rng.uniform(0.3, 0.6)) if kind == "shorts" else float(rng.choice([0.9, 1.0, 1.0, 1.02]))
    fit = float(rng.choice([0.004, 0.012, 0.02]))
    wide = fit + float(rng.uniform(0, 2.2)) * fit * np.clip(a.leg, 0, 1.1)
    keep = np.where(a.arm == 0, np.minimum(a.leg + 0.22, end - a.leg), -0.05)
    t.shell(TIGHTS, keep, wide, cloth, rounds=4, noise=0.002 + 0.25 * fit)


def _frock(t: Tailor) -> None:
    rng, a = t.rng, t.anatomy
    material = t.cloth(any_colour(rng), 0.5, straps=t.straps)
    sleeve = float(rng.choice([0.0, 0.25, 0.45, 1.0]))
    x, _, z = a.rest.T
    neck = np.maximum(rng.uniform(0.46, 0.56) - z, abs(x) - rng.choice([0.085, 0.085, 0.3]))
    keep = np.minimum.reduce([0.5 * (sleeve - a.arm) + 1e-4, z - 0.02, neck])
    thick = float(rng.uniform(0.008, 0.02))
    t.shell(TIGHTS, keep, thick, material, rounds=4)
    t.tube(float(rng.uniform(0.3, 1.0)), thick + 0.01, float(rng.uniform(0.0, 0.16)), material)
    if rng.random() < 0.4:
        _stockings(t)


def _stockings(t: Tailor) -> None:
    a, dark = t.anatomy, t.cloth(bgr((24, 22, 26), t.rng, 0.01))
    t.shell(TIGHTS, np.where(a.arm == 0, a.leg + 0.1, -0.1), 0.002, dark, rounds=0)


def _shoes(t: Tailor) -> None:
    rng, a = t.rng, t.anatomy
    if rng.random() < 0.03:
        return
    loud = rng.random() < 0.1
    material = t.cloth(any_colour(rng) if loud else one_of(rng, SHOES))
    high = float(rng.choice([0.97, 0.97, 0.93, 0.75, 0.6], p=[0.4, 0.2, 0.2, 0.1, 0.1]))
    keep = np.where(a.arm == 0, a.leg - high, -0.05)
    sole = 0.006 + 0.006 * (a.leg > 1.03)
    t.shell(TIGHTS, keep, sole, replace(material, folds=0.03), noise=0.001, over=True)


def _skin(t: Tailor) -> None:
    a, person = t.anatomy, t.person
    over = np.where(a.close & ~a.is_head & (a.arm < 0.93), t.over[a.under], -1.0)
    faces = a.groups[BODY]
    faces = faces[(over < TUCK)[faces].any(1)]
    used, faces = compact(faces)
    skin = Material(person.skin, gloss=0.05, grain=0.02)
    tint = face_tint(t)[used]
    cut = (TUCK - over[used]).astype(np.float32)
    t.parts.append(Part(t.rest[used], used, faces, skin, tint, cut))
    for eye in EYES:
        used, faces = compact(a.groups[eye])
        white = Material((0.22, 0.22, 0.24), gloss=0.2)
        t.parts.append(Part(t.rest[used], used, faces, white))


def _backpack(t: Tailor) -> None:
    rng = t.rng
    material = t.cloth(any_colour(rng) if rng.random() < 0.5 else one_of(rng, DARK_COATS), 0.1)
    t.straps = material.colour
    spine = t.anatomy.joint(t.heads, "spine02")
    radii = np.array([rng.uniform(0.11, 0.15), rng.uniform(0.05, 0.09), rng.uniform(0.15, 0.23)]) * t.size
    near = t.rest[:BODY_VERTICES]
    near = near[(np.abs(near[:, 0]) < 0.08) & (np.abs(near[:, 2] - spine[2]) < radii[2])]
    back = float(near[:, 1].max()) + t.thick + 0.8 * radii[1]
    place = np.array([0, back, spine[2] + 0.05 * t.size])
    t.solid("spine02", place, radii, material, 5.0)


def _bag(t: Tailor) -> Material:
    rng = t.rng
    dark = rng.random() < 0.6
    return t.cloth(one_of(rng, COATS) if dark else any_colour(rng), 0.15)


def carried(t: Tailor, pose: Pose, skeleton: Skeleton) -> list[Part]:
    """Bags that hang from a hand or a shoulder and what is held to the ear, already posed."""
    rng, a = t.rng, t.anatomy
    parts = []
    points, faces = superellipsoid(6.0)
    for s, sign in SIDES.items():
        hand = skeleton.places[a.bones[f"finger3-1.{s}"]]
        job = pose.hands[s]
        if job == "hang" and rng.random() < 0.14:
            radii = np.array([rng.uniform(0.03, 0.08), rng.uniform(0.1, 0.2), rng.uniform(0.1, 0.2)])
            grip = rng.uniform(0.03, 0.08)
            place = hand + np.array([0, 0, -radii[2] - 1.8 * grip])
            handle = (hand - (0, 0, grip) + points * (0.012, 0.03, 1.1 * grip)).astype(np.float32)
            parts.append(Part(handle, None, faces, _bag(t)))
        elif job in {"phone", "read"}:
            radii = np.array([0.012 if job == "phone" else 0.04, 0.04, 0.075])
            place = hand + np.array([0, -0.02, 0.03])
        elif job == "pocket" and rng.random() < 0.1:
            radii = np.array([0.06, rng.uniform(0.1, 0.17), rng.uniform(0.09, 0.15)])
            place = skeleton.places[a.bones[f"upperleg01.{s}"]] + np.array([sign * 0.2, 0.02, 0.1])
        else:
            continue
        parts.append(Part((place + points * radii).astype(np.float32), None, faces, _bag(t)))
    return parts
