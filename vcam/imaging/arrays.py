"""The two kinds of array that imaging works on, and what OpenCV's loose return types are narrowed with."""

from __future__ import annotations

from typing import TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

Bytes: TypeAlias = NDArray[np.uint8]
"""uint8, commonly (height, width): alpha in 255ths, a weight, or brightness."""

Plane: TypeAlias = NDArray[np.float32]
"""float32 (height, width)."""


def u8(array: object) -> Bytes:
    """Return what OpenCV gave, known to be uint8."""
    return cast(Bytes, array)


def f32(array: object) -> Plane:
    """Return what OpenCV gave, known to be float32."""
    return cast(Plane, array)
