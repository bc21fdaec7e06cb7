"""The nets that can be trained, by name, and how they are kept on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import nn

from training.nets.deeplabv3plus import Deeplab, DeeplabConfig
from training.nets.pidnet import Pidnet, PidnetConfig
from training.nets.pp_mobileseg import PpMobileseg, PpMobilesegConfig
from training.nets.unet import Unet, UnetConfig

FAMILIES: dict[str, tuple[Any, Any]] = {
    "unet": (Unet, UnetConfig),
    "pidnet": (Pidnet, PidnetConfig),
    "pp-mobileseg": (PpMobileseg, PpMobilesegConfig),
    "deeplabv3plus": (Deeplab, DeeplabConfig),
}

DESIGNS: dict[str, Any] = {
    "unet": UnetConfig(),
    "unet-slim": UnetConfig(widths=(16, 16, 48, 80)),  # about Balanced's MACs
    "unet-fine": UnetConfig(fine=True),
    "unet-tiny": UnetConfig(widths=(16, 16, 16, 16), depths=(1, 1, 3), decoder=(1, 1)),  # for tests
    "pidnet": PidnetConfig(),
    "pidnet-s": PidnetConfig(width=32, detail=False),
    "pp-mobileseg-tiny": PpMobilesegConfig(eighth=False),
    "pp-mobileseg-x8": PpMobilesegConfig(),
    "deeplabv3plus": DeeplabConfig(),
}


def save_net(net: nn.Module, path: Path, images: int) -> None:
    """Weights in half precision and the shape they belong to; small enough to be committed."""
    config: Any = net.config
    weights = {name: v.half() if v.is_floating_point() else v for name, v in net.state_dict().items()}
    shapes = {name: list(v.shape) for name, v in weights.items()}
    state = {
        "family": net.family, "config": config.as_dict(), "shapes": shapes, "weights": weights,
        "images": images,
    }  # fmt: skip
    torch.save(state, path.with_suffix(".part"))
    path.with_suffix(".part").replace(path)


def load_net(source: str | Path) -> Any:
    """A fresh net of a named design, or a saved one with its weights (pruned ones too)."""
    if str(source) in DESIGNS:
        config = DESIGNS[str(source)]
        return next(net(config) for net, shape in FAMILIES.values() if isinstance(config, shape))
    state = torch.load(source, map_location="cpu", weights_only=True)
    config = {k: tuple(v) if isinstance(v, list) else v for k, v in state["config"].items()}
    design, shape = FAMILIES[state.get("family", "unet")]
    net = design(shape(**config))
    _reshape(net, state["shapes"])
    net.load_state_dict({k: v.float() if v.is_floating_point() else v for k, v in state["weights"].items()})
    return net


def images_seen(path: Path) -> int:
    """How many training images a saved net has learnt from."""
    return int(torch.load(path, map_location="cpu", weights_only=True)["images"])


def _reshape(net: nn.Module, shapes: dict[str, list[int]]) -> None:
    """Give the layers of a fresh net the channels that pruning left."""
    for name, module in net.named_modules():
        if isinstance(module, nn.Conv2d):
            outputs, inputs = shapes[f"{name}.weight"][:2]
            module.in_channels, module.out_channels = inputs * module.groups, outputs
            module.weight = nn.Parameter(torch.zeros(outputs, inputs, *module.kernel_size))
            if module.bias is not None:
                module.bias = nn.Parameter(torch.zeros(outputs))
        elif isinstance(module, nn.BatchNorm2d):
            fresh = nn.BatchNorm2d(shapes[f"{name}.weight"][0])
            parent = net.get_submodule(name.rpartition(".")[0])
            setattr(parent, name.rpartition(".")[2], fresh)
