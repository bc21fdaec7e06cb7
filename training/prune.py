"""Structured pruning along the dependency graph, in blocks of 16 channels, cheapest loss per MAC first.

Importance is first-order Taylor (Molchanov et al. 2019, eq. 8) over whole groups of coupled channels, as
Torch-Pruning computes it; a block's price is its importance per multiply-accumulate that it would save.
Accuracy right after pruning is poor: fine-tuning (training.train --net pruned.pt) is part of the method.
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import torch_pruning as tp
from torch import Tensor, nn

from training.augment import FULL_SIZES, Mix, Sampler
from training.losses import matte_loss, truth_at
from training.nets import images_seen, load_net, save_net
from training.nets.unet import count_mmac, count_params
from training.train import add_places

BLOCK = 16
EXAMPLE = torch.zeros(1, 3, 144, 256)
GRADIENT_BATCHES = 24
GRADIENT_SEED = 55


def gather_gradients(net: nn.Module, store: Path, batches: int = GRADIENT_BATCHES) -> None:
    """Leave the loss gradient over training pictures in every parameter's grad."""
    sampler = Sampler(store, Mix())
    net.eval().zero_grad()
    for number in range(batches):
        pictures = sampler.batch(GRADIENT_SEED, number, 8, FULL_SIZES)
        images, mattes = (torch.from_numpy(a).float().div_(255) for a in pictures)
        logits = net(images)
        matte_loss(logits, truth_at(mattes, logits.shape)).backward()


def last_layers(net: Any) -> list[nn.Module]:
    """Layers whose outputs must keep their number."""
    return net.last_layers() if hasattr(net, "last_layers") else [net.head]


def traced(net: Any, image: Tensor) -> Any:
    """The outputs whose graph shows every coupling of channels; nets that need a shim bring one."""
    return net.for_tracing(image) if hasattr(net, "for_tracing") else net(image)


def prune(
    net: nn.Module, mmac: float, importance: Callable[[tp.Group], Tensor] | None = None
) -> list[dict[str, object]]:
    """Remove blocks of channels in place until the net costs at most ``mmac`` at 144x256.

    For the default importance gradients must have been gathered. Returns what was removed, in order.
    Groups with grouped convolutions stay as they are.
    """
    importance = importance or tp.importance.GroupTaylorImportance(group_reduction="sum", normalizer=None)
    removed: list[dict[str, object]] = []
    while count_mmac(net) > mmac:
        graph = tp.DependencyGraph().build_dependency(net, example_inputs=EXAMPLE, forward_fn=traced)
        sizes = conv_macs(net)
        choice, price = None, float("inf")
        for group in graph.get_all_groups(ignored_layers=last_layers(net), root_module_types=[nn.Conv2d]):
            layer, prune_fn = group[0].dep.target.module, group[0].dep.handler
            if layer.out_channels <= BLOCK or grouped(group):
                continue
            scores = importance(group)
            least = torch.argsort(scores)[:BLOCK]
            cost = float(scores[least].sum()) / _saved(group, sizes)
            if cost < price:
                choice, price = (layer, prune_fn, least.tolist()), cost
        if choice is None:
            raise SystemExit(
                f"nothing left to prune at {count_mmac(net):.0f} MMAC, wanted {mmac:.0f}: take a smaller net"
            )
        graph.get_pruning_group(*choice).prune()
        name = next(n for n, m in net.named_modules() if m is choice[0])
        removed.append({"layer": name, "left": choice[0].out_channels, "mmac": round(count_mmac(net), 1)})
    return removed


def grouped(group: tp.Group) -> bool:
    """Whether a grouped convolution takes part: its channels can only go in step."""
    layers = (dep.target.module for dep, _ in group)
    return any(isinstance(layer, nn.Conv2d) and layer.groups > 1 for layer in layers)


def conv_macs(net: nn.Module, example: Tensor = EXAMPLE) -> dict[nn.Module, float]:
    """Multiply-accumulates of each convolution."""
    macs: dict[nn.Module, float] = {}

    def note(module: nn.Module, _inputs: tuple[Tensor, ...], output: Tensor) -> None:
        assert isinstance(module, nn.Conv2d)
        macs[module] = float(output[0].numel() * module.weight[0].numel())

    handles = [m.register_forward_hook(note) for m in net.modules() if isinstance(m, nn.Conv2d)]
    with torch.no_grad():
        net.eval()(example)
    for handle in handles:
        handle.remove()
    return macs


def _saved(group: tp.Group, macs: dict[nn.Module, float]) -> float:
    """MACs that removing one block of this group's channels saves."""
    saved = 0.0
    for dep, _ in group:
        layer = dep.target.module
        if isinstance(layer, nn.Conv2d):
            outwards = dep.handler in (tp.prune_conv_out_channels, tp.function.prune_conv_out_channels)
            saved += macs.get(layer, 0.0) * BLOCK / (layer.out_channels if outwards else layer.in_channels)
    return max(saved, 1.0)


def main() -> None:
    """Prune the parent's average into --work/pruned.pt."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_places(parser)
    parser.add_argument("--parent", type=Path, required=True, help="saved net to prune")
    parser.add_argument("--mmac", type=float, required=True, help="cost to reach, million MACs at 144x256")
    args = parser.parse_args()
    torch.set_num_threads(1)
    net = load_net(args.parent)
    before = {"params": count_params(net), "mmac": round(count_mmac(net), 1)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Torch-Pruning warns about every plain parameter
        gather_gradients(net, args.store)
        removed = prune(net, args.mmac)
    args.work.mkdir(parents=True, exist_ok=True)
    save_net(net, args.work / "pruned.pt", images_seen(args.parent))
    after = {"params": count_params(net), "mmac": round(count_mmac(net), 1)}
    (args.work / "pruned.json").write_text(
        json.dumps({"before": before, "after": after, "removed": removed}, indent=1)
    )
    print(json.dumps({"before": before, "after": after}))
    for row in removed:
        print(json.dumps(row))


if __name__ == "__main__":
    main()
