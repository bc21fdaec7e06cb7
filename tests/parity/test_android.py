"""Exact YUV → RGB, strides, rotation and letterbox, against the slow reference."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.parity import slow_reference as slow
from vcam.core.errors import TraceError
from vcam.core.frame import Size
from vcam.parity import android
from vcam.parity.android import Box, Plane, YuvLayout, YuvMethod

sizes = st.builds(Size, st.integers(1, 9), st.integers(1, 9))
few = settings(max_examples=30, deadline=None)


@pytest.mark.parametrize("method", list(YuvMethod))
def test_every_luma_and_many_chromas_are_exact(method: YuvMethod) -> None:
    # One row per luma; chroma pairs at the ends, the middle, and in between.
    steps = [0, 1, 15, 16, 64, 127, 128, 129, 200, 239, 240, 254, 255]
    pairs = list(itertools.product(steps, steps))
    size = Size(2 * len(pairs), 256)
    y = np.repeat(np.arange(256, dtype=np.uint8)[:, None], size.width, axis=1)
    vu = np.array([(v, u) for u, v in pairs], np.uint8).reshape(1, -1).repeat(128, axis=0)
    got = android.yuv_to_rgb(
        np.concatenate([y.reshape(-1), vu.reshape(-1)]), android.nv21_layout(size), method
    )
    for luma in (0, 1, 16, 17, 100, 128, 234, 235, 236, 254, 255):
        want = [slow.yuv_pixel(luma, u, v, method.value) for u, v in pairs]
        assert got[luma, ::2].tolist() == [list(pixel) for pixel in want]


@few
@given(sizes, st.sampled_from(list(YuvMethod)), st.integers(0, 3), st.integers(1, 2), st.randoms())
def test_planes_with_strides_agree_with_the_slow_reference(size, method, padding, pixel_stride, random):
    chroma = Size((size.width + 1) // 2, (size.height + 1) // 2)
    y = Plane(0, size.width + padding, 1)
    u = Plane(y.row_stride * size.height, chroma.width * pixel_stride + padding, pixel_stride)
    v = Plane(u.offset + u.row_stride * chroma.height, u.row_stride, pixel_stride)
    layout = YuvLayout(size, y, u, v)
    # Android leaves the padding after the very last sample away: so does this buffer.
    buffer = np.frombuffer(random.randbytes(layout.needed), np.uint8)
    triples = [(p.offset, p.row_stride, p.pixel_stride) for p in (y, u, v)]
    want = slow.yuv_to_rgb(buffer, (size.width, size.height), triples, method.value)
    assert android.yuv_to_rgb(buffer, layout, method).tolist() == [[list(p) for p in row] for row in want]


def test_nv21_has_v_before_u() -> None:
    buffer = np.array([81, 81, 81, 81, 240, 90], np.uint8)
    red = android.yuv_to_rgb(buffer, android.nv21_layout(Size(2, 2)), YuvMethod.LIBYUV_LIMITED)
    assert red[0, 0].tolist() == [254, 0, 0]


def test_padded_nv21_is_the_same_picture() -> None:
    size = Size(6, 4)
    rng = np.random.default_rng(0)
    tight = rng.integers(0, 256, 36, dtype=np.uint8)
    padded = np.zeros((6, 8), np.uint8)
    padded[:, :6] = tight.reshape(6, 6)
    a = android.yuv_to_rgb(tight, android.nv21_layout(size), YuvMethod.LIBYUV_FULL)
    b = android.yuv_to_rgb(padded.reshape(-1), android.nv21_layout(size, 8), YuvMethod.LIBYUV_FULL)
    assert np.array_equal(a, b)


def test_short_buffers_and_bad_strides_are_refused() -> None:
    layout = android.nv21_layout(Size(4, 4))
    with pytest.raises(TraceError, match="got a YUV buffer of 23 bytes != wanted at least 24"):
        android.planes(np.zeros(23, np.uint8), layout)
    narrow = YuvLayout(Size(4, 4), Plane(0, 3, 1), layout.u, layout.v)
    with pytest.raises(TraceError, match="got Y rows of 3 bytes"):
        android.planes(np.zeros(24, np.uint8), narrow)
    before = YuvLayout(Size(4, 4), Plane(-1, 4, 1), layout.u, layout.v)
    with pytest.raises(TraceError, match="offset -1"):
        android.planes(np.zeros(24, np.uint8), before)


@few
@given(sizes, st.booleans(), st.randoms())
def test_grey_survives_the_way_to_nv21_and_back(size: Size, full_range: bool, random) -> None:
    grey = np.frombuffer(random.randbytes(size.width * size.height), np.uint8)
    rgb = grey.reshape(size.height, size.width, 1).repeat(3, axis=2)
    buffer, layout = android.rgb_to_nv21(rgb, full_range=full_range)
    method = YuvMethod.LIBYUV_FULL if full_range else YuvMethod.RENDERSCRIPT
    back = android.yuv_to_rgb(buffer, layout, method)
    # Full range keeps every grey; limited range has 220 levels for 256, and chroma rounds.
    assert np.abs(back.astype(int) - rgb).max() <= (0 if full_range else 2)


@few
@given(sizes, st.booleans(), st.randoms())
def test_nv21_agrees_with_the_slow_reference(size: Size, full_range: bool, random) -> None:
    noise = np.frombuffer(random.randbytes(size.width * size.height * 3), np.uint8)
    rgb = noise.reshape(size.height, size.width, 3)
    buffer, layout = android.rgb_to_nv21(rgb, full_range=full_range)
    assert buffer.tobytes() == slow.nv21(rgb.tolist(), full_range)
    assert layout == android.nv21_layout(size)


def test_flat_colours_survive_the_way_to_nv21_and_back() -> None:
    colours = np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255], [200, 150, 120], [40, 60, 90]], np.uint8)
    for full_range, method in ((True, YuvMethod.LIBYUV_FULL), (False, YuvMethod.LIBYUV_LIMITED)):
        for colour in colours:
            rgb = np.broadcast_to(colour, (3, 5, 3))
            back = android.yuv_to_rgb(*android.rgb_to_nv21(rgb, full_range=full_range), method)
            assert np.abs(back.astype(int) - rgb).max() <= 6


@few
@given(sizes, st.sampled_from([0, 90, 180, 270]))
def test_rotation_is_clockwise(size: Size, degrees: int) -> None:
    picture = np.arange(size.width * size.height, dtype=np.uint8).reshape(size.height, size.width)
    assert android.rotate(picture, degrees).tolist() == slow.rotate(picture.tolist(), degrees)
    assert android.mirror(picture).tolist() == [row[::-1] for row in picture.tolist()]


def test_odd_rotations_are_refused() -> None:
    with pytest.raises(ValueError, match="got a rotation of 45°"):
        android.rotate(np.zeros((2, 2), np.uint8), 45)


@given(*[st.integers(1, 4000)] * 4)
def test_letterbox_agrees_with_the_slow_reference(a: int, b: int, c: int, d: int) -> None:
    box = android.letterbox(Size(a, b), Size(c, d))
    assert (box.x, box.y, box.width, box.height) == slow.letterbox(a, b, c, d)
    assert box.inside(Size(c, d))


def test_a_crop_must_lie_inside() -> None:
    picture = np.arange(12, dtype=np.uint8).reshape(3, 4)
    assert Box(1, 1, 2, 2).cut(picture).tolist() == [[5, 6], [9, 10]]
    with pytest.raises(TraceError, match=r"got a crop of 4×2 at \(1, 0\) != wanted inside 4×3"):
        Box(1, 0, 4, 2).cut(picture)
