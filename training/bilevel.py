"""Learned channel gates on two levels, after Yang et al. (CVPR 2023); their text is not public.

Every group of coupled channels has one score s per channel and the gate b = 1[s > 0.5] with a straight-
through gradient, put on the batch norms of the group: y = b * BN(conv).

- lower level: min over the weights of L_train(w, b) + gamma / 2 |w|^2
- upper level: min over the scores of L_val(w*(s), b) + beta * ((MACs(b) - C) / C)^2

The implicit gradient drops the Hessian of L_train, so that its inverse is 1 / gamma, and takes the mixed
second derivative by central differences: -(1 / gamma) [grad_s L_train(w + e v) - grad_s L_train(w - e v)] /
(2 e) with v = grad_w L_val.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import torch_pruning as tp
from torch import Tensor, nn

from training.prune import EXAMPLE, conv_macs, grouped, last_layers, traced

HALF = 0.5
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

    Groups with grouped convolutions have no gate.
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
            if not grouped(group):
                self._note(graph, group, len(scores))
                scores.append(nn.Parameter(torch.ones(group[0].dep.target.module.out_channels)))
        self.scores = nn.ParameterList(scores)
        self._graph = graph
        self._hooks = [norm.register_forward_hook(self._gate) for norm in self._norms]

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

    def _gate(self, norm: nn.Module, _inputs: tuple[Tensor, ...], output: Tensor) -> Tensor:
        return output * self._mask(self._norms[norm], output.shape[1]).view(1, -1, 1, 1).to(output.dtype)

    def cost(self) -> Tensor:
        """MACs of the net that the gates leave, in millions; its gradient reaches the scores."""
        total = torch.zeros(())
        for conv, macs in self.macs.items():
            assert isinstance(conv, nn.Conv2d)
            left = torch.ones(())
            for where, channels in ((self._outputs, conv.out_channels), (self._inputs, conv.in_channels)):
                left = left * self._mask(where.get(conv, []), channels).mean()
            total = total + left * (macs / 1e6)
        return total

    def detach_hooks(self) -> None:
        """Let the net run without gates."""
        for hook in self._hooks:
            hook.remove()

    def harden(self, multiple: int = 16) -> None:
        """Remove closed channels for good; what stays of a group is rounded to a multiple, at least one."""
        self.detach_hooks()
        for score, (layer, prune_fn) in zip(self.scores, self.roots, strict=True):
            count = score.numel()
            unit = min(multiple, count)
            opened = int((score > HALF).sum())
            keep = min(count, max(unit, round(opened / unit) * unit))
            closed = torch.argsort(score.detach())[: count - keep].tolist()
            if closed:
                self._graph.get_pruning_group(layer, prune_fn, closed).prune()


@dataclass(frozen=True, slots=True)
class Levels:
    """What steers both levels."""

    budget: float  # C, million MACs
    gamma: float = (
        1.0  # curvature assumed of the lower level: its decay and what stands for the dropped Hessian
    )
    beta: float = 1.0
    score_lr: float = 0.005


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
    cost = levels.beta * ((gates.cost() - levels.budget) / levels.budget) ** 2
    found = torch.autograd.grad(val(net) + cost, [*scores, *weights], allow_unused=True)
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
    """One step of the scores, kept in [0, 1]; returns the cost that the gates leave, in million MACs.

    The gradient is scaled to a mean square of 1 over all scores and not score by score as Adam would: which
    channel matters more than its neighbours is all that there is to learn.
    """
    gradients = upper_gradient(net, gates, train, val, levels)
    scale = torch.cat([g.flatten() for g in gradients]).square().mean().sqrt().clamp_min(1e-12)
    for score, gradient in zip(gates.scores, gradients, strict=True):
        score.grad = gradient / scale
    optimiser.step()
    optimiser.zero_grad(set_to_none=True)
    with torch.no_grad():
        for score in gates.scores:
            score.clamp_(0, 1)
        return float(gates.cost())


def _weights(net: nn.Module) -> list[nn.Parameter]:
    return [p for p in net.parameters() if p.requires_grad]


def _or_zero(gradient: Tensor | None, like: Tensor) -> Tensor:
    return torch.zeros_like(like) if gradient is None else gradient


@torch.no_grad()
def _move(weights: list[nn.Parameter], direction: list[Tensor], factor: float) -> None:
    for weight, part in zip(weights, direction, strict=True):
        weight.add_(part, alpha=factor)
