"""Small, honest stand-ins for the world, with which the pipeline's promises are tested and tried out.

The room is one unmistakable colour, nobody is in it, and the effect is another: a single pixel of ROOM in
what a sink was sent is a leak.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np

from vcam.core.errors import EndOfSource
from vcam.core.frame import Frame, Matte, Pixels, Size
from vcam.core.ports import CardKind, SourceFormat

ROOM = (255, 0, 255)
EFFECT = (0, 200, 0)
CARD = {kind: (10, 10, 10 + number) for number, kind in enumerate(CardKind)}


def plain(size: Size, bgr: tuple[int, int, int]) -> Pixels:
    """Return uint8 (height, width, 3) of one colour."""
    return np.full((size.height, size.width, 3), bgr, np.uint8)


def paint_plain_card(kind: CardKind, size: Size) -> Pixels:
    """Return the card of a kind: one colour each."""
    return plain(size, CARD[kind])


class RoomSource:
    """A camera in an empty room.

    Args:
        size: of its frames.
        frames: how many, or None for no end.
        before_read: called with the index before each frame: raises, waits, or does nothing.
    """

    def __init__(
        self,
        size: Size = Size(64, 48),
        frames: int | None = None,
        before_read: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._pixels = plain(size, ROOM)
        self._frames = frames
        self._before_read = before_read
        self._index = 0
        self.closed = False

    @property
    def name(self) -> str:
        """What people call it."""
        return "the room"

    @property
    def format(self) -> SourceFormat:
        """What it gives."""
        return SourceFormat(Size.of(self._pixels), fps=0.0, frames=self._frames)

    def read(self) -> Frame:
        """Return the room, again."""
        if self._frames is not None and self._index >= self._frames:
            raise EndOfSource
        self._before_read(self._index)
        frame = Frame(self._pixels, self._index, time.monotonic())
        self._index += 1
        return frame

    def close(self) -> None:
        """Remember it."""
        self.closed = True


class NobodySegmenter:
    """Finds nobody.

    Args:
        name: the model's name.
        spoil: takes the good matte and returns, raises or waits as a broken network would.
    """

    def __init__(self, name: str = "nobody", spoil: Callable[[Matte], Matte] = lambda matte: matte) -> None:
        self._name = name
        self._spoil = spoil
        self.closed = False

    @property
    def name(self) -> str:
        """The model's name."""
        return self._name

    def segment(self, frame: Frame) -> Matte:
        """Return an empty matte."""
        return self._spoil(Matte(np.zeros((9, 16), np.float32), frame.captured_at))

    def reset(self) -> None:
        """Nothing is remembered."""

    def close(self) -> None:
        """Remember it."""
        self.closed = True


class PlainRefiner:
    """Returns the matte as it is, or spoilt."""

    def __init__(self, spoil: Callable[[Matte], Matte] = lambda matte: matte) -> None:
        self._spoil = spoil

    def refine(self, frame: Frame, matte: Matte) -> Matte:  # noqa: ARG002 - the port's signature
        """Return the matte."""
        return self._spoil(matte)

    def reset(self) -> None:
        """Nothing is remembered."""


class ColourCompositor:
    """Lays one colour over everything that is not the person, to the nearest pixel."""

    def __init__(
        self,
        bgr: tuple[int, int, int] = EFFECT,
        spoil: Callable[[Pixels], Pixels] = lambda pixels: pixels,
    ) -> None:
        self._bgr = bgr
        self._spoil = spoil
        self.closed = False

    def compose(self, frame: Frame, matte: Matte) -> Pixels:
        """Return the composite."""
        size = frame.size
        rows = np.arange(size.height) * matte.alpha.shape[0] // size.height
        columns = np.arange(size.width) * matte.alpha.shape[1] // size.width
        person = matte.share[rows][:, columns, None] > 0.5
        return self._spoil(np.where(person, frame.pixels, np.array(self._bgr, np.uint8)))

    def close(self) -> None:
        """Remember it."""
        self.closed = True


class CollectingSink:
    """Keeps the colour of each picture's every pixel, so that one wrong pixel among thousands shows."""

    def __init__(
        self, size: Size = Size(64, 48), before_send: Callable[[int], None] = lambda _: None
    ) -> None:
        self._size = size
        self._before_send = before_send
        self._lock = threading.Lock()
        self._sent: list[frozenset[tuple[int, ...]]] = []
        self.closed = False

    @property
    def name(self) -> str:
        """What people call it."""
        return "collected"

    @property
    def size(self) -> Size:
        """The size of every picture."""
        return self._size

    @property
    def sent(self) -> list[frozenset[tuple[int, ...]]]:
        """The set of colours of each picture so far."""
        with self._lock:
            return list(self._sent)

    def send(self, picture: Pixels) -> None:
        """Keep a picture's colours."""
        with self._lock:
            self._before_send(len(self._sent))
            colours = np.unique(picture.reshape(-1, 3), axis=0)
            self._sent.append(frozenset(tuple(int(c) for c in colour) for colour in colours))

    def close(self) -> None:
        """Remember it."""
        self.closed = True
