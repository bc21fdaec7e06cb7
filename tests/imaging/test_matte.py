from itertools import pairwise

import cv2
import numpy as np
import pytest

from vcam.core.frame import Frame, Matte, Size
from vcam.imaging.edges import apply_lines, fit_lines
from vcam.imaging.matte import (
    STEADY,
    STILLS,
    Refinement,
    Steadied,
    TemporalRefiner,
    follow,
    motion,
    without_ghosts,
)
from vcam.imaging.presenter import draw_presenter
from vcam.imaging.scale import Pyramid

SIZE = Size(640, 360)


def small(alpha, blur=0.7):
    """What a good network would say."""
    return cv2.GaussianBlur(cv2.resize(alpha, (256, 144), interpolation=cv2.INTER_AREA), (0, 0), blur)


def shown(start, count, step=1 / 30):
    return [draw_presenter(start + index * step, SIZE) for index in range(count)]


def refine_all(shots, mattes, refinement=STEADY):
    refiner = TemporalRefiner(refinement)
    return [
        refiner.refine(Frame(pixels, index, index / 30), Matte(matte, index / 30))
        for index, ((pixels, _), matte) in enumerate(zip(shots, mattes, strict=True))
    ]


def error(matte, alpha):
    return float(np.abs(cv2.resize(matte.share, alpha.shape[::-1]) - alpha).mean())


def test_the_matte_comes_out_at_half_the_frame_with_its_time():
    (pixels, alpha), *_ = shown(0, 1)
    refined = TemporalRefiner(pyramid=Pyramid()).refine(Frame(pixels, 3, 9.0), Matte(small(alpha), 8.9))
    assert refined.alpha.shape == (180, 320)
    assert refined.alpha.dtype == np.uint8
    assert 0 <= refined.share.min() <= refined.share.max() <= 1
    assert refined.captured_at == 8.9


def test_it_is_nearer_to_the_truth_than_the_networks_matte():
    (pixels, alpha), *_ = shown(1, 1)
    network = Matte(small(alpha), 0.0)
    refined = TemporalRefiner().refine(Frame(pixels, 0, 0.0), network)
    assert error(refined, alpha) < 0.65 * error(network, alpha)


def test_flicker_on_a_still_picture_is_held_down():
    shots = shown(1, 1) * 20
    rng = np.random.default_rng(0)
    mattes = []
    for _, alpha in shots:
        noise = cv2.GaussianBlur(rng.normal(0, 0.15, (144, 256)), (0, 0), 1.2)
        mattes.append(np.clip(small(alpha) + noise, 0, 1).astype(np.float32))
    plain = refine_all(shots, mattes, STILLS)
    steadied = refine_all(shots, mattes)

    def flicker(refined):
        return np.mean([np.abs(a.share - b.share).mean() for a, b in pairwise(refined[5:])])

    assert flicker(steadied) < 0.3 * flicker(plain)


def test_motion_is_not_lagged():
    shots = shown(4.2, 20)
    mattes = [small(alpha) for _, alpha in shots]
    steadied, plain = refine_all(shots, mattes)[-1], refine_all(shots, mattes, STILLS)[-1]
    assert error(steadied, shots[-1][1]) < 1.1 * error(plain, shots[-1][1])


def test_a_slow_change_of_the_matte_is_followed_in_time():
    pixels = np.full((360, 640, 3), 100, np.uint8)
    mattes = [np.zeros((144, 256), np.float32)] + [np.ones((144, 256), np.float32)] * 20
    refined = refine_all([(pixels, None)] * 21, mattes)
    assert 0 < refined[1].share.mean() < 0.5
    assert refined[-1].share.min() > 0.95


def test_the_same_matte_again_costs_nothing():
    (pixels, alpha), *_ = shown(1, 1)
    refiner, matte = TemporalRefiner(), Matte(small(alpha), 0.0)
    first = refiner.refine(Frame(pixels, 0, 0.0), matte)
    assert refiner.refine(Frame(pixels, 1, 0.03), matte) is first
    assert refiner.refine(Frame(pixels, 2, 0.06), Matte(matte.alpha, 0.06)) is not first


def test_alpha_is_had_as_a_share_whichever_way_it_is_kept():
    levels, alpha = np.array([[0, 51, 255]], np.uint8), np.array([[0, 0.2, 1]], np.float32)
    assert Matte(alpha, 0.0).share is alpha
    assert Matte(levels, 0.0).share.dtype == np.float32
    assert np.allclose(Matte(levels, 0.0).share, alpha)


