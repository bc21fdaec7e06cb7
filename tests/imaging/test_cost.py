"""The guard against creeping cost: what a frame takes is counted, not timed, so any machine finds the same.

Counted for each frame of a fixed clip: the bytes that go into and come out of OpenCV's functions and numpy's
movers, how many such calls there are, and the memory held at the peak beyond what is kept from frame to
frame. `python -m tests.bench` says what that means in milliseconds. Who makes a frame cheaper lowers the
figures here; who makes it dearer by more than TOLERANCE has to say why.
"""

import tracemalloc
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest

from vcam.core.background import Blur, Picture
from vcam.core.frame import Frame, Matte, Size
from vcam.core.redundancy import MotionGate
from vcam.imaging.colour import thumbnail
from vcam.imaging.compose import make_compositor
from vcam.imaging.matte import TemporalRefiner
from vcam.imaging.presenter import draw_presenter
from vcam.imaging.scale import Pyramid

TOLERANCE = 0.03
SIZE = Size(1280, 720)
CLIP = [draw_presenter(1.0 + index / 30, SIZE) for index in range(4)]
NETWORK = [cv2.resize(alpha, (256, 144), interpolation=cv2.INTER_AREA) for _, alpha in CLIP]

GATHERS = (np.take,)  # they touch a small part of their first argument
MOVERS = (
    np.abs,
    np.add,
    np.clip,
    np.concatenate,
    np.copyto,
    np.divide,
    np.flatnonzero,
    np.multiply,
    np.sort,
    np.subtract,
    *GATHERS,
)
OPENCV = (
    *(cv2.LUT, cv2.absdiff, cv2.add, cv2.addWeighted, cv2.blur, cv2.boundingRect, cv2.compare, cv2.inRange),
    *(cv2.bitwise_not, cv2.boxFilter, cv2.sqrBoxFilter, cv2.threshold),
    cv2.connectedComponents,
    *(
        cv2.convertScaleAbs,
        cv2.copyTo,
        cv2.cvtColor,
        cv2.divide,
        cv2.merge,
        cv2.multiply,
        cv2.norm,
        cv2.resize,
    ),
    *(cv2.sepFilter2D, cv2.split),
)


def bytes_in(item):
    if isinstance(item, (tuple, list)):
        return sum(bytes_in(each) for each in item)
    return item.nbytes if isinstance(item, np.ndarray) else 0


class Count:
    """Counts calls and bytes of the functions it wraps."""

    def __init__(self):
        self.calls = self.bytes = 0

    def wrapping(self, function):
        def counted(*args, **options):
            result = function(*args, **options)
            touched = args[1:] if function in GATHERS else args
            self.calls += 1
            self.bytes += sum(bytes_in(item) for item in (*touched, result))
            return result

        return counted


@pytest.fixture
def count(monkeypatch):
    counted = Count()
    for module, functions in ((cv2, OPENCV), (np, MOVERS)):
        for function in functions:
            monkeypatch.setattr(module, function.__name__, counted.wrapping(function))
    return counted


def pipeline(effect):
    pyramid = Pyramid()
    background = np.zeros((720, 1280, 3), np.uint8) if isinstance(effect, Picture) else None
    return TemporalRefiner(pyramid=pyramid), make_compositor(effect, SIZE, background, pyramid=pyramid)


def run(parts, matte_again):
    refiner, compositor = parts
    matte = Matte(NETWORK[0], 0.0)
    for index, (pixels, _) in enumerate(CLIP):
        if not matte_again:
            matte = Matte(NETWORK[index], index / 30)
        frame = Frame(pixels, index, index / 30)
        compositor.compose(frame, refiner.refine(frame, matte))


@pytest.mark.parametrize(
    ("effect", "matte_again", "megabytes", "calls"),
    [
        (Blur(0.6), False, 21.75, 84.8),
        (Blur(0.6), True, 11.7, 35.5),
        (Blur(0.0), False, 29.05, 89),
        (Picture(Path("p")), False, 18.9, 75),
        (Picture(Path("p")), True, 11.6, 33.3),
    ],
)
def test_the_work_of_a_frame(count, effect, matte_again, megabytes, calls):
    parts = pipeline(effect)
    run(parts, matte_again)
    count.calls = count.bytes = 0
    run(parts, matte_again)
    assert count.bytes / len(CLIP) / 1e6 == pytest.approx(megabytes, rel=TOLERANCE)
    assert count.calls / len(CLIP) == pytest.approx(calls, rel=TOLERANCE)


@pytest.mark.parametrize(("effect", "megabytes"), [(Blur(0.6), 1.16), (Picture(Path("p")), 1.13)])
def test_the_memory_of_a_frame(effect, megabytes):
    parts = pipeline(effect)
    run(parts, matte_again=False)
    tracemalloc.start()
    try:
        run(parts, matte_again=False)
        kept, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        run(parts, matte_again=False)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (peak - kept) / 1e6 == pytest.approx(megabytes, rel=TOLERANCE)


def test_how_often_the_network_runs():
    pyramid = Pyramid()
    gate = MotionGate(partial(thumbnail, pyramid=pyramid))
    rng = np.random.default_rng(0)
    size, inferred = Size(320, 180), 0
    for index in range(60):
        pixels, alpha = draw_presenter(1.8 + index / 30, size)
        noisy = np.clip(pixels + rng.normal(0, 2.5, pixels.shape), 0, 255).astype(np.uint8)
        frame = Frame(noisy, index, index / 30)
        if gate.reusable(frame) is None:
            gate.remember(
                frame, Matte(cv2.resize(alpha, (256, 144), interpolation=cv2.INTER_AREA), frame.captured_at)
            )
            inferred += 1
    assert inferred == pytest.approx(14, abs=2)
