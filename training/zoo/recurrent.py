"""Whether the previous matte as a fourth input steadies video: the same net, fine-tuned with it and without.

    python -m training.zoo.recurrent --work DIR --net training/checkpoints/balanced.pt --images 16000

The fourth channel begins with weights of zero. A batch is pairs of frames of one scene: the first frame is
given nothing (as after a cut), the second the net's own matte of the first, moved by some pixels in half of
the pictures, as people move. Without memory, both are given nothing. Compared on clips, each frame given the
matte before, and once the matte of another picture (a cut that nobody noticed).
"""

from __future__ import annotations

import argparse
import copy
import json
from dataclasses import replace
from pathlib import Path

import cv2
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from training.augment import SIZES
from training.data import Bytes, prepare
from training.evaluate import EvalSet, Matte, load_sets, nearest_size, network_input, score
from training.losses import matte_loss, truth_at, unsteadiness
from training.nets import load_net
from training.train import Recipe, Trainer, add_places, batches

GAIN = 2.0  # of the logits, as the shipped nets have it
MOVED = 0.04  # of the picture's side, at most


def with_memory(net: nn.Module) -> nn.Module:
    """A copy that takes (N, 4, H, W): RGB and the matte before in [0, 1]; at first it does not look at it."""
    net = copy.deepcopy(net)
    first = net.stem[0]
    wider = nn.Conv2d(4, first.out_channels, 3, 2, 1, bias=False)
    with torch.no_grad():
        wider.weight.zero_()
        wider.weight[:, :3] = first.weight
    net.stem[0] = wider
    return net


def moved(matte: Tensor, generator: torch.Generator) -> Tensor:
    """Every second matte shifted by a little, as if the person had moved since."""
    shift = (torch.rand(len(matte), 2, generator=generator) * 2 - 1) * 2 * MOVED
    shift[::2] = 0
    theta = torch.eye(2, 3).repeat(len(matte), 1, 1)
    theta[:, :, 2] = shift
    grid = F.affine_grid(theta, list(matte.shape), align_corners=False)
    return F.grid_sample(matte, grid, padding_mode="border", align_corners=False)


class Rollout(Trainer):
    """Trains on the second frame what it learnt from the first."""

    def __init__(self, net: nn.Module, recipe: Recipe, *, remembers: bool) -> None:
        super().__init__(net, recipe, torch.device("cpu"))
        self._remembers = remembers
        self._generator = torch.Generator().manual_seed(recipe.seed)

    def update(self, images: Tensor, mattes: Tensor) -> float:
        """Learn from pairs of frames; returns the loss."""
        x = images.float().div_(255)
        nothing = torch.zeros_like(x[0::2, :1])
        with torch.autocast("cpu", torch.bfloat16):
            first = self.net(torch.cat([x[0::2], nothing], 1)).float()
            memory = nothing
            if self._remembers:
                before = F.interpolate(torch.sigmoid(GAIN * first.detach()), x.shape[2:], mode="bilinear")
                memory = moved(before, self._generator)
            second = self.net(torch.cat([x[1::2], memory], 1)).float()
        logits = torch.stack([first, second], 1).flatten(0, 1)
        truth = truth_at(mattes.float().div_(255), logits.shape)
        loss = matte_loss(logits, truth) + self.recipe.steady * unsteadiness(logits, truth)
        loss.backward()
        self.optimisers.step(self.recipe.factor(self.step))
        self.step += 1
        self._average()
        return float(loss.detach())


@torch.no_grad()
def mattes(net: nn.Module, pictures: EvalSet, *, memory: str) -> list[Matte]:
    """Mattes of a clip; memory: "none", "before" (the matte of the frame before), "foreign"."""
    kept: Tensor | None = None
    made: list[Matte] = []
    for picture in pictures.pictures:
        image: Bytes = picture.image
        x = torch.from_numpy(network_input(image, nearest_size(image.shape, SIZES["large"])))
        given = torch.zeros_like(x[:, :1])
        if kept is not None and memory != "none":
            given = F.interpolate(kept, x.shape[2:], mode="bilinear")
            given = given.flip(3) if memory == "foreign" else given
        kept = torch.sigmoid(GAIN * net(torch.cat([x, given], 1)).float())
        made.append(kept[0, 0].numpy())
    return made


def main() -> None:
    """Train both, compare, print JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_places(parser)
    parser.add_argument("--net", type=Path, required=True)
    parser.add_argument("--images", type=int, default=16_000)
    args = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    prepare(args.data, args.store)
    clips = [s for s in load_sets(args.data) if s.sequence]
    recipe = replace(
        Recipe(), images=args.images, small_share=0.0, sizes="large", steady=0.4, seed=31, warmup=1600,
        lr=6e-4, muon_lr=0.006, ema=0.99, composite=0.6,
    )  # fmt: skip
    args.work.mkdir(parents=True, exist_ok=True)
    for remembers in (False, True):
        trainer = Rollout(with_memory(load_net(args.net)), recipe, remembers=remembers)
        for images, truth in batches(args.store, recipe, 0, 1):
            trainer.update(images, truth)
        for memory in ("none", "before", "foreign") if remembers else ("none",):
            found = {s.name: score(s, mattes(trainer.average, s, memory=memory)) for s in clips}
            row = {"remembers": remembers, "memory": memory, "clips": found}
            with (args.work / "recurrent.jsonl").open("a") as file:
                file.write(json.dumps(row) + "\n")
            brief = {n: (r["iou"], r["boundary_f"], r["flicker"], r["dtssd"]) for n, r in found.items()}
            print(json.dumps({**row, "clips": brief}), flush=True)


if __name__ == "__main__":
    main()
