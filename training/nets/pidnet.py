"""PIDNet for person mattes (Xu et al. 2023, "PIDNet: a real-time semantic segmentation network", section 3).

Three branches: P keeps detail at 1/8, I sees context down to 1/64, D finds edges and steers the fusion. One
logit instead of two classes. Not in the paper: ``detail`` replaces the end at 1/8 by a decoder to 1/2 over
the stem's features, because 1/8 of a small input caps person IoU at about .95.
"""

from __future__ import annotations

import copy
from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

POOLS = ((5, 2, 2), (9, 4, 4), (17, 8, 8))  # kernel, stride, padding of PAPPM's average pools
EDGE_SURE = 0.8  # the D branch trusts itself above this


@dataclass(frozen=True, slots=True)
class PidnetConfig:
    """``width`` is the stem's channels (32 = PIDNet-S, 16 = half width); ``shallow`` m, ``deep`` n."""

    width: int = 16
    shallow: int = 2
    deep: int = 3
    detail: bool = True

    def as_dict(self) -> dict[str, object]:
        """Plain values, for checkpoints and cards."""
        return asdict(self)


def conv_norm(inputs: int, outputs: int, kernel: int = 1, stride: int = 1) -> nn.Sequential:
    """Convolution and batch norm."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outputs)
    )


def norm_conv(inputs: int, outputs: int, kernel: int = 1, groups: int = 1) -> nn.Sequential:
    """Batch norm, ReLU, convolution: pre-activation."""
    return nn.Sequential(
        nn.BatchNorm2d(inputs),
        nn.ReLU(),
        nn.Conv2d(inputs, outputs, kernel, 1, kernel // 2, groups=groups, bias=False),
    )


class Block(nn.Module):
    """Residual block: two 3x3 (basic), or 1x1, 3x3, 1x1 to twice the channels (bottleneck); no last ReLU."""

    def __init__(self, inputs: int, channels: int, stride: int = 1, *, bottleneck: bool = False) -> None:
        super().__init__()
        outputs = channels * 2 if bottleneck else channels
        if bottleneck:
            kernels = ((inputs, channels, 1, 1), (channels, channels, 3, stride), (channels, outputs, 1, 1))
        else:
            kernels = ((inputs, channels, 3, stride), (channels, channels, 3, 1))
        parts: list[nn.Module] = []
        for i, (a, b, kernel, step) in enumerate(kernels):
            parts += [nn.ReLU()] * (i > 0) + [conv_norm(a, b, kernel, step)]
        self.body = nn.Sequential(*parts)
        same = stride == 1 and inputs == outputs
        self.shortcut = nn.Identity() if same else conv_norm(inputs, outputs, 1, stride)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to the block's channels and stride."""
        return self.body(x) + self.shortcut(x)


def blocks(
    inputs: int, channels: int, count: int, stride: int = 1, *, bottleneck: bool = False
) -> nn.Sequential:
    """``count`` blocks with ReLU between them and none after the last."""
    outputs = channels * 2 if bottleneck else channels
    parts: list[nn.Module] = [Block(inputs, channels, stride, bottleneck=bottleneck)]
    for _ in range(count - 1):
        parts += [nn.ReLU(), Block(outputs, channels, bottleneck=bottleneck)]
    return nn.Sequential(*parts)


def resize(x: Tensor, like: Tensor) -> Tensor:
    """Bilinear, half-pixel centres (align_corners False everywhere, also where the reference mixes)."""
    return F.interpolate(x, size=like.shape[2:], mode="bilinear", align_corners=False)


class Pag(nn.Module):
    """Pixel-attention-guided fusion (section 3.2): s = sigmoid(f_x(x) . f_y(y)), (1 - s) x + s y."""

    def __init__(self, channels: int, middle: int) -> None:
        super().__init__()
        self.of_x = conv_norm(channels, middle)
        self.of_y = conv_norm(channels, middle)
        self.ones = nn.Conv2d(middle, 1, 1, bias=False).requires_grad_(requires_grad=False)  # the sum over c
        nn.init.ones_(self.ones.weight)
        self.traced: list[Tensor] | None = None

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """Of the P branch x (N, C, H, W) and of the I branch y (N, C, h, w), h <= H."""
        product = self.of_x(x) * resize(self.of_y(y), x)
        y = resize(y, x)
        if self.traced is not None:  # Torch-Pruning cannot follow a one-channel factor: only its couplings
            self.traced.append(self.ones(product))
            return x + y
        sigma = torch.sigmoid(product.sum(1, keepdim=True))
        return x + sigma * (y - x)


