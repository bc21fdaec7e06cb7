"""One stage of one frame: what we make of the phone's previous stage, what the phone made, how far apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from vcam.core.frame import Alpha
from vcam.parity import android
from vcam.parity.android import Rgb
from vcam.parity.manifest import Layout, Manifest, Precision
from vcam.parity.mirror import Mirror
from vcam.parity.post import Mask, Output
from vcam.parity.skia import Filter
from vcam.parity.trace import TraceFrame

Values: TypeAlias = NDArray[Any]


class Stage(StrEnum):
    """In the order in which a frame meets them."""

    RGB = "rgb"
    INPUT = "input"
    TENSOR = "tensor"
    OUTPUT = "output"
    MASK = "mask"
    COMPOSITE = "composite"
    END_TO_END = "end to end"


@dataclass(frozen=True, slots=True)
class Difference:
    """How far two arrays of one shape are apart, in their own units.

    Attributes:
        maximum: the largest absolute difference; infinite where either has what is no number.
        mean: of the absolute differences.
        disagreement: share of the mask's pixels that are a person on one side only.
        iou: of the two masks; 1 where both are empty.
        within_step: share of values that are at most one quantisation step apart.
    """

    maximum: float
    mean: float
    disagreement: float | None = None
    iou: float | None = None
    within_step: float | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What a difference may be at most (or, for iou and within_step, at least)."""

    maximum: float | None = None
    mean: float | None = None
    disagreement: float | None = None
    iou: float | None = None
    within_step: float | None = None

    def broken(self, got: Difference) -> str | None:
        """Return in words the first limit that is not held; what is no number holds none."""
        for name, sign in _SIGNS.items():
            limit, value = getattr(self, name), getattr(got, name)
            if limit is None or value is None:
                continue
            held = value >= limit if sign == "at least" else value <= limit
            if not held:
                return f"{_WORDS[name]}: got {value:.6g} != wanted {sign} {limit:g}"
        return None

    def words(self) -> str:
        """Return the limits for people."""
        pairs = ((name, getattr(self, name)) for name in _SIGNS)
        return ", ".join(
            f"{_WORDS[name]} {'≥' if _SIGNS[name] == 'at least' else '≤'} {limit:g}"
            for name, limit in pairs
            if limit is not None
        )


_SIGNS = {
    "maximum": "at most",
    "mean": "at most",
    "within_step": "at least",
    "disagreement": "at most",
    "iou": "at least",
}
_WORDS = {
    "maximum": "largest difference",
    "mean": "mean difference",
    "within_step": "share within one step",
    "disagreement": "mask disagreement",
    "iou": "IoU",
}


_LIMITS = {
    Stage.RGB: Limits(maximum=1),
    Stage.INPUT: Limits(maximum=2, mean=0.5),
    Stage.TENSOR: Limits(maximum=1e-6),
    Stage.OUTPUT: Limits(maximum=1e-3, disagreement=1e-4, iou=0.9995),
    Stage.MASK: Limits(disagreement=1e-4, iou=0.9995, mean=0.5),
    Stage.COMPOSITE: Limits(maximum=2, mean=0.5),
    Stage.END_TO_END: Limits(disagreement=0.005, iou=0.99),
}


def limits(stage: Stage, manifest: Manifest) -> Limits:
    """Return the tolerances of docs/parity.md."""
    if stage is Stage.OUTPUT and manifest.model.precision is Precision.INT8:
        return Limits(within_step=0.99, disagreement=0.005)
    if stage in {Stage.INPUT, Stage.COMPOSITE} and manifest.geometry.filter is Filter.BILINEAR_4BIT:
        return Limits(maximum=10, mean=0.5)
    return _LIMITS[stage]


