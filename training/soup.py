"""Averages the weights of two saved nets of one shape: two stages of one training often make a better third.

Model soup (Wortsman et al. 2022, section 3) with two ingredients. Batch-norm statistics are averaged too.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from torch import nn

from training.nets import images_seen, load_net, save_net


@torch.no_grad()
def soup(first: nn.Module, second: nn.Module, share: float = 0.5) -> nn.Module:
    """``first`` in place, every floating-point value this share of the way to ``second``'s."""
    other = second.state_dict()
    for name, value in first.state_dict().items():
        if value.shape != other[name].shape:
            raise ValueError(
                f"{name} is {tuple(value.shape)} in one net and {tuple(other[name].shape)} in the other"
            )
        if value.is_floating_point():
            value.lerp_(other[name], share)
    return first


def main() -> None:
    """Write --work/average.pt, where training.export looks for it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("nets", type=Path, nargs=2)
    parser.add_argument("--share", type=float, default=0.5, help="of the second net, 0 to 1")
    parser.add_argument("--work", type=Path, required=True)
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    net = soup(*(load_net(path) for path in args.nets), share=args.share)
    save_net(net, args.work / "average.pt", max(images_seen(path) for path in args.nets))


if __name__ == "__main__":
    main()
