"""A resumed run is the unbroken one, bit by bit; samples come from their seed and number alone."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
from training.augment import FULL_SIZES, SIZES, Mix, Sampler  # noqa: E402
from training.looks import exposure, partly_lit, restyled  # noqa: E402
from training.nets import load_net  # noqa: E402
from training.nets.unet import STRIDE  # noqa: E402
from training.train import Recipe, Trainer, batches, parse  # noqa: E402

pytestmark = pytest.mark.training

RECIPE = Recipe(images=8, batch=2, warmup=2, small_share=1.0)


def fresh() -> Trainer:
    torch.manual_seed(0)
    return Trainer(load_net("unet-tiny"), RECIPE, torch.device("cpu"))


def advance(trainer: Trainer, store: Path, until: int) -> None:
    for images, mattes in batches(store, RECIPE, trainer.step, workers=0):
        trainer.update(images, mattes)
        if trainer.step == until:
            return


def test_resumed_run_equals_unbroken_run(store: Path, tmp_path: Path) -> None:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    whole, first, second = fresh(), fresh(), fresh()
    advance(whole, store, 4)
    advance(first, store, 2)
    first.save(tmp_path / "state.pt")
    second.load(tmp_path / "state.pt")
    advance(second, store, 4)
    torch.set_num_threads(threads)
    for a, b in ((whole.net, second.net), (whole.average, second.average)):
        for name, value in a.state_dict().items():
            assert torch.equal(value, b.state_dict()[name]), name


def test_training_changes_the_net_and_its_average_follows(store: Path) -> None:
    trainer = fresh()
    before = trainer.net.head.weight.detach().clone()
    advance(trainer, store, 2)
    assert not torch.equal(trainer.net.head.weight, before)
    assert not torch.equal(trainer.average.head.weight, before)
    assert not torch.equal(trainer.average.head.weight, trainer.net.head.weight)


def test_batch_depends_on_seed_and_number_only(store: Path) -> None:
    sampler, again = Sampler(store), Sampler(store)
    sampler.batch(1, 5, 2, FULL_SIZES)
    for a, b in zip(sampler.batch(1, 6, 3, FULL_SIZES), again.batch(1, 6, 3, FULL_SIZES), strict=True):
        np.testing.assert_array_equal(a, b)
    images, mattes = again.batch(1, 6, 3, FULL_SIZES)
    assert images.dtype == mattes.dtype == np.uint8
    assert images.shape[2:] == mattes.shape[2:]
    assert images.shape[:2] == (3, 3)


def test_twins_show_one_scene_in_two_frames(store: Path) -> None:
    images, mattes = Sampler(store).batch(1, 7, 8, FULL_SIZES, twins=True)
    for i in range(0, 8, 2):
        same = np.abs(mattes[i].astype(int) - mattes[i + 1]).mean()
        other = np.abs(mattes[i].astype(int) - mattes[(i + 2) % 8]).mean()
        assert same < 8
        assert same <= other
        assert not np.array_equal(images[i], images[i + 1])


def test_pairs_are_spread_over_the_run() -> None:
    recipe = Recipe(steady=0.4, pairs=0.4)
    paired = [recipe.paired(step) for step in range(100)]
    assert sum(paired) == 40
    assert max(len(gap) for gap in "".join("01"[p] for p in paired).split("1")) <= 2
    assert all(Recipe(steady=0.4).paired(step) for step in range(9))
    assert not any(Recipe().paired(step) for step in range(9))


def test_families_of_sizes_cost_alike_and_suit_the_net() -> None:
    for sizes in SIZES.values():
        areas = [height * width for height, width in sizes]
        assert max(areas) < 1.15 * min(areas)
        assert all(side % STRIDE == 0 for size in sizes for side in size)
    assert parse(["--net", "unet", "--work", "x", "--sizes", "large"]).sizes == "large"
    with pytest.raises(SystemExit):
        parse(["--net", "unet", "--work", "x", "--sizes", "huge"])


def test_partly_lit_pictures_are_dark_in_one_place_and_bright_in_another() -> None:
    picture = np.full((72, 128, 3), 120, np.uint8)
    made = [partly_lit(np.random.default_rng(seed), picture).mean(axis=2) for seed in range(30)]
    assert all(levels.min() < 80 for levels in made)
    assert all(levels.max() > 1.4 * levels.min() for levels in made)
    assert sum(levels.max() > 95 for levels in made) > 25


def test_restyled_pictures_keep_their_shapes_and_their_light() -> None:
    picture = np.full((60, 80, 3), 60, np.uint8)
    picture[20:40, 20:60] = 180
    for seed in range(20):
        made = restyled(np.random.default_rng(seed), picture)
        assert made.shape == picture.shape
        assert np.abs(made.mean() - picture.mean()) < 25
        inside, outside = made[25:35, 25:55].reshape(-1, 3), made[:10].reshape(-1, 3)
        assert np.abs(inside.mean(0) - outside.mean(0)).max() > 20  # still told apart
    assert len({restyled(np.random.default_rng(seed), picture).tobytes() for seed in range(5)}) == 5


def test_badly_exposed_pictures_are_far_darker_or_brighter() -> None:
    rng = np.random.default_rng(0)
    middle = np.array([exposure(rng)[0, 128].mean() for _ in range(200)])
    assert middle.min() < 12
    assert (middle < 70).mean() > 0.5
    assert middle.max() > 200


def test_learning_rate_warms_up_and_ends_low() -> None:
    recipe = Recipe(images=3200, batch=32, warmup=320)
    factors = [recipe.factor(step) for step in range(recipe.steps)]
    assert factors[0] < factors[9] == 1.0
    assert factors[-1] < 0.02
    assert factors[10:] == sorted(factors[10:], reverse=True)


def test_what_is_spared_stays_as_sharp_as_it_was_made(store: Path) -> None:
    spared, harsh = Sampler(store, Mix(spared=1.0)), Sampler(store, Mix(spared=0.0))
    for seed in range(8):
        clean, _ = spared._clean(np.random.default_rng(seed), (96, 160))
        kept, _ = spared.sample(np.random.default_rng(seed), (96, 160))
        np.testing.assert_array_equal(kept, clean)
        assert not np.array_equal(harsh.sample(np.random.default_rng(seed), (96, 160))[0], clean)
