"""What a figure does: standing, walking, sitting, hands; from angles to posed points."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.random import Generator

from training.people.anatomy import Anatomy, Part
from training.people.person import Person, pick
from training.people.surface import Floats

SIDES = {"L": 1.0, "R": -1.0}


@dataclass(slots=True)
class Pose:
    """Angles in radians; hands by where they are, in the rest pose's frame, relative to the chest."""

    thigh: dict[str, float] = field(default_factory=lambda: {"L": 0.0, "R": 0.0})  # forward
    knee: dict[str, float] = field(default_factory=lambda: {"L": 0.04, "R": 0.04})  # bent
    foot: dict[str, float] = field(default_factory=lambda: {"L": 0.0, "R": 0.0})  # toes up
    spread: float = 0.05  # thighs to the side
    lean: float = 0.0  # whole body forward
    stoop: float = 0.0  # spine forward
    twist: float = 0.0  # spine to the left
    side: float = 0.0  # spine to the left side
    nod: float = 0.0
    look: float = 0.0
    hands: dict[str, str] = field(default_factory=lambda: {"L": "hang", "R": "hang"})
    swing: dict[str, float] = field(default_factory=lambda: {"L": 0.0, "R": 0.0})  # hanging arm forward
    jitter: Floats = field(default_factory=lambda: np.zeros((2, 3), np.float32))
    name: str = "stand"


BOTH_HANDS = {"hang": 5.0, "pocket": 2.0, "hip": 0.8, "crossed": 1.2, "behind": 0.7, "folded": 1.0}
ONE_HAND = {"phone": 1.0, "point": 1.2, "up": 1.2, "chin": 0.6, "neck": 0.7, "read": 1.2, "forward": 1.0}
# Where the wrist is from a joint (outwards, back, up; metres, or arm lengths from the shoulder), and where
# the elbow points.
HANDS: dict[str, tuple[str, tuple[float, float, float], tuple[float, float, float]]] = {
    "hang": ("upperarm01", (0.15, -0.06, -0.96), (0.4, 1.0, 0.0)),
    "pocket": ("upperleg01", (0.09, -0.02, 0.06), (0.8, 1.0, 0.0)),
    "hip": ("upperleg01", (0.1, -0.02, 0.14), (1.0, 0.5, 0.0)),
    "crossed": ("spine01", (-0.1, -0.24, -0.12), (1.0, 0.1, -0.8)),
    "folded": ("upperleg01", (-0.06, -0.2, 0.06), (1.0, 0.6, -0.2)),
    "behind": ("upperleg01", (-0.08, 0.2, 0.08), (1.0, 0.5, 0.0)),
    "lap": ("upperleg01", (0.02, -0.26, 0.12), (1.0, 0.6, -0.2)),
    "phone": ("head", (0.11, -0.05, 0.0), (0.7, -0.4, -1.0)),
    "neck": ("head", (0.05, 0.1, 0.04), (1.0, -0.3, 0.2)),
    "chin": ("head", (0.03, -0.17, -0.1), (0.4, -0.2, -1.0)),
    "read": ("spine01", (0.08, -0.36, -0.08), (0.6, 0.3, -1.0)),
    "point": ("upperarm01", (0.5, -0.8, 0.1), (1.0, 0.5, -1.0)),
    "forward": ("upperarm01", (0.0, -0.75, -0.25), (0.6, 0.2, -1.0)),
    "up": ("upperarm01", (0.35, -0.2, 0.75), (1.0, -0.1, -0.3)),
}


def random_pose(rng: Generator, person: Person, upper: bool = False) -> Pose:
    """Standing, walking or sitting, with something to do for the hands."""
    pose = Pose()
    pose.name = pick(rng, {"stand": 0.5, "walk": 0.0 if upper else 0.34, "sit": 0.16 if not upper else 0.1})
    pose.spread = rng.uniform(0.0, 0.13)
    if pose.name == "walk":
        _walk(pose, rng)
    elif pose.name == "sit":
        for s in SIDES:
            pose.thigh[s], pose.knee[s] = rng.uniform(1.3, 1.65), rng.uniform(1.2, 1.8)
        pose.spread, pose.lean = rng.uniform(0.02, 0.3), rng.uniform(-0.25, 0.3)
    else:
        free = pick(rng, {"L": 1, "R": 1, "": 1.5})
        for s in SIDES:
            bend = rng.uniform(0.1, 0.5) if s == free else rng.uniform(0, 0.06)
            pose.thigh[s], pose.knee[s] = bend * rng.uniform(0.4, 0.7), bend
    pose.stoop = rng.normal(0.03, 0.06) + (rng.uniform(0.05, 0.45) if person.old else 0.0)
    pose.twist, pose.side = rng.normal(0, 0.15), rng.normal(0, 0.05)
    pose.nod, pose.look = rng.normal(0.1, 0.18) - 0.6 * pose.stoop, rng.normal(0, 0.4)
    _hands(pose, rng)
    pose.jitter = rng.normal(0, 0.025, (2, 3)).astype(np.float32)
    return pose


