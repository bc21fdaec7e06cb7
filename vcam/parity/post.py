"""From the network's output to the mask on the screen: activate, smooth, up-sample, threshold, blend."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from vcam.core.frame import Alpha, Size
from vcam.parity import android, skia
from vcam.parity.manifest import Activation, Geometry, Layout, MaskSize, Network, Post, Upsample

Output: TypeAlias = NDArray[np.float32] | NDArray[np.int64]
"""The network's output, (1, …) in the layout of its end."""

Mask: TypeAlias = NDArray[np.uint8]
"""uint8 (height, width): 255 is the person; only 0 and 255 where there is a threshold."""


def activate(output: Output, model: Network, post: Post) -> Alpha:
    """Return how much of each pixel is the person: float32 in [0, 1], (height, width) of the output.

    What is not a number is nobody.
    """
    planes = output[0] if model.output.layout is Layout.NCHW else np.moveaxis(output[0], -1, 0)
    people = list(post.person)
    with np.errstate(invalid="ignore", over="ignore"):
        alpha = _probability(planes, people, post.activation)
    return np.asarray(np.clip(np.nan_to_num(alpha), 0, 1), np.float32)


def _probability(planes: NDArray[Any], people: list[int], activation: Activation) -> NDArray[Any]:
    match activation:
        case Activation.NONE:
            return np.asarray(planes[people].sum(axis=0))
        case Activation.SIGMOID:
            return np.asarray(sigmoid(planes[people]).max(axis=0))
        case Activation.SOFTMAX:
            return np.asarray(softmax(planes)[people].sum(axis=0))
        case Activation.ARGMAX:
            return np.isin(planes.argmax(axis=0), people).astype(np.float32)
        case Activation.LABELS:
            return np.isin(planes[0], people).astype(np.float32)


def sigmoid(x: NDArray[np.generic]) -> NDArray[np.float32]:
    """Return 1 / (1 + e⁻ˣ) without overflow."""
    decay = np.exp(-np.abs(np.asarray(x, np.float32)))
    return np.where(np.asarray(x) >= 0, 1 / (1 + decay), decay / (1 + decay)).astype(np.float32)


def softmax(x: NDArray[np.generic]) -> NDArray[np.float32]:
    """Return the softmax over the first axis."""
    values = np.asarray(x, np.float32)
    powers = np.exp(values - values.max(axis=0))
    return np.asarray(powers / powers.sum(axis=0), np.float32)


def smooth(previous: Alpha | None, alpha: Alpha, post: Post) -> Alpha:
    """Return s · previous + (1 − s) · alpha; the first frame stands for itself."""
    if previous is None or not post.smoothing:
        return alpha
    s = np.float32(post.smoothing)
    return s * previous + (1 - s) * alpha


def to_bytes(alpha: Alpha) -> Mask:
    """Return floor(255 · alpha + 1/2)."""
    return np.asarray(np.floor(alpha * np.float32(255) + np.float32(0.5)), np.uint8)


def mask(alpha: Alpha, network_input: Size, upright: Size, geometry: Geometry, post: Post) -> Mask:
    """Return the mask of the size that post.to names; in a whole frame, the bars of a letterbox are cut away.

    Args:
        alpha: at the network's output size.
        network_input: the size of the network's input.
        upright: the size of the picture after crop and rotation.
        geometry: for the letterbox.
        post: up-sampling and threshold.
    """
    if post.upsample is Upsample.FLOAT_BILINEAR:
        values: NDArray[Any] = alpha
    else:
        values = to_bytes(alpha)
    if post.upsample is not Upsample.NONE:
        if post.to is MaskSize.INPUT or geometry.letterbox is not None:
            values = _resize(values, network_input, post.upsample)
        if post.to is MaskSize.FRAME:
            if geometry.letterbox is not None:
                values = android.letterbox(upright, network_input).cut(values)
            values = _resize(values, upright, post.upsample)
    if post.threshold is not None:
        limit = post.threshold if values.dtype == np.float32 else 255 * post.threshold
        return np.asarray(np.where(values > limit, 255, 0), np.uint8)
    return np.asarray(values, np.uint8) if values.dtype == np.uint8 else to_bytes(values)


def _resize(values: NDArray[Any], size: Size, method: Upsample) -> NDArray[Any]:
    if method is Upsample.FLOAT_BILINEAR:
        return skia.bilinear(values, size)
    return skia.resize(values, size, skia.Filter(method.value))


def blend(rgb: android.Rgb, mask: Mask, colour: tuple[int, int, int]) -> android.Rgb:
    """Return (m · rgb + (255 − m) · colour + 127) // 255 for each pixel; all of one size."""
    weight = mask.astype(np.uint16)[..., None]
    total = weight * rgb
    total += (255 - weight) * np.array(colour, np.uint16)
    total += np.uint16(127)
    # x // 255 for every x below 65535, without a division: 255 · 255 + 127 is.
    total += (total >> 8) + np.uint16(1)
    total >>= 8
    return total.astype(np.uint8)
