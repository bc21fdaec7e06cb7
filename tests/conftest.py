"""Fixtures that several parts share: tiny networks with their cards, and folders of pictures."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import settings

from vcam.core import threads

# A busy machine is slow, not wrong; and what CI tries must be the same for the same commit.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")

SIZES = [[16, 32], [32, 32], [32, 16]]


def _tiny_network(
    bias: float = 0.0,
    *,
    stride: int = 2,
    recurrent: bool = False,
    sides: Sequence[int | str] = ("height", "width"),
    gain: float = 1.0,
    value: float | None = None,
) -> bytes:
    """Return an ONNX network whose matte is the mean of red, green and blue (× gain + bias).

    With recurrent, half of the matte before is added; with value, it is that everywhere.
    """
    import onnx  # noqa: PLC0415 - slow to import, and most tests need none
    from onnx import TensorProto, helper, numpy_helper  # noqa: PLC0415

    weights = (
        np.full((1, 3, 1, 1), gain / 3, np.float32) if value is None else np.zeros((1, 3, 1, 1), np.float32)
    )
    offset = np.array([bias if value is None else value], np.float32)
    constants = [numpy_helper.from_array(weights, "w"), numpy_helper.from_array(offset, "b")]
    inputs = [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, *sides])]
    outputs = [helper.make_tensor_value_info("matte", TensorProto.FLOAT, [1, 1, None, None])]
    strides = [stride, stride]
    if recurrent:
        inputs.append(helper.make_tensor_value_info("r", TensorProto.FLOAT, [1, 1, "rh", "rw"]))
        outputs.append(helper.make_tensor_value_info("r_next", TensorProto.FLOAT, [1, 1, None, None]))
        constants.append(numpy_helper.from_array(np.float32(0.5), "half"))
        nodes = [
            helper.make_node("Conv", ["image", "w", "b"], ["now"], strides=strides),
            helper.make_node("Mul", ["r", "half"], ["before"]),
            helper.make_node("Mul", ["now", "half"], ["now_half"]),
            helper.make_node("Add", ["now_half", "before"], ["matte"]),
            helper.make_node("Identity", ["matte"], ["r_next"]),
        ]
    else:
        nodes = [helper.make_node("Conv", ["image", "w", "b"], ["matte"], strides=strides)]
    graph = helper.make_graph(nodes, "tiny", inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def _tiny_card(network: bytes, **changes: Any) -> dict[str, Any]:
    """Return a card, as JSON has it, for _tiny_network()."""
    card: dict[str, Any] = {
        "schema": 1,
        "name": "tiny",
        "title": "Tiny",
        "quality": "balanced",
        "file": "tiny.onnx",
        "sha256": hashlib.sha256(network).hexdigest(),
        "precision": "fp32",
        "family": "unet",
        "input": {
            "name": "image",
            "layout": "NCHW",
            "dtype": "float32",
            "channels": "RGB",
            "sizes": SIZES,
            "scale": 1 / 255,
            "mean": [0, 0, 0],
            "std": [1, 1, 1],
        },
        "output": {"name": "matte", "meaning": "alpha", "channels": 1},
        "recurrent": None,
        "licence": "GPL-2.0-or-later",
        "training": {"recipe": "none", "commit": "abc", "images_seen": 0, "data": []},
        "cost": {"params": 4, "mmac": 0.1},
        "scores": {"none": {"iou": 0.5}},
        "limits": "finds whatever is bright",
    }
    return card | changes


@pytest.fixture(scope="session")
def tiny_network() -> Callable[..., bytes]:
    """How tiny networks are made."""
    return _tiny_network


MakeModel = Callable[..., Path]


@pytest.fixture
def make_model(tmp_path: Path) -> MakeModel:
    """Write a network and its card; returns the card's path."""
    folder = tmp_path / "models"
    folder.mkdir()

    def make(network: bytes | None = None, name: str = "tiny", **changes: Any) -> Path:
        data = _tiny_network() if network is None else network
        (folder / f"{name}.onnx").write_bytes(data)
        card = _tiny_card(data, name=name, file=f"{name}.onnx") | changes
        path = folder / f"{name}.json"
        path.write_text(json.dumps(card), encoding="utf-8")
        return path

    return make


