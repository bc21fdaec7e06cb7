"""Data packs -> flat uint8 arrays on disk, once; and the split that keeps people and clips apart.

A store is one memory-mapped file of pixels and a JSON index, so that any number of workers share one copy:

- ``scenes``: pictures with their own background, BGRA, A = matte
- ``cutouts``: people without their background, BGRA, straight colours, cropped to the person
- ``rooms``: pictures without anybody, BGR
- ``streets``: what stands beside the people in street photographs, mirrored to a wide picture, BGR

Only sources that ``index.json`` marks ``use: train`` are read for training.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from training.cutout import (
    COMPANION,
    Bytes,
    foreground,
    hide_bystanders,
    label,
    main_person,
    touches,
    unpremultiply,
    with_companions,
)

CUTOUT_AGREEMENT = 0.95  # teachers must agree this well before their matte cuts somebody out
SCENE_AGREEMENT = 0.93
TRUTH_AGREEMENT = 0.85  # human mask against teacher: below, somebody is missing from one of them

# Whole clips and people that training never sees.
VAL_CLIPS = frozenset({
    "grid_pwij3p", "grid_sbia1a", "liveportrait_d13", "bo_clip2", "asl_school", "latentsync_demo2_video",
})  # fmt: skip
VAL_FACES = ((90, 112), (159, 163), (195, 214), (326, 345), (398, 417))  # caltech: one person per range
VAL_ROOMS = 80
CROWDED = 0.25  # of a picture; a photograph with more passers-by than this is no scene
NARROWEST_STRIP = 64  # px beside a person worth keeping as a background

# How often a source is drawn, before it is split evenly over its people or clips.
SOURCE_WEIGHT = {
    "ccp_upper": 3.0, "ccp_upper_pseudo": 1.6, "ccp_full": 1.3, "borrat_lecturers": 2.0,
    "caltech101_faces": 2.0, "intel_webcam": 0.7, "liveportrait": 1.0, "latentsync": 0.4,
    "echomimic_flux": 0.6, "keyed_grid": 0.6, "keyed_liveportrait": 0.15, "grid_pseudo": 0.1,
}  # fmt: skip
# Where passers-by could not be painted over every last time, scenes are drawn less than their cut-outs.
SCENE_WEIGHT = SOURCE_WEIGHT | {"ccp_upper": 1.5, "ccp_upper_pseudo": 1.0, "ccp_full": 1.0}


@dataclass(frozen=True, slots=True)
class Item:
    """One picture in a store; ``touches`` = the person is cut by the left, top, right, bottom edge."""

    name: str
    source: str
    group: str
    offset: int
    shape: tuple[int, int, int]
    touches: tuple[bool, bool, bool, bool] = (False, False, False, False)


class Store:
    """Read-only view of a prepared store."""

    def __init__(self, folder: Path, name: str) -> None:
        index = json.loads((folder / f"{name}.json").read_text())
        self.items = [
            Item(**{**row, "shape": tuple(row["shape"]), "touches": tuple(row["touches"])}) for row in index
        ]
        self._pixels = np.memmap(folder / f"{name}.bin", np.uint8, mode="r")

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, i: int) -> Bytes:
        """Pixels (H, W, C) uint8."""
        item = self.items[i]
        size = int(np.prod(item.shape))
        return np.asarray(self._pixels[item.offset : item.offset + size]).reshape(item.shape)

    def weights(self, by_source: dict[str, float]) -> NDArray[np.float64]:
        """Probability of each item: by source, then evenly over groups, then over the group's items."""
        groups: dict[str, dict[str, int]] = {}
        for item in self.items:
            counts = groups.setdefault(item.source, {})
            counts[item.group] = counts.get(item.group, 0) + 1
        weight = np.array(
            [
                by_source.get(item.source, 1.0) / len(groups[item.source]) / groups[item.source][item.group]
                for item in self.items
            ]
        )
        return weight / weight.sum()


