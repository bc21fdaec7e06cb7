"""Pictures, clips and camera frames laid into the frame: fill, fit, tile."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from vcam.core.background import Fit
from vcam.core.frame import Image, Pixels, Size
from vcam.imaging.arrays import u8
from vcam.imaging.planes import to_pixels
from vcam.imaging.scale import halve

BARS = (24, 24, 24)
"""BGR of the bars beside a picture that is shown whole."""


def lay_out(picture: Pixels, size: Size, fit: Fit = Fit.FILL) -> Pixels:
    """Return a new picture of exactly this size, uint8 (height, width, 3) BGR, as well as it can be made.

    Args:
        picture: uint8 (any height, any width, 3) BGR.
        size: of the frame.
        fit: FILL covers the frame and cuts the longer side evenly; FIT shows the whole picture between bars;
            TILE repeats it at its own size, from the top left corner.
    """
    return picture.copy() if Size.of(picture) == size else _laid_out(picture, size, fit, _finely)


def lay_out_video(pixels: Image, size: Size, fit: Fit = Fit.FILL) -> Image:
    """Return a frame of a camera or clip, BGR or I420, as lay_out does, at a small part of its cost.

    A frame that fits already is returned itself; any other becomes BGR.
    """
    return pixels if Size.of_image(pixels) == size else _laid_out(to_pixels(pixels), size, fit, _quickly)


def _laid_out(picture: Pixels, size: Size, fit: Fit, resize: Callable[[Pixels, Size], Pixels]) -> Pixels:
    match fit:
        case Fit.FILL:
            return resize(_of_shape(picture, size), size)
        case Fit.FIT:
            own = Size.of(picture)
            scale = min(size.width / own.width, size.height / own.height)
            inside = Size(max(1, round(own.width * scale)), max(1, round(own.height * scale)))
            return _between_bars(resize(picture, inside), size)
        case Fit.TILE:
            return _tile(picture, size)


def _of_shape(picture: Pixels, size: Size) -> Pixels:
    """Return the middle of a picture, as much of it as has the shape of a size, as a view."""
    own = Size.of(picture)
    scale = min(own.width / size.width, own.height / size.height)
    width, height = max(1, round(size.width * scale)), max(1, round(size.height * scale))
    left, top = (own.width - width) // 2, (own.height - height) // 2
    return picture[top : top + height, left : left + width]


def _finely(picture: Pixels, size: Size) -> Pixels:
    method = cv2.INTER_AREA if size.width < picture.shape[1] else cv2.INTER_CUBIC
    return u8(cv2.resize(picture, (size.width, size.height), interpolation=method))


def _quickly(picture: Pixels, size: Size) -> Pixels:
    """Resize by exact halvings, as far as they go, then linearly."""
    while picture.shape[1] >= 2 * size.width and picture.shape[0] >= 2 * size.height:
        picture = halve(picture)
    return u8(cv2.resize(picture, (size.width, size.height), interpolation=cv2.INTER_LINEAR))


def _tile(picture: Pixels, size: Size) -> Pixels:
    own = Size.of(picture)
    times = (-(-size.height // own.height), -(-size.width // own.width), 1)
    return np.ascontiguousarray(np.tile(picture, times)[: size.height, : size.width])


def _between_bars(picture: Pixels, size: Size) -> Pixels:
    """Lay a picture that is no larger on the middle of a canvas."""
    canvas = np.full((size.height, size.width, 3), BARS, np.uint8)
    own = Size.of(picture)
    left, top = (size.width - own.width) // 2, (size.height - own.height) // 2
    canvas[top : top + own.height, left : left + own.width] = picture
    return canvas
