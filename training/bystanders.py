"""Where passers-by may stand in the street photographs whose masks show only the main person.

A net that reads such a photograph as labelled learns that whoever stands beside the main person is furniture.
So MediaPipe Selfie (general) looks at every photograph through overlapping windows of three sizes, which is
how it finds people whom it misses in the whole picture. Whatever any window calls a person, away from the
main one and not far smaller, is painted over before training (training.data), where the teacher's own matte
does not hold it. Being painted over needlessly costs nothing. Whoever is far smaller stays and is no person
there (docs/decisions/0019).
"""

from __future__ import annotations

import argparse

import cv2
import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from training.bench_accuracy import PeerSide, add_peer
from training.data import Bytes, packs
from training.evaluate import network_input
from training.export import session
from training.train import add_places

WINDOWS = (1.0, 0.6, 0.4)  # sides as shares of the picture's longer one
SOURCES = ("ccp_upper", "ccp_upper_pseudo", "ccp_full")
INPUT = (256, 256)


def window_starts(length: int, window: int) -> NDArray[np.int64]:
    """Offsets of half-overlapping windows that cover ``length``."""
    count = int(np.ceil((length - window) / (window * 0.5))) + 1
    return np.unique(np.linspace(0, length - window, max(1, count)).round().astype(np.int64))


def anybody(picture: Bytes, teacher: ort.InferenceSession) -> Bytes:
    """(H, W) uint8: the surest that any window was of a person at each place."""
    height, width = picture.shape[:2]
    best = np.zeros((height, width), np.uint8)
    for share in WINDOWS:
        side = round(share * max(height, width))
        h, w = min(height, side), min(width, side)
        for y in window_starts(height, h):
            for x in window_starts(width, w):
                crop = network_input(np.ascontiguousarray(picture[y : y + h, x : x + w]), INPUT)
                alpha = teacher.run(None, {teacher.get_inputs()[0].name: crop})[0][0, 0]
                seen = (cv2.resize(alpha, (w, h)) * 255).astype(np.uint8)
                np.maximum(best[y : y + h, x : x + w], seen, out=best[y : y + h, x : x + w])
    return best


def main() -> None:
    """Write one map per street photograph into --work, once; training.data finds them there."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_places(parser)
    add_peer(parser)
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    teacher = session(PeerSide(args.mediapipe_python, args.work).graph(0))
    for pack in (p for p in packs(args.data, "train") if p.source in SOURCES):
        folder = args.work / pack.source
        folder.mkdir(exist_ok=True)
        for stem in pack.stems():
            path = folder / f"{stem}.png"
            picture = None if path.exists() else pack.read("images", stem)
            if picture is not None:
                cv2.imwrite(str(path), anybody(picture, teacher))


if __name__ == "__main__":
    main()
