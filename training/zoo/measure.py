"""Rows of the zoo table: every net as fp32 and int8, on the same pictures, timed in turns on one thread.

    python -m training.zoo.measure --work DIR dense=path/average.pt untrained=deeplabv3plus

A name of a design instead of a file measures cost only, and the row says that the net is untrained.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
import torch

from training.bench_accuracy import onnx_segmenter
from training.evaluate import EvalSet, Matte, at_long_side, iou, load_sets, score
from training.export import FULL_SIZES, session
from training.nets import DESIGNS, images_seen, load_net
from training.nets.unet import count_mmac, count_params
from training.train import add_places
from training.zoo.ship import deployed, to_onnx

ROUNDS, IN_A_ROW = 20, 4
SIZE = FULL_SIZES[0]
HELD_BACK = ("val_", "keyed_")  # people and clips kept apart; the other sets are other sources altogether


def times(models: dict[str, Path]) -> dict[str, float]:
    """Median CPU milliseconds per inference at 144x256, all models in turns."""
    x = np.random.default_rng(0).random((1, 3, *SIZE), np.float32)
    sessions: dict[str, ort.InferenceSession] = {name: session(path, SIZE) for name, path in models.items()}
    found: dict[str, list[float]] = {name: [] for name in models}
    for _ in range(ROUNDS):
        for name, net in sessions.items():
            net.run(None, {"image": x})  # its weights back into the cache
            for _ in range(IN_A_ROW):
                began = time.process_time()
                net.run(None, {"image": x})
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


def accuracy(model: Path, sets: list[EvalSet]) -> dict[str, float]:
    """Means over the held-back sets, and the sets of other sources by name."""
    segment = onnx_segmenter(model, {"input": {"sizes": FULL_SIZES}})
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


def main() -> None:
    """Export, score and time; print Markdown and keep everything in --work/zoo.json."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_places(parser)
    parser.add_argument("nets", nargs="+", metavar="NAME=SAVED", help="a saved net or the name of a design")
    parser.add_argument("--no-int8", action="store_true")
    parser.add_argument("--no-scores", action="store_true", help="cost only")
    args = parser.parse_args()
    torch.set_num_threads(1)
    args.work.mkdir(parents=True, exist_ok=True)
    rows: dict[str, dict[str, Any]] = {}
    models: dict[str, Path] = {}
    for name, source in (entry.split("=", 1) for entry in args.nets):
        net = deployed(load_net(source).eval())
        seen = 0 if source in DESIGNS else images_seen(Path(source))
        for precision in ("fp32",) if args.no_int8 else ("fp32", "int8"):
            key = f"{name} {precision}"
            models[key] = args.work / f"{name}.{precision}.onnx"
            to_onnx(net, models[key], precision, args.store)
            rows[key] = {
                "images_seen": seen, "params": count_params(net), "mmac": round(count_mmac(net, SIZE), 1),
                "mb": round(models[key].stat().st_size / 1e6, 2),
            }  # fmt: skip
    for key, ms in times(models).items():
        rows[key]["ms"] = ms
    trained = [] if args.no_scores else [key for key, row in rows.items() if row["images_seen"]]
    sets = load_sets(args.data) if trained else []
    for key in trained:
        rows[key] |= accuracy(models[key], sets)
    (args.work / "zoo.json").write_text(json.dumps(rows, indent=1) + "\n")
    print(markdown(rows))


def markdown(rows: dict[str, dict[str, Any]]) -> str:
    """One line per net and precision."""
    keys = list(dict.fromkeys(key for row in rows.values() for key in row))
    lines = ["| net | " + " | ".join(keys) + " |", "|---" * (len(keys) + 1) + "|"]
    for name, row in rows.items():
        lines.append(f"| {name} | " + " | ".join(str(row.get(key, "untrained")) for key in keys) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
