"""Tells that somebody opened or closed a device (inotify): costs nothing while nobody does. Linux only."""

from __future__ import annotations

import ctypes
import os
import struct
from enum import StrEnum
from pathlib import Path

_IN_CLOSE_WRITE = 0x8
_IN_CLOSE_NOWRITE = 0x10
_IN_OPEN = 0x20
_HEADER = struct.Struct("=iIII")  # watch, mask, cookie, length of the name


class Opening(StrEnum):
    """What happened last."""

    NONE = "none"
    OPENED = "opened"
    CLOSED = "closed"


class Openings:
    """Watches one device node. Raises OSError where inotify is used up or the node is not there."""

    def __init__(self, device: Path) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self._descriptor = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        wanted = _IN_OPEN | _IN_CLOSE_WRITE | _IN_CLOSE_NOWRITE
        if self._descriptor < 0 or libc.inotify_add_watch(self._descriptor, bytes(device), wanted) < 0:
            error = OSError(ctypes.get_errno(), f"cannot watch {device} by inotify")
            self.close()
            raise error

    def last(self) -> Opening:
        """Return the last thing that happened since the last call."""
        last = Opening.NONE
        while events := self._read():
            at = 0
            while at < len(events):
                _, mask, _, length = _HEADER.unpack_from(events, at)
                at += _HEADER.size + length
                if mask & _IN_OPEN:
                    last = Opening.OPENED
                elif mask & (_IN_CLOSE_WRITE | _IN_CLOSE_NOWRITE):
                    last = Opening.CLOSED
        return last

    def close(self) -> None:
        """Stop watching."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def _read(self) -> bytes:
        try:
            return os.read(self._descriptor, 4096)
        except BlockingIOError:
            return b""
