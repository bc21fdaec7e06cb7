"""PP-MobileSeg-Tiny for person mattes (Tang et al. 2023, "PP-MobileSeg", sections 3.1 to 3.3).

StrideFormer: MobileNetV3 blocks with strided Sea attention after the third and fourth stage. AAM fuses 1/8
… 1/32. One logit difference instead of classes: that is what VIM needs in its two-class form
(training.zoo.vim). ``eighth`` takes the AAMSx8 variant that the paper's Base uses: fusion at 1/8 instead of
1/16.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

# kernel, expanded channels, outputs, squeeze-excite, activation, stride
Row = tuple[int, int, int, bool, type[nn.Module], int]
STEM = 16
TINY: tuple[tuple[Row, ...], ...] = (
    ((3, 16, 16, True, nn.ReLU, 1), (3, 64, 32, False, nn.ReLU, 2), (3, 48, 24, False, nn.ReLU, 1)),
    ((5, 96, 32, True, nn.Hardswish, 2), (5, 96, 32, True, nn.Hardswish, 1)),
    ((5, 160, 64, True, nn.Hardswish, 2), (5, 160, 64, True, nn.Hardswish, 1)),
    ((3, 384, 128, True, nn.Hardswish, 2), (3, 384, 128, True, nn.Hardswish, 1)),
)
KEY_DIMS = {2: 16, 3: 24}  # stage -> channels per head of query and key
FEED_RATIOS = {2: 2, 3: 4}  # stage -> width of the feed-forward part
HEADS, DEPTH, RATIO = 4, 2, 2
POSITIONS = 16  # entries of a position embedding, stretched to the map


@dataclass(frozen=True, slots=True)
class PpMobilesegConfig:
    """``eighth``: fuse at 1/8 (AAMSx8) instead of 1/16; ``deep_attention``: Sea attention at 1/32 as well."""

    fused: int = 256
    eighth: bool = True
    deep_attention: bool = True

    def as_dict(self) -> dict[str, object]:
        """Plain values, for checkpoints and cards."""
        return asdict(self)


def conv_norm(inputs: int, outputs: int, kernel: int = 1, stride: int = 1, groups: int = 1) -> nn.Sequential:
    """Convolution and batch norm."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
    )


class SqueezeExcite(nn.Module):
    """Channel weights from the picture's mean (Howard et al. 2019, section 5.3)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.down, self.up = nn.Conv2d(channels, channels // 4, 1), nn.Conv2d(channels // 4, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to the same shape."""
        return x * F.hardsigmoid(self.up(F.relu(self.down(x.mean((2, 3), keepdim=True)))))


class Mv3(nn.Module):
    """MobileNetV3 block."""

    def __init__(self, inputs: int, row: Row) -> None:
        super().__init__()
        kernel, middle, outputs, squeeze, act, stride = row
        self.body = nn.Sequential(
            conv_norm(inputs, middle),
            act(),
            conv_norm(middle, middle, kernel, stride, middle),
            act(),
            SqueezeExcite(middle) if squeeze else nn.Identity(),
            conv_norm(middle, outputs),
        )
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to the block's channels and stride."""
        return x + self.body(x) if self.residual else self.body(x)


