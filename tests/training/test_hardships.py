"""Pictures made worse: how, and the same on every run."""

import numpy as np
import pytest

pytest.importorskip("torch")
from training.evaluate import LONG_SIDE, EvalSet, Picture
from training.hardships import HARDSHIPS, MOST, worsened

pytestmark = pytest.mark.training


@pytest.fixture(scope="module")
def sets() -> list[EvalSet]:
    image = np.full((90, 160, 3), 128, np.uint8)
    truth = np.zeros((90, 160), np.uint8)
    truth[20:, 40:100] = 255
    pictures = tuple(Picture(str(i), image, truth) for i in range(MOST + 2))
    return [EvalSet("some", "truth", pictures)]


def test_each_hardship_is_one_set_of_pictures_at_the_scorers_size(sets: list[EvalSet]) -> None:
    hards = worsened(sets)
    assert [hard.name for hard in hards] == list(HARDSHIPS)
    for hard in hards:
        (pictures,) = hard.sets
        assert len(pictures.pictures) == MOST
        picture = pictures.pictures[0]
        assert picture.image.shape == (288, LONG_SIDE, 3)
        assert picture.truth is not None
        assert picture.truth.shape == (288, LONG_SIDE)
    names = {hard.sets[0].name for hard in hards}
    assert len(names) == len(hards), "MediaPipe's mattes are kept by the sets' names"


def test_they_are_the_same_on_every_run_and_differ_from_each_other(sets: list[EvalSet]) -> None:
    first, second = worsened(sets), worsened(sets)
    shown = [hard.sets[0].pictures[3].image for hard in first]
    for image, again in zip(shown, second, strict=True):
        np.testing.assert_array_equal(image, again.sets[0].pictures[3].image)
    assert len({image.tobytes() for image in shown}) >= len(shown) - 2  # a flat picture can't be shaken


def test_evenings_are_dark_and_windows_bright_behind_a_dark_person(sets: list[EvalSet]) -> None:
    by_name = {hard.name: hard.sets[0].pictures[0] for hard in worsened(sets)}
    evening = next(p for name, p in by_name.items() if name.startswith("evening"))
    assert evening.image.mean() < 40
    window = by_name["a window behind"]
    assert window.truth is not None
    inside, outside = (window.image[window.truth == alpha].mean() for alpha in (255, 0))
    assert inside < 90
    assert outside > 230
