"""The card that stands in for the picture, wherever there is none to show."""

from __future__ import annotations

from collections.abc import Callable

from vcam.core.meter import Meter
from vcam.core.outlet import Outlet
from vcam.core.plan import Fittings
from vcam.core.status import CARDS, State
from vcam.core.watchdog import Watchdog

_EVERY = 0.2
_IDLE_EVERY = 1.0


class StandIn:
    """The worker's, but for hang(), which the watchdog calls.

    Args:
        fittings: who paints cards, of which size, and whether any are wanted.
        outlet: where they go.
        watchdog: bounds what painting and sending may take.
        meter: counts them.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        fittings: Fittings,
        outlet: Outlet,
        watchdog: Watchdog,
        meter: Meter,
        clock: Callable[[], float],
    ) -> None:
        self._fittings = fittings
        self._outlet = outlet
        self._watchdog = watchdog
        self._meter = meter
        self._clock = clock
        self._due = 0.0

    def hurry(self) -> None:
        """Show the next one at once: it is another."""
        self._due = 0.0

    def prepare(self) -> None:
        """Have the card painted that is shown when something fails: there may be no memory for it then."""
        if self._fittings.cards:
            self._fittings.paint_card(CARDS[State.RECOVERING], self._fittings.size)

    def show(self, state: State, *, watched: bool) -> None:
        """Show a state's card, five times a second; once a second, to stay listed, where nobody watches."""
        now = self._clock()
        if now < self._due or not self._fittings.cards:
            return
        self._due = now + (_EVERY if watched else _IDLE_EVERY)
        with self._watchdog.stage():
            self._put(state)
        self._meter.card()

    def hang(self) -> None:
        """Show that we are recovering, in the worker's place."""
        self._put(State.RECOVERING)

    def part(self) -> None:
        """Show the last card; nothing follows."""
        self._outlet.revoke()
        if self._fittings.cards:
            self._put(State.STOPPED, last=True)

    def _put(self, state: State, *, last: bool = False) -> None:
        self._outlet.card(self._fittings.paint_card(CARDS[state], self._fittings.size), last=last)
