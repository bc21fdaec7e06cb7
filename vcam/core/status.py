"""What the pipeline tells the world: states, the table of transitions, and frozen snapshots.

    STOPPED → STARTING → RUNNING ⇄ RECOVERING   camera busy, gone or stalled, a stage that fails or hangs:
                                                tried again by itself, less and less often
                              ⇅ IDLE            nobody reads the virtual camera: the real one is closed
                              ⇅ PAUSED          the privacy card is shown
    FAILED ← somebody must act: no network that can be loaded, a file that cannot be read or written;
             another plan, start() or stop() leaves it, and so does a network that can be loaded again

In every state but RUNNING the sink shows a card, never a frozen or raw picture.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from vcam.core.budget import Economy
from vcam.core.errors import IllegalTransition, Problem
from vcam.core.ports import CardKind, SourceFormat


class State(StrEnum):
    """Where the pipeline stands."""

    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"
    RECOVERING = "recovering"
    IDLE = "idle"
    PAUSED = "paused"
    FAILED = "failed"


_LIVE = {State.STARTING, State.RUNNING, State.RECOVERING, State.IDLE, State.PAUSED}

TRANSITIONS: dict[State, frozenset[State]] = {
    State.STOPPED: frozenset({State.STARTING}),
    State.STARTING: frozenset({State.RUNNING, State.RECOVERING, State.IDLE, State.PAUSED}),
    State.RUNNING: frozenset({State.STARTING, State.RECOVERING, State.IDLE, State.PAUSED}),
    State.RECOVERING: frozenset({State.STARTING, State.RUNNING, State.IDLE, State.PAUSED}),
    State.IDLE: frozenset({State.STARTING, State.PAUSED}),
    State.PAUSED: frozenset({State.STARTING, State.IDLE}),
    State.FAILED: frozenset({State.STARTING, State.RECOVERING, State.STOPPED}),
}
for _state in _LIVE:
    TRANSITIONS[_state] |= {State.FAILED, State.STOPPED}

CARDS: dict[State, CardKind] = {
    State.STOPPED: CardKind.STOPPED,
    State.STARTING: CardKind.STARTING,
    State.RECOVERING: CardKind.RECOVERING,
    State.IDLE: CardKind.IDLE,
    State.PAUSED: CardKind.PAUSED,
    State.FAILED: CardKind.FAILED,
}


def check_transition(old: State, new: State) -> None:
    """Raise IllegalTransition where the table has no way from old to new."""
    if new not in TRANSITIONS[old]:
        allowed = ", ".join(sorted(TRANSITIONS[old]))
        raise IllegalTransition(f"got {old} → {new} != wanted {old} → one of {allowed}")


@dataclass(frozen=True, slots=True)
class StageTimes:
    """Median wall milliseconds of each stage over the last frames; segment counts those it ran for."""

    segment: float = 0.0
    segment_p95: float = 0.0
    refine: float = 0.0
    compose: float = 0.0
    send: float = 0.0


@dataclass(frozen=True, slots=True)
class Stats:
    """Counters since the start, and rates over the last second or two.

    Attributes:
        fps: frames sent per second, cards included.
        cpu_percent: of one core, the whole process.
        effort_percent: of one core, what making and sending pictures takes, without the camera's decoder and
            the window: what the CPU budget is about.
        latency_ms: from capture to the sink, median.
        frames_in: read from the source.
        frames_out: composited and sent.
        cards_out: cards sent instead of frames.
        dropped: read, but overtaken by a newer frame before they were worked on.
        inferred: frames for which the network ran.
    """

    fps: float = 0.0
    cpu_percent: float = 0.0
    effort_percent: float = 0.0
    latency_ms: float = 0.0
    frames_in: int = 0
    frames_out: int = 0
    cards_out: int = 0
    dropped: int = 0
    inferred: int = 0
    stages: StageTimes = field(default_factory=StageTimes)


@dataclass(frozen=True, slots=True)
class Status:
    """One snapshot of the pipeline.

    Attributes:
        state: where it stands.
        problem: why it is RECOVERING or FAILED, or a warning beside RUNNING (an unreadable background).
        detail: what the error said, for the log and the tooltip; not translated.
        camera: the name of the open camera, "" when it is closed.
        source: what the camera really gives.
        sink: the virtual camera's name, "" when there is none.
        model: the model's name.
        watched: whether anybody reads the virtual camera.
        economy: what is done to keep the CPU budget.
        choice: what the quality Auto uses and why, "" where people have chosen themselves.
    """

    state: State = State.STOPPED
    problem: Problem | None = None
    detail: str = ""
    camera: str = ""
    source: SourceFormat | None = None
    sink: str = ""
    model: str = ""
    watched: bool = False
    economy: Economy = Economy.FULL
    choice: str = ""
    stats: Stats = field(default_factory=Stats)
