"""Scores a saved net on the evaluation sets while its training still runs."""

from __future__ import annotations

import argparse
import json

import numpy as np
import torch

from training.augment import SIZES, Size
from training.data import Bytes
from training.evaluate import Matte, Segment, load_sets, nearest_size, network_input, score_all
from training.nets import images_seen, load_net
from training.train import add_places


def torch_segmenter(net: torch.nn.Module, sizes: tuple[Size, ...]) -> Segment:
    """A net as a function from picture to matte, at the size nearest to the picture's aspect."""
    net.eval()

    @torch.no_grad()
    def segment(image: Bytes) -> Matte:
        x = torch.from_numpy(network_input(image, nearest_size(image.shape, sizes)))
        return np.asarray(torch.sigmoid(net(x))[0, 0].numpy(), np.float32)

    return segment


def main() -> None:
    """Print one line per set and append the figures to evals.jsonl of the run."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_places(parser)
    parser.add_argument("--only", default="", help="sets whose name holds this")
    parser.add_argument("--sizes", default="full", choices=tuple(SIZES), help="of the net's input")
    args = parser.parse_args()
    torch.set_num_threads(1)
    path = args.work / "average.pt"
    sets = [s for s in load_sets(args.data) if args.only in s.name]
    scores = score_all(sets, torch_segmenter(load_net(path), SIZES[args.sizes]))
    for name, row in scores.items():
        print(f"{name:28s}", json.dumps(row))
    with (args.work / "evals.jsonl").open("a") as file:
        file.write(json.dumps({"images": images_seen(path), "scores": scores}) + "\n")


if __name__ == "__main__":
    main()
