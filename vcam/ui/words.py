"""What the app says to people: states, effects and choices in words; problems are in advice.py.

Every sentence is a literal handed to translate(), so that lupdate finds it; values go into %1, %2, ….
"""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLocale

from vcam.core.background import Blur, Clip, Colour, Effect, NoEffect, Picture
from vcam.core.budget import Economy
from vcam.core.errors import Problem
from vcam.core.settings import Codec, Quality
from vcam.core.status import State, Status
from vcam.ui.advice import advice

translate = QCoreApplication.translate
_LONGEST_NAME = 36


def fill(text: str, *values: object) -> str:
    """Return text with %1, %2, … replaced by the values, in one pass."""
    return re.sub(r"%([1-9])", lambda found: str(values[int(found[1]) - 1]), text)


def number(value: float) -> str:
    """Return a whole number as the person's language writes it."""
    return QLocale().toString(round(value))


def short(name: str) -> str:
    """Return a name that leaves room for other words in its line; its end often tells two apart."""
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 9].rstrip()}…{name[-8:]}"


def status_line(status: Status) -> str:
    """Return the state in one line: the menu's head, and the tooltip."""
    if status.state is State.RUNNING:
        return _running_line(status)
    if status.state is State.FAILED or (status.state is State.IDLE and status.problem is not None):
        return advice(status.problem or Problem.UNFORESEEN).title
    if status.state is State.IDLE:
        return fill(translate("words", "Ready: no app is using “%1”"), virtual_camera(status))
    if status.state is State.RECOVERING and status.problem is not None:
        return fill(translate("words", "%1. Trying again…"), advice(status.problem).title)
    return {
        State.STOPPED: translate("words", "Off"),
        State.STARTING: translate("words", "Starting…"),
        State.RECOVERING: translate("words", "Waiting for the camera…"),
        State.PAUSED: translate("words", "Paused: others see a still card"),
    }[status.state]


def virtual_camera(status: Status) -> str:
    """Return the name to choose in a meeting; where the system fixes it, it is not ours."""
    return status.sink or "Virtual Cam"


def panel_line(status: Status) -> str:
    """Return the state in one line for the panel, where a banner already names the problem."""
    if status.problem is not None and status.state is State.RECOVERING:
        return translate("words", "Trying again…")
    if status.problem is not None and status.state is State.IDLE:
        return translate("words", "The camera is off")
    if status.state is State.FAILED:
        return translate("words", "Not running")
    economy = economy_words(status.economy) if status.state is State.RUNNING else ""
    return fill("%1. %2", status_line(status), economy) if economy else status_line(status)


def economy_words(economy: Economy) -> str:
    """Return what is done to keep the CPU budget; nothing where nothing is."""
    return {
        Economy.FULL: "",
        Economy.REUSE: translate("words", "Saving CPU: your outline is updated less often"),
        Economy.SMALLER: translate("words", "Saving CPU: a simpler outline"),
        Economy.FEWER: translate("words", "Saving CPU: a simpler outline, half the frames"),
    }[economy]


def _running_line(status: Status) -> str:
    fps, cpu = number(status.stats.fps), number(status.stats.cpu_percent)
    if not status.camera:
        return fill(translate("words", "On: %1 fps, %2 % CPU"), fps, cpu)
    return fill(translate("words", "On: %1, %2 fps, %3 % CPU"), short(status.camera), fps, cpu)


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
                fill(translate("words", "It turns on when an app uses “%1”."), virtual_camera(status)),
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
                translate("words", "One moment…"),
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


def demo_name() -> str:
    """Return what the drawn presenter is called among the cameras."""
    return translate("words", "Demo (a drawn presenter)")


def quality_name(quality: Quality) -> str:
    """Return what a quality is called."""
    return {
        Quality.AUTO: translate("words", "Automatic"),
        Quality.PERFORMANCE: translate("words", "Performance"),
        Quality.BALANCED: translate("words", "Balanced"),
        Quality.QUALITY: translate("words", "Quality"),
    }[quality]


def automatic_line(status: Status, fps: int) -> str:
    """Return what Automatic uses and what it takes of the time between two frames; "" where it has no say."""
    if not status.choice:
        return ""
    known = {kind.value: quality_name(kind) for kind in Quality}
    name = known.get(status.model, status.model)
    took = status.stats.stages.segment
    if not took:
        return fill(translate("words", "Automatic: %1"), name)
    taken, between = QLocale().toString(took, "f", 1), number(1000 / fps)
    return fill(translate("words", "Automatic: %1, %2 of %3 ms on this computer"), name, taken, between)


def quality_hint(quality: Quality, automatic: str = "") -> str:
    """Return what a quality means, in one line; for Automatic, what automatic_line() says, if anything."""
    if quality is Quality.AUTO and automatic:
        return automatic
    return {
        Quality.AUTO: translate("words", "The best edges that this computer has time for."),
        Quality.PERFORMANCE: translate("words", "The least work for the computer and its battery."),
        Quality.BALANCED: translate("words", "Good edges at little cost."),
        Quality.QUALITY: translate("words", "The best edges, at the most work."),
    }[quality]


def codec_name(codec: Codec) -> str:
    """Return what a camera's codec is called."""
    return translate("words", "Automatic") if codec is Codec.AUTO else codec.value
