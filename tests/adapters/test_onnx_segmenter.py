from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from subprocess import run
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vcam.adapters.feeds import halvings
from vcam.adapters.model_card import list_cards, read_card
from vcam.adapters.onnx_segmenter import OnnxSegmenter, nearest_size
from vcam.core.errors import ModelError, Problem
from vcam.core.frame import Frame, Pixels, Size
from vcam.core.stages import check_matte
from vcam.imaging.planes import Planes, to_i420
from vcam.imaging.presenter import draw_presenter
from vcam.imaging.scale import Pyramid


def frame(pixels: Pixels) -> Frame:
    return Frame(pixels=pixels, index=0, captured_at=12.5)


def grey(width: int, height: int, value: int = 128) -> Frame:
    return frame(np.full((height, width, 3), value, np.uint8))


def segmenter(path: Path, **more: Any) -> OnnxSegmenter:
    return OnnxSegmenter(read_card(path), **more)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="threads are counted in /proc")
def test_the_runtime_tells_nobody_what_it_loads(make_model: Any, tmp_path: Path) -> None:
    """onnxruntime sends usage data by default, on a thread of its own, from a store in the home folder."""
    load = (
        "import os, sys; from pathlib import Path;"
        "from vcam.adapters.model_card import read_card;"
        "from vcam.adapters.onnx_segmenter import OnnxSegmenter;"
        "OnnxSegmenter(read_card(Path(sys.argv[1])));"
        "print(len(os.listdir('/proc/self/task')))"
    )
    quiet = {"CI", "GITHUB_ACTIONS", "PYTEST_CURRENT_TEST", "ORT_RUNNING_UNIT_TESTS", "ORT_DISABLE_TELEMETRY"}
    environment = {name: value for name, value in os.environ.items() if name not in quiet}
    environment |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache"), "OMP_NUM_THREADS": "1"}
    environment["OPENBLAS_NUM_THREADS"] = "1"
    command = [sys.executable, "-c", load, str(make_model())]
    done = run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"
    assert not [path for path in tmp_path.rglob("*") if "microsoft" in str(path).lower()]


@pytest.mark.parametrize(
    ("size", "shape"),
    [((1280, 720), (8, 16)), ((640, 480), (16, 16)), ((720, 1280), (16, 8)), ((30, 25), (16, 16))],
)
def test_the_input_with_the_nearest_aspect_is_used(
    make_model: Any, size: tuple[int, int], shape: tuple[int, int]
) -> None:
    matte = segmenter(make_model()).segment(grey(*size))
    assert matte.alpha.shape == shape
    assert matte.alpha.dtype == np.float32
    assert matte.captured_at == 12.5
    np.testing.assert_allclose(matte.alpha, 128 / 255, atol=1e-5)


def test_the_first_of_equally_near_sizes_wins() -> None:
    assert nearest_size((Size(32, 16), Size(16, 32)), Size(9, 9)) == Size(32, 16)


def test_red_goes_first_and_mean_and_std_are_applied(tiny_network: Any, make_model: Any) -> None:
    fed = {"scale": 1 / 255, "mean": [0.5, 0.0, 0.0], "std": [0.5, 0.25, 1.0]}
    path = make_model(input=read_input(make_model()) | fed)
    pixels = np.zeros((16, 32, 3), np.uint8)
    pixels[:] = (51, 102, 204)  # blue, green, red
    alpha = segmenter(path).segment(frame(pixels)).alpha
    expected = ((204 / 255 - 0.5) / 0.5 + 102 / 255 / 0.25 + 51 / 255) / 3
    np.testing.assert_allclose(alpha, expected, atol=1e-4)


def read_input(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text())["input"])


@pytest.mark.parametrize(
    ("frame_size", "times"),
    [
        ((1280, 720), 2),
        ((1920, 1080), 2),
        ((640, 480), 1),
        ((256, 144), 0),
        ((100, 100), 0),
        ((9000, 9000), 3),
    ],
)
def test_frames_are_halved_while_they_stay_larger(frame_size: tuple[int, int], times: int) -> None:
    assert halvings(Size(*frame_size), Size(256, 144)) == times


def test_fine_patterns_are_averaged_not_sampled(make_model: Any) -> None:
    noise = np.random.default_rng(0).integers(0, 2, (256, 512, 1), dtype=np.uint8) * 255
    alpha = segmenter(make_model()).segment(frame(np.repeat(noise, 3, axis=2))).alpha
    assert alpha.std() < 0.1, "sampling two of sixteen rows would give 0.25"


def test_halvings_are_shared(make_model: Any) -> None:
    pyramid = Pyramid()
    shown = grey(1280, 720)
    half = pyramid.brightness(shown, 1)
    segmenter(make_model(), pyramid=pyramid).segment(shown)
    assert pyramid.brightness(shown, 1) is half


