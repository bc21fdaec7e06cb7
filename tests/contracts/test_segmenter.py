"""What every segmenter keeps to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vcam.adapters.model_card import list_cards, read_card
from vcam.adapters.onnx_segmenter import OnnxSegmenter
from vcam.adapters.synthetic import SyntheticSource, TrueSegmenter
from vcam.core.fakes import NobodySegmenter
from vcam.core.frame import Frame, Size
from vcam.core.ports import Segmenter
from vcam.core.stages import check_matte

SIZE = Size(160, 90)
SHIPPED = {f"shipped {card.name}": card for card in list_cards(Path(__file__).parents[2] / "models")}


@pytest.fixture(params=["network", "recurrent network", *SHIPPED, "truth", "fake"])
def segmenter(request: pytest.FixtureRequest, make_model: Any, tiny_network: Any) -> Iterator[Segmenter]:
    def recurrent() -> Segmenter:
        memory = [{"input": "r", "output": "r_next"}]
        return OnnxSegmenter(read_card(make_model(tiny_network(recurrent=True), recurrent=memory)))

    makers: dict[str, Callable[[], Segmenter]] = {
        "network": lambda: OnnxSegmenter(read_card(make_model())),
        "recurrent network": recurrent,
        "truth": lambda: TrueSegmenter(SyntheticSource(SIZE, paced=False)),
        "fake": NobodySegmenter,
    }
    if request.param in SHIPPED:
        made: Segmenter = OnnxSegmenter(SHIPPED[request.param])
    else:
        made = makers[request.param]()
    with closing(made) as opened:
        yield opened


def frames(count: int) -> list[Frame]:
    source = SyntheticSource(SIZE, frames=count, paced=False)
    return [source.read() for _ in range(count)]


def test_it_has_a_name(segmenter: Segmenter) -> None:
    assert segmenter.name


def test_mattes_are_trusted_by_the_pipeline(segmenter: Segmenter) -> None:
    for frame in frames(3):
        matte = segmenter.segment(frame)
        assert check_matte(matte, frame) is matte
        assert matte.captured_at == frame.captured_at


def test_a_matte_stays_as_it_is_when_the_next_comes(segmenter: Segmenter) -> None:
    first, *others = frames(3)
    matte = segmenter.segment(first)
    before = matte.alpha.copy()
    for frame in others:
        segmenter.segment(frame)
    np.testing.assert_array_equal(matte.alpha, before)


def test_after_reset_it_answers_as_at_first(segmenter: Segmenter) -> None:
    first, second = frames(2)
    alpha = segmenter.segment(first).alpha
    segmenter.segment(second)
    segmenter.reset()
    np.testing.assert_array_equal(segmenter.segment(first).alpha, alpha)


@pytest.mark.parametrize("shape", [(720, 1280), (480, 640), (400, 400), (640, 480), (1280, 720), (9, 300)])
def test_frames_of_any_shape_are_taken(segmenter: Segmenter, shape: tuple[int, int]) -> None:
    frame = Frame(np.full((*shape, 3), 90, np.uint8), 0, 1.0)
    check_matte(segmenter.segment(frame), frame)


def test_it_may_be_closed_twice(segmenter: Segmenter) -> None:
    segmenter.close()
    segmenter.close()
