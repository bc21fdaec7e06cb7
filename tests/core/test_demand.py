"""When the picture is wanted: arrivals count soon, departures late, and mere looking around never."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vcam.core.demand import LINGER, SETTLE, Demand


class Room:
    """An audience and a clock, both moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0
        self.occupied = False

    def watched(self) -> bool:
        return self.occupied

    def close(self) -> None:
        pass

    def clock(self) -> float:
        return self.now


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
def demand(room: Room) -> Demand:
    return Demand(room, clock=room.clock)


def at(room: Room, demand: Demand, moment: float, occupied: bool) -> bool:
    room.now, room.occupied = moment, occupied
    return demand.wanted()


def test_nobody_wants_an_unwatched_camera(room: Room, demand: Demand) -> None:
    assert not at(room, demand, 0.0, False)
    assert not at(room, demand, 100.0, False)


def test_an_arrival_counts_after_the_settling_time(room: Room, demand: Demand) -> None:
    assert not at(room, demand, 0.0, True)
    assert demand.watched
    assert at(room, demand, SETTLE, True)


def test_it_is_unsettled_only_where_an_arrival_may_soon_count(room: Room, demand: Demand) -> None:
    assert not demand.unsettled()
    at(room, demand, 0.0, True)
    assert demand.unsettled()
    at(room, demand, SETTLE, True)
    assert not demand.unsettled()
    at(room, demand, 1.0, False)
    assert not demand.unsettled(), "a departure has all the time in the world"


def test_looking_around_does_not_count(room: Room, demand: Demand) -> None:
    for step in range(50):
        assert not at(room, demand, step * 0.2, True)
        assert not at(room, demand, step * 0.2 + 0.05, False)


def test_a_departure_counts_after_lingering(room: Room, demand: Demand) -> None:
    at(room, demand, 0.0, True)
    at(room, demand, SETTLE, True)
    assert at(room, demand, 1.0, False)
    assert not demand.watched
    assert at(room, demand, 1.0 + LINGER - 0.01, False)
    assert not at(room, demand, 1.0 + LINGER, False)


def test_a_short_absence_is_forgotten(room: Room, demand: Demand) -> None:
    at(room, demand, 0.0, True)
    at(room, demand, SETTLE, True)
    at(room, demand, 1.0, False)
    at(room, demand, 5.0, True)
    assert at(room, demand, 7.0, False)
    assert at(room, demand, 11.9, False)


def test_turned_off_it_always_wants_and_still_tells_who_watches(room: Room) -> None:
    demand = Demand(room, enabled=False, clock=room.clock)
    assert at(room, demand, 0.0, False)
    assert not demand.watched
    assert at(room, demand, 50.0, True)
    assert demand.watched


@given(steps=st.lists(st.tuples(st.floats(0.0, 3.0), st.booleans()), max_size=60))
def test_it_never_lags_longer_than_it_says(steps: list[tuple[float, bool]]) -> None:
    room = Room()
    demand = Demand(room, clock=room.clock)
    steady, before = 0.0, False
    for wait, occupied in steps:
        steady = steady + wait if occupied == before else 0.0
        before = occupied
        wanted = at(room, demand, room.now + wait, occupied)
        if occupied and steady >= SETTLE + 1e-6:
            assert wanted
        if not occupied and steady >= LINGER + 1e-6:
            assert not wanted
