"""Structured Hoyer-Square: pushes whole lines of attention kernels to zero (TPrune, Mao et al. 2021).

For the rows w_1 … w_n of a layer's matrix the penalty is (sum ||w_i||)^2 / sum ||w_i||^2. It lies between 1
(one row lives) and n (all alike) and does not care about the weights' scale (Yang et al. 2020, DeepHoyer,
eq. 5). A line is a kernel's row as it acts, with the batch norm behind it folded in: the norm would undo
any change of the kernel's own length.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

LINES = {"query", "key", "value", "project"}


def hoyer_square_of(matrix: Tensor) -> Tensor:
    """(rows, values) -> the penalty of its rows, a scalar in [1, rows]."""
    return _penalty(matrix.square().sum(1).add(1e-12).sqrt())


def hoyer_square(net: nn.Module) -> Tensor:
    """Mean penalty of the attention's lines as a share of its maximum, in (0, 1]; 0 without any."""
    shares = [
        _penalty(lengths) / lengths.numel() for lengths in (line_lengths(*pair) for pair in attention(net))
    ]
    return torch.stack(shares).mean() if shares else torch.zeros(())


def attention(net: nn.Module) -> Iterator[tuple[nn.Conv2d, nn.BatchNorm2d]]:
    """The attention's projections, each with its batch norm."""
    for name, module in net.named_modules():
        if isinstance(module, nn.Conv2d) and "attention" in (parts := name.split(".")) and LINES & set(parts):
            norm = net.get_submodule(".".join([*parts[:-1], str(int(parts[-1]) + 1)]))
            assert isinstance(norm, nn.BatchNorm2d)
            yield module, norm


def line_lengths(conv: nn.Conv2d, norm: nn.BatchNorm2d) -> Tensor:
    """(outputs,): length of each output's kernel times the factor of its batch norm."""
    assert norm.running_var is not None
    own = conv.weight.flatten(1).square().sum(1)
    return (own * norm.weight.square() / (norm.running_var + norm.eps)).add(1e-12).sqrt()


@torch.no_grad()
def close_lines(net: nn.Module, share: float) -> None:
    """Silence the shortest ``share`` of each layer's lines, in place: their channels become zero."""
    for conv, norm in attention(net):
        least = torch.argsort(line_lengths(conv, norm))[: round(share * conv.out_channels)]
        conv.weight[least] = 0
        norm.weight[least] = 0
        norm.bias[least] = 0


def _penalty(lengths: Tensor) -> Tensor:
    return lengths.sum().square() / lengths.square().sum()
