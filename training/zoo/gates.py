"""Prunes a saved net by learned gates: --work/pruned.pt, to be fine-tuned like any other.

The images of both levels count as seen, so that uniform pruning can be given the same number.
"""

from __future__ import annotations

import argparse
import json
import warnings
from pathlib import Path

import torch
from torch import Tensor, nn

from training.augment import SMALL_SIZES, Sampler
from training.bilevel import Gates, Levels, Loss, lower_step, upper_step
from training.losses import matte_loss, truth_at
from training.nets import images_seen, load_net, save_net
from training.nets.unet import count_mmac, count_params
from training.train import add_places

TRAIN_SEED, VAL_SEED = 301, 302  # the upper level sees its own draws of the training pictures
DECAY = 1e-4
LR = 5e-4


def loss_of(sampler: Sampler, seed: int, number: int, batch: int) -> Loss:
    """The matte loss on one batch."""
    images, mattes = (
        torch.from_numpy(a).float().div_(255) for a in sampler.batch(seed, number, batch, SMALL_SIZES)
    )

    def loss(net: nn.Module) -> Tensor:
        with torch.autocast("cpu", torch.bfloat16):
            logits = net(images.contiguous(memory_format=torch.channels_last))
        return matte_loss(logits.float(), truth_at(mattes, logits.shape))

    return loss


def learn(
    net: nn.Module, gates: Gates, sampler: Sampler, levels: Levels, *, steps: int, batch: int
) -> list[float]:
    """Alternate both levels; the budget falls over the first three quarters."""
    weights = torch.optim.AdamW([p for p in net.parameters() if p.requires_grad], lr=LR, weight_decay=0.0)
    scores = torch.optim.SGD(gates.scores.parameters(), lr=levels.score_lr, momentum=0.9)
    whole, costs = float(gates.cost()), []
    net.train()
    for step in range(steps):
        share = min(1.0, (step + 1) / (0.75 * steps))
        now = Levels(whole + (levels.budget - whole) * share, levels.gamma, levels.beta, levels.score_lr)
        train = loss_of(sampler, TRAIN_SEED, step, batch)
        lost = lower_step(net, train, weights, DECAY)
        val = loss_of(sampler, VAL_SEED, step, batch)
        costs.append(upper_step(net, gates, train, val, levels=now, optimiser=scores))
        if step % 20 == 0 or step == steps - 1:
            row = {
                "step": step,
                "loss": round(lost, 4),
                "mmac": round(costs[-1], 1),
                "budget": round(now.budget, 1),
            }
            print(json.dumps(row), flush=True)
    return costs


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
    parser.add_argument("--beta", type=float, default=4.0)
    parser.add_argument("--score-lr", type=float, default=0.005)
    parser.add_argument("--multiple", type=int, default=8)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    net = load_net(args.parent)
    levels = Levels(args.mmac, beta=args.beta, score_lr=args.score_lr)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Torch-Pruning warns about every plain parameter
        gates = Gates(net)
        net.to(memory_format=torch.channels_last)
        learn(net, gates, Sampler(args.store), levels, steps=args.steps, batch=args.batch)
        opened = [[int((s > 0.5).sum()), s.numel()] for s in gates.scores]
        gates.harden(args.multiple)
    seen = images_seen(args.parent) + 2 * args.steps * args.batch
    args.work.mkdir(parents=True, exist_ok=True)
    save_net(net, args.work / "pruned.pt", seen)
    facts = {"opened": opened, "params": count_params(net), "mmac": round(count_mmac(net), 1)}
    (args.work / "pruned.json").write_text(json.dumps(facts, indent=1) + "\n")
    print(json.dumps(facts))


if __name__ == "__main__":
    main()
