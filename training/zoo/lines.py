"""What the lines of the attention are worth: the shortest are silenced, without any training after.

    python -m training.zoo.lines --work DIR plain=path/average.pt penalised=path/average.pt

Accuracy over every n-th picture of the held-back sets, in PyTorch. "no attention" leaves the whole module
out, feed-forward parts stay.
"""

from __future__ import annotations

import argparse
import copy
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from training.data import Bytes
from training.evaluate import EvalSet, load_sets, nearest_size, network_input, score
from training.export import FULL_SIZES
from training.hoyer import attention, close_lines, hoyer_square, line_lengths
from training.nets import load_net
from training.nets.pp_mobileseg import Transformer
from training.train import add_places
from training.zoo.measure import HELD_BACK

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
SHORT = 0.1  # of the longest line of a layer


class Nothing(nn.Module):
    """Adds nothing to the identity beside it."""

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to zeros."""
        return torch.zeros_like(x)


def without_attention(net: nn.Module) -> nn.Module:
    """A copy whose transformers only feed forward."""
    net = copy.deepcopy(net)
    for module in net.modules():
        if isinstance(module, Transformer):
            module.attention = Nothing()
    return net


def silenced(net: nn.Module, share: float) -> nn.Module:
    """A copy without the shortest share of each layer's lines."""
    net = copy.deepcopy(net)
    close_lines(net, share)
    return net


def short_lines(net: nn.Module) -> tuple[int, int]:
    """How many lines are shorter than SHORT of their layer's longest, and how many there are."""
    lengths = [line_lengths(*pair).detach() for pair in attention(net)]
    return sum(int((x < SHORT * x.max()).sum()) for x in lengths), sum(x.numel() for x in lengths)


def figures(net: nn.Module, sets: list[EvalSet]) -> dict[str, float]:
    """IoU and boundary F over the sets."""

    def segment(image: Bytes) -> Any:
        with torch.no_grad():
            x = torch.from_numpy(network_input(image, nearest_size(image.shape, FULL_SIZES)))
            return torch.sigmoid(net(x))[0, 0].numpy()

    rows = [score(s, (segment(p.image) for p in s.pictures)) for s in sets]
    return {key: round(float(np.mean([r[key] for r in rows])), 2) for key in ("iou", "boundary_f")}


def main() -> None:
    """Print and keep in --work/lines.json what each net loses with its lines."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_places(parser)
    parser.add_argument("nets", nargs="+", metavar="NAME=SAVED")
    parser.add_argument("--every", type=int, default=4, help="take every n-th picture of each set")
    args = parser.parse_args()
    torch.set_num_threads(1)
    sets = [s for s in load_sets(args.data) if s.name.startswith(HELD_BACK)]
    thinned = [replace(s, pictures=s.pictures[:: args.every]) for s in sets]
    found: dict[str, Any] = {}
    for name, path in (entry.split("=", 1) for entry in args.nets):
        net = load_net(Path(path)).eval()
        short, lines = short_lines(net)
        row = found[name] = {
            "penalty": round(float(hoyer_square(net).detach()), 4),
            "short": short,
            "lines": lines,
        }
        for share in SHARES:
            row[f"without {share:.0%}"] = figures(silenced(net, share), thinned)
        row["no attention"] = figures(without_attention(net), thinned)
        print(name, json.dumps(row), flush=True)
    args.work.mkdir(parents=True, exist_ok=True)
    (args.work / "lines.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
