"""What a network is fed: a frame at its own size, as floats or as bytes, always in the same buffer."""

from __future__ import annotations

import math
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.adapters.model_card import ModelCard, ModelInput
from vcam.core.frame import Frame, Pixels, Size
from vcam.imaging.planes import TO_RGB, to_pixels
from vcam.imaging.scale import LEVELS, Pyramid

# Halved, then linear: as true as INTER_AREA at a third of its time, and next to nothing where the halvings
# are shared. Linear alone lets sensor noise through: on webcam-like frames with noise of σ 6 our first
# model's mattes differed by .0064 from frame to frame, against .0033 so, .0031 with area.


class Feed(Protocol):
    """Turns frames into what a network takes."""

    @property
    def tensor(self) -> NDArray[Any]:
        """The buffer, by whose type and shape the network can be checked."""

    def __call__(self, frame: Frame) -> NDArray[Any]:
        """Return the buffer, filled with a frame."""


def make_feed(card: ModelCard, size: Size, pyramid: Pyramid) -> Feed:
    """Return the feed of the network that a card's read_fastest() gives."""
    return Bytes(size, pyramid) if card.twin else Floats(card.input, size, pyramid)


def halvings(frame: Size, wanted: Size) -> int:
    """Return how often a frame can be halved and is still no smaller than wanted."""
    ratio = min(frame.width / wanted.width, frame.height / wanted.height)
    return min(max(int(math.log2(ratio)), 0), LEVELS)


class Bytes:
    """Feeds a twin: uint8 (1, height, width, 4), brightness, blue and red as I420 has them, and 255.

    Half the time of Floats: no colours to convert and no numbers, which the twin's first layer does unasked.
    """

    def __init__(self, size: Size, pyramid: Pyramid) -> None:
        self._size = size
        self._pyramid = pyramid
        self.tensor = np.empty((1, size.height, size.width, 4), np.uint8)
        self._planes = [np.full((size.height, size.width), 255, np.uint8) for _ in range(4)]

    def __call__(self, frame: Frame) -> NDArray[np.uint8]:
        """Return the buffer, filled with a frame."""
        size = (self._size.width, self._size.height)
        level = self._pyramid.level(frame, halvings(frame.size, self._size))
        for plane, into in zip(level, self._planes, strict=False):
            cv2.resize(plane, size, dst=into)
        cv2.merge(self._planes, self.tensor[0])
        return self.tensor


class Floats:
    """Feeds float32 (1, 3, height, width) RGB, scaled as the card says."""

    def __init__(self, fed: ModelInput, size: Size, pyramid: Pyramid) -> None:
        self._size = size
        self._pyramid = pyramid
        self.tensor = np.empty((1, 3, size.height, size.width), np.float32)
        self._factor = [np.float32(fed.scale / std) for std in fed.std]
        self._offset = [np.float32(mean / std) for mean, std in zip(fed.mean, fed.std, strict=True)]

    def __call__(self, frame: Frame) -> NDArray[np.float32]:
        """Return the buffer, filled with a frame."""
        # One pass for each channel: a third less than blobFromImage.
        for i, channel in enumerate(cv2.split(self._small(frame))):
            plane = self.tensor[0, i]
            np.multiply(channel, self._factor[i], out=plane)
            if self._offset[i]:
                np.subtract(plane, self._offset[i], out=plane)
        return self.tensor

    def _small(self, frame: Frame) -> Pixels:
        """Return the frame at the network's size, uint8 (height, width, 3) RGB."""
        size = (self._size.width, self._size.height)
        times = halvings(frame.size, self._size)
        if not times:
            pixels = cv2.resize(to_pixels(frame.pixels), size)
            return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), np.uint8)
        planes = [cv2.resize(plane, size) for plane in self._pyramid.level(frame, times)]
        return np.asarray(cv2.transform(cv2.merge(planes), TO_RGB), np.uint8)
