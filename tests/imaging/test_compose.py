from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vcam.core.background import Blur, Clip, Colour, Fit, NoEffect, Picture
from vcam.core.frame import Frame, Matte, Size
from vcam.imaging import reference
from vcam.imaging.compose import make_compositor
from vcam.imaging.layout import lay_out
from vcam.imaging.planes import to_i420, to_pixels
from vcam.imaging.presenter import draw_presenter
from vcam.imaging.scale import Pyramid

SIZE = Size(320, 180)
PICTURE = np.random.default_rng(9).integers(0, 256, (40, 50, 3), dtype=np.uint8)


def photo(width, height, seed):
    """A frame with shapes and sensor noise."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (max(height // 12, 1), max(width // 12, 1), 3), dtype=np.uint8)
    smooth = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.float32)
    return np.clip(smooth + rng.normal(0, 8, smooth.shape), 0, 255).astype(np.uint8)


def matte_of(width, height, kind, seed):
    rng = np.random.default_rng(seed)
    if kind == "none":
        return np.zeros((height, width), np.float32)
    if kind == "all":
        return np.ones((height, width), np.float32)
    coarse = rng.random((max(height // 6, 1), max(width // 6, 1)), np.float32)
    soft = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    return soft if kind == "soft" else np.clip((soft - 0.45) * 12, 0, 1)


class Frames:
    """A clip of one colour per second."""

    def __init__(self):
        self.colours = [np.full((30, 40, 3), level, np.uint8) for level in (10, 250)]
        self.asked, self.closed = [], 0

    def frame_at(self, seconds):
        self.asked.append(seconds)
        return self.colours[int(seconds) % 2]

    def close(self):
        self.closed += 1


def compose(effect, background=None, t=1.0, size=SIZE, **options):
    """Return a frame as a meeting would see it, its alpha, and the composite of it, both BGR."""
    pixels, alpha = draw_presenter(t, size)
    compositor = make_compositor(effect, size, background, **options)
    composite = compositor.compose(Frame(pixels, 0, 0.0), Matte(alpha, 0.0))
    return through_i420(pixels), alpha, to_pixels(composite)


def through_i420(pixels):
    return to_pixels(to_i420(pixels))


def whole_pixels(alpha, level):
    """Where alpha has a level, and around it, so that the colours, which four pixels share, have it too."""
    return cv2.erode((alpha == level).view(np.uint8), np.ones((5, 5))) > 0


def difference(one, other):
    return int(np.abs(one.astype(int) - other).max())


@settings(max_examples=60, deadline=None)
@given(
    width=st.integers(1, 90),
    height=st.integers(1, 70),
    matte_size=st.sampled_from(["frame", "half", "network"]),
    kind=st.sampled_from(["none", "all", "soft", "crisp"]),
    effect=st.one_of(
        st.builds(Blur, st.floats(0, 1)),
        st.builds(Colour),
        st.builds(lambda fit: Picture(Path("p.png"), fit), st.sampled_from(Fit)),
    ),
    light_wrap=st.sampled_from([0.0, 0.4]),
    seed=st.integers(0, 50),
)
def test_equals_the_reference_within_one_level(*, width, height, matte_size, kind, effect, light_wrap, seed):
    pixels = photo(width, height, seed)
    shapes = {"frame": (width, height), "half": ((width + 1) // 2, (height + 1) // 2), "network": (64, 36)}
    alpha = matte_of(*shapes[matte_size], kind, seed)
    size = Size(width, height)
    background = PICTURE if isinstance(effect, Picture) else None
    compositor = make_compositor(effect, size, background, light_wrap=light_wrap)
    fast = compositor.compose(Frame(pixels, 0, 0.0), Matte(alpha, 0.0))
    if isinstance(effect, Blur):
        behind = reference.blurred_room(pixels, alpha, effect.strength)
    elif isinstance(effect, Colour):
        colour = np.full((height, width, 3), (effect.blue, effect.green, effect.red), np.uint8)
        behind = reference.planes_of(colour)
    else:
        behind = reference.planes_of(lay_out(PICTURE, size, effect.fit))
    slow = reference.person_over(pixels, alpha, behind, light_wrap)
    if width % 2 == 0 and height % 2 == 0:
        assert difference(fast, slow) <= 1
    else:
        # No I420 has odd sides: this is BGR again, where one level of Y and of U are 1.16 + 2.02 of blue.
        assert difference(fast, to_pixels(slow)[:height, :width]) <= 4


@pytest.mark.parametrize("strength", [0.0, 0.6, 1.0])
def test_equals_the_reference_at_full_size(strength):
    size = Size(1280, 720)
    pixels, alpha = draw_presenter(4.7, size)
    fast = make_compositor(Blur(strength), size).compose(Frame(pixels, 0, 0.0), Matte(alpha, 0.0))
    behind = reference.blurred_room(pixels, alpha, strength)
    assert difference(fast, reference.person_over(pixels, alpha, behind)) <= 1


def test_no_effect_returns_the_frame_itself():
    pixels, alpha = draw_presenter(1.0, SIZE)
    assert make_compositor(NoEffect(), SIZE).compose(Frame(pixels, 0, 0.0), Matte(alpha, 0.0)) is pixels
    make_compositor(NoEffect(), SIZE).close()


@pytest.mark.parametrize(
    ("effect", "background"),
    [(Blur(0.5), None), (Colour(), None), (Picture(Path("p")), PICTURE), (Clip(Path("c")), None)],
)
def test_the_person_is_kept_and_the_room_is_gone(effect, background):
    pixels, alpha, out = compose(effect, Frames() if isinstance(effect, Clip) else background)
    body = whole_pixels(alpha, 1)
    assert np.array_equal(out[body], pixels[body])
    far = cv2.dilate(alpha, np.ones((9, 9))) == 0
    sharp = cv2.Laplacian(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), cv2.CV_32F)[far]
    left = cv2.Laplacian(cv2.cvtColor(out, cv2.COLOR_BGR2GRAY), cv2.CV_32F)[far]
    correlation = abs(float(np.corrcoef(sharp, left + 1e-6 * np.arange(left.size))[0, 1]))
    assert correlation < 0.15


def test_no_person_no_room():
    pixels, _ = draw_presenter(1.0, SIZE)
    out = make_compositor(Colour(1, 2, 3), SIZE).compose(
        Frame(pixels, 0, 0.0), Matte(np.zeros((90, 160), np.float32), 0.0)
    )
    assert np.all(to_pixels(out) == through_i420(np.full((2, 2, 3), (3, 2, 1), np.uint8))[0, 0])


def test_a_former_person_leaves_nothing_behind():
    pixels, alpha = draw_presenter(1.0, SIZE)
    compositor = make_compositor(Colour(1, 2, 3), SIZE)
    compositor.compose(Frame(pixels, 0, 0.0), Matte(alpha, 0.0))
    gone = compositor.compose(Frame(pixels, 1, 0.0), Matte(np.zeros_like(alpha), 0.0))
    assert np.all(to_pixels(gone) == through_i420(np.full((2, 2, 3), (3, 2, 1), np.uint8))[0, 0])


def test_blur_has_no_halo_of_the_person():
    pixels = np.full((180, 320, 3), 40, np.uint8)
    alpha = np.zeros((180, 320), np.float32)
    alpha[40:, 100:220] = 1
    pixels[alpha == 1] = 250
    out = make_compositor(Blur(0.8), SIZE).compose(Frame(pixels, 0, 0.0), Matte(alpha, 0.0))
    # Bilinear enlargement mixes the one coarse pixel that the outline runs through; beyond it nothing glows.
    assert to_pixels(out)[alpha == 0].max() <= 43


def test_the_rooms_colour_is_taken_out_of_the_edge():
    size = Size(640, 360)
    pixels = np.full((360, 640, 3), (240, 240, 240), np.uint8)
    alpha = np.zeros((360, 640), np.float32)
    cv2.circle(alpha, (320, 180), 110, 1.0, -1)
    alpha = cv2.GaussianBlur(alpha, (0, 0), 3)
    person = np.array((30, 30, 30))
    pixels = np.round(alpha[..., None] * person + (1 - alpha[..., None]) * pixels).astype(np.uint8)
    out = make_compositor(Colour(0, 0, 0), size).compose(Frame(pixels, 0, 0.0), Matte(alpha, 0.0))
    out = to_pixels(out)
    right = alpha[..., None] * person
    plain = alpha[..., None] * pixels
    edge = (alpha > 0) & (alpha < 1)
    assert np.abs(out - right)[edge].mean() < 0.45 * np.abs(plain - right)[edge].mean()


def test_light_wrap_brightens_the_edge_alone():
    bright = Colour(255, 255, 255)
    _, alpha, plain = compose(bright)
    _, _, wrapped = compose(bright, light_wrap=0.8)
    edge = (alpha > 0.2) & (alpha < 0.8)
    body = whole_pixels(alpha, 1)
    assert np.array_equal(plain[body], wrapped[body])
    assert wrapped[edge].mean() > plain[edge].mean() + 3


def test_a_clip_follows_the_frames_clock_and_is_laid_out_when_it_changes():
    frames = Frames()
    compositor = make_compositor(Clip(Path("c.mp4")), SIZE, frames)
    pixels, _ = draw_presenter(0.0, SIZE)
    nobody = np.zeros((90, 160), np.float32)
    levels = [
        int(to_pixels(compositor.compose(Frame(pixels, index, moment), Matte(nobody, moment)))[0, 0, 0])
        for index, moment in enumerate((0.0, 0.5, 1.2, 2.0))
    ]
    assert levels == [10, 10, 250, 10]
    assert frames.asked == [0.0, 0.5, 1.2, 2.0]
    compositor.close()
    assert frames.closed == 1


def test_the_output_buffer_is_reused_and_frames_are_not_written_into():
    pixels, alpha = draw_presenter(1.0, SIZE)
    before = pixels.copy()
    pixels.flags.writeable = False
    for effect in (Blur(0.5), Colour()):
        compositor = make_compositor(effect, SIZE, pyramid=Pyramid())
        first = compositor.compose(Frame(pixels, 0, 0.0), Matte(alpha, 0.0))
        assert compositor.compose(Frame(pixels, 1, 0.0), Matte(alpha, 0.0)) is first
        compositor.close()
    assert np.array_equal(pixels, before)


def test_a_frame_of_another_size_is_refused():
    compositor = make_compositor(Blur(), SIZE)
    frame = Frame(np.zeros((90, 160, 3), np.uint8), 0, 0.0)
    with pytest.raises(ValueError, match="got a frame of 160×90 != wanted 320×180"):
        compositor.compose(frame, Matte(np.zeros((90, 160), np.float32), 0.0))


@pytest.mark.parametrize(
    ("effect", "background"),
    [(Picture(Path("p.png")), None), (Clip(Path("c.mp4")), None), (Clip(Path("c")), PICTURE)],
)
def test_a_background_that_was_not_read_is_our_bug(effect, background):
    with pytest.raises(ValueError, match="wanted pixels or clip frames"):
        make_compositor(effect, SIZE, background)


def test_a_matte_used_again_is_worked_out_once_and_looks_the_same():
    pixels, alpha = draw_presenter(1.0, SIZE)
    brighter = np.minimum(pixels, 205) + np.uint8(50)
    matte = Matte(alpha, 0.0)
    for effect in (Blur(0.2), Blur(0.9), Colour()):
        reused = make_compositor(effect, SIZE)
        reused.compose(Frame(pixels, 0, 0.0), matte)
        again = reused.compose(Frame(brighter, 1, 0.03), matte)
        fresh = make_compositor(effect, SIZE).compose(Frame(brighter, 1, 0.03), Matte(alpha, 0.0))
        assert np.array_equal(again, fresh)


def test_a_room_that_stands_still_is_blurred_once_while_the_person_stays_live():
    pixels, alpha = draw_presenter(1.0, SIZE)
    matte = Matte(alpha, 0.0)
    talking = pixels.copy()
    talking[alpha == 1] //= 2
    noisy = np.minimum(talking, 252) + np.uint8(3)
    compositor = make_compositor(Blur(0.9), SIZE)
    first = compositor.compose(Frame(pixels, 0, 0.0), matte).copy()
    second = compositor.compose(Frame(noisy, 1, 0.03), Matte(alpha, 0.03))
    room, body = whole_pixels(alpha, 0), whole_pixels(alpha, 1)
    assert np.array_equal(to_pixels(second)[room], to_pixels(first)[room])
    assert np.array_equal(to_pixels(second)[body], through_i420(noisy)[body])


@pytest.mark.parametrize(
    ("effect", "background"), [(Picture(Path("p")), PICTURE), (Blur(0.0), None), (Blur(1.0), None)]
)
def test_where_the_person_was_the_background_comes_back(effect, background):
    size = Size(64, 48)
    pixels = photo(64, 48, 1)
    compositor = make_compositor(effect, size, background)
    for left in (2, 30, 50, 10):
        alpha = np.zeros((48, 64), np.float32)
        alpha[10:40, left : left + 12] = 1
        moved = compositor.compose(Frame(pixels, 0, 0.0), Matte(alpha, 0.0))
        fresh = make_compositor(effect, size, background).compose(Frame(pixels, 0, 0.0), Matte(alpha, 0.0))
        assert np.array_equal(moved, fresh)


def test_what_is_kept_while_nothing_moves_differs_by_little():
    pixels, alpha = draw_presenter(1.0, SIZE)
    noisy = np.clip(pixels + np.random.default_rng(0).normal(0, 3, pixels.shape), 0, 255).astype(np.uint8)
    matte = Matte(alpha, 0.0)
    for effect in (Blur(0.6), Colour()):
        compositor = make_compositor(effect, SIZE)
        compositor.compose(Frame(pixels, 0, 0.0), matte)
        kept = compositor.compose(Frame(noisy, 1, 0.03), matte)
        fresh = make_compositor(effect, SIZE).compose(Frame(noisy, 1, 0.03), matte)
        assert difference(kept, fresh) <= 3
        body = whole_pixels(alpha, 1)
        assert np.array_equal(to_pixels(kept)[body], through_i420(noisy)[body])
