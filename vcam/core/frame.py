"""What walks through the rooms: frames and mattes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

Pixels: TypeAlias = NDArray[np.uint8]
"""uint8 (height, width, 3), BGR, as OpenCV has it."""

Image: TypeAlias = NDArray[np.uint8]
"""Pixels, or I420 as meetings take it, uint8 (height · 3/2, width) of even sides: brightness,
then both colours at half the width and height (BT.601, limited range). Two dimensions tell it from Pixels."""

Alpha: TypeAlias = NDArray[np.float32]
"""float32 (height, width) in [0, 1]: how much of each pixel is the person."""

Levels: TypeAlias = NDArray[np.uint8]
"""The same in 255ths, uint8 (height, width): a quarter of the bytes, and never out of range."""


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height of a picture, in pixels."""

    width: int
    height: int

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise ValueError(f"got a size of {self.width}×{self.height} != wanted at least 1×1")

    def __str__(self) -> str:
        return f"{self.width}×{self.height}"

    @classmethod
    def of(cls, array: NDArray[np.generic]) -> Size:
        """Return the size of a (height, width, …) array."""
        return cls(width=array.shape[1], height=array.shape[0])

    @classmethod
    def of_image(cls, picture: Image) -> Size:
        """Return the size that a picture is shown at, be it Pixels or I420."""
        height, width = picture.shape[:2]
        return cls(width, height if picture.ndim == 3 else height * 2 // 3)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture from a source.

    Attributes:
        pixels: BGR, or I420 as some cameras have it; nobody writes into it.
        index: counts from 0 within one opened source.
        captured_at: seconds on the monotonic clock.
    """

    pixels: Image
    index: int
    captured_at: float

    @property
    def size(self) -> Size:
        """Width and height in pixels."""
        return Size.of_image(self.pixels)


@dataclass(frozen=True, slots=True, eq=False)
class Matte:
    """How much of each pixel is the person; its own, smaller size is fine, the compositor up-samples.

    Attributes:
        alpha: float32 in [0, 1] as networks say it, or uint8 in 255ths as refined, (height, width).
        captured_at: when the frame that it was computed from was captured, so that its age can be bounded.
    """

    alpha: Alpha | Levels
    captured_at: float

    @property
    def share(self) -> Alpha:
        """Alpha as float32 in [0, 1], whichever it is kept as."""
        if self.alpha.dtype == np.uint8:
            return np.multiply(self.alpha, np.float32(1 / 255))
        return cast(Alpha, self.alpha)
