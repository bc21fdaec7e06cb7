"""The zoo's own measures: rounding to few bits, folding, moving a matte, a smaller input with hysteresis."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
import cv2  # noqa: E402

from training.nets.deeplabv3plus import Deeplab, DeeplabConfig  # noqa: E402
from training.zoo.bits import folded, rounded, simulate  # noqa: E402
from training.zoo.clips import FLOW_SIZE, PATIENCE, Flow, Sized  # noqa: E402
from vcam.core.frame import Frame, Matte  # noqa: E402
from vcam.imaging.scale import Pyramid  # noqa: E402

pytestmark = [pytest.mark.training, pytest.mark.filterwarnings("ignore")]

SMALL = DeeplabConfig(width=0.25, aspp=16, low=8)


def trained_a_little() -> Deeplab:
    """Batch norms that do something."""
    torch.manual_seed(0)
    net = Deeplab(SMALL).train()
    for _ in range(3):
        net(torch.rand(4, 3, 64, 96))
    return net.eval()


def test_rounding_has_so_many_levels() -> None:
    x = torch.linspace(-1, 1, 1001)
    assert len(rounded(x, torch.tensor(1.0), 4, signed=True).unique()) == 15
    assert len(rounded(x, torch.tensor(1.0), 4, signed=False).unique()) == 16
    assert float((rounded(x, torch.tensor(1.0), 8, signed=True) - x).abs().max()) < 1 / 127


def test_folding_changes_nothing_and_fewer_bits_change_more() -> None:
    net, x = trained_a_little(), torch.rand(1, 3, 64, 96)
    with torch.no_grad():
        wanted = net(x)
        assert torch.allclose(folded(net)(x), wanted, atol=1e-4)
        errors = [float((simulate(net, bits, bits, [x])(x) - wanted).abs().mean()) for bits in (8, 6, 4)]
    assert errors[0] < errors[1] < errors[2]


def test_a_matte_is_moved_with_the_picture_under_it() -> None:
    shape = (FLOW_SIZE.height, FLOW_SIZE.width)
    seen = cv2.GaussianBlur(np.random.default_rng(0).integers(0, 255, shape, np.uint8), (0, 0), 3)
    alpha = np.zeros(shape, np.float32)
    alpha[40:120, 80:160] = 1
    now, wanted = np.roll(seen, 4, axis=1), np.roll(alpha, 4, axis=1)  # the camera was turned
    moved = Flow(Pyramid()).move(seen, now, Matte(alpha, 0.0)).alpha
    assert np.abs(moved - wanted).mean() < 0.2 * np.abs(alpha - wanted).mean()


def test_the_input_shrinks_after_patience_and_grows_at_once() -> None:
    class Fake:
        def __init__(self, size: str) -> None:
            self.size = size

        def segment(self, _frame: Frame) -> Matte:
            used.append(self.size)
            return Matte(np.full((8, 8), level, np.float32), 0.0)

    sized = object.__new__(Sized)
    sized._large, sized._small, sized._adapt, sized._simple, sized.small = Fake("l"), Fake("s"), True, 0, 0
    used: list[str] = []
    frame = Frame(np.zeros((2, 2, 3), np.uint8), 0, 0.0)
    for step in range(PATIENCE + 5):
        level = 0.5 if step == PATIENCE + 2 else 1.0
        sized.segment(frame)
    assert "".join(used) == "l" * PATIENCE + "sss" + "ll"
