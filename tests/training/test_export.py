"""Export: parity, symbolic sizes, the card, the int8 twin."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")
from training.export import (  # noqa: E402
    KEEP_FLOAT,
    KEEP_NODES,
    CardFacts,
    WithSigmoid,
    card,
    export,
    fill_head,
    parity,
    session,
)
from training.nets import load_net  # noqa: E402

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
    assert made["input"]["sizes"][0] == [128, 224]
    assert json.loads(json.dumps(made)) == made
