"""Who reads the virtual camera.

Newer modules tell by an event (v4l2_events). With older ones we look at who has the device open; but an open
is not yet a use: browsers open every camera to list it. A program uses it when it has the device's buffers in
its memory, or, as some read() instead, when it keeps it open for long. Linux only.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path

from vcam.adapters.v4l2 import Node, find_loopback
from vcam.adapters.v4l2_events import ClientUsage
from vcam.adapters.v4l2_holders import Holder, Holders, holder, holders
from vcam.adapters.v4l2_openings import Opening, Openings
from vcam.core.ports import Audience

HELD = 3.0
"""Seconds that a device is held open before that counts as a use, although no buffer is mapped."""

_SCAN_EVERY = 0.3
_GLANCE_EVERY = 0.5
_BLIND_EVERY = 2.0
_STREAMING_EVERY = 5.0
_LOOKED_UP_EVERY = 2.0

_BYSTANDERS = {"pipewire", "wireplumber"}
"""They may keep every camera open all day; what they pass on they map."""

_log = logging.getLogger(__name__)


def attach(device: Path) -> Audience:
    """Return the best audience that this device's module allows."""
    try:
        return EventAudience(ClientUsage(device))
    except OSError as error:
        _log.info("no client-usage event from %s (%s): looking at who has it open", device, error)
        return OpenersAudience(device)


class EventAudience:
    """The audience as the module tells it."""

    def __init__(self, usage: ClientUsage) -> None:
        self._usage = usage
        self._lost = False

    def watched(self) -> bool:
        """Return whether anybody streams; True where the module no longer tells: no meeting goes dark."""
        if self._lost:
            return True
        try:
            return self._usage.streaming()
        except OSError as error:
            self._lost = True
            _log.warning("the virtual camera no longer tells who reads it: %s", error)
            return True

    def close(self) -> None:
        """Let go of the descriptor."""
        self._usage.close()


class OpenersAudience:
    """The audience as /proc shows it.

    Every process is looked through only after somebody opened or closed the device, and at most three times
    a second; in between, only the processes found then. Programs of another user cannot be looked into: where
    one opened the device and nobody else did, it counts as a use after HELD seconds, until the next close.

    Args:
        device: the loopback.
        scan: looks through every process.
        glance: looks at one process.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        device: Path,
        *,
        scan: Callable[[Path], Holders] = holders,
        glance: Callable[[int, Path], Holder | None] = holder,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._device = device
        self._scan_all = scan
        self._glance = glance
        self._clock = clock
        self._readers: dict[
            int, tuple[Holder, float]
        ] = {}  # by process: how it holds the device, and since when
        self._strangers_since: float | None = None
        self._scan_at: float | None = clock()  # None: nothing happened since the last scan
        self._scanned = float("-inf")
        self._glanced = float("-inf")
        self._openings: Openings | None = None
        try:
            self._openings = Openings(device)
        except OSError as error:
            _log.warning("%s: looking every %.0f s instead", error, _BLIND_EVERY)

    def watched(self) -> bool:
        """Return whether anybody streams, or holds the device open for long."""
        now = self._clock()
        last = self._happened(now)
        if self._scan_at is not None and now >= self._scan_at:
            self._scan(now)
        elif self._readers and now - self._glanced >= self._glance_every:
            self._look_again(now)
        if last is Opening.CLOSED or self._readers:
            self._strangers_since = None
        return any(self._uses(*reader, now) for reader in self._readers.values()) or (
            self._strangers_since is not None and now - self._strangers_since >= HELD
        )

    def close(self) -> None:
        """Stop watching."""
        if self._openings is not None:
            self._openings.close()

    def _happened(self, now: float) -> Opening:
        if self._openings is None:
            self._scan_at = self._scanned + _BLIND_EVERY
            return Opening.NONE
        last = self._openings.last()
        if last is not Opening.NONE:
            self._scan_at = max(now, self._scanned + _SCAN_EVERY)
        if last is Opening.OPENED and self._strangers_since is None:
            self._strangers_since = now
        return last

    def _scan(self, now: float) -> None:
        self._scanned = self._glanced = now
        self._scan_at = None
        found = self._scan_all(self._device)
        self._keep(found.known, now)
        if not found.hidden:
            self._strangers_since = None

    def _look_again(self, now: float) -> None:
        self._glanced = now
        seen = []
        for pid, (before, _) in self._readers.items():
            try:
                found = self._glance(pid, self._device)
            except PermissionError:
                found = before
            if found is not None:
                seen.append(found)
        self._keep(tuple(seen), now)

    def _keep(self, found: tuple[Holder, ...], now: float) -> None:
        readers = {}
        for one in found:
            if not one.writes_only:
                _, since = self._readers.get(one.pid, (one, now))
                readers[one.pid] = (one, since)
        self._readers = readers

    @property
    def _glance_every(self) -> float:
        streaming = any(found.mapped for found, _ in self._readers.values())
        return _STREAMING_EVERY if streaming else _GLANCE_EVERY

    @staticmethod
    def _uses(found: Holder, since: float, now: float) -> bool:
        return found.mapped or (now - since >= HELD and found.command not in _BYSTANDERS)


def _identity(path: Path) -> object:
    """Return what tells a device from another that took its place later."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_rdev, status.st_ino, status.st_ctime_ns


class LoopbackAudience:
    """The audience of the loopback with a given card name, looked up anew when it comes and goes.

    Args:
        card: the loopback's name.
        find: returns its path, or None.
        attach: opens its audience. May raise OSError.
        identity: of what is at a path just now, None where there is nothing; far cheaper to ask than find.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        card: str,
        *,
        find: Callable[[str], Node | None] = find_loopback,
        attach: Callable[[Path], Audience] = attach,
        identity: Callable[[Path], object] = _identity,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._card = card
        self._find = find
        self._attach = attach
        self._identify = identity
        self._clock = clock
        self._audience: Audience | None = None
        self._node: Node | None = None
        self._identity: object = None
        self._looked = float("-inf")

    def watched(self) -> bool:
        """Return whether anybody streams from it; False while there is no such device."""
        now = self._clock()
        if now - self._looked >= _LOOKED_UP_EVERY:
            self._looked = now
            self._look()
        return self._audience is not None and self._audience.watched()

    def close(self) -> None:
        """Stop looking, until watched() is asked again."""
        self._looked = float("-inf")
        self._let_go()

    def _let_go(self) -> None:
        audience, self._audience, self._node = self._audience, None, None
        if audience is not None:
            audience.close()

    def _look(self) -> None:
        if self._node is not None and self._identity == self._identify(self._node.path) is not None:
            return
        node = self._find(self._card)
        if node == self._node:
            return
        self._let_go()
        if node is not None:
            try:
                self._audience = self._attach(node.path)
            except OSError as error:
                _log.info("cannot tell who reads %s: %s", node.path, error)
            else:
                self._node, self._identity = node, self._identify(node.path)
