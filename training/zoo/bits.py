"""Fewer bits, simulated as in JejuNet's table: weights and inputs of convolutions rounded to w and a bits.

Weights symmetric per output channel (or per tensor) with batch norms folded into them, inputs unsigned or
signed per tensor by the largest value seen while calibrating; the picture and all else stay in floating
point. Accuracy only: no runtime runs 6 bits faster.

    python -m training.zoo.bits --work DIR --net path/average.pt
"""

from __future__ import annotations

import argparse
import copy
import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils import fuse_conv_bn_eval

from training.data import Bytes
from training.evaluate import load_sets, nearest_size, network_input, score
from training.export import FULL_SIZES
from training.nets import load_net
from training.quantise import calibration
from training.train import add_places
from training.zoo.measure import HELD_BACK

WIDTHS = ((8, 8), (6, 6), (6, 4))  # bits of weights, of activations
CALIBRATION = 48


def rounded(x: Tensor, top: Tensor, bits: int, *, signed: bool) -> Tensor:
    """To the nearest of 2^bits levels up to ``top``."""
    levels = 2 ** (bits - 1) - 1 if signed else 2**bits - 1
    step = (top / levels).clamp_min(1e-12)
    return (x / step).round().clamp(-levels if signed else 0, levels) * step


def folded(net: nn.Module) -> nn.Module:
    """A copy with batch norms in the convolutions right before them, as a runtime has it."""
    net = copy.deepcopy(net).eval()
    for row in [m for m in net.modules() if isinstance(m, nn.Sequential)]:
        for i, (conv, norm) in enumerate(pairwise(list(row))):
            if isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
                row[i], row[i + 1] = fuse_conv_bn_eval(conv, norm), nn.Identity()
    return net


def simulate(
    net: nn.Module,
    weight_bits: int,
    activation_bits: int,
    pictures: list[Tensor],
    *,
    per_tensor: bool = False,
) -> nn.Module:
    """A copy whose convolutions round their weights and inputs."""
    net = folded(net)
    convs = [m for m in net.modules() if isinstance(m, nn.Conv2d)]
    ranges: dict[nn.Module, list[float]] = {conv: [0.0, 0.0] for conv in convs}

    def watch(conv: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        low, high = ranges[conv]
        ranges[conv] = [min(low, float(inputs[0].min())), max(high, float(inputs[0].max()))]

    hooks = [conv.register_forward_pre_hook(watch) for conv in convs]
    with torch.no_grad():
        for picture in pictures:
            net(picture)
        for hook in hooks:
            hook.remove()
        for conv in convs:
            top = conv.weight.abs().amax() if per_tensor else conv.weight.abs().amax((1, 2, 3), keepdim=True)
            conv.weight.copy_(rounded(conv.weight, top, weight_bits, signed=True))

    def narrow(conv: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        low, high = ranges[conv]
        return (rounded(inputs[0], torch.tensor(max(-low, high)), activation_bits, signed=low < 0),)

    for conv in convs[1:]:
        conv.register_forward_pre_hook(narrow)
    return net


def main() -> None:
    """Print IoU and boundary F over the held-back sets for each width."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_places(parser)
    parser.add_argument("--net", type=Path, required=True)
    parser.add_argument("--every", type=int, default=1, help="take every n-th picture of each set")
    parser.add_argument("--per-tensor", action="store_true", help="one range for all of a layer's weights")
    args = parser.parse_args()
    torch.set_num_threads(1)
    net: Any = load_net(args.net).eval()
    pictures = [torch.from_numpy(x) for x in calibration(args.store, CALIBRATION)]
    sets = [s for s in load_sets(args.data) if s.name.startswith(HELD_BACK)]
    thinned = [replace(s, pictures=s.pictures[:: args.every]) for s in sets]
    found: dict[str, dict[str, float]] = {}
    variants = {"float": net} | {
        f"{w}/{a}": simulate(net, w, a, pictures, per_tensor=args.per_tensor) for w, a in WIDTHS
    }
    for name, tried in variants.items():

        def segment(image: Bytes, tried: nn.Module = tried) -> Any:
            with torch.no_grad():
                x = torch.from_numpy(network_input(image, nearest_size(image.shape, FULL_SIZES)))
                return torch.sigmoid(tried(x))[0, 0].numpy()

        rows = [score(s, (segment(p.image) for p in s.pictures)) for s in thinned]
        found[name] = {key: round(float(np.mean([r[key] for r in rows])), 2) for key in ("iou", "boundary_f")}
        print(name, json.dumps(found[name]), flush=True)
    args.work.mkdir(parents=True, exist_ok=True)
    (args.work / "bits.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
