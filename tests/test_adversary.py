"""Everything that we could think of against the real stages: no room comes out of them, nor stale memory."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import partial

import cv2
import numpy as np
import pytest

from vcam.core.background import Blur, Clip, Colour, Fit, Picture
from vcam.core.fakes import NobodySegmenter
from vcam.core.frame import Frame, Matte, Size
from vcam.core.mending import Mending
from vcam.core.plan import Fittings, Plan
from vcam.core.redundancy import MotionGate
from vcam.core.watchdog import Watchdog
from vcam.core.workshop import Workshop
from vcam.imaging import backdrop, blur, compose, matte, overlay
from vcam.imaging.colour import thumbnail
from vcam.imaging.compose import make_compositor
from vcam.imaging.layout import lay_out_video
from vcam.imaging.matte import TemporalRefiner
from vcam.imaging.planes import to_i420, to_pixels
from vcam.imaging.scale import Pyramid

MAGENTA, CYAN, PERSON = (255, 0, 255), (255, 255, 0), (30, 160, 30)
CELL = 8
STALE = 200
"""What is in memory that was not yet written to: as grey planes of I420 a pink that nothing else has."""
NETWORK = Size(128, 72)
STEPS = 150
SIZES = [Size(320, 180), Size(241, 135), Size(90, 160)]

_empty = np.empty


def stale_memory(shape, dtype=float, **others):
    """Like numpy.empty, but where the system would give us old bytes of our own, it does."""
    made = _empty(shape, dtype, **others)
    made.fill(STALE if made.dtype == np.uint8 else 0)
    return made


class Camera:
    """A room of magenta and cyan with somebody in it, or nobody.

    Args:
        size: of its frames.
        person: (left, top) of the person's block; None for an empty room.
        cell: side of the room's squares, in pixels.
        planes: its frames come as I420.
    """

    def __init__(self, size, person, cell=CELL, planes=False):
        down, across = np.indices((size.height, size.width)) // cell
        self.size = size
        self.room = np.where(((down + across) % 2 == 0)[..., None], MAGENTA, CYAN).astype(np.uint8)
        self.person = person
        self.planes = planes

    def frame(self, at):
        pixels = self.room.copy()
        if self.person is not None:
            left, top = self.person
            pixels[top : top + self.size.height // 2, left : left + self.size.width // 3] = PERSON
        return Frame(to_i420(pixels) if self.planes else pixels, 0, at)


def seen_by_the_network(frame):
    """Return the truth, at the network's size."""
    small = cv2.resize(np.ascontiguousarray(to_pixels(frame.pixels)), (NETWORK.width, NETWORK.height))
    near = np.abs(small.astype(np.int16) - PERSON).max(axis=2) < 40
    return Matte(near.astype(np.float32), frame.captured_at)


class Segmenter(NobodySegmenter):
    """Tells the truth, or does what a broken network would."""

    def __init__(self, chance):
        super().__init__()
        self._chance = chance

    def segment(self, frame):
        good = seen_by_the_network(frame)
        match self._chance.choice(["good"] * 12 + ["nan", "inf", "one nan", "raises", "none", "upside down"]):
            case "nan":
                return Matte(np.full_like(good.alpha, np.nan), good.captured_at)
            case "inf":
                return Matte(good.alpha * np.float32(np.inf), good.captured_at)
            case "one nan":
                good.alpha[3, 5] = np.nan
            case "raises":
                raise RuntimeError("broken")
            case "none":
                return None
            case "upside down":  # negative strides, the same values
                return Matte(good.alpha[::-1].copy()[::-1], good.captured_at)
        return good


class Breakage:
    """Lets one call in so many of the stages' own functions fail, at their beginning or their end."""

    PARTS = (
        *((backdrop, name) for name in ("shrink", "to_i420", "lay_out_video")),
        *((overlay, name) for name in ("mix", "shrink", "to_bytes")),
        *((matte, name) for name in ("sharpen", "follow", "motion", "resize_luma")),
        (blur.MaskedBlur, "__call__"),
        (overlay.Overlay, "lay"),
        (overlay.Overlay, "place"),
        (compose.PersonOver, "_show"),
    )

    def __init__(self, monkeypatch, chance):
        self.every = 0
        for owner, name in self.PARTS:
            monkeypatch.setattr(owner, name, self._breaking(getattr(owner, name), chance))

    def _breaking(self, does, chance):
        def call(*arguments, **others):
            when = chance.randrange(self.every) if self.every else -1
            if when == 0:
                raise MemoryError
            made = does(*arguments, **others)
            if when == 1:
                raise MemoryError
            return made

        return call


