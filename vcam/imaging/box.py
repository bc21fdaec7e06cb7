"""Rectangles in images, so that work can be kept to where the person is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.core.frame import Size
from vcam.imaging.arrays import Bytes

Pixel = TypeVar("Pixel", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Box:
    """The pixels from left to right and from top to bottom, both ends exclusive.

    It is false where there are none.
    """

    left: int
    top: int
    right: int
    bottom: int

    @classmethod
    def around(cls, mask: Bytes) -> Box:
        """Return the smallest box that holds every pixel of a mask that is not 0."""
        left, top, width, height = cv2.boundingRect(mask)
        return cls(left, top, left + width, top + height)

    @property
    def size(self) -> Size:
        """Width and height in pixels, of a box that holds any."""
        return Size(self.right - self.left, self.bottom - self.top)

    def __bool__(self) -> bool:
        return self.right > self.left and self.bottom > self.top

    def of(self, image: NDArray[Pixel]) -> NDArray[Pixel]:
        """Return the part of an image inside the box, as a view."""
        return image[self.top : self.bottom, self.left : self.right]

    def grown(self, margin: int, within: Size) -> Box:
        """Return the box with a margin on each side, cut off at the borders of an image of this size."""
        left, top = max(self.left - margin, 0), max(self.top - margin, 0)
        return Box(
            left, top, min(self.right + margin, within.width), min(self.bottom + margin, within.height)
        )

    def shrunk(self, halvings: int) -> Box:
        """Return the box that covers this one in an image halved so many times."""
        last = 2**halvings - 1
        return Box(
            self.left >> halvings,
            self.top >> halvings,
            (self.right + last) >> halvings,
            (self.bottom + last) >> halvings,
        )

    def snapped(self, own: Size, other: Size) -> Box:
        """Return the smallest box around this one that has whole pixels for borders at another size, too.

        A bilinear resize of such a part equals that of the whole, but for what lies beyond its borders.

        Args:
            own: size of the image that this box is in.
            other: the size that the image will be resized to.
        """
        across, down = _step(own.width, other.width), _step(own.height, other.height)
        return Box(
            self.left // across * across,
            self.top // down * down,
            -(-self.right // across) * across,
            -(-self.bottom // down) * down,
        )

    def scaled(self, own: Size, other: Size) -> Box:
        """Return a snapped box at the other size."""
        return Box(
            self.left * other.width // own.width,
            self.top * other.height // own.height,
            self.right * other.width // own.width,
            self.bottom * other.height // own.height,
        )


def _step(side: int, other: int) -> int:
    """Return how many pixels of a side are a whole number of pixels of the other."""
    return side // math.gcd(side, other)
