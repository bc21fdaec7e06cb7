"""`--pipeline phone`: the live camera through the mirrored pipeline, to see what the phone shows.

Two things cannot be as on the phone and are left out: the crop, which counts in pixels of its sensor, and the
rotation, because a webcam stands upright.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from vcam.core.errors import ModelError, Problem
from vcam.core.frame import Frame, Matte, Pixels, Size
from vcam.core.ports import Compositor, Segmenter
from vcam.parity import android, post, skia
from vcam.parity.android import Rgb, YuvMethod
from vcam.parity.manifest import Colour, Manifest, MaskSize, Upsample
from vcam.parity.phone import Phone, adopt

_GREEN: Colour = (0, 177, 64)


class PhoneSegmenter:
    """The person as the phone finds it, at the size of the frame."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone

    @property
    def name(self) -> str:
        """The network's name, and that it runs as on a phone."""
        return f"{self._phone.mirror.manifest.model.name} (phone)"

    def segment(self, frame: Frame) -> Matte:
        """Return the phone's mask as a matte. Raises ModelError, also for an output that is no number."""
        stages = self._phone.run(frame.pixels)
        if not np.isfinite(stages.output).all():
            raise ModelError(Problem.BAD_MATTE, f"{self.name}: got an output with NaN or infinity")
        mask = stages.mask
        if self._phone.mirror.manifest.geometry.mirror:
            mask = android.mirror(mask)
        return Matte(mask.astype(np.float32) / np.float32(255), frame.captured_at)

    def reset(self) -> None:
        """Forget what came before."""
        self._phone.forget()

    def close(self) -> None:
        """Nothing is held but memory."""


class PhoneCompositor:
    """The phone's colours and blend: one colour behind the person, never the room."""

    def __init__(self, manifest: Manifest, colour: Colour) -> None:
        self._manifest = manifest
        self._colour = colour

    def compose(self, frame: Frame, matte: Matte) -> Pixels:
        """Return uint8 (height, width, 3) BGR of the frame's size."""
        mask = skia.resize(post.to_bytes(matte.share), Size.of(frame.pixels), self._manifest.geometry.filter)
        picture = post.blend(through_yuv(frame.pixels, self._manifest.yuv), mask, self._colour)
        return android.swapped(picture)

    def close(self) -> None:
        """Nothing is held."""


def through_yuv(pixels: Pixels, method: YuvMethod) -> Rgb:
    """Return BGR pixels as RGB that has been through the phone's YUV and back."""
    full = method is YuvMethod.LIBYUV_FULL
    return android.yuv_to_rgb(*android.rgb_to_nv21(android.swapped(pixels), full_range=full), method)


def phone_stages(
    manifest: Manifest, model: Path, colour: Colour | None = None
) -> tuple[Segmenter, Compositor]:
    """Return the two rooms of the app's pipeline that stand for a phone. Raises ModelError."""
    return phone_segmenter(manifest, model), phone_compositor(manifest, colour)


def phone_segmenter(manifest: Manifest, model: Path) -> Segmenter:
    """Return the phone's way from a frame to a matte.

    Args:
        manifest: from a trace, or from phone.manifest_for() for one of the app's networks.
        model: the .onnx file.

    Raises:
        ModelError: the network cannot be opened.
    """
    upsample = manifest.post.upsample
    shown = replace(
        manifest,
        geometry=replace(manifest.geometry, crop=None),
        post=replace(
            manifest.post,
            to=MaskSize.FRAME,
            upsample=Upsample.SKIA_BILINEAR if upsample is Upsample.NONE else upsample,
            blend=None,
        ),
    )
    return PhoneSegmenter(Phone(*adopt(shown, model)))


def phone_compositor(manifest: Manifest, colour: Colour | None = None) -> Compositor:
    """Return the phone's blend: the colour, else the manifest's own, else green behind the person."""
    return PhoneCompositor(manifest, colour or manifest.post.blend or _GREEN)
