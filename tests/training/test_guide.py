"""What the teachers say reaches the student, whole, and a guided run can be broken off like any other."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")
from onnx import helper, numpy_helper  # noqa: E402

from training.export import export, session  # noqa: E402
from training.guide import GENERAL_SHARE, HINTS, Apprentice, Guide, guidance_loss  # noqa: E402
from training.nets import load_net  # noqa: E402
from training.train import Recipe, Trainer, batches  # noqa: E402

pytestmark = pytest.mark.training

RECIPE = Recipe(images=8, batch=2, warmup=2, small_share=1.0, guide=1.0, hint=1.0)


def write_teacher(path: Path, size: tuple[int, int], gain: float, hints: bool) -> None:
    """A net shaped like a teacher: alpha = sigmoid(gain · (red − 0.5)), features = strided convolutions."""
    kernel = np.zeros((1, 3, 1, 1), np.float32)
    kernel[0, 0] = gain
    weights = [numpy_helper.from_array(kernel, "k"), numpy_helper.from_array(np.float32([-gain / 2]), "b")]
    nodes = [helper.make_node("Conv", ["x", "k", "b"], ["z"]), helper.make_node("Sigmoid", ["z"], ["y"])]
    for stride, (tensor, channels) in zip((16, 8), HINTS.values() if hints else (), strict=False):
        values = np.random.default_rng(stride).normal(0, 1 / stride, (channels, 3, stride, stride))
        weights.append(numpy_helper.from_array(values.astype(np.float32), f"k{stride}"))
        nodes.append(helper.make_node("Conv", ["x", f"k{stride}"], [tensor], strides=[stride, stride]))
    ends = [
        helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1, channels, *size])
        for name, channels in (("x", 3), ("y", 1))
    ]
    graph = helper.make_graph(nodes, "teacher", ends[:1], ends[1:], weights)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)


@pytest.fixture
def guided(store: Path) -> Path:
    """A store with two teachers in it."""
    folder = store / "guide"
    folder.mkdir()
    write_teacher(folder / "peer0.onnx", (256, 256), 8.0, hints=True)
    write_teacher(folder / "peer1.onnx", (144, 256), 4.0, hints=False)
    return store


def test_mattes_are_the_mean_of_the_teachers_logits(guided: Path) -> None:
    images = np.zeros((3, 3, 96, 160), np.uint8)
    images[:, 0] = np.array([64, 128, 230], np.uint8)[:, None, None]
    said = Guide(guided / "guide")(images)
    red = images[:, 0, 0, 0] / 255
    mixed = (GENERAL_SHARE * 8 + (1 - GENERAL_SHARE) * 4) * (red - 0.5)
    assert said.mattes.dtype == np.uint8
    assert said.mattes.shape == (3, 1, Guide.SIDE, Guide.SIDE)
    np.testing.assert_allclose(said.mattes[:, 0, 5, 5], 255 / (1 + np.exp(-mixed)), atol=1.0)
    assert [f.shape for f in said.features] == [(3, 32, 16, 16), (3, 24, 32, 32)]


@pytest.mark.filterwarnings("ignore")  # PyTorch's exporter
def test_a_mentor_of_any_size_has_half_a_say(guided: Path, tmp_path: Path) -> None:
    images = np.zeros((1, 3, 96, 160), np.uint8)
    images[:, 0] = 150
    torch.manual_seed(0)
    export(load_net("unet-tiny").eval(), tmp_path / "mentor.onnx")
    own = session(tmp_path / "mentor.onnx").run(None, {"image": images.astype(np.float32) / 255})[0]
    assert own.shape == (1, 1, 48, 80)
    alone = Guide(guided / "guide")(images).mattes.astype(np.float64) / 255
    both = Guide(guided / "guide", str(tmp_path / "mentor.onnx"))(images).mattes / 255
    said = float(np.median(own))
    wanted = np.sqrt(np.median(alone) / (1 - np.median(alone)) * said / (1 - said))
    np.testing.assert_allclose(np.median(both), wanted / (1 + wanted), atol=0.01)


def test_an_apprentice_leaves_the_student_as_it_is() -> None:
    net = load_net("unet-tiny")
    before = {name: value.clone() for name, value in net.state_dict().items()}
    apprentice = Apprentice(net, (96, 160))
    assert net.training
    assert all(torch.equal(before[name], value) for name, value in net.state_dict().items())
    assert {name for name, _ in apprentice.named_parameters()} == {
        f"tell.{stage}.{kind}" for stage in HINTS for kind in ("weight", "bias")
    }


def test_the_student_learns_to_tell_the_teachers_features(guided: Path) -> None:
    torch.manual_seed(0)
    trainer = Trainer(load_net("unet-tiny"), replace(RECIPE, images=400, lr=2e-2), torch.device("cpu"))
    colours = np.random.default_rng(0).integers(0, 256, (8, 3, 1, 1), dtype=np.uint8)
    images = np.tile(colours, (1, 1, 96, 160))
    said = Guide(guided / "guide")(images)
    batch = [torch.from_numpy(a) for a in (images, images[:, :1], said.mattes, *said.features)]

    def untold() -> float:
        assert trainer.apprentice
        trainer.update(*batch)
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            return float(trainer.apprentice(batch[3:]))

    first = untold()
    assert min(untold() for _ in range(60)) < 0.5 * first


def test_guidance_counts_most_where_label_and_teacher_agree_away_from_the_outline() -> None:
    truth = torch.zeros(1, 1, 32, 32)
    truth[..., 16:] = 1.0

    def pull(row: int, column: int, said: float) -> float:
        logits = torch.zeros(1, 1, 32, 32, requires_grad=True)
        mattes = torch.full_like(truth, 0.5)
        mattes[..., row, column] = said
        guidance_loss(logits, mattes, truth).backward()
        assert logits.grad is not None
        return float(logits.grad[0, 0, row, column].abs())

    agreed = pull(8, 28, 0.9)
    assert pull(8, 16, 0.9) < 0.5 * agreed  # on the outline
    assert pull(8, 28, 0.1) < 0.5 * agreed  # disputed


def test_a_guided_run_that_was_broken_off_equals_an_unbroken_one(guided: Path, tmp_path: Path) -> None:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)

    def fresh() -> Trainer:
        torch.manual_seed(0)
        return Trainer(load_net("unet-tiny"), RECIPE, torch.device("cpu"))

    def advance(trainer: Trainer, until: int) -> None:
        for batch in batches(guided, RECIPE, trainer.step, workers=0):
            trainer.update(*batch)
            if trainer.step == until:
                return

    whole, first, second = fresh(), fresh(), fresh()
    advance(whole, 4)
    advance(first, 2)
    first.save(tmp_path / "state.pt")
    torch.manual_seed(5)
    second.load(tmp_path / "state.pt")
    advance(second, 4)
    torch.set_num_threads(threads)
    assert whole.apprentice
    assert second.apprentice
    for a, b in ((whole.net, second.net), (whole.apprentice, second.apprentice)):
        for name, value in a.state_dict().items():
            assert torch.equal(value, b.state_dict()[name]), name
