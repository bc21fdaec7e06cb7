"""Words of a picture: bytes side by side under one coarse pixel, found, taken and laid as one number.

Along a person's edge that takes a third of what single bytes do, though some bytes of a word are all person
or all background, for which mixing is exact, too.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from vcam.core.frame import Image
from vcam.imaging.arrays import Bytes

Indices: TypeAlias = NDArray[np.intp]
Kind: TypeAlias = "np.dtype[np.unsignedinteger[Any]]"
"""Of numbers with as many bytes as a word."""


def kind_of(length: int, width: int) -> Kind:
    """Return the kind of words of so many bytes; of one byte where rows so wide hold no whole number."""
    return np.dtype(f"u{length}" if width % length == 0 else "u1")


def mixed(alpha: Bytes, kind: Kind) -> Indices:
    """Return which words of an alpha, contiguous, are neither all person nor all background."""
    words = alpha.reshape(-1).view(kind)
    return np.flatnonzero((words != 0) & (words != np.iinfo(kind.type).max))


def take(picture: Image, words: Indices, kind: Kind) -> Bytes:
    """Return the bytes of a picture's words."""
    return np.take(picture.reshape(-1).view(kind), words).view(np.uint8)


def lay(made: Bytes, picture: Image, words: Indices, kind: Kind) -> None:
    """Lay bytes over those of a picture's words."""
    picture.reshape(-1).view(kind)[words] = made.view(kind)


def spread(values: Bytes, kind: Kind) -> Bytes:
    """Return each of some bytes as often as a word has bytes."""
    everywhere = kind.type(np.iinfo(kind.type).max // 255)
    return np.multiply(values, everywhere, dtype=kind).view(np.uint8)