class Axis(nn.Module):
    """Multi-head attention along one axis of a map whose other axis was averaged away."""

    def __init__(self, channels: int, key_dim: int) -> None:
        super().__init__()
        self.key_dim = key_dim
        self.at_query = nn.Parameter(torch.randn(1, HEADS * key_dim, POSITIONS) * 0.02)
        self.at_key = nn.Parameter(torch.randn(1, HEADS * key_dim, POSITIONS) * 0.02)
        self.project = nn.Sequential(
            nn.ReLU6(), nn.Conv2d(channels, channels, 1, bias=False), nn.BatchNorm2d(channels)
        )

    def forward(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """Three (N, C, length) to (N, channels, length, 1)."""
        query = query + F.interpolate(self.at_query, size=query.shape[-1:], mode="linear")
        key = key + F.interpolate(self.at_key, size=key.shape[-1:], mode="linear")
        q, k, v = (t.unflatten(1, (HEADS, -1)).transpose(2, 3) for t in (query, key, value))
        weights = torch.softmax(q @ k.transpose(2, 3) * self.key_dim**-0.5, -1)
        return self.project((weights @ v).transpose(2, 3).flatten(1, 2).unsqueeze(-1))


class Sea(nn.Module):
    """Strided squeeze-enhanced axial attention (section 3.2), at half the map's size."""

    def __init__(self, channels: int, key_dim: int) -> None:
        super().__init__()
        keys, values = HEADS * key_dim, HEADS * key_dim * RATIO
        self.stride = conv_norm(channels, channels, 3, 2, channels)
        self.query, self.key = conv_norm(channels, keys), conv_norm(channels, keys)
        self.value = conv_norm(channels, values)
        both = keys * 2 + values
        self.detail = nn.Sequential(
            conv_norm(both, both, 3, groups=both), nn.ReLU6(), conv_norm(both, channels)
        )
        self.rows, self.columns = Axis(values, key_dim), Axis(values, key_dim)
        self.project = nn.Sequential(nn.ReLU6(), conv_norm(values, channels))

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to the same shape."""
        small = self.stride(x)
        query, key, value = self.query(small), self.key(small), self.value(small)
        detail = self.detail(torch.cat([query, key, value], 1))
        rows = self.rows(*(t.mean(3) for t in (query, key, value)))
        columns = self.columns(*(t.mean(2) for t in (query, key, value))).transpose(2, 3)
        out = F.hardsigmoid(self.project(value + rows + columns)) * detail
        return _to(out, x.shape[2:])


class Transformer(nn.Module):
    """Attention and a feed-forward net with a depthwise 3x3, each beside an identity."""

    def __init__(self, channels: int, key_dim: int, ratio: int) -> None:
        super().__init__()
        self.attention = Sea(channels, key_dim)
        middle = channels * ratio
        self.feed = nn.Sequential(
            conv_norm(channels, middle),
            conv_norm(middle, middle, 3, groups=middle),
            nn.ReLU6(),
            conv_norm(middle, channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to the same shape."""
        x = x + self.attention(x)
        return x + self.feed(x)


class Aam(nn.Module):
    """Aggregated attention module (section 3.3): detail and context vote, the deepest map is added.

    The whole form works at 1/16. ``eighth`` is its simple form at 1/8 (AAMSx8): only the deeper maps vote.
    The gate is a hard sigmoid.
    """

    def __init__(self, inputs: tuple[int, int, int], outputs: int, *, eighth: bool) -> None:
        super().__init__()
        self.eighth = eighth
        embedded, voting = ((0, 2), (1, 2)) if eighth else ((0, 1, 2), (0, 1, 2))
        self.embed = nn.ModuleDict({str(i): conv_norm(inputs[i], outputs) for i in embedded})
        self.vote = nn.ModuleDict({str(i): conv_norm(inputs[i], outputs) for i in voting})

    def forward(self, *maps: Tensor) -> Tensor:
        """Maps at 1/8, 1/16 and 1/32 to one at 1/8 or 1/16."""
        if not self.eighth:
            maps = (F.avg_pool2d(maps[0], 2), *maps[1:])
        size = maps[0].shape[2:]
        embedded = {i: _to(embed(maps[int(i)]), size) for i, embed in self.embed.items()}
        context, detail = embedded.pop("2"), embedded.pop("0")
        for other in embedded.values():
            detail = detail + other
        for i, vote in self.vote.items():
            detail = detail * _to(F.hardsigmoid(vote(maps[int(i)])), size)
        return detail + context


class PpMobileseg(nn.Module):
    """Input (N, 3, H, W) RGB in [0, 1]; output (N, 1, H/8, W/8) logit difference, H/16 without ``eighth``."""

    family = "pp-mobileseg"

    def __init__(self, config: PpMobilesegConfig | None = None) -> None:
        super().__init__()
        config = config or PpMobilesegConfig()
        self.config = config
        self.stem = nn.Sequential(conv_norm(3, STEM, 3, 2), nn.Hardswish())
        now, self.stages, self.attention = STEM, nn.ModuleList(), nn.ModuleDict()
        outputs = []
        for number, rows in enumerate(TINY):
            parts = []
            for row in rows:
                parts.append(Mv3(now, row))
                now = row[2]
            self.stages.append(nn.Sequential(*parts))
            outputs.append(now)
            if number in KEY_DIMS and (number == 2 or config.deep_attention):
                self.attention[str(number)] = nn.Sequential(
                    *(Transformer(now, KEY_DIMS[number], FEED_RATIOS[number]) for _ in range(DEPTH))
                )
        self.aam = Aam((outputs[1], outputs[2], outputs[3]), config.fused, eighth=config.eighth)
        fused = config.fused
        self.mix = nn.Sequential(conv_norm(fused, fused, 1, groups=fused), nn.ReLU(), nn.Dropout2d(0.1))
        self.head = nn.Conv2d(fused, 1, 1)
        nn.init.constant_(self.head.bias, -1.0)  # people cover less than half of a picture

    def forward(self, image: Tensor) -> Tensor:
        """Logits at 1/8 (or 1/16) of the input's resolution."""
        x, maps = self.stem(image), []
        for number, stage in enumerate(self.stages):
            x = stage(x)
            if str(number) in self.attention:
                x = self.attention[str(number)](x)
            maps.append(x)
        return self.head(self.mix(self.aam(*maps[1:])))


def _to(x: Tensor, size: torch.Size) -> Tensor:
    return F.interpolate(x, size=size, mode="bilinear")
