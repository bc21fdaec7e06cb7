"""The CPU budget: kept in order, given back with patience, without flicker."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vcam.core.budget import RELAX, SETTLE, Budget, Economy
from vcam.core.meter import Meter


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def run(budget, clock, percent, seconds):
    """Observe so much, twice a second; return every economy on the way."""
    seen = []
    for _ in range(int(2 * seconds)):
        clock.now += 0.5
        seen.append(budget.observe(percent))
    return seen


def test_within_the_budget_nothing_is_done():
    clock = Clock()
    assert set(run(Budget(10, clock), clock, 9.9, 300)) == {Economy.FULL}


def test_without_a_budget_nothing_is_done():
    clock = Clock()
    assert set(run(Budget(0, clock), clock, 300, 60)) == {Economy.FULL}


def test_over_the_budget_the_economies_come_in_their_order_and_not_at_once():
    clock = Clock()
    budget = Budget(10, clock)
    assert set(run(budget, clock, 30, SETTLE - 1)) == {Economy.FULL}
    seen = run(budget, clock, 30, 60)
    assert sorted(seen) == seen
    assert set(seen) == set(Economy)
    assert budget.economy is Economy.FEWER


def test_a_short_peak_changes_nothing():
    clock = Clock()
    budget = Budget(10, clock)
    for _ in range(20):
        assert set(run(budget, clock, 15, 2)) == {Economy.FULL}
        assert set(run(budget, clock, 5, 5)) == {Economy.FULL}


def test_well_below_they_are_taken_back_one_by_one_with_patience():
    clock = Clock()
    budget = Budget(10, clock)
    run(budget, clock, 30, 60)
    assert run(budget, clock, 3, RELAX - 1)[-1] is Economy.FEWER
    run(budget, clock, 3, 4 * RELAX)
    assert budget.economy is Economy.FULL


def test_just_below_the_budget_the_economy_stays():
    clock = Clock()
    budget = Budget(10, clock)
    run(budget, clock, 11, SETTLE + 1)
    assert set(run(budget, clock, 9, 600)) == {Economy.REUSE}


def test_a_step_back_that_did_not_hold_is_tried_ever_more_rarely():
    clock = Clock()
    budget = Budget(10, clock)
    cost = {Economy.FULL: 12.0, Economy.REUSE: 6.0, Economy.SMALLER: 5.0, Economy.FEWER: 4.0}
    steps, last = 0, budget.economy
    for _ in range(2 * 3600):
        clock.now += 0.5
        now = budget.observe(cost[budget.economy])
        steps += now is not last
        last = now
    assert steps < 30, "an hour of it must not flicker"


@given(st.lists(st.floats(0, 400), max_size=200), st.integers(0, 100))
def test_whatever_is_measured_the_economy_moves_by_single_steps(loads, percent):
    clock = Clock()
    budget = Budget(percent, clock)
    last = budget.economy
    for load in loads:
        clock.now += 2
        now = budget.observe(load)
        assert abs(now - last) <= 1
        last = now


def test_what_pictures_cost_is_told_from_what_the_process_costs():
    now, process, thread = iter(range(100)), iter(range(0, 1000, 2)), [0.0]
    meter = Meter(clock=lambda: float(next(now)), cpu=lambda: 0.4 * next(process), effort=lambda: thread[0])
    for _ in range(5):
        meter.card()
        thread[0] += 0.06
    stats = meter.stats(0, 0)
    assert stats.effort_percent == pytest.approx(100 * 4 * 0.06 / 5, abs=0.1)
    assert stats.cpu_percent == pytest.approx(80, abs=0.1)


def test_another_thread_may_ask_what_pictures_cost():
    meter = Meter()
    for _ in range(3):
        sum(range(100_000))
        meter.card()
    found = []
    asker = threading.Thread(target=lambda: found.append(meter.stats(0, 0).effort_percent))
    asker.start()
    asker.join()
    assert found[0] > 0
