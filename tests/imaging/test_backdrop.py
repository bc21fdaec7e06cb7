import pytest

from vcam.imaging.backdrop import rows_each


@pytest.mark.parametrize(
    ("sigma", "height", "rows"),
    [(6, 720, 1), (17.6, 720, 2), (26.4, 1080, 3), (36, 720, 4), (36, 722, 2), (36, 721, 1), (0.1, 1, 1)],
)
def test_a_coarser_blur_needs_fewer_rows_and_they_divide_the_height(sigma, height, rows):
    assert rows_each(sigma, height) == rows
