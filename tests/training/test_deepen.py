"""A deeper net gives the same answer at first, looks wider, learns, and comes back from disk as it was."""

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
from training.deepen import deepen  # noqa: E402
from training.nets import load_net, save_net  # noqa: E402
from training.nets.unet import Residual, count_mmac  # noqa: E402

pytestmark = pytest.mark.training


def test_the_answer_stays_until_training_changes_it() -> None:
    torch.manual_seed(0)
    net, image = load_net("unet-tiny").eval(), torch.rand(1, 3, 64, 96)
    before = net(image)
    deeper = deepen(net, inner=16, blocks=2)
    torch.testing.assert_close(deeper(image), before, rtol=0, atol=0)
    blocks = [layer for layer in deeper.deep if isinstance(layer, Residual)]
    assert [block.first[0].dilation[0] for block in blocks] == [1, 2, 3]
    deeper(image).sum().backward()
    assert all(float(block.norm.weight.grad.abs().sum()) > 0 for block in blocks)


def test_a_deeper_net_is_kept_with_its_shape(tmp_path: Path) -> None:
    net = deepen(load_net("unet"), inner=32).eval()
    save_net(net, tmp_path / "net.pt", 7)
    again = load_net(tmp_path / "net.pt")
    assert count_mmac(again) == count_mmac(net) > count_mmac(load_net("unet"))
    assert again.deep[3].first[0].out_channels == 32


@pytest.mark.parametrize(("inner", "blocks"), [(8, 1), (16, 0)])
def test_no_block_at_all_is_refused(inner: int, blocks: int) -> None:
    with pytest.raises(ValueError, match="wanted a block"):
        deepen(load_net("unet-tiny"), inner, blocks)
