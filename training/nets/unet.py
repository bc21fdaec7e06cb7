"""A dense 3x3 U-net for person mattes, shaped by what ONNX Runtime runs fast on one CPU thread.

Plain operators only (Conv, ReLU, Add, nearest Resize, GlobalAveragePool, DepthToSpace), channels in multiples
of 16, the deepest stage at 1/16 so that every input size that is a multiple of 16 works without padding.
The encoder-decoder follows U-Net (Ronneberger et al. 2015, section 2) with additive instead of concatenated
skips; the output head is a sub-pixel convolution (Shi et al. 2016, section 3.2).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

STRIDE = 16  # inputs must be multiples of this
OUTPUT_STRIDE = 2


@dataclass(frozen=True, slots=True)
class UnetConfig:
    """Channels and depths of one U-net.

    ``widths`` are the channels at 1/2, 1/4, 1/8 and 1/16; ``depths`` the convolutions at 1/4, 1/8 and 1/16
    including the strided one; ``decoder`` the convolutions at 1/8 and 1/4; ``fine`` adds a stage at 1/2.
    """

    widths: tuple[int, int, int, int] = (16, 32, 64, 128)
    depths: tuple[int, int, int] = (2, 3, 6)
    decoder: tuple[int, int] = (1, 2)
    fine: bool = False

    def as_dict(self) -> dict[str, object]:
        """Plain values, for checkpoints and cards."""
        return asdict(self)


def conv(inputs: int, outputs: int, stride: int = 1, dilation: int = 1, kernel: int = 3) -> nn.Sequential:
    """Convolution, batch norm, ReLU; the batch norm is folded away at export."""
    padding = dilation * (kernel // 2)
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, padding, dilation, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


class Residual(nn.Module):
    """Two 3x3 convolutions beside an identity: only used at 1/16, where an addition costs next to nothing."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.first = conv(channels, channels, dilation=dilation)
        self.second = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to the same shape."""
        return F.relu(x + self.norm(self.second(self.first(x))))


class Context(nn.Module):
    """Adds what the whole picture says to every place: a global mean through a 1x1 convolution."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.project = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to the same shape."""
        return F.relu(x + self.project(F.adaptive_avg_pool2d(x, 1)))


class Unet(nn.Module):
    """Person matte network.

    Input (N, 3, H, W) RGB in [0, 1], H and W multiples of 16; output (N, 1, H/2, W/2) logits.
    """

    family = "unet"

    def __init__(self, config: UnetConfig | None = None) -> None:
        super().__init__()
        config = config or UnetConfig()
        self.config = config
        half, quarter, eighth, deep = config.widths
        self.stem = conv(3, half, stride=2)
        self.quarter = _stage(half, quarter, config.depths[0])
        self.eighth = _stage(quarter, eighth, config.depths[1])
        self.deep = nn.Sequential(
            conv(eighth, deep, stride=2),
            *(Residual(deep, dilation) for dilation in _dilations((config.depths[2] - 1) // 2)),
            Context(deep),
        )
        self.to_eighth = _project(deep, eighth)
        self.decode_eighth = nn.Sequential(*(conv(eighth, eighth) for _ in range(config.decoder[0])))
        self.to_quarter = _project(eighth, quarter)
        self.decode_quarter = nn.Sequential(*(conv(quarter, quarter) for _ in range(config.decoder[1])))
        if config.fine:
            self.to_half = _project(quarter, half)
            self.decode_half = conv(half, half)
            self.head = nn.Conv2d(half, 1, 3, padding=1)
        else:
            self.head = nn.Conv2d(quarter, 4, 3, padding=1)
        nn.init.constant_(self.head.bias, -1.0)

    def forward(self, image: Tensor) -> Tensor:
        """Logits at half the input's resolution."""
        half = self.stem(image)
        quarter = self.quarter(half)
        eighth = self.eighth(quarter)
        x = self.deep(eighth)
        x = self.decode_eighth(F.relu(_up(self.to_eighth(x)) + eighth))
        x = self.decode_quarter(F.relu(_up(self.to_quarter(x)) + quarter))
        if self.config.fine:
            return self.head(self.decode_half(F.relu(_up(self.to_half(x)) + half)))
        return F.pixel_shuffle(self.head(x), 2)


def _stage(inputs: int, outputs: int, depth: int) -> nn.Sequential:
    return nn.Sequential(conv(inputs, outputs, stride=2), *(conv(outputs, outputs) for _ in range(depth - 1)))


def _project(inputs: int, outputs: int) -> nn.Sequential:
    """1x1 convolution and batch norm without ReLU: it is added to the skip first."""
    return nn.Sequential(nn.Conv2d(inputs, outputs, 1, bias=False), nn.BatchNorm2d(outputs))


def _dilations(blocks: int) -> tuple[int, ...]:
    """1, 2, 3, 1, 2, 3…: a wide view at 1/16 without a stage at 1/32."""
    return tuple(1 + i % 3 for i in range(blocks))


def _up(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2.0, mode="nearest")


def count_params(net: nn.Module) -> int:
    """Number of learned values."""
    return sum(p.numel() for p in net.parameters())


def count_mmac(net: nn.Module, size: tuple[int, int] = (144, 256)) -> float:
    """Multiply-accumulates of the convolutions for one picture, in millions."""
    total = 0

    def add(module: nn.Module, _inputs: tuple[Tensor, ...], output: Tensor) -> None:
        nonlocal total
        assert isinstance(module, nn.Conv2d)
        total += output[0].numel() * module.weight[0].numel()

    handles = [m.register_forward_hook(add) for m in net.modules() if isinstance(m, nn.Conv2d)]
    mode = net.training
    with torch.no_grad():
        net.eval()(torch.zeros(1, 3, *size))
    net.train(mode)
    for handle in handles:
        handle.remove()
    return total / 1e6


__all__ = ["OUTPUT_STRIDE", "STRIDE", "Unet", "UnetConfig", "count_mmac", "count_params"]
