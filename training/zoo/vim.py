"""VIM (PP-MobileSeg, section 3.4) in its two-class form, against the plain way, at 720p: time and equality.

VIM up-samples only the classes that occur. With two classes there are two cases: one class everywhere, and
the mask is constant; or both, and the sign of one up-sampled channel, the logit difference, decides. Linear
interpolation stays between its neighbours, so a difference of one sign keeps it: the skip is exact.

    python -m training.zoo.vim [--low 18 32] [--full 720 1280]
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable

import cv2
import numpy as np
import onnx
import onnxruntime as ort
from numpy.typing import NDArray
from onnx import TensorProto, helper

Logits = NDArray[np.float32]  # (2, h, w): background, person
Mask = NDArray[np.bool_]
ROUNDS = 40


def upsampler(low: tuple[int, int], full: tuple[int, int], channels: int) -> ort.InferenceSession:
    """ONNX Runtime's Resize of ``channels`` maps, with ArgMax if there are two; one thread."""
    name = "classes" if channels > 1 else "difference"
    nodes = [
        helper.make_node(
            "Resize",
            ["low", "", "", "sizes"],
            [name],
            mode="linear",
            coordinate_transformation_mode="half_pixel",
        )
    ]
    kind, shape = TensorProto.FLOAT, [1, channels, *full]
    if channels > 1:
        nodes.append(helper.make_node("ArgMax", [name], ["labels"], axis=1, keepdims=0))
        name, kind, shape = "labels", TensorProto.INT64, [1, *full]
    sizes = helper.make_tensor("sizes", TensorProto.INT64, [4], [1, channels, *full])
    graph = helper.make_graph(
        nodes, "upsampler",
        [helper.make_tensor_value_info("low", TensorProto.FLOAT, [1, channels, *low])],
        [helper.make_tensor_value_info(name, kind, shape)], [sizes],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    onnx.checker.check_model(model)
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def ways(low: tuple[int, int], full: tuple[int, int]) -> dict[str, Callable[[Logits], Mask]]:
    """Logits (2, h, w) to the person mask (H, W), four ways."""
    both, one = upsampler(low, full, 2), upsampler(low, full, 1)

    def plain(logits: Logits) -> Mask:
        return np.asarray(both.run(None, {"low": logits[None]})[0][0] == 1)

    def difference(logits: Logits) -> Mask:
        return np.asarray(one.run(None, {"low": (logits[1] - logits[0])[None, None]})[0][0, 0] > 0)

    def outside(logits: Logits) -> Mask:
        return np.asarray(cv2.resize(logits[1] - logits[0], full[::-1], interpolation=cv2.INTER_LINEAR) > 0)

    def vim(logits: Logits) -> Mask:
        d = logits[1] - logits[0]
        if d.max() <= 0:
            return np.zeros(full, bool)
        if d.min() > 0:
            return np.ones(full, bool)
        return np.asarray(cv2.resize(d, full[::-1], interpolation=cv2.INTER_LINEAR) > 0)

    return {
        "ORT Resize of 2 + ArgMax": plain, "ORT Resize of the difference": difference,
        "cv2.resize of the difference": outside, "VIM, two-class": vim,
    }  # fmt: skip


def invented(low: tuple[int, int], seed: int) -> dict[str, Logits]:
    """A person-like blob with soft edges, a room without anybody, and a person who fills the picture."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[: low[0], : low[1]].astype(np.float32)
    middle = low[1] * rng.uniform(0.35, 0.65)
    body = 4 - 8 * np.hypot((x - middle) / (low[1] * 0.3), (y - low[0]) / (low[0] * 0.9))
    noise = cv2.GaussianBlur(rng.normal(0, 1, (2, *low)).astype(np.float32).transpose(1, 2, 0), (0, 0), 1)
    noise = np.ascontiguousarray(noise.transpose(2, 0, 1))
    person = np.stack([-body / 2, body / 2]) + noise
    empty = np.stack([np.full(low, 3.0), np.full(low, -3.0)]) + noise
    return {
        "person": person.astype(np.float32),
        "empty": empty.astype(np.float32),
        "full": -empty.astype(np.float32),
    }


def main() -> None:
    """Print medians of CPU time per way and kind of picture, and pixels that differ from the plain way."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--low", type=int, nargs=2, default=(18, 32))
    parser.add_argument("--full", type=int, nargs=2, default=(720, 1280))
    args = parser.parse_args()
    cv2.setNumThreads(1)
    low, full = (args.low[0], args.low[1]), (args.full[0], args.full[1])
    found = ways(low, full)
    took: dict[str, list[float]] = {}
    differ: dict[str, int] = dict.fromkeys(found, 0)
    for seed in range(ROUNDS):
        for kind, logits in invented(low, seed).items():
            wanted = found["ORT Resize of 2 + ArgMax"](logits)
            for name, way in found.items():
                way(logits)
                began = time.process_time()
                mask = way(logits)
                took.setdefault(f"{kind}: {name}", []).append((time.process_time() - began) * 1e3)
                differ[name] += int(np.count_nonzero(mask != wanted))
    pixels = ROUNDS * 3 * full[0] * full[1]
    print(json.dumps({"low": low, "full": full, "pixels": pixels, "differing_pixels": differ}, indent=1))
    print(json.dumps({name: round(float(np.median(v)), 3) for name, v in took.items()}, indent=1))


if __name__ == "__main__":
    main()
