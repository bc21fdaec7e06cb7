"""Resizing, against the slow reference (real Skia: test_references.py)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.parity import slow_reference as slow
from vcam.core.frame import Size
from vcam.parity import skia
from vcam.parity.skia import Filter

sizes = st.builds(Size, st.integers(1, 12), st.integers(1, 12))


def _picture(size: Size, random) -> np.ndarray:
    return np.frombuffer(random.randbytes(size.width * size.height), np.uint8).reshape(
        size.height, size.width
    )


def _slow(picture: np.ndarray, size: Size, value) -> list[list]:
    return [
        [value(picture.tolist(), x, y, size.width, size.height) for x in range(size.width)]
        for y in range(size.height)
    ]


@settings(max_examples=40, deadline=None)
@given(sizes, sizes, st.randoms())
def test_bilinear_agrees_with_the_slow_reference(source: Size, target: Size, random) -> None:
    picture = _picture(source, random)
    want = np.array(_slow(picture, target, slow.bilinear_value), dtype=float)
    assert np.abs(skia.bilinear(picture, target) - want).max() < 1e-3
    rounded = skia.resize(picture, target, Filter.BILINEAR)
    assert np.abs(rounded - want).max() <= 0.5 + 1e-3


@settings(max_examples=40, deadline=None)
@given(sizes, sizes, st.randoms())
def test_nearest_and_four_bit_are_exact(source: Size, target: Size, random) -> None:
    picture = _picture(source, random)
    assert skia.nearest(picture, target).tolist() == _slow(picture, target, slow.nearest_value)
    if source != target:
        got = skia.resize(picture, target, Filter.BILINEAR_4BIT)
        assert got.tolist() == _slow(picture, target, slow.four_bit_value)


@pytest.mark.parametrize("method", list(Filter))
def test_channels_are_resized_alike(method: Filter) -> None:
    rng = np.random.default_rng(3)
    picture = rng.integers(0, 256, (21, 34, 3), dtype=np.uint8)
    whole = skia.resize(picture, Size(13, 8), method)
    assert whole.shape == (8, 13, 3)
    for channel in range(3):
        alone = skia.resize(np.ascontiguousarray(picture[..., channel]), Size(13, 8), method)
        assert np.array_equal(whole[..., channel], alone)


def test_the_same_size_is_the_same_picture() -> None:
    picture = np.arange(12, dtype=np.uint8).reshape(3, 4)
    assert all(skia.resize(picture, Size(4, 3), method) is picture for method in Filter)


def test_the_filters_are_not_the_same() -> None:
    rng = np.random.default_rng(5)
    picture = rng.integers(0, 256, (48, 64, 3), dtype=np.uint8)
    results = [skia.resize(picture, Size(20, 15), method).tobytes() for method in Filter]
    assert len(set(results)) == len(results)
