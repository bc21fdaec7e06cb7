"""Pictures and clips laid into the frame: fill, fit, tile."""

from __future__ import annotations

import cv2
import numpy as np

from vcam.core.background import Fit
from vcam.core.frame import Pixels, Size
from vcam.imaging.arrays import u8

BARS = (24, 24, 24)
"""BGR of the bars beside a picture that is shown whole."""


def lay_out(picture: Pixels, size: Size, fit: Fit = Fit.FILL) -> Pixels:
    """Return a new picture of exactly this size, uint8 (height, width, 3) BGR.

    Args:
        picture: uint8 (any height, any width, 3) BGR.
        size: of the frame.
        fit: FILL covers the frame and cuts the longer side evenly; FIT shows the whole picture between bars;
            TILE repeats it at its own size, from the top left corner.
    """
    if fit is Fit.TILE:
        return _tile(picture, size)
    own = Size.of(picture)
    across, down = size.width / own.width, size.height / own.height
    scale = max(across, down) if fit is Fit.FILL else min(across, down)
    scaled = _resize(picture, Size(max(1, round(own.width * scale)), max(1, round(own.height * scale))))
    return _centre(scaled, size)


def _tile(picture: Pixels, size: Size) -> Pixels:
    own = Size.of(picture)
    times = (-(-size.height // own.height), -(-size.width // own.width), 1)
    return np.ascontiguousarray(np.tile(picture, times)[: size.height, : size.width])


def _resize(picture: Pixels, size: Size) -> Pixels:
    if size == Size.of(picture):
        return picture
    smaller = size.width < picture.shape[1]
    method = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    return u8(cv2.resize(picture, (size.width, size.height), interpolation=method))


def _centre(picture: Pixels, size: Size) -> Pixels:
    """Lay a picture on the middle of a canvas; what stands over is cut."""
    canvas = np.full((size.height, size.width, 3), BARS, np.uint8)
    own = Size.of(picture)
    left, top = (size.width - own.width) // 2, (size.height - own.height) // 2
    into = canvas[max(top, 0) : max(top, 0) + own.height, max(left, 0) : max(left, 0) + own.width]
    skip_x, skip_y = max(-left, 0), max(-top, 0)
    into[:] = picture[skip_y : skip_y + into.shape[0], skip_x : skip_x + into.shape[1]]
    return canvas