def _walk(pose: Pose, rng: Generator) -> None:
    phase, stride = rng.uniform(0, 2 * np.pi), rng.uniform(0.2, 0.5)
    swing = rng.uniform(0.2, 1.1) * stride
    for s, sign in SIDES.items():
        forward = sign * np.sin(phase)
        lifting = max(0.0, sign * np.cos(phase))  # the leg that swings to the front is bent
        pose.thigh[s] = stride * forward + 0.25 * lifting
        pose.knee[s] = 0.06 + (0.5 + stride) * lifting + 0.25 * stride * max(0, -forward)
        pose.foot[s] = 0.5 * stride * forward - 0.3 * max(0, -forward)
        pose.swing[s] = -swing * forward
    pose.lean = rng.uniform(0, 0.12)


def _hands(pose: Pose, rng: Generator) -> None:
    both = pick(rng, BOTH_HANDS)
    if pose.name == "walk":
        both = pick(rng, {"hang": 6, "pocket": 2, "folded": 0.4})
    if pose.name == "sit":
        both = pick(rng, {"lap": 3, "crossed": 1, "forward": 1, "read": 1, "folded": 1})
    pose.hands = {"L": both, "R": both}
    if rng.random() < 0.4:
        pose.hands["L" if rng.random() < 0.5 else "R"] = pick(rng, ONE_HAND)
    elif both == "hip" and rng.random() < 0.5:
        pose.hands["L"] = "hang"
    if rng.random() < 0.04 and pose.name != "walk":
        pose.hands = dict.fromkeys(SIDES, pick(rng, {"neck": 1, "up": 1, "forward": 1}))


def rotation(axis: str, angle: float) -> Floats:
    """Matrix (3, 3) of a turn about x, y or z by radians."""
    vector = np.zeros(3)
    vector["xyz".index(axis)] = angle
    return np.asarray(cv2.Rodrigues(vector)[0], np.float32)


def _frame(direction: Floats, hinge: Floats) -> Floats:
    """Orthonormal columns: a limb's direction, its hinge made square to it, and their product."""
    first = direction / np.linalg.norm(direction)
    second = hinge - first * float(first @ hinge)
    second = second / max(float(np.linalg.norm(second)), 1e-6)
    return np.stack([first, second, np.cross(first, second)], 1).astype(np.float32)


