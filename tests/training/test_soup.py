"""A soup is half way between its ingredients, and nets of different shapes do not mix."""

import pytest

torch = pytest.importorskip("torch")
from training.nets import load_net  # noqa: E402
from training.soup import soup  # noqa: E402

pytestmark = pytest.mark.training


def test_every_value_is_half_way() -> None:
    torch.manual_seed(0)
    first, second = load_net("unet-tiny"), load_net("unet-tiny")
    wanted = {
        n: (v + second.state_dict()[n]) / 2 for n, v in first.state_dict().items() if v.is_floating_point()
    }
    made = soup(first, second).state_dict()
    for name, value in wanted.items():
        torch.testing.assert_close(made[name], value)


def test_other_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="in one net and"):
        soup(load_net("unet-tiny"), load_net("unet"))
