"""Learning curves of one or more runs as a PNG: loss, speed, and the figures that peek.py noted."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt

SHOWN = ("eval_vikram_human", "eval_facesynthetics100", "val_ccp_upper", "val_caltech101_faces")


def rows(path: Path) -> list[dict[str, Any]]:
    """Lines of a JSON log; none if there is no log."""
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def main() -> None:
    """Draw WORK/log.jsonl and WORK/evals.jsonl of every run given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("works", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    figure, axes = plt.subplots(1, 3, figsize=(16, 5))
    titles = ("training loss", "person IoU ×100", "boundary F ×100")
    for axis, title in zip(axes, titles, strict=True):
        axis.set(title=title, xlabel="images seen (thousands)")
        axis.grid(alpha=0.3)
    for work in args.works:
        log, evals = rows(work / "log.jsonl"), rows(work / "evals.jsonl")
        axes[0].plot([r["images"] / 1e3 for r in log], [r["loss"] for r in log], label=work.name, linewidth=1)
        for name in SHOWN:
            for axis, key in ((axes[1], "iou"), (axes[2], "boundary_f")):
                seen = [r["images"] / 1e3 for r in evals if name in r["scores"]]
                values = [r["scores"][name][key] for r in evals if name in r["scores"]]
                if seen:
                    axis.plot(seen, values, marker="o", label=f"{work.name}: {name}")
    axes[0].set_yscale("log")
    for axis in axes:
        if axis.lines:
            axis.legend(fontsize=7)
    figure.tight_layout()
    figure.savefig(args.out, dpi=90)


if __name__ == "__main__":
    main()
