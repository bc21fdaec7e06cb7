"""Everything that can go wrong, as codes; words for people are in ui/words.py and cli.

Exception
├── VcamError(problem, detail)      expected: the world is not as we need it
│   ├── SourceError                 the camera, clip, picture or folder that we read
│   │   └── EndOfSource             a finite source has no more frames (not a fault)
│   ├── SinkError                   the virtual camera or file that we write
│   ├── ModelError                  the network: file, card, or what it returned
│   ├── BackgroundError             the picture or clip behind the person
│   ├── SettingsError               the settings file
│   └── TraceError                  a recorded phone run
├── Closed                          a mailbox was closed without an error: stop quietly
└── IllegalTransition               our bug: a state that may not follow another
"""

from __future__ import annotations

import errno
from enum import StrEnum
from typing import Final


class Problem(StrEnum):
    """What is wrong, in the field's own terms. ui/words.py says it to people, with one action each."""

    NO_CAMERA = "no-camera"
    CAMERA_BUSY = "camera-busy"
    CAMERA_GONE = "camera-gone"
    CAMERA_STALLED = "camera-stalled"
    CAMERA_DENIED = "camera-denied"
    UNREADABLE_SOURCE = "unreadable-source"
    NO_VIRTUAL_CAMERA = "no-virtual-camera"
    VIRTUAL_CAMERA_BUSY = "virtual-camera-busy"
    VIRTUAL_CAMERA_STUCK = "virtual-camera-stuck"
    VIRTUAL_CAMERA_DENIED = "virtual-camera-denied"
    UNWRITABLE_SINK = "unwritable-sink"
    NO_MODEL = "no-model"
    DAMAGED_MODEL = "damaged-model"
    WRONG_MODEL = "wrong-model"
    BAD_MATTE = "bad-matte"
    UNREADABLE_BACKGROUND = "unreadable-background"
    BAD_SETTINGS = "bad-settings"
    UNSAVED_SETTINGS = "unsaved-settings"
    BAD_TRACE = "bad-trace"
    STAGE_HUNG = "stage-hung"
    NO_MEMORY = "no-memory"
    NO_DISPLAY = "no-display"
    UNFORESEEN = "unforeseen"


_NO_MEMORY_SIGNS: Final = (
    "Insufficient memory",  # OpenCV
    "Failed to allocate memory",  # ONNX Runtime
    "bad_alloc",  # C++
    "can't start new thread",
)
"""How they say so in exceptions that say other things, too."""


class VcamError(Exception):
    """An expected failure: a problem code, and a detail that gives both sides or the next step."""

    def __init__(self, problem: Problem, detail: str) -> None:
        super().__init__(detail)
        self.problem = problem
        self.detail = detail


def as_expected(error: Exception, kind: type[VcamError] = VcamError) -> VcamError:
    """Return an expected error as it is, any other as NO_MEMORY or UNFORESEEN, in its own words."""
    if isinstance(error, VcamError):
        return error
    words = f"{type(error).__name__}: {error}"
    lacking = (
        isinstance(error, MemoryError)
        or (isinstance(error, OSError) and error.errno == errno.ENOMEM)
        or any(sign in words for sign in _NO_MEMORY_SIGNS)
    )
    return kind(Problem.NO_MEMORY if lacking else Problem.UNFORESEEN, words)


class SourceError(VcamError):
    """The camera, clip, picture or folder cannot be opened or read."""


class EndOfSource(SourceError):  # noqa: N818 - an event, not a fault
    """A finite source has no more frames."""

    def __init__(self, detail: str = "the source has no more frames") -> None:
        super().__init__(Problem.UNREADABLE_SOURCE, detail)


class SinkError(VcamError):
    """The virtual camera, file or folder cannot be opened or written."""


class ModelError(VcamError):
    """The network's file, card or output is not what it should be."""


class BackgroundError(VcamError):
    """The picture or clip behind the person cannot be read."""


class SettingsError(VcamError):
    """The settings file cannot be read or written."""


class TraceError(VcamError):
    """A recorded phone run cannot be read or written."""


class Closed(Exception):  # noqa: N818 - an event, not a fault
    """A mailbox was closed without an error: whoever waits on it should stop quietly."""


class IllegalTransition(Exception):  # noqa: N818 - named for what happened
    """Our bug: the state machine has no such transition."""
