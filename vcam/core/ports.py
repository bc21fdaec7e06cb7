"""The boundaries of the pipeline. Constructors open; close() closes and may be called twice.

Whoever implements one of these is checked by the contract suite of the same name in tests/contracts/.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from vcam.core.frame import Frame, Image, Matte, Size


@dataclass(frozen=True, slots=True)
class SourceFormat:
    """What a source really gives, which may differ from what it was asked for.

    Attributes:
        size: of every frame.
        fps: frames per second; 0 where the source has no clock of its own.
        codec: "MJPG", "YUYV", "NV12", … or "" where there is none.
        frames: how many there are in all; None for a live source.
    """

    size: Size
    fps: float
    codec: str = ""
    frames: int | None = None


class FrameSource(Protocol):
    """Where frames come from: an open camera, clip, folder, or drawing."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def format(self) -> SourceFormat:
        """What it really gives."""

    def read(self) -> Frame:
        """Wait for the next frame. Raises SourceError, or EndOfSource after the last one."""

    def close(self) -> None:
        """Let go of the device or file."""


@runtime_checkable
class Skipping(Protocol):
    """A source that can let a frame go by for less than reading it costs: decoding is most of that."""

    def skip(self) -> None:
        """Wait for the next frame, and leave it. Raises what read() raises."""


class Segmenter(Protocol):
    """Finds the person."""

    @property
    def name(self) -> str:
        """The model's name."""

    def segment(self, frame: Frame) -> Matte:
        """Return the person's matte at the model's own size. Raises ModelError."""

    def reset(self) -> None:
        """Forget what came before (another camera, a cut)."""

    def close(self) -> None:
        """Let go of the network."""


class Gate(Protocol):
    """Decides whether the network runs for a frame, or rests."""

    def reusable(self, frame: Frame) -> Matte | None:
        """Return a matte that still holds for this frame, or None to run the network."""

    def remember(self, frame: Frame, matte: Matte) -> None:
        """Keep what the network said about a frame."""

    def reset(self) -> None:
        """Forget what came before."""


class Refiner(Protocol):
    """Makes a network's matte steady in time and true at the edges."""

    def refine(self, frame: Frame, matte: Matte) -> Matte:
        """Return a matte of any size for this frame."""

    def reset(self) -> None:
        """Forget what came before."""


class Compositor(Protocol):
    """Lays the person over what should stand behind."""

    def compose(self, frame: Frame, matte: Matte) -> Image:
        """Return a picture of the frame's size, BGR or I420, valid until the next call."""

    def close(self) -> None:
        """Let go of clips and buffers."""


class FrameSink(Protocol):
    """Where pictures go: the virtual camera, a file, a folder, nowhere."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def size(self) -> Size:
        """The size that every picture sent must have: it never changes under a reader."""

    def send(self, picture: Image) -> None:
        """Hand over one picture, BGR or I420; it is not kept. Raises SinkError."""

    def close(self) -> None:
        """Let go of the device or file."""


class Audience(Protocol):
    """Tells whether anybody reads the virtual camera."""

    def watched(self) -> bool:
        """Return True while at least one program streams from it. Cheap; never blocks."""

    def close(self) -> None:
        """Stop looking."""


class CardKind(StrEnum):
    """The still pictures shown instead of video."""

    STARTING = "starting"
    IDLE = "idle"
    PAUSED = "paused"
    RECOVERING = "recovering"
    FAILED = "failed"
    STOPPED = "stopped"


class CardPainter(Protocol):
    """Draws the card for a state, with words."""

    def __call__(self, kind: CardKind, size: Size) -> Image:
        """Return uint8 BGR (height, width, 3), or I420."""


class AlwaysWatched:
    """The audience of files, and of devices that cannot tell."""

    def watched(self) -> bool:
        """Return True."""
        return True

    def close(self) -> None:
        """Do nothing."""