def bytes_network(channel: int) -> bytes:
    """Return a twin whose matte is one of the four bytes of each pixel, in 255ths."""
    import onnx  # noqa: PLC0415 - slow to import
    from onnx import TensorProto, helper, numpy_helper  # noqa: PLC0415

    values = {"at": np.array([channel]), "after": np.array([channel + 1]), "axis": np.array([3])}
    constants = [numpy_helper.from_array(value, name) for name, value in values.items()]
    nodes = [
        helper.make_node("Slice", ["image", "at", "after", "axis"], ["one"]),
        helper.make_node("Cast", ["one"], ["number"], to=TensorProto.FLOAT),
        helper.make_node("Div", ["number", "most"], ["last"]),
        helper.make_node("Transpose", ["last"], ["matte"], perm=[0, 3, 1, 2]),
    ]
    constants.append(numpy_helper.from_array(np.float32(255), "most"))
    taken = helper.make_tensor_value_info("image", TensorProto.UINT8, [1, "height", "width", 4])
    made = helper.make_tensor_value_info("matte", TensorProto.FLOAT, [1, 1, None, None])
    graph = helper.make_graph(nodes, "twin", [taken], [made], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def with_twin(make_model: Any, twin: bytes) -> Path:
    sha256 = hashlib.sha256(twin).hexdigest()
    path: Path = make_model(twin={"file": "tiny.twin.onnx", "sha256": sha256})
    path.with_name("tiny.twin.onnx").write_bytes(twin)
    return path


@pytest.mark.parametrize("size", [(1280, 720), (64, 32), (32, 16), (30, 17), (5, 3)])
def test_a_twin_is_fed_brightness_blue_and_red_as_bytes_and_255(
    make_model: Any, size: tuple[int, int]
) -> None:
    pixels = np.empty((size[1], size[0], 3), np.uint8)
    pixels[:] = (40, 90, 200)
    wanted = [int(plane[0, 0]) for plane in Planes.of(to_i420(np.tile(pixels[:1, :1], (2, 2, 1)))).each]
    for channel, level in enumerate((*wanted, 255)):
        alpha = segmenter(with_twin(make_model, bytes_network(channel))).segment(frame(pixels)).alpha
        np.testing.assert_allclose(alpha, level / 255, atol=1e-6)


def test_a_twin_that_takes_something_else_is_wrong(tiny_network: Any, make_model: Any) -> None:
    with pytest.raises(ModelError) as caught:
        segmenter(with_twin(make_model, tiny_network()))
    assert caught.value.problem is Problem.WRONG_MODEL
    assert "wanted tensor(uint8) [1, 16, 32, 4]" in caught.value.detail


def test_a_twin_that_is_damaged_or_missing_is_told_of(tiny_network: Any, make_model: Any) -> None:
    path = with_twin(make_model, bytes_network(0))
    path.with_name("tiny.twin.onnx").write_bytes(tiny_network())
    with pytest.raises(ModelError) as caught:
        segmenter(path)
    assert caught.value.problem is Problem.DAMAGED_MODEL
    path.with_name("tiny.twin.onnx").unlink()
    with pytest.raises(ModelError) as caught:
        segmenter(path)
    assert caught.value.problem is Problem.NO_MODEL


def test_logits_go_through_a_sigmoid(tiny_network: Any, make_model: Any) -> None:
    output = {"name": "matte", "meaning": "logit", "channels": 1}
    for value, expected in ((0.0, 0.5), (2.0, 0.880797), (-500.0, 0.0), (500.0, 1.0)):
        path = make_model(tiny_network(value=value), output=output)
        alpha = segmenter(path).segment(grey(32, 16)).alpha
        np.testing.assert_allclose(alpha, expected, atol=1e-5)


def test_rounding_beside_the_range_is_clipped(tiny_network: Any, make_model: Any) -> None:
    alpha = segmenter(make_model(tiny_network(value=1.005))).segment(grey(32, 16)).alpha
    assert alpha.max() == 1.0


@pytest.mark.parametrize(
    ("meaning", "value"),
    [("alpha", value) for value in (np.nan, np.inf, -np.inf, 2.0, -0.5)]
    + [("logit", value) for value in (np.nan, np.inf, -np.inf)],
)
def test_what_is_no_matte_is_refused(tiny_network: Any, make_model: Any, value: float, meaning: str) -> None:
    output = {"name": "matte", "meaning": meaning, "channels": 1}
    with pytest.raises(ModelError) as caught:
        segmenter(make_model(tiny_network(value=value), output=output)).segment(grey(32, 16))
    assert caught.value.problem is Problem.BAD_MATTE


def test_a_static_network_of_one_size(tiny_network: Any, make_model: Any) -> None:
    network = tiny_network(sides=(16, 32))
    fed = read_input(make_model()) | {"sizes": [[16, 32]]}
    assert segmenter(make_model(network, input=fed)).segment(grey(90, 90)).alpha.shape == (8, 16)


def test_a_network_of_another_size_is_wrong(tiny_network: Any, make_model: Any) -> None:
    with pytest.raises(ModelError) as caught:
        segmenter(make_model(tiny_network(sides=(24, 32))))
    assert caught.value.problem is Problem.WRONG_MODEL
    assert "wanted tensor(float) [1, 3, 16, 32]" in caught.value.detail


@pytest.mark.parametrize(
    "changes",
    [
        {"output": {"name": "alpha", "meaning": "alpha", "channels": 1}},
        {"recurrent": [{"input": "r", "output": "r_next"}]},
    ],
)
def test_other_names_than_the_cards_are_wrong(
    tiny_network: Any, make_model: Any, changes: dict[str, Any]
) -> None:
    with pytest.raises(ModelError) as caught:
        segmenter(make_model(**changes))
    assert caught.value.problem is Problem.WRONG_MODEL


def test_memory_goes_in_and_comes_out(tiny_network: Any, make_model: Any) -> None:
    path = make_model(tiny_network(recurrent=True), recurrent=[{"input": "r", "output": "r_next"}])
    seg = segmenter(path)
    white = grey(32, 16, 255)
    first, second = (float(seg.segment(white).alpha[0, 0]) for _ in range(2))
    assert (first, second) == pytest.approx((0.5, 0.75))
    seg.reset()
    assert float(seg.segment(white).alpha[0, 0]) == pytest.approx(0.5)
    # Another shape is another scene.
    seg.segment(grey(32, 32, 255))
    assert float(seg.segment(white).alpha[0, 0]) == pytest.approx(0.5)


def test_mattes_are_kept_when_the_next_frame_comes(tiny_network: Any, make_model: Any) -> None:
    seg = segmenter(make_model())
    dark = seg.segment(grey(32, 16, 0))
    seg.segment(grey(32, 16, 255))
    assert dark.alpha.max() == 0


def test_what_is_no_network_is_damaged(tiny_network: Any, make_model: Any) -> None:
    for data in (b"", b"nonsense"):
        with pytest.raises(ModelError) as caught:
            segmenter(make_model(data))
        assert caught.value.problem is Problem.DAMAGED_MODEL


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=4))
def test_fuzzed_networks_run_or_are_refused_in_words(
    tiny_network: Any, make_model: Any, capfd: pytest.CaptureFixture[str], spoilt: list[tuple[int, int]]
) -> None:
    network = bytearray(tiny_network())
    for place, value in spoilt:
        network[place % len(network)] = value
    shown = grey(32, 16)
    with contextlib.suppress(ModelError):
        check_matte(segmenter(make_model(bytes(network))).segment(shown), shown)
    assert "Error" not in capfd.readouterr().out


