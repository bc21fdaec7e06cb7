"""Rows of the zoo table: every net as fp32 and int8, on the same pictures, timed in turns on one thread.

    python -m training.zoo.measure --work DIR dense=path/average.pt untrained=deeplabv3plus wide=path@176x304

A name of a design instead of a file measures cost only, and the row says that the net is untrained. An @
gives the input size for a 16:9 picture (SIZES); other pictures are scored at sizes of the same area.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
import torch

from training.augment import FULL_SIZES, LARGE_SIZES, SMALL_SIZES, Size
from training.augment import SIZES as FAMILIES
from training.bench_accuracy import onnx_segmenter
from training.evaluate import EvalSet, Matte, at_long_side, iou, load_sets, score
from training.export import session
from training.nets import DESIGNS, images_seen, load_net
from training.nets.unet import count_mmac, count_params
from training.train import add_places
from training.zoo.ship import deployed, to_onnx

ROUNDS, IN_A_ROW = 20, 4
DEFAULT_SIZE = "144x256"
SIZES: dict[str, tuple[Size, ...]] = {
    "96x160": SMALL_SIZES,
    "128x224": FAMILIES["compact"],
    DEFAULT_SIZE: FULL_SIZES,
    "176x304": LARGE_SIZES,
    "192x192": ((192, 192),),  # every picture is squeezed into it
}
HELD_BACK = ("val_", "keyed_")  # people and clips kept apart; the other sets are other sources altogether
OTHERS = ("eval_", "empty_rooms")


@dataclass(frozen=True, slots=True)
class Entry:
    """One net to measure: ``source`` is a saved net or a design, ``size`` a key of SIZES."""

    name: str
    source: str
    size: str = DEFAULT_SIZE

    @classmethod
    def parse(cls, text: str) -> Entry:
        """NAME=SOURCE or NAME=SOURCE@HxW."""
        name, equals, rest = text.partition("=")
        source, _, size = rest.partition("@")
        if not (name and equals and source) or (size and size not in SIZES):
            known = ", ".join(SIZES)
            raise SystemExit(f"got {text!r}, wanted NAME=SAVED or NAME=SAVED@SIZE with a size of {known}")
        return cls(name, source, size or DEFAULT_SIZE)

    @property
    def shape(self) -> Size:
        """Height and width of the input for a 16:9 picture."""
        return SIZES[self.size][0]


def times(models: dict[str, tuple[Path, Size]]) -> dict[str, float]:
    """Median CPU milliseconds per inference of each model at its size, all in turns."""
    rng, found = np.random.default_rng(0), {name: [0.0] * 0 for name in models}
    nets: dict[str, tuple[ort.InferenceSession, dict[str, Any]]] = {
        name: (session(path, size), {"image": rng.random((1, 3, *size), np.float32)})
        for name, (path, size) in models.items()
    }
    for _ in range(ROUNDS):
        for name, (net, feed) in nets.items():
            net.run(None, feed)  # its weights back into the cache
            for _ in range(IN_A_ROW):
                began = time.process_time()
                net.run(None, feed)
                found[name].append((time.process_time() - began) * 1e3)
    return {name: round(float(np.median(values)), 3) for name, values in found.items()}


def mean_iou(pictures: EvalSet, mattes: list[Matte]) -> float:
    """Mean of person's and background's IoU x 100, as papers with two classes give it."""
    found = []
    for picture, matte in zip(pictures.pictures, mattes, strict=True):
        assert picture.truth is not None
        shape = picture.truth.shape
        p, t = (at_long_side(m, shape) > 0.5 for m in (matte, picture.truth.astype(np.float32) / 255))
        found += [iou(p, t), iou(~p, ~t)]
    return 100 * float(np.mean(found))


def accuracy(model: Path, sets: list[EvalSet], sizes: tuple[Size, ...]) -> dict[str, float]:
    """Means over the held-back sets, and the sets of other sources by name."""
    segment = onnx_segmenter(model.parent, {"file": model.name, "input": {"sizes": sizes}})
    mattes = {s.name: [segment(p.image) for p in s.pictures] for s in sets}
    scores = {s.name: score(s, mattes[s.name]) for s in sets}
    held = [v for name, v in scores.items() if name.startswith(HELD_BACK)]
    row = {key: float(np.mean([v[key] for v in held])) for key in ("iou", "boundary_f", "mae")}
    row["miou"] = float(np.mean([mean_iou(s, mattes[s.name]) for s in sets if s.name.startswith(HELD_BACK)]))
    row["empty_permille"] = scores["empty_rooms"]["false_permille"]
    row |= {
        f"{name} {key}": v[key]
        for name, v in scores.items()
        if name.startswith("eval_")
        for key in ("iou", "boundary_f")
    }
    return {k: round(v, 2) for k, v in row.items()}


def made_from(entry: Entry) -> float:
    """When the saved net was written; 0 for a design."""
    return 0.0 if entry.source in DESIGNS else Path(entry.source).stat().st_mtime


def make(entry: Entry, precision: str, work: Path, store: Path) -> tuple[Path, dict[str, Any]]:
    """The net as ONNX, made once for all sizes, and what can be said without running it."""
    net = deployed(load_net(entry.source).eval())
    stem = entry.name if entry.source in DESIGNS else "-".join(Path(entry.source).parts[-2:])
    path = work / f"{stem}.{precision}.onnx"
    if not path.exists() or made_from(entry) > path.stat().st_mtime:
        to_onnx(net, path, precision, store)
    return path, {
        "images_seen": 0 if entry.source in DESIGNS else images_seen(Path(entry.source)), "size": entry.size,
        "family": net.family,
        "params": count_params(net), "mmac": round(count_mmac(net, entry.shape), 1),
        "mb": round(path.stat().st_size / 1e6, 2),
    }  # fmt: skip


def main() -> None:
    """Export, score and time; print Markdown and keep everything in --work/zoo.json."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_places(parser)
    parser.add_argument("nets", nargs="+", type=Entry.parse, metavar="NAME=SAVED[@SIZE]")
    parser.add_argument("--no-int8", action="store_true")
    parser.add_argument("--no-scores", action="store_true", help="cost only")
    args = parser.parse_args()
    torch.set_num_threads(1)
    args.work.mkdir(parents=True, exist_ok=True)
    rows: dict[str, dict[str, Any]] = {}
    models: dict[str, tuple[Path, Size]] = {}
    wanted: dict[str, Entry] = {}
    for entry in args.nets:
        for precision in ("fp32",) if args.no_int8 else ("fp32", "int8"):
            key = f"{entry.name} {precision}"
            path, rows[key] = make(entry, precision, args.work, args.store)
            models[key], wanted[key] = (path, entry.shape), entry
    for key, ms in times(models).items():
        rows[key]["ms"] = ms
    keep(rows, args.work)
    trained = [] if args.no_scores else [key for key, row in rows.items() if row["images_seen"]]
    sets = [s for s in load_sets(args.data) if s.name.startswith(HELD_BACK + OTHERS)] if trained else []
    for key in trained:
        rows[key] |= accuracy(models[key][0], sets, SIZES[wanted[key].size])
        keep(rows, args.work)
    print(markdown(rows))


def keep(rows: dict[str, dict[str, Any]], work: Path) -> None:
    """What is known so far, in --work/zoo.json."""
    (work / "zoo.json").write_text(json.dumps(rows, indent=1) + "\n")


def markdown(rows: dict[str, dict[str, Any]]) -> str:
    """One line per net and precision."""
    keys = list(dict.fromkeys(key for row in rows.values() for key in row))
    lines = ["| net | " + " | ".join(keys) + " |", "|---" * (len(keys) + 1) + "|"]
    for name, row in rows.items():
        lines.append(f"| {name} | " + " | ".join(str(row.get(key, "untrained")) for key in keys) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
