"""When to try again: soon at first, then less and less often, and never given up."""

from __future__ import annotations

from collections.abc import Callable, Sequence


class BackOff:
    """Counts what fails in a row.

    Args:
        steps: seconds to wait after the first, second, … failure; after the last of them, for ever.
        steady: seconds that it must go well before what failed is forgotten.
        clock: monotonic seconds.
    """

    def __init__(self, steps: Sequence[float], steady: float, clock: Callable[[], float]) -> None:
        self._steps = steps
        self._steady = steady
        self._clock = clock
        self._failures = 0
        self._retry_at = 0.0

    @property
    def failures(self) -> int:
        """How many came in a row."""
        return self._failures

    @property
    def left(self) -> float:
        """Seconds until the next attempt is due."""
        return max(self._retry_at - self._clock(), 0.0)

    def failed(self) -> None:
        """Count a failure, and begin to wait."""
        self._retry_at = self._clock() + self._steps[min(self._failures, len(self._steps) - 1)]
        self._failures += 1

    def went_well(self) -> None:
        """Count a success: one that fails again and again after its first success is not well."""
        if self._failures and self._clock() - self._retry_at > self._steady:
            self.forget()

    def forget(self) -> None:
        """Begin anew, at once: something has changed."""
        self._failures, self._retry_at = 0, 0.0
