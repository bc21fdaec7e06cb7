"""v4l2loopback's own event: "somebody has begun, or ceased, to stream from this device". Linux only.

The event is private to the module and has moved: its number is tried out, and only believed after the module
has answered with a first event, as asked.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import struct
from collections.abc import Callable
from pathlib import Path

from vcam.adapters import v4l2

EVENT_TYPES = (0x10E00001, 0x10E00000, 0x08000000)
"""What V4L2_EVENT_PRI_CLIENT_USAGE has been, newest first."""

_VIDIOC_DQEVENT = 0x80885659
_VIDIOC_SUBSCRIBE_EVENT = 0x4020565A
_SEND_INITIAL = 1
_SUBSCRIPTION = struct.Struct("=3I20x")  # type, id, flags
_EVENT = struct.Struct("=I4xI60x64x")  # type, (padding), the union's first word, the rest

Ioctl = Callable[[int, int, bytearray], int]


class ClientUsage:
    """Knows whether anybody streams from a loopback, at the price of one system call.

    It needs a descriptor of its own: pyvirtualcam doesn't lend its one.

    Args:
        device: the loopback.
        ioctl: fcntl.ioctl, or a fake.

    Raises:
        OSError: the device cannot be opened, or its module (before 0.13) has no such event.
    """

    def __init__(self, device: Path, ioctl: Ioctl = fcntl.ioctl) -> None:
        self._ioctl = ioctl
        self._streaming = False
        self._descriptor = os.open(device, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            self._type = self._subscribe()
        except OSError:
            self.close()
            raise

    def streaming(self) -> bool:
        """Return whether anybody streams now. Raises OSError when the device has gone."""
        while (event := self._next()) is not None:
            if event[0] == self._type:
                self._streaming = event[1] > 0
        return self._streaming

    def close(self) -> None:
        """Let go of the descriptor."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def _subscribe(self) -> int:
        for kind in EVENT_TYPES:
            with contextlib.suppress(OSError):
                self._ioctl(
                    self._descriptor,
                    _VIDIOC_SUBSCRIBE_EVENT,
                    bytearray(_SUBSCRIPTION.pack(kind, 0, _SEND_INITIAL)),
                )
                event = self._next()
                if event is not None and event[0] == kind:
                    self._streaming = event[1] > 0
                    return kind
        raise OSError(errno.ENOTTY, f"{v4l2.DRIVER} has no client-usage event")

    def _next(self) -> tuple[int, int] | None:
        answer = bytearray(_EVENT.size)
        try:
            self._ioctl(self._descriptor, _VIDIOC_DQEVENT, answer)
        except OSError as error:
            if error.errno == errno.ENOENT:
                return None
            raise
        kind, count = _EVENT.unpack(answer)
        return kind, count
