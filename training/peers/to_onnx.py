"""A dumped MediaPipe graph -> ONNX in NCHW: what its net would cost where ours runs. For measuring only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

SIMPLE = {
    "RELU": "Relu",
    "HARD_SWISH": "HardSwish",
    "LOGISTIC": "Sigmoid",
    "ADD": "Add",
    "MUL": "Mul",
    "MEAN": "GlobalAveragePool",
    "AVERAGE_POOL_2D": "GlobalAveragePool",
}


def convert(dump: Path, path: Path) -> None:
    """Write graph.json + weights.npz as one ONNX file."""
    graph = json.loads((dump / "graph.json").read_text())
    weights = dict(np.load(dump / "weights.npz"))
    builder = _Builder(graph["shapes"], weights)
    for node in graph["nodes"]:
        builder.add(node)
    ends = [
        [
            helper.make_tensor_value_info(f"t{t}", onnx.TensorProto.FLOAT, _nchw(graph["shapes"][str(t)]))
            for t in graph[k]
        ]
        for k in ("inputs", "outputs")
    ]
    made = helper.make_graph(builder.nodes, "peer", ends[0], ends[1], builder.constants)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def _nchw(shape: list[int]) -> list[int]:
    return [shape[0], shape[3], shape[1], shape[2]]


class _Builder:
    def __init__(self, shapes: dict[str, list[int]], weights: dict[str, Any]) -> None:
        self._shapes, self._weights = shapes, weights
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def add(self, node: dict[str, Any]) -> None:
        """One tflite operator."""
        kind, inputs, output = node["kind"], node["inputs"], f"t{node['outputs'][0]}"
        if kind == "DEQUANTIZE":
            self._weights[str(node["outputs"][0])] = self._weights[str(inputs[0])].astype(np.float32)
        elif kind in {"CONV_2D", "DEPTHWISE_CONV_2D"}:
            self._conv(node, output, depthwise=kind != "CONV_2D")
        elif kind == "Convolution2DTransposeBias":
            kernel = self._constant(inputs[1], self._weights[str(inputs[1])].transpose(3, 0, 1, 2))
            bias = self._constant(inputs[2], self._weights[str(inputs[2])])
            self._node("ConvTranspose", [f"t{inputs[0]}", kernel, bias], output, strides=[2, 2])
        elif kind == "RESIZE_BILINEAR":
            self._resize(node, output)
        else:
            count = 1 if kind == "MEAN" else len(inputs)
            self._node(SIMPLE[kind], [f"t{t}" for t in inputs[:count]], output)

    def _node(self, kind: str, inputs: list[str], output: str, **attributes: object) -> None:
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))

    def _constant(self, number: int, value: Any) -> str:
        name = f"w{number}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value, np.float32), name))
        return name

    def _conv(self, node: dict[str, Any], output: str, *, depthwise: bool) -> None:
        source, kernel_at, bias_at = node["inputs"]
        kernel = self._weights[str(kernel_at)]
        kernel = kernel.transpose(3, 0, 1, 2) if depthwise else kernel.transpose(0, 3, 1, 2)
        size, stride, shape = kernel.shape[2], node["stride"], self._shapes[str(source)]
        total = [max(0, (-(-n // stride) - 1) * stride + size - n) if node["same"] else 0 for n in shape[1:3]]
        pads = [total[0] // 2, total[1] // 2, total[0] - total[0] // 2, total[1] - total[1] // 2]
        raw = f"{output}_raw" if node["relu"] else output
        names = [
            f"t{source}",
            self._constant(kernel_at, kernel),
            self._constant(bias_at, self._weights[str(bias_at)]),
        ]
        self._node(
            "Conv", names, raw, strides=[stride] * 2, pads=pads, group=kernel.shape[0] if depthwise else 1
        )
        if node["relu"]:
            self._node("Relu", [raw], output)

    def _resize(self, node: dict[str, Any], output: str) -> None:
        scales = f"{output}_scales"
        before, after = (self._shapes[str(node[k][0])] for k in ("inputs", "outputs"))
        factors = np.array([1, 1, after[1] / before[1], after[2] / before[2]], np.float32)
        self.constants.append(numpy_helper.from_array(factors, scales))
        mode = "align_corners" if node["align"] else "half_pixel" if node["half_pixel"] else "asymmetric"
        self._node(
            "Resize",
            [f"t{node['inputs'][0]}", "", scales],
            output,
            mode="linear",
            coordinate_transformation_mode=mode,
        )
