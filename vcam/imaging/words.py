"""Words of a picture: bytes side by side under one coarse pixel, found, taken and laid as one number.

Along a person's edge that takes a third of what single bytes do, though some bytes of a word are all person
or all background, for which mixing is exact, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from vcam.core.frame import Image
from vcam.imaging.arrays import Bytes

Indices: TypeAlias = NDArray[np.intp]
Kind: TypeAlias = "np.dtype[np.unsignedinteger[Any]]"
"""Of numbers with as many bytes as a word: one, four or eight."""


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """Some words of an I420 picture.

    Attributes:
        kind: of the words.
        at: their indices in the flattened picture.
        nearest: for each, the index of the byte over it in the flattened coarse part.
    """

    kind: Kind
    at: Indices
    nearest: Indices

    @property
    def length(self) -> int:
        """How many bytes they are."""
        return self.at.size * self.kind.itemsize

    def of(self, picture: Image) -> Bytes:
        """Return their bytes in a picture."""
        return np.take(picture.reshape(-1).view(self.kind), self.at).view(np.uint8)

    def lay(self, made: Bytes, picture: Image) -> None:
        """Lay bytes over theirs in a picture."""
        picture.reshape(-1).view(self.kind)[self.at] = made.view(self.kind)

    def spread(self, coarse: Bytes) -> Bytes:
        """Return for each of their bytes the one over it in a coarse part."""
        every_byte = self.kind.type(np.iinfo(self.kind.type).max // 255)
        return (np.take(coarse.reshape(-1), self.nearest).astype(self.kind) * every_byte).view(np.uint8)


def kind_of(halvings: int, width: int) -> Kind:
    """Return the kind of words in a plane so many halvings above the coarse one; bytes if none fits."""
    length = 2**halvings
    return np.dtype(f"u{length}" if width % length == 0 else "u1")


def mixed(alpha: Bytes, kind: Kind) -> Indices:
    """Return which words of an alpha, contiguous, are neither all person nor all background."""
    words = alpha.reshape(-1).view(kind)
    return np.flatnonzero((words != 0) & (words != np.iinfo(kind.type).max))
