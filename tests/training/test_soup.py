"""A soup lies between its ingredients, and nets of different shapes do not mix."""

import pytest

torch = pytest.importorskip("torch")
from training.nets import load_net  # noqa: E402
from training.soup import soup  # noqa: E402

pytestmark = pytest.mark.training


@pytest.mark.parametrize("share", [0.0, 0.25, 0.5])
def test_every_value_goes_its_share_of_the_way(share: float) -> None:
    torch.manual_seed(0)
    first, second = load_net("unet-tiny"), load_net("unet-tiny")
    other = second.state_dict()
    wanted = {
        n: (1 - share) * v + share * other[n] for n, v in first.state_dict().items() if v.is_floating_point()
    }
    made = soup(first, second, share).state_dict()
    for name, value in wanted.items():
        torch.testing.assert_close(made[name], value)


def test_other_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="in one net and"):
        soup(load_net("unet-tiny"), load_net("unet"))
