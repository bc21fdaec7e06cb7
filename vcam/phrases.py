"""Plain English for the terminal and the cards; the desktop has translated words, in ui/words.py."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from vcam.core.errors import Problem
from vcam.core.ports import CardKind

CARDS: dict[CardKind, tuple[str, str]] = {
    CardKind.STARTING: ("Starting", "The camera will be there in a moment."),
    CardKind.IDLE: ("Virtual Cam", "The camera is off until it is needed."),
    CardKind.PAUSED: ("Paused", "The camera is off."),
    CardKind.RECOVERING: ("One moment", "The picture comes back by itself."),
    CardKind.FAILED: ("No picture", "Virtual Cam needs attention on this computer."),
    CardKind.STOPPED: ("Off", "Virtual Cam is turned off."),
}

PROBLEMS: dict[Problem, tuple[str, str]] = {
    Problem.NO_CAMERA: ("There is no camera.", "Plug one in, or see `vcam cameras`."),
    Problem.CAMERA_BUSY: (
        "Another program is using the camera.",
        "Close that program; this one tries again.",
    ),
    Problem.CAMERA_GONE: ("The camera was unplugged.", "Plug it in again."),
    Problem.CAMERA_STALLED: ("The camera stopped sending pictures.", "Unplug it and plug it in again."),
    Problem.CAMERA_DENIED: ("The camera may not be used.", "Join the group `video`, then log in again."),
    Problem.UNREADABLE_SOURCE: ("The source cannot be read.", "Check the file's name and format."),
    Problem.NO_VIRTUAL_CAMERA: ('There is no device "Virtual Cam".', "Run `vcam doctor`; it sets one up."),
    Problem.VIRTUAL_CAMERA_BUSY: ("Another program writes to Virtual Cam.", "Close that program."),
    Problem.VIRTUAL_CAMERA_STUCK: ("The device Virtual Cam is stuck.", "Run `vcam doctor`."),
    Problem.VIRTUAL_CAMERA_DENIED: ("Virtual Cam may not be written to.", "Join the group `video`."),
    Problem.UNWRITABLE_SINK: ("The output cannot be written.", "Check the folder and the space left."),
    Problem.NO_MODEL: ("The network is missing.", "Choose one of `vcam models`, or install the app anew."),
    Problem.DAMAGED_MODEL: ("The network's file is damaged.", "Install the app anew."),
    Problem.WRONG_MODEL: ("The network is not what its card says.", "See `vcam models`."),
    Problem.BAD_MATTE: ("The network returned nonsense.", "Choose another quality."),
    Problem.UNREADABLE_BACKGROUND: ("The background cannot be read.", "Choose another picture."),
    Problem.BAD_SETTINGS: ("The settings cannot be read.", "They were set aside; defaults are used."),
    Problem.UNSAVED_SETTINGS: ("The settings could not be saved.", "Check the space left on the disk."),
    Problem.BAD_TRACE: ("The trace cannot be read.", "Record it again; see docs/parity.md."),
    Problem.STAGE_HUNG: ("The computer could not keep up.", "Choose Performance, or close other programs."),
    Problem.NO_MEMORY: ("There is too little memory left.", "Close other programs, and try again."),
    Problem.NO_DISPLAY: ("There is no screen.", "Use `vcam run --headless`."),
    Problem.UNFORESEEN: ("Something went wrong.", "See the log; `vcam doctor --bundle` collects it."),
}


def command(program: str, *words: str) -> str:
    """Return what to type to run the app with these words, whichever way it was started.

    Args:
        program: what was started (sys.argv[0]).
        words: what follows.
    """
    path = Path(program).absolute()
    if getattr(sys, "frozen", False):
        typed = [sys.executable]
    elif path.name == "__main__.py":
        typed = [sys.executable, "-m", path.parent.name]
    else:
        typed = [sys.executable, str(path)] if path.suffix == ".py" else [str(path)]
    return shlex.join([*typed, *words])


def printable(text: str) -> str:
    """Return text with control characters escaped: a file's name must not steer a terminal."""
    return "".join(
        sign if sign.isprintable() or sign == "\n" else sign.encode("unicode_escape").decode()
        for sign in text
    )


def sentence(problem: Problem, detail: str = "") -> str:
    """Return what is wrong, what was seen, and what to do next."""
    wrong, next_step = PROBLEMS[problem]
    return f"{wrong} ({detail}) {next_step}" if detail else f"{wrong} {next_step}"
