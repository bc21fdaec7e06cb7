"""A pipeline of fakes, and words to wait with."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from vcam.core.controls import StatusListener
from vcam.core.fakes import (
    EFFECT,
    ROOM,
    CollectingSink,
    ColourCompositor,
    NobodySegmenter,
    PlainRefiner,
    RoomSource,
    paint_plain_card,
    plain,
)
from vcam.core.pipeline import Pipeline
from vcam.core.plan import Fittings, Plan
from vcam.core.status import State, Status

FALLBACK = (90, 90, 90)


def eventually(condition: Callable[[], Any], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.002)


def paced(_: int) -> None:
    """A source's before_read: a camera of 200 fps, so that a thread never spins."""
    time.sleep(0.005)


class Rig:
    """Holds a pipeline over fakes, and everything that it said."""

    def __init__(
        self,
        on_status: StatusListener | None = None,
        clock: Callable[[], float] = time.monotonic,
        **parts: Any,
    ) -> None:
        self.sink = parts.pop("sink", None) or CollectingSink()
        self.statuses: list[Status] = []
        plan = {name: parts.pop(name) for name in tuple(parts) if name in Plan.__dataclass_fields__}
        self.plan = replace(
            Plan(
                open_source=lambda: RoomSource(before_read=paced),
                open_segmenter=NobodySegmenter,
                make_compositor=lambda _: ColourCompositor(),
                make_fallback=lambda _: ColourCompositor(FALLBACK),
                hides_room=True,
                on_demand=False,
            ),
            **plan,
        )
        self.fittings = replace(
            Fittings(
                open_sink=lambda: self.sink,
                size=self.sink.size,
                paint_card=paint_plain_card,
                conform=lambda _, size: plain(size, ROOM),
                make_refiner=PlainRefiner,
            ),
            **parts,
        )
        self.pipeline = Pipeline(self.plan, self.fittings, on_status or self.statuses.append, clock)

    def __enter__(self) -> Rig:
        self.pipeline.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.pipeline.stop()
        assert self.pipeline.join(5), "the pipeline did not stop"
        assert not self.leaks(), "the room was shown"

    def reaches(self, state: State) -> None:
        eventually(lambda: self.pipeline.status.state is state)

    def shows(self, colour: tuple[int, ...], times: int = 1) -> None:
        """Wait until that many further pictures of exactly this colour were sent."""
        seen = self.sink.sent.count(frozenset({colour}))
        eventually(lambda: self.sink.sent.count(frozenset({colour})) >= seen + times)

    def shows_effect(self) -> None:
        self.shows(EFFECT, 3)

    def leaks(self) -> int:
        return sum(ROOM in colours for colours in self.sink.sent)

    def went_through(self, *states: State) -> bool:
        path = [status.state for status in self.statuses]
        return all(state in path for state in states)
