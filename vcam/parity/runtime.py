"""The network, run by ONNX Runtime with everything pinned that can move its output."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from vcam.core.errors import ModelError, Problem
from vcam.core.frame import Size
from vcam.parity.manifest import Layout, Optimisation
from vcam.parity.post import Output

_LEVELS = {
    Optimisation.DISABLED: ort.GraphOptimizationLevel.ORT_DISABLE_ALL,
    Optimisation.BASIC: ort.GraphOptimizationLevel.ORT_ENABLE_BASIC,
    Optimisation.EXTENDED: ort.GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
    Optimisation.ALL: ort.GraphOptimizationLevel.ORT_ENABLE_ALL,
}
_AXES = {Layout.NCHW: (2, 3), Layout.NHWC: (1, 2)}

MAX_MODEL_BYTES = 1 << 30


class PinnedModel:
    """One session on one CPU thread at one optimisation level and one input size.

    Args:
        path: the .onnx file.
        size: of the input; symbolic "height" and "width" axes are fixed to it.
        optimisation: the level that the phone used.
        layout: of the input.
        output: the output's name; the first one where it is None.

    Raises:
        ModelError: the file is missing, damaged, or takes something else.
    """

    def __init__(
        self,
        path: Path,
        size: Size,
        optimisation: Optimisation,
        layout: Layout = Layout.NCHW,
        output: str | None = None,
    ) -> None:
        data = read_model(path)
        self.path = path
        self.sha256 = hashlib.sha256(data).hexdigest()
        ort.disable_telemetry_events()  # Windows, which does not know what vcam/__init__.py sets
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.graph_optimization_level = _LEVELS[optimisation]
        options.add_free_dimension_override_by_name("height", size.height)
        options.add_free_dimension_override_by_name("width", size.width)
        options.log_severity_level = 3
        try:
            self._session = ort.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's own errors share no base class
            raise ModelError(Problem.DAMAGED_MODEL, f"{path.name}: {_first_line(error)}") from error
        inputs = self._session.get_inputs()
        if len(inputs) != 1:
            given = ", ".join(each.name for each in inputs)
            raise ModelError(
                Problem.WRONG_MODEL,
                f"{path.name}: got {len(inputs)} inputs ({given}) != wanted 1: a trace has no memory",
            )
        self.input_name: str = inputs[0].name
        self._check_size(inputs[0].shape, size, layout)
        names = [each.name for each in self._session.get_outputs()]
        if output is not None and output not in names:
            raise ModelError(
                Problem.WRONG_MODEL, f"{path.name}: got outputs {', '.join(names)} != wanted {output}"
            )
        self.output_name: str = output or names[0]

    def _check_size(self, shape: list[object], size: Size, layout: Layout) -> None:
        high, wide = _AXES[layout]
        wanted = {high: size.height, wide: size.width}
        fits = len(shape) == 4 and all(
            shape[axis] == side or not isinstance(shape[axis], int) for axis, side in wanted.items()
        )
        if not fits:
            raise ModelError(
                Problem.WRONG_MODEL,
                f"{self.path.name}: got an input of {shape} != wanted {size} ({layout})",
            )

    def run(self, tensor: NDArray[np.float32]) -> Output:
        """Return the output for one input. Raises ModelError."""
        try:
            (output,) = self._session.run([self.output_name], {self.input_name: tensor})
        except Exception as error:
            raise ModelError(Problem.WRONG_MODEL, f"{self.path.name}: {_first_line(error)}") from error
        array: NDArray[np.generic] = np.asarray(output)
        if array.dtype == np.int64:
            return array.astype(np.int64)
        return array.astype(np.float32)


def read_model(path: Path) -> bytes:
    """Return the file's bytes. Raises ModelError when it cannot be read or is no reasonable size."""
    try:
        if path.stat().st_size > MAX_MODEL_BYTES:
            raise ModelError(
                Problem.WRONG_MODEL,
                f"{path}: got {path.stat().st_size} bytes != wanted at most {MAX_MODEL_BYTES}",
            )
        return path.read_bytes()
    except OSError as error:
        raise ModelError(Problem.NO_MODEL, f"{path}: {error.strerror}; give --model FILE.onnx") from error


def digest(path: Path) -> str:
    """Return the SHA-256 of a model file, lower-case hexadecimal."""
    return hashlib.sha256(read_model(path)).hexdigest()


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0][:300] if str(error) else type(error).__name__
