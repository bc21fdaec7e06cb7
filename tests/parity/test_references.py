"""The mirror against what is not ourselves: ONNX Runtime on ARM64 and WebAssembly, real libyuv and Skia.

How the goldens were made: references/README.md; `make parity-references` makes them again.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.parity.conftest import GOLDEN
from vcam.core.frame import Size
from vcam.parity import android, skia
from vcam.parity.android import YuvMethod
from vcam.parity.compare import Checker
from vcam.parity.runtime import PinnedModel, digest
from vcam.parity.skia import Filter
from vcam.parity.stages import Stage
from vcam.parity.trace import TraceReader

REFERENCES = Path(__file__).parent / "references"
MODELS = Path(__file__).parents[2] / "models"
DEVICES = ("arm64-cortex-a53", "arm64-cortex-a76", "wasm")
STALE = "the network is newer than its golden traces: run `make parity-references`, and commit what it makes"


def _network(name: str, folder: Path) -> Path:
    """The network that a golden was made with; the fp32 form of a shipped int8 network is made anew."""
    for path in (GOLDEN / f"{name}.onnx", MODELS / f"{name}.onnx"):
        if path.exists():
            return path
    shipped = MODELS / f"{name.removesuffix('-fp32')}.onnx"
    assert shipped.exists(), STALE
    sys.path.insert(0, str(REFERENCES))
    try:
        from tests.parity.references.precisions import to_fp32  # noqa: PLC0415 - onnx is slow to import
    finally:
        sys.path.remove(str(REFERENCES))
    to_fp32(shipped, folder / f"{name}.onnx")
    return folder / f"{name}.onnx"


@pytest.fixture(scope="module", params=sorted(path.name for path in GOLDEN.glob("*.zip")))
def golden(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """The report on one golden trace."""
    path = GOLDEN / request.param
    with TraceReader(path) as trace:
        manifest = trace.manifest
        network = _network(path.name.split(".")[0], tmp_path_factory.mktemp("network"))
        if network.parent == MODELS:
            assert digest(network) == manifest.model.sha256, STALE
        ends = manifest.model
        model = PinnedModel(network, ends.input.size, manifest.runtime.optimisation, output=ends.output.name)
        checker = Checker(manifest, model)
        for frame in trace.frames():
            checker.add(frame)
        # While it is open, take what the tests look at.
        mask = frame.mask()
        return checker.report(path.name), mask


def test_every_stage_is_the_same(golden) -> None:
    report, _ = golden
    assert report.same, (report.first_diverging, [result.reason for result in report.stages.values()])
    assert {Stage.INPUT, Stage.TENSOR, Stage.OUTPUT, Stage.MASK, Stage.END_TO_END} <= set(report.stages)


def test_pixels_before_the_network_differ_by_rounding_at_most(golden) -> None:
    report, _ = golden
    if Stage.RGB in report.stages:
        assert max(report.stages[Stage.RGB].maxima) == 0
    assert max(report.stages[Stage.INPUT].maxima) <= 1


def test_there_is_a_person_and_a_room(golden) -> None:
    _, mask = golden
    assert 0.1 < (mask > 127).mean() < 0.9


def test_the_tiny_goldens_are_all_there() -> None:
    wanted = {f"{name}.{device}.zip" for name in ("tiny", "tiny-int8") for device in DEVICES}
    assert wanted <= {path.name for path in GOLDEN.glob("*.zip")}


def _shipped() -> list[str]:
    cards = (json.loads(path.read_text("utf-8")) for path in sorted(MODELS.glob("*.json")))
    return [card["name"] for card in cards if card["quality"] == "balanced" or card["family"] == "pidnet"]


@pytest.mark.parametrize("name", _shipped())
@pytest.mark.parametrize("device", DEVICES)
def test_the_default_network_and_pidnet_have_goldens_in_both_precisions(name: str, device: str) -> None:
    precision = json.loads((MODELS / f"{name}.json").read_text("utf-8"))["precision"]
    twin = f"{name}-{'fp32' if precision == 'int8' else 'int8'}"
    for each in (name, twin):
        assert (GOLDEN / f"{each}.{device}.zip").exists(), STALE


def test_the_references_never_import_us() -> None:
    scripts = [*REFERENCES.glob("*.py"), *REFERENCES.glob("*.mjs")]
    assert len(scripts) >= 7
    for script in scripts:
        lines = (line.split() for line in script.read_text("utf-8").splitlines())
        imports = [words for words in lines if words[:1] in (["import"], ["from"])]
        assert imports
        assert not [words for words in imports if words[1].startswith(("vcam", "tests"))]


@pytest.mark.parametrize(
    ("name", "method"), [("full", YuvMethod.LIBYUV_FULL), ("limited", YuvMethod.LIBYUV_LIMITED)]
)
def test_yuv_to_rgb_is_real_libyuvs(name: str, method: YuvMethod) -> None:
    with np.load(GOLDEN / "libyuv.npz") as arrays:
        want, pairs = arrays[name], arrays["pairs"]
    size = Size(256, 2 * len(pairs))
    luma = np.tile(np.arange(256, dtype=np.uint8), size.height)
    chroma = np.tile(pairs[:, None, ::-1], (1, 128, 1))
    buffer = np.concatenate([luma, chroma.reshape(-1)])
    got = android.yuv_to_rgb(buffer, android.nv21_layout(size), method)
    assert np.array_equal(got[::2], want)
    assert np.array_equal(got[1::2], want)


def _skia_cases():
    with np.load(GOLDEN / "skia.npz") as arrays:
        return [name for name in arrays.files if " skia-" in name]


@pytest.mark.parametrize("case", _skia_cases())
def test_resize_is_real_skias(case: str) -> None:
    source, target, method = case.split()
    width, height = map(int, target.split("x"))
    with np.load(GOLDEN / "skia.npz") as arrays:
        picture, want = arrays[f"source {source}"], arrays[case]
    got = skia.resize(picture, Size(width, height), Filter(method))
    apart = np.abs(got.astype(int) - want)
    if method == "skia-bilinear":
        assert apart.max() <= 1
        assert (apart == 0).mean() >= 0.992
    elif width <= picture.shape[1] and height <= picture.shape[0]:
        assert apart.max() == 0
    else:
        # Enlarging, Skia's float positions fall on the other side of a few ties.
        assert (apart == 0).mean() >= 0.95
