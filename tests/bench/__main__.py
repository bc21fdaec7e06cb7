"""Measures the whole pipeline beside MediaPipe's sample and two that are like peers, interleaved in one run.

    python -m tests.bench [--rounds 6] [--frames 25] [--write]

Needs matplotlib, no camera and no display. The peers run where a virtual environment .cache/mediapipe has
mediapipe==0.10.21 and ai-edge-litert; without it only our own rows are measured. CPU time, not wall time:
other programs may run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import cv2
import numpy as np

from tests.bench.beside import measure_beside
from tests.bench.clips import available, make_clip, picture
from tests.bench.report import write_report
from vcam.core.frame import Size

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "bench"
PEERS = ROOT / ".cache" / "mediapipe" / "bin" / "python"
DATA = ROOT.parent / "shared" / "data"
SIZES = {"720p": Size(1280, 720), "1080p": Size(1920, 1080)}


@dataclass(slots=True)
class Row:
    """One contender on one clip with one effect, and what was measured."""

    contender: str
    clip: str
    size: str
    effect: str
    redundancy: bool = False
    ms: list[float] = field(default_factory=list)
    stages: dict[str, list[float]] = field(default_factory=dict)
    inferred: int = 0
    rss_mb: float = 0.0

    @property
    def least(self) -> float:
        """The fastest frame, CPU ms."""
        return min(self.ms)

    @property
    def middle(self) -> float:
        """The median frame, CPU ms."""
        return median(self.ms)

    @property
    def mean(self) -> float:
        """The mean frame, CPU ms: what a minute of video costs."""
        return sum(self.ms) / len(self.ms)


class Contender:
    """A worker process."""

    def __init__(self, row: Row, clip: Path, options: argparse.Namespace) -> None:
        self.row = row
        python = str(PEERS) if row.contender != "ours" else sys.executable
        command = [python, str(ROOT / "tests" / "bench" / "worker.py"), row.contender, str(clip), row.effect]
        command += ["--picture", str(CACHE / f"{row.size}.png"), "--models", str(ROOT / "models")]
        command += ["--quality", options.quality] + ["--redundancy"] * row.redundancy
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        )
        if not self._process.stdout.readline():
            raise SystemExit(f"the worker {row.contender} ended before it was ready: {' '.join(command)}")

    def work(self, frames: int, *, keep: bool) -> None:
        """Let it work on some frames."""
        self._process.stdin.write(json.dumps({"frames": frames}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if keep:
            self.row.ms += answer["ms"]
            self.row.inferred += answer["inferred"]
            for name, times in answer["stages"].items():
                self.row.stages.setdefault(name, []).extend(times)
        self.row.rss_mb = answer["rss_mb"]

    def close(self) -> None:
        """Let it go."""
        self._process.stdin.write("\n")
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def main() -> None:
    """Measure, print, and with --write keep the result in docs/performance.md."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=6, help="each contender's turns")
    parser.add_argument("--frames", type=int, default=25, help="frames in a turn")
    parser.add_argument("--quality", default="balanced", help="which of our models")
    parser.add_argument("--sizes", nargs="+", default=list(SIZES), choices=SIZES)
    parser.add_argument("--ours", action="store_true", help="leave the peers out")
    parser.add_argument("--write", action="store_true", help="keep the result in docs/performance.md")
    options = parser.parse_args()
    contenders = [_open(row, options) for row in _rows(options)]
    for turn in range(options.rounds + 1):
        print(f"round {turn} of {options.rounds}", file=sys.stderr)
        for contender in contenders:
            contender.work(options.frames, keep=turn > 0)  # the first round warms up
    for contender in contenders:
        contender.close()
    cv2.setNumThreads(1)
    beside = {
        size: measure_beside(
            np.array(np.load(CACHE / f"presenter-{SIZES[size].height}.npy", mmap_mode="r")[0])
        )
        for size in options.sizes
    }
    write_report([contender.row for contender in contenders], beside, options, CACHE, ROOT / "docs")


def _rows(options: argparse.Namespace) -> list[Row]:
    peers = ["mediapipe", "lfbw-like"] if PEERS.exists() and not options.ours else []
    if peers and list(PEERS.parents[1].glob("lib/*/site-packages/ai_edge_litert")):
        peers.append("backscrub-like")
    rows = []
    for size in options.sizes:
        for effect in ("blur", "picture"):
            for clip in available(DATA):
                rows += [Row("ours", clip, size, effect, redundancy) for redundancy in (False, True)]
            # What the peers do costs the same whatever is in the picture.
            rows += [Row(peer, available(DATA)[-1], size, effect) for peer in peers]
    return rows


def _open(row: Row, options: argparse.Namespace) -> Contender:
    clip = make_clip(row.clip, SIZES[row.size], DATA, CACHE)
    (CACHE / f"{row.size}.png").write_bytes(picture(SIZES[row.size]))
    return Contender(row, clip, options)


if __name__ == "__main__":
    main()
