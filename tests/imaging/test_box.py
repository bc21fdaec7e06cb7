import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vcam.core.frame import Size
from vcam.imaging.box import Box


def test_a_box_around_a_mask():
    mask = np.zeros((10, 20), np.uint8)
    assert not Box.around(mask)
    mask[3:5, 7:12] = 1
    box = Box.around(mask)
    assert box == Box(7, 3, 12, 5)
    assert box
    assert box.size == Size(5, 2)
    assert box.of(mask).all()


def test_growing_stops_at_the_border():
    assert Box(1, 5, 18, 9).grown(3, Size(20, 10)) == Box(0, 2, 20, 10)


def test_halved_boxes_cover_the_whole():
    assert Box(7, 8, 9, 17).shrunk(3) == Box(0, 1, 2, 3)


@pytest.mark.parametrize(
    "sizes", [(Size(256, 144), Size(640, 360)), (Size(208, 160), Size(320, 240)), (Size(7, 5), Size(11, 3))]
)
@given(st.data())
def test_a_snapped_part_resized_equals_the_whole_resized(sizes, data):
    own, other = sizes
    rng = np.random.default_rng(0)
    image = np.zeros((own.height, own.width), np.float32)
    left, top = data.draw(st.integers(0, own.width - 1)), data.draw(st.integers(0, own.height - 1))
    right, bottom = data.draw(st.integers(left + 1, own.width)), data.draw(st.integers(top + 1, own.height))
    image[top:bottom, left:right] = rng.random((bottom - top, right - left), np.float32)
    part = Box(left, top, right, bottom).grown(1, own).snapped(own, other)
    into = part.scaled(own, other)
    whole = cv2.resize(image, (other.width, other.height))
    alone = np.zeros_like(whole)
    into.of(alone)[:] = cv2.resize(part.of(image), (into.size.width, into.size.height))
    assert np.allclose(alone, whole, atol=1e-5)