class Clips:
    """A clip that breaks now and then."""

    def __init__(self, chance):
        self._chance = chance
        self._frames = [np.full((50, 80, 3), (grey, grey, grey), np.uint8) for grey in (40, 90)]

    def frame_at(self, seconds):
        if self._chance.random() < 0.1:
            raise MemoryError
        return self._frames[int(seconds * 5) % 2]

    def close(self):
        pass


def share_of_room(picture):
    """Return how much of a picture is magenta, cyan or stale memory."""
    pixels = to_pixels(picture).astype(np.int16)
    stale = cv2.cvtColor(np.full((3, 2), STALE, np.uint8), cv2.COLOR_YUV2BGR_I420)[0, 0]
    near = [np.abs(pixels - np.array(colour, np.int16)).max(axis=2) < 70 for colour in (MAGENTA, CYAN, stale)]
    return float(np.any(near, axis=0).mean())


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_done_to_the_real_stages_no_room_comes_out(monkeypatch, seed, size):
    chance = random.Random(seed)
    monkeypatch.setattr(np, "empty", stale_memory)
    breakage = Breakage(monkeypatch, chance)
    pyramid = Pyramid()
    effects = {
        Blur(1.0): None,
        Colour(0, 0, 200): None,
        Picture("still.png", Fit.FIT): np.full((40, 90, 3), 128, np.uint8),
        Clip("moving.mp4"): Clips(chance),
    }

    def maker(effect):
        return partial(make_compositor_for, effect, effects[effect], pyramid)

    plan = Plan(
        open_source=lambda: None,
        open_segmenter=lambda: Segmenter(chance),
        make_compositor=maker(Blur(1.0)),
        make_fallback=maker(Colour(0, 0, 200)),
        hides_room=True,
        make_gate=lambda: MotionGate(partial(thumbnail, pyramid=pyramid)),
    )
    fittings = Fittings(
        open_sink=lambda: None,
        size=size,
        paint_card=lambda kind, of: None,
        conform=lay_out_video,
        make_refiner=lambda: TemporalRefiner(pyramid=pyramid),
    )
    workshop = Workshop(plan, fittings, Watchdog(lambda _: None))
    mending = Mending(lambda: 0.0)
    cameras = [
        Camera(size, None),
        Camera(size, (size.width // 8, size.height // 4)),
        Camera(Size(97, 61), None, cell=2),
        Camera(Size(160, 90), (20, 20), cell=4, planes=True),
    ]
    camera, now, shown = cameras[0], 0.0, 0
    for step in range(STEPS):
        now += 1 / 30
        breakage.every = chance.choice([0, 0, 60, 20])
        match chance.choice(["go on"] * 6 + ["camera", "effect", "jump", "raw", "worn frame"]):
            case "camera":
                camera = chance.choice(cameras)
                workshop.stages().reset()  # as the pipeline does before a camera's first frame
            case "effect":
                workshop.change(replace(plan, make_compositor=maker(chance.choice(list(effects)))))
            case "jump" if camera.person is not None:
                reach = camera.size
                camera.person = (chance.randrange(reach.width // 2), chance.randrange(reach.height // 2))
            case "raw":
                workshop.change(replace(plan, hides_room=False))
                attempt(workshop, mending, camera.frame(now))
                workshop.change(plan)
            case "worn frame":
                worn = camera.frame(now).pixels.copy("F")[::-1].copy("F")[::-1]  # strides all wrong
                worn.flags.writeable = False
                picture = attempt(workshop, mending, Frame(worn, 0, now))
                assert picture is None or share_of_room(picture) < 0.02, f"step {step}, a worn frame"
                continue
        picture = attempt(workshop, mending, camera.frame(now))
        if picture is not None:
            shown += 1
            share = share_of_room(picture)
            assert share < 0.02, f"step {step}: {share:.1%} of the picture is the room"
    assert shown > STEPS / 3


def make_compositor_for(effect, background, pyramid, size):
    return make_compositor(effect, size, background, pyramid=pyramid)


def attempt(workshop, mending, frame):
    """Do with a frame what the pipeline does; return the picture that would be sent, if any."""
    try:
        workshop.adopt()
        shot = workshop.stages().compose(frame)
    except Exception as error:  # noqa: BLE001 - whatever it is, nothing is shown
        try:
            mending.bad_shot(frame, error)
        except Exception as last:  # noqa: BLE001 - the third in a row
            mending.fault(last)
            workshop.drop()
        return None
    mending.good_shot()
    return shot.pixels if workshop.plan.hides_room else None
