"""Who a figure is: age, build, colours of skin, hair and clothes, all drawn by lot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.random import Generator

Rgb = tuple[int, int, int]
Colour = tuple[float, float, float]  # sRGB in BGR order, 0..1
SKINS = (  # sRGB, from the darkest to the lightest, drawn evenly in between
    (42, 28, 22), (66, 44, 33), (92, 62, 45), (120, 82, 59), (150, 106, 78),
    (180, 132, 101), (205, 160, 128), (224, 184, 154), (238, 204, 180),
)  # fmt: skip
HAIRS = {
    "dark": ((18, 15, 14), (30, 22, 18), (48, 34, 25)),
    "light": ((84, 58, 38), (120, 88, 56), (168, 132, 86), (200, 170, 120), (110, 52, 30)),
    "grey": ((120, 118, 116), (165, 163, 160), (215, 213, 210), (90, 88, 88)),
}
COATS = (
    (16, 16, 18), (22, 23, 28), (28, 30, 36), (24, 28, 44), (36, 42, 60), (58, 60, 64), (88, 90, 94),
    (62, 48, 38), (84, 66, 48), (120, 98, 72), (66, 68, 46), (48, 54, 40), (180, 160, 128), (90, 28, 32),
)  # fmt: skip
TROUSERS = (
    (20, 20, 24), (28, 30, 38), (36, 46, 70), (52, 68, 98), (84, 104, 136), (60, 60, 62), (96, 94, 90),
    (128, 112, 86), (168, 152, 124), (66, 60, 44), (210, 206, 198),
)  # fmt: skip
DARK_COATS = COATS[:8]
SHOES = (
    (18, 18, 20), (20, 20, 24), (30, 26, 24), (62, 44, 32), (96, 74, 54), (215, 215, 215), (110, 108, 108),
)  # fmt: skip


def bgr(rgb: Rgb, rng: Generator | None = None, spread: float = 0.03) -> Colour:
    """An sRGB colour 0..255 as BGR 0..1, a little changed where a generator is given."""
    colour = np.array(rgb[::-1]) / 255
    if rng is not None:
        colour = colour * rng.uniform(0.8, 1.2) + rng.normal(0, spread, 3)
    b, g, r = np.clip(colour, 0.02, 1)
    return (float(b), float(g), float(r))


def one_of(rng: Generator, colours: Sequence[Rgb], spread: float = 0.03) -> Colour:
    """One of the colours, a little changed."""
    return bgr(colours[int(rng.integers(len(colours)))], rng, spread)


def any_colour(rng: Generator) -> Colour:
    """A colour of everyday clothes: a third of them grey, black or white, few of them loud."""
    saturation = 0 if rng.random() < 0.3 else rng.beta(1.3, 3.0) * 255
    value = rng.uniform(20, 250)
    pixel = np.array([[[rng.integers(180), saturation, value]]], np.uint8)
    b, g, r = cv2.cvtColor(pixel, cv2.COLOR_HSV2BGR)[0, 0] / 255
    return (float(b), float(g), float(r))


def pick(rng: Generator, options: dict[Any, float]) -> Any:
    """One of the keys, by weight."""
    keys, weights = list(options), np.array(list(options.values()))
    return keys[int(rng.choice(len(keys), p=weights / weights.sum()))]


@dataclass(frozen=True, slots=True)
class Person:
    """What is drawn by lot once for a figure."""

    woman: bool
    age: float  # Anny's: 1/3 child, 2/3 young adult, 1 old
    skin: Colour
    hair: Colour
    phenotype: dict[str, float]

    @property
    def old(self) -> bool:
        """Old enough for white hair and a bent back."""
        return self.age > 0.88

    @property
    def child(self) -> bool:
        """Not grown up."""
        return self.age < 0.5


def random_person(rng: Generator) -> Person:
    """Anybody: skin tones evenly, a third of the people old, a tenth children."""
    woman = bool(rng.random() < 0.5)
    age = {"child": rng.uniform(0.2, 0.48), "adult": rng.uniform(0.58, 0.86), "old": rng.uniform(0.89, 1.0)}[
        pick(rng, {"child": 0.1, "adult": 0.56, "old": 0.34})
    ]
    tone = rng.uniform(0, len(SKINS) - 1)
    low, share = int(tone), tone % 1
    rgb = np.array(SKINS[low]) * (1 - share) + np.array(SKINS[min(low + 1, len(SKINS) - 1)]) * share
    skin = np.clip(rgb[::-1] / 255 + rng.normal(0, 0.012, 3), 0.03, 1)
    light_hair = tone > 5 and rng.random() < 0.6
    kind = "grey" if rng.random() < (0.85 if age > 0.88 else 0.06) else "light" if light_hair else "dark"
    african, asian, caucasian = rng.dirichlet((1, 1, 1)) + np.array(
        [max(0, 3 - tone) / 2, 0.2, max(0, tone - 5) / 2]
    )
    phenotype = {
        "gender": float(np.clip((0.92 if woman else 0.08) + rng.normal(0, 0.06), 0, 1)),
        "age": age, "muscle": rng.uniform(0.25, 0.75), "weight": float(rng.beta(2.2, 2.0)),
        "height": rng.uniform(0.2, 0.8), "proportions": rng.uniform(0.2, 0.9),
        "cupsize": rng.uniform(0.3, 0.7), "firmness": rng.uniform(0.2, 0.7),
        "african": african, "asian": asian, "caucasian": caucasian,
    }  # fmt: skip
    colour = one_of(rng, HAIRS[kind], 0.01)
    return Person(woman, age, tuple(float(c) for c in skin), colour, phenotype)  # type: ignore[arg-type]


# --- pose ------------------------------------------------------------------------------------------------
