"""The known mistakes, by the stage at which they show.

A suspect is a change to how we mirror the phone. If the pictures fit after the change, then the phone does
(or its manifest should say) what the suspect is called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from vcam.core.errors import ModelError
from vcam.parity.android import YuvMethod
from vcam.parity.manifest import Activation, Manifest, Optimisation, Order, Upsample
from vcam.parity.mirror import Mirror
from vcam.parity.runtime import PinnedModel, digest
from vcam.parity.skia import Filter
from vcam.parity.stages import Setup, Stage
from vcam.parity.trace import TraceFrame


@dataclass(frozen=True, slots=True)
class Suspect:
    """A mistake.

    Attributes:
        name: short and stable, for programs.
        words: for people; says what the phone seems to do.
        change: how we mirror a phone that makes it.
        kind: two suspects of one kind exclude each other.
    """

    name: str
    words: str
    change: Callable[[Setup], Setup]
    kind: str


def suspects(
    stage: Stage, setup: Setup, frames: Sequence[TraceFrame], candidates: Sequence[Path] = ()
) -> Iterator[Suspect]:
    """Yield the mistakes that can show at a stage."""
    manifest = setup.manifest
    recorded_rgb = frames[0].record.files.rgb is not None
    if stage is Stage.RGB or (stage in {Stage.INPUT, Stage.COMPOSITE} and not recorded_rgb):
        yield from _colour(manifest, frames)
    if stage in {Stage.INPUT, Stage.COMPOSITE}:
        yield from _geometry(manifest)
    if stage is Stage.COMPOSITE:
        yield from _blends(manifest)
    if stage is Stage.TENSOR:
        yield from _tensors(manifest)
    if stage is Stage.OUTPUT:
        yield from _networks(manifest, setup, candidates)
    if stage is Stage.MASK:
        yield from _masks(manifest)


def _flag(name: str, words: str, **flags: Any) -> Suspect:
    return Suspect(name, words, lambda setup: replace(setup, **flags), kind=name)


def _changed(name: str, words: str, part: str | None, **changes: Any) -> Suspect:
    """Return a suspect that changes fields of the manifest, or of one part of it."""

    def change(setup: Setup) -> Setup:
        manifest = setup.manifest
        if part is None:
            return setup.with_manifest(replace(manifest, **changes))
        inner = replace(getattr(manifest, part), **changes)
        return setup.with_manifest(replace(manifest, **{part: inner}))

    return Suspect(name, words, change, kind=f"{part}.{next(iter(changes))}")


def _colour(manifest: Manifest, frames: Sequence[TraceFrame]) -> Iterator[Suspect]:
    yield _flag("swapped-chroma", "U and V are swapped (NV12 read as NV21, or the reverse)", swap_chroma=True)
    yield _flag("red-blue", "red and blue are swapped (BGR taken for RGB)", swap_red_blue=True)
    if any(frame.record.planes is not None for frame in frames):
        yield _flag("ignored-strides", "row or pixel strides are ignored", tight=True)
    for method in YuvMethod:
        if method is not manifest.yuv:
            yield _changed(
                f"yuv-{method}", f"YUV → RGB is {method}, not {manifest.yuv} as declared", None, yuv=method
            )


def _geometry(manifest: Manifest) -> Iterator[Suspect]:
    geometry = manifest.geometry
    for method in Filter:
        if method is not geometry.filter:
            yield _changed(
                f"filter-{method}",
                f"the resize is {method}, not {geometry.filter} as declared",
                "geometry",
                filter=method,
            )
    other = Order.RESIZE_ROTATE if geometry.order is Order.ROTATE_RESIZE else Order.ROTATE_RESIZE
    yield _changed(f"order-{other}", f"the order is {other}, not {geometry.order}", "geometry", order=other)
    for turn in (90, 180, 270):
        yield _flag(f"turned-{turn}", f"the picture is turned {turn}° clockwise too far", turn=turn)
    mirror = "not mirrored, but declared so" if geometry.mirror else "mirrored, but not declared so"
    yield _changed("mirror", f"the picture is {mirror}", "geometry", mirror=not geometry.mirror)
    if geometry.crop is not None:
        yield _changed("no-crop", "the declared crop is not applied", "geometry", crop=None)
    if geometry.letterbox is None:
        yield _changed(
            "letterbox", "the picture is letterboxed, not stretched", "geometry", letterbox=(0, 0, 0)
        )
    else:
        yield _changed("stretched", "the picture is stretched, not letterboxed", "geometry", letterbox=None)


def _tensors(manifest: Manifest) -> Iterator[Suspect]:
    rule = manifest.tensor
    none, one = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
    imagenet = {"mean": (0.485, 0.456, 0.406), "std": (0.229, 0.224, 0.225)}
    half = {"mean": (0.5, 0.5, 0.5), "std": (0.5, 0.5, 0.5)}
    known = (
        ("no-mean-std", "mean and std are missing: pixels are only scaled", {"mean": none, "std": one}),
        ("no-mean", "the mean is not taken off", {"mean": none}),
        ("no-std", "the std is not divided by", {"std": one}),
        ("unscaled", "pixels are not scaled to 0 … 1 before mean and std", {"scale": 1.0}),
        ("raw-pixels", "pixels go in as 0 … 255", {"scale": 1.0, "mean": none, "std": one}),
        ("imagenet", "ImageNet's mean and std are used", {"scale": 1 / 255, **imagenet}),
        ("minus-one-to-one", "pixels are scaled to −1 … 1", {"scale": 1 / 255, **half}),
    )
    for name, words, changes in known:
        yield _changed(name, words, "tensor", **changes)
    other = "BGR" if rule.channels == "RGB" else "RGB"
    swapped = _changed("channels", f"channels are {other}, not {rule.channels}", "tensor", channels=other)
    yield replace(swapped, kind="channels")
    yield _flag("layout", "the tensor's values are in the other layout (NHWC for NCHW)", interleaved=True)


def _networks(manifest: Manifest, setup: Setup, candidates: Sequence[Path]) -> Iterator[Suspect]:
    runtime, ends = manifest.runtime, manifest.model
    model = setup.mirror.model
    assert model is not None  # noqa: S101 - the output is only compared with a model

    def other(path: Path, level: Optimisation) -> Callable[[Setup], Setup] | None:
        try:
            network = PinnedModel(path, ends.input.size, level, ends.input.layout)
            if network.run(np.zeros(ends.input.shape, np.float32)).shape != ends.output.shape:
                return None
        except ModelError:
            return None
        return lambda setup: replace(setup, mirror=Mirror(setup.manifest, network))

    seen = {model.sha256}
    for path in candidates:
        sha256 = digest(path)
        change = None if sha256 in seen else other(path, runtime.optimisation)
        seen.add(sha256)
        if change is not None:
            yield Suspect(
                f"model-{path.stem}", f"the network is {path.name}, not {ends.name}", change, "model"
            )
    for level in Optimisation:
        change = None if level is runtime.optimisation else other(model.path, level)
        if change is not None:
            words = f"the graph optimisation level is {level}, not {runtime.optimisation}"
            yield Suspect(f"optimisation-{level}", words, change, "model")


def _masks(manifest: Manifest) -> Iterator[Suspect]:
    post = manifest.post
    for activation in (Activation.NONE, Activation.SIGMOID, Activation.SOFTMAX, Activation.ARGMAX):
        if activation is not post.activation and manifest.model.output.dtype == "float32":
            words = f"the activation is {activation}, not {post.activation}"
            yield _changed(f"activation-{activation}", words, "post", activation=activation)
    for channel in range(min(manifest.model.output.channels, 32)):
        if post.person != (channel,):
            words = f"the person is channel {channel}, not {', '.join(map(str, post.person))}"
            yield _changed(f"person-{channel}", words, "post", person=(channel,))
    for threshold in (None, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        if threshold != post.threshold:
            words = "there is no threshold" if threshold is None else f"the threshold is {threshold}"
            yield _changed(
                f"threshold-{threshold}", f"{words}, not {post.threshold}", "post", threshold=threshold
            )
    for upsample in Upsample:
        if Upsample.NONE not in {upsample, post.upsample} and upsample is not post.upsample:
            words = f"the mask is up-sampled by {upsample}, not {post.upsample}"
            yield _changed(f"upsample-{upsample}", words, "post", upsample=upsample)
    yield _flag("inverted", "the mask is inverted", invert=True)


def _blends(manifest: Manifest) -> Iterator[Suspect]:
    colour = manifest.post.blend
    if colour is not None and colour[0] != colour[2]:
        yield _changed("blend-red-blue", "red and blue of the blend are swapped", "post", blend=colour[::-1])