class StoreWriter:
    """Fills one store; it is complete once closed."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        self._file = (folder / f"{name}.bin").open("wb")
        self._items: list[Item] = []
        self._offset = 0

    def add(
        self, pixels: Bytes, name: str, source: str, group: str, touches: tuple[bool, ...] = (False,) * 4
    ) -> None:
        """Append one picture (H, W, C); ``touches`` as in Item."""
        assert len(touches) == 4
        self._items.append(Item(name, source, group, self._offset, pixels.shape, touches))
        self._file.write(np.ascontiguousarray(pixels).tobytes())
        self._offset += pixels.size

    def close(self) -> None:
        """Write the index."""
        self._file.close()
        rows = [asdict(item) for item in self._items]
        (self._folder / f"{self._name}.json").write_text(json.dumps(rows))


class Pack:
    """The zips of one source as one set of pictures."""

    def __init__(self, data: Path, source: str, zips: list[str]) -> None:
        self.source = source
        self._zips = [zipfile.ZipFile(data / name) for name in zips]
        self._where = {name: z for z in self._zips for name in z.namelist()}
        self.scores: dict[str, dict[str, float]] = {}
        for z in self._zips:
            if "scores.json" in z.namelist():
                self.scores |= json.loads(z.read("scores.json"))

    def stems(self) -> list[str]:
        """Names of the pictures, sorted: clips are in time order."""
        return sorted(Path(n).stem for n in self._where if n.startswith("images/") and not n.endswith("/"))

    def read(self, folder: str, stem: str) -> Bytes | None:
        """One picture: BGR for images and premult, grey for masks and teacher; None where there is none."""
        suffix = "jpg" if folder in {"images", "premult"} else "png"
        z = self._where.get(f"{folder}/{stem}.{suffix}")
        if z is None:
            return None
        mode = cv2.IMREAD_COLOR if suffix == "jpg" else cv2.IMREAD_GRAYSCALE
        raw = np.frombuffer(z.read(f"{folder}/{stem}.{suffix}"), np.uint8)
        return np.asarray(cv2.imdecode(raw, mode), np.uint8)


def packs(data: Path, use: str) -> Iterator[Pack]:
    """All sources with this ``use``."""
    for source, about in read_index(data)["sources"].items():
        if about["use"] == use:
            yield Pack(data, source, list(about["zips"]))


def read_index(data: Path) -> dict[str, Any]:
    """index.json of the data folder."""
    if not (data / "index.json").exists():
        raise SystemExit(
            f"no data packs in {data} (index.json is missing): give their folder by --data or VCAM_DATA"
        )
    index: dict[str, Any] = json.loads((data / "index.json").read_text())
    return index


def group_of(source: str, stem: str) -> str:
    """Person or clip that a picture belongs to: what must stay on one side of a split."""
    if source == "caltech101_faces":
        number = int(stem[-4:])
        inside = [i for i, (first, last) in enumerate(VAL_FACES) if first <= number <= last]
        return f"face_val{inside[0]}" if inside else f"face{number // 18}"
    if source == "borrat_lecturers" and not stem.startswith("bo_clip"):
        return stem.rstrip("cz")
    clip = re.fullmatch(r"(.+?)_\d+[cz]?", stem)
    return clip.group(1) if clip and source not in {"ccp_upper", "ccp_full", "backgrounds"} else stem


def is_val(source: str, stem: str, ccp: frozenset[str]) -> bool:
    """Whether a picture is kept for validation."""
    group = group_of(source, stem)
    return group in VAL_CLIPS or group.startswith("face_val") or (source.startswith("ccp_") and stem in ccp)


def ccp_val(data: Path) -> frozenset[str]:
    """Stems of the CCP photographs kept for validation."""
    return frozenset(read_index(data)["suggested_val"]["ccp"])


def _crop(bgra: Bytes) -> Bytes:
    ys, xs = np.nonzero(bgra[..., 3] > 8)
    return bgra[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]


def prepare(data: Path, folder: Path) -> None:
    """Decode every training picture into the stores under ``folder``; nothing is done twice.

    The maps of training.bystanders are looked for beside it, in a folder named ``bystanders``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    fill = {"people": _fill_people, "rooms": _fill_rooms, "streets": _fill_streets}
    for part, work in fill.items():
        done = folder / f"{part}.done"
        if not done.exists():
            work(data, folder)
            done.touch()


