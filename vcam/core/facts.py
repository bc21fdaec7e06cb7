"""What there is to tell beside the state: the parts at work, what is wrong with them, and figures."""

from __future__ import annotations

from dataclasses import replace

from vcam.core.errors import VcamError
from vcam.core.meter import Meter
from vcam.core.outlet import Outlet
from vcam.core.status import State, Status
from vcam.core.supply import Supply
from vcam.core.wishes import Wishes
from vcam.core.workshop import Workshop


class Facts:
    """Gathers them from the worker's parts."""

    def __init__(
        self, outlet: Outlet, workshop: Workshop, supply: Supply, wishes: Wishes, meter: Meter
    ) -> None:
        self._outlet = outlet
        self._workshop = workshop
        self._supply = supply
        self._wishes = wishes
        self._meter = meter

    @property
    def worry(self) -> VcamError | None:
        """What is wrong although the run goes on."""
        return self._outlet.problem or self._workshop.warning

    def fill(self, status: Status) -> Status:
        """Return the status with all of it."""
        problem, detail = status.problem, status.detail
        if status.state not in (State.RECOVERING, State.FAILED, State.STOPPED):
            worry = self.worry
            problem, detail = (worry.problem, worry.detail) if worry else (None, "")
        plan = self._workshop.plan
        return replace(
            status,
            problem=problem,
            detail=detail,
            camera=self._supply.name,
            source=self._supply.format,
            sink=self._outlet.name,
            model=self._workshop.model or status.model,
            watched=self._wishes.watched,
            economy=plan.economy,
            choice=plan.choice,
            stats=self._meter.stats(self._supply.read, self._supply.dropped),
        )
