"""DeepLabV3+ over MobileNetV2: stride, size, dilation."""

import pytest

torch = pytest.importorskip("torch")
from training.nets.deeplabv3plus import Deeplab, DeeplabConfig, channels  # noqa: E402
from training.nets.unet import count_params  # noqa: E402

pytestmark = pytest.mark.training


@pytest.mark.parametrize("size", [(144, 256), (208, 160)])
def test_matte_at_a_quarter(size: tuple[int, int]) -> None:
    assert Deeplab().eval()(torch.zeros(1, 3, *size)).shape == (1, 1, size[0] // 4, size[1] // 4)


def test_backbone_is_mobilenet_v2_at_full_width() -> None:
    net = Deeplab(DeeplabConfig(width=1.0))
    backbone = count_params(net.stem) + count_params(net.stages)
    assert backbone / 1e6 == pytest.approx(
        1.81, abs=0.02
    )  # 3.50 M less the last 1x1 (0.41) and classifier (1.28)


def test_encoder_stops_at_a_sixteenth_and_dilates() -> None:
    net = Deeplab().eval()
    x = net.stem(torch.zeros(1, 3, 128, 128))
    for stage in net.stages:
        x = stage(x)
    assert x.shape[2:] == (8, 8)
    deepest = [m for m in net.stages[-1].modules() if isinstance(m, torch.nn.Conv2d) and m.groups > 1]
    assert all(m.dilation == (2, 2) for m in deepest)


def test_channels_are_multiples_of_eight_and_never_much_less() -> None:
    assert [channels(c, 0.5) for c in (32, 16, 24, 64, 320)] == [16, 8, 16, 32, 160]
    assert channels(24, 0.35) == 8
