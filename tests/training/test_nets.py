"""Nets: shapes, cost, keeping and loading, pruning in blocks of 16."""

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
from training.augment import FULL_SIZES, SMALL_SIZES  # noqa: E402
from training.nets import DESIGNS, images_seen, load_net, save_net  # noqa: E402
from training.nets.unet import STRIDE, Unet, UnetConfig, count_mmac  # noqa: E402

pytestmark = pytest.mark.training


@pytest.mark.parametrize("size", [*FULL_SIZES, *SMALL_SIZES])
def test_every_size_gives_a_matte_at_half_resolution(size: tuple[int, int]) -> None:
    assert all(side % STRIDE == 0 for side in size)
    matte = load_net("unet-tiny").eval()(torch.zeros(2, 3, *size))
    assert matte.shape == (2, 1, size[0] // 2, size[1] // 2)


def test_fine_design_has_the_same_output() -> None:
    config = UnetConfig(widths=(16, 16, 16, 16), depths=(1, 1, 3), decoder=(1, 1), fine=True)
    assert Unet(config)(torch.zeros(2, 3, 32, 48)).shape == (2, 1, 16, 24)


def test_cost_is_counted_by_hand_for_the_stem() -> None:
    stem = load_net("unet-tiny").stem
    assert count_mmac(stem, (16, 16)) == pytest.approx(8 * 8 * 16 * 27 / 1e6)


def test_saved_net_answers_alike(tmp_path: Path) -> None:
    net = load_net("unet-tiny").half().float().eval()  # kept in half precision
    save_net(net, tmp_path / "net.pt", images=320)
    x = torch.rand(1, 3, 32, 48)
    assert torch.equal(load_net(tmp_path / "net.pt").eval()(x), net(x))
    assert images_seen(tmp_path / "net.pt") == 320


@pytest.mark.filterwarnings("ignore")
def test_pruned_net_is_cheaper_in_whole_blocks_and_can_be_kept(store: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch_pruning")
    from training.prune import BLOCK, gather_gradients, prune  # noqa: PLC0415

    torch.manual_seed(0)
    net = Unet(UnetConfig(widths=(16, 32, 32, 32), depths=(1, 2, 3), decoder=(1, 1)))
    wanted = count_mmac(net) * 0.7
    gather_gradients(net, store, batches=1)
    removed = prune(net, wanted)
    assert removed
    assert count_mmac(net) <= wanted
    kernels = [m for m in net.modules() if isinstance(m, torch.nn.Conv2d) and m is not net.head]
    assert all(m.out_channels % BLOCK == 0 for m in kernels)
    save_net(net, tmp_path / "pruned.pt", 0)
    x = torch.rand(1, 3, 32, 48)
    assert torch.allclose(load_net(tmp_path / "pruned.pt").eval()(x), net.eval()(x), atol=0.02)


def test_unknown_parts_of_a_design_are_refused() -> None:
    with pytest.raises(TypeError):
        UnetConfig(width=3)  # type: ignore[call-arg]
    assert "unet" in DESIGNS
