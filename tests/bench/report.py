"""Says what was measured: a table in words, and a chart of the stages."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
from importlib.metadata import version
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING

from tests.bench.chart import draw_chart

if TYPE_CHECKING:
    from tests.bench.__main__ import Row

MARKS = {
    ("720p", "blur", False): 3.3,
    ("720p", "blur", True): 2.2,
    ("720p", "picture", False): 2.4,
    ("720p", "picture", True): 1.6,
    ("1080p", "blur", True): 4.5,
}
"""CPU ms per frame that we want to stay under: (size, effect, redundancy)."""

BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"


def write_report(
    rows: list[Row],
    beside: dict[str, dict[str, tuple[float, float]]],
    options: argparse.Namespace,
    cache: Path,
    docs: Path,
) -> None:
    """Print the report; keep it beside its chart in docs/performance.md if that is asked for."""
    text = "\n".join([_conditions(options), "", *_table(rows), "", *_stages(rows), "", *_beside(beside)])
    print(text)
    (cache / "report.md").write_text(text + "\n")
    draw_chart(rows, [_name(row) for row in rows], cache / "performance.png")
    if options.write:
        page = docs / "performance.md"
        before, rest = page.read_text().split(BEGIN)
        after = rest.split(END)[1]
        page.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")
        (docs / "performance.png").write_bytes((cache / "performance.png").read_bytes())


def _conditions(options: argparse.Namespace) -> str:
    parts = ["numpy", "opencv-python-headless", "onnxruntime"]
    versions = ", ".join(f"{part} {version(part)}" for part in parts)
    today = dt.datetime.now(dt.UTC).date()
    load = os.getloadavg()[0]
    return (
        f"{today}, {_processor()}, {os.cpu_count()} cores, Python {platform.python_version()}, {versions}; "
        f"our model: {options.quality}. {options.rounds} interleaved turns of {options.frames} frames each; "
        f"CPU time of the whole process. Load average at the end: {load:.1f}; where other programs ran, "
        "trust ratios before milliseconds."
    )


def _table(rows: list[Row]) -> list[str]:
    lines = [
        "| size | effect | pipeline | clip | min | median | mean | of I420 | mark | mean / ours | ran | MB |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        name = row.contender + (
            ", redundancy" if row.redundancy else ", every frame" * (row.contender == "ours")
        )
        of_i420 = f"{row.mean - mean(row.stages['convert']):.2f}" if row.stages else ""
        mark = MARKS.get((row.size, row.effect, row.redundancy)) if row.contender == "ours" else None
        ours = next(
            other for other in rows
            if (other.contender, other.clip, other.size, other.effect, other.redundancy)
            == ("ours", row.clip, row.size, row.effect, True)
        )  # fmt: skip
        lines.append(
            f"| {row.size} | {row.effect} | {name} | {row.clip} | {row.least:.2f} | {row.middle:.2f} | "
            f"{row.mean:.2f} | {of_i420} | {mark or ''} | {row.mean / ours.mean:.1f} | "
            f"{row.inferred / len(row.ms):.0%} | {row.rss_mb:.0f} |"
        )
    return lines


def _stages(rows: list[Row]) -> list[str]:
    ours = [row for row in rows if row.contender == "ours"]
    names = list(ours[0].stages)
    lines = ["| ours, mean CPU ms | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    for row in ours:
        cells = " | ".join(f"{mean(row.stages[name]):.2f}" for name in names)
        lines.append(f"| {_name(row)} | {cells} |")
    return lines


def _beside(beside: dict[str, dict[str, tuple[float, float]]]) -> list[str]:
    lines = [
        "| beside it, CPU ms min (median) | " + " | ".join(beside) + " |",
        "|---" * (len(beside) + 1) + "|",
    ]
    for what in next(iter(beside.values())):
        cells = " | ".join(f"{times[what][0]:.2f} ({times[what][1]:.2f})" for times in beside.values())
        lines.append(f"| {what} | {cells} |")
    return lines


def _name(row: Row) -> str:
    how = ("redundancy" if row.redundancy else "every frame") if row.contender == "ours" else row.contender
    return f"{row.size} {row.effect}, {row.clip}, {how}"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()
