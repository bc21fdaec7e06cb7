"""Source → stages → outlet: the one thread that makes all of a run's decisions.

The states and their transitions are in status.py, what may be shown in stages.py, the door in outlet.py,
where frames come from in supply.py, the card that stands in for them in stand_in.py, what people wish for in
wishes.py, how stages are built and swapped in workshop.py, what becomes of our own faults in mending.py,
when to try again in attempts.py, and who tells in herald.py.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from vcam.core.attempts import Attempts
from vcam.core.budget import Economy
from vcam.core.controls import StatusListener
from vcam.core.errors import EndOfSource, Problem, SinkError, SourceError, VcamError
from vcam.core.facts import Facts
from vcam.core.frame import Frame
from vcam.core.herald import Herald
from vcam.core.mending import UNLOADABLE, Mending
from vcam.core.meter import Meter
from vcam.core.outlet import Outlet, Revoked
from vcam.core.plan import Fittings, Plan
from vcam.core.stages import Stages
from vcam.core.stand_in import StandIn
from vcam.core.status import State
from vcam.core.supply import Supply
from vcam.core.watchdog import Watchdog
from vcam.core.wishes import ASK_EVERY, Wishes
from vcam.core.workshop import Workshop

log = logging.getLogger(__name__)

_POLL = 0.15
_REST_POLL = 0.33
_PUBLISH_EVERY = 0.5
_REST_PUBLISH_EVERY = 10.0


class Worker:
    """Runs until stop is set. Others may set stop, ask for an attempt, wish, change the plan, revoke.

    Args:
        plan: the parts that settings decide.
        fittings: the parts that stay.
        on_status: told of each new snapshot, on this thread.
        clock: monotonic seconds.
        supply: knows what cameras of runs before still hang.
    """

    def __init__(
        self,
        plan: Plan,
        fittings: Fittings,
        on_status: StatusListener,
        clock: Callable[[], float],
        supply: Supply,
    ) -> None:
        self._fittings = fittings
        self._clock = clock
        self._supply = supply
        self._meter = Meter(clock)
        self.outlet = Outlet(
            fittings.open_sink, tap=fittings.tap, required=fittings.sink_required, clock=clock
        )
        self.watchdog = Watchdog(self._on_hang, clock)
        self.workshop = Workshop(plan, fittings, self.watchdog)
        self.wishes = Wishes(fittings.demand, clock)
        self._facts = Facts(self.outlet, self.workshop, supply, self.wishes, self._meter)
        self.herald = Herald(on_status, self._facts.fill, self.watchdog)
        self._mending = Mending(clock)
        self._stand_in = StandIn(fittings, self.outlet, self.watchdog, self._meter, clock)
        self.stop = threading.Event()
        self.attempts = Attempts(self._mending, supply, fittings.devices, self.stop)
        self._lease = 0
        self._hung = False
        self._publish_at = 0.0
        self._told_worry: VcamError | None = None

    @property
    def _state(self) -> State:
        return self.herald.status.state

    def run(self) -> None:
        """Work until stop is set; then close what is open, whatever went wrong, and say STOPPED."""
        while not self.stop.is_set():
            self._guarded(self._iterate)
        for step in (
            self._stand_in.part,
            self._supply.release,
            self.workshop.drop,
            self.outlet.close,
            self._fittings.leave,
        ):
            self._guarded(step)
        self.watchdog.stop()
        while not self._said_stopped():
            time.sleep(_POLL)

    def _guarded(self, step: Callable[[], None]) -> None:
        """Run one step; whatever it raises ends in a state with a card."""
        try:
            step()
        except EndOfSource:
            self.stop.set()
        except Exception as error:  # noqa: BLE001 - _falter() logs it
            try:
                self._falter(error)
            except Exception:  # noqa: BLE001 - no memory left even to say so: the next step tries again
                time.sleep(_POLL)

    def _said_stopped(self) -> bool:
        """Say the last word, for which somebody waits; return whether there was memory enough for it."""
        last = self.herald.status
        words = (last.problem, last.detail) if last.state is State.FAILED else (None, "")
        try:
            self._enter(State.STOPPED, *words)
        except MemoryError:
            return False
        return True

    def _begin(self) -> None:
        self._supply.begin()
        self._stand_in.prepare()
        self._enter(State.STARTING)

    def _iterate(self) -> None:
        if self._state is State.STOPPED:
            self._begin()
        self._lease = self.outlet.lease()  # before the plan is looked at: what revokes it brings another
        self._adopt_changes()
        with self.watchdog.stage():
            self.outlet.tend()
        every = _PUBLISH_EVERY
        match self._state:
            case State.IDLE | State.PAUSED:
                every = _REST_PUBLISH_EVERY
                self._rest()
            case State.FAILED:
                self._stand_failed()
            case _:
                self._work()
        if self._clock() >= self._publish_at or self._facts.worry is not self._told_worry:
            self._told_worry = self._facts.worry
            self._publish_at = self._clock() + every
            self.herald.tell()

    def _work(self) -> None:
        """STARTING, RECOVERING, RUNNING: show the next frame, or the card until there is one."""
        running = self._state is State.RUNNING
        if not running:
            self._stand_in.show(self._state, watched=self.wishes.watched)
        if self._leave_for_rest() or self.attempts.wait(_POLL):
            return
        stages = self.workshop.stages()
        try:
            with self.watchdog.stage():
                plan = self.workshop.plan
                fewer = plan.economy >= Economy.FEWER
                frame = self._supply.next(plan.open_source, _POLL, lossless=plan.lossless, fewer=fewer)
        except EndOfSource:
            raise
        except SourceError as error:
            if not self.workshop.plan.patient:
                raise
            self._await_camera(error)
            return
        if frame is not None:
            if not running:
                stages.reset()
            self._show(stages, frame)

    def _show(self, stages: Stages, frame: Frame) -> None:
        """Send what the stages make of a frame. Nothing of the frame goes out where they raise."""
        self._hung = False
        try:
            with self.watchdog.stage():
                shot = stages.compose(frame)
                begun = time.perf_counter()
                self.outlet.send(shot.pixels, self._lease)
        except Revoked:
            if self._hung:
                raise
            return
        except Exception as error:
            # A file must not come out with a frame missing, and nobody the wiser.
            if self.workshop.plan.lossless or isinstance(error, SinkError):
                raise
            self._mending.bad_shot(frame, error)
            return
        self._mending.good_shot()
        send_ms = (time.perf_counter() - begun) * 1e3
        self._meter.frame(shot, send_ms, (self._clock() - frame.captured_at) * 1e3)
        if self._state is not State.RUNNING:
            self._enter(State.RUNNING)

    def _rest(self) -> None:
        """IDLE and PAUSED: camera closed, card shown, and the network ready for a quick first wake."""
        self._stand_in.show(self._state, watched=self.wishes.watched)
        if not self._mending.left:
            self.workshop.stages()
        wanted = self._wished_rest() or State.STARTING
        if wanted is self._state:
            self.stop.wait(ASK_EVERY if self._fittings.unsettled() else _REST_POLL)
            return
        self.attempts.hurry()
        self._enter(wanted)

    def _stand_failed(self) -> None:
        """Wait for somebody to act; where they have put back a network's file, that is noticed."""
        if not self.attempts.asked and (self.herald.status.problem not in UNLOADABLE or self._mending.left):
            self._stand_in.show(self._state, watched=self.wishes.watched)
            self.stop.wait(_POLL)
            return
        if not self.attempts.answer():
            self.workshop.stages()
        self._enter(State.STARTING)

    # ── changes ─────────────────────────────────────────────────────────────────────────────────────────

    def _adopt_changes(self) -> None:
        old = self.workshop.plan
        if not self.workshop.adopt():
            return
        self._publish_at = 0.0
        if self._state in (State.RECOVERING, State.FAILED):
            self.attempts.ask()
        if self.workshop.plan.open_source is not old.open_source:
            self._supply.release()
            self._supply.hurry()
            if self._state in (State.RUNNING, State.RECOVERING):
                self._enter(State.STARTING)

    def _leave_for_rest(self) -> bool:
        """Go to PAUSED or IDLE where that is asked for; the camera is closed first."""
        wanted = self._wished_rest()
        if wanted is None:
            return False
        self._supply.release()
        self._enter(wanted)
        return True

    def _wished_rest(self) -> State | None:
        return self.wishes.rest(on_demand=self.workshop.plan.on_demand)

    # ── faults ──────────────────────────────────────────────────────────────────────────────────────────

    def _await_camera(self, error: SourceError) -> None:
        if self.herald.status.problem is not error.problem:
            log.warning("%s: %s; trying again", error.problem, error.detail)
        self._supply.release()
        self._enter(State.RECOVERING, error.problem, error.detail)

    def _falter(self, error: Exception) -> None:
        """Show the card after a fault of ours, and try again: with new stages, less and less often."""
        expected, anew = self._mending.fault(error)
        self._supply.release()
        if anew:
            self.workshop.drop()  # and whatever follows has the memory that it held
        self._mending.complain(error, expected)
        words = (self._state_after(expected), expected.problem, expected.detail)
        if words != (self._state, self.herald.status.problem, self.herald.status.detail):
            self._enter(*words)
        if self._fittings.sink_required:
            self.stop.set()
        self.stop.wait(_POLL)  # it may be the card itself that fails: don't spin

    def _state_after(self, error: VcamError) -> State:
        plan = self.workshop.plan
        file = plan.lossless or (isinstance(error, SourceError) and not plan.patient)
        if file or self._fittings.sink_required or error.problem in UNLOADABLE:
            return State.FAILED
        resting = self._state in (State.IDLE, State.PAUSED)
        return self._state if resting else State.RECOVERING

    # ── telling ─────────────────────────────────────────────────────────────────────────────────────────

    def _enter(self, state: State, problem: Problem | None = None, detail: str = "") -> None:
        self._stand_in.hurry()
        self._publish_at = self._clock() + _PUBLISH_EVERY
        self.herald.enter(state, problem, detail)

    def _on_hang(self, first: bool) -> None:
        """On the watchdog's thread: no picture begun before now passes; the card does."""
        if not self._fittings.cards:
            return  # a file waits for as long as it takes
        self._hung = True
        self.outlet.revoke()
        if first:
            problem, what = Problem.STAGE_HUNG, "a stage hangs"
            if self.outlet.busy:
                problem, what = Problem.VIRTUAL_CAMERA_STUCK, "the virtual camera takes no pictures"
            log.error("%s: %s; the card is shown instead", problem, what)
            self.herald.stuck(problem, what)
        self._stand_in.hang()