def test_a_network_replaced_while_it_runs_does_no_harm(tiny_network: Any, make_model: Any) -> None:
    path = make_model()
    seg = segmenter(path, frame_size=Size(1280, 720))
    path.with_name("tiny.onnx").write_bytes(b"another")
    assert seg.segment(grey(32, 32)).alpha.shape == (16, 16)


def test_after_close_nothing_is_segmented(tiny_network: Any, make_model: Any) -> None:
    seg = segmenter(make_model())
    seg.close()
    seg.close()
    with pytest.raises(ModelError):
        seg.segment(grey(32, 16))


def test_importing_loads_no_runtime() -> None:
    code = "import sys, vcam.adapters.onnx_segmenter; sys.exit('onnxruntime' in sys.modules)"
    assert run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("name", ["balanced", "performance", "quality"])
def test_a_shipped_twin_answers_as_its_network_does(name: str) -> None:
    """Over a clip: where the network hesitates, as at a hand that comes up, single frames differ by more."""
    card = read_card(Path(__file__).parents[2] / "models" / f"{name}.json")
    assert card.twin
    segmenters = [OnnxSegmenter(each) for each in (replace(card, twin=None), card)]
    clip = [draw_presenter(t, Size(1280, 720))[0] for t in np.arange(0, 6, 0.5)]
    own, twin = (np.stack([seg.segment(frame(f)).alpha.copy() for f in clip]) for seg in segmenters)
    assert own.mean(axis=(1, 2)).min() > 0.1
    assert np.abs(own - twin).mean() < 1e-3
    assert np.mean((own > 0.5) != (twin > 0.5)) < 1e-3


SHIPPED = list_cards(Path(__file__).parents[2] / "models")


@pytest.mark.parametrize("card", SHIPPED, ids=[card.name for card in SHIPPED])
def test_shipped_models_run_at_every_size(card: Any) -> None:
    seg = OnnxSegmenter(card)
    for size in card.input.sizes:
        alpha = seg.segment(grey(size.width * 2, size.height * 2)).alpha
        assert alpha.shape[0] <= size.height
        assert 0 <= alpha.min() <= alpha.max() <= 1
