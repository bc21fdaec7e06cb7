"""`vcam ctl`: a line of JSON to the running app, and its answer."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from vcam.adapters.single_instance import ask
from vcam.core.controls import Controls
from vcam.core.status import State
from vcam.planner import parse_effect


class Remote:
    """Answers what other processes ask of the running app. Called on the socket's thread.

    Args:
        controls: the app.
        raise_panel: shows the panel; any thread.
        leave: quits; any thread.
    """

    def __init__(
        self, controls: Controls, raise_panel: Callable[[], None], leave: Callable[[], None]
    ) -> None:
        self._controls = controls
        self._verbs: dict[str, Callable[[], None]] = {
            "status": lambda: None,
            "show": raise_panel,
            "on": lambda: controls.turn(on=True),
            "off": lambda: controls.turn(on=False),
            "pause": lambda: controls.pause(paused=True),
            "resume": lambda: controls.pause(paused=False),
            "toggle": lambda: controls.pause(paused=controls.status().state is not State.PAUSED),
            "quit": leave,
        }

    def answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Do what is asked; return the status, or what is wrong with the request."""
        verb = request.get("do")
        try:
            if verb == "effect":
                effect = parse_effect(str(request.get("value", "")))
                self._controls.change(replace(self._controls.settings(), effect=effect))
            elif isinstance(verb, str) and verb in self._verbs:
                self._verbs[verb]()
            else:
                return {"error": f"got {verb!r} != wanted one of effect, {', '.join(self._verbs)}"}
        except ValueError as error:
            return {"error": str(error)}
        status = self._controls.status()
        return {
            "state": status.state,
            "problem": status.problem,
            "detail": status.detail,
            "camera": status.camera,
            "sink": status.sink,
            "model": status.model,
            "watched": status.watched,
            "stats": asdict(status.stats),
        }


def tell(verb: str, value: str) -> int:
    """Tell the running app; print its answer; return 0, or 1 where none runs or it refuses."""
    if verb == "effect" and os.path.isfile(value):  # noqa: PTH113 - never raises
        value = str(Path(value).resolve())  # the app was started in another folder
    answer = ask({"do": verb, "value": value})
    if answer is None:
        sys.stderr.write("Virtual Cam is not running. Start it with `vcam`.\n")
        return 1
    if "error" in answer:
        sys.stderr.write(f"vcam: {answer['error']}\n")
        return 1
    print(json.dumps(answer, indent=2))
    return 0
