"""Whether the picture is wanted: the audience, steadied in time."""

from __future__ import annotations

import time
from collections.abc import Callable

from vcam.core.ports import Audience

SETTLE = 0.1
"""Seconds that somebody must stream before it counts: programs that only look around are gone by then."""

LINGER = 5.0
"""Seconds that the picture stays wanted after the last one left: people toggle their camera, pages reload."""


class Demand:
    """Says whether the real camera should be open.

    Args:
        audience: who reads the virtual camera.
        enabled: False where on-demand is turned off: the picture is always wanted.
        settle: seconds before an arrival counts.
        linger: seconds before a departure counts.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        audience: Audience,
        *,
        enabled: bool = True,
        settle: float = SETTLE,
        linger: float = LINGER,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._audience = audience
        self._enabled = enabled
        self._settle = settle
        self._linger = linger
        self._clock = clock
        self._wanted = False
        self._changing_since: float | None = None
        self._watched = False

    @property
    def watched(self) -> bool:
        """Whether anybody read the virtual camera when wanted() was last asked; not steadied."""
        return self._watched

    def unsettled(self) -> bool:
        """Return whether somebody has come so lately that it does not count yet: ask again soon."""
        return self._changing_since is not None and not self._wanted

    def wanted(self) -> bool:
        """Return whether the picture is wanted now. Cheap; ask three times a second."""
        now = self._clock()
        self._watched = self._audience.watched()
        if self._watched == self._wanted:
            self._changing_since = None
        elif self._changing_since is None:
            self._changing_since = now
        if self._changing_since is not None:
            patience = self._linger if self._wanted else self._settle
            if now - self._changing_since >= patience:
                self._wanted, self._changing_since = self._watched, None
        return self._wanted or not self._enabled

    def leave(self) -> None:
        """Let go of the virtual camera: whoever looks at it keeps its driver from being unloaded."""
        self._audience.close()
