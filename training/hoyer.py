"""Structured Hoyer-Square: pushes whole channels of attention kernels to zero (TPrune, Mao et al. 2021).

For the rows w_1 … w_n of a layer's matrix the penalty is (sum ||w_i||)^2 / sum ||w_i||^2. It lies between 1
(one row lives) and n (all alike) and does not care about the weights' scale (Yang et al. 2020, DeepHoyer,
eq. 5).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

LINES = {"query", "key", "value", "project"}


def hoyer_square_of(matrix: Tensor) -> Tensor:
    """(rows, values) -> the penalty of its rows, a scalar in [1, rows]."""
    norms = matrix.square().sum(1).add(1e-12).sqrt()
    return norms.sum().square() / norms.square().sum()


def hoyer_square(net: nn.Module) -> Tensor:
    """Mean penalty of the attention kernels as a share of its maximum, in (0, 1]; 0 without any."""
    shares = [
        hoyer_square_of(module.weight.flatten(1)) / module.weight.shape[0]
        for name, module in net.named_modules()
        if isinstance(module, nn.Conv2d) and "attention" in (parts := name.split(".")) and LINES & set(parts)
    ]
    return torch.stack(shares).mean() if shares else torch.zeros(())
