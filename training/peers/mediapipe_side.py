"""Runs with the Python of the MediaPipe environment only: mattes of its nets, and their graphs.

mediapipe_side.py alphas MODEL PICTURES OUT   <stem>.png of each picture; MODEL 0 general, 1 landscape
mediapipe_side.py graph MODEL OUT             OUT/graph.json and OUT/weights.npz (needs PyPI tflite)
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

FILES = ("selfie_segmentation.tflite", "selfie_segmentation_landscape.tflite")


def alphas(model: int, pictures: Path, out: Path) -> None:
    """Alpha of every picture at the picture's size; pictures are independent of each other."""
    import cv2  # noqa: PLC0415
    import mediapipe  # noqa: PLC0415

    out.mkdir(parents=True, exist_ok=True)
    with mediapipe.solutions.selfie_segmentation.SelfieSegmentation(model_selection=model) as net:
        for path in sorted(pictures.iterdir()):
            rgb = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
            alpha = net.process(rgb).segmentation_mask
            cv2.imwrite(str(out / f"{path.stem}.png"), (np.clip(alpha, 0, 1) * 255).round().astype(np.uint8))


def graph(model: int, out: Path) -> None:
    """Operators with their options, tensors with their values."""
    import mediapipe  # noqa: PLC0415
    import tflite  # noqa: PLC0415

    folder = Path(mediapipe.__file__).parent / "modules" / "selfie_segmentation"
    root = tflite.Model.GetRootAsModel((folder / FILES[model]).read_bytes(), 0)
    net = root.Subgraphs(0)
    names = {v: k for k, v in vars(tflite.BuiltinOperator).items() if isinstance(v, int)}
    dtypes = {
        tflite.TensorType.FLOAT32: np.float32,
        tflite.TensorType.FLOAT16: np.float16,
        tflite.TensorType.INT32: np.int32,
    }
    weights, shapes, nodes = {}, {}, []
    for i in range(net.TensorsLength()):
        tensor = net.Tensors(i)
        shapes[i] = [int(v) for v in tensor.ShapeAsNumpy()]
        raw = root.Buffers(tensor.Buffer()).DataAsNumpy()
        if not isinstance(raw, int) and raw.size:
            weights[str(i)] = raw.view(dtypes[tensor.Type()]).reshape(shapes[i])
    for i in range(net.OperatorsLength()):
        op = net.Operators(i)
        code = root.OperatorCodes(op.OpcodeIndex())
        kind = names[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]
        kind = code.CustomCode().decode() if kind == "CUSTOM" else kind
        row = {"kind": kind, "inputs": op.InputsAsNumpy().tolist(), "outputs": op.OutputsAsNumpy().tolist()}
        nodes.append(row | _options(tflite, kind, op))
    out.mkdir(parents=True, exist_ok=True)
    np.savez(out / "weights.npz", **weights)
    ends = {"inputs": net.InputsAsNumpy().tolist(), "outputs": net.OutputsAsNumpy().tolist()}
    (out / "graph.json").write_text(json.dumps({"nodes": nodes, "shapes": shapes, **ends}))


def _options(tflite: object, kind: str, op: object) -> dict[str, object]:
    reader = {
        "CONV_2D": "Conv2DOptions",
        "DEPTHWISE_CONV_2D": "DepthwiseConv2DOptions",
        "RESIZE_BILINEAR": "ResizeBilinearOptions",
    }
    if kind not in reader:
        return {}
    options = getattr(tflite, reader[kind])()
    options.Init(op.BuiltinOptions().Bytes, op.BuiltinOptions().Pos)
    if kind == "RESIZE_BILINEAR":
        return {"align": bool(options.AlignCorners()), "half_pixel": bool(options.HalfPixelCenters())}
    return {
        "stride": options.StrideH(),
        "same": options.Padding() == 0,
        "relu": options.FusedActivationFunction(),
    }


if __name__ == "__main__":
    if sys.argv[1] == "alphas":
        alphas(int(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4]))
    else:
        graph(int(sys.argv[2]), Path(sys.argv[3]))
