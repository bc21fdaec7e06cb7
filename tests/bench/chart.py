"""A chart of where the time of a frame goes."""

from __future__ import annotations

from pathlib import Path
from statistics import mean

import matplotlib as mpl
import matplotlib.pyplot as plt

mpl.use("Agg")


def draw_chart(rows, names, path: Path) -> None:
    """Draw stacked stages for each row; names are the rows' labels."""
    figure, axes = plt.subplots(figsize=(9, 0.38 * len(rows) + 1.4))
    colours = dict(
        zip(rows[0].stages, ("#b8a0b0", "#9aa7b8", "#c9a86a", "#4c78a8", "#72b7b2", "#e4794f"), strict=True)
    )
    for position, row in enumerate(rows):
        left = 0.0
        for name, times in row.stages.items():
            axes.barh(
                position, mean(times), left=left, color=colours[name], label=name if position == 0 else None
            )
            left += mean(times)
        if not row.stages:
            axes.barh(position, row.mean, color="#d0d0d0")
        axes.text(max(left, row.mean) + 0.2, position, f"{row.mean:.1f}", va="center", fontsize=8)
    axes.set_yticks(range(len(rows)), names, fontsize=8)
    axes.margins(y=0.01)
    axes.invert_yaxis()
    axes.set_xlabel("CPU ms per frame, mean")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8, loc="lower right")
    figure.tight_layout()
    figure.savefig(path, dpi=110)
