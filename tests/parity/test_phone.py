"""The desktop as a phone: its manifest from a card, its recordings, and the live view."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest

from tests.parity.conftest import SIZE, TINY, Drawings, tiny_manifest
from vcam.core.errors import ModelError, Problem, SourceError, TraceError
from vcam.core.frame import Matte, Size
from vcam.parity.android import YuvMethod
from vcam.parity.live import phone_stages, through_yuv
from vcam.parity.manifest import (
    Activation,
    Geometry,
    MaskSize,
    Optimisation,
    Order,
    Post,
    Precision,
    Upsample,
)
from vcam.parity.phone import Phone, adopt, manifest_for
from vcam.parity.record import record
from vcam.parity.runtime import PinnedModel
from vcam.parity.skia import Filter
from vcam.parity.trace import TraceReader

CARD = {
    "schema": 1,
    "name": "net",
    "precision": "fp32",
    "input": {
        "name": "image",
        "channels": "RGB",
        "sizes": [[64, 80], [80, 64], [64, 64]],
        "scale": 1 / 255,
        "mean": [0, 0, 0],
        "std": [1, 1, 1],
    },
    "output": {"name": "logits", "meaning": "logit", "channels": 1},
    "recurrent": None,
}


def _with_card(folder: Path, **changes) -> Path:
    shutil.copyfile(TINY, folder / "net.onnx")
    (folder / "net.json").write_text(json.dumps(CARD | changes))
    return folder / "net.onnx"


def test_a_manifest_is_made_from_a_card(tmp_path: Path) -> None:
    path = _with_card(tmp_path)
    manifest = manifest_for(path, Size(480, 640))
    assert manifest.model.input.size == Size(64, 80)
    assert manifest.post.activation is Activation.SIGMOID
    adopted, model = adopt(manifest, path)
    assert adopted.model.sha256 == model.sha256 == manifest.model.sha256
    assert adopted.model.output.shape == (1, 2, 40, 32)
    assert adopted.model.step is None
    int8 = replace(manifest, model=replace(manifest.model, precision=Precision.INT8))
    step = adopt(int8, path)[0].model.step
    assert step is not None
    assert 1 / 255 <= step < 0.1


def test_cards_that_say_too_little_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"tiny\.json: got no readable card"):
        manifest_for(shutil.copyfile(TINY, tmp_path / "tiny.onnx"), SIZE)
    with pytest.raises(ModelError, match="got a network with a memory"):
        manifest_for(_with_card(tmp_path, recurrent=[{"input": "a", "output": "b"}]), SIZE)
    with pytest.raises(ModelError, match="got a card without a usable 'sizes'"):
        manifest_for(_with_card(tmp_path, input={}), SIZE)


def test_networks_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"give --model FILE\.onnx") as missing:
        PinnedModel(tmp_path / "none.onnx", SIZE, Optimisation.ALL)
    assert missing.value.problem is Problem.NO_MODEL
    (tmp_path / "bad.onnx").write_bytes(b"nonsense")
    with pytest.raises(ModelError) as damaged:
        PinnedModel(tmp_path / "bad.onnx", SIZE, Optimisation.ALL)
    assert damaged.value.problem is Problem.DAMAGED_MODEL
    with pytest.raises(ModelError, match="got outputs logits != wanted matte"):
        PinnedModel(TINY, SIZE, Optimisation.ALL, output="matte")
    model = onnx.load(TINY)
    for axis, side in ((2, 64), (3, 80)):
        model.graph.input[0].type.tensor_type.shape.dim[axis].dim_value = side
    onnx.save(model, tmp_path / "fixed.onnx")
    PinnedModel(tmp_path / "fixed.onnx", Size(80, 64), Optimisation.ALL)
    with pytest.raises(ModelError, match=r"got an input of \[1, 3, 64, 80\] != wanted 32×32"):
        PinnedModel(tmp_path / "fixed.onnx", Size(32, 32), Optimisation.ALL)
    model.graph.input.append(onnx.helper.make_tensor_value_info("state", 1, [1]))
    onnx.save(model, tmp_path / "two.onnx")
    with pytest.raises(ModelError, match=r"got 2 inputs \(image, state\) != wanted 1"):
        PinnedModel(tmp_path / "two.onnx", Size(80, 64), Optimisation.ALL)
    with pytest.raises(ModelError):
        PinnedModel(TINY, Size(80, 64), Optimisation.ALL).run(np.zeros((1, 4, 64, 80), np.float32))


def test_a_session_is_pinned_to_its_size() -> None:
    model = PinnedModel(TINY, Size(80, 64), Optimisation.ALL)
    assert model.run(np.zeros((1, 3, 64, 80), np.float32)).shape == (1, 2, 32, 40)
    for other in ((1, 3, 32, 80), (1, 3, 64, 40)):
        with pytest.raises(ModelError):
            model.run(np.zeros(other, np.float32))


class BreaksOff(Drawings):
    """A camera that is unplugged after its frames."""

    def read(self):
        if not self._left:
            raise SourceError(Problem.CAMERA_GONE, "unplugged")
        return super().read()


def test_a_recording_that_breaks_off_keeps_its_frames(tmp_path: Path) -> None:
    phone = Phone(*adopt(tiny_manifest(), TINY))
    with pytest.raises(SourceError, match="unplugged"):
        record(BreaksOff(2), tmp_path / "t.zip", phone, frames=0)
    with TraceReader(tmp_path / "t.zip") as trace:
        assert len(list(trace.frames())) == 2


def test_a_source_without_frames_leaves_no_trace(tmp_path: Path) -> None:
    phone = Phone(*adopt(tiny_manifest(), TINY))
    with pytest.raises(TraceError, match="drawings: got no frames"):
        record(Drawings(0), tmp_path / "t", phone, frames=3)
    assert not (tmp_path / "t").exists()


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_rotated_recording_sees_the_same_person(tmp_path: Path, rotation: int) -> None:
    phone = Phone(*adopt(tiny_manifest(), TINY))
    frame = Drawings(1).read()
    upright, turned = phone.run(frame.pixels), phone.run(frame.pixels, rotation)
    assert turned.mask.shape == upright.mask.shape == (SIZE.height, SIZE.width)
    assert ((turned.mask > 0) != (upright.mask > 0)).mean() < 0.01


MANIFESTS = {
    "as it is": tiny_manifest(),
    "mirrored and letterboxed": tiny_manifest(
        geometry=Geometry(Filter.BILINEAR, Order.ROTATE_RESIZE, mirror=True, letterbox=(90, 90, 90))
    ),
    "small mask": tiny_manifest(
        post=Post(Activation.SOFTMAX, (1,), upsample=Upsample.NONE, to=MaskSize.INPUT, blend=None)
    ),
}


@pytest.mark.parametrize("name", list(MANIFESTS))
def test_the_live_view_shows_the_person_and_never_the_room(name: str) -> None:
    segmenter, compositor = phone_stages(MANIFESTS[name], TINY)
    source = Drawings(6)
    frame = [source.read() for _ in range(6)][-1]
    matte = segmenter.segment(frame)
    assert matte.alpha.shape == (SIZE.height, SIZE.width)
    assert matte.captured_at == frame.captured_at
    assert segmenter.name == "tiny (phone)"
    # The drawn person has moved to the right by now, whichever way the phone looks at it.
    assert matte.alpha[80:, 69:97].mean() > 0.9
    assert matte.alpha[80:, :28].mean() < 0.1
    picture = compositor.compose(frame, matte)
    assert picture.shape == frame.pixels.shape
    assert (picture[matte.alpha == 0] == (64, 177, 0)).all()
    shown = through_yuv(frame.pixels, YuvMethod.LIBYUV_FULL)[..., ::-1]
    assert np.array_equal(picture[matte.alpha == 1], shown[matte.alpha == 1])
    segmenter.reset()
    segmenter.close()
    compositor.close()


def test_the_live_view_takes_a_colour_and_a_small_matte() -> None:
    _, compositor = phone_stages(tiny_manifest(), TINY, colour=(1, 2, 3))
    frame = Drawings(1).read()
    picture = compositor.compose(frame, Matte(np.zeros((4, 6), np.float32), 0.0))
    assert (picture == (3, 2, 1)).all()


def test_a_live_output_that_is_no_number_is_an_error(tmp_path: Path) -> None:
    model = onnx.load(TINY)
    bias = next(each for each in model.graph.initializer if each.name == "b4")
    bias.CopyFrom(onnx.numpy_helper.from_array(np.array([np.nan, 0], np.float32), "b4"))
    onnx.save(model, tmp_path / "nan.onnx")
    segmenter, _ = phone_stages(tiny_manifest(), tmp_path / "nan.onnx")
    with pytest.raises(ModelError, match="got an output with NaN") as caught:
        segmenter.segment(Drawings(1).read())
    assert caught.value.problem is Problem.BAD_MATTE