class Bag(nn.Module):
    """Light boundary-attention-guided fusion (section 3.4): edges from P, the rest from I."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.of_p, self.of_i = conv_norm(channels, channels), conv_norm(channels, channels)

    def forward(self, p: Tensor, i: Tensor, d: Tensor) -> Tensor:
        """Three (N, C, H, W) to one."""
        edge = torch.sigmoid(d)
        return self.of_p((1 - edge) * i + p) + self.of_i(i + edge * p)


class Pappm(nn.Module):
    """Parallel aggregation pyramid pooling (section 3.3)."""

    def __init__(self, inputs: int, middle: int, outputs: int) -> None:
        super().__init__()
        self.whole = norm_conv(inputs, middle)
        self.scales = nn.ModuleList(norm_conv(inputs, middle) for _ in range(len(POOLS) + 1))
        self.process = norm_conv(middle * 4, middle * 4, 3, groups=4)
        self.compress = norm_conv(middle * 5, outputs)
        self.shortcut = norm_conv(inputs, outputs)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, h, w) to (N, outputs, h, w)."""
        whole = self.whole(x)
        pooled = [F.avg_pool2d(x, k, s, p) for k, s, p in POOLS] + [x.mean((2, 3), keepdim=True)]
        scales = [resize(scale(part), x) + whole for scale, part in zip(self.scales, pooled, strict=True)]
        return self.compress(torch.cat([whole, self.process(torch.cat(scales, 1))], 1)) + self.shortcut(x)


class Detail(nn.Module):
    """From 1/8 over the stem's 1/4 to logits at 1/2; not in the paper."""

    def __init__(self, inputs: int, stem: int, channels: int) -> None:
        super().__init__()
        self.down = conv_norm(inputs, channels)
        self.skip = conv_norm(stem, channels)
        self.mix = nn.Sequential(nn.ReLU(), conv_norm(channels, channels, 3), nn.ReLU())
        self.last = nn.Conv2d(channels, 4, 3, padding=1)
        nn.init.constant_(self.last.bias, -1.0)  # people cover less than half of a picture

    def forward(self, x: Tensor, stem: Tensor) -> Tensor:
        """Take x at 1/8 and the stem at 1/4."""
        return F.pixel_shuffle(self.last(self.mix(resize(self.down(x), stem) + self.skip(stem))), 2)


