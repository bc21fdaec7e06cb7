"""Prunes a saved net by learned gates: --work/pruned.pt, to be fine-tuned like any other.

The lower level takes the net's own loss, auxiliary heads included, the upper level the matte's alone. The
images of both levels and of the start count as seen.
"""

from __future__ import annotations

import argparse
import json
import warnings
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn

from training.augment import SMALL_SIZES, Sampler
from training.bilevel import Gates, Levels, Loss, fisher, lower_step, upper_step
from training.losses import matte_loss, truth_at
from training.nets import images_seen, load_net, save_net
from training.nets.unet import count_mmac, count_params
from training.train import add_places
from training.zoo.train import net_loss

TRAIN_SEED, VAL_SEED, START_SEED = (
    301,
    302,
    303,
)  # the upper level sees its own draws of the training pictures
DECAY = 1e-4
LR = 5e-4
START_BATCHES, START_BATCH = 48, 4
FALLING = 0.6  # share of the steps over which the budget falls


def loss_on(sampler: Sampler, seed: int, number: int, batch: int, *, whole: bool) -> Loss:
    """A net's loss on one batch: the one that it is trained on, or the matte's alone."""
    images, mattes = (torch.from_numpy(a) for a in sampler.batch(seed, number, batch, SMALL_SIZES))

    def loss(net: nn.Module) -> Tensor:
        if whole:
            return net_loss(net, images, mattes)
        with torch.autocast("cpu", torch.bfloat16):
            logits = net(images.float().div(255).contiguous(memory_format=torch.channels_last))
        return matte_loss(logits.float(), truth_at(mattes.float().div(255), logits.shape))

    return loss


def start(net: nn.Module, gates: Gates, sampler: Sampler) -> None:
    """Scores from the Fisher diagonal over a few pictures."""
    net.eval()
    gates.start(
        fisher(
            net,
            gates,
            (loss_on(sampler, START_SEED, i, START_BATCH, whole=False) for i in range(START_BATCHES)),
        )
    )


def learn(
    net: nn.Module, gates: Gates, sampler: Sampler, levels: Levels, *, steps: int, batch: int, score_lr: float
) -> None:
    """Alternate both levels while the budget falls, then at the budget; at rate 0 the scores stay."""
    weights = torch.optim.AdamW([p for p in net.parameters() if p.requires_grad], lr=LR, weight_decay=0.0)
    scores = torch.optim.SGD(gates.scores.parameters(), lr=score_lr, momentum=0.9)
    dense = gates.cost([score.numel() for score in gates.scores])
    gates.meet(dense, levels.unit)
    net.train()
    for step in range(steps):
        share = min(1.0, (step + 1) / (FALLING * steps))
        now = replace(levels, budget=dense + (levels.budget - dense) * share)
        train = loss_on(sampler, TRAIN_SEED, step, batch, whole=True)
        lost = lower_step(net, train, weights, DECAY)
        if score_lr:
            val = loss_on(sampler, VAL_SEED, step, batch, whole=False)
            cost = upper_step(net, gates, train, val, levels=now, optimiser=scores)
        else:  # what the start, the price and the gradual closing do without an upper level
            cost = gates.meet(now.budget, now.unit)
        if step % 10 == 0 or step == steps - 1:
            row = {"step": step, "loss": round(lost, 4), "mmac": round(cost, 1), "open": gates.counts()}
            print(json.dumps(row), flush=True)


def main() -> None:
    """Learn the gates, harden them, keep the net."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_places(parser)
    parser.add_argument("--parent", type=Path, required=True)
    parser.add_argument("--mmac", type=float, required=True, help="budget at 144x256, million MACs")
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--score-lr", type=float, default=0.0005, help="0 leaves the scores as they start")
    parser.add_argument("--multiple", type=int, default=8)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    net = load_net(args.parent)
    levels = Levels(args.mmac, unit=args.multiple)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Torch-Pruning warns about every plain parameter
        gates = Gates(net)
        net.to(memory_format=torch.channels_last)
        sampler = Sampler(args.store)
        start(net, gates, sampler)
        learn(net, gates, sampler, levels, steps=args.steps, batch=args.batch, score_lr=args.score_lr)
        opened = [[count, s.numel()] for count, s in zip(gates.counts(), gates.scores, strict=True)]
        gates.harden()
    levels_seen = 2 if args.score_lr else 1
    seen = images_seen(args.parent) + levels_seen * args.steps * args.batch + START_BATCHES * START_BATCH
    args.work.mkdir(parents=True, exist_ok=True)
    save_net(net, args.work / "pruned.pt", seen)
    facts = {"opened": opened, "params": count_params(net), "mmac": round(count_mmac(net), 1)}
    (args.work / "pruned.json").write_text(json.dumps(facts, indent=1) + "\n")
    print(json.dumps(facts))


if __name__ == "__main__":
    main()
