"""What the app says about problems: a title, a sentence, and exactly one thing to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QCoreApplication

from vcam.core.errors import Problem

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
        Problem.NO_MEMORY: Advice(
            translate("words", "There is too little memory left"),
            translate("words", "Your room stays hidden. Close other programs: the picture comes back."),
            Action.TRY_AGAIN,
        ),
    }
