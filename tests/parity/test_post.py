"""Activation, smoothing, up-sampling and blend, against the slow reference."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.parity import slow_reference as slow
from tests.parity.conftest import tiny_manifest
from vcam.core.frame import Size
from vcam.parity import post
from vcam.parity.manifest import Activation, Geometry, Layout, MaskSize, Order, Post, Upsample
from vcam.parity.mirror import to_tensor
from vcam.parity.skia import Filter

NETWORK = tiny_manifest().model
numbers = st.floats(-30, 30, width=32)


@settings(max_examples=50, deadline=None)
@given(st.lists(numbers, min_size=3, max_size=3))
def test_activations_agree_with_the_slow_reference(values: list[float]) -> None:
    output = np.array(values, np.float32).reshape(1, 3, 1, 1)

    def got(activation: Activation, *person: int) -> float:
        return float(post.activate(output, NETWORK, Post(activation, person))[0, 0])

    odds = slow.softmax(values)
    assert got(Activation.SOFTMAX, 1) == pytest.approx(odds[1], abs=1e-6)
    assert got(Activation.SOFTMAX, 0, 2) == pytest.approx(odds[0] + odds[2], abs=1e-6)
    assert got(Activation.SIGMOID, 2) == pytest.approx(slow.sigmoid(values[2]), abs=1e-6)
    assert got(Activation.NONE, 0) == pytest.approx(min(1, max(0, values[0])))
    # Of equals, the first channel counts, as everywhere.
    assert got(Activation.ARGMAX, 1) == (values.index(max(values)) == 1)


def test_labels_are_people_or_not() -> None:
    network = replace(NETWORK, output=replace(NETWORK.output, layout=Layout.NHWC, dtype="int64"))
    output = np.array([[0, 15], [11, 12]], np.int64).reshape(1, 2, 2, 1)
    alpha = post.activate(output, network, Post(Activation.LABELS, (11, 15)))
    assert alpha.tolist() == [[0, 1], [1, 0]]


@pytest.mark.parametrize("activation", [Activation.NONE, Activation.SIGMOID, Activation.SOFTMAX])
def test_what_is_no_number_is_nobody(activation: Activation) -> None:
    output = np.full((1, 2, 1, 1), np.nan, np.float32)
    assert post.activate(output, NETWORK, Post(activation, (1,)))[0, 0] == 0


def test_smoothing_remembers() -> None:
    rule = Post(Activation.NONE, smoothing=0.75)
    first, second = np.full((1, 1), 1.0, np.float32), np.zeros((1, 1), np.float32)
    assert post.smooth(None, first, rule)[0, 0] == 1
    assert post.smooth(first, second, rule)[0, 0] == 0.75
    assert post.smooth(first, second, replace(rule, smoothing=0.0))[0, 0] == 0


@pytest.mark.parametrize("behind", [0, 77, 128, 255])
def test_blend_is_exact_for_every_mask_and_person(behind: int) -> None:
    mask, person = np.mgrid[:256, :256].astype(np.uint8)
    got = post.blend(np.dstack([person] * 3), mask, (behind,) * 3)
    want = slow.blend(person.astype(int), behind, mask.astype(int))
    assert all(np.array_equal(got[..., channel], want) for channel in range(3))


@pytest.mark.parametrize("upsample", [Upsample.FLOAT_BILINEAR, Upsample.SKIA_BILINEAR])
def test_what_just_reaches_the_threshold_is_nobody(upsample: Upsample) -> None:
    geometry = Geometry(Filter.BILINEAR, Order.ROTATE_RESIZE)
    rule = Post(Activation.NONE, upsample=upsample, threshold=0.2)
    alpha = np.array([[0.2, 0.21]], np.float32)
    assert post.mask(alpha, Size(2, 1), Size(2, 1), geometry, rule).tolist() == [[0, 255]]


WAYS = [(up, to) for up in Upsample for to in MaskSize if (up, to) != (Upsample.NONE, MaskSize.FRAME)]


@pytest.mark.parametrize(("upsample", "to"), WAYS)
@pytest.mark.parametrize("letterbox", [None, (0, 0, 0)])
def test_masks_have_the_size_that_is_said(upsample: Upsample, letterbox, to: MaskSize) -> None:
    alpha = np.random.default_rng(2).random((8, 10), np.float32)
    geometry = Geometry(Filter.BILINEAR, Order.ROTATE_RESIZE, letterbox=letterbox)
    rule = Post(Activation.NONE, upsample=upsample, to=to, threshold=None)
    soft = post.mask(alpha, Size(20, 16), Size(33, 21), geometry, rule)
    want = (8, 10) if upsample is Upsample.NONE else ((16, 20) if to is MaskSize.INPUT else (21, 33))
    assert soft.shape == want
    hard = post.mask(alpha, Size(20, 16), Size(33, 21), geometry, replace(rule, threshold=0.5))
    assert set(np.unique(hard)) == {0, 255}
    # 8-bit steps and a float threshold may part at the one value in between.
    assert np.array_equal(hard > 0, soft > 127)


def test_the_bars_of_a_letterbox_are_cut_away() -> None:
    alpha = np.zeros((16, 20), np.float32)
    alpha[2:14] = 1  # 40×24 lies in 20×16 as 20×12, in the middle
    geometry = Geometry(Filter.BILINEAR, Order.ROTATE_RESIZE, letterbox=(0, 0, 0))
    rule = Post(Activation.NONE, upsample=Upsample.SKIA_NEAREST, to=MaskSize.FRAME)
    assert (post.mask(alpha, Size(20, 16), Size(40, 24), geometry, rule) == 255).all()


def test_tensors_are_normalised_and_laid_out() -> None:
    picture = np.array([[[0, 128, 255]]], np.uint8)
    rule = tiny_manifest().tensor
    want = [(v / 255 - m) / s for v, m, s in zip((0, 128, 255), rule.mean, rule.std, strict=True)]
    first = to_tensor(picture, rule, Layout.NCHW)
    assert first.shape == (1, 3, 1, 1)
    assert first.ravel().tolist() == pytest.approx(want, abs=1e-6)
    last = to_tensor(picture, rule, Layout.NHWC)
    assert last.shape == (1, 1, 1, 3)
    swapped = to_tensor(picture, replace(rule, channels="BGR", mean=(0, 0, 0), std=(1, 1, 1)), Layout.NCHW)
    assert swapped.ravel().tolist() == pytest.approx([1, 128 / 255, 0])
