"""Accuracy against measured time of nets that were trained alike, and who is on the Pareto front.

    python -m training.zoo.pareto --out docs/zoo-pareto.png WORK/zoo.json OTHER/zoo.json

Files are what training.zoo.measure keeps; rows of a later file add to those of the same name, so that
accuracy and times may come from different runs. Prints Markdown, draws the chart.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from training.zoo.measure import DEFAULT_SIZE

Row = dict[str, Any]
SHOWN = {"iou": "person IoU ×100", "boundary_f": "boundary F ×100 (3 px at 512 px)"}
COLOURS = {
    "unet": "tab:blue",
    "pidnet": "tab:red",
    "deeplabv3plus": "tab:green",
    "pp-mobileseg": "tab:orange",
}


def merged(files: list[Path]) -> dict[str, Row]:
    """Rows that have both a time and an accuracy, fastest first."""
    rows: dict[str, Row] = {}
    for file in files:
        for name, row in json.loads(file.read_text()).items():
            rows[name] = rows.get(name, {}) | row
    whole = {name: row for name, row in rows.items() if "ms" in row and SHOWN.keys() <= row.keys()}
    return dict(sorted(whole.items(), key=lambda item: float(item[1]["ms"])))


def front(rows: dict[str, Row], key: str) -> list[str]:
    """Names, fastest first, of the rows that no other beats.

    A row is beaten by another that is at least as fast and as accurate, and more so in one of both.
    """

    def beaten(name: str) -> bool:
        ms, value = rows[name]["ms"], rows[name][key]
        return any(
            other["ms"] <= ms and other[key] >= value and (other["ms"] < ms or other[key] > value)
            for other in rows.values()
        )

    return sorted((name for name in rows if not beaten(name)), key=lambda name: float(rows[name]["ms"]))


def markdown(rows: dict[str, Row]) -> str:
    """One line per row; on whose front it is."""
    fronts = {key: front(rows, key) for key in SHOWN}
    lines = [
        "| net | input | params | MMAC | MB | ms | IoU | boundary F | on the front of |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, row in rows.items():
        on = [label for key, label in (("iou", "IoU"), ("boundary_f", "F")) if name in fronts[key]]
        lines.append(
            f"| {name} | {row['size'].replace('x', '×')} | {row['params'] / 1e6:.2f} M | {row['mmac']} "
            f"| {row['mb']} | {row['ms']:.2f} | {row['iou']:.1f} | {row['boundary_f']:.1f} "
            f"| {', '.join(on) or '–'} |"
        )
    return "\n".join(lines)


def draw(rows: dict[str, Row], out: Path) -> None:
    """One panel per measure: int8 filled, fp32 hollow, the front as a line."""
    figure, axes = plt.subplots(1, len(SHOWN), figsize=(13, 5.5))
    for axis, (key, title) in zip(axes, SHOWN.items(), strict=True):
        _panel(axis, rows, key)
        axis.set(title=title, xlabel="CPU ms of one inference, one thread")
        axis.grid(alpha=0.3)
        axis.margins(x=0.12)
    families = {str(row["family"]) for row in rows.values()}
    handles = [
        Line2D([], [], marker="o", ls="", color=colour, label=family)
        for family, colour in COLOURS.items()
        if family in families
    ]
    handles.append(Line2D([], [], marker="o", ls="", mec="k", mfc="none", label="fp32 (filled: int8)"))
    handles.append(Line2D([], [], color="0.6", label="Pareto front"))
    axes[-1].legend(handles=handles, fontsize=8, loc="lower right")
    figure.tight_layout()
    figure.savefig(out, dpi=80)
    plt.close(figure)


def _panel(axis: Axes, rows: dict[str, Row], key: str) -> None:
    on = [rows[name] for name in front(rows, key)]
    axis.step([r["ms"] for r in on], [r[key] for r in on], where="post", color="0.6", zorder=1)
    for name, row in rows.items():
        colour, (net, _, precision) = COLOURS[row["family"]], name.rpartition(" ")
        face = colour if precision == "int8" else "none"
        axis.scatter(row["ms"], row[key], edgecolors=colour, facecolors=face, zorder=2)
        label = net if row["size"] == DEFAULT_SIZE or row["size"] in net else f"{net} {row['size']}"
        axis.annotate(label, (row["ms"], row[key]), (4, 4), textcoords="offset points", fontsize=7)


def main() -> None:
    """Print the table and draw the chart."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="+", type=Path, help="zoo.json of training.zoo.measure")
    parser.add_argument("--out", type=Path, required=True, help="the chart, PNG")
    args = parser.parse_args()
    rows = merged(args.files)
    print(markdown(rows))
    for key in SHOWN:
        print(f"{key}: {', '.join(front(rows, key))}")
    draw(rows, args.out)


if __name__ == "__main__":
    main()
