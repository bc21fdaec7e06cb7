"""What reusing mattes saves and costs on clips: every frame, the app's gate, optical flow, two input sizes.

    python -m training.zoo.clips --work DIR

Talking heads are the held-back keyed clips before a drawn room, 25 frames a second (every second one is the
mean of its neighbours, since the data leaves it out), with sensor noise; the presenter is drawn by us, and
waves. Stages are the app's own (vcam), the network is a model of models/. IoU and boundary F x 100, flicker
and dtSSD x 1000.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from training.data import Bytes, Pack, packs
from training.evaluate import EvalSet, Matte, Picture, score
from training.train import add_places
from vcam.adapters.model_card import ModelCard, read_card
from vcam.adapters.onnx_segmenter import OnnxSegmenter
from vcam.core.frame import Frame, Size
from vcam.core.frame import Matte as TimedMatte
from vcam.core.redundancy import FRUGAL, SPARING, MotionGate, Thrift
from vcam.core.stages import EveryFrame
from vcam.imaging.colour import resize_luma, thumbnail
from vcam.imaging.matte import TemporalRefiner
from vcam.imaging.presenter import draw_presenter
from vcam.imaging.room import draw_room
from vcam.imaging.scale import Pyramid

SPEAKERS = ("grid_pwij3p", "grid_sbia1a")  # held back: training never sees them
SIZE, FLOW_SIZE = Size(1280, 720), Size(256, 144)
SMALL = Size(160, 96)
FPS, FRAMES, NOISE = 25, 74, 2.5
SURE = 1.0  # px by which the flow there and back may differ
SIMPLE, COMPLEX, PATIENCE = 0.035, 0.05, 12  # of the matte's pixels unsure; frames before a smaller input

Clip = list[tuple[Bytes, Bytes]]  # frame BGR, alpha uint8


def speaker(pack: Pack, clip: str) -> Iterator[tuple[Bytes, Bytes]]:
    """A keyed person who talks, before the drawn room."""
    room = draw_room(SIZE).astype(np.float32)
    stems = [stem for stem in pack.stems() if stem.startswith(clip)]
    for i in range(2 * len(stems) - 1):
        sides = [
            [pack.read(folder, stems[j]) for folder in ("premult", "masks")] for j in (i // 2, (i + 1) // 2)
        ]
        colour, alpha = ((a.astype(np.float32) + b) / 2 for a, b in zip(*sides, strict=True))
        wide = round(alpha.shape[1] * SIZE.height / alpha.shape[0])
        left = (SIZE.width - wide) // 2
        colour, alpha = (
            np.clip(cv2.resize(x, (wide, SIZE.height), interpolation=cv2.INTER_CUBIC), 0, 255)
            for x in (colour, alpha)
        )
        frame, whole = room.copy(), np.zeros((SIZE.height, SIZE.width), np.uint8)
        frame[:, left : left + wide] *= 1 - alpha[..., None] / 255
        frame[:, left : left + wide] += colour
        whole[:, left : left + wide] = alpha
        yield np.clip(frame, 0, 255).astype(np.uint8), whole


def presenter() -> Iterator[tuple[Bytes, Bytes]]:
    """Two seconds at rest, then a wave."""
    for i in range(FRAMES):
        frame, alpha = draw_presenter(1.4 + i / FPS, SIZE)
        yield frame, (alpha * 255).round().astype(np.uint8)


def noisy(clip: Iterator[tuple[Bytes, Bytes]]) -> Clip:
    """With sensor noise, the same in every run."""
    rng = np.random.default_rng(0)
    return [
        (np.clip(f + rng.standard_normal(f.shape, np.float32) * NOISE + 0.5, 0, 255).astype(np.uint8), a)
        for f, a in clip
    ]


class Sized:
    """The network at one of two input sizes, the smaller one while the matte is simple (after DANCE).

    Complexity is the share of the last matte's pixels that are neither person nor background; it must stay
    low for PATIENCE frames before the input shrinks, and one complex matte makes it grow again.
    """

    def __init__(self, card: ModelCard, pyramid: Pyramid, *, adapt: bool) -> None:
        small = replace(card, input=replace(card.input, sizes=(SMALL,)))
        self._large, self._small = (OnnxSegmenter(c, SIZE, pyramid) for c in (card, small))
        self._adapt, self._simple = adapt, 0
        self.small = 0

    def segment(self, frame: Frame) -> TimedMatte:
        """As core.ports.Segmenter."""
        shrink = not self._adapt or self._simple >= PATIENCE
        matte = (self._small if shrink else self._large).segment(frame)
        unsure = float(((matte.alpha > 0.1) & (matte.alpha < 0.9)).mean())
        if unsure > COMPLEX:
            self._simple = 0
        elif unsure < SIMPLE or self._simple >= PATIENCE:
            self._simple += 1
        self.small += shrink
        return matte


class Flow:
    """Moves the last matte by DIS optical flow; where flow there and back disagree, it stays where it was."""

    def __init__(self, pyramid: Pyramid) -> None:
        self._flow = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
        self._pyramid = pyramid
        rows, columns = np.mgrid[0 : FLOW_SIZE.height, 0 : FLOW_SIZE.width].astype(np.float32)
        self._here = np.dstack([columns, rows])

    def luma(self, frame: Frame) -> Bytes:
        """What the flow is sought in."""
        return resize_luma(self._pyramid.nearest(frame, FLOW_SIZE), FLOW_SIZE)

    def move(self, seen: Bytes, now: Bytes, matte: TimedMatte) -> TimedMatte:
        """The matte of the frame seen, as it should be now."""
        back = self._flow.calc(now, seen, None)  # for each pixel now, where it was
        forth = self._flow.calc(seen, now, None)
        there = self._here + back
        round_trip = back + cv2.remap(forth, there, None, cv2.INTER_LINEAR)
        unsure = np.square(round_trip).sum(2) > SURE**2
        there[unsure] = self._here[unsure]
        size = Size.of(matte.alpha)
        scale = np.float32(size.width / FLOW_SIZE.width)
        where = (
            cv2.resize((there + 0.5) * scale, (size.width, size.height), interpolation=cv2.INTER_AREA) - 0.5
        )
        moved = cv2.remap(matte.alpha, where, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return TimedMatte(np.clip(moved, 0, 1), matte.captured_at)


class Variant:
    """One way to come to a matte for every frame, timed."""

    def __init__(
        self, card: ModelCard, thrift: Thrift | None, *, flow: bool = False, sizes: str = ""
    ) -> None:
        pyramid = Pyramid()
        self._pyramid = pyramid
        self._segmenter: Any = (
            Sized(card, pyramid, adapt=sizes == "adapted") if sizes else OnnxSegmenter(card, SIZE, pyramid)
        )
        self._gate: Any = MotionGate(partial(thumbnail, pyramid=pyramid), thrift) if thrift else EveryFrame()
        self._refiner = TemporalRefiner(pyramid=pyramid)
        self._flow = Flow(pyramid) if flow else None
        self._seen: Bytes | None = None
        self.inferred, self.ms = 0, [0.0] * 0

    def __call__(self, frame: Frame) -> Matte:
        """The refined matte of the next frame."""
        self._pyramid.level(frame, 3)  # the compositor needs the halvings, too
        began = time.thread_time()
        matte = self._gate.reusable(frame)
        if matte is None:
            matte = self._segmenter.segment(frame)
            self._gate.remember(frame, matte)
            self._seen = self._flow.luma(frame) if self._flow else None
            self.inferred += 1
        elif self._flow is not None and self._seen is not None:
            matte = self._flow.move(self._seen, self._flow.luma(frame), matte)
        alpha = self._refiner.refine(frame, matte).share
        self.ms.append((time.thread_time() - began) * 1e3)
        return alpha

    def facts(self) -> dict[str, float]:
        """Share of frames that the network ran for, mean CPU ms of gate, network and refiner."""
        found = {"inferred": 100 * self.inferred / len(self.ms), "ms": float(np.mean(self.ms))}
        if isinstance(self._segmenter, Sized):
            found["small"] = 100 * self._segmenter.small / max(1, self.inferred)
        return {key: round(value, 2) for key, value in found.items()}


def variants(card: ModelCard) -> dict[str, Callable[[], Variant]]:
    """What is compared, by name."""
    return {
        "every frame": lambda: Variant(card, None),
        "the app's gate": lambda: Variant(card, SPARING),
        "frugal gate": lambda: Variant(card, FRUGAL),
        "frugal gate, moved by flow": lambda: Variant(card, FRUGAL, flow=True),
        "the app's gate, moved by flow": lambda: Variant(card, SPARING, flow=True),
        f"every frame at {SMALL.height}x{SMALL.width}": lambda: Variant(card, None, sizes="small"),
        "every frame, size adapted": lambda: Variant(card, None, sizes="adapted"),
    }


def run(card: ModelCard, clips: dict[str, Clip], rounds: int) -> dict[str, dict[str, dict[str, float]]]:
    """Clip -> variant -> figures; times are medians over the rounds, variants in turns."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    for name, clip in clips.items():
        truth = EvalSet(
            name, "keyed", tuple(Picture(str(i), f, a) for i, (f, a) in enumerate(clip)), sequence=True
        )
        times: dict[str, list[float]] = {}
        for _ in range(rounds):
            for title, make in variants(card).items():
                variant = make()
                mattes = [variant(Frame(f, i, i / FPS)).copy() for i, (f, _) in enumerate(clip)]
                facts = variant.facts()
                times.setdefault(title, []).append(facts["ms"])
                if title not in found.setdefault(name, {}):
                    found[name][title] = facts | score(truth, mattes)
        for title, values in times.items():
            found[name][title]["ms"] = round(float(np.median(values)), 2)
    return found


def main() -> None:
    """Print one table per clip; everything in --work/clips.json."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_places(parser)
    models = Path(__file__).resolve().parents[2] / "models"
    parser.add_argument("--card", type=Path, default=models / "balanced.json")
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    pack = next(p for p in packs(args.data, "train") if p.source == "keyed_grid")
    clips = {name: noisy(speaker(pack, name)) for name in SPEAKERS} | {"presenter": noisy(presenter())}
    found = run(read_card(args.card), clips, args.rounds)
    args.work.mkdir(parents=True, exist_ok=True)
    (args.work / "clips.json").write_text(json.dumps(found, indent=1) + "\n")
    keys = ("inferred", "small", "ms", "iou", "boundary_f", "mae", "flicker", "dtssd")
    for name, rows in found.items():
        print(f"\n| {name} | " + " | ".join(keys) + " |\n|---" + "|---" * len(keys) + "|")
        for title, row in rows.items():
            print(f"| {title} | " + " | ".join(str(row.get(key, "")) for key in keys) + " |")


if __name__ == "__main__":
    main()
