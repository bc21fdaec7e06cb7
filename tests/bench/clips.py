"""The clips that every contender works on: made at run time, kept under .cache, never committed."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import cv2
import numpy as np

from vcam.core.frame import Size
from vcam.imaging.presenter import draw_presenter
from vcam.imaging.room import draw_room

FPS = 25
FRAMES = 74
NOISE = 2.5
"""Standard deviation of the sensor noise added to every frame, in levels: a webcam in a lit room."""

_SPEAKER = "grid_bbaf2n"


def make_clip(kind: str, size: Size, data: Path, into: Path) -> Path:
    """Return a .npy of uint8 (frames, height, width, 3) BGR, made if it is not there.

    Args:
        kind: "presenter" (drawn by us) or "speaker" (a keyed person before the drawn room).
        size: of the frames.
        data: the folder with keyed frames; only the speaker needs it.
        into: the folder to keep clips in.
    """
    path = into / f"{kind}-{size.height}.npy"
    if not path.exists():
        into.mkdir(parents=True, exist_ok=True)
        frames = _presenter(size) if kind == "presenter" else _speaker(size, data)
        clip = np.lib.format.open_memmap(
            path.with_suffix(".part"), "w+", np.uint8, (FRAMES, size.height, size.width, 3)
        )
        rng = np.random.default_rng(0)
        for index, frame in enumerate(frames):
            noise = rng.standard_normal(frame.shape, np.float32) * np.float32(NOISE)
            clip[index] = np.clip(frame + noise + np.float32(0.5), 0, 255)
        path.with_suffix(".part").rename(path)
    return path


def available(data: Path) -> list[str]:
    """Return the kinds of clip that can be made here."""
    return ["presenter", "speaker"] if (data / "keyed_grid.zip").exists() else ["presenter"]


def _presenter(size: Size):
    """Two seconds at rest, then a wave."""
    return (draw_presenter(1.4 + index / FPS, size)[0] for index in range(FRAMES))


def _speaker(size: Size, data: Path):
    """A person who speaks; every second frame is its neighbours' mean, because the data leaves those out."""
    room = draw_room(size)
    with zipfile.ZipFile(data / "keyed_grid.zip") as archive:
        stems = sorted(
            Path(name).stem for name in archive.namelist() if name.startswith(f"premult/{_SPEAKER}")
        )
        keyed = [_read(archive, stem) for stem in stems]
    for index in range(FRAMES):
        colour, alpha = (
            (one.astype(np.float32) + other) / 2
            for one, other in zip(keyed[index // 2], keyed[(index + 1) // 2], strict=True)
        )
        yield _before(room, colour, alpha)


def _read(archive: zipfile.ZipFile, stem: str):
    colour = cv2.imdecode(np.frombuffer(archive.read(f"premult/{stem}.jpg"), np.uint8), cv2.IMREAD_COLOR)
    alpha = cv2.imdecode(np.frombuffer(archive.read(f"masks/{stem}.png"), np.uint8), cv2.IMREAD_GRAYSCALE)
    return colour, alpha


def _before(room, colour, alpha):
    """Return premultiplied colour before the room, as high as the frame and in its middle."""
    height, width = room.shape[:2]
    scale = height / alpha.shape[0]
    wide = round(alpha.shape[1] * scale)
    colour = cv2.resize(colour, (wide, height), interpolation=cv2.INTER_CUBIC)
    alpha = np.clip(cv2.resize(alpha, (wide, height), interpolation=cv2.INTER_CUBIC), 0, 255)[..., None] / 255
    left = (width - wide) // 2
    picture = room.astype(np.float32)
    picture[:, left : left + wide] = colour + picture[:, left : left + wide] * (1 - alpha)
    return picture


def picture(size: Size) -> bytes:
    """Return a background picture as PNG, drawn: a slope of colours, so that it hides nothing."""
    corners = np.array([[[230, 220, 210], [60, 120, 90]], [[200, 160, 90], [40, 50, 190]]], np.uint8)
    slope = cv2.resize(corners, (size.width, size.height), interpolation=cv2.INTER_LINEAR)
    return io.BytesIO(cv2.imencode(".png", slope)[1].tobytes()).getvalue()
