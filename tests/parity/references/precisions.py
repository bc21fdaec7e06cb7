"""A network's other precision: int8 from fp32 by calibration, and fp32 from int8 by taking Q and DQ out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper


def quantise(source: Path, target: Path, reader) -> None:
    """Write the int8 (QDQ, per channel) form of an fp32 network."""
    from onnxruntime.quantization import QuantFormat, QuantType, quantize_static  # noqa: PLC0415 - slow

    quantize_static(
        source,
        target,
        reader,
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        # x86 without VNNI adds pairs of products in 16 bits, and saturates there with full 8-bit weights.
        reduce_range=True,
    )


def step(path: Path) -> float:
    """How much the output moves at most for one step of the last quantisation before it.

    That is the scale of the last DequantizeLinear; a sigmoid's slope is at most 1/4, and moving or averaging
    pixels adds nothing.
    """
    graph = onnx.load(path).graph
    constants = {each.name: each for each in graph.initializer}
    makers = {name: node for node in graph.node for name in node.output}
    name, slope = graph.output[0].name, 1.0
    while makers[name].op_type != "DequantizeLinear":
        node = makers[name]
        if node.op_type not in {"Sigmoid", "DepthToSpace", "Resize"}:
            raise SystemExit(f"{path.name}: got {node.op_type} between the last quantisation and the output")
        slope /= 4 if node.op_type == "Sigmoid" else 1
        name = node.input[0]
    return slope * float(numpy_helper.to_array(constants[makers[name].input[1]]))


def to_fp32(source: Path, target: Path) -> None:
    """Write a QDQ network in float arithmetic: the same (rounded) weights, and a Clip for each Q.

    The Clip stays because a quantiser drops a Relu where its own range begins at 0. What moved bytes between
    a Q and its DQ moves floats.
    """
    model = onnx.load(source)
    graph = model.graph
    constants = {each.name: each for each in graph.initializer}
    nodes, made = [], []
    for node in graph.node:
        if node.op_type == "QuantizeLinear":
            clip, ends = _clip(node, constants)
            nodes.append(clip)
            made.extend(ends)
        elif node.op_type != "DequantizeLinear":
            nodes.append(node)
        elif node.input[0] in constants:
            made.append(numpy_helper.from_array(_dequantise(node, constants), node.output[0]))
        else:
            nodes.append(helper.make_node("Identity", node.input[:1], node.output))
    used = {name for node in nodes for name in node.input}
    kept = [each for each in [*graph.initializer, *made] if each.name in used]
    for field, values in ((graph.node, nodes), (graph.initializer, kept), (graph.value_info, [])):
        del field[:]
        field.extend(values)
    onnx.checker.check_model(model)
    onnx.save(model, target)


def _clip(quantise_node, constants):
    """Return a Clip to the range of a Q, in its place, and its two constants."""
    output = quantise_node.output[0]
    scale, zero = (numpy_helper.to_array(constants[name]) for name in quantise_node.input[1:3])
    bounds = np.iinfo(zero.dtype)
    ends = [
        numpy_helper.from_array(np.float32((bound - float(zero)) * float(scale)), f"{output} {name}")
        for name, bound in (("low", bounds.min), ("high", bounds.max))
    ]
    inputs = [quantise_node.input[0], *(end.name for end in ends)]
    return helper.make_node("Clip", inputs, [output]), ends


def _dequantise(node, constants) -> np.ndarray:
    values, scale = (numpy_helper.to_array(constants[name]) for name in node.input[:2])
    zero = numpy_helper.to_array(constants[node.input[2]]) if len(node.input) > 2 else np.zeros_like(scale)
    axis = next((each.i for each in node.attribute if each.name == "axis"), 1)
    if scale.ndim:
        shape = [1] * values.ndim
        shape[axis] = -1
        scale, zero = scale.reshape(shape), zero.reshape(shape)
    return ((values.astype(np.float32) - zero.astype(np.float32)) * scale).astype(np.float32)
