"""Auto quality: it converges in a simulated machine, and never overruns its budget on the way."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vcam.core.autoquality import SHARE, Arm, AutoQuality, Context, Outcome

ARMS = (
    Arm("performance", "Performance", cost=16, quality=0.70),
    Arm("balanced", "Balanced int8", cost=33, quality=0.80),
    Arm("quality", "Quality", cost=120, quality=0.88),
)
DEADLINE = 33.3
CALM = Context(cores=8, vnni=True, load=0.1, battery=False)
BUSY = Context(cores=8, vnni=True, load=1.0, battery=True)


class Machine:
    """A simulated laptop: time grows with work and load; too long a time misses frames."""

    def __init__(self, ms_per_cost, rng):
        self.ms_per_cost = ms_per_cost
        self.rng = rng

    def times(self, arm, context):
        middle = arm.cost * self.ms_per_cost * (1 + 2 * context.load)
        return middle * self.rng.lognormal(0, 0.1, 30)

    def run(self, arm, context):
        times = self.times(arm, context)
        outcome = Outcome(
            missed=float(np.mean(times > SHARE * DEADLINE)), flicker=0.002, cpu=float(times.mean() / DEADLINE)
        )
        return outcome, times

    def reward(self, arm, context):
        twin = Machine(self.ms_per_cost, np.random.default_rng(99))
        return float(np.mean([twin.run(arm, context)[0].reward(arm.quality) for _ in range(200)]))


def live(auto, machine, rounds, rng):
    """Let it run; return the choices of each round, with their context and whether they were watched."""
    history = []
    for number in range(rounds):
        context = BUSY if rng.random() < 0.5 else CALM
        watched = number % 3 > 0
        arm = auto.choose(context, watched=watched)
        outcome, times = machine.run(arm, context)
        auto.observe(arm.name, context, outcome, times)
        history.append((arm, context, watched))
    return history


@pytest.mark.parametrize("ms_per_cost", [0.02, 0.05, 0.3])
@pytest.mark.parametrize("seed", range(3))
def test_it_converges_to_what_is_best_on_this_machine(ms_per_cost, seed):
    rng = np.random.default_rng(seed)
    machine = Machine(ms_per_cost, rng)
    auto = AutoQuality(ARMS, DEADLINE)
    live(auto, machine, 300, rng)
    for context in (CALM, BUSY):
        chosen = auto.choose(context, watched=True)
        safe = [arm for arm in ARMS if auto.p95(arm.name) <= SHARE * DEADLINE]
        best = max(machine.reward(arm, context) for arm in safe or ARMS[:1])
        assert machine.reward(chosen, context) >= best - 0.05


@pytest.mark.parametrize("seed", range(5))
def test_a_network_that_would_overrun_is_never_chosen_once_anything_was_measured(seed):
    rng = np.random.default_rng(seed)
    machine = Machine(0.3, rng)  # quality: 36 ms calm, 108 busy; balanced: 10 and 30
    auto = AutoQuality(ARMS, DEADLINE)
    auto.observe("performance", BUSY, *machine.run(ARMS[0], BUSY))
    history = live(auto, machine, 200, rng)
    assert "quality" not in {arm.name for arm, _, _ in history}


def test_nothing_is_tried_out_while_somebody_watches():
    auto = AutoQuality(ARMS, DEADLINE)
    good = Outcome(missed=0, flicker=0, cpu=0.02)
    for _ in range(50):
        auto.observe("balanced", CALM, good, [1.0])
    bad = Outcome(missed=0.1, flicker=0, cpu=0.2)
    auto.observe("quality", CALM, bad, [4.0])
    assert auto.choose(CALM, watched=True).name == "balanced"


def test_where_nothing_is_safe_the_cheapest_is_used():
    auto = AutoQuality(ARMS, DEADLINE)
    for arm in ARMS:
        auto.observe(arm.name, BUSY, Outcome(1, 0, 2), [500.0])
    assert auto.choose(BUSY, watched=False).name == "performance"


def test_thumbs_outweigh_figures():
    auto = AutoQuality(ARMS, DEADLINE)
    for _ in range(500):
        auto.observe("performance", CALM, Outcome(0, 0.005, 0.01), [0.5])
        auto.observe("quality", CALM, Outcome(0, 0, 0.01), [4.0])
    assert auto.choose(CALM, watched=True).name == "quality"
    auto.rate("performance", 1)
    assert auto.choose(CALM, watched=True).name == "performance"
    auto.rate("quality", 1)
    auto.observe("quality", CALM, Outcome(0, 0, 0.01), [SHARE * DEADLINE + 1] * 64)
    assert auto.choose(CALM, watched=True).name == "performance", "no thumb buys time that there is not"


@pytest.mark.parametrize("seed", range(3))
def test_a_thumb_down_changes_the_network_at_once_for_good_and_within_the_budget(seed):
    rng = np.random.default_rng(seed)
    machine = Machine(0.05, rng)  # quality: 6 ms calm, 18 busy
    auto = AutoQuality(ARMS, DEADLINE)
    live(auto, machine, 100, rng)
    disliked = auto.choose(CALM, watched=True)
    auto.rate(disliked.name, -1)
    assert auto.choose(CALM, watched=True).name != disliked.name
    again = AutoQuality(ARMS, DEADLINE)
    again.restore(json.loads(json.dumps(auto.to_json())))
    for arm, context, watched in live(again, machine, 100, rng):
        assert again.p95(arm.name) <= SHARE * DEADLINE or arm.cost == min(a.cost for a in ARMS)
        assert not (watched and context is CALM and arm.name == disliked.name)


def test_a_steadier_network_is_worth_more():
    auto = AutoQuality(ARMS[1:], DEADLINE)
    for _ in range(30):
        auto.observe("balanced", CALM, Outcome(0, 0.001, 0.05), [2.0])
        auto.observe("quality", CALM, Outcome(0, 0.02, 0.05), [3.0])
    assert auto.choose(CALM, watched=True).name == "balanced"


def test_it_explains_itself():
    auto = AutoQuality(ARMS, DEADLINE)
    assert auto.explain("balanced") == "Balanced int8"
    auto.observe("balanced", CALM, Outcome(0, 0, 0), [1.2, 1.3, 9.0, float("nan")])
    assert auto.explain("balanced") == "Balanced int8: 1.3 ms of 33"


def test_what_was_learnt_is_kept():
    rng = np.random.default_rng(0)
    auto = AutoQuality(ARMS, DEADLINE)
    live(auto, Machine(0.05, rng), 50, rng)
    again = AutoQuality(ARMS[:2], DEADLINE)
    again.restore(json.loads(json.dumps(auto.to_json())))
    assert again.p95("balanced") == auto.p95("balanced")
    assert again.explain("performance") == auto.explain("performance")


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"version": 2, "arms": {}},
        {"version": 1, "arms": []},
        {"version": 1, "arms": {"balanced": {}}},
        {"version": 1, "arms": {"balanced": {"a": [[1]], "b": [1], "times": []}}},
        {"version": 1, "arms": {"balanced": {"a": np.zeros((5, 5)).tolist(), "b": [0] * 5, "times": []}}},
        {"version": 1, "arms": {"balanced": {"a": np.eye(5).tolist(), "b": [0] * 5, "times": ["x"]}}},
        {"version": 1, "arms": {"balanced": {"a": np.eye(5).tolist(), "b": [1e999] * 5, "times": []}}},
    ],
)
def test_a_spoilt_memory_is_refused_whole(document):
    auto = AutoQuality(ARMS, DEADLINE)
    with pytest.raises(ValueError, match="got"):
        auto.restore(document)
    assert auto.choose(CALM, watched=True).name == "quality"


def test_without_networks_there_is_nothing_to_choose():
    with pytest.raises(ValueError, match="no network"):
        AutoQuality((), DEADLINE)


@given(
    st.integers(0, 512),
    st.booleans(),
    st.floats(-1, 100),
    st.booleans(),
    st.lists(st.floats(0, 1e4), max_size=9),
)
def test_whatever_the_machine_is_something_is_chosen(cores, vnni, load, battery, times):
    auto = AutoQuality(ARMS, DEADLINE)
    context = Context(cores, vnni, load, battery)
    auto.observe("balanced", context, Outcome(0.5, 0.1, 3), times)
    assert auto.choose(context, watched=False) in ARMS
