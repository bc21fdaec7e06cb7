"""Evaluation sets and matte metrics: person IoU, boundary F, MAE, flicker, dtSSD, false person share.

Same figures as the project's shared scorer: at 512 px on the long side, threshold 0.5, tolerance 3 px.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from training.data import VAL_CLIPS, VAL_ROOMS, Bytes, Pack, ccp_val, group_of, is_val, packs

Matte = NDArray[np.float32]
Segment = Callable[[Bytes], Matte]  # BGR picture (H, W, 3) -> alpha (h, w) in [0, 1], any size

LONG_SIDE = 512
TOLERANCE = 3  # px
STILL = 0.02  # a true alpha that moves less stands still
RESEARCH = ("coco_person", "coco_person2")


@dataclass(frozen=True, slots=True)
class Picture:
    """One evaluation picture; ``truth`` is None in an empty room."""

    name: str
    image: Bytes
    truth: Bytes | None


@dataclass(frozen=True, slots=True)
class EvalSet:
    """Pictures scored together; a sequence is one clip in time order."""

    name: str
    labels: str
    pictures: tuple[Picture, ...]
    sequence: bool = False


def load_sets(data: Path) -> list[EvalSet]:
    """Everything that training never sees: the val split, the eval-only sets, empty rooms."""
    rooms = _rooms(data)
    sets = [_eval_only(pack) for pack in packs(data, "eval-only")]
    sets += [_eval_only(pack) for pack in packs(data, "research-only") if pack.source in RESEARCH]
    kept = ccp_val(data)
    for pack in packs(data, "train"):
        stems = [s for s in pack.stems() if pack.source != "backgrounds" and is_val(pack.source, s, kept)]
        if pack.source == "keyed_grid":
            sets += [
                _keyed(pack, clip, stems, rooms) for clip in sorted({group_of(pack.source, s) for s in stems})
            ]
        elif stems:
            sets.append(_val(pack, stems))
    empty = tuple(Picture(str(i), room, None) for i, room in enumerate(rooms))
    return [*sets, EvalSet("empty_rooms", "nobody", empty)]


def _rooms(data: Path) -> list[Bytes]:
    pack = next(p for p in packs(data, "train") if p.source == "backgrounds")
    held = pack.stems()[: VAL_ROOMS * 12 : 12]
    return [image for stem in held if (image := pack.read("images", stem)) is not None]


def _picture(pack: Pack, stem: str, folder: str) -> Picture:
    image, truth = pack.read("images", stem), pack.read(folder, stem)
    assert image is not None
    assert truth is not None
    return Picture(stem, image, truth)


def _eval_only(pack: Pack) -> EvalSet:
    name = pack.source if pack.source.startswith("eval_") else f"research_{pack.source}"
    return EvalSet(name, "truth", tuple(_picture(pack, s, "masks") for s in pack.stems()))


def _val(pack: Pack, stems: list[str]) -> EvalSet:
    human = pack.read("masks", stems[0]) is not None
    folder, labels = ("masks", "truth") if human else ("teacher", "teacher")
    pictures = tuple(_picture(pack, s, folder) for s in stems)
    clips = {group_of(pack.source, s) for s in stems} & VAL_CLIPS
    return EvalSet(f"val_{pack.source}", labels, pictures, sequence=len(clips) == 1 and not human)


def _keyed(pack: Pack, clip: str, stems: list[str], rooms: list[Bytes]) -> EvalSet:
    """A keyed clip put in front of one room per clip."""
    pictures = []
    for stem in (s for s in stems if group_of(pack.source, s) == clip):
        premult, alpha = pack.read("premult", stem), pack.read("masks", stem)
        assert premult is not None
        assert alpha is not None
        room = _cover(rooms[sum(clip.encode()) % len(rooms)], (alpha.shape[0], alpha.shape[1]))
        image = premult + room * (1 - alpha[..., None].astype(np.float32) / 255)
        pictures.append(Picture(stem, np.clip(image, 0, 255).round().astype(np.uint8), alpha))
    return EvalSet(f"keyed_{clip}", "keyed", tuple(pictures), sequence=True)


def _cover(room: Bytes, size: tuple[int, int]) -> Bytes:
    scale = max(size[0] / room.shape[0], size[1] / room.shape[1])
    shape = (max(size[1], round(room.shape[1] * scale)), max(size[0], round(room.shape[0] * scale)))
    return np.asarray(cv2.resize(room, shape, interpolation=cv2.INTER_AREA)[: size[0], : size[1]], np.uint8)


def outline(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Inner one-pixel boundary; the picture's border is none."""
    padded = cv2.copyMakeBorder(mask.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    inner = cv2.erode(padded, np.ones((3, 3), np.uint8))
    return np.asarray((padded - inner)[1:-1, 1:-1] > 0)


def boundary_f(found: NDArray[np.bool_], true: NDArray[np.bool_], tolerance: float = TOLERANCE) -> float:
    """F measure of the outlines within ``tolerance`` px; 1 when both have none."""
    a, b = outline(found), outline(true)
    if not a.any() or not b.any():
        return float(a.any() == b.any())
    to_a, to_b = (cv2.distanceTransform((~e).astype(np.uint8), cv2.DIST_L2, 5) for e in (a, b))
    precision, recall = float((to_b[a] <= tolerance).mean()), float((to_a[b] <= tolerance).mean())
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def iou(found: NDArray[np.bool_], true: NDArray[np.bool_]) -> float:
    """Intersection over union; 1 when both are empty."""
    union = np.count_nonzero(found | true)
    return float(np.count_nonzero(found & true) / union) if union else 1.0


def at_long_side(alpha: Matte, truth_shape: tuple[int, ...]) -> Matte:
    """Alpha at 512 px on the truth's long side, quantised to 8 bits as a file would be."""
    scale = LONG_SIDE / max(truth_shape[:2])
    height, width = round(truth_shape[0] * scale), round(truth_shape[1] * scale)
    mode = cv2.INTER_AREA if alpha.shape[0] > height else cv2.INTER_LINEAR
    sized = cv2.resize(alpha, (width, height), interpolation=mode)
    return np.asarray((np.clip(sized, 0, 1) * 255).round() / 255, np.float32)


def score(pictures: EvalSet, alphas: Iterable[Matte]) -> dict[str, float]:
    """Figures of one set, in hundredths (iou, boundary_f) and thousandths (the rest)."""
    if pictures.labels == "nobody":
        shares = [float((a > 0.5).mean()) for a in alphas]
        return {"n": len(shares), "false_permille": float(np.mean(shares)) * 1e3}
    rows, flicker, dtssd = [], [], []
    last: tuple[Matte, Matte] | None = None
    for picture, raw in zip(pictures.pictures, alphas, strict=True):
        assert picture.truth is not None
        alpha = at_long_side(raw, picture.truth.shape)
        truth = at_long_side(picture.truth.astype(np.float32) / 255, picture.truth.shape)
        p, t = alpha > 0.5, truth > 0.5
        rows.append((iou(p, t), boundary_f(p, t), float(np.abs(alpha - truth).mean())))
        if pictures.sequence and last is not None:
            moved, true_moved = alpha - last[0], truth - last[1]
            flicker.append(float(np.abs(moved[np.abs(true_moved) < STILL]).mean()))
            dtssd.append(float(np.sqrt(((moved - true_moved) ** 2).mean())))
        last = (alpha, truth)
    table = np.array(rows)
    worst = np.sort(table[:, 0])[: max(1, len(rows) // 10)]
    result = {
        "n": len(rows), "iou": table[:, 0].mean() * 100, "iou_worst_tenth": worst.mean() * 100,
        "boundary_f": table[:, 1].mean() * 100, "mae": table[:, 2].mean() * 1e3,
    }  # fmt: skip
    if flicker:
        result |= {"flicker": float(np.mean(flicker)) * 1e3, "dtssd": float(np.mean(dtssd)) * 1e3}
    return {k: round(float(v), 2) for k, v in result.items()}


def nearest_size(shape: tuple[int, ...], sizes: Iterable[Iterable[int]]) -> tuple[int, int]:
    """The (height, width) whose aspect is nearest to the picture's."""
    wanted = np.log(shape[1] / shape[0])
    height, width = min((tuple(s) for s in sizes), key=lambda s: abs(np.log(s[1] / s[0]) - wanted))
    return height, width


def network_input(image: Bytes, size: tuple[int, int]) -> Matte:
    """BGR picture -> (1, 3, H, W) RGB in [0, 1], stretched."""
    small = cv2.resize(image, size[::-1], interpolation=cv2.INTER_LINEAR)
    return np.ascontiguousarray(small[None, :, :, ::-1].transpose(0, 3, 1, 2), np.float32) / np.float32(255)


def score_all(sets: list[EvalSet], segment: Segment) -> dict[str, Any]:
    """Set name -> figures for one segmenter."""
    return {s.name: score(s, (segment(p.image) for p in s.pictures)) for s in sets}
