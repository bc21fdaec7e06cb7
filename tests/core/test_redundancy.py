import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vcam.core.frame import Frame, Matte
from vcam.core.redundancy import (
    ALWAYS,
    Decision,
    MotionGate,
    Reason,
    Thrift,
    block_changes,
    blocks_near_outline,
    flicker,
)

THRIFT = Thrift(still_frames=5, slight_frames=1, max_age=1.0)


def person():
    alpha = np.zeros((36, 64), np.float32)
    alpha[12:, 24:40] = 1
    return alpha


def frame(luma, t=0.0):
    """A frame that is its own thumbnail."""
    return Frame(np.asarray(luma, np.uint8), 0, t)


def gate(thrift=THRIFT):
    made = MotionGate(lambda frame: frame.pixels, thrift)
    scene = frame(SCENE)
    made.decide(scene)
    made.remember(scene, Matte(person(), 0.0))
    return made


SCENE = np.full((36, 64), 100)


def changed(amount, at=np.s_[:]):
    scene = SCENE.copy()
    scene[at] += amount
    return scene


AWAY = np.s_[0:8, 0:8]
OUTLINE = np.s_[16:24, 24:32]


def test_the_first_frame_needs_the_network():
    assert MotionGate(lambda frame: frame.pixels).decide(frame(SCENE)) == Decision(True, Reason.FIRST)


def test_a_matte_that_changes_where_nothing_moved_is_told_as_flicker():
    told = []
    gate = MotionGate(lambda frame: frame.pixels, ALWAYS, told.append)
    for number, alpha in enumerate((person(), person(), person() * np.float32(0.9))):
        gate.decide(frame(SCENE, number))
        gate.remember(frame(SCENE, number), Matte(alpha, number))
    assert told == [0.0, pytest.approx(0.1 * person().mean(), abs=0.01)]
    gate.decide(frame(changed(99)))
    gate.remember(frame(changed(99)), Matte(1 - person(), 9.0))
    assert len(told) == 2, "all of the picture moved: nothing can be said"
    gate.reset()
    gate.remember(frame(SCENE), Matte(person(), 0.0))
    assert len(told) == 2


@pytest.mark.parametrize("scale", [1, 4, 7])
def test_flicker_counts_still_blocks_only(scale):
    still = np.ones((5, 8), bool)
    still[:, :4] = False
    before = np.zeros((36 * scale, 64 * scale), np.float32)
    now = before.copy()
    now[:, : 32 * scale] = 1
    assert flicker(Matte(before, 0), Matte(now, 0), still) == pytest.approx(0, abs=0.05)
    assert flicker(Matte(before, 0), Matte(now, 0), ~still) == pytest.approx(1, abs=0.05)
    assert flicker(Matte(before, 0), Matte(now[:-1], 0), still) is None
    assert flicker(Matte(before, 0), Matte(now, 0), np.zeros((5, 8), bool)) is None


@pytest.mark.parametrize(
    ("scene", "decision"),
    [
        (changed(0), Decision(False, Reason.STILL)),
        (changed(2), Decision(False, Reason.STILL)),
        (changed(30, AWAY), Decision(False, Reason.SLIGHT)),
        (changed(5, OUTLINE), Decision(False, Reason.SLIGHT)),
        (changed(9, OUTLINE), Decision(True, Reason.OUTLINE)),
        (changed(10), Decision(True, Reason.MOTION)),
        (changed(90, np.s_[:, 40:]), Decision(True, Reason.MOTION)),
        (changed(-80), Decision(True, Reason.CUT)),
    ],
)
def test_what_moved_and_where_decides(scene, decision):
    assert gate().decide(frame(scene)) == decision


def test_a_still_scene_reuses_the_matte_for_so_many_frames():
    still = gate()
    reasons = [still.decide(frame(SCENE)).reason for _ in range(7)]
    assert reasons == [Reason.STILL] * 5 + [Reason.AGE] * 2


def test_a_little_motion_reuses_it_for_fewer():
    slight = gate()
    assert [slight.decide(frame(changed(5, OUTLINE))).infer for _ in range(3)] == [False, True, True]


def test_slow_drift_adds_up_until_the_network_runs():
    drifting = gate(Thrift(still_frames=1000, slight_frames=1000, max_age=1e9))
    decisions = [drifting.decide(frame(changed(step, OUTLINE))) for step in range(12)]
    assert not decisions[2].infer
    assert decisions[-1] == Decision(True, Reason.OUTLINE)


def test_a_matte_is_never_reused_beyond_its_age():
    old = gate()
    assert old.reusable(frame(SCENE, t=1.0)) is not None
    assert old.reusable(frame(SCENE, t=1.01)) is None


def test_the_matte_reused_is_the_one_remembered_last():
    scene, matte = frame(SCENE), Matte(person(), 5.0)
    reusing = gate()
    reusing.decide(frame(changed(50)))
    reusing.remember(frame(changed(50)), matte)
    assert reusing.reusable(frame(changed(50), t=5.1)) is matte
    assert reusing.reusable(scene) is None


def test_remembering_without_asking_first_is_fine():
    unasked = MotionGate(lambda frame: frame.pixels, THRIFT)
    matte = Matte(person(), 0.0)
    unasked.remember(frame(SCENE), matte)
    assert unasked.reusable(frame(SCENE)) is matte


def test_reset_forgets():
    forgetful = gate()
    forgetful.reset()
    assert forgetful.decide(frame(SCENE)).reason is Reason.FIRST


def test_another_size_is_a_cut():
    assert gate().decide(frame(np.full((30, 64), 100))) == Decision(True, Reason.CUT)


def test_always_never_rests():
    assert gate(ALWAYS).decide(frame(SCENE)) == Decision(True, Reason.AGE)


def test_thumbnails_may_be_written_over():
    buffer = np.full((36, 64), 100, np.uint8)
    shared = MotionGate(lambda frame: buffer, THRIFT)
    shared.decide(frame(SCENE))
    shared.remember(frame(SCENE), Matte(person(), 0.0))
    buffer += 60
    assert shared.decide(frame(SCENE)).infer


@given(st.integers(1, 40), st.integers(1, 70), st.integers(0, 255), st.integers(0, 255))
def test_blocks_hold_the_mean_change(height, width, before, now):
    blocks = block_changes(
        np.full((height, width), before, np.uint8), np.full((height, width), now, np.uint8)
    )
    assert blocks.shape == (-(-height // 8), -(-width // 8))
    assert np.allclose(blocks, abs(before - now))


@pytest.mark.parametrize("shape", [(36, 64), (45, 80), (67, 120)])
@pytest.mark.parametrize("matte_shape", [(144, 256), (36, 64), (16, 16)])
def test_blocks_along_the_outline_are_known_at_any_size(shape, matte_shape):
    alpha = np.zeros(matte_shape, np.float32)
    alpha[:, matte_shape[1] // 2 :] = 1
    near = blocks_near_outline(Matte(alpha, 0.0), shape)
    rows, columns = near.shape
    assert near[:, columns // 2].all()
    assert not near[:, 0].any()
    assert not near[:, -1].any()
    assert rows == -(-shape[0] // 8)


@pytest.mark.parametrize("level", [0.0, 1.0])
def test_no_outline_means_no_blocks_near_it(level):
    assert not blocks_near_outline(Matte(np.full((36, 64), level, np.float32), 0.0), (36, 64)).any()


def test_a_matte_smaller_than_the_blocks_is_no_trouble():
    assert blocks_near_outline(Matte(person()[::4, ::4], 0.0), (120, 160)).shape == (15, 20)
