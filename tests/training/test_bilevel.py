"""Gates on two levels: the right channels on a problem whose answer is known; costs and hardening by hand."""

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("torch_pruning")
from torch import Tensor, nn  # noqa: E402

from training.bilevel import Gates, Levels, StraightThrough, lower_step, upper_gradient, upper_step  # noqa: E402

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
    assert float(gates.cost()) == pytest.approx((8 * 8 + 8) * 16 / 1e6)
    with torch.no_grad():
        gates.scores[0][:4] = 0
    assert float(gates.cost()) == pytest.approx((8 * 4 + 4) * 16 / 1e6)


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

        def cost(self) -> Tensor:
            return torch.ones(())

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
    levels = Levels(budget=float(gates.cost()) * len(USEFUL) / 8, gamma=1.0, beta=1.0, score_lr=0.01)
    weights = torch.optim.Adam(net.head.parameters(), lr=0.05)
    scores = torch.optim.SGD(gates.scores.parameters(), lr=levels.score_lr, momentum=0.9)
    for i in range(100):  # pruning starts from a trained net
        lower_step(net, loss_on(1000 + i), weights, 0.0)
    for i in range(120):
        lower_step(net, loss_on(2 * i), weights, 1e-3)
        cost = upper_step(net, gates, loss_on(2 * i), loss_on(2 * i + 1), levels=levels, optimiser=scores)
    opened = torch.nonzero(gates.scores[0] > 0.5).flatten().tolist()
    assert tuple(opened) == USEFUL
    assert cost == pytest.approx(levels.budget)
    gates.harden(multiple=2)
    assert net.features.out_channels == 2
    assert net.head.in_channels == 2
    x, y = batch(999)
    assert float((net.eval()(x) - y).square().mean()) < 0.3
