"""PP-MobileSeg-Tiny: shapes, cost, attention, VIM's two-class form, the Hoyer penalty on its attention."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
from training.hoyer import attention, hoyer_square, hoyer_square_of, line_lengths  # noqa: E402
from training.nets import load_net  # noqa: E402
from training.nets.pp_mobileseg import Aam, PpMobileseg, PpMobilesegConfig, Sea  # noqa: E402
from training.nets.unet import count_mmac, count_params  # noqa: E402
from training.zoo.lines import short_lines, silenced, without_attention  # noqa: E402

pytestmark = pytest.mark.training


def test_tiny_has_the_published_size_and_stride() -> None:
    net = load_net("pp-mobileseg-tiny").eval()
    assert count_params(net) / 1e6 == pytest.approx(1.45, abs=0.1)
    assert count_mmac(net, (256, 256)) == pytest.approx(180, rel=0.1)
    assert net(torch.zeros(1, 3, 144, 256)).shape == (1, 1, 9, 16)
    assert load_net("pp-mobileseg-x8").eval()(torch.zeros(1, 3, 160, 208)).shape == (1, 1, 20, 26)


def test_attention_at_a_thirtysecond_can_be_left_out() -> None:
    whole, light = PpMobileseg(), PpMobileseg(PpMobilesegConfig(deep_attention=False))
    assert count_params(light) < 0.6 * count_params(whole)
    assert light.eval()(torch.zeros(1, 3, 96, 160)).shape == (1, 1, 12, 20)


def test_attention_carries_along_rows_and_columns() -> None:
    torch.manual_seed(0)
    sea = Sea(8, 4).eval()
    x = torch.randn(1, 8, 16, 16)
    moved = x.clone()
    moved[..., 0, 0] += 5
    difference = (sea(x) - sea(moved)).abs().sum(1)[0]
    assert difference[0, 15] > 1e-6  # far along the row
    assert difference[15, 0] > 1e-6  # far along the column


def test_simple_fusion_multiplies_the_deeper_votes() -> None:
    aam = Aam((1, 1, 1), 1, eighth=True).eval()
    for part in (*aam.embed.values(), *aam.vote.values()):
        torch.nn.init.ones_(part[0].weight)
    maps = [torch.full((1, 1, 8 // 2**i, 8 // 2**i), v) for i, v in enumerate((2.0, 0.0, 3.0))]
    # hardsigmoid(0) = 1/2, hardsigmoid(3) = 1: 2 * 1/2 * 1 + 3
    assert torch.allclose(aam(*maps), torch.full((1, 1, 8, 8), 4.0), atol=1e-3)


@pytest.mark.filterwarnings("ignore")
def test_two_class_vim_gives_the_mask_of_the_plain_way() -> None:
    pytest.importorskip("onnx")
    from training.zoo.vim import invented, ways  # noqa: PLC0415

    found = ways((18, 32), (180, 320))
    for seed in range(3):
        for kind, logits in invented((18, 32), seed).items():
            masks = [way(logits) for way in found.values()]
            assert masks[0].mean() == pytest.approx({"empty": 0, "full": 1}.get(kind, masks[0].mean()))
            assert all(
                np.count_nonzero(mask != masks[0]) <= 1 for mask in masks
            )  # a tie may round either way


def test_hoyer_square_counts_living_rows_whatever_their_scale() -> None:
    rows = torch.zeros(6, 5)
    rows[:2] = 3
    assert float(hoyer_square_of(rows)) == pytest.approx(2, rel=1e-3)
    assert float(hoyer_square_of(rows * 100)) == pytest.approx(2, rel=1e-3)
    assert float(hoyer_square_of(torch.ones(6, 5))) == pytest.approx(6, rel=1e-3)


def test_hoyer_square_sees_attention_only_and_shrinks_it() -> None:
    assert float(hoyer_square(load_net("unet-tiny"))) == 0
    torch.manual_seed(0)
    net = PpMobileseg()
    before = hoyer_square(net)
    before.backward()
    before = before.detach()
    assert net.attention["2"][0].attention.query[0].weight.grad is not None
    assert net.head.weight.grad is None
    with torch.no_grad():
        for p in net.parameters():
            if p.grad is not None:
                p.sub_(p.grad, alpha=20)
    assert hoyer_square(net) < before


def test_a_line_is_as_long_as_its_batch_norm_makes_it() -> None:
    torch.manual_seed(0)
    net = PpMobileseg().eval()
    conv, norm = next(attention(net))
    with torch.no_grad():
        before = hoyer_square(net)
        conv.weight[0] *= 0.5
        norm.running_var[0] *= 0.25  # what the norm sees: nothing has changed
        assert float(hoyer_square(net)) == pytest.approx(float(before), abs=1e-5)
        norm.weight[:-1] = 0
    assert int((line_lengths(conv, norm) > 1e-5).sum()) == 1
    assert short_lines(net)[0] == conv.out_channels - 1


def test_closed_lines_are_the_shortest_and_give_nothing() -> None:
    torch.manual_seed(0)
    net = PpMobileseg().eval()
    conv, norm = next(attention(net))
    with torch.no_grad():
        norm.weight.copy_(torch.linspace(1, 2, norm.num_features))
    shortest = torch.argsort(line_lengths(conv, norm))[: conv.out_channels // 4]
    cut = silenced(net, 0.25)
    x = torch.rand(1, conv.in_channels, 4, 4)
    closed, closed_norm = next(attention(cut))
    silent = torch.nonzero(closed_norm(closed(x)).abs().amax((0, 2, 3)) == 0).flatten()
    assert sorted(silent.tolist()) == sorted(shortest.tolist())
    assert float(norm.weight.min()) == 1  # the net itself stays


def test_without_attention_the_rest_still_runs() -> None:
    net, x = PpMobileseg().eval(), torch.rand(1, 3, 96, 160)
    bare = without_attention(net)
    assert not any(isinstance(module, Sea) for module in bare.modules())
    assert any(isinstance(module, Sea) for module in net.modules())
    assert bare(x).shape == net(x).shape