def _fill_people(data: Path, folder: Path) -> None:
    scenes, cutouts = StoreWriter(folder, "scenes"), StoreWriter(folder, "cutouts")
    kept = ccp_val(data)
    for pack in packs(data, "train"):
        for stem in pack.stems():
            if pack.source != "backgrounds" and not is_val(pack.source, stem, kept):
                _prepare_person(pack, stem, _bystanders(folder, pack.source, stem), scenes, cutouts)
    scenes.close()
    cutouts.close()


def _fill_rooms(data: Path, folder: Path) -> None:
    rooms = StoreWriter(folder, "rooms")
    pack = next(p for p in packs(data, "train") if p.source == "backgrounds")
    for i, stem in enumerate(pack.stems()):
        image = pack.read("images", stem)
        if image is not None and (i >= VAL_ROOMS * 12 or i % 12):
            rooms.add(image, stem, stem.split("_")[0], stem)
    rooms.close()


def _fill_streets(data: Path, folder: Path) -> None:
    streets, kept = StoreWriter(folder, "streets"), ccp_val(data)
    for pack in packs(data, "train"):
        for stem in pack.stems() if pack.source.startswith("ccp_") else ():
            perhaps = _bystanders(folder, pack.source, stem)
            strip = None if is_val(pack.source, stem, kept) else beside(pack, stem, perhaps)
            if strip is not None:
                streets.add(strip, stem, pack.source, stem)
    streets.close()


def _bystanders(folder: Path, source: str, stem: str) -> Bytes | None:
    path = folder.parent / "bystanders" / source / f"{stem}.png"
    return np.asarray(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), np.uint8) if path.exists() else None


def beside(pack: Pack, stem: str, perhaps: Bytes | None = None) -> Bytes | None:
    """The wider person-free side of a photograph, mirrored until wider than high; None if too narrow."""
    image, teacher, mask = (pack.read(f, stem) for f in ("images", "teacher", "masks"))
    assert image is not None
    assert teacher is not None
    person = teacher if mask is None else np.maximum(teacher, mask)
    image, _ = hide_bystanders(image, person, perhaps)
    columns = np.flatnonzero((person > 12).any(0))
    if not columns.size:
        return None
    left, right = image[:, : max(0, columns[0] - 6)], image[:, columns[-1] + 7 :]
    strip = left if left.shape[1] >= right.shape[1] else right
    if strip.shape[1] < NARROWEST_STRIP:
        return None
    while strip.shape[1] < strip.shape[0]:
        strip = np.hstack([strip, strip[:, ::-1]])
    return np.ascontiguousarray(strip[:, : 2 * strip.shape[0]])


def _prepare_person(
    pack: Pack, stem: str, perhaps: Bytes | None, scenes: StoreWriter, cutouts: StoreWriter
) -> None:
    image, teacher, mask, premult = (pack.read(f, stem) for f in ("images", "teacher", "masks", "premult"))
    assert image is not None
    assert teacher is not None
    score, keyed = pack.scores.get(stem, {}), premult is not None
    matte = label(mask, teacher, keyed)
    group = group_of(pack.source, stem)
    truthful = mask is None or keyed or score.get("iou_gt", 1.0) >= TRUTH_AGREEMENT
    agree = score.get("agree", 1.0)
    if truthful and (mask is not None or agree >= SCENE_AGREEMENT):
        street = pack.source.startswith("ccp_")  # elsewhere the label is believed as it is
        everybody = matte if keyed or not street else with_companions(main_person(matte), teacher)
        alone, share = hide_bystanders(image, everybody, perhaps, COMPANION)
        if share < CROWDED:
            scenes.add(np.dstack([alone, everybody]), stem, pack.source, group)
    if mask is None and agree < CUTOUT_AGREEMENT:
        return
    colour = unpremultiply(premult, matte) if premult is not None else foreground(image, matte)
    bgra = np.dstack([colour, matte]).astype(np.uint8)
    edges = touches(matte)
    if (matte > 128).mean() > 0.02:
        cutouts.add(_crop(bgra), stem, pack.source, group, edges)
