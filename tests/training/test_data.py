"""Labels, cut-outs and the split."""

import numpy as np
import pytest

pytest.importorskip("torch")
from training.cutout import (
    foreground,
    hide_bystanders,
    label,
    main_person,
    together,
    touches,
    unpremultiply,
    with_companions,
)
from training.data import Item, group_of, is_val
from training.framing import placement

pytestmark = pytest.mark.training


def test_cut_edges_are_found() -> None:
    matte = np.zeros((100, 120), np.uint8)
    matte[40:, 30:70] = 255
    assert touches(matte) == (False, False, False, True)
    matte[40:60] = 255
    assert touches(matte) == (True, False, True, True)


def test_cut_edges_are_pushed_out_of_the_frame() -> None:
    item = Item("a", "s", "g", 0, (200, 150, 4), (True, False, False, True))
    corners = np.array([[0, 0, 1], [150, 0, 1], [0, 200, 1], [150, 200, 1]], float).T
    for seed in range(60):
        placed = placement(np.random.default_rng(seed), item, (144, 256)) @ corners
        assert placed[1].max() >= 144 * 0.97  # the lower edge is not seen
        assert (
            placed[0].min() <= 256 * 0.1 or placed[0].max() >= 256 * 0.9
        )  # nor the left one, mirrored or not


def test_a_close_face_fills_the_frame() -> None:
    item = Item("a", "s", "g", 0, (200, 150, 4), (False, False, False, True))
    corners = np.array([[0, 0, 1], [0, 200, 1]], float).T
    heights = [
        np.ptp((placement(np.random.default_rng(seed), item, (144, 256), close=True) @ corners)[1]) / 144
        for seed in range(40)
    ]
    assert min(heights) > 1.4
    assert max(heights) > 2.4


def test_human_mask_rules_far_from_the_edge_and_teacher_softens_it() -> None:
    mask, teacher = np.zeros((64, 64), np.uint8), np.zeros((64, 64), np.uint8)
    mask[:, 32:] = 255
    teacher[:, 32:] = 255
    teacher[:8, :8] = 255  # a bystander that the human left out
    matte = label(mask, teacher, keyed=False)
    assert matte[4, 4] == 0
    assert matte[32, 60] == 255
    assert 0 < matte[32, 32] < 255


def test_passers_by_are_painted_over_and_the_labelled_person_is_not() -> None:
    image = np.full((80, 120, 3), 90, np.uint8)
    image[20:60, 10:20], image[20:, 60:90] = 250, 200
    matte, perhaps = np.zeros((80, 120), np.uint8), np.zeros((80, 120), np.uint8)
    matte[20:, 60:90] = 255
    perhaps[20:60, 10:20], perhaps[20:, 55:95] = 200, 255
    shown, share = hide_bystanders(image, matte, perhaps)
    assert np.abs(shown[30:50, 12:18].astype(int) - 90).max() < 12  # wall where somebody stood
    assert (shown[20:, 60:90] == 200).all()
    assert 0.04 < share < 0.1


def test_whoever_is_far_smaller_is_not_painted_over() -> None:
    image = np.full((80, 120, 3), 90, np.uint8)
    image[20:30, 10:15], image[20:60, 90:105] = 250, 30
    matte, perhaps = np.zeros((80, 120), np.uint8), np.zeros((80, 120), np.uint8)
    matte[20:, 30:60] = 255
    perhaps[20:30, 10:15] = perhaps[20:60, 90:105] = 255
    shown, _ = hide_bystanders(image, matte, perhaps, least=0.2)
    assert (shown[20:30, 10:15] == 250).all()
    assert np.abs(shown[30:50, 93:102].astype(int) - 90).max() < 12


def test_companions_of_like_size_are_labelled_and_passers_by_are_not() -> None:
    matte, teacher = np.zeros((80, 160), np.uint8), np.zeros((80, 160), np.uint8)
    matte[20:, 10:40] = teacher[20:, 10:40] = 255
    teacher[30:70, 80:100] = teacher[30:40, 140:145] = 255
    both = with_companions(matte, teacher)
    assert (both[30:70, 80:100] == 255).all()
    assert not both[:, 130:].any()
    assert (main_person(teacher) == matte).all()


def test_people_drawn_over_one_another_are_all_labelled_but_for_those_far_smaller() -> None:
    far, near, beside = (np.zeros((40, 60), np.uint8) for _ in range(3))
    far[10:15, 10:13], near[10:, 20:40], beside[20:, 38:50] = 255, 255, 255
    matte = together([far, near, beside])
    assert not matte[:, :20].any()
    assert (matte[near > 0] == 255).all()
    assert (matte[beside > 0] == 255).all()
    assert (together([far]) == far).all()  # alone, a small person is the main one
    before = far.copy()
    before[12:17, 21:24] = 255
    assert not together([near, before])[12:17, 21:24].any()  # in front, they hide the person


def test_without_a_map_of_passers_by_nothing_is_painted_over() -> None:
    image = np.full((8, 8, 3), 90, np.uint8)
    assert hide_bystanders(image, np.zeros((8, 8), np.uint8), None) == (image, 0.0)


def test_keyed_alpha_is_left_alone() -> None:
    alpha = np.arange(64, dtype=np.uint8).reshape(8, 8)
    assert label(alpha, np.zeros_like(alpha), keyed=True) is alpha


def test_person_colour_is_spread_under_the_soft_edge() -> None:
    image, matte = np.full((40, 40, 3), 200, np.uint8), np.zeros((40, 40), np.uint8)
    image[:, 20:], matte[:, 20:], matte[:, 19] = 50, 255, 128  # a bright wall shines through at column 19
    assert foreground(image, matte)[20, 19].max() < 80


def test_unpremultiply_inverts_premultiply() -> None:
    alpha = np.full((16, 16), 200, np.uint8)
    premult = np.full((16, 16, 3), round(90 * 200 / 255), np.uint8)
    assert abs(int(unpremultiply(premult, alpha)[8, 8, 0]) - 90) <= 1


@pytest.mark.parametrize(
    ("source", "stem", "group"),
    [
        ("keyed_grid", "grid_pwij3p_00012", "grid_pwij3p"),
        ("caltech101_faces", "image_0095", "face_val0"),
        ("caltech101_faces", "image_0021", "face1"),
        ("borrat_lecturers", "bo_human21z", "bo_human21"),
        ("borrat_lecturers", "bo_clip2_00030z", "bo_clip2"),
        ("ccp_upper", "0038", "0038"),
    ],
)
def test_pictures_of_one_person_stay_together(source: str, stem: str, group: str) -> None:
    assert group_of(source, stem) == group


def test_split_keeps_clips_and_listed_photographs_out_of_training() -> None:
    ccp = frozenset({"0038"})
    assert is_val("keyed_grid", "grid_pwij3p_00012", ccp)
    assert is_val("ccp_full", "0038", ccp)
    assert not is_val("ccp_upper", "0039", ccp)
