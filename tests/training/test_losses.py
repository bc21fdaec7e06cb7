"""Losses reward the right matte, and care more about its edge."""

import pytest

torch = pytest.importorskip("torch")
from training.losses import edge_weight, matte_loss, truth_at, unsteadiness  # noqa: E402

pytestmark = pytest.mark.training


def square() -> "torch.Tensor":
    matte = torch.zeros(1, 1, 32, 32)
    matte[..., 8:24, 8:24] = 1
    return matte


def test_right_matte_costs_least() -> None:
    matte = square()
    right, empty, inverse = (
        matte_loss(20 * (m - 0.5), matte) for m in (matte, torch.zeros_like(matte), 1 - matte)
    )
    assert right < 0.02
    assert right < empty < inverse


def test_edge_weighs_more_than_inside() -> None:
    weight = edge_weight(square())
    assert weight[0, 0, 8, 16] > 3
    assert weight[0, 0, 16, 16] == 1
    assert weight[0, 0, 0, 0] == 1


def test_empty_room_is_finite_and_small_when_right() -> None:
    nobody = torch.zeros(2, 1, 16, 16)
    assert matte_loss(torch.full_like(nobody, -12), nobody) < 0.01


def test_truth_is_averaged_to_the_output_size() -> None:
    matte = torch.tensor([[0.0, 1.0], [1.0, 1.0]]).reshape(1, 1, 2, 2)
    assert truth_at(matte, torch.Size((1, 1, 1, 1))).item() == 0.75


def test_two_frames_that_disagree_cost_where_the_truth_stands_still() -> None:
    matte = square().repeat(2, 1, 1, 1)
    logits = 20 * (matte - 0.5)
    assert unsteadiness(logits, matte) == 0
    logits[1, 0, 0, 0] = 10  # a spark in the background of the second frame
    assert 0.05 < unsteadiness(logits, matte) < 0.15
    moved = matte.clone()
    moved[1, 0, 0, 0] = 1
    assert unsteadiness(logits, moved) < 1e-3
