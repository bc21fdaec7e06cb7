"""Source → stages → outlet, on one worker thread that makes all decisions.

The states and their transitions are in status.py, what may be shown in stages.py, the door in outlet.py,
where frames come from in supply.py, and how stages are built and swapped in workshop.py.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from vcam.core.budget import Economy
from vcam.core.controls import StatusListener
from vcam.core.errors import EndOfSource, Problem, SinkError, SourceError, VcamError, as_expected
from vcam.core.frame import Frame
from vcam.core.meter import Meter
from vcam.core.outlet import Outlet, Revoked
from vcam.core.plan import Fittings, Plan
from vcam.core.stages import Stages
from vcam.core.status import CARDS, State, Status, check_transition
from vcam.core.supply import Supply
from vcam.core.watchdog import Watchdog
from vcam.core.workshop import Workshop

log = logging.getLogger(__name__)

BAD_SHOTS = 3
"""Frames in a row that may fail before the pipeline does."""

TOLD = {"told": True}
"""Marks log records whose words reach people by way of Status: the terminal need not repeat them."""

_POLL = 0.15
_REST_POLL = 0.25
_PUBLISH_EVERY = 0.5
_CARD_EVERY = 0.2
_IDLE_CARD_EVERY = 1.0
_COMPLAIN_EVERY = 10.0


class Pipeline:
    """One run, from start() to stop(). Every call returns at once; what follows is told by on_status.

    Args:
        plan: the parts that settings decide.
        fittings: the parts that stay.
        on_status: told of each new snapshot, on the worker thread.
        clock: monotonic seconds.
        supply: of the run before, which knows what cameras still hang.
    """

    def __init__(
        self,
        plan: Plan,
        fittings: Fittings,
        on_status: StatusListener,
        clock: Callable[[], float] = time.monotonic,
        supply: Supply | None = None,
    ) -> None:
        self._fittings = fittings
        self._on_status = on_status
        self._clock = clock
        self._status = Status()
        self._meter = Meter(clock)
        self._outlet = Outlet(
            fittings.open_sink, tap=fittings.tap, required=fittings.sink_required, clock=clock
        )
        self._supply = supply or Supply(clock)
        self._watchdog = Watchdog(self._on_hang, clock)
        self._workshop = Workshop(plan, fittings, self._watchdog)
        self._stop = threading.Event()
        self._retry = threading.Event()
        self._paused = False
        self._bad_shots = 0
        self._card_at = self._publish_at = self._demand_at = self._complain_at = 0.0
        self._demanded = True
        self._thread = threading.Thread(target=self._run, name="pipeline", daemon=True)

    @property
    def status(self) -> Status:
        """The latest snapshot."""
        return self._status

    def start(self) -> None:
        """Begin, or try again after a failure."""
        if self._thread.ident is None:
            self._watchdog.start()
            self._thread.start()
        else:
            self._retry.set()

    def stop(self) -> None:
        """Ask the run to end; join() waits for it."""
        self._stop.set()

    def join(self, timeout: float | None = None) -> bool:
        """Wait for the end of the run; return whether it came."""
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def pause(self, paused: bool) -> None:
        """Show the privacy card and close the camera, or go on."""
        self._paused = paused

    def change(self, plan: Plan) -> None:
        """Swap the parts that differ, between two frames. The sink stays open."""
        self._workshop.change(plan)

    # ── the worker thread ───────────────────────────────────────────────────────────────────────────────

    def _run(self) -> None:
        try:
            self._supply.begin()
            self._enter(State.STARTING)
            while not self._stop.is_set():
                self._guarded(self._iterate)
        finally:
            for step in (self._say_goodbye, self._supply.release, self._workshop.drop, self._outlet.close):
                self._guarded(step)
            self._watchdog.stop()
            failed = self._status.state is State.FAILED
            words = (self._status.problem, self._status.detail) if failed else (None, "")
            self._enter(State.STOPPED, *words)

    def _guarded(self, step: Callable[[], None]) -> None:
        """Run one step; whatever it raises ends in a state with a card."""
        try:
            step()
        except EndOfSource:
            self._stop.set()
        except Revoked:
            self._recover(SourceError(Problem.STAGE_HUNG, "a stage took too long"))
        except Exception as error:  # noqa: BLE001 - _fail() logs it
            self._fail(error)

    def _iterate(self) -> None:
        self._adopt_changes()
        with self._watchdog.stage():
            self._outlet.tend()
        match self._status.state:
            case State.IDLE | State.PAUSED:
                self._rest()
            case State.FAILED:
                self._stand_failed()
            case _:
                self._work()
        if self._clock() >= self._publish_at:
            self._publish(self._status)

    def _work(self) -> None:
        """STARTING, RECOVERING, RUNNING: show the next frame, or the card until there is one."""
        running = self._status.state is State.RUNNING
        if not running:
            self._show_card()
        if self._leave_for_rest():
            return
        if self._supply.pause_left:
            self._stop.wait(min(_POLL, self._supply.pause_left))
            return
        stages = self._workshop.stages()
        try:
            with self._watchdog.stage():
                frame = self._supply.next(
                    self._workshop.plan.open_source, _POLL, lossless=self._workshop.plan.lossless
                )
        except EndOfSource:
            raise
        except SourceError as error:
            if not self._workshop.plan.patient:
                raise
            self._recover(error)
            return
        if frame is not None and not self._left_out(frame):
            if not running:
                stages.reset()
            self._show(stages, frame)

    def _left_out(self, frame: Frame) -> bool:
        """Whether the budget does without this frame; the first one is always shown."""
        spared = self._workshop.plan.economy >= Economy.FEWER and self._status.state is State.RUNNING
        return spared and frame.index % 2 == 1

    def _show(self, stages: Stages, frame: Frame) -> None:
        """Send what the stages make of a frame. Nothing of the frame goes out where they raise."""
        lease = self._outlet.lease()
        try:
            with self._watchdog.stage():
                shot = stages.compose(frame)
                begun = time.perf_counter()
                self._outlet.send(shot.pixels, lease)
        except Revoked:
            raise
        except Exception as error:
            # A file must not come out with a frame missing, and nobody the wiser.
            if self._workshop.plan.lossless or isinstance(error, SinkError):
                raise
            self._bad_shots += 1
            if self._bad_shots >= BAD_SHOTS:
                raise
            self._complain(frame, error)
            return
        self._bad_shots = 0
        send_ms = (time.perf_counter() - begun) * 1e3
        self._meter.frame(shot, send_ms, (self._clock() - frame.captured_at) * 1e3)
        if self._status.state is not State.RUNNING:
            self._enter(State.RUNNING)

    def _rest(self) -> None:
        """IDLE and PAUSED: camera closed, card shown, and the network ready for a quick first wake."""
        self._show_card()
        self._workshop.stages()
        awake = State.STARTING if self._is_demanded() else State.IDLE
        wanted = State.PAUSED if self._paused else awake
        if wanted is self._status.state:
            self._stop.wait(_REST_POLL)
            return
        self._supply.hurry()
        self._enter(wanted)

    def _stand_failed(self) -> None:
        if not self._retry.is_set():
            self._show_card()
            self._stop.wait(_POLL)
            return
        self._retry.clear()
        self._workshop.drop()
        self._bad_shots = 0
        self._supply.hurry()
        self._enter(State.STARTING)

    def _say_goodbye(self) -> None:
        self._outlet.revoke()
        if self._fittings.cards:
            self._outlet.card(self._fittings.paint_card(CARDS[State.STOPPED], self._fittings.size), last=True)

    # ── changes ─────────────────────────────────────────────────────────────────────────────────────────

    def _adopt_changes(self) -> None:
        old = self._workshop.plan
        if not self._workshop.adopt():
            return
        self._publish_at = 0.0
        if self._workshop.plan.open_source is not old.open_source:
            self._supply.release()
            self._supply.hurry()
            if self._status.state in (State.RUNNING, State.RECOVERING):
                self._enter(State.STARTING)

    def _leave_for_rest(self) -> bool:
        """Go to PAUSED or IDLE where that is asked for; the camera is closed first."""
        if not self._paused and self._is_demanded():
            return False
        self._supply.release()
        self._enter(State.PAUSED if self._paused else State.IDLE)
        return True

    def _is_demanded(self) -> bool:
        if not self._workshop.plan.on_demand:
            self._demanded = True
        elif self._clock() >= self._demand_at:
            self._demand_at = self._clock() + _POLL
            self._demanded = self._fittings.demand()
        return self._demanded

    def _recover(self, error: VcamError) -> None:
        if self._status.problem is not error.problem:
            log.warning("%s: %s; trying again", error.problem, error.detail)
        self._supply.release()
        self._enter(State.RECOVERING, error.problem, error.detail)

    def _fail(self, error: Exception) -> None:
        expected = as_expected(error)
        words = (State.FAILED, expected.problem, expected.detail)
        if words == (self._status.state, self._status.problem, self._status.detail):
            self._stop.wait(_POLL)  # it fails on, the card itself say: neither spin nor fill the log
            return
        if expected is not error:
            log.error("the pipeline failed in a way we did not foresee", exc_info=error)
        log.error("%s: %s", expected.problem, expected.detail, extra=TOLD)
        self._supply.release()
        self._enter(*words)
        if self._fittings.sink_required:
            self._stop.set()

    # ── telling ─────────────────────────────────────────────────────────────────────────────────────────

    def _complain(self, frame: Frame, error: Exception) -> None:
        now = self._clock()
        level = logging.WARNING if now >= self._complain_at else logging.DEBUG
        self._complain_at = now + _COMPLAIN_EVERY if level == logging.WARNING else self._complain_at
        log.log(level, "frame %d is not shown: %s", frame.index, error)

    def _show_card(self) -> None:
        now = self._clock()
        if now < self._card_at or not self._fittings.cards:
            return
        self._card_at = now + (_CARD_EVERY if self._demanded else _IDLE_CARD_EVERY)
        self._outlet.card(self._fittings.paint_card(CARDS[self._status.state], self._fittings.size))
        self._meter.card()

    def _enter(self, state: State, problem: Problem | None = None, detail: str = "") -> None:
        old = self._status.state
        if state is not old:
            check_transition(old, state)
            log.info("%s → %s", old, state)
        self._card_at = 0.0
        self._publish(replace(self._status, state=state, problem=problem, detail=detail))

    def _publish(self, status: Status) -> None:
        if status.state not in (State.RECOVERING, State.FAILED, State.STOPPED):
            worry = self._outlet.problem or self._workshop.warning
            status = replace(
                status,
                problem=worry.problem if worry else None,
                detail=worry.detail if worry else "",
            )
        self._publish_at = self._clock() + _PUBLISH_EVERY
        self._status = replace(
            status,
            camera=self._supply.name,
            source=self._supply.format,
            sink=self._outlet.name,
            model=self._workshop.model or status.model,
            watched=self._demanded,
            economy=self._workshop.plan.economy,
            choice=self._workshop.plan.choice,
            stats=self._meter.stats(self._supply.read, self._supply.dropped),
        )
        try:
            with self._watchdog.stage():
                self._on_status(self._status)
        except Exception:
            log.exception("a status listener failed")

    def _on_hang(self, first: bool) -> None:
        """On the watchdog's thread: no picture begun before now passes; the card does."""
        self._outlet.revoke()
        if first:
            log.error("a stage took longer than its limit; the card is shown instead")
        if self._fittings.cards:
            self._outlet.card(self._fittings.paint_card(CARDS[State.RECOVERING], self._fittings.size))
