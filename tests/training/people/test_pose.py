"""Hands and feet go where a pose wants them, and no bone changes its length."""

import dataclasses

import numpy as np
import pytest

pytest.importorskip("anny")
from training.people.anatomy import BODY, Anatomy, Part
from training.people.person import random_person
from training.people.pose import BOTH_HANDS, HANDS, ONE_HAND, Pose, Skeleton, random_pose
from training.people.surface import Material

pytestmark = [pytest.mark.training, pytest.mark.timeout(900)]


def place(anatomy: Anatomy, pose: Pose, bone: str) -> np.ndarray:
    return Skeleton(anatomy, anatomy.heads, pose).places[anatomy.bones[bone]]


def test_hands_that_are_up_are_above_the_eyes_and_hanging_ones_below_the_waist(anatomy: Anatomy) -> None:
    up = Pose(hands={"L": "up", "R": "hang"})
    eye = place(anatomy, up, "eye.L")[2]
    assert place(anatomy, up, "wrist.L")[2] > eye
    assert place(anatomy, up, "wrist.R")[2] < place(anatomy, up, "spine04")[2] + 0.05


def test_a_phone_is_held_beside_the_head(anatomy: Anatomy) -> None:
    pose = Pose(hands={"L": "hang", "R": "phone"})
    assert np.linalg.norm(place(anatomy, pose, "wrist.R") - place(anatomy, pose, "head")) < 0.2


@pytest.mark.parametrize("job", sorted(HANDS))
def test_bones_keep_their_length(anatomy: Anatomy, job: str) -> None:
    pose = Pose(hands={"L": job, "R": job}, thigh={"L": 1.4, "R": 0.2}, knee={"L": 1.2, "R": 0.5}, stoop=0.4)
    skeleton = Skeleton(anatomy, anatomy.heads, pose)
    for bone, parent in enumerate(anatomy.parents):
        if parent >= 0:
            rest = np.linalg.norm(anatomy.heads[bone] - anatomy.heads[parent])
            assert np.linalg.norm(skeleton.places[bone] - skeleton.places[parent]) == pytest.approx(
                rest, abs=1e-4
            )


def test_rotations_are_rotations(anatomy: Anatomy) -> None:
    rng = np.random.default_rng(0)
    skeleton = Skeleton(anatomy, anatomy.heads, random_pose(rng, random_person(rng)))
    np.testing.assert_allclose(np.linalg.det(skeleton.rotations), 1, atol=1e-3)


def test_who_sits_has_the_knees_in_front(anatomy: Anatomy) -> None:
    sitting = Pose(thigh={"L": 1.5, "R": 1.5}, knee={"L": 1.5, "R": 1.5})
    hip, knee, foot = (place(anatomy, sitting, b) for b in ("upperleg01.L", "lowerleg01.L", "foot.L"))
    assert knee[1] < hip[1] - 0.25
    assert abs(knee[2] - hip[2]) < 0.15
    assert foot[2] < knee[2] - 0.25


def test_a_pose_at_rest_moves_nothing_but_what_is_aimed(anatomy: Anatomy) -> None:
    head = np.flatnonzero(anatomy.is_head & (anatomy.rest[:, 2] > anatomy.eye[2]))
    part = Part(anatomy.rest[head], head, np.zeros((0, 3), int), Material((1, 1, 1)))
    np.testing.assert_allclose(
        Skeleton(anatomy, anatomy.heads, Pose()).apply(part), anatomy.rest[head], atol=1e-4
    )


def test_every_job_of_the_hands_is_known() -> None:
    assert set(BOTH_HANDS) | set(ONE_HAND) <= set(HANDS)


def test_all_kinds_of_poses_are_drawn() -> None:
    rng = np.random.default_rng(0)
    person = random_person(rng)
    assert {random_pose(rng, person).name for _ in range(40)} == {"stand", "walk", "sit"}


def test_old_people_stoop_more() -> None:
    rng = np.random.default_rng(0)
    person = random_person(rng)
    stoop = {
        age: np.mean([random_pose(rng, dataclasses.replace(person, age=age)).stoop for _ in range(60)])
        for age in (0.7, 0.95)
    }
    assert stoop[0.95] > stoop[0.7] + 0.1


def test_neighbours_are_averaged_and_others_stay(anatomy: Anatomy) -> None:
    smooth = anatomy.smooth(anatomy.rest, BODY, 5)
    used = np.unique(anatomy.groups[BODY])
    others = np.setdiff1d(np.arange(anatomy.vertices), used)
    np.testing.assert_array_equal(smooth[others], anatomy.rest[others])
    assert 0 < np.abs(smooth[used] - anatomy.rest[used]).max() < 0.05