@pytest.fixture
def picture_folder(tmp_path: Path) -> Path:
    """Three pictures of 48×32, grey 60, 120, 180, whose natural order is not the plain one."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number, grey in ((2, 60), (10, 120), (100, 180)):
        cv2.imwrite(str(folder / f"frame{number}.png"), np.full((32, 48, 3), grey, np.uint8))
    (folder / "notes.txt").write_text("not a picture", encoding="utf-8")
    return folder


@pytest.fixture
def clip_path(tmp_path: Path) -> Path:
    """A clip of five frames, 64×48 at 10 fps, each a different grey."""
    path = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    assert writer.isOpened()
    for grey in (40, 80, 120, 160, 200):
        writer.write(np.full((48, 64, 3), grey, np.uint8))
    writer.release()
    return path


class FakeCapture:
    """OpenCV's VideoCapture over a camera that can do what it is told it can."""

    def __init__(self, rates: dict[str, float], opened: bool = True) -> None:
        self.rates = rates
        self.opened = opened
        self.codec = next(iter(rates), "YUYV")
        self.size = [640, 480]
        self.frames: list[Any] = []
        self.broken: set[str] = set()
        self.raw = {"YUYV": (480, 640, 2), "NV12": (720, 640)}
        self.converts = True
        self.released = 0
        self.decoded = 0

    def __call__(self, handle: str | int, backend: int) -> FakeCapture:
        assert handle == "/dev/null"
        return self

    def isOpened(self) -> bool:
        return self.opened

    def set(self, prop: int, value: float) -> bool:
        if prop == cv2.CAP_PROP_FOURCC:
            name = int(value).to_bytes(4, "little").decode()
            if name not in self.rates:
                return False
            self.codec = name
        if prop == cv2.CAP_PROP_CONVERT_RGB:
            self.converts = bool(value)
        if prop == cv2.CAP_PROP_FRAME_WIDTH:
            self.size[0] = int(value)
        if prop == cv2.CAP_PROP_FRAME_HEIGHT:
            self.size[1] = int(value)
        return True

    def get(self, prop: int) -> float:
        return {
            cv2.CAP_PROP_FPS: self.rates.get(self.codec, 0.0),
            cv2.CAP_PROP_FOURCC: float(cv2.VideoWriter.fourcc(*self.codec)),
            cv2.CAP_PROP_FRAME_WIDTH: float(self.size[0]),
            cv2.CAP_PROP_FRAME_HEIGHT: float(self.size[1]),
        }[prop]

    def grab(self) -> bool:
        return self.codec not in self.broken

    def read(self) -> tuple[bool, Any]:
        self.decoded += 1
        if self.frames:
            return self.frames.pop(0)
        if self.codec in self.broken:
            return False, None
        if not self.converts:
            return True, np.full(self.raw[self.codec], 128, np.uint8)
        return True, np.zeros((self.size[1], self.size[0], 3), np.uint8)

    def release(self) -> None:
        self.released += 1


@pytest.fixture(scope="session")
def fake_capture() -> type[FakeCapture]:
    """How OpenCV's captures are played."""
    return FakeCapture


@pytest.fixture
def no_thread_begins() -> Iterator[None]:
    """No thread begins, as where there is no memory for one; Python's list of them is mended after."""
    with pytest.MonkeyPatch.context() as without:
        without.setattr(threads, "PATIENCE", 0.05)
        without.setattr(threading.Thread, "_bootstrap", lambda _: None)
        before = set(threading._limbo)
        yield
        for thread in set(threading._limbo) - before:
            del threading._limbo[thread]
