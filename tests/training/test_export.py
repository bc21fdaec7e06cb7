"""Export: parity, symbolic sizes, the card, the int8 twin."""

import hashlib
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

torch = pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")
from training.export import (  # noqa: E402
    KEEP_FLOAT,
    KEEP_NODES,
    CardFacts,
    WithSigmoid,
    calibrate,
    card,
    export,
    fill_head,
    parity,
    session,
)
from training.graphs import Graph  # noqa: E402
from training.nets import load_net  # noqa: E402
from training.streamline import add_twin, enlarge_by_copies, streamline, twin_input, widen_head  # noqa: E402

pytestmark = [pytest.mark.training, pytest.mark.filterwarnings("ignore")]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    net = load_net("unet-tiny").eval()
    export(net, tmp_path / "tiny.onnx")
    return tmp_path / "tiny.onnx"


def test_one_file_serves_every_size(model: Path) -> None:
    for size in ((144, 256), (192, 192), (256, 144)):
        matte = session(model, size).run(None, {"image": np.zeros((1, 3, *size), np.float32)})[0]
        assert matte.shape == (1, 1, size[0] // 2, size[1] // 2)
        assert matte.min() >= 0
        assert matte.max() <= 1


def test_parity_notices_another_net(model: Path) -> None:
    torch.manual_seed(0)
    assert parity(WithSigmoid(load_net("unet-tiny")).eval(), model) < 1e-4
    torch.manual_seed(1)
    assert parity(WithSigmoid(load_net("unet-tiny")).eval(), model) > 1e-3


def test_calibrated_logits_are_lifted_and_stretched() -> None:
    torch.manual_seed(0)
    net, image = load_net("unet-tiny").eval(), torch.rand(1, 3, 64, 96)
    plain = net(image)
    assert torch.allclose(calibrate(net, gain=2.0, lift=0.25)(image), 2 * (plain + 0.25), atol=1e-5)


def test_a_filled_head_answers_alike() -> None:
    torch.manual_seed(0)
    net, image = load_net("unet-tiny").eval(), torch.rand(1, 3, 64, 96)
    filled = fill_head(net)
    assert sum(p.numel() for p in filled.parameters()) > sum(p.numel() for p in net.parameters())
    assert torch.allclose(filled(image), net(image), atol=1e-6)


def test_int8_twin_is_close_and_has_symbolic_sizes(model: Path, tmp_path: Path) -> None:
    from training.quantise import quantise  # noqa: PLC0415

    rng = np.random.default_rng(0)
    pictures = (rng.random((1, 3, 144, 256), np.float32) for _ in range(4))
    quantise(model, tmp_path / "int8.onnx", pictures, keep_float=KEEP_FLOAT, keep_nodes=KEEP_NODES)
    x = rng.random((1, 3, 192, 192), np.float32)
    a, b = (session(path, (192, 192)).run(None, {"image": x})[0] for path in (model, tmp_path / "int8.onnx"))
    assert np.abs(a - b).mean() < 0.02


def test_card_has_the_facts_of_the_file(model: Path, tmp_path: Path) -> None:
    source = {"use": "train", "licence": {"a": "MIT", "b": "CC BY 4.0"}, "repo": "x/y", "zips": {}}
    index = {"sources": {"one": source, "two": {**source, "use": "eval-only"}}}
    (tmp_path / "index.json").write_text(json.dumps(index))
    facts = CardFacts("performance", "fp32", "recipe.sh", "none", images=7)
    made = card(facts, load_net("unet-tiny"), model, tmp_path)
    assert made["sha256"] == hashlib.sha256(model.read_bytes()).hexdigest()
    assert [d["name"] for d in made["training"]["data"]] == ["one"]
    assert made["training"]["images_seen"] == 7
    assert made["input"]["sizes"][0] == [144, 256]
    assert json.loads(json.dumps(made)) == made


@pytest.fixture
def int8(model: Path, tmp_path: Path) -> Path:
    """The int8 twin of a net with a filled head, as it ships."""
    from training.quantise import quantise  # noqa: PLC0415

    torch.manual_seed(0)
    export(fill_head(load_net("unet-tiny").eval()), model)
    rng = np.random.default_rng(0)
    pictures = (rng.random((1, 3, 144, 256), np.float32) for _ in range(4))
    made = tmp_path / "int8.onnx"
    quantise(model, made, pictures, keep_float=KEEP_FLOAT, keep_nodes=KEEP_NODES, reduce_range=True)
    return made


@pytest.mark.parametrize("rewrite", [enlarge_by_copies, widen_head])
def test_rewriting_what_comes_later_changes_nothing(int8: Path, tmp_path: Path, rewrite: Any) -> None:
    changed = onnx.load(str(int8))
    graph = Graph(changed)
    rewrite(graph)
    graph.tidy()
    onnx.save(changed, str(tmp_path / "changed.onnx"))
    for size in ((144, 256), (192, 192)):
        x = np.random.default_rng(1).random((1, 3, *size), np.float32)
        a, b = (session(path, size).run(None, {"image": x})[0] for path in (int8, tmp_path / "changed.onnx"))
        assert np.array_equal(a, b)


def test_the_twin_takes_bytes_and_answers_alike(int8: Path, tmp_path: Path) -> None:
    streamline(int8, tmp_path / "twin.onnx")
    for size in ((144, 256), (192, 192), (256, 144)):
        soft = cv2.resize(np.random.default_rng(2).random((9, 16, 3), np.float32), size[::-1])
        # A picture that is black at the border would not tell whether what lies beyond it is black, too.
        x = np.moveaxis(soft * 0.8 + 0.2, -1, 0)[None].astype(np.float32)
        wanted = session(int8, size).run(None, {"image": x})[0]
        found = session(tmp_path / "twin.onnx", size).run(None, {"image": twin_input(x)})[0]
        assert found.shape == wanted.shape
        assert found.dtype == np.float32
        assert np.abs(found - wanted).mean() < 0.01
        assert np.abs(found - wanted)[..., 0, :].mean() < 0.02, "the border"


def test_only_what_makes_it_cheaper_is_left(int8: Path, tmp_path: Path) -> None:
    streamline(int8, tmp_path / "twin.onnx")
    kinds = {node.op_type for node in onnx.load(str(tmp_path / "twin.onnx")).graph.node}
    assert not kinds & {"Resize", "DepthToSpace", "Slice"}


def test_what_is_no_unet_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    image, matte = (
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1, 3, 16, 16])
        for name in ("image", "matte")
    )
    relu = onnx.helper.make_node("Relu", ["image"], ["matte"])
    onnx.save(
        onnx.helper.make_model(onnx.helper.make_graph([relu], "other", [image], [matte])), tmp_path / "x.onnx"
    )
    (tmp_path / "x.json").write_text(json.dumps({"file": "x.onnx"}))
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(ValueError, match="not enough values"):
        add_twin(tmp_path / "x.json")
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_card_gets_its_twin_and_its_network_is_laid_out_once(int8: Path) -> None:
    path, x = int8.with_suffix(".json"), np.random.default_rng(3).random((1, 3, 144, 256), np.float32)
    wanted = session(int8).run(None, {"image": x})[0]
    path.write_text(json.dumps({"file": int8.name}))
    add_twin(path)
    entry = json.loads(path.read_text())
    assert entry["twin"]["file"] == "int8.twin.onnx"
    for each in (entry, entry["twin"]):
        assert hashlib.sha256((int8.parent / each["file"]).read_bytes()).hexdigest() == each["sha256"]
    assert not {"Resize", "DepthToSpace"} & {node.op_type for node in onnx.load(str(int8)).graph.node}
    assert np.array_equal(session(int8).run(None, {"image": x})[0], wanted)
    add_twin(path)
    assert json.loads(path.read_text()) == entry