@dataclass(frozen=True, slots=True)
class Setup:
    """How we mirror a phone: its manifest, and the mistakes that `explain` tries.

    Attributes:
        mirror: the stages.
        swap_chroma: U is read where V is said to be.
        tight: strides are taken for unpadded ones.
        turn: degrees that are rotated too much.
        swap_red_blue: red and blue are exchanged before the resize.
        interleaved: the tensor's values are in the other layout than its shape says.
        invert: the mask is that of everybody but the person.
    """

    mirror: Mirror
    swap_chroma: bool = False
    tight: bool = False
    turn: int = 0
    swap_red_blue: bool = False
    interleaved: bool = False
    invert: bool = False

    @property
    def manifest(self) -> Manifest:
        """What the phone says."""
        return self.mirror.manifest

    def with_manifest(self, manifest: Manifest) -> Setup:
        """Return the same setup for another manifest."""
        return replace(self, mirror=replace(self.mirror, manifest=manifest))

    def rgb(self, frame: TraceFrame) -> Rgb:
        """Return the whole picture."""
        buffer, layout = frame.yuv()
        if self.tight:
            layout = android.nv21_layout(layout.size)
        if self.swap_chroma:
            layout = replace(layout, u=layout.v, v=layout.u)
        return self._red_blue(self.mirror.rgb(buffer, layout))

    def _red_blue(self, rgb: Rgb) -> Rgb:
        return rgb[..., ::-1] if self.swap_red_blue else rgb

    def input(self, frame: TraceFrame, rgb: Rgb | None) -> Rgb:
        """Return what the network sees, from the given picture or the camera's bytes."""
        picture = self.rgb(frame) if rgb is None else self._red_blue(rgb)
        return self.mirror.input(picture, (frame.record.rotation + self.turn) % 360)

    def tensor(self, picture: Rgb) -> NDArray[np.float32]:
        """Return the network's input."""
        tensor = self.mirror.tensor(picture)
        if not self.interleaved:
            return tensor
        to_last = self.manifest.model.input.layout is Layout.NCHW
        other = np.moveaxis(tensor, 1, -1) if to_last else np.moveaxis(tensor, -1, 1)
        return np.ascontiguousarray(other).reshape(tensor.shape)

    def mask(self, alpha: Alpha, frame: TraceFrame) -> Mask:
        """Return the mask."""
        return self.mirror.mask(1 - alpha if self.invert else alpha, frame.upright)

    def composite(self, frame: TraceFrame, rgb: Rgb | None, mask: Mask) -> Rgb | None:
        """Return what is shown, or None where nothing is blended."""
        picture = self.rgb(frame) if rgb is None else self._red_blue(rgb)
        turned = (frame.record.rotation + self.turn) % 360
        return self.mirror.composite(self.mirror.upright(picture, turned), mask)


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """What we made and what the phone made, and how far apart they are."""

    ours: Values
    theirs: Values
    difference: Difference


def pixels(ours: Values, theirs: Values) -> Pair:
    """Compare pictures or tensors; another shape is infinitely far."""
    return Pair(ours, theirs, _far(ours, theirs))


def masks(ours: Mask, theirs: Mask) -> Pair:
    """Compare masks, value by value and as person or not (above 127)."""
    return Pair(ours, theirs, _agree(_far(ours, theirs), ours, theirs))


def outputs(ours: Output, theirs: Output, as_mask: Callable[[Output], Mask], step: float | None) -> Pair:
    """Compare outputs, value by value and through the masks that become of them."""
    difference = _agree(_far(ours, theirs), as_mask(ours), as_mask(theirs))
    if step is not None and ours.shape == theirs.shape:
        # Half a percent of a step is rounding of float32, not a second step.
        near = np.abs(ours.astype(np.float64) - theirs) <= step * 1.005
        difference = replace(difference, within_step=float(near.mean()))
    return Pair(ours, theirs, difference)


def _far(ours: Values, theirs: Values) -> Difference:
    if ours.shape != theirs.shape:
        return Difference(np.inf, np.inf)
    if ours.dtype == np.uint8:
        apart: Values = np.abs(ours.astype(np.int16) - theirs)
    else:
        apart = np.abs(ours.astype(np.float64) - theirs)
        if not np.isfinite(apart).all():
            return Difference(np.inf, np.inf)
    return Difference(float(apart.max()), float(apart.mean()))


def _agree(difference: Difference, ours: Mask, theirs: Mask) -> Difference:
    if ours.shape != theirs.shape:
        return replace(difference, disagreement=1.0, iou=0.0)
    a, b = ours > 127, theirs > 127
    union = int((a | b).sum())
    iou = float((a & b).sum() / union) if union else 1.0
    return replace(difference, disagreement=float((a != b).mean()), iou=iou)
