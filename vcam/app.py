"""The running app: settings in, status out, and one pipeline at a time between them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from vcam.adapters.machine import give_memory_back
from vcam.auto import Auto
from vcam.core.budget import Budget, Economy
from vcam.core.controls import StatusListener
from vcam.core.errors import Problem, SettingsError, VcamError, as_expected
from vcam.core.pipeline import Pipeline
from vcam.core.plan import Fittings, Plan
from vcam.core.settings import Quality, Settings
from vcam.core.status import State, Status
from vcam.core.supply import Supply
from vcam.planner import Planner

log = logging.getLogger(__name__)

_AGAIN = 1.0


class App:
    """Implements core.controls.Controls: what the tray and the remote control hold on to.

    Args:
        settings: to begin with.
        planner: turns settings into plans.
        make_fittings: makes the parts of a run; called at each start.
        save: remembers settings; must return at once.
        auto: chooses the network where people leave it to the app.
    """

    def __init__(
        self,
        settings: Settings,
        planner: Planner,
        make_fittings: Callable[[Settings], Fittings],
        save: Callable[[Settings], None],
        auto: Auto,
    ) -> None:
        self._settings = settings
        self._planner = planner
        self._make_fittings = make_fittings
        self._save = save
        self._auto = auto
        self._listeners: list[StatusListener] = []
        self._lock = threading.RLock()
        self._pipeline: Pipeline | None = None
        self._supply = Supply()
        self._on = False
        self._paused = False
        self._last_state = State.STOPPED
        self._notice: VcamError | None = None
        self._size = settings.size
        self._budget = Budget(settings.cpu_budget)

    def subscribe(self, listener: StatusListener) -> None:
        """Tell this one, too, of every new status; on the worker's thread."""
        self._listeners.append(listener)
        listener(self.status())

    def notice(self, error: VcamError | None) -> None:
        """Tell of something wrong beside the pipeline, as long as the pipeline has no worse to tell.

        Args:
            error: what is wrong; None when it is over.
        """
        self._notice = error
        self._tell(self.status())

    def settings(self) -> Settings:
        """Return the settings in force."""
        return self._settings

    def change(self, settings: Settings) -> None:
        """Apply and remember new settings.

        The size of the virtual camera never changes under a meeting: a new size counts from the next start,
        which follows at once where nobody is watching.
        """
        with self._lock:
            if settings == self._settings:
                if self._notice is not None:
                    self._remember(settings)  # what could not be saved is tried again
                return
            if settings.cpu_budget != self._settings.cpu_budget:
                self._budget = Budget(settings.cpu_budget)
            self._settings = settings
            if self._pipeline is not None:
                self._pipeline.change(self._plan())
                if settings.size != self._size and not self._pipeline.status.watched:
                    self._pipeline.stop()  # and on_status begins anew
            self._remember(settings)

    def turn(self, on: bool) -> None:
        """Start or stop; where it has failed, turning it on tries again."""
        with self._lock:
            self._on = on
            if self._pipeline is None:
                if on:
                    self._launch()
            elif on:
                self._pipeline.start()
            else:
                self._pipeline.stop()

    def pause(self, paused: bool) -> None:
        """Show the privacy card, or the picture again."""
        with self._lock:
            self._paused = paused
            if self._pipeline is not None:
                self._pipeline.pause(paused)

    def rate(self, thumbs: int) -> None:
        """Let Auto learn what the person thinks of the picture, and change the network where that says so."""
        with self._lock:
            if self._is_auto() and self._auto.rate(thumbs) and self._pipeline is not None:
                self._pipeline.change(self._plan())

    def status(self) -> Status:
        """Return the latest snapshot."""
        pipeline = self._pipeline
        return self._noted(pipeline.status if pipeline is not None else Status())

    def close(self, timeout: float = 2.0) -> bool:
        """Stop, and wait up to timeout seconds; return whether everything was let go of."""
        deadline = time.monotonic() + timeout
        # Whoever holds the lock may hang (a listener, a disk): that must not keep the app from ending.
        locked = self._lock.acquire(timeout=timeout)
        self._on = False
        pipeline = self._pipeline
        if locked:
            self._lock.release()
        if pipeline is None:
            return True
        pipeline.stop()
        return pipeline.join(max(deadline - time.monotonic(), 0.0))

    def _begun_anew(self) -> bool:
        """Begin another run where one is wanted; return whether that is settled."""
        with self._lock:
            return not self._on or self._pipeline is not None or self._launch()

    def _launch(self) -> bool:
        """Begin a run; return whether there was memory enough for one. If not, that is told."""
        settings = self._settings
        self._size = settings.size
        try:
            fittings = self._make_fittings(settings)
            self._pipeline = Pipeline(self._plan(), fittings, self._on_status, supply=self._supply)
            self._pipeline.pause(self._paused)
            self._pipeline.start()
        except (RuntimeError, MemoryError) as error:
            self._pipeline = None
            self.notice(as_expected(error))
            return False
        if self._notice is not None and self._notice.problem is Problem.NO_MEMORY:
            self.notice(None)
        return True

    def _on_status(self, status: Status) -> None:
        """On the worker's thread. The last word of one run may begin the next."""
        self._tell(self._noted(status))
        before, self._last_state = self._last_state, status.state
        if status.state is not before and status.state in (State.IDLE, State.STOPPED):
            give_memory_back()  # a meeting is over; it may be hours until the next one
        if status.state is State.RUNNING:
            self._adapt(status)
        elif status.state is State.IDLE and self._settings.size != self._size:
            with self._lock:  # the meeting is over: the new size can be had
                if self._pipeline is not None:
                    self._pipeline.stop()
        elif status.state is State.STOPPED:
            with self._lock:
                self._pipeline = None
            while not self._begun_anew():
                time.sleep(_AGAIN)

    def _tell(self, status: Status) -> None:
        """Tell the listeners; one that fails keeps neither the others nor the app from going on."""
        for listener in self._listeners:
            try:
                listener(status)
            except Exception:
                log.exception("a listener failed")

    def _remember(self, settings: Settings) -> None:
        """Save settings. They are in force already: an effect must hide the room, be the disk full or not."""
        try:
            self._save(settings)
        except Exception as error:
            expected = as_expected(error, SettingsError)
            log.warning("%s", expected.detail, exc_info=expected is not error)
            self.notice(expected)

    def _noted(self, status: Status) -> Status:
        notice = self._notice
        if notice is None or status.problem is not None:
            return status
        return replace(status, problem=notice.problem, detail=notice.detail)

    def _plan(self) -> Plan:
        settings, economy = self._settings, self._budget.economy
        # Where the budget asks for a smaller network, that comes before any other choice.
        if not self._is_auto() or economy >= Economy.SMALLER:
            return self._planner.plan(settings, economy)
        chosen = replace(settings, model=self._auto.current)
        return replace(self._planner.plan(chosen, economy), choice=self._auto.explain())

    def _is_auto(self) -> bool:
        return self._settings.quality is Quality.AUTO and not self._settings.model

    def _adapt(self, status: Status) -> None:
        """Keep the CPU budget, and learn which network suits the machine."""
        with self._lock:
            before = self._budget.economy
            effort = status.stats.effort_percent
            economy = self._budget.observe(effort)
            other = self._auto.observe(status) if self._is_auto() else None
            if (economy is not before or other) and self._pipeline is not None:
                model = other or status.model
                log.info("pictures take %.0f %% of a core: %s, %s", effort, economy.name, model)
                self._pipeline.change(self._plan())
