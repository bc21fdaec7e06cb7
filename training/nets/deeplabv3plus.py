"""DeepLabV3+ over MobileNetV2 for person mattes (Chen et al. 2018; Sandler et al. 2018), as JejuNet has it.

One logit instead of 21 classes. Output stride 16 in the encoder, decoder at 1/4, as in the paper (section 3);
``width`` scales every channel count.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

# expansion, channels, repeats, stride (Sandler et al., table 2); the last stride becomes a dilation.
STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
OUTPUT_STRIDE = 16
LOW_STAGE = 1  # whose output, at 1/4, the decoder adds


@dataclass(frozen=True, slots=True)
class DeeplabConfig:
    """``width`` scales the backbone, ``aspp`` and ``low`` are the channels of pyramid and decoder."""

    width: float = 0.5
    aspp: int = 64
    low: int = 16
    rates: tuple[int, ...] = (3, 6)  # the paper's 6, 12, 18 are for 33x33 maps; ours are 9x16

    def as_dict(self) -> dict[str, object]:
        """Plain values, for checkpoints and cards."""
        return asdict(self)


def channels(count: int, width: float) -> int:
    """Scaled to a multiple of 8, never below 90 % of what was asked (Sandler et al.)."""
    wanted = count * width
    rounded = max(8, int(wanted + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * wanted else rounded


def unit(
    inputs: int, outputs: int, kernel: int = 1, *, stride: int = 1, dilation: int = 1, groups: int = 1,
    act: type[nn.Module] = nn.ReLU6,
) -> nn.Sequential:  # fmt: skip
    """Convolution, batch norm, activation."""
    padding = dilation * (kernel // 2)
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, padding, dilation, groups, bias=False),
        nn.BatchNorm2d(outputs),
        act(),
    )


class Inverted(nn.Module):
    """Inverted residual with a linear bottleneck (Sandler et al., section 3.3)."""

    def __init__(self, inputs: int, outputs: int, expansion: int, stride: int, dilation: int) -> None:
        super().__init__()
        middle = inputs * expansion
        expand = [unit(inputs, middle)] if expansion > 1 else []
        self.body = nn.Sequential(
            *expand,
            unit(middle, middle, 3, stride=stride, dilation=dilation, groups=middle),
            unit(middle, outputs, act=nn.Identity),
        )
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to the block's channels and stride."""
        return x + self.body(x) if self.residual else self.body(x)


class Aspp(nn.Module):
    """Atrous spatial pyramid pooling: 1x1, depthwise-separable dilated 3x3, the mean of the picture."""

    def __init__(self, inputs: int, outputs: int, rates: tuple[int, ...]) -> None:
        super().__init__()
        self.branches = nn.ModuleList(
            [unit(inputs, outputs)]
            + [
                nn.Sequential(unit(inputs, inputs, 3, dilation=r, groups=inputs), unit(inputs, outputs))
                for r in rates
            ]
        )
        self.mean = nn.Sequential(nn.Conv2d(inputs, outputs, 1), nn.ReLU6())
        self.project = unit(outputs * (len(rates) + 2), outputs)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, h, w) to (N, outputs, h, w)."""
        seen = [branch(x) for branch in self.branches]
        return self.project(torch.cat([*seen, self.mean(x.mean((2, 3), keepdim=True)).expand_as(seen[0])], 1))


class Deeplab(nn.Module):
    """Input (N, 3, H, W) RGB in [0, 1]; output (N, 1, H/4, W/4) logits."""

    family = "deeplabv3plus"

    def __init__(self, config: DeeplabConfig | None = None) -> None:
        super().__init__()
        config = config or DeeplabConfig()
        self.config = config
        now = channels(32, config.width)
        self.stem = unit(3, now, 3, stride=2)
        stages, stride, dilation, low = [], 2, 1, now
        for number, (expansion, count, repeats, step) in enumerate(STAGES):
            outputs, rows = channels(count, config.width), []
            first = step if stride * step <= OUTPUT_STRIDE else 1
            dilation, stride = dilation * step // first, stride * first
            for i in range(repeats):
                rows.append(Inverted(now, outputs, expansion, first if i == 0 else 1, dilation))
                now = outputs
            stages.append(nn.Sequential(*rows))
            low = now if number == LOW_STAGE else low
        self.stages = nn.ModuleList(stages)
        self.aspp = Aspp(now, config.aspp, config.rates)
        self.low = unit(low, config.low)
        both = config.aspp + config.low
        self.decode = nn.Sequential(unit(both, both, 3, groups=both), unit(both, config.aspp))
        self.head = nn.Conv2d(config.aspp, 1, 1)
        nn.init.constant_(self.head.bias, -1.0)  # people cover less than half of a picture

    def forward(self, image: Tensor) -> Tensor:
        """Logits at a quarter of the input's resolution."""
        x = self.stem(image)
        low = x
        for number, stage in enumerate(self.stages):
            x = stage(x)
            low = x if number == LOW_STAGE else low
        low = self.low(low)
        x = F.interpolate(self.aspp(x), size=low.shape[2:], mode="bilinear", align_corners=False)
        return self.head(self.decode(torch.cat([x, low], 1)))
