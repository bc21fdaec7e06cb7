from __future__ import annotations

import numpy as np
import pytest

from vcam.adapters.pace import NoPace, RealTime, make_pace
from vcam.adapters.synthetic import SyntheticSource, TrueSegmenter
from vcam.core.frame import Size

SIZE = Size(64, 36)


def test_the_alpha_is_that_of_the_frame() -> None:
    source = SyntheticSource(SIZE, fps=10, frames=5, paced=False)
    frames = [source.read() for _ in range(5)]
    for frame in frames:
        pixels, alpha = source.draw(frame.index)
        np.testing.assert_array_equal(pixels, frame.pixels)
        assert alpha.shape == (36, 64)
        assert alpha.max() == 1.0
        assert alpha.min() == 0.0
        matte = TrueSegmenter(source).segment(frame)
        np.testing.assert_array_equal(matte.alpha, alpha)
    np.testing.assert_allclose(np.diff([frame.captured_at for frame in frames]), 0.1)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def test_frames_are_paced_without_drift() -> None:
    clock = Clock()
    pace = RealTime(10, clock, clock.sleep)
    times = []
    for work in (0.0, 0.03, 0.25, 0.0, 0.0, 0.0):
        clock.now += work
        times.append(round(pace.wait(), 3))
    # The third comes late, the next two make up for it, and then the grid holds again.
    assert times == [100.0, 100.1, 100.35, 100.35, 100.4, 100.5]


def test_an_hour_ends_when_it_should_though_every_sleep_is_too_long() -> None:
    clock, rng = Clock(), np.random.default_rng(0)
    pace = RealTime(29.97, clock, lambda seconds: clock.sleep(seconds + rng.exponential(0.002)))
    count = round(3600 * 29.97)
    late = np.array([pace.wait() for _ in range(count)]) - 100 - np.arange(count) / 29.97
    assert late.min() > -1e-6
    assert late.max() < 1 / 29.97, "a frame that comes a frame late is a beat"
    assert abs(np.median(late[-1000:]) - np.median(late[:1000])) < 0.001, "it drifts"


def test_a_long_pause_is_not_made_up_for() -> None:
    clock = Clock()
    pace = RealTime(10, clock, clock.sleep)
    pace.wait()
    clock.now += 60
    assert [round(pace.wait() - 160.0, 3) for _ in range(3)] == [0.0, 0.1, 0.2]


def test_unpaced_time_goes_by_in_frames() -> None:
    clock = Clock()
    pace = NoPace(4, clock)
    assert [pace.wait() for _ in range(3)] == [100.0, 100.25, 100.5]


@pytest.mark.parametrize(("paced", "kind"), [(True, RealTime), (False, NoPace)])
def test_a_source_without_a_rate_goes_by_thirty(paced: bool, kind: type) -> None:
    pace = make_pace(0, paced=paced)
    assert isinstance(pace, kind)
    assert pace.wait() < pace.wait()
