"""Gates on two levels: the right channels on a problem whose answer is known; costs and hardening by hand."""

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("torch_pruning")
from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from torch import Tensor, nn  # noqa: E402

from training.augment import Sampler  # noqa: E402
from training.bilevel import (  # noqa: E402
    Gates,
    Levels,
    StraightThrough,
    fisher,
    lower_step,
    upper_gradient,
    upper_step,
)
from training.nets import load_net  # noqa: E402
from training.nets.pidnet import Pidnet, PidnetConfig  # noqa: E402
from training.prune import conv_macs  # noqa: E402
from training.zoo.gates import learn  # noqa: E402

pytestmark = [pytest.mark.training, pytest.mark.filterwarnings("ignore")]

USEFUL = (1, 5)


class Toy(nn.Module):
    """Eight fixed features, of which the answer needs two; only the head learns."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Conv2d(8, 8, 1, bias=False)
        self.features.weight.data = torch.eye(8).view(8, 8, 1, 1)
        self.norm = nn.BatchNorm2d(8, affine=False)
        self.head = nn.Conv2d(8, 1, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.norm(self.features(x)))


def batch(seed: int) -> tuple[Tensor, Tensor]:
    x = torch.randn(16, 8, 4, 4, generator=torch.Generator().manual_seed(seed))
    return x, x[:, 1:2] - 2 * x[:, 5:6]


def loss_on(seed: int):
    x, y = batch(seed)
    return lambda net: (net(x) - y).square().mean()


def test_gate_is_hard_forwards_and_straight_backwards() -> None:
    score = torch.tensor([0.2, 0.5, 0.9], requires_grad=True)
    gate = StraightThrough.apply(score)
    assert gate.tolist() == [0, 0, 1]
    (gate * torch.tensor([1.0, 2.0, 3.0])).sum().backward()
    assert score.grad.tolist() == [1, 2, 3]


def test_cost_is_what_is_left_of_every_convolution() -> None:
    gates = Gates(Toy(), torch.zeros(1, 8, 4, 4))
    assert gates.cost() == pytest.approx((8 * 8 + 8) * 16 / 1e6)
    with torch.no_grad():
        gates.scores[0][:4] = 0
    assert gates.cost() == pytest.approx((8 * 4 + 4) * 16 / 1e6)
    assert gates.cost([2]) == pytest.approx((8 * 2 + 2) * 16 / 1e6)
    assert gates.prices() == [pytest.approx((8 + 1) * 16 / 1e6)]


def test_closed_gate_silences_its_channel() -> None:
    net = Toy().eval()
    gates = Gates(net, torch.zeros(1, 8, 4, 4))
    with torch.no_grad():
        net.head.weight.fill_(1)
        gates.scores[0][[0, 2, 3, 4, 5, 6, 7]] = 0
    x = torch.randn(1, 8, 4, 4)
    assert torch.allclose(net(x), x[:, 1:2], atol=1e-4)
    gates.detach_hooks()
    assert torch.allclose(net(x), x.sum(1, keepdim=True), atol=1e-4)


@settings(deadline=None)
@given(
    st.lists(st.integers(-32, 48).map(lambda n: n / 16), min_size=8, max_size=8),
    st.floats(0.15, 1),
    st.sampled_from([1, 2, 4]),
)
def test_budget_is_met_whatever_the_scores(scores: list[float], share: float, unit: int) -> None:
    gates = Gates(Toy(), torch.zeros(1, 8, 4, 4))
    with torch.no_grad():
        gates.scores[0].copy_(torch.tensor(scores))
    budget = gates.cost([8]) * share
    cost = gates.meet(budget, unit)
    kept = gates.counts()[0]
    assert kept >= unit
    assert kept % unit == 0
    assert cost <= budget + 1e-9 or kept == unit
    best = sorted(scores, reverse=True)[:kept]
    opened = [s for s, now in zip(scores, gates.scores[0].tolist(), strict=True) if now > 0.5]
    assert sorted(opened, reverse=True) == pytest.approx(best)
    if len(set(scores)) == len(scores) and kept < 8:  # and no more fits
        assert gates.cost([kept + unit]) > budget


def test_scores_start_from_what_closing_a_channel_would_cost() -> None:
    net = Toy().eval()
    gates = Gates(net, torch.zeros(1, 8, 4, 4))
    with torch.no_grad():
        net.head.weight.copy_(torch.tensor([0, 1, 0, 0, 0, -2, 0, 0.1]).view(1, 8, 1, 1))
    found = fisher(
        net, gates, [lambda n, seed=seed: (n(batch(seed)[0])).square().mean() for seed in range(8)]
    )
    assert int(found[0].argmax()) == 5
    gates.start(found)
    gates.meet(gates.cost([3]))
    assert torch.nonzero(gates.scores[0] > 0.5).flatten().tolist() == [1, 5, 7]


def test_hardened_net_is_within_the_budget_in_whole_blocks() -> None:
    gates = Gates(net := Toy(), torch.zeros(1, 8, 4, 4))
    gates.start([torch.arange(1.0, 9.0)])
    assert gates.meet(gates.cost([5]), unit=2) == pytest.approx(gates.cost([4]))
    gates.harden()
    assert net.features.out_channels == net.head.in_channels == 4


@pytest.mark.parametrize("design", ["unet", "pidnet"])
def test_hardened_net_is_the_gated_one(design: str) -> None:
    """Residual paths, attention by products, pre-activation norms: a closed channel is closed everywhere."""
    torch.manual_seed(0)
    net = load_net("unet-tiny") if design == "unet" else Pidnet(PidnetConfig(width=8))
    net.train()(torch.rand(4, 3, 128, 128))
    x, gates = torch.rand(1, 3, 128, 128), Gates(net.eval())
    with torch.no_grad():
        gates.start([torch.rand_like(score) for score in gates.scores])
        gates.meet(gates.cost([score.numel() for score in gates.scores]) / 2)
        gated, cost, counts = net(x), gates.cost(), gates.counts()
        gates.harden()
        assert torch.allclose(net(x), gated, atol=1e-4)
    assert sum(conv_macs(net).values()) / 1e6 == pytest.approx(cost)
    assert [layer.out_channels for layer, _ in gates.roots] == counts


def test_implicit_term_is_the_mixed_derivative() -> None:
    """For L_train = (w s - 1)^2 and L_val = w it is -(1 / gamma) d/ds dL_train/dw * dL_val/dw."""

    class Scalar(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.w = nn.Parameter(torch.tensor(0.7))

    class OneGate(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.scores = nn.ParameterList([nn.Parameter(torch.tensor([0.8]))])

    net, gates, gamma = Scalar(), OneGate(), 2.0
    found = upper_gradient(
        net,
        gates,
        lambda n: (n.w * gates.scores[0][0] - 1) ** 2,
        lambda n: n.w,
        Levels(budget=1.0, gamma=gamma),
    )
    w, s = 0.7, 0.8
    assert float(found[0]) == pytest.approx(-(4 * w * s - 2) / gamma, abs=1e-3)


def test_useful_channels_stay_and_the_budget_is_met() -> None:
    torch.manual_seed(0)
    net, example = Toy(), torch.zeros(1, 8, 4, 4)
    gates = Gates(net, example)
    net.features.requires_grad_(requires_grad=False)  # not before: Torch-Pruning follows gradients
    net.train()
    levels = Levels(budget=gates.cost() * len(USEFUL) / 8)
    weights = torch.optim.Adam(net.head.parameters(), lr=0.05)
    scores = torch.optim.SGD(gates.scores.parameters(), lr=0.01, momentum=0.9)
    for i in range(100):  # pruning starts from a trained net
        lower_step(net, loss_on(1000 + i), weights, 0.0)
    for i in range(120):
        lower_step(net, loss_on(2 * i), weights, 1e-3)
        cost = upper_step(net, gates, loss_on(2 * i), loss_on(2 * i + 1), levels=levels, optimiser=scores)
    opened = torch.nonzero(gates.scores[0] > 0.5).flatten().tolist()
    assert tuple(opened) == USEFUL
    assert cost == pytest.approx(levels.budget)
    gates.harden()
    assert net.features.out_channels == 2
    assert net.head.in_channels == 2
    x, y = batch(999)
    assert float((net.eval()(x) - y).square().mean()) < 0.3


def test_scores_left_alone_keep_their_order_and_meet_the_budget(store: Path) -> None:
    torch.manual_seed(0)
    net = load_net("unet-tiny")
    gates = Gates(net)
    gates.start([torch.rand_like(score) for score in gates.scores])
    orders = [torch.argsort(score.detach()) for score in gates.scores]
    levels = Levels(gates.cost([s.numel() for s in gates.scores]) / 2, unit=8)
    learn(net, gates, Sampler(store), levels, steps=3, batch=2, score_lr=0.0)
    assert gates.cost() <= levels.budget
    for score, order in zip(gates.scores, orders, strict=True):
        assert (score.detach()[order].diff() >= 0).all()
    assert all(count % 8 == 0 for count in gates.counts())
