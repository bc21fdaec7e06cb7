"""What the app says to people: states and problems as translated sentences, each problem with one action.

Every sentence is a literal handed to translate(), so that lupdate finds it; values go into %1, %2, ….
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLocale

from vcam.core.background import Blur, Clip, Colour, Effect, NoEffect, Picture
from vcam.core.errors import Problem
from vcam.core.settings import Codec, OutputKind, Quality
from vcam.core.status import State, Status

translate = QCoreApplication.translate


class Action(StrEnum):
    """What a person can do about a problem: the panel and the menu offer exactly one."""

    TRY_AGAIN = "try-again"
    CHOOSE_CAMERA = "choose-camera"
    SET_UP = "set-up"
    CHOOSE_BACKGROUND = "choose-background"
    STANDARD_MODEL = "standard-model"
    OPEN_SETTINGS = "open-settings"
    SAVE_AGAIN = "save-again"
    DIAGNOSTICS = "diagnostics"


@dataclass(frozen=True, slots=True)
class Advice:
    """A problem in words.

    Attributes:
        title: what is wrong, without a full stop.
        sentence: what that means, or what to do next.
        action: the one thing offered.
    """

    title: str
    sentence: str
    action: Action


def fill(text: str, *values: object) -> str:
    """Return text with %1, %2, … replaced by the values, in one pass."""
    return re.sub(r"%([1-9])", lambda found: str(values[int(found[1]) - 1]), text)


def number(value: float) -> str:
    """Return a whole number as the person's language writes it."""
    return QLocale().toString(round(value))


def action_label(action: Action) -> str:
    """Return what the button of an action says."""
    return {
        Action.TRY_AGAIN: translate("words", "Try again"),
        Action.CHOOSE_CAMERA: translate("words", "Choose camera…"),
        Action.SET_UP: translate("words", "Show me how…"),
        Action.CHOOSE_BACKGROUND: translate("words", "Choose another…"),
        Action.STANDARD_MODEL: translate("words", "Use standard model"),
        Action.OPEN_SETTINGS: translate("words", "Open settings…"),
        Action.SAVE_AGAIN: translate("words", "Save again"),
        Action.DIAGNOSTICS: translate("words", "Show diagnostics…"),
    }[action]


def advice(problem: Problem) -> Advice:
    """Return a problem in words, with its one action."""
    known = _camera_advice() | _virtual_camera_advice() | _model_advice() | _other_advice()
    return known.get(problem) or Advice(
        translate("words", "Something went wrong"),
        translate("words", "Your room stays hidden. Diagnostics help us to mend it."),
        Action.DIAGNOSTICS,
    )


def _camera_advice() -> dict[Problem, Advice]:
    return {
        Problem.NO_CAMERA: Advice(
            translate("words", "No camera found"),
            translate("words", "Plug one in: it is picked up by itself."),
            Action.CHOOSE_CAMERA,
        ),
        Problem.CAMERA_BUSY: Advice(
            translate("words", "Another app is using the camera"),
            translate("words", "Choose “Virtual Cam” in that app, or close it: the picture then comes back."),
            Action.CHOOSE_CAMERA,
        ),
        Problem.CAMERA_GONE: Advice(
            translate("words", "The camera is unplugged"),
            translate("words", "Plug it in again and the picture comes back by itself."),
            Action.CHOOSE_CAMERA,
        ),
        Problem.CAMERA_STALLED: Advice(
            translate("words", "The camera sends no pictures"),
            translate("words", "If it does not come back, unplug it and plug it in again."),
            Action.CHOOSE_CAMERA,
        ),
        Problem.CAMERA_DENIED: Advice(
            translate("words", "The camera may not be used"),
            translate("words", "The system refuses it to this app. Diagnostics say what to allow."),
            Action.DIAGNOSTICS,
        ),
        Problem.UNREADABLE_SOURCE: Advice(
            translate("words", "The camera cannot be read"),
            translate("words", "It may be damaged, or send something that this app does not know."),
            Action.CHOOSE_CAMERA,
        ),
    }


def _virtual_camera_advice() -> dict[Problem, Advice]:
    return {
        Problem.NO_VIRTUAL_CAMERA: Advice(
            translate("words", "There is no virtual camera yet"),
            translate("words", "One small step makes “Virtual Cam” appear in your meeting apps."),
            Action.SET_UP,
        ),
        Problem.VIRTUAL_CAMERA_BUSY: Advice(
            translate("words", "Another program sends to Virtual Cam"),
            translate("words", "Close that program, then try again."),
            Action.TRY_AGAIN,
        ),
        Problem.VIRTUAL_CAMERA_STUCK: Advice(
            translate("words", "Virtual Cam is stuck"),
            translate("words", "Close the apps that use it, then try again."),
            Action.TRY_AGAIN,
        ),
        Problem.VIRTUAL_CAMERA_DENIED: Advice(
            translate("words", "Virtual Cam may not be used"),
            translate("words", "The system refuses it to this app. Diagnostics say what to allow."),
            Action.DIAGNOSTICS,
        ),
        Problem.UNWRITABLE_SINK: Advice(
            translate("words", "The pictures cannot be sent"),
            translate("words", "Virtual Cam went away or refuses them. Your room stays hidden."),
            Action.TRY_AGAIN,
        ),
    }


def _model_advice() -> dict[Problem, Advice]:
    sentence = translate("words", "Without it your room cannot be hidden, so no picture is sent.")
    titles = {
        Problem.NO_MODEL: translate("words", "The model is missing"),
        Problem.DAMAGED_MODEL: translate("words", "The model is damaged"),
        Problem.WRONG_MODEL: translate("words", "The model does not fit"),
    }
    return {problem: Advice(title, sentence, Action.STANDARD_MODEL) for problem, title in titles.items()}


