"""What surfaces look like: colours, patterns and folds, as functions of places in the rest pose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Material:
    """How a surface looks; colours are sRGB in BGR order, 0..1, and patterns live in the rest pose."""

    colour: tuple[float, float, float]
    second: tuple[float, float, float] = (0.0, 0.0, 0.0)
    pattern: str = "plain"
    scale: float = 0.05  # metres: period of the pattern
    gloss: float = 0.02
    folds: float = 0.0  # contrast of the folds
    grain: float = 0.03  # contrast of the fine noise
    inner: tuple[float, float, float] | None = None  # what an open front shows
    opening: float = 0.0  # metres: half width of the open front at the chest
    straps: tuple[float, float, float] | None = None  # of a backpack, over both shoulders
    seed: int = 0


def waves(rest: Floats, seed: int, low: float, high: float, count: int = 5) -> Floats:
    """Smooth noise (N,), about -1..1, of ``low`` to ``high`` radians a metre."""
    rng = np.random.default_rng(seed)
    total = np.zeros(len(rest), np.float32)
    for _ in range(count):
        k = rng.standard_normal(3)
        k *= rng.uniform(low, high) / np.linalg.norm(k)
        total += np.sin(rest @ k.astype(np.float32) + np.float32(rng.uniform(0, 6.3)) + 0.9 * total)
    return total / np.float32(np.sqrt(count) * 0.9)


def folds(material: Material, rest: Floats) -> Floats:
    """Relative brightness (N,) of creases in cloth."""
    if material.folds == 0:
        return np.zeros(len(rest), np.float32)
    ridge = 1 - np.abs(waves(rest, material.seed, 12, 40)) * 1.2
    return np.asarray(
        material.folds * (0.6 * ridge + 0.4 * waves(rest, material.seed + 1, 6, 15)), np.float32
    )


def _quilt(p: Floats, m: Material) -> Any:
    return np.exp(-(((((p[:, 2] + 0.3 * np.abs(p[:, 0])) / m.scale) % 1 - 0.5) / 0.09) ** 2))


def _check(p: Floats, m: Material) -> Any:
    return 0.5 * ((p[:, 2] / m.scale) % 1 < 0.5) + 0.5 * (((p[:, 0] + 0.5 * p[:, 1]) / m.scale) % 1 < 0.5)


def _print(p: Floats, m: Material) -> Any:
    chest = (np.abs(p[:, 0]) < 0.11) & (np.abs(p[:, 2] - 0.33) < 0.09) & (p[:, 1] < 0)
    return chest & (waves(p, m.seed, 40, 120) > -0.3)


def _mottle(p: Floats, m: Material) -> Any:
    return np.clip(0.5 + 0.4 * waves(p, m.seed, 1.5 / m.scale, 6 / m.scale), 0, 1)


# Share of the second colour at places (N, 3).
PATTERNS: dict[str, Callable[[Floats, Material], Any]] = {
    "plain": lambda p, _: np.zeros(len(p)),
    "stripes": lambda p, m: (p[:, 2] / m.scale) % 1 < 0.5,
    "pinstripes": lambda p, m: ((p[:, 0] + 0.4 * p[:, 1]) / m.scale) % 1 < 0.25,
    "check": _check,
    "blobs": lambda p, m: waves(p, m.seed, 2.5 / m.scale, 5 / m.scale) > 0.5,
    "block": lambda p, m: p[:, 2] > 0.3 + 0.1 * np.sin(m.seed),
    "print": _print,
    "quilt": _quilt,
    "mottle": _mottle,
}


def texture(material: Material, rest: Floats) -> Floats:
    """Colours (N, 3) of a material at places of the rest pose."""
    colour, second = (np.asarray(c, np.float32) for c in (material.colour, material.second))
    x, y, z = rest.T
    mix = np.asarray(PATTERNS[material.pattern](rest, material), np.float32)[:, None]
    out = np.asarray(colour + mix * (second - colour), np.float32)
    if material.inner is not None:
        front = (y < 0.02) & (z > -0.2)
        gap = material.opening * np.clip(0.35 + z / 0.5, 0.1, 1.6)
        out[front & (np.abs(x) < gap)] = material.inner
        out[front & (np.abs(np.abs(x) - gap) < 0.006)] *= 0.6
    if material.straps is not None:
        out[(np.abs(np.abs(x) - 0.105) < 0.025) & (z > 0.22)] = material.straps
    return out
