"""An int8 net, laid out as ONNX Runtime's int8 kernels run it fastest, and its twin, which is fed bytes.

What an int8 U-net spends beside its convolutions (docs/decisions/0017): a first one in floating point, with
two changes of layout behind it; nearest enlargement pixel by pixel; a head of which three in four outputs are
filling. All three are rewritten here, on the finished file. The latter two change no bit of its answer and
are done to the file itself; the first one's rounding is its twin's alone:

    enlarging   two concatenations, which copy rows
    head        4 × 4 pixels of the matte at once, in place of 2 × 2 and filling
    stem        takes I420's own levels as bytes, two pixels at once, and makes the colours' conversion itself
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper

from training.graphs import Array, Graph, Kernel, convolve, quantised
from vcam.imaging.planes import TO_RGB

BYTE = np.float32(1 / 255)
MEAN = (110.0, 126.0, 131.0, 255.0)  # of Y, U, V, 255 over pictures: what rounded weights must not shift


def lay_out(path: Path) -> None:
    """Lay out an int8 U-net, in place; one that is laid out already stays as it is."""
    _rewrite(path, path, enlarge_by_copies, widen_head)


def streamline(source: Path, target: Path) -> None:
    """Write the twin of an int8 U-net, laid out already or not."""
    _rewrite(source, target, take_bytes, enlarge_by_copies, widen_head)


def _rewrite(source: Path, target: Path, *rewrites: Callable[[Graph], None]) -> None:
    model = onnx.load(str(source))
    graph = Graph(model)
    for rewrite in rewrites:
        rewrite(graph)
    graph.tidy()
    onnx.checker.check_model(model)
    onnx.save(model, str(target))


def take_bytes(graph: Graph) -> None:
    """Let the first convolution (3 × 3, every second pixel) take uint8 (1, H, W, 4): Y, U, V and 255.

    Four pixels in a row are taken for one of 16 channels, of which two are made: the int8 kernels spend
    more on each place than on its channels.
    """
    (image,) = graph.proto.input
    node = graph.user(image.name)
    relu = graph.user(node.output[0])
    levels = graph.user(relu.output[0])
    assert (node.op_type, relu.op_type, levels.op_type) == ("Conv", "Relu", "QuantizeLinear")
    weights, bias = graph.known(node.input[1]), graph.known(node.input[2])
    wide = in_fours(of_bytes(weights))
    found, each = quantised(wide)
    lost = (wide - found * each.reshape(-1, 1, 1, 1)).reshape(len(wide), 4, 4, -1).sum(axis=(1, 3))
    graph.remove(node, relu, levels)
    fours = graph.shape("stem/fours", image.name, [(-1, 1), (1, 1), (-1, -1), (-1, 16)])
    graph.add("Reshape", [image.name, fours], "stem/wide")
    graph.add("Transpose", ["stem/wide"], "stem/planes", perm=[0, 3, 1, 2])
    of_byte = [graph.hold("stem/byte", BYTE), graph.hold("stem/black", np.zeros((), np.uint8))]
    graph.add("DequantizeLinear", ["stem/planes", *of_byte], "stem/levels")
    kernel = Kernel(wide, np.tile(bias, 2) + lost @ np.array(MEAN) * BYTE, float(BYTE))
    shape = {"kernel_shape": [3, 2], "strides": [2, 1], "pads": [1, 1, 0, 0]}
    graph.add("Relu", [convolve(graph, "stem", "stem/levels", kernel, **shape)], "stem/relu")
    graph.add("QuantizeLinear", ["stem/relu", *levels.input[1:]], "stem/bytes")
    graph.add("Transpose", ["stem/bytes"], "stem/pairs", perm=[0, 2, 3, 1])
    single = graph.shape("stem/single", "stem/bytes", [(-1, 1), (2, 1), (3, 2), (-1, len(bias))])
    graph.add("Reshape", ["stem/pairs", single], "stem/pixels")
    graph.add("Transpose", ["stem/pixels"], levels.output[0], perm=[0, 3, 1, 2])
    taken = helper.make_tensor_value_info(image.name, onnx.TensorProto.UINT8, [1, "height", "width", 4])
    image.type.CopyFrom(taken.type)


def of_bytes(weights: Array) -> Array:
    """Weights (outputs, 3, 3, 3) on R, G, B in [0, 1] as ones (outputs, 4, 3, 3) on Y, U, V, 255 in 255ths.

    The conversion to RGB is linear, and so is the convolution after it. What the conversion adds goes to the
    fourth channel, so that what lies beyond the border, zeros, counts as black still.
    """
    shares = np.vstack([TO_RGB[:, :3].T, TO_RGB[:, 3] * BYTE])
    return np.asarray(np.einsum("ocyx,kc->okyx", weights, shares))


def in_fours(weights: Array) -> Array:
    """Weights (outputs, 4, 3, 3) for every second pixel as ones (2 · outputs, 16, 3, 2) for every fourth."""
    outputs = len(weights)
    wide = np.zeros((2, outputs, 2, 4, 4, 3))  # made, output, four before or here, pixel, channel, row
    for made, tap in np.ndindex(2, 3):
        here, pixel = divmod(2 * made + tap + 3, 4)
        wide[made, :, here, pixel] = weights[..., tap]
    return wide.transpose(0, 1, 3, 4, 5, 2).reshape(2 * outputs, 16, 3, 2)


def enlarge_by_copies(graph: Graph) -> None:
    """Make nearest enlargement by two of concatenations on bytes, each pixel's channels together."""
    for node in [node for node in graph.proto.node if node.op_type == "Resize"]:
        before, after = graph.made(node.input[0]), graph.user(node.output[0])
        assert (before.op_type, after.op_type) == ("DequantizeLinear", "QuantizeLinear")
        name, made = node.name, after.output[0]
        graph.remove(node, before, after)
        source = before.input[0]
        pixels = graph.add("Transpose", [source], f"{name}/pixels", perm=[0, 2, 3, 1])
        wide = graph.add("Concat", [pixels, pixels], f"{name}/beside", axis=3)
        rows = graph.shape(f"{name}/rows", source, [(-1, 1), (2, 1), (3, 2), (1, 1)])
        wide = graph.add("Reshape", [wide, rows], f"{name}/wide")
        high = graph.add("Concat", [wide, wide], f"{name}/below", axis=2)
        whole = graph.shape(f"{name}/whole", source, [(-1, 1), (2, 2), (3, 2), (1, 1)])
        high = graph.add("Reshape", [high, whole], f"{name}/high")
        graph.add("Transpose", [high], made, perm=[0, 3, 1, 2])


