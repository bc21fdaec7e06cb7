"""Rewriting a finished int8 ONNX graph: finding nodes, adding nodes, quantised convolutions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

Array = NDArray[Any]

LEVELS = 64  # 7-bit weights, as in export.QUANTISATION
SCALES = np.linspace(0.7, 1.0, 61)  # of the largest weight: candidates for what LEVELS stands for


class Graph:
    """A model's graph, to be rewritten."""

    def __init__(self, model: onnx.ModelProto) -> None:
        self.proto = model.graph
        self.values = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}

    def made(self, name: str) -> onnx.NodeProto:
        """The node that makes a value."""
        return next(node for node in self.proto.node if name in node.output)

    def user(self, name: str) -> onnx.NodeProto:
        """The only node that takes a value."""
        (node,) = (node for node in self.proto.node if name in node.input)
        return node

    def known(self, name: str) -> Array:
        """What a value is that no picture changes; in floating point where it is quantised."""
        if name in self.values:
            return self.values[name]
        node = self.made(name)
        if node.op_type == "Constant":
            return numpy_helper.to_array(node.attribute[0].t)
        assert node.op_type == "DequantizeLinear", f"{name} is not known before a picture is"
        quantised, scale, zero = (self.values[each] for each in node.input)
        shape = (-1,) + (1,) * (quantised.ndim - 1)
        return np.asarray((quantised - zero.reshape(shape).astype(np.float64)) * scale.reshape(shape))

    def add(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """Add a node of one output; its name is returned."""
        self.proto.node.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def hold(self, name: str, value: Array) -> str:
        """Add an initializer."""
        self.values[name] = value
        self.proto.initializer.append(numpy_helper.from_array(value, name))
        return name

    def shape(self, name: str, source: str, sides: list[tuple[int, int]]) -> str:
        """Add a shape: of each side, (axis, factor) of a source or (-1, length); folded at a set size."""
        whole = self.add("Shape", [source], f"{name}/of")
        parts = []
        for place, (axis, factor) in enumerate(sides):
            held = self.hold(f"{name}/{place}", np.array([factor], np.int64))
            if axis >= 0:
                at = self.hold(f"{name}/{place}/axis", np.array([axis], np.int64))
                side = self.add("Gather", [whole, at], f"{name}/{place}/side", axis=0)
                held = self.add("Mul", [side, held], f"{name}/{place}/times")
            parts.append(held)
        return self.add("Concat", parts, name, axis=0)

    def remove(self, *nodes: onnx.NodeProto) -> None:
        """Remove nodes."""
        for node in nodes:
            self.proto.node.remove(node)

    def tidy(self) -> None:
        """Drop what nobody takes any more, and put every node behind those whose outputs it takes."""
        wanted = {output.name for output in self.proto.output}
        nodes: list[onnx.NodeProto] = []
        waiting = {node.output[0]: node for node in self.proto.node}
        self._visit([*wanted], waiting, nodes)
        used = {name for node in nodes for name in node.input} | wanted
        kept = [tensor for tensor in self.proto.initializer if tensor.name in used]
        for field, content in ((self.proto.node, nodes), (self.proto.initializer, kept)):
            del field[:]
            field.extend(content)
        del self.proto.value_info[:]

    def _visit(
        self, names: list[str], waiting: dict[str, onnx.NodeProto], done: list[onnx.NodeProto]
    ) -> None:
        for name in names:
            node = waiting.pop(name, None)
            if node is not None:
                self._visit(list(node.input), waiting, done)
                done.append(node)


def quantised(weights: Array) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Weights (outputs, …) as whole LEVELS, and what a level is for each output: the scale of least error."""
    flat = weights.reshape(len(weights), -1)
    most = np.abs(flat).max(axis=1, keepdims=True)
    tried = [most * share / LEVELS for share in SCALES]
    levels = [np.clip(np.rint(flat / scale), -LEVELS, LEVELS) for scale in tried]
    errors = [((flat - level * scale) ** 2).sum(axis=1) for level, scale in zip(levels, tried, strict=True)]
    best = np.argmin(errors, axis=0)
    rows = np.arange(len(flat))
    scale = np.stack(tried)[best, rows, 0].astype(np.float32)
    return np.stack(levels)[best, rows].reshape(weights.shape).astype(np.int8), scale


@dataclass(frozen=True, slots=True, eq=False)
class Kernel:
    """Weights (outputs, inputs, rows, columns) and biases in floats, and what a level of the input is."""

    weights: Array
    bias: Array
    level: float


def convolve(graph: Graph, name: str, source: str, kernel: Kernel, **shape: Any) -> str:
    """Add a quantised convolution of a dequantised value; return the name of what it makes, in floats."""
    found, each = quantised(kernel.weights)
    steps = (each * kernel.level).astype(np.float32)
    zeros = np.zeros(len(each), np.int8)
    sums = np.rint(kernel.bias / steps).astype(np.int32)
    made = []
    for part, held in (("weights", (found, each, zeros)), ("bias", (sums, steps, zeros.astype(np.int32)))):
        of = [graph.hold(f"{name}/{part}/{i}", value) for i, value in enumerate(held)]
        made.append(graph.add("DequantizeLinear", of, f"{name}/{part}", axis=0))
    return graph.add("Conv", [source, *made], f"{name}/sums", **shape)
