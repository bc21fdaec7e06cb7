"""The pipeline as others see it: a run that can be started, paused, changed and stopped from any thread.

What it does is decided by its one worker (worker.py).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from vcam.core import threads
from vcam.core.controls import StatusListener
from vcam.core.plan import Fittings, Plan
from vcam.core.status import Status
from vcam.core.supply import Supply
from vcam.core.worker import Worker


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
        self.worker = Worker(plan, fittings, on_status, clock, supply or Supply(clock))
        self._thread = threading.Thread(target=self.worker.run, name="pipeline", daemon=True)

    @property
    def status(self) -> Status:
        """The latest snapshot."""
        return self.worker.herald.status

    def start(self) -> None:
        """Begin, or try again now what has failed. Raises RuntimeError where there is no memory to begin."""
        if self._thread.ident is None:
            self.worker.watchdog.start()
            try:
                threads.start(self._thread)
            except RuntimeError:
                self.worker.watchdog.stop()
                raise
        else:
            self.worker.attempts.ask()

    def stop(self) -> None:
        """Ask the run to end; join() waits for it."""
        self.worker.stop.set()

    def join(self, timeout: float | None = None) -> bool:
        """Wait for the end of the run; return whether it came."""
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def pause(self, paused: bool) -> None:
        """Show the privacy card and close the camera, or go on. No picture follows that is being made."""
        self.worker.wishes.paused = paused
        if paused:
            self.worker.outlet.revoke()

    def change(self, plan: Plan) -> None:
        """Swap the parts that differ, between two frames. The sink stays open.

        Where the plan hides the room, no picture follows that was begun before it.
        """
        self.worker.workshop.change(plan)
        if plan.hides_room:
            self.worker.outlet.revoke()