def _other_advice() -> dict[Problem, Advice]:
    return {
        Problem.BAD_MATTE: Advice(
            translate("words", "You could not be told apart from the room"),
            translate(
                "words", "So nothing of it is shown. Try again, or choose another quality in Settings."
            ),
            Action.TRY_AGAIN,
        ),
        Problem.UNREADABLE_BACKGROUND: Advice(
            translate("words", "The background cannot be read"),
            translate("words", "It may have been moved or deleted. Your room stays hidden."),
            Action.CHOOSE_BACKGROUND,
        ),
        Problem.BAD_SETTINGS: Advice(
            translate("words", "Some settings could not be read"),
            translate("words", "Those are back to their defaults; the old file is kept beside the new one."),
            Action.OPEN_SETTINGS,
        ),
        Problem.UNSAVED_SETTINGS: Advice(
            translate("words", "The settings are not saved"),
            translate("words", "They hold until you quit. Is the disk full?"),
            Action.SAVE_AGAIN,
        ),
        Problem.STAGE_HUNG: Advice(
            translate("words", "The picture took too long"),
            translate("words", "Your room stays hidden. Try again, or choose Performance in Settings."),
            Action.TRY_AGAIN,
        ),
    }


def status_line(status: Status) -> str:
    """Return the state in one line: the menu's head, and the tooltip."""
    if status.state is State.RUNNING:
        return _running_line(status)
    if status.state is State.FAILED:
        return advice(status.problem or Problem.UNFORESEEN).title
    if status.state is State.RECOVERING and status.problem is not None:
        return fill(translate("words", "%1. Trying again…"), advice(status.problem).title)
    return {
        State.STOPPED: translate("words", "Off"),
        State.STARTING: translate("words", "Starting…"),
        State.RECOVERING: translate("words", "Waiting for the camera…"),
        State.IDLE: translate("words", "Off: no app is using it"),
        State.PAUSED: translate("words", "Paused: others see a still card"),
    }[status.state]


def panel_line(status: Status) -> str:
    """Return the state in one line for the panel, where a banner already names the problem."""
    if status.problem is not None and status.state is State.RECOVERING:
        return translate("words", "Trying again…")
    if status.state is State.FAILED:
        return translate("words", "Not running")
    return status_line(status)


def _running_line(status: Status) -> str:
    fps, cpu = number(status.stats.fps), number(status.stats.cpu_percent)
    if not status.camera:
        return fill(translate("words", "On: %1 fps, %2 % CPU"), fps, cpu)
    return fill(translate("words", "On: %1, %2 fps, %3 % CPU"), status.camera, fps, cpu)


def instead_of_picture(status: Status) -> tuple[str, str]:
    """Return a title and a sentence for the preview while there is no live picture."""
    match status.state:
        case State.STOPPED:
            return (
                translate("words", "Virtual Cam is off"),
                translate("words", "Turn it on to see yourself here."),
            )
        case State.IDLE:
            return (
                translate("words", "The camera is off"),
                translate("words", "It turns on when an app uses Virtual Cam."),
            )
        case State.PAUSED:
            return (
                translate("words", "Paused"),
                translate("words", "Others see a still card, not you."),
            )
        case State.STARTING | State.RUNNING:
            return (translate("words", "One moment…"), translate("words", "The camera is starting."))
        case State.RECOVERING:
            return (
                translate("words", "Waiting for the camera"),
                translate("words", "Others see a still card meanwhile."),
            )
        case State.FAILED:
            return (
                translate("words", "No picture"),
                translate("words", "Nothing of your room is shown."),
            )


def effect_name(effect: Effect) -> str:
    """Return what an effect is called in tiles and menus."""
    match effect:
        case NoEffect():
            return translate("words", "None")
        case Blur():
            return translate("words", "Blur")
        case Colour():
            return translate("words", "Colour")
        case Picture(path=path) | Clip(path=path):
            return background_name(path)


def background_name(path: Path) -> str:
    """Return the title of one of our pictures, or a file's own name."""
    ours = {
        "dawn": translate("words", "Dawn"),
        "evening": translate("words", "Evening"),
        "meadow": translate("words", "Meadow"),
        "office": translate("words", "Office"),
        "paper": translate("words", "Paper"),
        "studio": translate("words", "Studio"),
    }
    return ours.get(path.stem, path.stem)


def quality_name(quality: Quality) -> str:
    """Return what a quality is called."""
    return {
        Quality.AUTO: translate("words", "Automatic"),
        Quality.PERFORMANCE: translate("words", "Performance"),
        Quality.BALANCED: translate("words", "Balanced"),
        Quality.QUALITY: translate("words", "Quality"),
    }[quality]


def quality_hint(quality: Quality) -> str:
    """Return what a quality means, in one line."""
    return {
        Quality.AUTO: translate("words", "The best edges that this computer has time for."),
        Quality.PERFORMANCE: translate("words", "The least work for the computer and its battery."),
        Quality.BALANCED: translate("words", "Good edges at little cost."),
        Quality.QUALITY: translate("words", "The best edges, at the most work."),
    }[quality]


def codec_name(codec: Codec) -> str:
    """Return what a camera's codec is called."""
    return translate("words", "Automatic") if codec is Codec.AUTO else codec.value


def output_name(kind: OutputKind) -> str:
    """Return what a way to make the virtual camera is called."""
    return {
        OutputKind.AUTO: translate("words", "Automatic"),
        OutputKind.V4L2: "v4l2loopback",
        OutputKind.PIPEWIRE: "PipeWire",
    }[kind]
