"""What real Skia makes of our drawing: skia_resize.py OUT.npz, in an environment with skia-python and NumPy.

OUT has "source <name>" and "<name> <width>x<height> <filter>" arrays, uint8 (height, width, 3) RGB.
"""

from __future__ import annotations

import sys

import drawing
import numpy as np
import skia

RGBA = skia.ColorType.kRGBA_8888_ColorType
FILTERS = {"skia-bilinear": skia.FilterMode.kLinear, "skia-nearest": skia.FilterMode.kNearest}
TARGETS = ((64, 36), (51, 47), (36, 64), (101, 77))


def resize(picture: np.ndarray, width: int, height: int, mode: skia.FilterMode) -> np.ndarray:
    """As Android's Bitmap.createScaledBitmap does: draw the whole image into a rectangle of the new size."""
    opaque = np.full((*picture.shape[:2], 1), 255, np.uint8)
    image = skia.Image.fromarray(np.dstack([picture, opaque]), RGBA)
    info = skia.ImageInfo.Make(width, height, RGBA, skia.AlphaType.kPremul_AlphaType)
    surface = skia.Surface.MakeRaster(info)
    with surface as canvas:
        canvas.drawImageRect(image, skia.Rect.MakeWH(width, height), skia.SamplingOptions(mode))
    return np.array(surface.toarray(colorType=RGBA))[..., :3]


def main() -> None:
    noise = np.random.default_rng(7).integers(0, 256, (36, 54, 3), dtype=np.uint8)
    sources = {"person": drawing.person(128, 72), "noise": noise}
    arrays = {"version": np.array(skia.__version__)}
    for name, picture in sources.items():
        arrays[f"source {name}"] = picture
        for width, height in TARGETS:
            for method, mode in FILTERS.items():
                arrays[f"{name} {width}x{height} {method}"] = resize(picture, width, height, mode)
    np.savez_compressed(sys.argv[1], **arrays)


if __name__ == "__main__":
    main()
