"""Effects, as data: what stands behind the person."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias


class Fit(StrEnum):
    """How a picture or clip is laid into the frame."""

    FILL = "fill"
    """Cover the frame, cutting what stands over."""
    FIT = "fit"
    """Show all of it, with bars."""
    TILE = "tile"
    """Repeat it at its own size."""


@dataclass(frozen=True, slots=True)
class NoEffect:
    """The camera as it is: the only effect that shows the room, and only ever by choice."""


@dataclass(frozen=True, slots=True)
class Blur:
    """The room, blurred, without the person's own pixels bleeding into it.

    Attributes:
        strength: 0 (slight) … 1 (nothing to be recognised).
    """

    strength: float = 0.6

    def __post_init__(self) -> None:
        if not 0.0 <= self.strength <= 1.0:
            raise ValueError(f"got a blur strength of {self.strength} != wanted 0 … 1")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in place of the room."""

    path: Path
    fit: Fit = Fit.FILL


@dataclass(frozen=True, slots=True)
class Clip:
    """A silent, looping video in place of the room."""

    path: Path
    fit: Fit = Fit.FILL


@dataclass(frozen=True, slots=True)
class Colour:
    """One colour in place of the room; red, green, blue each 0 … 255."""

    red: int = 0
    green: int = 177
    blue: int = 64

    def __post_init__(self) -> None:
        for name in ("red", "green", "blue"):
            value = getattr(self, name)
            if not 0 <= value <= 255:
                raise ValueError(f"got {name} = {value} != wanted 0 … 255")


Effect: TypeAlias = NoEffect | Blur | Picture | Clip | Colour