def test_bytes_are_as_near_to_the_lines_as_bytes_can_be():
    rng = np.random.default_rng(3)
    alpha = cv2.GaussianBlur(rng.random((40, 60), np.float32), (0, 0), 2)
    guide, larger = (rng.integers(16, 236, shape, dtype=np.uint8) for shape in ((40, 60), (160, 240)))
    lines = fit_lines(alpha, guide, STEADY.radius, STEADY.epsilon)
    low, high = STEADY.levels
    slope, offset = (cv2.resize(plane, (240, 160)) for plane in (lines.slope, lines.offset))
    exact = np.clip((slope * larger + offset - low) / (high - low), 0, 1) * 255
    assert np.abs(apply_lines(lines, larger, STEADY.levels) - exact).max() <= 1.25


def test_nobody_gives_an_empty_matte():
    pixels, _ = draw_presenter(1.0, SIZE)
    refined = TemporalRefiner().refine(Frame(pixels, 0, 0.0), Matte(np.zeros((144, 256), np.float32), 0.0))
    assert not refined.alpha.any()


def test_an_island_that_is_nowhere_sure_is_a_ghost():
    matte = np.zeros((90, 160), np.float32)
    matte[30:, 60:110] = 0.97
    matte[30:, 56:60] = 0.3  # a soft edge belongs to the person it touches
    matte[40:60, 110:112] = 0.04  # below what counts, but no island
    before = matte.copy()
    assert without_ghosts(matte, 0.05) is matte
    matte[60:75, :20] = 0.45
    found = without_ghosts(matte, 0.05)
    np.testing.assert_array_equal(found, before)
    matte[62, 3] = 0.6  # somebody's sleeve, rather
    assert without_ghosts(matte, 0.05) is matte
    nobody = np.full((90, 160), 0.2, np.float32)
    assert not without_ghosts(nobody, 0.05).any()


def test_a_ghost_is_not_shown_and_takes_no_work():
    (pixels, alpha), *_ = shown(0, 1)
    haunted = small(alpha)
    assert not haunted[100:120, :12].any()
    haunted[100:120, :12] = 0.4
    mattes = [refine_all([(pixels, alpha)], [matte], STILLS)[0].alpha for matte in (haunted, small(alpha))]
    np.testing.assert_array_equal(*mattes)


def test_reset_forgets():
    (pixels, alpha), *_ = shown(1, 1)
    refiner, matte = TemporalRefiner(), Matte(small(alpha), 0.0)
    first = refiner.refine(Frame(pixels, 0, 0.0), matte)
    refiner.refine(Frame(pixels, 1, 0.0), Matte(np.zeros_like(matte.alpha), 0.0))
    refiner.reset()
    assert np.array_equal(refiner.refine(Frame(pixels, 2, 0.0), matte).alpha, first.alpha)


def test_a_matte_of_another_size_starts_afresh():
    (pixels, alpha), *_ = shown(1, 1)
    refiner = TemporalRefiner()
    refiner.refine(Frame(pixels, 0, 0.0), Matte(np.zeros((144, 256), np.float32), 0.0))
    other = cv2.resize(alpha, (160, 96), interpolation=cv2.INTER_AREA)
    refined = refiner.refine(Frame(pixels, 1, 0.0), Matte(other, 0.0))
    fresh = TemporalRefiner().refine(Frame(pixels, 1, 0.0), Matte(other, 0.0))
    assert np.array_equal(refined.alpha, fresh.alpha)


@pytest.mark.parametrize("noise", [0, 1, 3])
def test_noise_is_not_motion_and_a_hand_is(noise):
    rng = np.random.default_rng(1)
    scene = np.full((144, 256), 120, np.float32)
    before = scene + rng.normal(0, noise, scene.shape).astype(np.float32)
    scene[40:80, 100:130] += 60
    now = np.clip(scene + rng.normal(0, noise, scene.shape), 0, 255).astype(np.uint8)
    moved = motion(before, now)
    assert moved[:30].mean() < 0.05
    assert moved[50:70, 105:125].min() == 1


def test_a_shaken_camera_is_motion_everywhere():
    rng = np.random.default_rng(2)
    before = rng.integers(0, 255, (144, 256)).astype(np.float32)
    assert motion(before, np.roll(before, 3, axis=1).astype(np.uint8)).min() == 1


def test_a_still_pixel_holds_small_changes_and_a_moving_one_follows():
    before = Steadied(np.full((1, 3), 0.5, np.float32), np.zeros((1, 3), np.float32))
    now = np.array([[0.51, 0.9, 0.9]], np.float32)
    how = Refinement(follow=0.25, slack=0.02)
    after = follow(before, now, np.full((1, 3), 8, np.uint8), np.array([[0, 0, 1]], np.float32), how)
    assert np.allclose(after.alpha, [[0.5, 0.5 + 0.25 * 0.38, 0.9]])
    assert np.allclose(after.luma, [[2, 2, 8]])
