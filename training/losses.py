"""Losses for soft mattes: right region, right edge."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

EDGE_WEIGHT = 4.0


def edge_weight(matte: Tensor) -> Tensor:
    """Weights for (N, 1, H, W): 1 far from the person's outline, up to 1 + EDGE_WEIGHT on it."""
    spread = F.max_pool2d(matte, 5, 1, 2) + F.max_pool2d(-matte, 5, 1, 2)
    return 1 + EDGE_WEIGHT * F.avg_pool2d(spread, 3, 1, 1, count_include_pad=False)


def matte_loss(logits: Tensor, matte: Tensor) -> Tensor:
    """Edge-weighted binary cross entropy + 0.5 dice + 0.5 edge L1.

    Args:
        logits: (N, 1, H, W).
        matte: truth in [0, 1], same shape.

    Returns:
        Scalar. With a perfect prediction of a binary matte it goes to 0; soft pixels leave their entropy.
    """
    weight = edge_weight(matte)
    cross = (
        F.binary_cross_entropy_with_logits(logits, matte, reduction="none") * weight
    ).sum() / weight.sum()
    alpha = torch.sigmoid(logits)
    overlap = (alpha * matte).sum((1, 2, 3))
    area = (alpha**2).sum((1, 2, 3)) + (matte**2).sum((1, 2, 3))
    dice = (1 - (2 * overlap + 8) / (area + 8)).mean()  # + 8 px: an empty room is no division by zero
    edge = (((alpha - matte).abs() * (weight - 1)).sum() / (weight - 1).sum().clamp_min(1.0)).float()
    return cross + 0.5 * dice + 0.5 * edge


def unsteadiness(logits: Tensor, matte: Tensor) -> Tensor:
    """How much the mattes of picture pairs (0, 1), (2, 3)… differ where the truth does not: flicker.

    Args:
        logits: (2 N, 1, H, W).
        matte: truth in [0, 1], same shape.

    Returns:
        Scalar: mean |difference of alpha|, each pixel weighed by how still its truth is, in units of 1 %.
    """
    alpha = torch.sigmoid(logits)
    still = (1 - 20 * (matte[0::2] - matte[1::2]).abs()).clamp_min(0)
    return 100 * ((alpha[0::2] - alpha[1::2]).abs() * still).sum() / still.sum().clamp_min(1.0)


def truth_at(matte: Tensor, shape: torch.Size) -> Tensor:
    """Matte (N, 1, H, W) averaged down to the network's output resolution."""
    return F.avg_pool2d(matte, matte.shape[-1] // shape[-1])
