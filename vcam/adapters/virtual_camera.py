"""The virtual camera, written through pyvirtualcam.

On Linux the device is looked up by its card name and handed over by path: left to itself, pyvirtualcam takes
any free loopback, also another program's. Its opening leaks a descriptor where it fails, and its writing only
prints errors, so that the device is looked at before the one and during the other.

The Windows and macOS branches follow pyvirtualcam's documentation; they have not been run.
"""

from __future__ import annotations

import logging
import platform
import time
from collections.abc import Callable
from typing import Any, Protocol

import pyvirtualcam

from vcam.core.errors import Problem, SinkError
from vcam.core.frame import Image, Size
from vcam.core.ports import AlwaysWatched, Audience
from vcam.imaging.layout import lay_out_video
from vcam.imaging.planes import empty_picture, to_i420

LABEL = "Virtual Cam"
"""The name that people pick in their meeting, wherever the system lets us choose it."""

ALIVE_EVERY = 1.0
"""Seconds between looks at whether the device is still there."""

_BACKENDS = {
    "Windows": (("unitycapture", LABEL), ("obs", "OBS Virtual Camera")),
    "Darwin": (("obs", "OBS Virtual Camera"),),
}
"""What to try, in this order; with OBS's driver the system fixes the name, and that is the one to pick."""

_log = logging.getLogger(__name__)


class Device(Protocol):
    """What stands behind the virtual camera."""

    @property
    def backends(self) -> tuple[tuple[str, str], ...]:
        """Each backend to try, by its name in pyvirtualcam, and its device."""

    @property
    def size(self) -> Size | None:
        """The size that readers still hold it to; None where it takes any."""

    def alive(self) -> bool:
        """Return whether the device is still there. Cheap."""

    def release(self) -> None:
        """Leave the closed device so that it can be opened again."""


class VirtualCamera:
    """A sink that meeting programs see as a camera.

    Args:
        size: of every picture; even, and never changed while open. A reader that stayed from an earlier run
            goes on in the size of that run: pictures are laid into it.
        fps: told to the device; sending is paced by the caller.
        claim: finds the device and sees to it that it can be opened.
        make: pyvirtualcam.Camera, or a fake.

    Raises:
        SinkError: NO_VIRTUAL_CAMERA, VIRTUAL_CAMERA_BUSY, VIRTUAL_CAMERA_STUCK, VIRTUAL_CAMERA_DENIED, or
            UNWRITABLE_SINK for an odd size.
    """

    def __init__(
        self,
        size: Size,
        fps: float,
        *,
        claim: Callable[[], Device] | None = None,
        make: Callable[..., Any] = pyvirtualcam.Camera,
    ) -> None:
        if size.width % 2 or size.height % 2:
            raise SinkError(
                Problem.UNWRITABLE_SINK,
                f"got {size} != wanted an even width and height for the virtual camera",
            )
        self._size = size
        self._checked = time.monotonic()
        self._device = (claim or _claim)()
        self._shown = self._device.size or size
        self._planes = empty_picture(self._shown)
        self._camera = _make(make, self._shown, fps, self._device.backends)
        self._name = self._camera.device if isinstance(self._device, _Fixed) else LABEL
        _log.info("sending %s to %s (%s)", self._shown, self._name, self._camera.device)

    @property
    def name(self) -> str:
        """The name to pick in the meeting."""
        return self._name

    @property
    def size(self) -> Size:
        """The size that every picture must have."""
        return self._size

    def send(self, picture: Image) -> None:
        """Write one picture, as I420. Raises SinkError."""
        if self._camera is None:
            raise SinkError(Problem.UNWRITABLE_SINK, "got a picture for a virtual camera that is closed")
        if Size.of_image(picture) != self._size:
            raise SinkError(
                Problem.UNWRITABLE_SINK, f"got a picture of {Size.of_image(picture)} != wanted {self._size}"
            )
        if self._shown != self._size:
            picture = lay_out_video(picture, self._shown)
        if picture.ndim == 3:
            picture = to_i420(picture, self._planes)
        try:
            self._camera.send(picture)
        except Exception as error:
            raise SinkError(
                Problem.NO_VIRTUAL_CAMERA, f"{self._name} takes no more pictures: {error}"
            ) from error
        self._check_alive()

    def close(self) -> None:
        """Let go of the device."""
        camera, self._camera = self._camera, None
        if camera is not None:
            camera.close()
            self._device.release()

    def _check_alive(self) -> None:
        now = time.monotonic()
        if now - self._checked >= ALIVE_EVERY:
            self._checked = now
            if not self._device.alive():
                raise SinkError(Problem.NO_VIRTUAL_CAMERA, f"{self._name} was removed")


class _Fixed:
    """The virtual cameras of Windows and macOS, which no one can take away or block."""

    def __init__(self, backends: tuple[tuple[str, str], ...]) -> None:
        self.backends = backends
        self.size: Size | None = None

    def alive(self) -> bool:
        """Return True."""
        return True

    def release(self) -> None:
        """Do nothing."""


def _claim() -> Device:
    system = platform.system()
    if system != "Linux":
        return _Fixed(_BACKENDS.get(system, ()))
    from vcam.adapters.v4l2_loopback import Loopback  # noqa: PLC0415 - fcntl is not everywhere

    return Loopback.claim(LABEL)


def open_audience() -> Audience:
    """Return who reads the virtual camera; everybody always, on systems that don't tell."""
    if platform.system() != "Linux":
        return AlwaysWatched()
    from vcam.adapters.audience import LoopbackAudience  # noqa: PLC0415 - fcntl is not everywhere

    return LoopbackAudience(LABEL)


def _make(make: Callable[..., Any], size: Size, fps: float, backends: tuple[tuple[str, str], ...]) -> Any:
    said = []
    for backend, device in backends:
        try:
            return make(
                size.width,
                size.height,
                fps,
                fmt=pyvirtualcam.PixelFormat.I420,
                device=device,
                backend=backend,
            )
        except Exception as error:  # noqa: BLE001 - KeyError, RuntimeError or ValueError, by backend
            said.append(f"{backend}: {error}")
    raise SinkError(
        _problem_in(" ".join(said)), "; ".join(said) or f"no virtual camera for {platform.system()}"
    )


def _problem_in(said: str) -> Problem:
    signs = {
        "missing permissions": Problem.VIRTUAL_CAMERA_DENIED,
        "already in use": Problem.VIRTUAL_CAMERA_BUSY,
        "could not be configured": Problem.VIRTUAL_CAMERA_BUSY,
        "not a video output device": Problem.VIRTUAL_CAMERA_BUSY,
    }
    return next((problem for sign, problem in signs.items() if sign in said), Problem.NO_VIRTUAL_CAMERA)
