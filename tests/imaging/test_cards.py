import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vcam.core.frame import Size
from vcam.core.ports import CardKind
from vcam.imaging.cards import paint_card

SIZE = Size(640, 360)


@pytest.mark.parametrize("kind", CardKind)
@pytest.mark.parametrize("size", [SIZE, Size(1920, 1080), Size(480, 640), Size(160, 120)])
def test_every_kind_is_drawn_at_every_size(kind, size):
    card = paint_card(kind, size, "Camera off", "Nobody is watching")
    assert card.shape == (size.height, size.width, 3)
    assert card.dtype == np.uint8
    assert card.mean() < 80, "calm and dark"
    assert card.max() > 200, "with words that can be read"


def test_kinds_look_different():
    cards = [paint_card(kind, SIZE, "") for kind in CardKind]
    assert all(not np.array_equal(a, b) for i, a in enumerate(cards) for b in cards[:i])


def ink(card):
    """Where words are: bright, and below the drawing."""
    rows, columns = np.nonzero(card[215:].max(axis=2) > 120)
    return rows + 215, columns


def test_words_are_centred():
    rows, columns = ink(paint_card(CardKind.PAUSED, SIZE, "Paused", "Back soon"))
    assert abs((columns.min() + columns.max()) / 2 - 320) < 6
    assert rows.size > 500


def test_a_long_text_is_broken_into_lines_and_stays_inside():
    long = "The camera does not answer any more; perhaps another program is using it, or its cable is loose"
    rows, columns = ink(paint_card(CardKind.RECOVERING, SIZE, "Looking for the camera", long))
    assert columns.min() >= 15
    assert columns.max() <= 625
    one_line, _ = ink(paint_card(CardKind.RECOVERING, SIZE, "Looking for the camera", "Trying again"))
    assert rows.max() > one_line.max() + 10


def test_a_title_that_is_too_long_is_made_smaller():
    _, columns = ink(
        paint_card(CardKind.FAILED, SIZE, "A title that is far too long for one line of any card")
    )
    assert columns.min() >= 15
    assert columns.max() <= 625


def test_other_scripts_have_glyphs():
    cards = [
        paint_card(CardKind.STOPPED, SIZE, title)
        for title in ("Камера выключена", "摄像头已关闭", "????????")
    ]
    assert not np.array_equal(cards[0], cards[2])
    assert not np.array_equal(cards[1], cards[2])


def test_a_card_is_the_same_every_time():
    assert np.array_equal(paint_card(CardKind.IDLE, SIZE, "a"), paint_card(CardKind.IDLE, SIZE, "a"))


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 200), st.integers(1, 200), st.sampled_from(CardKind), st.text(max_size=30))
def test_no_size_or_text_is_too_odd(width, height, kind, text):
    assert paint_card(kind, Size(width, height), text, text).shape == (height, width, 3)
