"""Source → stages → outlet, on one worker thread that makes all decisions.

The states and their transitions are in status.py, what may be shown in stages.py, the door in outlet.py,
where frames come from in supply.py, how stages are built and swapped in workshop.py, what becomes of our own
faults in mending.py, and who tells in herald.py.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from vcam.core.budget import Economy
from vcam.core.controls import StatusListener
from vcam.core.errors import EndOfSource, Problem, SinkError, SourceError, VcamError
from vcam.core.frame import Frame
from vcam.core.herald import Herald
from vcam.core.mending import UNLOADABLE, Mending
from vcam.core.meter import Meter
from vcam.core.outlet import Outlet, Revoked
from vcam.core.plan import Fittings, Plan
from vcam.core.stages import Stages
from vcam.core.status import CARDS, State, Status
from vcam.core.supply import Supply
from vcam.core.watchdog import Watchdog
from vcam.core.workshop import Workshop

log = logging.getLogger(__name__)

_POLL = 0.15
_REST_POLL = 0.25
_PUBLISH_EVERY = 0.5
_REST_PUBLISH_EVERY = 2.0
_CARD_EVERY = 0.2
_IDLE_CARD_EVERY = 1.0


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
        self._clock = clock
        self._meter = Meter(clock)
        self._outlet = Outlet(
            fittings.open_sink, tap=fittings.tap, required=fittings.sink_required, clock=clock
        )
        self._supply = supply or Supply(clock)
        self._watchdog = Watchdog(self._on_hang, clock)
        self._herald = Herald(on_status, self._facts, self._watchdog)
        self._workshop = Workshop(plan, fittings, self._watchdog)
        self._mending = Mending(clock)
        self._stop = threading.Event()
        self._retry = threading.Event()
        self._paused = False
        self._devices: object = None
        self._lease = 0
        self._hung = False
        self._card_at = self._publish_at = self._demand_at = 0.0
        self._demanded = True
        self._thread = threading.Thread(target=self._run, name="pipeline", daemon=True)

    @property
    def status(self) -> Status:
        """The latest snapshot."""
        return self._herald.status

    def start(self) -> None:
        """Begin, or try again now what has failed."""
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
        """Show the privacy card and close the camera, or go on. No picture follows that is being made."""
        self._paused = paused
        if paused:
            self._outlet.revoke()

    def change(self, plan: Plan) -> None:
        """Swap the parts that differ, between two frames. The sink stays open.

        Where the plan hides the room, no picture follows that was begun before it.
        """
        self._workshop.change(plan)
        if plan.hides_room:
            self._outlet.revoke()

    # ── the worker thread ───────────────────────────────────────────────────────────────────────────────

    def _run(self) -> None:
        try:
            self._supply.begin()
            self._enter(State.STARTING)
            while not self._stop.is_set():
                self._guarded(self._iterate)
        finally:
            for step in (
                self._say_goodbye,
                self._supply.release,
                self._workshop.drop,
                self._outlet.close,
                self._fittings.leave,
            ):
                self._guarded(step)
            self._watchdog.stop()
            failed = self.status.state is State.FAILED
            words = (self.status.problem, self.status.detail) if failed else (None, "")
            self._enter(State.STOPPED, *words)

    def _guarded(self, step: Callable[[], None]) -> None:
        """Run one step; whatever it raises ends in a state with a card."""
        try:
            step()
        except EndOfSource:
            self._stop.set()
        except Exception as error:  # noqa: BLE001 - _falter() logs it
            self._falter(error)

    def _iterate(self) -> None:
        self._lease = self._outlet.lease()  # before the plan is looked at: what revokes it brings another
        self._adopt_changes()
        with self._watchdog.stage():
            self._outlet.tend()
        every = _PUBLISH_EVERY
        match self.status.state:
            case State.IDLE | State.PAUSED:
                every = _REST_PUBLISH_EVERY
                self._rest()
            case State.FAILED:
                self._stand_failed()
            case _:
                self._work()
        if self._clock() >= self._publish_at:
            self._publish_at = self._clock() + every
            self._herald.tell()

    def _work(self) -> None:
        """STARTING, RECOVERING, RUNNING: show the next frame, or the card until there is one."""
        running = self.status.state is State.RUNNING
        if not running:
            self._show_card()
        if self._leave_for_rest() or self._pauses():
            return
        stages = self._workshop.stages()
        try:
            with self._watchdog.stage():
                plan = self._workshop.plan
                fewer = plan.economy >= Economy.FEWER
                frame = self._supply.next(plan.open_source, _POLL, lossless=plan.lossless, fewer=fewer)
        except EndOfSource:
            raise
        except SourceError as error:
            if not self._workshop.plan.patient:
                raise
            self._await_camera(error)
            return
        if frame is not None:
            if not running:
                stages.reset()
            self._show(stages, frame)

    def _pauses(self) -> bool:
        """Wait a little, where it is too early to try again; whatever has changed ends the pause."""
        left = max(self._supply.pause_left, self._mending.left)
        if not left:
            return False
        self._stop.wait(min(_POLL, left))
        devices = self._fittings.devices()
        if self._retry.is_set():
            self._retry.clear()
            self._hurry()
        elif devices != self._devices:
            self._supply.hurry()
        self._devices = devices
        return True

    def _hurry(self) -> None:
        """Try again at once what has failed."""
        self._mending.hurry()
        self._supply.hurry()

    def _show(self, stages: Stages, frame: Frame) -> None:
        """Send what the stages make of a frame. Nothing of the frame goes out where they raise."""
        self._hung = False
        try:
            with self._watchdog.stage():
                shot = stages.compose(frame)
                begun = time.perf_counter()
                self._outlet.send(shot.pixels, self._lease)
        except Revoked:
            if self._hung:
                raise
            return
        except Exception as error:
            # A file must not come out with a frame missing, and nobody the wiser.
            if self._workshop.plan.lossless or isinstance(error, SinkError):
                raise
            self._mending.bad_shot(frame, error)
            return
        self._mending.good_shot()
        send_ms = (time.perf_counter() - begun) * 1e3
        self._meter.frame(shot, send_ms, (self._clock() - frame.captured_at) * 1e3)
        if self.status.state is not State.RUNNING:
            self._enter(State.RUNNING)

    def _rest(self) -> None:
        """IDLE and PAUSED: camera closed, card shown, and the network ready for a quick first wake."""
        self._show_card()
        if not self._mending.left:
            self._workshop.stages()
        awake = State.STARTING if self._is_demanded() else State.IDLE
        wanted = State.PAUSED if self._paused else awake
        if wanted is self.status.state:
            self._stop.wait(_REST_POLL)
            return
        self._hurry()
        self._enter(wanted)

    def _stand_failed(self) -> None:
        """Wait for somebody to act; where they have put back a network's file, that is noticed."""
        asked = self._retry.is_set()
        if not asked and (self.status.problem not in UNLOADABLE or self._mending.left):
            self._show_card()
            self._stop.wait(_POLL)
            return
        self._retry.clear()
        if asked:
            self._hurry()
        else:
            self._workshop.stages()
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
        if self.status.state in (State.RECOVERING, State.FAILED):
            self._retry.set()
        if self._workshop.plan.open_source is not old.open_source:
            self._supply.release()
            self._supply.hurry()
            if self.status.state in (State.RUNNING, State.RECOVERING):
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

    # ── faults ──────────────────────────────────────────────────────────────────────────────────────────

    def _await_camera(self, error: SourceError) -> None:
        if self.status.problem is not error.problem:
            log.warning("%s: %s; trying again", error.problem, error.detail)
        self._supply.release()
        self._enter(State.RECOVERING, error.problem, error.detail)

    def _falter(self, error: Exception) -> None:
        """Show the card after a fault of ours, and try again: with new stages, less and less often."""
        expected, anew = self._mending.fault(error)
        self._supply.release()
        if anew:
            self._workshop.drop()
        words = (self._state_after(expected), expected.problem, expected.detail)
        if words != (self.status.state, self.status.problem, self.status.detail):
            self._enter(*words)
        if self._fittings.sink_required:
            self._stop.set()
        self._stop.wait(_POLL)  # it may be the card itself that fails: don't spin

    def _state_after(self, error: VcamError) -> State:
        plan = self._workshop.plan
        file = plan.lossless or (isinstance(error, SourceError) and not plan.patient)
        if file or self._fittings.sink_required or error.problem in UNLOADABLE:
            return State.FAILED
        resting = self.status.state in (State.IDLE, State.PAUSED)
        return self.status.state if resting else State.RECOVERING

    # ── telling ─────────────────────────────────────────────────────────────────────────────────────────

    def _show_card(self) -> None:
        now = self._clock()
        if now < self._card_at or not self._fittings.cards:
            return
        self._card_at = now + (_CARD_EVERY if self._demanded else _IDLE_CARD_EVERY)
        with self._watchdog.stage():
            self._outlet.card(self._fittings.paint_card(CARDS[self.status.state], self._fittings.size))
        self._meter.card()

    def _enter(self, state: State, problem: Problem | None = None, detail: str = "") -> None:
        self._card_at = 0.0
        self._publish_at = self._clock() + _PUBLISH_EVERY
        self._herald.enter(state, problem, detail)

    def _facts(self, status: Status) -> Status:
        """Fill in what there is to tell beside the state."""
        problem, detail = status.problem, status.detail
        if status.state not in (State.RECOVERING, State.FAILED, State.STOPPED):
            worry = self._outlet.problem or self._workshop.warning
            problem, detail = (worry.problem, worry.detail) if worry else (None, "")
        return replace(
            status,
            problem=problem,
            detail=detail,
            camera=self._supply.name,
            source=self._supply.format,
            sink=self._outlet.name,
            model=self._workshop.model or status.model,
            watched=self._demanded,
            economy=self._workshop.plan.economy,
            choice=self._workshop.plan.choice,
            stats=self._meter.stats(self._supply.read, self._supply.dropped),
        )

    def _on_hang(self, first: bool) -> None:
        """On the watchdog's thread: no picture begun before now passes; the card does."""
        if not self._fittings.cards:
            return  # a file waits for as long as it takes
        self._hung = True
        self._outlet.revoke()
        if first:
            problem, what = Problem.STAGE_HUNG, "a stage hangs"
            if self._outlet.busy:
                problem, what = Problem.VIRTUAL_CAMERA_STUCK, "the virtual camera takes no pictures"
            log.error("%s: %s; the card is shown instead", problem, what)
            self._herald.stuck(problem, what)
        self._outlet.card(self._fittings.paint_card(CARDS[State.RECOVERING], self._fittings.size))
