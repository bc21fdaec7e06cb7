"""Muon: momentum with orthogonalised updates for convolution kernels (Jordan et al. 2024).

torch.optim.Muon takes matrices only; kernels are flattened here to (outputs, inputs * k * k).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn

_NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)  # quintic whose iterates drive singular values towards 1


def orthogonalise(matrix: Tensor, steps: int = 5) -> Tensor:
    """(m, n) -> about U V^T of its singular value decomposition, by Newton-Schulz iteration in bf16."""
    a, b, c = _NEWTON_SCHULZ
    x = (matrix / (matrix.norm() + 1e-7)).bfloat16()
    tall = x.shape[0] > x.shape[1]
    x = x.T if tall else x
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return (x.T if tall else x).to(matrix.dtype)


class Muon(torch.optim.Optimizer):
    """Orthogonalised Nesterov momentum with decoupled weight decay, for parameters of two or more axes."""

    def __init__(
        self, params: Iterable[Tensor], lr: float, momentum: float = 0.95, weight_decay: float = 0.0
    ) -> None:
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """One update of every kernel that has a gradient."""
        assert closure is None, "Muon takes no closure"
        for group in self.param_groups:
            for param in group["params"]:
                if param.grad is not None:
                    self._update(param, group)

    def _update(self, param: Tensor, group: dict[str, Any]) -> None:
        state = self.state[param]
        if "momentum" not in state:
            state["momentum"] = torch.zeros_like(param)
        velocity = state["momentum"].mul_(group["momentum"]).add_(param.grad, alpha=1 - group["momentum"])
        update = param.grad.lerp(velocity, group["momentum"]).reshape(param.shape[0], -1)
        scale = max(1.0, update.shape[0] / update.shape[1]) ** 0.5
        param.mul_(1 - group["lr"] * group["weight_decay"])
        param.add_(orthogonalise(update).reshape(param.shape), alpha=-group["lr"] * scale)


class Optimisers:
    """AdamW for vectors, the first and last layer and what is ``beside`` the net; Muon, if asked, else."""

    def __init__(
        self,
        net: nn.Module,
        muon: bool,
        lr: float,
        muon_lr: float,
        weight_decay: float,
        *,
        beside: Iterable[nn.Parameter] = (),
    ) -> None:
        kernels = [
            p
            for n, p in net.named_parameters()
            if muon and p.ndim == 4 and not n.startswith(("stem", "head"))
        ]
        chosen = {id(p) for p in kernels}
        rest = [p for p in net.parameters() if id(p) not in chosen] + list(beside)
        decay = [p for p in rest if p.ndim > 1]
        plain = [p for p in rest if p.ndim <= 1]
        groups = [{"params": decay, "weight_decay": weight_decay}, {"params": plain, "weight_decay": 0.0}]
        self._all: list[torch.optim.Optimizer] = [torch.optim.AdamW(groups, lr=lr, betas=(0.9, 0.99))]
        self._peaks = [lr]
        if kernels:
            self._all.append(Muon(kernels, muon_lr, weight_decay=weight_decay))
            self._peaks.append(muon_lr)

    def step(self, factor: float) -> None:
        """Update with every peak learning rate times ``factor``, then clear the gradients."""
        for optimiser, peak in zip(self._all, self._peaks, strict=True):
            for group in optimiser.param_groups:
                group["lr"] = peak * factor
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)

    def state_dict(self) -> list[dict[str, Any]]:
        """States in a fixed order."""
        return [o.state_dict() for o in self._all]

    def load_state_dict(self, states: list[dict[str, Any]]) -> None:
        """Put back what state_dict gave."""
        for optimiser, state in zip(self._all, states, strict=True):
            optimiser.load_state_dict(state)
