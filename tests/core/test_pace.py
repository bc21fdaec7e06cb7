"""Pictures leave on the camera's clock, and on no other: one for each frame, before the next frame comes."""

from __future__ import annotations

import threading

from tests.core.rig import Rig, eventually
from vcam.core.fakes import EFFECT, RoomSource

TICKS = 300


class Ticks:
    """A camera's clock: it gives a frame when it is told to."""

    def __init__(self):
        self._due = threading.Semaphore(0)

    def __call__(self, _index):
        self._due.acquire()

    def tick(self):
        self._due.release()


def pictures(rig):
    return rig.sink.sent.count(frozenset({EFFECT}))


def test_each_frame_leaves_before_the_next_comes_and_none_leaves_twice():
    camera = Ticks()
    with Rig(open_source=lambda: RoomSource(before_read=camera)) as rig:
        for count in range(1, TICKS + 1):
            camera.tick()
            eventually(lambda: pictures(rig) >= count)  # noqa: B023 - called before the next turn
            assert pictures(rig) == count
        assert rig.pipeline.status.stats.dropped == 0
    camera.tick()  # it lets go of the thread that still waits for it
