"""Structured pruning by a ratio, the way NetsPresso's article does it: one share for every layer.

"40 %" has two readings, and both are offered: 40 % of the channels of every layer (``--ratio``), which
leaves about a third of parameters and MACs, or channels until 40 % of the parameters are gone
(``--remove``). Criteria: L2 norm, or distance to the geometric median (He et al. 2019, FPGM). Group policy:
the average over coupled layers. Auxiliary heads follow their branch and are left out of every count.
training.prune with L2 gives the MAC-weighted variant. Fine-tuning (training.zoo.train --net pruned.pt) is
part of the method.
"""

from __future__ import annotations

import argparse
import copy
import json
import warnings
from pathlib import Path
from typing import Any

import torch
import torch_pruning as tp
from torch import Tensor, nn

from training.nets import images_seen, load_net, save_net
from training.nets.unet import count_mmac
from training.prune import EXAMPLE, last_layers, prune, traced
from training.train import add_places

AUXILIARY = ("head_p", "head_d", "pag3.ones", "pag4.ones")


class GeometricMedian(tp.importance.FPGMImportance):  # type: ignore[misc]
    """Sum of distances to the other filters of a layer: those near the median can be replaced.

    Ours because Torch-Pruning 1.6.1's fails on grouped convolutions and takes the power of the weights first.
    """

    @torch.no_grad()
    def __call__(self, group: tp.Group) -> Tensor | None:
        """Scores of the group's channels, mean 1."""
        scores, where = [], []
        for i, (dep, index) in enumerate(group):
            layer = dep.target.module
            if isinstance(layer, nn.Conv2d) and dep.handler == tp.prune_conv_out_channels:
                kernels = layer.weight[index].flatten(1)
                scores.append(torch.cdist(kernels, kernels).sum(1))
                where.append(group[i].root_idxs)
        return self._normalize(self._reduce(scores, where), self.normalizer) if scores else None


def importance(criterion: str) -> Any:
    """``l2`` or ``fpgm``, averaged over the group."""
    if criterion == "fpgm":
        return GeometricMedian(group_reduction="mean")
    return tp.importance.GroupMagnitudeImportance(p=2, group_reduction="mean")


def prune_ratio(net: nn.Module, ratio: float, criterion: str = "l2", round_to: int | None = None) -> None:
    """Remove the same share of the channels of every layer, in place.

    Args:
        net: a design of training.nets.
        ratio: share of channels to remove, 0 … 1.
        criterion: ``l2`` or ``fpgm``.
        round_to: what is left is rounded down to a multiple; layers that have no more than one multiple stay.
    """
    tp.pruner.BasePruner(
        net, EXAMPLE, importance=importance(criterion), pruning_ratio=ratio, round_to=round_to,
        ignored_layers=last_layers(net), forward_fn=traced,
    ).step()  # fmt: skip


def used_params(net: nn.Module) -> int:
    """Learned values that the exported net keeps: without auxiliary heads and shims."""
    return sum(p.numel() for name, p in net.named_parameters() if not name.startswith(AUXILIARY))


def ratio_for(net: nn.Module, removed: float, criterion: str, round_to: int | None) -> float:
    """The channel ratio that removes the share ``removed`` of the parameters, to about 1 %."""
    low, high = 0.0, 0.9
    for _ in range(7):
        middle = (low + high) / 2
        tried = copy.deepcopy(net)
        prune_ratio(tried, middle, criterion, round_to)
        if 1 - used_params(tried) / used_params(net) < removed:
            low = middle
        else:
            high = middle
    return high


def main() -> None:
    """Prune a saved net into --work/pruned.pt and say what is left in pruned.json."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_places(parser)
    parser.add_argument("--parent", type=Path, required=True, help="saved net to prune")
    parser.add_argument("--criterion", choices=("l2", "fpgm"), default="l2")
    parser.add_argument("--round-to", type=int, help="channels left are multiples of this")
    how = parser.add_mutually_exclusive_group(required=True)
    how.add_argument("--ratio", type=float, help="share of every layer's channels to remove")
    how.add_argument("--remove", type=float, help="share of the parameters to remove")
    how.add_argument(
        "--mmac", type=float, help="MAC-weighted: cheapest score per MAC first, down to this cost"
    )
    args = parser.parse_args()
    torch.set_num_threads(1)
    net = load_net(args.parent).eval()
    before, ratio = (used_params(net), count_mmac(net)), args.ratio
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Torch-Pruning warns about every plain parameter
        if args.mmac:
            prune(net, args.mmac, importance(args.criterion))
        else:
            if args.remove:
                ratio = ratio_for(net, args.remove, args.criterion, args.round_to)
            prune_ratio(net, ratio, args.criterion, args.round_to)
    args.work.mkdir(parents=True, exist_ok=True)
    save_net(net, args.work / "pruned.pt", images_seen(args.parent))
    facts = {
        "criterion": args.criterion, "round_to": args.round_to, "ratio": ratio, "remove": args.remove,
        "mmac_wanted": args.mmac, "params": [before[0], used_params(net)],
        "mmac": [round(before[1], 1), round(count_mmac(net), 1)],
    }  # fmt: skip
    (args.work / "pruned.json").write_text(json.dumps(facts, indent=1) + "\n")
    print(json.dumps(facts))


if __name__ == "__main__":
    main()
