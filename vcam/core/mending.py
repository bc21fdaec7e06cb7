"""What becomes of our own faults: one bad frame is left out, more are mended, less and less often."""

from __future__ import annotations

import logging
from collections.abc import Callable

from vcam.core.backoff import BackOff
from vcam.core.errors import Problem, VcamError, as_expected
from vcam.core.frame import Frame
from vcam.core.outlet import Revoked

log = logging.getLogger(__name__)

BAD_SHOTS = 3
"""Frames in a row that may fail before the card is shown, and the network loaded anew."""

UNLOADABLE = frozenset({Problem.NO_MODEL, Problem.DAMAGED_MODEL, Problem.WRONG_MODEL})
"""Somebody must choose another network, or put back this one's file; we look for it every now and then."""

TOLD = {"told": True}
"""Marks log records whose words reach people by way of Status: the terminal need not repeat them."""

_BACK_OFF = (0.3, 1.0, 3.0, 10.0, 30.0)
_STEADY = 10.0
_COMPLAIN_EVERY = 10.0


class Mending:
    """The worker's: counts faults, logs each once, and says when to try again.

    Args:
        clock: monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._patience = BackOff(_BACK_OFF, _STEADY, clock)
        self._bad_shots = 0
        self._complain_at = 0.0
        self._last: tuple[Problem, str] | None = None

    @property
    def left(self) -> float:
        """Seconds until the next attempt is due."""
        return self._patience.left

    def hurry(self) -> None:
        """Try again at once: something has changed."""
        self._patience.forget()

    def good_shot(self) -> None:
        """Count a frame that was shown."""
        self._bad_shots = 0
        self._patience.went_well()

    def bad_shot(self, frame: Frame, error: Exception) -> None:
        """Count a frame that is left out. Raises the error where there were too many in a row."""
        self._bad_shots += 1
        if self._bad_shots >= BAD_SHOTS:
            raise error
        now = self._clock()
        level = logging.DEBUG
        if now >= self._complain_at:
            level, self._complain_at = logging.WARNING, now + _COMPLAIN_EVERY
        log.log(level, "frame %d is not shown: %s", frame.index, error)

    def fault(self, error: Exception) -> tuple[VcamError, bool]:
        """Count a fault; return it as an expected one, and whether the stages should be built anew."""
        late = isinstance(error, Revoked)
        expected = VcamError(Problem.STAGE_HUNG, "a stage took too long") if late else as_expected(error)
        first = not self._patience.failures
        self._patience.failed()
        self._bad_shots = 0
        # What is late for the first time may be so because of the machine.
        return expected, not (late and first)

    def complain(self, error: Exception, expected: VcamError) -> None:
        """Log a fault that was counted, once for all of its kind in a row."""
        before, self._last = self._last, (expected.problem, expected.detail)
        if self._patience.failures > 1 and before == self._last:
            return
        if expected is not error and not isinstance(error, Revoked):
            log.error("the pipeline failed in a way we did not foresee", exc_info=error)
        log.error("%s: %s", expected.problem, expected.detail, extra=TOLD)
