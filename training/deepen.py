"""Adds residual blocks at 1/16 to a saved U-net: a wider view and more depth, changing nothing at first.

The last norm of each block starts at zero (Goyal et al. 2017, section 5.1), so what comes out is what went in
until training finds a use for it. A net shaped on small inputs sees less of a larger one: at 144×256 the two
blocks of the default look 231 px wide, nearly the whole frame; at 224×400 that is little more than half.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from torch import nn

from training.nets import images_seen, load_net, save_net
from training.nets.unet import Residual, Unet, UnetConfig, dilations

FEWEST = 16  # channels inside a block: what the int8 kernels work on at once


def deepen(net: Unet, inner: int, blocks: int = 1) -> Unet:
    """A net with ``blocks`` more residual blocks of ``inner`` channels inside, and the same answer.

    Raises:
        ValueError: with less than one block or fewer than 16 channels inside.
    """
    if blocks < 1 or inner < FEWEST:
        raise ValueError(f"wanted a block of {FEWEST} channels or more, got {blocks} of {inner}")
    *before, context = net.deep.children()
    channels = context.project.out_channels
    have = sum(isinstance(layer, Residual) for layer in before)
    added = [Residual(channels, dilation, inner) for dilation in dilations(have + blocks)[have:]]
    for block in added:
        nn.init.zeros_(block.norm.weight)
    net.deep = nn.Sequential(*before, *added, context)
    net.config = _deeper(net.config, blocks)
    return net


def _deeper(config: UnetConfig, blocks: int) -> UnetConfig:
    quarter, eighth, deep = config.depths
    return replace(config, depths=(quarter, eighth, deep + 2 * blocks))


def main() -> None:
    """Write --work/deeper.pt, for training.train to go on from."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("net", type=Path)
    parser.add_argument("--inner", type=int, required=True, help="channels inside a block, a multiple of 16")
    parser.add_argument("--blocks", type=int, default=1)
    parser.add_argument("--work", type=Path, required=True)
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    deeper = deepen(load_net(args.net), args.inner, args.blocks)
    save_net(deeper, args.work / "deeper.pt", images_seen(args.net))


if __name__ == "__main__":
    main()
