"""The previous matte as a fourth input."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
from training.evaluate import EvalSet, Picture  # noqa: E402
from training.nets import load_net  # noqa: E402
from training.train import Recipe  # noqa: E402
from training.zoo.recurrent import Rollout, mattes, moved, with_memory  # noqa: E402

pytestmark = [pytest.mark.training, pytest.mark.filterwarnings("ignore")]


def test_at_first_the_memory_is_not_looked_at() -> None:
    torch.manual_seed(0)
    net = load_net("unet-tiny").eval()
    image, memory = torch.rand(1, 3, 64, 96), torch.rand(1, 1, 64, 96)
    found = with_memory(net)(torch.cat([image, memory], 1))
    assert torch.allclose(found, net(image), atol=1e-5)


def test_training_teaches_it_to_look_and_only_where_it_is_shown() -> None:
    torch.manual_seed(0)
    images = torch.randint(0, 256, (4, 3, 64, 96), dtype=torch.uint8)
    truth = torch.zeros(4, 1, 64, 96, dtype=torch.uint8)
    truth[..., 30:60] = 255
    for remembers in (False, True):
        recipe = Recipe(images=40, batch=4, warmup=4, steady=0.4)
        trainer = Rollout(with_memory(load_net("unet-tiny")), recipe, remembers=remembers)
        assert np.isfinite([trainer.update(images, truth) for _ in range(3)]).all()
        assert (trainer.net.stem[0].weight[:, 3].abs().max() > 0) == remembers


def test_every_second_matte_is_moved_a_little() -> None:
    matte = torch.zeros(4, 1, 40, 40)
    matte[..., 10:30, 10:30] = 1
    found = moved(matte, torch.Generator().manual_seed(1))
    assert torch.allclose(found[::2], matte[::2], atol=1e-5)
    for i in (1, 3):
        assert 0 < (found[i] - matte[i]).abs().mean() < 0.2


def test_a_clip_hands_its_mattes_on() -> None:
    torch.manual_seed(0)
    net = with_memory(load_net("unet-tiny")).eval()
    with torch.no_grad():
        net.stem[0].weight[:, 3] = 0.5
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (96, 160, 3), np.uint8)
    pictures = tuple(Picture(str(i), image, np.zeros((96, 160), np.uint8)) for i in range(3))
    clip = EvalSet("clip", "truth", pictures, sequence=True)
    alone, before = (mattes(net, clip, memory=memory) for memory in ("none", "before"))
    np.testing.assert_array_equal(alone[0], before[0])
    np.testing.assert_array_equal(alone[0], alone[2])
    assert not np.array_equal(before[1], before[0])
