"""Builds the stages that a plan asks for, and swaps the parts that differ when the plan changes."""

from __future__ import annotations

import logging
from collections import deque

from vcam.core.errors import BackgroundError, VcamError, as_expected
from vcam.core.plan import Fittings, Plan
from vcam.core.ports import Compositor
from vcam.core.stages import Stages
from vcam.core.watchdog import Watchdog

log = logging.getLogger(__name__)


class Workshop:
    """The worker's; only change() may be called by others.

    Args:
        plan: to begin with.
        fittings: the parts that stay.
        watchdog: bounds what loading and building may take.
    """

    def __init__(self, plan: Plan, fittings: Fittings, watchdog: Watchdog) -> None:
        self._plan = plan
        self._fittings = fittings
        self._watchdog = watchdog
        self._stages: Stages | None = None
        self._plans: deque[Plan] = deque(maxlen=1)
        self._warnings: dict[str, VcamError] = {}

    @property
    def plan(self) -> Plan:
        """The plan in force."""
        return self._plan

    @property
    def model(self) -> str:
        """The name of the network at work, "" while there is none."""
        return self._stages.model if self._stages else ""

    @property
    def warning(self) -> VcamError | None:
        """What could not be had as planned, though something stands in for it."""
        return next(iter(self._warnings.values()), None)

    def change(self, plan: Plan) -> None:
        """Leave a plan to be adopted; the newest wins. May be called on any thread."""
        self._plans.append(plan)

    def adopt(self) -> bool:
        """Put the newest plan in force, if one was left; return whether that was so."""
        try:
            plan = self._plans.pop()
        except IndexError:
            return False
        old, self._plan = self._plan, plan
        if self._stages is not None:
            self._adapt(self._stages, old, plan)
        return True

    def stages(self) -> Stages:
        """Return the stages, built where there are none."""
        if self._stages is None:
            with self._watchdog.loading():
                self._stages = self._build()
        return self._stages

    def drop(self) -> None:
        """Let go of network and effect."""
        stages, self._stages = self._stages, None
        self._warnings.clear()
        try:
            if stages is not None:
                stages.close()
        except Exception:
            log.exception("letting go of the network failed")

    def _build(self) -> Stages:
        fittings = self._fittings
        segmenter = self._plan.open_segmenter()
        try:
            return Stages(
                segmenter,
                fittings.make_refiner(),
                self._make_compositor(),
                gate=self._plan.make_gate(),
                hides_room=self._plan.hides_room,
                conform=fittings.conform,
                size=fittings.size,
            )
        except Exception:
            segmenter.close()
            raise

    def _adapt(self, stages: Stages, old: Plan, new: Plan) -> None:
        """Swap what differs, so that the sink never notices."""
        if new.make_compositor is not old.make_compositor or new.hides_room != old.hides_room:
            # Within a stage's time: until this is done the last picture stands, and it may be a raw one.
            with self._watchdog.stage():
                stages.swap_compositor(self._make_compositor(), hides_room=new.hides_room)
        if new.make_gate is not old.make_gate:
            stages.swap_gate(new.make_gate())
        if new.open_segmenter is not old.open_segmenter:
            with self._watchdog.loading():
                self._swap_segmenter(stages, new)

    def _swap_segmenter(self, stages: Stages, plan: Plan) -> None:
        """Use another network; one that cannot be loaded leaves the old one at work, with a warning."""
        self._warnings.pop("model", None)
        try:
            segmenter = plan.open_segmenter()
        except Exception as error:
            self._warnings["model"] = expected = as_expected(error)
            log.warning(
                "keeping the model %s: %s", stages.model, expected.detail, exc_info=expected is not error
            )
            return
        stages.swap_segmenter(segmenter)

    def _make_compositor(self) -> Compositor:
        """Build the effect; a background that cannot be read leaves its fallback, with a warning."""
        self._warnings.pop("background", None)
        try:
            return self._plan.make_compositor(self._fittings.size)
        except BackgroundError as error:
            log.warning("the background is not shown: %s", error.detail)
            self._warnings["background"] = error
            return self._plan.make_fallback(self._fittings.size)
