"""Trains a net of the zoo with training.train's recipe; nets with auxiliary heads get their own losses.

Everything runs in one process on one thread (no data workers), so that it can stay on a shared core.
"""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from training.data import prepare
from training.hoyer import hoyer_square
from training.losses import matte_loss, truth_at
from training.nets import DESIGNS, images_seen, load_net
from training.nets.pidnet import Pidnet, boundary_aware, edge_loss, edge_target
from training.train import Recipe, Trainer, add_places, run

DENSE = ("unet", "pidnet")  # bf16 speeds up dense convolutions and slows down depthwise ones
P_WEIGHT = 0.4
EDGE_WEIGHT = 5.0  # the paper takes 20 on large pictures; here an eighth of a small one is mostly outline


def pidnet_loss(net: Pidnet, image: Tensor, matte: Tensor) -> Tensor:
    """The paper's four terms (section 3.5) but the matte loss for OHEM: main, P, edge, main on edges."""
    main, p, edge = (logits.float() for logits in net.parts(image))
    truth, small = truth_at(matte, main.shape), truth_at(matte, p.shape)
    loss = matte_loss(main, truth) + P_WEIGHT * F.binary_cross_entropy_with_logits(p, small)
    return loss + EDGE_WEIGHT * edge_loss(edge, edge_target(matte, edge)) + boundary_aware(main, truth, edge)


def net_loss(net: nn.Module, images: Tensor, mattes: Tensor) -> Tensor:
    """What a net of any family is trained on, for one batch of uint8 images and mattes."""
    image = images.float().div_(255).contiguous(memory_format=torch.channels_last)
    matte = mattes.float().div_(255)
    with torch.autocast("cpu", torch.bfloat16, enabled=net.family in DENSE):
        if isinstance(net, Pidnet):
            return pidnet_loss(net, image, matte)
        logits = net(image).float()
        return matte_loss(logits, truth_at(matte, logits.shape))


class ZooTrainer(Trainer):
    """A Trainer that asks ``net_loss``."""

    def __init__(self, net: nn.Module, recipe: Recipe, hoyer: float = 0.0) -> None:
        super().__init__(net, recipe, torch.device("cpu"))
        self._hoyer = hoyer

    def update(self, images: Tensor, mattes: Tensor) -> float:
        """Learn from one batch of uint8 images and mattes; returns the loss."""
        loss = net_loss(self.net, images, mattes)
        if self._hoyer:
            loss = loss + self._hoyer * hoyer_square(self.net)
        loss.backward()
        self.optimisers.step(self.recipe.factor(self.step))
        self.step += 1
        self._average()
        return float(loss.detach())


def parse() -> argparse.Namespace:
    """The same options as training.train, less those that need a second process."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_places(parser)
    parser.add_argument("--net", required=True, help="name of a design (training.nets) or a saved net")
    parser.add_argument(
        "--hoyer", type=float, default=0.0, help="weight of the Structured Hoyer-Square penalty"
    )
    for field in fields(Recipe):
        kind = argparse.BooleanOptionalAction if isinstance(field.default, bool) else None
        option = f"--{field.name.replace('_', '-')}"
        if kind:
            parser.add_argument(option, action=kind, default=field.default)
        else:
            parser.add_argument(option, type=type(field.default), default=field.default)
    return parser.parse_args()


def main() -> None:
    """Train, or go on with what --work holds."""
    args = parse()
    torch.set_num_threads(1)
    recipe = Recipe(**{field.name: getattr(args, field.name) for field in fields(Recipe)})
    torch.manual_seed(recipe.seed)
    prepare(args.data, args.store)
    work: Path = args.work
    work.mkdir(parents=True, exist_ok=True)
    trainer = ZooTrainer(load_net(args.net), recipe, args.hoyer)
    if (work / "state.pt").exists():
        trainer.load(work / "state.pt")
    earlier = 0 if args.net in DESIGNS else images_seen(Path(args.net))
    run(trainer, work, args.store, workers=0, earlier=earlier)


if __name__ == "__main__":
    main()
