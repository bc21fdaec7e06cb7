"""fp32 ONNX -> int8 QDQ twin: static, unsigned 8-bit activations, signed 8-bit weights per channel."""

from __future__ import annotations

import contextlib
import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process

from training.augment import FULL_SIZES, Mix, Sampler

CALIBRATION_BATCHES = 24
CALIBRATION_SEED = 77


class Reader(CalibrationDataReader):  # type: ignore[misc]
    """Hands pictures (1, 3, H, W) in [0, 1] to the calibrator."""

    def __init__(self, pictures: Iterator[NDArray[np.float32]]) -> None:
        self._pictures = pictures

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        """The next feed, or None at the end."""
        picture = next(self._pictures, None)
        return None if picture is None else {"image": picture}


def calibration(store: Path, count: int = CALIBRATION_BATCHES * 8) -> Iterator[NDArray[np.float32]]:
    """Training pictures of all sizes and kinds."""
    sampler = Sampler(store, Mix())
    for number in range(count // 8):
        images, _ = sampler.batch(CALIBRATION_SEED, number, 8, FULL_SIZES)
        for image in images:
            yield image[None].astype(np.float32) / np.float32(255)


@contextlib.contextmanager
def _hushed() -> Iterator[None]:
    """The quantiser warns about its own pre-processing, on the root logger."""
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.ERROR)
    try:
        yield
    finally:
        root.setLevel(before)


def quantise(
    source: Path,
    target: Path,
    pictures: Iterator[NDArray[np.float32]],
    *,
    reduce_range: bool = False,
    keep_float: tuple[str, ...] = (),
    keep_nodes: tuple[str, ...] = (),
) -> None:
    """Write the int8 twin of ``source``.

    Args:
        source: fp32 model with symbolic height and width.
        target: where the int8 model goes.
        pictures: calibration inputs.
        reduce_range: 7-bit weights, for processors whose 8-bit products saturate (AVX2 without VNNI).
        keep_float: operator types that stay in floating point.
        keep_nodes: single nodes that stay in floating point.
    """
    with _hushed(), tempfile.TemporaryDirectory() as folder:
        ready = Path(folder) / "ready.onnx"
        quant_pre_process(str(source), str(ready), skip_symbolic_shape=True)
        kinds = {node.op_type for node in onnx.load(str(ready)).graph.node} - set(keep_float) - {"Constant"}
        quantize_static(
            str(ready), str(target), Reader(pictures), quant_format=QuantFormat.QDQ, per_channel=True,
            activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, reduce_range=reduce_range,
            op_types_to_quantize=sorted(kinds), calibrate_method=CalibrationMethod.MinMax,
            nodes_to_exclude=list(keep_nodes),
        )  # fmt: skip
    onnx.checker.check_model(str(target))
