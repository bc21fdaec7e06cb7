"""Which cameras there are, under identities that stay the same over reboots and ports.

An identity is "046d:0825 HD Webcam C270" (USB vendor:product and name) or the name alone; the second of two
alike gets " #2", in the order of where they are plugged in. A device path ("/dev/video11") is understood too.
Our own virtual camera is never offered, nor any other loopback, nor nodes that carry no picture.

Linux is what this was run on; Windows (Media Foundation) and macOS (AVFoundation) take the same way through
cv2-enumerate-cameras, and have not been run.
"""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import cv2

from vcam.core.controls import CameraInfo
from vcam.core.errors import Problem, SourceError

VIRTUAL_NAMES: Final = frozenset({"Virtual Cam", "OBS Virtual Camera", "Unity Video Capture"})
"""What our own output is called on one system or another: reading it would show us ourselves, for ever."""

SYSFS: Final = Path("/sys/class/video4linux")

_BACKENDS: Final = {"linux": cv2.CAP_V4L2, "win32": cv2.CAP_MSMF, "darwin": cv2.CAP_AVFOUNDATION}


class Listed(Protocol):
    """One entry of cv2-enumerate-cameras."""

    @property
    def index(self) -> int:
        """OpenCV's number for it just now."""

    @property
    def name(self) -> str | None:
        """What it calls itself."""

    @property
    def path(self) -> str | None:
        """Its device path."""

    @property
    def vid(self) -> int | None:
        """USB vendor."""

    @property
    def pid(self) -> int | None:
        """USB product."""


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera, and what OpenCV needs to open it.

    Attributes:
        info: what people and settings know of it.
        handle: OpenCV's name for it just now: a path on Linux, an index elsewhere.
        backend: of OpenCV's.
    """

    info: CameraInfo
    handle: str | int
    backend: int


def list_cameras() -> tuple[CameraInfo, ...]:
    """Return the cameras that could be opened, in the order of their ports. Opens each for a moment."""
    return tuple(camera.info for camera in enumerate_cameras())


def present(sysfs: Path = SYSFS) -> frozenset[str]:
    """Return the names of the video devices there are just now. Cheap; empty where no system tells."""
    try:
        return frozenset(os.listdir(sysfs))  # noqa: PTH208 - asked several times a second
    except OSError:
        return frozenset()


def find_camera(identity: str) -> Camera:
    """Return the camera with this identity or path; "" takes the first. Raises SourceError (NO_CAMERA)."""
    cameras = enumerate_cameras()
    if not identity and cameras:
        return cameras[0]
    for camera in cameras:
        if identity in (camera.info.identity, camera.info.path):
            return camera
    if identity.startswith("/dev/"):
        return _by_path(identity)
    if not cameras:
        raise SourceError(Problem.NO_CAMERA, "got no camera != wanted one; plug one in and switch it on")
    known = ", ".join(repr(camera.info.identity) for camera in cameras)
    raise SourceError(
        Problem.NO_CAMERA,
        f"got no camera {identity!r} != wanted one of {known}; plug it in, or choose another",
    )


def enumerate_cameras(
    listed: Callable[[int], Iterable[Listed]] | None = None, loopbacks: Callable[[], set[str]] | None = None
) -> tuple[Camera, ...]:
    """Return the cameras with what is needed to open them.

    Args:
        listed: cv2-enumerate-cameras' function; tests pass their own.
        loopbacks: paths of v4l2loopback devices; tests pass their own.
    """
    backend = _BACKENDS.get(sys.platform, cv2.CAP_ANY)
    virtual = (loopbacks or _loopbacks)()
    found = [
        entry
        for entry in (listed or _listed)(backend)
        if (entry.name or "") not in VIRTUAL_NAMES and (entry.path or "") not in virtual
    ]
    found.sort(key=lambda entry: (_port(entry.path or ""), entry.index))
    seen: Counter[str] = Counter()
    return tuple(_camera(entry, backend, seen) for entry in found)


def _camera(entry: Listed, backend: int, seen: Counter[str]) -> Camera:
    name = re.sub(r"\s+", " ", entry.name or "").strip() or f"Camera {entry.index}"
    known = entry.vid is not None and entry.pid is not None
    base = f"{entry.vid:04x}:{entry.pid:04x} {name}" if known else name
    seen[base] += 1
    twin = f" #{seen[base]}" if seen[base] > 1 else ""
    path = entry.path or ""
    info = CameraInfo(identity=base + twin, name=name + twin, path=path)
    on_linux = backend == cv2.CAP_V4L2 and path
    return Camera(info=info, handle=path if on_linux else entry.index, backend=backend)


def _by_path(path: str) -> Camera:
    """Return the device at a path, whatever it is: people who name one know what they want."""
    if not Path(path).exists():
        raise SourceError(Problem.NO_CAMERA, f"got no {path} != wanted a video device; see `vcam cameras`")
    try:
        name = (
            (SYSFS / Path(path).resolve().name / "name").read_text(encoding="utf-8", errors="replace").strip()
        )
    except OSError:
        name = path
    if name in VIRTUAL_NAMES:
        raise SourceError(Problem.NO_CAMERA, f"got {path}, which is {name!r} itself != wanted a camera")
    return Camera(info=CameraInfo(identity=path, name=name, path=path), handle=path, backend=cv2.CAP_V4L2)


def _listed(backend: int) -> Iterable[Listed]:
    import cv2_enumerate_cameras  # noqa: PLC0415 - loads the platform's own libraries

    try:
        found: Iterable[Listed] = cv2_enumerate_cameras.enumerate_cameras(backend)
    except (NotImplementedError, OSError) as error:
        raise SourceError(Problem.NO_CAMERA, f"cameras cannot be listed on this system: {error}") from error
    return found


def _loopbacks() -> set[str]:
    if not sys.platform.startswith("linux"):
        return set()
    from vcam.adapters import v4l2  # noqa: PLC0415 - can be imported on Linux only

    return {str(node.path) for node in v4l2.nodes() if node.loopback}


def _port(path: str) -> str:
    """Return where a device is plugged in, which unlike its number outlives a reboot; "" where unknown."""
    name = Path(path).name
    return os.path.realpath(SYSFS / name / "device") if name else ""
