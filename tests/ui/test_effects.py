from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from vcam.adapters.pictures import PICTURE_SUFFIXES
from vcam.core.background import Blur, Clip, Colour, Fit, NoEffect, Picture
from vcam.core.settings import Settings
from vcam.ui.effects import (
    MENU_MOST,
    PICTURES,
    RECENT_MOST,
    file_effect,
    is_background,
    menu_files,
    same_choice,
    with_added,
    with_effect,
    without,
)

paths = st.lists(st.integers(0, 20).map(lambda number: Path(f"{number}.png")), max_size=12)


def test_a_file_is_a_picture_or_a_clip_by_its_name() -> None:
    assert file_effect(Path("a.PNG")) == Picture(Path("a.PNG"))
    assert file_effect(Path("a.mp4"), Fit.FIT) == Clip(Path("a.mp4"), Fit.FIT)
    assert is_background(Path("x.JPEG"))
    assert not is_background(Path("x.txt"))


def test_what_is_offered_can_be_read() -> None:
    assert set(PICTURES) <= PICTURE_SUFFIXES


def test_strength_fit_and_shade_do_not_make_another_choice() -> None:
    assert same_choice(Blur(0.1), Blur(0.9))
    assert same_choice(Colour(1, 2, 3), Colour())
    assert same_choice(Picture(Path("a.png")), Picture(Path("a.png"), Fit.TILE))
    assert not same_choice(Picture(Path("a.png")), Picture(Path("b.png")))
    assert not same_choice(NoEffect(), Blur())


def test_the_strength_of_a_blur_is_remembered() -> None:
    settings = with_effect(with_effect(Settings(), Blur(0.25)), NoEffect())
    assert settings.effect == NoEffect()
    assert settings.blur_strength == 0.25


@given(paths, paths)
def test_added_files_come_first_and_the_list_stays_short(old: list[Path], new: list[Path]) -> None:
    before = with_added(Settings(), old)
    after = with_added(before, new)
    assert len(after.recent) <= RECENT_MOST
    assert len(set(after.recent)) == len(after.recent)
    if new:
        assert after.recent[0] == new[0]
        assert after.effect == Picture(new[0])
    else:
        assert after == before


@given(paths, st.integers(0, 20))
def test_removing_what_hides_the_room_never_shows_the_room(files: list[Path], number: int) -> None:
    path = Path(f"{number}.png")
    before = with_added(Settings(), files)
    after = without(before, path)
    assert path not in after.recent
    assert after.hides_room
    assert not same_choice(after.effect, Picture(path))


@given(paths, paths)
def test_the_menu_has_the_one_in_force_and_no_file_twice(own: list[Path], ours: list[Path]) -> None:
    settings = with_added(Settings(), own)
    files = menu_files(settings, ours)
    assert len(files) <= MENU_MOST
    assert len(set(files)) == len(files)
    if own:
        assert own[0] in files
