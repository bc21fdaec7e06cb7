"""An app without a camera, for tests, screenshots and work on the windows themselves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vcam.core.controls import CameraInfo, StatusListener
from vcam.core.frame import Pixels
from vcam.core.settings import Settings
from vcam.core.status import State, Status

CAMERAS = (
    CameraInfo("usb-046d:082d", "Logitech C920", "/dev/video0"),
    CameraInfo("usb-0408:5365", "Integrated Camera", "/dev/video2"),
)


class FakeControls:
    """Does as it is told and remembers it; tell() plays the worker."""

    def __init__(self, settings: Settings | None = None, status: Status | None = None) -> None:
        self._settings = settings or Settings()
        self._status = status or Status()
        self._listeners: list[StatusListener] = []
        self.changes: list[Settings] = []
        self.thumbs: list[int] = []

    def settings(self) -> Settings:
        """Return the settings in force."""
        return self._settings

    def change(self, settings: Settings) -> None:
        """Apply new settings."""
        self._settings = settings
        self.changes.append(settings)

    def turn(self, on: bool) -> None:
        """Start or stop."""
        self.tell(replace(self._status, state=State.RUNNING if on else State.STOPPED, problem=None))

    def pause(self, paused: bool) -> None:
        """Show the privacy card, or the picture again."""
        self.tell(replace(self._status, state=State.PAUSED if paused else State.RUNNING))

    def rate(self, thumbs: int) -> None:
        """Remember what the person thinks."""
        self.thumbs.append(thumbs)

    def status(self) -> Status:
        """Return the latest snapshot."""
        return self._status

    def subscribe(self, listener: StatusListener) -> None:
        """Tell this listener of every snapshot from now on."""
        self._listeners.append(listener)

    def tell(self, status: Status) -> None:
        """Make this the latest snapshot, and say so on the calling thread."""
        self._status = status
        for listener in self._listeners:
            listener(status)


class FakePreviews:
    """Hands out one picture, as a worker would, while it is wanted."""

    def __init__(self, pixels: Pixels | None = None) -> None:
        self.pixels = np.full((180, 320, 3), 90, np.uint8) if pixels is None else pixels
        self.is_wanted = False
        self.taken = 0

    def latest(self) -> Pixels | None:
        """Return the picture, if anybody said that they look."""
        self.taken += 1
        return self.pixels if self.is_wanted else None

    def wanted(self, wanted: bool) -> None:
        """Say whether anybody looks."""
        self.is_wanted = wanted
