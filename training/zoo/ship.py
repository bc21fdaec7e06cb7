"""A saved net of the zoo -> one ONNX file, fp32 or int8, and a card with its scores.

What must not be rounded to 8 bits in PIDNet: Pag's product and sigmoid, and the batch norms before an
activation, whose ranges are far wider than their neighbours'.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

import onnx
import torch
from torch import nn

from training.bench_accuracy import onnx_segmenter
from training.evaluate import load_sets, score_all
from training.export import KEEP_FLOAT, CardFacts, card, export, write_card
from training.nets import images_seen, load_net
from training.quantise import calibration, quantise
from training.train import add_places

FLOAT_OPS = (*KEEP_FLOAT, "BatchNormalization", "HardSigmoid", "HardSwish", "Softmax")
FLOAT_PARTS = ("/net/stem/", "/net/pag3/", "/net/pag4/")
CALIBRATION_PICTURES = 96


def deployed(net: Any) -> nn.Module:
    """The net without auxiliary heads."""
    return net.deployed() if hasattr(net, "deployed") else net


def to_onnx(net: nn.Module, path: Path, precision: str, store: Path) -> None:
    """Export; int8 is calibrated on training pictures and keeps FLOAT_OPS and FLOAT_PARTS in float."""
    if precision == "fp32":
        export(net, path)
        return
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        export(net, whole)
        keep = tuple(n.name for n in onnx.load(str(whole)).graph.node if n.name.startswith(FLOAT_PARTS))
        pictures = calibration(store, CALIBRATION_PICTURES)
        quantise(whole, path, pictures, keep_float=FLOAT_OPS, keep_nodes=keep)


def rescore(path: Path, data: Path) -> None:
    """Put the figures on all sets into a card; its network stays as it is."""
    entry = json.loads(path.read_text())
    segment = onnx_segmenter(path.parent, entry)
    entry["scores"] = score_all(load_sets(data), segment)
    write_card(entry, path)


def main() -> None:
    """Write models/<name>.onnx and its card, with scores."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_places(parser)
    parser.add_argument("--name", required=True)
    parser.add_argument("--title", required=True)
    parser.add_argument("--models", type=Path, default=Path(__file__).resolve().parents[2] / "models")
    parser.add_argument("--recipe", default="training/zoo/pidnet.sh")
    parser.add_argument("--precision", choices=("fp32", "int8"), default="fp32")
    parser.add_argument("--seen-before", type=int, default=0, help="images that the net learnt from unpruned")
    parser.add_argument("--limits", required=True, help="plain words for the card")
    args = parser.parse_args()
    torch.set_num_threads(1)
    saved, model = args.work / "average.pt", args.models / f"{args.name}.onnx"
    net: Any = deployed(load_net(saved).eval())
    to_onnx(net, model, args.precision, args.store)
    seen = args.seen_before + images_seen(saved)
    facts = CardFacts(args.name, args.precision, args.recipe, args.limits, seen)
    write_card(card(facts, net, model, args.data) | {"title": args.title}, model.with_suffix(".json"))
    rescore(model.with_suffix(".json"), args.data)
    print(f"{model.name}: {model.stat().st_size / 1e6:.2f} MB, {seen} images seen")


if __name__ == "__main__":
    main()
