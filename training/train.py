"""Trains one net: resumable, seeded, the schedule tied to images seen and not to the clock.

Batch k of a run is a function of (seed, k), so a resumed run sees exactly what an unbroken one would.
Data are made by worker processes at low priority; the training step itself uses one thread.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import cv2
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from training.augment import SIZES, SMALL_SIZES, Mix, Sampler
from training.data import prepare
from training.guide import Apprentice, Guide, guidance_loss
from training.losses import matte_loss, truth_at, unsteadiness
from training.nets import DESIGNS, images_seen, load_net, save_net
from training.optim import Optimisers

WORKER_NICE = 3  # polite, yet not so much that the training step waits for pictures


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides what a run does."""

    images: int = 500_000
    batch: int = 32
    lr: float = 2e-3
    muon: bool = True
    muon_lr: float = 0.02
    weight_decay: float = 0.01
    warmup: int = 10_000  # images
    small_share: float = 0.6  # of the images, first, at about 0.42 of the area
    calm: float = 0.0  # share of the images, last, half of which are spared bad light, blur and noise
    ema: float = 0.998
    sizes: str = "full"  # name in training.augment.SIZES
    steady: float = 0.0  # weight of what two frames of one scene disagree about; above 0 there are pairs
    pairs: float = 1.0  # share of the batches that are pairs of frames then
    guide: float = 0.0  # weight of what MediaPipe says of each picture; above 0 it runs beside the training
    hint: float = 0.0  # weight of the features that it says it by
    mentor: str = ""  # a larger net of ours that teaches beside MediaPipe's, as exported; "": none
    composite: float = 0.5
    seed: int = 1

    @property
    def guided(self) -> bool:
        """Whether the teachers look at each picture."""
        return self.guide > 0 or self.hint > 0

    @property
    def steps(self) -> int:
        """Batches of the whole run."""
        return self.images // self.batch

    def paired(self, step: int) -> bool:
        """Whether a batch is made of pairs of frames; they are spread evenly over the run."""
        return self.steady > 0 and int((step + 1) * self.pairs) > int(step * self.pairs)

    def factor(self, step: int) -> float:
        """Learning rate as a share of its peak: linear warm-up, one cosine to 1 % of it."""
        warm = max(1, self.warmup // self.batch)
        if step < warm:
            return (step + 1) / warm
        done = (step - warm) / max(1, self.steps - warm)
        return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


class Batches(Dataset[tuple[Tensor, ...]]):
    """Batch number -> images and mattes, uint8; with a guide also its mattes and features."""

    def __init__(self, store: Path, recipe: Recipe) -> None:
        self._store, self._recipe = store, recipe
        self._samplers: tuple[Sampler, Sampler] | None = None
        self._guide: Guide | None = None

    def __getitem__(self, number: int) -> tuple[Tensor, ...]:
        recipe = self._recipe
        if self._samplers is None:  # in the worker: stores are mapped, not copied
            cv2.setNumThreads(1)
            harsh = Mix(composite=recipe.composite)
            self._samplers = Sampler(self._store, harsh), Sampler(self._store, replace(harsh, spared=0.5))
            self._guide = Guide(self._store / "guide", recipe.mentor) if recipe.guided else None
        sizes = SMALL_SIZES if number < recipe.steps * recipe.small_share else SIZES[recipe.sizes]
        sampler = self._samplers[number >= recipe.steps * (1 - recipe.calm)]
        images, mattes = sampler.batch(recipe.seed, number, recipe.batch, sizes, twins=recipe.paired(number))
        said = self._guide(images) if self._guide else None
        given = (images, mattes, said.mattes, *said.features) if said else (images, mattes)
        return tuple(torch.from_numpy(each) for each in given)


def _start_worker(_number: int) -> None:
    if hasattr(os, "sched_setaffinity"):  # where the training step is pinned, its helpers go elsewhere
        elsewhere = set(range(os.cpu_count() or 1)) - os.sched_getaffinity(0)
        os.sched_setaffinity(0, elsewhere or os.sched_getaffinity(0))
    if hasattr(os, "nice"):
        os.nice(WORKER_NICE)
    torch.set_num_threads(1)


def batches(store: Path, recipe: Recipe, start: int, workers: int) -> Iterator[tuple[Tensor, ...]]:
    """Batches from number ``start`` to the end of the run, in order."""
    numbers = range(start, recipe.steps)
    extra: dict[str, Any] = {"prefetch_factor": 6, "worker_init_fn": _start_worker} if workers else {}
    return iter(
        DataLoader(Batches(store, recipe), batch_size=None, sampler=numbers, num_workers=workers, **extra)
    )


class Trainer:
    """A net, its moving average and its optimisers; one step at a time."""

    def __init__(self, net: nn.Module, recipe: Recipe, device: torch.device) -> None:
        layout = torch.channels_last
        self.recipe, self.device = recipe, device
        self.net = net.to(device=device, memory_format=layout).train()  # type: ignore[call-overload]
        self.average = copy.deepcopy(self.net).eval().requires_grad_(requires_grad=False)
        self.apprentice = Apprentice(self.net, SMALL_SIZES[0]).to(device) if recipe.hint else None
        beside = list(self.apprentice.parameters()) if self.apprentice else []
        self.optimisers = Optimisers(
            net, recipe.muon, recipe.lr, recipe.muon_lr, recipe.weight_decay, beside=beside
        )
        self.step = 0

    def update(self, images: Tensor, mattes: Tensor, *guidance: Tensor) -> float:
        """Learn from a batch of uint8 images and mattes, and from a guide's Guidance; returns the loss."""
        x = (
            images.to(self.device, non_blocking=True)
            .float()
            .div_(255)
            .contiguous(memory_format=torch.channels_last)
        )
        said, *features = (each.to(self.device) for each in guidance) if guidance else (None,)
        with torch.autocast(self.device.type, torch.bfloat16):
            logits = self.net(x)
            hint = self.apprentice(features) if self.apprentice else None
        logits = logits.float()
        truth = truth_at(mattes.to(self.device).float().div_(255), logits.shape)
        loss = matte_loss(logits, truth)
        if said is not None:
            loss = loss + self.recipe.guide * guidance_loss(logits, said.float().div_(255), truth)
        if hint is not None:
            loss = loss + self.recipe.hint * hint
        if self.recipe.paired(self.step):
            loss = loss + self.recipe.steady * unsteadiness(logits, truth)
        loss.backward()
        self.optimisers.step(self.recipe.factor(self.step))
        self.step += 1
        self._average()
        return float(loss.detach())

    @torch.no_grad()
    def _average(self) -> None:
        keep = min(self.recipe.ema, (1 + self.step) / (10 + self.step))
        new, old = self.net.state_dict(), self.average.state_dict()
        for name, value in old.items():
            if value.is_floating_point():
                value.lerp_(new[name], 1 - keep)
            else:
                value.copy_(new[name])

    def save(self, path: Path) -> None:
        """Everything needed to go on, written whole or not at all."""
        state = {
            "net": self.net.state_dict(), "average": self.average.state_dict(), "step": self.step,
            "optimisers": self.optimisers.state_dict(), "recipe": asdict(self.recipe),
        }  # fmt: skip
        if self.apprentice:
            state["apprentice"] = self.apprentice.state_dict()
        torch.save(state, path.with_suffix(".part"))
        path.with_suffix(".part").replace(path)

    def load(self, path: Path) -> None:
        """Go on where save left off."""
        state = torch.load(path, map_location=self.device, weights_only=True)
        self.net.load_state_dict(state["net"])
        self.average.load_state_dict(state["average"])
        self.optimisers.load_state_dict(state["optimisers"])
        if self.apprentice:
            self.apprentice.load_state_dict(state["apprentice"])
        self.step = int(state["step"])


def run(
    trainer: Trainer, work: Path, store: Path, workers: int, *, earlier: int = 0, save_every: float = 120.0
) -> None:
    """Train to the end of the recipe; ``work`` gets state.pt, average.pt and log.jsonl.

    ``earlier``: images that the net had seen before this run, for its record.
    """
    recipe, log = trainer.recipe, work / "log.jsonl"
    began, first, last_saved, losses = time.monotonic(), trainer.step, time.monotonic(), [0.0] * 0
    for images, *labels in batches(store, recipe, trainer.step, workers):
        losses.append(trainer.update(images, *labels))
        done = trainer.step == recipe.steps
        if trainer.step % 50 == 0 or done:
            speed = (trainer.step - first) * recipe.batch / (time.monotonic() - began)
            left = (recipe.steps - trainer.step) * recipe.batch / speed / 60
            row = {
                "images": trainer.step * recipe.batch, "loss": round(sum(losses) / len(losses), 5),
                "lr": round(recipe.lr * recipe.factor(trainer.step), 6), "images_per_s": round(speed, 1),
                "size": list(images.shape[2:]), "eta_min": round(left, 1), "at": round(time.time()),
            }  # fmt: skip
            losses.clear()
            with log.open("a") as file:
                file.write(json.dumps(row) + "\n")
            print(json.dumps(row), flush=True)
        if done or time.monotonic() - last_saved > save_every:
            trainer.save(work / "state.pt")
            save_net(trainer.average, work / "average.pt", earlier + trainer.step * recipe.batch)
            last_saved = time.monotonic()


def parse(argv: list[str] | None = None) -> argparse.Namespace:
    """Command line: one option per field of Recipe besides where things are."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_places(parser)
    parser.add_argument(
        "--net", required=True, help="name of a design (training.nets) or a saved net to start from"
    )
    parser.add_argument("--workers", type=int, default=1)
    for field in fields(Recipe):
        if isinstance(field.default, bool):
            parser.add_argument(
                f"--{field.name}", action=argparse.BooleanOptionalAction, default=field.default
            )
        else:
            parser.add_argument(
                f"--{field.name.replace('_', '-')}", type=type(field.default), default=field.default,
                choices=tuple(SIZES) if field.name == "sizes" else None,
            )  # fmt: skip
    return parser.parse_args(argv)


def add_places(parser: argparse.ArgumentParser) -> None:
    """Options --data, --store and --work, shared by the programs of this package."""
    root = Path(__file__).resolve().parents[1]
    data = Path(os.environ.get("VCAM_DATA", root.parent / "shared" / "data"))
    parser.add_argument("--data", type=Path, default=data, help="folder of the data packs (or VCAM_DATA)")
    parser.add_argument("--store", type=Path, default=root / ".cache" / "training" / "stores")
    parser.add_argument("--work", type=Path, required=True, help="where this run keeps its state and log")


def main(argv: list[str] | None = None) -> None:
    """Train, or go on with what --work holds."""
    args = parse(argv)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.set_num_threads(1)
    recipe = Recipe(**{field.name: getattr(args, field.name) for field in fields(Recipe)})
    torch.manual_seed(recipe.seed)
    prepare(args.data, args.store)
    trainer = Trainer(load_net(args.net), recipe, device)
    args.work.mkdir(parents=True, exist_ok=True)
    if (args.work / "state.pt").exists():
        trainer.load(args.work / "state.pt")
    earlier = 0 if args.net in DESIGNS else images_seen(Path(args.net))
    run(trainer, args.work, args.store, args.workers, earlier=earlier)


if __name__ == "__main__":
    main()