def widen_head(graph: Graph) -> None:
    """Let the head (3 × 3, 4 outputs at each place) make 16 at every second place of every second row."""
    if any(node.name == "head/matte" for node in graph.proto.node):  # it is wide already
        return
    (spread,) = (node for node in graph.proto.node if node.op_type == "DepthToSpace")
    chain = [spread]
    while chain[-1].op_type != "Conv":
        chain.append(graph.made(chain[-1].input[0]))
    levels, head = chain[-2:]
    source = graph.made(head.input[0])
    narrow, bias = graph.known(head.input[1])[:4], graph.known(head.input[2])[:4]
    weights = np.zeros((4, 4, narrow.shape[1], 4, 4))
    for row, column in np.ndindex(4, 4):
        tap = slice(row // 2, row // 2 + 3), slice(column // 2, column // 2 + 3)
        weights[row, column][:, tap[0], tap[1]] = narrow[row % 2 * 2 + column % 2]
    phases = np.add.outer(np.arange(4) % 2 * 2, np.arange(4) % 2).reshape(-1)
    graph.remove(*chain)
    level = float(graph.values[source.input[1]])
    kernel = Kernel(weights.reshape(16, -1, 4, 4), bias[phases], level)
    shape = {"kernel_shape": [4, 4], "strides": [2, 2], "pads": [1, 1, 1, 1]}
    logits = convolve(graph, "head", head.input[0], kernel, **shape)
    graph.add("QuantizeLinear", [logits, *levels.input[1:]], "head/bytes")
    pixels = graph.add("Transpose", ["head/bytes"], "head/pixels", perm=[0, 2, 3, 1])
    blocks = graph.shape("head/blocks", "head/bytes", [(2, 1), (3, 1), (-1, 4), (-1, 4)])
    pixels = graph.add("Reshape", [pixels, blocks], "head/blocked")
    pixels = graph.add("Transpose", [pixels], "head/spread", perm=[0, 2, 1, 3])
    whole = graph.shape("head/whole", "head/bytes", [(-1, 1), (-1, 1), (2, 4), (3, 4)])
    pixels = graph.add("Reshape", [pixels, whole], "head/matte")
    graph.add("DequantizeLinear", [pixels, *levels.input[1:]], spread.output[0])


def twin_input(image: NDArray[np.float32]) -> NDArray[np.uint8]:
    """What a twin takes, uint8 (1, H, W, 4), of RGB in [0, 1], (1, 3, H, W)."""
    levels = np.moveaxis(image[0] * 255, 0, -1) - TO_RGB[:, 3]
    planes = levels @ np.linalg.inv(TO_RGB[:, :3]).T
    made = np.full((1, *planes.shape[:2], 4), 255, np.uint8)
    made[0, ..., :3] = np.clip(np.rint(planes), 0, 255)
    return made


def add_twin(card: Path) -> None:
    """Lay out a card's network, write its twin beside it, and enter both in the card."""
    entry = json.loads(card.read_text())
    own, twin = card.with_name(entry["file"]), card.with_suffix(".twin.onnx")
    lay_out(own)
    streamline(own, twin)
    entry["sha256"] = hashlib.sha256(own.read_bytes()).hexdigest()
    entry["twin"] = {"file": twin.name, "sha256": hashlib.sha256(twin.read_bytes()).hexdigest()}
    card.write_text(json.dumps(entry, indent=2, ensure_ascii=False) + "\n")


def main() -> None:
    """Lay out int8 U-nets that are exported already, and give them their twins."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cards", nargs="+", type=Path, help="models/<name>.json")
    for card in parser.parse_args().cards:
        add_twin(card)


if __name__ == "__main__":
    main()
