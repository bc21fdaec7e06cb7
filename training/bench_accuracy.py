"""Our models beside MediaPipe Selfie, on the same pictures, in one run: docs/accuracy.md and .json.

MediaPipe (PyPI mediapipe==0.10.21, with tflite for its graph) lives in its own environment:
  python3.11 -m venv .cache/mediapipe && .cache/mediapipe/bin/pip install mediapipe==0.10.21 tflite
The contact sheet shows pictures of the data packs and stays in the git-ignored work folder.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from training.data import Bytes
from training.evaluate import EvalSet, Matte, Segment, load_sets, nearest_size, network_input, outline, score
from training.export import TITLES, session, write_card
from training.hardships import worsened
from training.peers.to_onnx import convert
from training.report import markdown
from training.slices import by_slice, with_truth
from training.steadied import steadied
from training.streamline import twin_input
from training.train import add_places

ROOT = Path(__file__).resolve().parents[1]
PEERS = {"MediaPipe general": (0, (256, 256)), "MediaPipe landscape": (1, (144, 256))}
ROUNDS = 25  # of interleaved timing
SHEET_PICTURES = 5  # per set


def main() -> None:
    """Measure everything, write the tables and the sheet, put the scores into the cards."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_places(parser)
    parser.add_argument("--models", type=Path, default=ROOT / "models")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs")
    add_peer(parser)
    args = parser.parse_args()
    sets = load_sets(args.data)
    side = PeerSide(args.mediapipe_python, args.work)
    paths = [args.models / f"{name}.json" for name in TITLES]
    cards = [json.loads(path.read_text()) for path in paths if path.exists()]
    mattes: dict[str, list[list[Matte]]] = {
        name: [list(side.mattes(model, s)) for s in sets] for name, (model, _) in PEERS.items()
    }
    segments = {entry["title"]: onnx_segmenter(args.models, entry) for entry in cards}
    for title, segment in segments.items():
        mattes[title] = [[segment(p.image) for p in s.pictures] for s in sets]
    scores = {
        net: {s.name: score(s, m) for s, m in zip(sets, all_, strict=True)} for net, all_ in mattes.items()
    }
    truthful = with_truth(sets)
    chosen = [sets.index(s) for s in truthful]
    result = {
        "conditions": conditions(),
        "sets": about(sets),
        "scores": scores,
        "steadied": {
            net: {
                s.name: score(s, steadied(s, m, matte_size(net, m)))
                for s, m in zip(sets, all_, strict=True)
                if s.labels != "nobody"
            }
            for net, all_ in mattes.items()
        },
        "slices": {net: by_slice(truthful, [all_[i] for i in chosen]) for net, all_ in mattes.items()},
        "hardships": hardships([s for s in truthful if not s.name.startswith("research")], side, segments),
        "cost": costs(args.models, cards, side),
    }
    args.docs.mkdir(parents=True, exist_ok=True)
    (args.docs / "accuracy.json").write_text(json.dumps(result, indent=1) + "\n")
    (args.docs / "accuracy.md").write_text(markdown(result, cards))
    for entry in cards:
        entry["scores"] = scores[entry["title"]]
        write_card(entry, args.models / f"{entry['name']}.json")
    contact_sheet(sets, side, args.models, cards, args.work / "contact-sheet.png")
    print((args.docs / "accuracy.md").read_text())


def add_peer(parser: argparse.ArgumentParser) -> None:
    """Option --mediapipe-python, for whoever makes a PeerSide."""
    python = ROOT / ".cache" / "mediapipe" / "bin" / "python"
    parser.add_argument("--mediapipe-python", type=Path, default=python)


def matte_size(net: str, mattes: list[Matte]) -> tuple[int, int]:
    """Size at which a net gives its mattes; MediaPipe's library has enlarged them already."""
    height, width = PEERS[net][1] if net in PEERS else mattes[0].shape[:2]
    return height, width


def conditions() -> dict[str, str]:
    """What the figures were measured with."""
    return {
        "onnxruntime": ort.__version__,
        "mediapipe": "0.10.21",
        "threads": "1",
        "time": "CPU ms, median, interleaved",
    }


def about(sets: list[EvalSet]) -> dict[str, dict[str, Any]]:
    """Size and kind of labels of each set."""
    return {s.name: {"pictures": len(s.pictures), "labels": s.labels, "sequence": s.sequence} for s in sets}


def onnx_segmenter(models: Path, entry: dict[str, Any]) -> Segment:
    """A shipped model from picture to matte, as the app runs it: its twin, at the nearest size."""
    made: dict[tuple[int, int], ort.InferenceSession] = {}
    model = models / entry.get("twin", entry)["file"]

    def segment(image: Bytes) -> Matte:
        size = nearest_size(image.shape, entry["input"]["sizes"])
        if size not in made:
            made[size] = session(model, size)
        fed = network_input(image, size)
        if "twin" in entry:
            fed = twin_input(fed)
        return np.asarray(made[size].run(None, {"image": fed})[0][0, 0], np.float32)

    return segment


