"""A tiny phone, and traces that it recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.parity.references import drawing
from vcam.core.errors import EndOfSource
from vcam.core.frame import Frame, Size
from vcam.core.ports import SourceFormat
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
from vcam.parity.phone import Phone, adopt
from vcam.parity.record import record
from vcam.parity.skia import Filter

GOLDEN = Path(__file__).parent / "golden"
TINY = GOLDEN / "tiny.onnx"
SIZE = Size(128, 96)


class Drawings:
    """A source of so many drawn frames: a person who moves to the side."""

    def __init__(self, count: int, size: Size = SIZE) -> None:
        self._left, self._size = count, size
        self._count = count
        self.closed = False

    @property
    def name(self) -> str:
        return "drawings"

    @property
    def format(self) -> SourceFormat:
        return SourceFormat(self._size, 30.0, frames=self._count)

    def read(self) -> Frame:
        if not self._left:
            raise EndOfSource
        self._left -= 1
        index = self._count - self._left - 1
        rgb = drawing.person(self._size.width, self._size.height, 0.03 * index)
        return Frame(np.ascontiguousarray(rgb[..., ::-1]), index, index / 30)

    def close(self) -> None:
        self.closed = True


def tiny_manifest(**changes: Any) -> Manifest:
    """The manifest of a phone around tiny.onnx; changes replace whole parts."""
    manifest = Manifest(
        device=Device("Pixel", "SoC", 34, "app", "1.0"),
        runtime=Runtime("onnxruntime", "1.20.0", ("CPUExecutionProvider",), 1, Optimisation.ALL),
        model=Network(
            "tiny",
            "0" * 64,
            Precision.FP32,
            End("image", Layout.NCHW, "float32", 80, 64, 3),
            End("logits", Layout.NCHW, "float32", 40, 32, 2),
        ),
        tensor=Normalisation("RGB", 1 / 255, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        yuv=YuvMethod.LIBYUV_FULL,
        geometry=Geometry(Filter.BILINEAR, Order.ROTATE_RESIZE),
        post=Post(
            Activation.SOFTMAX,
            (1,),
            upsample=Upsample.FLOAT_BILINEAR,
            to=MaskSize.FRAME,
            blend=(0, 177, 64),
        ),
    )
    return replace(manifest, **changes)


Recorder = Callable[..., Path]


@pytest.fixture
def recorded(tmp_path: Path) -> Recorder:
    """Returns a function that records a trace with the tiny phone and returns its path."""
    made = iter(range(100))

    def make(
        manifest: Manifest | None = None,
        *,
        frames: int = 1,
        rotation: int = 0,
        keep_rgb: bool = False,
        zipped: bool = False,
    ) -> Path:
        path = tmp_path / f"trace{next(made)}{'.zip' if zipped else ''}"
        phone = Phone(*adopt(manifest or tiny_manifest(), TINY), keep_rgb=keep_rgb)
        record(Drawings(frames), path, phone, frames=frames, rotation=rotation)
        return path

    return make
