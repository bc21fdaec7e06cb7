"""A phone, played by the desktop: from one of the app's frames to everything that a phone would record."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import onnxruntime as ort

import vcam
from vcam.core.errors import ModelError, Problem
from vcam.core.frame import Alpha, Pixels, Size
from vcam.parity import android
from vcam.parity.android import YuvMethod
from vcam.parity.manifest import (
    Activation,
    Device,
    End,
    Geometry,
    Layout,
    Manifest,
    MaskSize,
    Network,
    Normalisation,
    Optimisation,
    Order,
    Post,
    Precision,
    Runtime,
    Upsample,
)
from vcam.parity.mirror import Mirror
from vcam.parity.runtime import PinnedModel, read_model
from vcam.parity.skia import Filter
from vcam.parity.trace import Stages

_MAX_CARD_BYTES = 1 << 18


class Phone:
    """Runs a manifest's pipeline on frames of the app, with the memory that its smoothing needs.

    Args:
        manifest: the pipeline.
        model: its network.
        keep_rgb: whether the whole RGB picture is kept among the stages.
    """

    def __init__(self, manifest: Manifest, model: PinnedModel, *, keep_rgb: bool = False) -> None:
        self.mirror = Mirror(manifest, model)
        self._keep_rgb = keep_rgb
        self._previous: Alpha | None = None
        self.timings: dict[str, float] = {}

    def run(self, pixels: Pixels, rotation: int = 0) -> Stages:
        """Return all stages of one frame, uint8 (height, width, 3) BGR as a phone held upright would see it.

        A rotation makes a sensor that lies that many degrees counter-clockwise. Raises ModelError.
        """
        manifest = self.mirror.manifest
        sensor = android.rotate(android.swapped(pixels), -rotation % 360)
        buffer, layout = android.rgb_to_nv21(sensor, full_range=manifest.yuv is YuvMethod.LIBYUV_FULL)
        with self._timed("yuv"):
            rgb = self.mirror.rgb(buffer, layout)
        with self._timed("input"):
            picture = self.mirror.input(rgb, rotation)
        with self._timed("tensor"):
            tensor = self.mirror.tensor(picture)
        with self._timed("network"):
            output = self.mirror.output(tensor)
        with self._timed("mask"):
            self._previous = self.mirror.alpha(output, self._previous)
            mask = self.mirror.mask(self._previous, self.mirror.upright_size(layout.size, rotation))
        composite = None
        if manifest.post.blend is not None:
            with self._timed("composite"):
                composite = self.mirror.composite(self.mirror.upright(rgb, rotation), mask)
        kept = rgb if self._keep_rgb else None
        return Stages(buffer, picture, tensor, output, mask, rgb=kept, composite=composite)

    def forget(self) -> None:
        """Drop the memory: another camera, or a cut."""
        self._previous = None

    @contextmanager
    def _timed(self, name: str) -> Iterator[None]:
        start = perf_counter()
        yield
        self.timings[name] = round((perf_counter() - start) * 1000, 4)


def adopt(template: Manifest, path: Path) -> tuple[Manifest, PinnedModel]:
    """Open a network and return the manifest with what is known only then: digest, ends, this machine.

    Raises ModelError when the network does not take what the manifest says.
    """
    want = template.model
    model = PinnedModel(path, want.input.size, template.runtime.optimisation, want.input.layout)
    ramp = np.linspace(0, 255, want.input.width * want.input.height * 3).astype(np.uint8)
    picture = ramp.reshape(want.input.height, want.input.width, 3)
    output = model.run(Mirror(template).tensor(picture))
    if output.ndim != 4:
        raise ModelError(
            Problem.WRONG_MODEL, f"{path.name}: got an output of {output.shape} != wanted 4 axes"
        )
    high, wide, deep = (2, 3, 1) if want.output.layout is Layout.NCHW else (1, 2, 3)
    end = replace(
        want.output,
        name=model.output_name,
        dtype=str(output.dtype),
        height=output.shape[high],
        width=output.shape[wide],
        channels=output.shape[deep],
    )
    step = want.step
    if want.precision is Precision.INT8 and step is None:
        # Nothing but the graph tells the true one; a 255th of what the output spans is on the strict side.
        step = max(float(np.ptp(output)), 1.0) / 255
    network = replace(
        want, sha256=model.sha256, input=replace(want.input, name=model.input_name), output=end, step=step
    )
    return replace(template, model=network, device=_this_device(), runtime=_this_runtime(template)), model


def _this_device() -> Device:
    return Device("desktop", platform.machine() or "unknown", 0, "Virtual Cam", vcam.__version__)


def _this_runtime(template: Manifest) -> Runtime:
    return Runtime(
        "onnxruntime", ort.__version__, ("CPUExecutionProvider",), 1, template.runtime.optimisation
    )


def manifest_for(path: Path, upright: Size) -> Manifest:
    """Return the manifest of a usual Android app around one of the app's networks.

    libyuv's full range, rotate before a Skia bilinear resize, a mask up-sampled by Skia and cut at 0.5. The
    network's own part is read from the card beside it; of its input sizes the one nearest to the frame's
    shape is taken.

    Raises:
        ModelError: without a card, or with one that says too little.
    """
    card = _read_card(path)
    try:
        ends = card["input"], card["output"]
        shape = upright.width / upright.height
        height, width = min(ends[0]["sizes"], key=lambda each: abs(np.log(each[1] / each[0] / shape)))
        logit = ends[1]["meaning"] == "logit"
        network = Network(
            name=str(card["name"]),
            sha256=hashlib.sha256(read_model(path)).hexdigest(),
            precision=Precision(card["precision"]),
            input=End(ends[0]["name"], Layout.NCHW, "float32", int(width), int(height), 3),
            output=End(ends[1]["name"], Layout.NCHW, "float32", int(width), int(height), 1),
        )
        three = tuple(map(float, ends[0]["mean"])), tuple(map(float, ends[0]["std"]))
        tensor = Normalisation(ends[0]["channels"], float(ends[0]["scale"]), *three)  # type: ignore[arg-type]
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise ModelError(
            Problem.DAMAGED_MODEL, f"{path.with_suffix('.json').name}: got a card without a usable {error}"
        ) from error
    return Manifest(
        device=_this_device(),
        runtime=Runtime("onnxruntime", ort.__version__, ("CPUExecutionProvider",), 1, Optimisation.ALL),
        model=network,
        tensor=tensor,
        yuv=YuvMethod.LIBYUV_FULL,
        geometry=Geometry(Filter.BILINEAR, Order.ROTATE_RESIZE),
        post=Post(
            Activation.SIGMOID if logit else Activation.NONE,
            upsample=Upsample.SKIA_BILINEAR,
            to=MaskSize.FRAME,
            blend=(0, 177, 64),
        ),
    )


def _read_card(path: Path) -> Mapping[str, Any]:
    file = path.with_suffix(".json")
    try:
        with file.open("rb") as stream:
            document: object = json.loads(stream.read(_MAX_CARD_BYTES))
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(
            Problem.NO_MODEL,
            f"{file.name}: got no readable card beside the network ({error}); add it or give --manifest",
        ) from error
    if not isinstance(document, dict) or document.get("recurrent"):
        raise ModelError(
            Problem.WRONG_MODEL,
            f"{file.name}: got a network with a memory, or no card != wanted one without",
        )
    return document