class PeerSide:
    """MediaPipe, run by its own Python; mattes are kept in the work folder because they never change."""

    def __init__(self, python: Path, work: Path) -> None:
        self._python, self._work = python, work

    def _run(self, *arguments: str) -> None:
        if not self._python.exists():
            raise SystemExit(
                f"MediaPipe's own Python was looked for at {self._python}: see the head of this file"
            )
        script = Path(__file__).parent / "peers" / "mediapipe_side.py"
        subprocess.run([str(self._python), str(script), *arguments], check=True, capture_output=True)

    def mattes(self, model: int, pictures: EvalSet) -> Iterator[Matte]:
        """Alphas of one set, in its order."""
        folder = self._work / pictures.name
        out = folder / f"alphas{model}"
        if not out.exists():
            (folder / "images").mkdir(parents=True, exist_ok=True)
            for picture in pictures.pictures:
                cv2.imwrite(str(folder / "images" / f"{picture.name}.png"), picture.image)
            self._run("alphas", str(model), str(folder / "images"), str(out))
        for picture in pictures.pictures:
            yield cv2.imread(str(out / f"{picture.name}.png"), cv2.IMREAD_GRAYSCALE).astype(np.float32) / 255

    def graph(self, model: int) -> Path:
        """Its net as ONNX, for timing where ours are timed."""
        dump, path = self._work / f"peer{model}", self._work / f"peer{model}.onnx"
        if not path.exists():
            self._run("graph", str(model), str(dump))
            convert(dump, path)
        return path


def hardships(
    sets: list[EvalSet], side: PeerSide, segments: dict[str, Segment]
) -> dict[str, dict[str, list[float]]]:
    """Hardship -> net -> person IoU and boundary F, each the mean of the sets' means."""
    result: dict[str, dict[str, list[float]]] = {}
    for hard in worsened(sets):
        rows: dict[str, list[dict[str, float]]] = {}
        for pictures in hard.sets:
            for name, (model, _) in PEERS.items():
                rows.setdefault(name, []).append(score(pictures, side.mattes(model, pictures)))
            for title, segment in segments.items():
                mattes = [segment(p.image) for p in pictures.pictures]
                rows.setdefault(title, []).append(score(pictures, mattes))
        result[hard.name] = {
            net: [round(float(np.mean([r[key] for r in found])), 1) for key in ("iou", "boundary_f")]
            for net, found in rows.items()
        }
    return result


def costs(models: Path, cards: list[dict[str, Any]], side: PeerSide) -> dict[str, dict[str, float]]:
    """CPU milliseconds of one inference for every net, taken in turns on one thread."""
    nets = {name: (session(side.graph(model)), size) for name, (model, size) in PEERS.items()}
    for entry in cards:
        size = (entry["input"]["sizes"][0][0], entry["input"]["sizes"][0][1])
        nets[entry["title"]] = (session(models / entry.get("twin", entry)["file"], size), size)
    times: dict[str, list[float]] = {name: [] for name in nets}
    rng = np.random.default_rng(0)
    feeds = {
        n: {net.get_inputs()[0].name: random_input(net.get_inputs()[0].type, size, rng)}
        for n, (net, size) in nets.items()
    }
    for _ in range(ROUNDS):
        for name, (net, _size) in nets.items():
            net.run(None, feeds[name])  # its weights back into the cache
            for _ in range(4):
                began = time.process_time()
                net.run(None, feeds[name])
                times[name].append((time.process_time() - began) * 1e3)
    base = float(np.median(times["MediaPipe landscape"]))
    return {
        n: {
            "ms": round(float(np.median(t)), 3),
            "ms_min": round(min(t), 3),
            "of_landscape": round(float(np.median(t)) / base, 2),
        }
        for n, t in times.items()
    }


def random_input(kind: str, size: tuple[int, int], rng: np.random.Generator) -> NDArray[Any]:
    """What a net takes: floats, or a twin's bytes."""
    if kind == "tensor(uint8)":
        return rng.integers(0, 256, (1, *size, 4), np.uint8)
    return rng.random((1, 3, *size), np.float32)


def contact_sheet(
    sets: list[EvalSet], side: PeerSide, models: Path, cards: list[dict[str, Any]], path: Path
) -> None:
    """One row per picture: picture, truth, both peers, our models, person on green."""
    segments = [onnx_segmenter(models, entry) for entry in cards]
    rows = []
    for pictures in sets:
        chosen = np.linspace(
            0, len(pictures.pictures) - 1, min(SHEET_PICTURES, len(pictures.pictures))
        ).astype(int)
        peers = [list(side.mattes(model, pictures)) for model, _ in PEERS.values()]
        for i in chosen:
            picture = pictures.pictures[i]
            truth = (
                picture.truth if picture.truth is not None else np.zeros(picture.image.shape[:2], np.uint8)
            )
            alphas = [
                truth.astype(np.float32) / 255,
                *(p[i] for p in peers),
                *(s(picture.image) for s in segments),
            ]
            tiles = [_tile(picture.image), *(_tile(_on_green(picture.image, a, truth)) for a in alphas)]
            rows.append(np.hstack(tiles))
    cv2.imwrite(str(path), np.vstack(rows))


def _on_green(image: Bytes, alpha: Matte, truth: Bytes) -> Bytes:
    sized = cv2.resize(alpha, image.shape[1::-1])[..., None]
    shown = image * sized + np.array([80, 200, 80]) * (1 - sized)
    shown[outline(truth > 127)] = (0, 0, 255)
    return np.clip(shown, 0, 255).astype(np.uint8)


def _tile(image: Bytes, side: int = 200) -> Bytes:
    scale = side / max(image.shape[:2])
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    tile = np.zeros((side, side, 3), np.uint8)
    tile[: small.shape[0], : small.shape[1]] = small
    return tile


if __name__ == "__main__":
    main()