class Head(nn.Module):
    """Batch norm, ReLU, 3x3, batch norm, ReLU, 1x1 to one logit."""

    def __init__(self, inputs: int, middle: int) -> None:
        super().__init__()
        self.first, self.norm = norm_conv(inputs, middle, 3), nn.BatchNorm2d(middle)
        self.last = nn.Conv2d(middle, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to (N, 1, H, W)."""
        return self.last(F.relu(self.norm(self.first(x))))


class Pidnet(nn.Module):
    """Input (N, 3, H, W) RGB in [0, 1]; output (N, 1, H/2, W/2) logits, H/8 without the detail decoder."""

    family = "pidnet"

    def __init__(self, config: PidnetConfig | None = None) -> None:
        super().__init__()
        config = config or PidnetConfig()
        self.config = config
        p, m, n = config.width, config.shallow, config.deep
        self.stem = nn.Sequential(conv_norm(3, p, 3, 2), nn.ReLU(), conv_norm(p, p, 3, 2), nn.ReLU())
        self.layer1, self.layer2 = blocks(p, p, m), blocks(p, p * 2, m, 2)
        self.layer3, self.layer4 = blocks(p * 2, p * 4, n, 2), blocks(p * 4, p * 8, n, 2)
        self.layer5 = blocks(p * 8, p * 8, 2, 2, bottleneck=True)
        self.pool = Pappm(p * 16, p * 3, p * 4)
        self.to_pag3, self.pag3 = conv_norm(p * 4, p * 2), Pag(p * 2, p)
        self.to_pag4, self.pag4 = conv_norm(p * 8, p * 2), Pag(p * 2, p)
        self.p3, self.p4 = blocks(p * 2, p * 2, m), blocks(p * 2, p * 2, m)
        self.p5 = Block(p * 2, p * 2, bottleneck=True)
        self.d3, self.to_d3 = Block(p * 2, p), conv_norm(p * 4, p, 3)
        self.d4, self.to_d4 = Block(p, p, bottleneck=True), conv_norm(p * 8, p * 2, 3)
        self.d5 = Block(p * 2, p * 2, bottleneck=True)
        self.fuse = Bag(p * 4)
        self.head = Detail(p * 4, p, p) if config.detail else Head(p * 4, p * 4)
        self.head_p, self.head_d = Head(p * 2, p * 4), Head(p * 2, p)

    def forward(self, image: Tensor) -> Tensor:
        """Matte logits."""
        return self._walk(image)[0]

    def parts(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Matte logits and, for training only, those of the P head and the D (edge) head at 1/8."""
        matte, p, d = self._walk(image)
        return matte, self.head_p(p), self.head_d(d)

    def _walk(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        quarter = F.relu(self.layer1(self.stem(image)))
        x = F.relu(self.layer2(quarter))
        p, d = self.p3(x), self.d3(x)
        x = F.relu(self.layer3(x))
        p = self.pag3(p, self.to_pag3(x))
        d = d + resize(self.to_d3(x), d)
        for_head_p = p
        x = F.relu(self.layer4(x))
        p, d = self.p4(F.relu(p)), self.d4(F.relu(d))
        p = self.pag4(p, self.to_pag4(x))
        d = d + resize(self.to_d4(x), d)
        for_head_d = d
        p, d = self.p5(F.relu(p)), self.d5(F.relu(d))
        x = self.fuse(p, resize(self.pool(self.layer5(x)), p), d)
        matte = self.head(x, quarter) if self.config.detail else self.head(x)
        return matte, for_head_p, for_head_d

    def for_tracing(self, image: Tensor) -> list[Tensor]:
        """All outputs, auxiliary heads and Pag's products included: a graph without blind spots."""
        seen: list[Tensor] = []
        self.pag3.traced = self.pag4.traced = seen
        try:
            return [*self.parts(image), *seen]
        finally:
            self.pag3.traced = self.pag4.traced = None

    def deployed(self) -> Pidnet:
        """A copy without what only training and pruning need."""
        net = copy.deepcopy(self)
        for owner, name in ((net, "head_p"), (net, "head_d"), (net.pag3, "ones"), (net.pag4, "ones")):
            delattr(owner, name)
        return net

    def last_layers(self) -> list[nn.Module]:
        """Layers whose outputs must keep their number."""
        return [self.head.last, self.head_p.last, self.head_d.last, self.pag3.ones, self.pag4.ones]


def edge_target(matte: Tensor, like: Tensor) -> Tensor:
    """Matte (N, 1, H, W) -> 1 where the outline passes, at the size of ``like``."""
    band = (F.max_pool2d(matte, 3, 1, 1) + F.max_pool2d(-matte, 3, 1, 1) > 0.5).float()
    return F.adaptive_max_pool2d(band, like.shape[2:])


def edge_loss(logits: Tensor, target: Tensor) -> Tensor:
    """Binary cross entropy, each class weighted by the share of the other."""
    share = target.mean()
    weight = torch.where(target > 0.5, 1 - share, share)
    return F.binary_cross_entropy_with_logits(logits, target, weight)


def boundary_aware(logits: Tensor, truth: Tensor, edges: Tensor) -> Tensor:
    """Cross entropy of the matte only where the D branch is sure of an edge."""
    sure = resize((torch.sigmoid(edges.detach()) > EDGE_SURE).float(), logits)
    lost = F.binary_cross_entropy_with_logits(logits, truth, reduction="none") * sure
    return lost.sum() / sure.sum().clamp_min(1.0)
