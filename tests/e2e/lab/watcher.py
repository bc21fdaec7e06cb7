"""Somebody in the meeting, who never looks away: notes for each frame when it came and what it was."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from tests.e2e.lab import person
from vcam.core.frame import Pixels
from vcam.core.ports import CardKind

Leak = Callable[[Pixels], float]
"""How much of the room a frame shows, 0 … 1."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One frame.

    Attributes:
        at: when it came, monotonic seconds.
        card: which card it is, None for a picture.
        room: how much of the room it shows.
    """

    at: float
    card: CardKind | None
    room: float


class Watcher:
    """Streams from a virtual camera; opens it anew where it has to.

    Args:
        device: to read.
        leak: tells how much of the room a frame shows.
    """

    def __init__(self, device: Path, leak: Leak) -> None:
        self._device = device
        self._leak = leak
        self._stop = threading.Event()
        self.seen: list[Seen] = []
        self.newest: Pixels = np.zeros((1, 1, 3), np.uint8)
        self.worst: Pixels | None = None
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the newest frame."""
        return self.newest.shape

    def sees_picture(self, since: float = 0.0) -> bool:
        """Return whether the newest frame is a picture, and came just now, and after that moment."""
        return self._newest(lambda seen: seen.card is None and seen.at > since)

    def sees_card(self) -> bool:
        """Return whether the newest frame is a card, and came just now."""
        return self._newest(lambda seen: seen.card is not None)

    def card(self) -> str:
        """Return which card is shown, or "a picture"."""
        newest = self.seen[-1] if self.seen else None
        return "nothing" if newest is None else f'card "{newest.card}"' if newest.card else "a picture"

    def worst_room(self) -> float:
        """Return how much of the room was shown at most."""
        return max((seen.room for seen in self.seen), default=0.0)

    def longest_gap(self, since: float) -> float:
        """Return the longest time between two frames since a moment."""
        times = [since, *(seen.at for seen in self.seen if seen.at >= since), time.monotonic()]
        return float(np.diff(times).max())

    def close(self) -> None:
        """Leave the meeting."""
        self._stop.set()
        self._thread.join(10)

    def _newest(self, is_so: Callable[[Seen], bool]) -> bool:
        newest = self.seen[-1] if self.seen else None
        return newest is not None and time.monotonic() - newest.at < 1.5 and is_so(newest)

    def _watch(self) -> None:
        while not self._stop.is_set():
            capture = cv2.VideoCapture(str(self._device), cv2.CAP_V4L2)
            while capture.isOpened() and not self._stop.is_set():
                ok, pixels = capture.read()
                if not ok:
                    break
                self._note(np.asarray(pixels, np.uint8))
            capture.release()
            self._stop.wait(0.2)

    def _note(self, pixels: Pixels) -> None:
        self.newest = pixels
        card = person.card_shown(pixels)
        room = 0.0 if card is not None else self._leak(pixels)
        if room > self.worst_room():
            self.worst = pixels.copy()
        self.seen.append(Seen(time.monotonic(), card, room))
