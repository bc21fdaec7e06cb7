"""The tray icon and its menu, which is built anew from the state each time it is about to show."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QGuiApplication
from PySide6.QtWidgets import QMenu, QStyle, QSystemTrayIcon, QWidget

from vcam.core.background import Blur, Effect, NoEffect
from vcam.core.controls import CameraInfo, Controls
from vcam.core.errors import Problem
from vcam.core.settings import Settings
from vcam.core.status import State, Status
from vcam.ui import words
from vcam.ui.advice import Action, action_label, advice
from vcam.ui.effects import file_effect, menu_files, same_choice, with_effect
from vcam.ui.icons import Icons, Shape, shape_of

_GAP = 8


@dataclass(frozen=True, slots=True)
class Doors:
    """Where the menu leads, besides to the controls; and whether the panel is open, which says more."""

    panel: Callable[[], None]
    panel_is_open: Callable[[], bool]
    settings: Callable[[], None]
    diagnostics: Callable[[], None]
    act: Callable[[Action], None]
    quit: Callable[[], None]


class Tray(QObject):
    """The icon says how things stand by its shape; the menu says it in words, and offers one verb."""

    changed = Signal()

    def __init__(
        self,
        controls: Controls,
        icons: Icons,
        ours: Iterable[Path],
        list_cameras: Callable[[], list[CameraInfo]],
        doors: Doors,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._controls = controls
        self._icons = icons
        self._ours = tuple(ours)
        self._list_cameras = list_cameras
        self._doors = doors
        self._shape: Shape | None = None
        self._said: Problem | None = None
        self.menu = QMenu()
        self.menu.aboutToShow.connect(self.rebuild)
        self.icon = QSystemTrayIcon(self)
        self.icon.setContextMenu(self.menu)
        self.icon.activated.connect(self._activated)
        self.icon.messageClicked.connect(doors.panel)
        self.show_status(controls.status())
        self.rebuild()

    def close(self) -> None:
        """Take the icon out of the tray."""
        self.icon.hide()
        self.menu.deleteLater()

    @Slot(object)
    def show_status(self, status: Status) -> None:
        """Show a snapshot: shape and tooltip, each only when it is another one."""
        shape = shape_of(status)
        if shape is not self._shape:
            self._shape = shape
            self.icon.setIcon(self._icons.tray(shape))
        # Figures that change each second stay out of it: hosts redraw their panel for every new tooltip.
        tooltip = self.tr("Virtual Cam") + "\n" + _tooltip(status)
        if tooltip != self.icon.toolTip():
            self.icon.setToolTip(tooltip)
        self._say_problem(status, shape)

    def _say_problem(self, status: Status, shape: Shape) -> None:
        """Let the desktop say, once, what waits for the person while the panel is not open."""
        if status.problem is None:
            self._said = None
        elif status.problem is not self._said and shape is Shape.NEEDS_YOU and self.icon.isVisible():
            self._said = status.problem
            if not self._doors.panel_is_open():
                said = advice(status.problem)
                self.icon.showMessage(said.title, said.sentence, self._icons.icon("app"))

    def place(self, panel: QWidget) -> None:
        """Put the panel beside the icon where the desktop tells where that is; many do not."""
        icon = self.icon.geometry()
        screen = QGuiApplication.screenAt(icon.center())
        if icon.isEmpty() or screen is None:
            return
        room = screen.availableGeometry().adjusted(_GAP, _GAP, -_GAP, -_GAP)
        title = panel.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight)
        left = min(max(icon.center().x() - panel.width() // 2, room.left()), room.right() - panel.width())
        if icon.center().y() < room.center().y():
            top = max(icon.bottom() + _GAP, room.top()) + title
        else:
            top = min(icon.top() - _GAP, room.bottom()) - panel.height()
        panel.move(left, top)

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick):
            self._doors.panel()

    @Slot()
    def rebuild(self) -> None:
        """Build the menu from the state and the settings in force."""
        status, settings = self._controls.status(), self._controls.settings()
        menu = self.menu
        for part in (*menu.findChildren(QMenu), *menu.findChildren(QActionGroup)):
            part.deleteLater()
        menu.clear()
        # Enabled, so that it is as easy to read as the rest; it leads to where there is more to read.
        line = words.status_line(status)
        self._add(line, self._doors.panel)
        if status.problem is not None:
            said = advice(status.problem)
            if said.title not in line:
                self._add(said.title, self._doors.panel)
            self._add(action_label(said.action), lambda: self._doors.act(said.action))
        menu.addSeparator()
        on = status.state not in (State.STOPPED, State.FAILED)
        verb = self.tr("Turn off") if on else self.tr("Turn on")
        self._add(verb, lambda: self._controls.turn(not on))
        paused = status.state is State.PAUSED
        pause = self._add(self.tr("Pause"), lambda: self._controls.pause(not paused))
        pause.setCheckable(True)
        pause.setChecked(paused)
        pause.setEnabled(on)
        menu.addSeparator()
        self._add_effects(settings)
        menu.addSeparator()
        self._add_cameras(settings)
        menu.addSeparator()
        self._add(self.tr("Open Virtual Cam"), self._doors.panel)
        self._add(self.tr("Settings…"), self._doors.settings)
        self._add(self.tr("Diagnostics…"), self._doors.diagnostics)
        menu.addSeparator()
        self._add(self.tr("Quit"), self._doors.quit)

    def _add(self, text: str, does: Callable[[], object]) -> QAction:
        # A camera or a file may have & in its name: in a menu it would vanish and mark a key.
        action = self.menu.addAction(text.replace("&", "&&"))
        action.triggered.connect(lambda _checked: does())
        return action

    def _add_effects(self, settings: Settings) -> None:
        group = QActionGroup(self.menu)
        effects: list[Effect] = [NoEffect(), Blur(settings.blur_strength)]
        if not any(same_choice(settings.effect, effect) for effect in effects):
            effects.append(settings.effect)
        effects += [
            effect
            for effect in map(file_effect, menu_files(settings, self._ours))
            if not same_choice(effect, settings.effect)
        ]
        for effect in effects:
            action = self._add(words.short(words.effect_name(effect)), partial(self._choose, effect))
            action.setCheckable(True)
            action.setChecked(same_choice(effect, settings.effect))
            group.addAction(action)
        self._add(self.tr("More backgrounds…"), self._doors.panel)

    def _choose(self, effect: Effect) -> None:
        self._change(with_effect(self._controls.settings(), effect))

    def _add_cameras(self, settings: Settings) -> None:
        # Made here and not by addMenu(title), whose Python object would outlive each rebuilt menu.
        menu = QMenu(self.tr("Camera"), self.menu)
        self.menu.addMenu(menu)
        group = QActionGroup(menu)
        for camera in (CameraInfo("", self.tr("Automatic")), *self._list_cameras()):
            action = menu.addAction(words.short(camera.name).replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(camera.identity == settings.camera)
            action.triggered.connect(partial(self._choose_camera, camera.identity))
            group.addAction(action)

    def _choose_camera(self, identity: str, _checked: bool = True) -> None:
        self._change(replace(self._controls.settings(), camera=identity))

    def _change(self, settings: Settings) -> None:
        self._controls.change(settings)
        self.changed.emit()


def _tooltip(status: Status) -> str:
    if status.state is State.RUNNING and status.camera:
        return words.fill(words.translate("words", "On: %1"), status.camera)
    return words.status_line(status)
