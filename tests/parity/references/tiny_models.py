"""Make two tiny networks for the tests, so that they depend on no shipped weights: tiny_models.py FOLDER.

A hand-made person finder that is honest work for a runtime (strided, depthwise and pointwise convolutions, an
up-sample) with weights that we chose or drew from a seeded generator: two channels of logits, background and
person, at half of the input's size. Needs onnx and onnxruntime. tiny-int8.onnx is the same in QDQ form.
"""

from __future__ import annotations

import sys
from pathlib import Path

import drawing
import numpy as np
import onnx
import precisions
from onnx import TensorProto, helper, numpy_helper

MEAN, STD = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])


def fp32() -> onnx.ModelProto:
    rng = np.random.default_rng(20)
    weights = {
        "w1": rng.normal(0, 0.15, (8, 3, 3, 3)),
        "w2": rng.normal(0, 0.1, (8, 1, 5, 5)) + 0.04,
        "w3": rng.normal(0, 0.3, (8, 8, 1, 1)),
        "w4": rng.normal(0, 0.25, (2, 8, 3, 3)),
    }
    # Two of the first features look for what is redder than blue, and for what is dark.
    weights["w1"][0] = np.array([0.2, 0.0, -0.2])[:, None, None]
    weights["w1"][1] = np.array([-0.1, -0.1, -0.1])[:, None, None]
    weights["w4"][1, :2] += 0.2
    weights["w4"][0, :2] -= 0.2
    inits = [numpy_helper.from_array(value.astype(np.float32), name) for name, value in weights.items()]
    inits.append(numpy_helper.from_array(np.array([0.6, -0.6], np.float32), "b4"))
    inits.append(numpy_helper.from_array(np.array([1, 1, 2, 2], np.float32), "scales"))
    nodes = [
        helper.make_node("Conv", ["image", "w1"], ["a1"], pads=[1] * 4, strides=[2, 2]),
        helper.make_node("Relu", ["a1"], ["r1"]),
        helper.make_node("Conv", ["r1", "w2"], ["a2"], pads=[2] * 4, strides=[2, 2], group=8),
        helper.make_node("Relu", ["a2"], ["r2"]),
        helper.make_node("Conv", ["r2", "w3"], ["a3"]),
        helper.make_node("Relu", ["a3"], ["r3"]),
        helper.make_node("Conv", ["r3", "w4", "b4"], ["low"], pads=[1] * 4),
        helper.make_node("Resize", ["low", "", "scales"], ["logits"], mode="linear"),
    ]
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, "height", "width"])
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 2, "high", "wide"])
    graph = helper.make_graph(nodes, "tiny", [image], [logits], inits)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="virtual-cam")
    model.ir_version = 8
    onnx.checker.check_model(model, full_check=True)
    return model


class Drawings:
    """A few of our own pictures, as a network of this input name, size and normalisation wants them."""

    def __init__(self, name: str, width: int, height: int, mean: np.ndarray, std: np.ndarray) -> None:
        def tensor(moved: float) -> np.ndarray:
            picture = (drawing.person(width, height, moved) / 255 - mean) / std
            return np.moveaxis(picture, -1, 0)[None].astype(np.float32)

        self._left = iter([{name: tensor(moved)} for moved in (-0.2, -0.1, 0.0, 0.05, 0.15, 0.25)])

    def get_next(self) -> dict[str, np.ndarray] | None:
        return next(self._left, None)


def make(folder: Path) -> None:
    onnx.save(fp32(), folder / "tiny.onnx")
    precisions.quantise(
        folder / "tiny.onnx", folder / "tiny-int8.onnx", Drawings("image", 128, 96, MEAN, STD)
    )


if __name__ == "__main__":
    make(Path(sys.argv[1]))
