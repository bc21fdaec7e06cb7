"""The phone's pipeline, stage by stage, as its manifest says.

    YUV → rgb → input (crop, rotate, mirror, resize) → tensor → output → mask → composite

Each stage is a function of the one before, so that each can also be fed the phone's own previous stage.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vcam.core.frame import Alpha, Size
from vcam.parity import android, post, skia
from vcam.parity.android import Bytes, Rgb, YuvLayout
from vcam.parity.manifest import Layout, Manifest, Normalisation, Order
from vcam.parity.post import Mask, Output
from vcam.parity.runtime import PinnedModel


@dataclass(frozen=True, slots=True)
class Mirror:
    """The stages of one manifest; model is None where only the stages around the network are wanted."""

    manifest: Manifest
    model: PinnedModel | None = None

    def rgb(self, buffer: Bytes, layout: YuvLayout) -> Rgb:
        """Return the whole RGB picture in sensor orientation."""
        return android.yuv_to_rgb(buffer, layout, self.manifest.yuv)

    def upright(self, rgb: Rgb, rotation: int) -> Rgb:
        """Return the picture cropped, turned upright and mirrored, at full size: what the composite shows."""
        geometry = self.manifest.geometry
        picture = geometry.crop.cut(rgb) if geometry.crop else rgb
        picture = android.rotate(picture, rotation)
        return android.mirror(picture) if geometry.mirror else picture

    def upright_size(self, sensor: Size, rotation: int) -> Size:
        """Return the size of upright()."""
        crop = self.manifest.geometry.crop
        size = crop.size if crop else sensor
        return Size(size.height, size.width) if rotation % 180 else size

    def input(self, rgb: Rgb, rotation: int) -> Rgb:
        """Return the picture that the network sees, uint8 RGB at its input size."""
        geometry = self.manifest.geometry
        target = self.manifest.model.input.size
        if geometry.order is Order.ROTATE_RESIZE:
            return self._fit(self.upright(rgb, rotation), target)
        picture = geometry.crop.cut(rgb) if geometry.crop else rgb
        lying = Size(target.height, target.width) if rotation % 180 else target
        picture = android.rotate(self._fit(picture, lying), rotation)
        return android.mirror(picture) if geometry.mirror else picture

    def _fit(self, picture: Rgb, target: Size) -> Rgb:
        geometry = self.manifest.geometry
        if geometry.letterbox is None:
            return skia.resize(picture, target, geometry.filter)
        box = android.letterbox(Size.of(picture), target)
        result = np.empty((target.height, target.width, 3), np.uint8)
        result[:] = geometry.letterbox
        box.cut(result)[:] = skia.resize(picture, box.size, geometry.filter)
        return result

    def tensor(self, picture: Rgb) -> NDArray[np.float32]:
        """Return the network's input: float32, (1, 3, height, width) or (1, height, width, 3)."""
        return to_tensor(picture, self.manifest.tensor, self.manifest.model.input.layout)

    def output(self, tensor: NDArray[np.float32]) -> Output:
        """Return what the network gives. Raises ModelError."""
        assert self.model is not None  # noqa: S101 - our bug: asked without a model
        return self.model.run(tensor)

    def alpha(self, output: Output, previous: Alpha | None = None) -> Alpha:
        """Return the smoothed matte at the output's size; previous is what this gave for the frame before."""
        fresh = post.activate(output, self.manifest.model, self.manifest.post)
        return post.smooth(previous, fresh, self.manifest.post)

    def mask(self, alpha: Alpha, upright: Size) -> Mask:
        """Return the mask, uint8 (height, width)."""
        manifest = self.manifest
        return post.mask(alpha, manifest.model.input.size, upright, manifest.geometry, manifest.post)

    def composite(self, upright: Rgb, mask: Mask) -> Rgb | None:
        """Return what is shown, at the mask's size, or None where the manifest blends nothing.

        A mask of another size than the picture gets the picture resized to it, as a small preview would.
        """
        colour = self.manifest.post.blend
        if colour is None:
            return None
        picture = skia.resize(upright, Size.of(mask), self.manifest.geometry.filter)
        return post.blend(picture, mask, colour)


def to_tensor(picture: Rgb, rule: Normalisation, layout: Layout) -> NDArray[np.float32]:
    """Return (pixel · scale − mean) / std, computed in float64 and rounded once, by a table of 256 values."""
    values = np.arange(256, dtype=np.float64) * rule.scale
    height, width = picture.shape[:2]
    planes = np.empty((1, 3, height, width), np.float32)
    for channel in range(3):
        table = ((values - rule.mean[channel]) / rule.std[channel]).astype(np.float32)
        source = channel if rule.channels == "RGB" else 2 - channel
        planes[0, channel] = table[picture[..., source]]
    if layout is Layout.NCHW:
        return planes
    return np.ascontiguousarray(np.moveaxis(planes, 1, -1))
