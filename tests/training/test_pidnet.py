"""PIDNet: shapes and costs as published, its fusions by hand, edges, pruning, export."""

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
from training.nets import load_net, save_net  # noqa: E402
from training.nets.pidnet import Bag, Pag, Pidnet, PidnetConfig, boundary_aware, edge_loss, edge_target  # noqa: E402
from training.nets.unet import count_mmac, count_params  # noqa: E402

pytestmark = [pytest.mark.training, pytest.mark.filterwarnings("ignore")]

SMALL = PidnetConfig(width=8)


def test_pidnet_s_costs_what_is_published() -> None:
    net = load_net("pidnet-s")
    assert count_params(net.deployed()) / 1e6 == pytest.approx(7.6, abs=0.1)
    assert count_mmac(net, (256, 256)) == pytest.approx(47.6e3 / 32, rel=0.02)  # 47.6 GMAC at 1024x2048


@pytest.mark.parametrize("size", [(144, 256), (208, 160), (96, 160)])
def test_outputs_have_their_strides(size: tuple[int, int]) -> None:
    matte, p, edge = (
        Pidnet(SMALL)(torch.zeros(2, 3, *size)),
        *Pidnet(SMALL).parts(torch.zeros(2, 3, *size))[1:],
    )
    assert matte.shape == (2, 1, size[0] // 2, size[1] // 2)
    assert p.shape == edge.shape == (2, 1, size[0] // 8, size[1] // 8)
    assert Pidnet(PidnetConfig(width=8, detail=False))(torch.zeros(2, 3, *size)).shape == p.shape


def test_pag_follows_the_branch_that_agrees() -> None:
    pag = Pag(4, 2).eval()
    x, y = torch.ones(1, 4, 4, 4), torch.full((1, 4, 2, 2), 3.0)
    for way, wanted in ((1.0, 3.0), (-1.0, 1.0)):  # sigma near 1 takes y, near 0 keeps x
        torch.nn.init.constant_(pag.of_x[0].weight, 10)
        torch.nn.init.constant_(pag.of_y[0].weight, way)
        assert torch.allclose(pag(x, y), torch.full_like(x, wanted), atol=1e-3)


def test_bag_takes_detail_at_edges_and_context_elsewhere() -> None:
    bag = Bag(1).eval()
    for part in (bag.of_p, bag.of_i):
        torch.nn.init.ones_(part[0].weight)
    p, i = torch.full((1, 1, 1, 2), 2.0), torch.full((1, 1, 1, 2), 5.0)
    found = bag(p, i, torch.tensor([[[[99.0, -99.0]]]]))
    # at an edge: p + (i + p); elsewhere: (i + p) + i
    assert found.flatten().tolist() == pytest.approx([2 + 7, 7 + 5], rel=1e-3)


def test_edges_are_the_outline_and_not_the_picture_border() -> None:
    matte = torch.zeros(1, 1, 32, 32)
    matte[..., 16:, 8:24] = 1
    edge = edge_target(matte, torch.zeros(1, 1, 32, 32))[0, 0]
    assert edge[16, 15] == 1
    assert edge[24, 8] == 1
    assert edge[31, 15] == 0  # a person cut by the frame has no outline there
    assert edge[24, 15] == 0


def test_edge_losses_reward_the_truth() -> None:
    target = torch.zeros(1, 1, 8, 8)
    target[..., 3, :] = 1
    good, bad = 20 * (target - 0.5), -20 * (target - 0.5)
    assert edge_loss(good, target) < 1e-3 < edge_loss(bad, target)
    truth = torch.ones(1, 1, 8, 8)
    wrong_off_edge = torch.where(target > 0.5, 20.0, -20.0)
    assert boundary_aware(wrong_off_edge, truth, good) < 1e-3  # only where the edge branch is sure
    assert boundary_aware(-wrong_off_edge, truth, good) > 1


@pytest.mark.parametrize("criterion", ["l2", "fpgm"])
def test_pruning_by_ratio_reaches_every_branch_and_can_be_kept(criterion: str, tmp_path: Path) -> None:
    pytest.importorskip("torch_pruning")
    from training.prune_ratio import prune_ratio, used_params  # noqa: PLC0415

    torch.manual_seed(0)
    net = Pidnet(SMALL).eval()
    before, cost = used_params(net), count_mmac(net)
    assert before == count_params(net.deployed())
    prune_ratio(net, 0.5, criterion)
    assert used_params(net) < 0.35 * before
    assert count_mmac(net) < 0.4 * cost
    for part in (
        "layer3.0.body.0.0",
        "p5.body.0.0",
        "d5.body.0.0",
        "to_pag4.0",
        "pool.whole.2",
        "fuse.of_p.0",
    ):
        fresh = Pidnet(SMALL).get_submodule(part).out_channels
        assert net.get_submodule(part).out_channels == fresh // 2, part
    save_net(net, tmp_path / "pruned.pt", 0)
    x = torch.rand(1, 3, 64, 96)
    assert torch.allclose(load_net(tmp_path / "pruned.pt").eval()(x), net(x), atol=0.02)


def test_channel_ratio_is_found_for_a_share_of_parameters() -> None:
    pytest.importorskip("torch_pruning")
    from training.prune_ratio import prune_ratio, ratio_for, used_params  # noqa: PLC0415

    net = Pidnet(SMALL).eval()
    before = used_params(net)
    ratio = ratio_for(net, 0.4, "l2", None)
    assert used_params(net) == before  # only copies were pruned
    prune_ratio(net, ratio, "l2")
    assert 1 - used_params(net) / before == pytest.approx(0.4, abs=0.05)


def test_geometric_median_spares_the_odd_filter() -> None:
    tp = pytest.importorskip("torch_pruning")
    from training.prune_ratio import importance  # noqa: PLC0415

    conv = torch.nn.Conv2d(1, 4, 1, bias=False)
    net = torch.nn.Sequential(conv, torch.nn.Conv2d(4, 1, 1))
    conv.weight.data = torch.tensor([1.0, 1.1, 0.9, -0.05]).view(4, 1, 1, 1)  # the smallest is the odd one
    graph = tp.DependencyGraph().build_dependency(net, torch.zeros(1, 1, 4, 4))
    group = graph.get_pruning_group(conv, tp.prune_conv_out_channels, [0, 1, 2, 3])
    assert int(importance("fpgm")(group).argmax()) == 3


def test_exported_net_has_no_auxiliary_heads(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    from training.zoo.ship import deployed, to_onnx  # noqa: PLC0415

    net = deployed(Pidnet(SMALL).eval())
    to_onnx(net, tmp_path / "net.onnx", "fp32", tmp_path)  # asserts parity at every size
    names = [i.name for i in onnx.load(str(tmp_path / "net.onnx")).graph.initializer]
    assert names
    assert not any("head_p" in n or "head_d" in n or "ones" in n for n in names)