class Skeleton:
    """Poses a body: rotations of all bones from a ``Pose``, then linear blend skinning."""

    def __init__(self, anatomy: Anatomy, heads: Floats, pose: Pose) -> None:
        self._anatomy, self._heads, self._pose = anatomy, heads, pose
        self._turn: dict[str, Floats] = {}  # bones that are aimed, in the world
        bend = {f"spine0{i}": pose.stoop / 4 for i in range(1, 5)} | {"neck01": pose.stoop * 0.3}
        bend |= {"neck02": pose.nod * 0.5, "head": pose.nod * 0.5}
        turn = {f"spine0{i}": pose.twist / 4 for i in range(1, 5)} | {
            "neck02": pose.look / 2,
            "head": pose.look / 2,
        }
        self._local = {
            name: rotation("z", turn.get(name, 0)) @ rotation("x", bend.get(name, 0)) for name in bend | turn
        }
        self._local["root"] = rotation("x", pose.lean)
        self._local["spine04"] = self._local["spine04"] @ rotation("y", pose.side)
        self.rotations = np.zeros((len(heads), 3, 3), np.float32)
        self.places = np.zeros((len(heads), 3), np.float32)
        for name, i in anatomy.bones.items():
            self._set(name, i)

    def _set(self, name: str, i: int) -> None:
        parent = self._anatomy.parents[i]
        above = self.rotations[parent] if parent >= 0 else np.eye(3, dtype=np.float32)
        start = self._heads[parent] if parent >= 0 else np.zeros(3, np.float32)
        base = self.places[parent] if parent >= 0 else np.zeros(3, np.float32)
        self.places[i] = base + above @ (self._heads[i] - start)
        if name.startswith("upperleg01"):
            self._aim_leg(name[-1])
        if name.startswith("upperarm01"):
            self._aim_arm(name[-1])
        local = self._local.get(name)
        self.rotations[i] = self._turn.get(name, above if local is None else above @ local)

    def _at(self, name: str) -> Floats:
        return np.asarray(self._heads[self._anatomy.bones[name]], np.float32)

    def _aim_leg(self, s: str) -> None:
        pose, hips = (
            self._pose,
            self.rotations[self._anatomy.bones["root"]] @ rotation("x", -self._pose.lean),
        )
        out, hinge = SIDES[s] * pose.spread, np.array([1, 0, 0], np.float32)
        knee, hip, ankle = self._at(f"lowerleg01.{s}"), self._at(f"upperleg01.{s}"), self._at(f"foot.{s}")
        for bone, rest, angle in (
            (f"upperleg01.{s}", knee - hip, pose.thigh[s]),
            (f"lowerleg01.{s}", ankle - knee, pose.thigh[s] - pose.knee[s]),
        ):
            aim = np.array([out, -np.sin(angle), -np.cos(angle)], np.float32)
            self._turn[bone] = hips @ _frame(aim, hinge) @ _frame(rest, hinge).T
        self._turn[f"foot.{s}"] = hips @ rotation("z", 0.5 * out) @ rotation("x", -pose.foot[s])

    def _aim_arm(self, s: str) -> None:
        shoulder, elbow, wrist = (self._at(f"{b}.{s}") for b in ("upperarm01", "lowerarm01", "wrist"))
        first, second = float(np.linalg.norm(elbow - shoulder)), float(np.linalg.norm(wrist - elbow))
        target, pole = self._hand(s, first + second)
        reach = target - shoulder
        far = float(np.clip(np.linalg.norm(reach), abs(first - second) + 0.02, 0.995 * (first + second)))
        reach = reach / np.linalg.norm(reach)
        pole = pole - reach * float(pole @ reach)
        pole = pole / max(float(np.linalg.norm(pole)), 1e-6)
        cosine = (first**2 + far**2 - second**2) / (2 * first * far)
        upper = first * (reach * cosine + pole * np.sqrt(max(0.0, 1 - cosine**2)))
        fore = reach * far - upper
        chest = self.rotations[self._anatomy.bones["spine01"]]
        hinge, rest_hinge = np.cross(upper, fore), np.cross(elbow - shoulder, wrist - elbow)
        self._turn[f"upperarm01.{s}"] = chest @ _frame(upper, hinge) @ _frame(elbow - shoulder, rest_hinge).T
        self._turn[f"lowerarm01.{s}"] = chest @ _frame(fore, hinge) @ _frame(wrist - elbow, rest_hinge).T

    def _hand(self, s: str, arm: float) -> tuple[Floats, Floats]:
        """Where the wrist goes, and which way the elbow points."""
        anchor, offset, pole = HANDS[self._pose.hands[s]]
        mirror = np.array([SIDES[s], 1, 1], np.float32)
        reach = np.array(offset) * (arm if anchor == "upperarm01" else 1.0)
        if self._pose.hands[s] == "hang":
            reach = rotation("x", -self._pose.swing[s]) @ reach
        place = self._at(anchor if anchor in self._anatomy.bones else f"{anchor}.{s}")
        jitter = self._pose.jitter["LR".index(s)]
        return np.asarray(place + reach * mirror + jitter, np.float32), np.asarray(mirror * pole, np.float32)

    def apply(self, part: Part) -> Floats:
        """Posed points of a part (V, 3)."""
        if part.skin is None:
            return part.rest
        offset = self.places - np.einsum("bij,bj->bi", self.rotations, self._heads)
        moves = np.concatenate([self.rotations, offset[:, :, None]], 2).reshape(len(self.places), 12)
        mixed = (self._anatomy.weights[part.skin] @ moves).reshape(-1, 3, 4)
        return np.asarray(np.einsum("vij,vj->vi", mixed[:, :, :3], part.rest) + mixed[:, :, 3], np.float32)


# --- clothes ---------------------------------------------------------------------------------------------
