"""No verb: the tray app; and where that cannot be, the demo."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import cv2

from vcam import log, resources
from vcam.adapters.autostart import set_autostart
from vcam.adapters.cameras import list_cameras
from vcam.adapters.clips import LoopingClip
from vcam.adapters.doctor import Mending, plan_fix
from vcam.adapters.doctor.mending import elevation
from vcam.adapters.machine import keep_memory_together
from vcam.adapters.preview_slot import PreviewSlot
from vcam.adapters.settings_file import SettingsFile, settings_path, state_folder
from vcam.adapters.single_instance import SingleInstance, ask
from vcam.adapters.virtual_camera import VirtualCamera, open_audience
from vcam.app import App
from vcam.auto import Auto
from vcam.core.controls import CameraInfo
from vcam.core.demand import Demand
from vcam.core.errors import Problem, SettingsError, VcamError
from vcam.core.frame import Pixels
from vcam.core.leaving import Leaving
from vcam.core.plan import Fittings
from vcam.core.settings import Settings
from vcam.planner import DEMO, Planner
from vcam.verbs.demo import run_demo
from vcam.verbs.doctor import report
from vcam.verbs.remote import Remote
from vcam.verbs.run import try_background

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from vcam.ui.main import Ui

_END_WITHIN = 1.2
"""Seconds that camera and virtual camera may take to be let go of."""


def show(*, verbose: bool, hidden: bool) -> int:
    """Show the tray icon until the person quits; return the exit code."""
    path = log.set_up(state_folder(), verbose=verbose)
    cv2.setNumThreads(1)
    keep_memory_together()
    missing = _missing_desktop()
    if missing:
        return run_demo(missing)
    if ask({"do": "show"}) is not None:
        sys.stderr.write("Virtual Cam is running already; its panel was opened.\n")
        return 0
    from vcam.ui.screen import open_qt  # noqa: PLC0415

    qt = open_qt(sys.argv, lambda why: run_demo(_refused(why)))  # before the app has threads and devices
    return _Desktop(str(path)).run(qt, hidden=hidden)


def _refused(why: str) -> str:
    """Return in words what Qt says where it can open no screen."""
    missing = "xcb-cursor" in why and "could not connect" not in why
    mend = " On Debian and Ubuntu: sudo apt install libxcb-cursor0" if missing else ""
    return f"Qt cannot open the screen ({why}), so no tray icon can be shown.{mend}"


def _missing_desktop() -> str:
    """Return in words why there can be no window, or nothing."""
    linux = sys.platform.startswith("linux")
    if linux and not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")):
        return (
            "There is no screen (neither DISPLAY nor WAYLAND_DISPLAY is set), so no tray icon can be shown."
        )
    try:
        import PySide6.QtWidgets  # noqa: F401, PLC0415
    except ModuleNotFoundError:
        return "Qt is not installed, so no tray icon can be shown. Mend: pip install PySide6-Essentials"
    except ImportError as error:
        return f"Qt cannot be loaded ({error}), so no tray icon can be shown."
    return ""


class _Desktop:
    """Introduces the rooms to each other, for as long as the app runs."""

    def __init__(self, log_path: str) -> None:
        self._log_path = log_path
        self._file = SettingsFile(settings_path(), on_error=self._tell)
        loaded = self._file.load()
        self._autostart = loaded.settings.autostart
        self._previews = PreviewSlot()
        self._looked_at = False
        self._audience = open_audience()
        auto = Auto(resources.MODELS, state_folder() / "auto.json", float(loaded.settings.fps))
        self._planner = Planner(on_flicker=auto.flickered)
        self.app = App(loaded.settings, self._planner, self._make_fittings, self._save, auto)
        self._ui: Ui | None = None
        self._left = False

        if loaded.complaints:
            self._tell(SettingsError(Problem.BAD_SETTINGS, "; ".join(loaded.complaints)))

    def run(self, qt: QApplication, *, hidden: bool) -> int:
        from vcam.ui.main import run_ui  # noqa: PLC0415

        remote = Remote(self.app, raise_panel=self._raise, leave=self._leave)
        with SingleInstance(remote.answer), Leaving(self._leave):
            if self.app.settings().start_on_launch:
                self.app.turn(on=True)
            try:
                return run_ui(
                    qt,
                    self.app,
                    _Looking(self._previews, self._look),
                    self.app.subscribe,
                    _cameras_and_demo,
                    lambda: report(self._log_path),
                    resources.ASSETS,
                    show_panel=not hidden,
                    ready=self._ready,
                    clip_still=_clip_still,
                    can_show=_can_show,
                    plan_set_up=_plan_set_up,
                )
            finally:
                self.app.close(_END_WITHIN)
                self._audience.close()
                self._file.flush()

    def _make_fittings(self, settings: Settings) -> Fittings:
        demand = Demand(self._audience)

        def demanded() -> bool:
            # Both are asked each time: the audience must be looked at to stay up to date.
            return demand.wanted() or self._looked_at

        def open_sink() -> VirtualCamera:
            return VirtualCamera(settings.size, float(settings.fps))

        return self._planner.fittings(
            open_sink,
            settings.size,
            demand=demanded,
            unsettled=demand.unsettled,
            leave=demand.leave,
            tap=self._previews.put,
        )

    def _tell(self, error: SettingsError) -> None:
        self.app.notice(error)

    def _save(self, settings: Settings) -> None:
        self.app.notice(None)  # what was wrong with the old file is over; a new failure tells of itself
        self._file.save(settings)
        if settings.autostart != self._autostart:
            set_autostart(settings.autostart)
            self._autostart = settings.autostart  # only now: what failed is tried again

    def _ready(self, ui: Ui) -> None:
        self._ui = ui
        if self._left:
            ui.quit()

    def _raise(self) -> None:
        if self._ui is not None:
            self._ui.raise_panel()

    def _leave(self) -> None:
        self._left = True
        if self._ui is not None:
            self._ui.quit()

    def _look(self, looked_at: bool) -> None:
        self._looked_at = looked_at


class _Looking:
    """The panel's previews; while it looks, the camera is wanted, as by a meeting."""

    def __init__(self, slot: PreviewSlot, look: Callable[[bool], None]) -> None:
        self.latest = slot.latest
        self._slot = slot
        self._look = look

    def wanted(self, wanted: bool) -> None:
        """Say whether anybody looks."""
        self._slot.wanted(wanted)
        self._look(wanted)


def _clip_still(path: Path) -> Pixels | None:
    """Return a clip's first picture for its tile, or None where it cannot be read."""
    try:
        clip = LoopingClip(path)
    except VcamError:
        return None
    try:
        return clip.frame_at(0.0)
    finally:
        clip.close()


def _can_show(path: Path) -> bool:
    """Return whether a background can be read: before it takes the place of one that can."""
    from vcam.ui.effects import file_effect, is_background  # noqa: PLC0415

    try:
        try_background(file_effect(path))
    except VcamError:
        return False
    return is_background(path)


def _plan_set_up() -> Mending | None:
    """Return what would make the virtual camera appear, where a password can be asked for in a window."""
    if not sys.platform.startswith("linux") or elevation() not in ([], ["pkexec"]):
        return None
    return plan_fix()


def _cameras_and_demo() -> list[CameraInfo]:
    try:
        cameras = list(list_cameras())
    except VcamError:
        cameras = []
    from vcam.ui.words import demo_name  # noqa: PLC0415 - Qt

    return [*cameras, CameraInfo(DEMO, demo_name())]
