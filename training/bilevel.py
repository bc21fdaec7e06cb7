"""Learned channel gates on two levels, after Yang et al. (CVPR 2023); their text is not public.

Every group of coupled channels has one score s per channel and the gate b = 1[s > 0.5] with a straight-
through gradient. It stands before whatever reads the channel: behind the channel's own batch norm it would
leave alive what a residual path adds later, and hardening would remove what was never closed.

- lower level: min over the weights of L_train(w, b) + gamma / 2 |w|^2
- upper level: min over the scores of L_val(w*(s), b) so that MACs(b) <= C

The constraint means one price per MAC for all channels (Lagrange): a score stands for what a channel is
worth per MAC, its gradient is divided by the channel's MACs, and after every step all scores are shifted
alike until the open channels cost C. A penalty instead missed the budget and pushed whole layers through the
threshold at once (docs/zoo.md). Scores start from the Fisher diagonal of the gates, because at a trained
net's optimum their first-order gradient is noise.

The implicit gradient drops the Hessian of L_train, so that its inverse is 1 / gamma, and takes the mixed
second derivative by central differences: -(1 / gamma) [grad_s L_train(w + e v) - grad_s L_train(w - e v)] /
(2 e) with v = grad_w L_val.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
import torch_pruning as tp
from torch import Tensor, nn

from training.prune import EXAMPLE, conv_macs, grouped, last_layers, traced

HALF = 0.5
SPREAD = 0.25  # standard deviation of the scores at the start
STEP = 0.01  # length of the finite difference, as a share of the weights' own length scale

Loss = Callable[[nn.Module], Tensor]  # of a net on one batch


class StraightThrough(torch.autograd.Function):
    """1[s > 0.5] forwards, the identity backwards."""

    @staticmethod
    def forward(_ctx: Any, score: Tensor) -> Tensor:  # noqa: D102
        return (score > HALF).to(score.dtype)

    @staticmethod
    def backward(_ctx: Any, gradient: Tensor) -> Tensor:  # noqa: D102
        return gradient


@dataclass(frozen=True, slots=True)
class _Use:
    """Where channels of one group stand in one layer: ``index`` in the layer, ``root`` in the group."""

    group: int
    index: Tensor
    root: Tensor


class Gates(nn.Module):
    """The scores of a net's channel groups, attached to it by hooks until ``detach``.

    Groups with grouped convolutions have no gate, nor have those of auxiliary heads.
    """

    def __init__(self, net: nn.Module, example: Tensor = EXAMPLE) -> None:
        super().__init__()
        graph = tp.DependencyGraph().build_dependency(net, example_inputs=example, forward_fn=traced)
        self.macs = conv_macs(net, example)
        self.roots: list[tuple[nn.Conv2d, Any]] = []
        self._norms: dict[nn.Module, list[_Use]] = {}
        self._outputs: dict[nn.Module, list[_Use]] = {}
        self._inputs: dict[nn.Module, list[_Use]] = {}
        scores = []
        for group in graph.get_all_groups(ignored_layers=last_layers(net), root_module_types=[nn.Conv2d]):
            used = any(dep.target.module in self.macs for dep, _ in group)  # auxiliary heads cost nothing
            if used and not grouped(group):
                self._note(graph, group, len(scores))
                scores.append(nn.Parameter(torch.ones(group[0].dep.target.module.out_channels)))
        self.scores = nn.ParameterList(scores)
        self._graph = graph
        read = {use.group for layer, uses in self._inputs.items() if layer in self.macs for use in uses}
        self._hooks = [
            layer.register_forward_pre_hook(partial(self._gate, uses)) for layer, uses in self._inputs.items()
        ]
        for norm, uses in self._norms.items():  # of channels that no convolution reads: Pag's product
            unread = [use for use in uses if use.group not in read]
            if unread:
                self._hooks.append(norm.register_forward_hook(partial(self._gate_norm, unread)))

    def _note(self, graph: tp.DependencyGraph, group: tp.Group, number: int) -> None:
        self.roots.append((group[0].dep.target.module, group[0].dep.handler))
        for i, (dep, index) in enumerate(group):
            layer, root = dep.target.module, group[i].root_idxs
            use = _Use(number, torch.as_tensor(index), torch.as_tensor(root))
            if isinstance(layer, nn.BatchNorm2d):
                self._norms.setdefault(layer, []).append(use)
            elif isinstance(layer, nn.Conv2d):
                outwards = graph.is_out_channel_pruning_fn(dep.handler)
                (self._outputs if outwards else self._inputs).setdefault(layer, []).append(use)

    def _mask(self, uses: list[_Use], channels: int) -> Tensor:
        mask = torch.ones(channels)
        for use in uses:
            values = StraightThrough.apply(self.scores[use.group])[use.root]
            mask = mask.index_copy(0, use.index, values)
        return mask

    def _gate(self, uses: list[_Use], _layer: nn.Module, inputs: tuple[Tensor, ...]) -> Tensor:
        x = inputs[0]
        return x * self._mask(uses, x.shape[1]).view(1, -1, 1, 1).to(x.dtype)

    def _gate_norm(
        self, uses: list[_Use], layer: nn.Module, _in: tuple[Tensor, ...], output: Tensor
    ) -> Tensor:
        return self._gate(uses, layer, (output,))

    def counts(self) -> list[int]:
        """Open channels of each group."""
        return [int((score > HALF).sum()) for score in self.scores]

    def cost(self, counts: list[int] | None = None) -> float:
        """Million MACs with this many channels in each group; by default with what the gates leave."""
        counts = counts or self.counts()
        shares = [count / score.numel() for count, score in zip(counts, self.scores, strict=True)]
        total = 0.0
        for conv, macs in self.macs.items():
            left = macs
            assert isinstance(conv, nn.Conv2d)
            for uses, channels in self._sides(conv):
                left *= 1 - sum(use.index.numel() / channels * (1 - shares[use.group]) for use in uses)
            total += left
        return total / 1e6

    def prices(self) -> list[float]:
        """Million MACs that one channel of each group costs in the whole net."""
        found = [0.0] * len(self.scores)
        for conv, macs in self.macs.items():
            assert isinstance(conv, nn.Conv2d)
            for uses, channels in self._sides(conv):
                for use in uses:
                    found[use.group] += macs / 1e6 * use.index.numel() / channels
        return [price / score.numel() for price, score in zip(found, self.scores, strict=True)]

    def _sides(self, conv: nn.Conv2d) -> tuple[tuple[list[_Use], int], tuple[list[_Use], int]]:
        return (self._outputs.get(conv, []), conv.out_channels), (
            self._inputs.get(conv, []),
            conv.in_channels,
        )

    @torch.no_grad()
    def start(self, saliency: list[Tensor]) -> None:
        """Scores from the loss that closing each channel would cost: its logarithm per MAC, scaled."""
        worth = [torch.log(s.clamp_min(1e-20) / p) for s, p in zip(saliency, self.prices(), strict=True)]
        spread = torch.cat(worth).std().clamp_min(1e-6)
        for score, value in zip(self.scores, worth, strict=True):
            score.copy_(HALF + SPREAD * value / spread)

    @torch.no_grad()
    def meet(self, budget: float, unit: int = 1) -> float:
        """Shift all scores alike until what is open costs at most the budget; return the cost.

        Args:
            budget: million MACs.
            unit: what is open of each group is a multiple of this, and at least one.
        """
        shift = self._shift(budget, unit)
        for score, count in zip(self.scores, self._rounded(shift, unit), strict=True):
            order = torch.argsort(score - shift, descending=True)
            score.sub_(shift)
            score[order[:count]] = score[order[:count]].clamp_min(HALF + 1e-3)
            score[order[count:]] = score[order[count:]].clamp_max(HALF)
        return self.cost()

    def _shift(self, budget: float, unit: int) -> float:
        """The smallest amount to take off all scores for a cost within the budget, channels in units."""
        values = torch.cat([s.detach().flatten() for s in self.scores]).sort().values
        low, high = 0, len(values)  # how many channels, of all, are closed
        while low < high:
            middle = (low + high) // 2
            if self.cost(self._rounded(self._off(values, middle), unit)) <= budget:
                high = middle
            else:
                low = middle + 1
        return self._off(values, low)

    @staticmethod
    def _off(values: Tensor, closed: int) -> float:
        return float(values[closed - 1]) - HALF if closed else min(0.0, float(values[0]) - HALF - 1e-3)

    def _rounded(self, shift: float, unit: int) -> list[int]:
        """Channels of each group above the threshold once all are shifted, in whole units, at least one."""
        counts = []
        for score in self.scores:
            one = min(unit, score.numel())
            counts.append(max(one, int((score - shift > HALF).sum()) // one * one))
        return counts

    def detach_hooks(self) -> None:
        """Let the net run without gates."""
        for hook in self._hooks:
            hook.remove()

    @torch.no_grad()
    def harden(self) -> None:
        """Remove closed channels for good; every group must have an open one, as after meet()."""
        self.detach_hooks()
        for score, (layer, prune_fn) in zip(self.scores, self.roots, strict=True):
            closed = torch.nonzero(score <= HALF).flatten().tolist()
            if closed:
                self._graph.get_pruning_group(layer, prune_fn, closed).prune()


@dataclass(frozen=True, slots=True)
class Levels:
    """What steers both levels.

    Attributes:
        budget: C, million MACs.
        gamma: curvature assumed of the lower level: its decay and what stands for the dropped Hessian.
        unit: channels of a group close in steps of this many: whole blocks run faster.
    """

    budget: float
    gamma: float = 1.0
    unit: int = 1


def fisher(net: nn.Module, gates: Gates, losses: Iterable[Loss]) -> list[Tensor]:
    """Loss that closing each channel would cost to second order, up to one factor for all.

    The diagonal of the Fisher matrix in the gates (Theis et al. 2018, "Faster gaze prediction with dense
    networks and Fisher pruning"), from the losses of a few pictures each.
    """
    scores = list(gates.scores)
    found = [torch.zeros_like(score) for score in scores]
    for loss in losses:
        gradients = torch.autograd.grad(loss(net), scores)
        found = [total + gradient.square() for total, gradient in zip(found, gradients, strict=True)]
    return found


def lower_step(net: nn.Module, loss: Loss, optimiser: torch.optim.Optimizer, decay: float) -> float:
    """One step of the weights on L_train + decay / 2 |w|^2; returns L_train."""
    optimiser.zero_grad(set_to_none=True)
    value = loss(net)
    value.backward()
    with torch.no_grad():
        for weight in _weights(net):
            if weight.grad is not None:
                weight.grad.add_(weight, alpha=decay)
    optimiser.step()
    return float(value.detach())


def upper_gradient(net: nn.Module, gates: Gates, train: Loss, val: Loss, levels: Levels) -> list[Tensor]:
    """Gradient of the upper objective in every score vector, the implicit term included."""
    weights, scores = _weights(net), list(gates.scores)
    found = torch.autograd.grad(val(net), [*scores, *weights], allow_unused=True)
    direct = [_or_zero(g, s) for g, s in zip(found[: len(scores)], scores, strict=True)]
    direction = [_or_zero(g, w) for g, w in zip(found[len(scores) :], weights, strict=True)]
    length = torch.sqrt(sum((v.square().sum() for v in direction), torch.zeros(())))
    epsilon = STEP / float(length.clamp_min(1e-8))
    sides = []
    for sign in (1.0, -1.0):
        _move(weights, direction, sign * epsilon)
        sides.append(torch.autograd.grad(train(net), scores, allow_unused=True))
        _move(weights, direction, -sign * epsilon)
    return [
        d - (_or_zero(p, d) - _or_zero(m, d)) / (2 * epsilon * levels.gamma)
        for d, p, m in zip(direct, *sides, strict=True)
    ]


def upper_step(
    net: nn.Module, gates: Gates, train: Loss, val: Loss, *, levels: Levels, optimiser: torch.optim.Optimizer
) -> float:
    """One step of the scores, back onto the budget; returns the cost that the gates leave, in million MACs.

    The gradient per MAC is scaled to a mean square of 1 over all scores and not score by score as Adam would:
    which channel matters more than its neighbours is all that there is to learn.
    """
    prices = gates.prices()
    gradients = [g / p for g, p in zip(upper_gradient(net, gates, train, val, levels), prices, strict=True)]
    scale = torch.cat([g.flatten() for g in gradients]).square().mean().sqrt().clamp_min(1e-12)
    for score, gradient in zip(gates.scores, gradients, strict=True):
        score.grad = gradient / scale
    optimiser.step()
    optimiser.zero_grad(set_to_none=True)
    return gates.meet(levels.budget, levels.unit)


def _weights(net: nn.Module) -> list[nn.Parameter]:
    return [p for p in net.parameters() if p.requires_grad]


def _or_zero(gradient: Tensor | None, like: Tensor) -> Tensor:
    return torch.zeros_like(like) if gradient is None else gradient


@torch.no_grad()
def _move(weights: list[nn.Parameter], direction: list[Tensor], factor: float) -> None:
    for weight, part in zip(weights, direction, strict=True):
        weight.add_(part, alpha=factor)
