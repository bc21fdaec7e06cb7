"""One contender in its own process: told to work on so many frames, it answers with the CPU time of each.

Runs in our environment or in one that has MediaPipe, so only the contender's own module is imported.
Protocol: a line of JSON in ({"frames": n}), a line of JSON out ({"ms": [...], "stages": {...}, "inferred": n,
"rss_mb": x}); an empty line ends it.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from importlib import import_module
from pathlib import Path

import cv2
import numpy as np

CONTENDERS = {
    "ours": ("tests.bench.ours", "Ours"),
    "mediapipe": ("tests.bench.peers", "MediaPipeSample"),
    "lfbw-like": ("tests.bench.peers", "LfbwLike"),
    "backscrub-like": ("tests.bench.peers", "BackscrubLike"),
}


def rss_mb() -> float:
    """Return what this process holds for itself, without the clip that it maps."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon")) / 1024


def main() -> None:
    """Open the contender, then answer until told to stop."""
    parser = argparse.ArgumentParser()
    parser.add_argument("contender", choices=CONTENDERS)
    parser.add_argument("clip", type=Path)
    parser.add_argument("effect", choices=["blur", "picture"])
    parser.add_argument("--picture", type=Path)
    parser.add_argument("--models", default="models")
    parser.add_argument("--quality", default="balanced")
    parser.add_argument("--redundancy", action="store_true")
    options = parser.parse_args()
    answers, sys.stdout = sys.stdout, sys.stderr
    cv2.setNumThreads(1)
    clip = np.load(options.clip, mmap_mode="r")
    height, width = clip.shape[1:3]
    module, name = CONTENDERS[options.contender]
    work = getattr(import_module(module), name)(
        (width, height), options.effect, cv2.imread(str(options.picture)), options
    )
    position = 0
    print(json.dumps({"ready": True}), file=answers, flush=True)
    for line in sys.stdin:
        if not line.strip():
            break
        times, before = [], work.inferred
        for stage in work.stages.values():
            stage.clear()
        for _ in range(json.loads(line)["frames"]):
            pixels = np.array(clip[position])  # a camera hands over a frame that is in memory already
            position = (position + 1) % len(clip)
            start = time.process_time()
            work(pixels)
            times.append((time.process_time() - start) * 1e3)
        answer = {"ms": times, "stages": work.stages, "inferred": work.inferred - before, "rss_mb": rss_mb()}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
