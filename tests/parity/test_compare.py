"""The check, stage by stage, and the explanation of what differs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest

from tests.parity.conftest import GOLDEN, TINY, Recorder, tiny_manifest
from vcam.parity.android import Box, YuvMethod
from vcam.parity.compare import Checker
from vcam.parity.compare import Report as CheckReport
from vcam.parity.explain import Cause, explain
from vcam.parity.manifest import (
    Activation,
    Geometry,
    Manifest,
    MaskSize,
    Normalisation,
    Optimisation,
    Order,
    Post,
    Precision,
    Upsample,
)
from vcam.parity.mirror import Mirror
from vcam.parity.report import Findings
from vcam.parity.runtime import PinnedModel
from vcam.parity.skia import CONTRACT_FILTERS, Filter
from vcam.parity.stages import Difference, Limits, Setup, Stage, limits, outputs
from vcam.parity.trace import TraceReader

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
ONE = (1.0, 1.0, 1.0)
BLACK = (0, 0, 0)
CROP = {"x": 8, "y": 8, "width": 90, "height": 70}


def _model(manifest: Manifest, path: Path = TINY) -> PinnedModel:
    return PinnedModel(path, manifest.model.input.size, manifest.runtime.optimisation)


def _check(path: Path, *, with_model: bool = True) -> CheckReport:
    with TraceReader(path) as trace:
        checker = Checker(trace.manifest, _model(trace.manifest) if with_model else None)
        for frame in trace.frames():
            checker.add(frame)
        return checker.report(path.name)


def _blame(path: Path, candidates: tuple[Path, ...] = ()):
    """The first diverging stage of a trace, and the causes."""
    report = _check(path)
    stage = report.first_diverging
    assert stage is not None
    worst = report.stages[stage].worst
    assert worst is not None
    setup = Setup(Mirror(report.manifest, _model(report.manifest)))
    return stage, explain([worst.frame], stage, setup, candidates)


def _lie(path: Path, change: Callable[[dict], None]) -> Path:
    """Make the manifest say something else than what was done."""
    file = path / "manifest.json"
    document = json.loads(file.read_text())
    change(document)
    file.write_text(json.dumps(document))
    return path


def _forge(path: Path, key: str, change: Callable[[bytes], bytes]) -> Path:
    """Change a file of the first frame, digest and all."""
    lines = (path / "frames.jsonl").read_text().splitlines()
    record = json.loads(lines[0])
    entry = record["files"][key]
    data = change((path / entry["name"]).read_bytes())
    (path / entry["name"]).write_bytes(data)
    entry["sha256"] = hashlib.sha256(data).hexdigest()
    (path / "frames.jsonl").write_text("\n".join([json.dumps(record), *lines[1:]]) + "\n")
    return path


MANIFESTS = {
    "plain": tiny_manifest(),
    "renderscript, letterboxed": tiny_manifest(
        yuv=YuvMethod.RENDERSCRIPT,
        geometry=Geometry(Filter.NEAREST, Order.RESIZE_ROTATE, letterbox=(0, 0, 0)),
    ),
    "limited, cropped, mirrored": tiny_manifest(
        yuv=YuvMethod.LIBYUV_LIMITED,
        geometry=Geometry(Filter.BILINEAR_4BIT, Order.ROTATE_RESIZE, mirror=True, crop=Box(4, 6, 80, 70)),
    ),
    "soft, small": tiny_manifest(post=Post(Activation.SOFTMAX, (1,), to=MaskSize.INPUT, threshold=None)),
    "skia mask": tiny_manifest(
        geometry=Geometry(Filter.BILINEAR, Order.ROTATE_RESIZE, letterbox=(7, 8, 9)),
        post=Post(Activation.ARGMAX, (1,), upsample=Upsample.SKIA_BILINEAR, to=MaskSize.FRAME),
    ),
    "smooth": tiny_manifest(
        post=Post(Activation.SIGMOID, (1,), 0.6, Upsample.SKIA_NEAREST, MaskSize.INPUT, 0.3, (1, 2, 3))
    ),
}


@pytest.mark.parametrize("rotation", [0, 90, 270])
@pytest.mark.parametrize("name", list(MANIFESTS))
def test_what_we_record_is_what_we_compute(recorded: Recorder, name: str, rotation: int) -> None:
    report = _check(recorded(MANIFESTS[name], frames=2, rotation=rotation, keep_rgb=True))
    assert report.same, report.first_diverging
    assert report.frames == 2
    assert {"yuv", "network"} <= set(report.timings)
    blended = MANIFESTS[name].post.blend is not None
    assert (Stage.COMPOSITE in report.stages) == blended
    assert all(max(result.maxima) == 0 for result in report.stages.values())


def test_masks_of_the_fixture_are_worth_comparing(recorded: Recorder) -> None:
    with TraceReader(recorded()) as trace:
        share = float((next(trace.frames()).mask() > 0).mean())
    assert 0.1 < share < 0.6


def test_without_a_model_its_stages_are_skipped(recorded: Recorder) -> None:
    report = _check(recorded(), with_model=False)
    assert report.same
    assert report.skipped == {
        Stage.RGB: "not recorded",
        Stage.OUTPUT: "no model",
        Stage.END_TO_END: "no model",
    }


def test_another_model_is_noted(recorded: Recorder) -> None:
    path = _lie(recorded(), lambda d: d["model"].update(sha256="1" * 64))
    report = _check(path)
    assert report.same
    assert "the model is not the phone's" in report.notes[0]


LIES = [
    ("yuv-libyuv-full", Stage.INPUT, lambda d: d.update(yuv="libyuv-limited")),
    ("yuv-libyuv-full", Stage.INPUT, lambda d: d.update(yuv="renderscript")),
    ("filter-skia-bilinear", Stage.INPUT, lambda d: d["geometry"].update(filter="skia-nearest")),
    ("mirror", Stage.INPUT, lambda d: d["geometry"].update(mirror=True)),
    ("stretched", Stage.INPUT, lambda d: d["geometry"].update(letterbox=[0, 0, 0])),
    (
        "no-crop",
        Stage.INPUT,
        lambda d: d["geometry"].update(crop=CROP),
    ),
    ("imagenet", Stage.TENSOR, lambda d: d["tensor"].update(mean=[0, 0, 0], std=[1, 1, 1])),
    ("no-std", Stage.TENSOR, lambda d: d["tensor"].update(std=[0.5, 0.4, 0.3])),
    ("channels", Stage.TENSOR, lambda d: d["tensor"].update(channels="BGR")),
    ("threshold-0.5", Stage.MASK, lambda d: d["post"].update(threshold=0.2)),
    ("activation-softmax", Stage.MASK, lambda d: d["post"].update(activation="none")),
    ("person-1", Stage.MASK, lambda d: d["post"].update(person=[0])),
    ("upsample-float-bilinear", Stage.MASK, lambda d: d["post"].update(upsample="skia-nearest")),
    ("blend-red-blue", Stage.COMPOSITE, lambda d: d["post"].update(blend=[64, 177, 0])),
]


@pytest.mark.parametrize(
    ("cause", "stage", "change"), LIES, ids=[f"{c}-{i}" for i, (c, *_) in enumerate(LIES)]
)
def test_a_wrong_manifest_is_found_out(recorded: Recorder, cause: str, stage: Stage, change) -> None:
    manifest = tiny_manifest()
    if cause == "no-std":
        manifest = tiny_manifest(tensor=Normalisation("RGB", 1 / 255, IMAGENET[0], ONE))
    if cause == "filter-skia-bilinear":
        manifest = tiny_manifest(
            geometry=Geometry(Filter.BILINEAR, Order.ROTATE_RESIZE, crop=Box(0, 0, 101, 77))
        )
    found, causes = _blame(_lie(recorded(manifest), change))
    assert found is stage
    assert causes[0].fits
    assert causes[0].names == (cause,)
    assert causes[0].error < causes[0].before


def test_the_order_of_rotation_is_found_out(recorded: Recorder) -> None:
    manifest = tiny_manifest(geometry=Geometry(Filter.NEAREST, Order.ROTATE_RESIZE))
    path = _lie(recorded(manifest, rotation=90), lambda d: d["geometry"].update(order="resize-rotate"))
    stage, causes = _blame(path)
    assert (stage, causes[0].names, causes[0].fits) == (Stage.INPUT, ("order-rotate-resize",), True)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_wrong_rotation_is_found_out(recorded: Recorder, turn: int) -> None:
    path = recorded(rotation=0)
    record = json.loads((path / "frames.jsonl").read_text())
    record["rotation"] = 360 - turn
    # The mask would have another shape where the picture lies on its side.
    _lie(path, lambda d: d["post"].update(to="input"))
    mask = np.zeros((64, 80), np.uint8)
    data = cv2.imencode(".png", mask)[1].tobytes()
    (path / "0000.mask.png").write_bytes(data)
    record["files"]["mask"]["sha256"] = hashlib.sha256(data).hexdigest()
    del record["files"]["composite"]
    (path / "frames.jsonl").write_text(json.dumps(record) + "\n")
    stage, causes = _blame(path)
    assert (stage, causes[0].names, causes[0].fits) == (Stage.INPUT, (f"turned-{turn}",), True)


@pytest.mark.parametrize("keep_rgb", [False, True])
def test_swapped_chroma_is_found_out(recorded: Recorder, keep_rgb: bool) -> None:
    def swap(data: bytes) -> bytes:
        buffer = np.frombuffer(data, np.uint8).copy()
        chroma = buffer[128 * 96 :].reshape(-1, 2)
        chroma[:] = chroma[:, ::-1].copy()
        return buffer.tobytes()

    stage, causes = _blame(_forge(recorded(keep_rgb=keep_rgb), "yuv", swap))
    assert stage is (Stage.RGB if keep_rgb else Stage.INPUT)
    assert causes[0].names == ("swapped-chroma",)
    assert causes[0].fits


def test_swapped_red_and_blue_are_found_out(recorded: Recorder) -> None:
    def swap(data: bytes) -> bytes:
        return np.frombuffer(data, np.uint8).reshape(-1, 3)[:, ::-1].tobytes()

    stage, causes = _blame(_forge(recorded(), "input", swap))
    assert (stage, causes[0].names, causes[0].fits) == (Stage.INPUT, ("red-blue",), True)


def test_ignored_strides_are_found_out() -> None:
    with TraceReader(GOLDEN / "tiny-int8.wasm.zip") as trace:
        frame = next(trace.frames())
        assert frame.record.planes is not None
        wrong = replace(Setup(Mirror(trace.manifest)), tight=True)
        right = Setup(Mirror(trace.manifest))
        forged = replace(frame)
        assert np.abs(wrong.rgb(frame).astype(int) - right.rgb(forged)).mean() > 10


@pytest.mark.parametrize(
    ("method", "flag"), [(Filter.CV_AREA, cv2.INTER_AREA), (Filter.CV_CUBIC, cv2.INTER_CUBIC)]
)
def test_a_wrong_filter_is_found_out(recorded: Recorder, method: Filter, flag: int) -> None:
    path = recorded()
    with TraceReader(path) as trace:
        frame = next(trace.frames())
        small = cv2.resize(Mirror(trace.manifest).rgb(*frame.yuv()), (80, 64), interpolation=flag)
    stage, causes = _blame(_forge(path, "input", lambda _: small.tobytes()))
    assert (stage, causes[0].names, causes[0].fits) == (Stage.INPUT, (f"filter-{method}",), True)


def test_the_other_tensor_layout_is_found_out(recorded: Recorder) -> None:
    def interleave(data: bytes) -> bytes:
        return np.moveaxis(np.frombuffer(data, "<f4").reshape(3, 64, 80), 0, -1).tobytes()

    stage, causes = _blame(_forge(recorded(), "tensor", interleave))
    assert (stage, causes[0].names, causes[0].fits) == (Stage.TENSOR, ("layout",), True)


def test_an_inverted_mask_is_found_out(recorded: Recorder) -> None:
    def invert(data: bytes) -> bytes:
        mask = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
        return cv2.imencode(".png", 255 - mask)[1].tobytes()

    stage, causes = _blame(_forge(recorded(), "mask", invert))
    assert stage is Stage.MASK
    # With two classes, the other channel is the same mistake by another name.
    assert {cause.names for cause in causes if cause.fits} >= {("inverted",), ("person-0",)}


def test_two_mistakes_at_once_are_found_out(recorded: Recorder) -> None:
    def change(document: dict) -> None:
        document["yuv"] = "renderscript"
        document["geometry"]["mirror"] = True

    stage, causes = _blame(_lie(recorded(), change))
    assert stage is Stage.INPUT
    assert causes[0].fits
    assert set(causes[0].names) == {"yuv-libyuv-full", "mirror"}


def test_another_network_is_found_out(recorded: Recorder) -> None:
    path = recorded()
    with TraceReader(path) as trace:
        other = PinnedModel(GOLDEN / "tiny-int8.onnx", trace.manifest.model.input.size, Optimisation.ALL)
        output = other.run(next(trace.frames()).tensor())
    _forge(path, "output", lambda _: output.tobytes())
    stage, causes = _blame(path, (TINY, GOLDEN / "tiny-int8.onnx"))
    assert (stage, causes[0].names, causes[0].fits) == (Stage.OUTPUT, ("model-tiny-int8",), True)


def test_noise_has_no_known_cause(recorded: Recorder) -> None:
    noise = np.random.default_rng(0).integers(0, 256, 64 * 80 * 3, dtype=np.uint8).tobytes()
    stage, causes = _blame(_forge(recorded(), "input", lambda _: noise))
    assert stage is Stage.INPUT
    assert not any(cause.fits for cause in causes)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_no_number_differs(recorded: Recorder, value: float) -> None:
    def spoil(data: bytes) -> bytes:
        values = np.frombuffer(data, "<f4").copy()
        values[7] = value
        return values.tobytes()

    report = _check(_forge(recorded(), "output", spoil))
    assert report.first_diverging is Stage.OUTPUT
    assert "got inf" in report.stages[Stage.OUTPUT].reason


def test_the_table_of_tolerances() -> None:
    manifest = tiny_manifest()
    int8 = replace(manifest, model=replace(manifest.model, precision=Precision.INT8, step=0.1))
    four_bit = replace(manifest, geometry=replace(manifest.geometry, filter=Filter.BILINEAR_4BIT))
    assert limits(Stage.RGB, manifest) == Limits(maximum=1)
    assert limits(Stage.INPUT, manifest) == Limits(maximum=2, mean=0.5)
    assert limits(Stage.INPUT, four_bit) == Limits(maximum=10, mean=0.5)
    assert limits(Stage.TENSOR, manifest) == Limits(maximum=1e-6)
    assert limits(Stage.OUTPUT, manifest) == Limits(maximum=1e-3, disagreement=1e-4, iou=0.9995)
    assert limits(Stage.OUTPUT, int8) == Limits(within_step=0.99, disagreement=0.005)
    assert limits(Stage.END_TO_END, manifest) == Limits(disagreement=0.005, iou=0.99)


def test_limits_are_inclusive_and_nan_holds_none() -> None:
    rule = Limits(maximum=1, iou=0.9)
    assert rule.broken(Difference(1, 0, iou=0.9)) is None
    assert rule.broken(Difference(1.01, 0, iou=1)) == "largest difference: got 1.01 != wanted at most 1"
    assert rule.broken(Difference(0, 0, iou=0.89)) == "IoU: got 0.89 != wanted at least 0.9"
    assert rule.broken(Difference(float("nan"), 0)) is not None
    assert rule.words() == "largest difference ≤ 1, IoU ≥ 0.9"


def test_steps_of_an_int8_output_are_counted() -> None:
    theirs = np.zeros((1, 1, 10, 10), np.float32)
    ours = theirs.copy()
    ours[0, 0, 0] = 0.1
    ours[0, 0, 1, :2] = 0.2
    pair = outputs(ours, theirs, lambda output: (output[0, 0] * 255).astype(np.uint8), 0.1)
    assert pair.difference.within_step == 0.98
    assert pair.difference.maximum == pytest.approx(0.2)


def test_the_contract_has_three_filters() -> None:
    assert {f.value for f in CONTRACT_FILTERS} == {"skia-bilinear", "skia-nearest", "skia-bilinear-4bit"}


def test_networks_of_another_shape_are_no_suspects(recorded: Recorder, tmp_path: Path) -> None:
    model = onnx.load(TINY)
    model.graph.node[-1].input[2] = "more"
    more = onnx.numpy_helper.from_array(np.array([1, 1, 4, 4], np.float32), "more")
    model.graph.initializer.append(more)
    onnx.save(model, tmp_path / "larger.onnx")
    (tmp_path / "broken.onnx").write_bytes(b"nonsense")
    path = _forge(recorded(), "output", lambda data: bytes(len(data)))
    stage, causes = _blame(path, (tmp_path / "larger.onnx", tmp_path / "broken.onnx"))
    assert stage is Stage.OUTPUT
    assert not [cause for cause in causes if cause.names[0].startswith("model-")]


def test_differences_that_only_add_up_have_no_single_cause(recorded: Recorder) -> None:
    report = _check(recorded())
    end = report.stages[Stage.END_TO_END]
    end.failed, end.reason = 1, "IoU: got 0.9 != wanted at least 0.99"
    assert Findings(report).cause == "No single stage differs: small differences add up on the way."
    assert explain([], Stage.END_TO_END, Setup(Mirror(report.manifest))) == []


def test_a_cause_that_does_not_fit_says_what_is_left(recorded: Recorder) -> None:
    path = _lie(recorded(), lambda d: d.update(yuv="renderscript"))
    report = _check(path)
    nearest = Cause(("a",), "this or that", False, 1.0, 4.0)
    assert Findings(report, [nearest]).cause == (
        "No known mistake fits. Nearest: this or that (1 is left of 4)."
    )
    assert Findings(report).cause == "No known mistake brings the two nearer."


def test_a_smooth_mask_is_explained_by_its_first_frame_alone(recorded: Recorder) -> None:
    path = _lie(recorded(MANIFESTS["smooth"], frames=2), lambda d: d["post"].update(threshold=0.6))
    with TraceReader(path) as trace:
        first, second = trace.frames()
        setup = Setup(Mirror(trace.manifest))
        assert explain([second], Stage.MASK, setup) == []
        causes = explain([first, second], Stage.MASK, setup)
    assert causes[0].names == ("threshold-0.3",)
    assert causes[0].fits
