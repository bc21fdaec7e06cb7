"""What the user interface, the remote control and the command line may ask of the running app."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from vcam.core.frame import Pixels
from vcam.core.settings import Settings
from vcam.core.status import Status


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """A camera that could be opened.

    Attributes:
        identity: stable over reboots and ports where the system tells; what settings store.
        name: what people call it.
        path: the device path, or "" where the platform has none.
    """

    identity: str
    name: str
    path: str = ""


class Controls(Protocol):
    """The app, as the tray sees it. Every call returns at once; what follows is told by on_status."""

    def settings(self) -> Settings:
        """Return the settings in force."""

    def change(self, settings: Settings) -> None:
        """Apply and remember new settings; only what must restart does."""

    def turn(self, on: bool) -> None:
        """Start or stop the pipeline."""

    def pause(self, paused: bool) -> None:
        """Show the privacy card, or the picture again."""

    def rate(self, thumbs: int) -> None:
        """Take in the person's word on the picture: 1 or −1; the quality Auto learns from it."""

    def status(self) -> Status:
        """Return the latest snapshot."""


class Previews(Protocol):
    """Where the panel takes its picture from."""

    def latest(self) -> Pixels | None:
        """Return the newest picture that was sent, (height, width, 3) BGR, or None; never blocks."""

    def wanted(self, wanted: bool) -> None:
        """Say whether anybody looks: while nobody does, nothing is kept."""


StatusListener = Callable[[Status], None]
"""Called on the worker thread with each new snapshot: hand it over (queued signal), don't work in it."""
