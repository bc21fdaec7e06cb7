"""The user interface's one door: run_ui() shows tray and panel, and returns when the person quits."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from vcam.core.controls import CameraInfo, Controls, Previews, StatusListener
from vcam.core.settings import Quality
from vcam.ui.advice import Action
from vcam.ui.bridge import Bridge
from vcam.ui.effects import our_backgrounds
from vcam.ui.icons import Icons
from vcam.ui.language import Speaker, languages
from vcam.ui.panel import Panel
from vcam.ui.set_up_window import SetUp, SetUpWindow, no_set_up
from vcam.ui.settings_window import SettingsWindow
from vcam.ui.text_windows import DiagnosticsWindow
from vcam.ui.thumbnails import ClipStill, Thumbnails, no_still, readable
from vcam.ui.tray import Doors, Tray
from vcam.ui.widgets import bring_forward

_log = logging.getLogger(__name__)
TRAY_CHECK_MS = 2000
TRAY_CHECKS = 30


def run_ui(
    app: QApplication,
    controls: Controls,
    previews: Previews,
    subscribe: Callable[[StatusListener], None],
    list_cameras: Callable[[], list[CameraInfo]],
    diagnostics: Callable[[], str],
    assets: Path,
    *,
    show_panel: bool = True,
    ready: Callable[[Ui], None] | None = None,
    clip_still: ClipStill = no_still,
    can_show: Callable[[Path], bool] = readable,
    plan_set_up: Callable[[], SetUp | None] = no_set_up,
) -> int:
    """Show the tray icon and the panel; return the exit code when the person quits, or quit() is called.

    Args:
        app: Qt's, from screen.open_qt().
        controls: the app; its calls are made on this thread and must return at once.
        previews: where the panel's picture comes from; wanted(True) while the panel is open.
        subscribe: given the listener for status snapshots, which may be called on any thread.
        list_cameras: the cameras there are now.
        diagnostics: a text for a report of a problem; called on another thread, may take seconds.
        assets: the folder with icons/, backgrounds/ and i18n/.
        show_panel: open the panel at once; False at login, where only the tray icon should appear.
        ready: given the running Ui, whose raise_panel() and quit() may be called from any thread.
        clip_still: one picture of a clip for its tile; called on another thread.
        can_show: whether a picture or clip can be read, all of it.
        plan_set_up: what would make the virtual camera appear, or None where that is up to the person.
    """
    ui = Ui(app, controls, previews, list_cameras, diagnostics, assets, clip_still, can_show, plan_set_up)
    subscribe(ui.bridge.listen)
    ui.open(show_panel=show_panel)
    if ready is not None:
        ready(ui)
    try:
        return app.exec()
    finally:
        ui.close()


class Ui(QObject):
    """Owns the windows and the tray icon, and decides what closing means.

    With a tray, closing the panel hides it (said once); without one, it quits. A tray that turns up later,
    as at login, is taken into use.
    """

    _raise_asked = Signal()
    _quit_asked = Signal()

    def __init__(
        self,
        app: QApplication,
        controls: Controls,
        previews: Previews,
        list_cameras: Callable[[], list[CameraInfo]],
        diagnostics: Callable[[], str],
        assets: Path,
        clip_still: ClipStill = no_still,
        can_show: Callable[[Path], bool] = readable,
        plan_set_up: Callable[[], SetUp | None] = no_set_up,
    ) -> None:
        super().__init__()
        self._app = app
        self._controls = controls
        self._previews = previews
        self._list_cameras = list_cameras
        self._assets = assets
        self._diagnostics = diagnostics
        self._plan_set_up = plan_set_up
        self._icons = Icons(assets / "icons")
        self._ours = our_backgrounds(assets)
        self._said_where = False
        self._tray_checks = TRAY_CHECKS
        app.setApplicationName("Virtual Cam")
        app.setApplicationDisplayName("Virtual Cam")
        app.setDesktopFileName("virtual-cam")
        app.setQuitOnLastWindowClosed(False)
        app.setWindowIcon(self._icons.icon("app"))
        self.bridge = Bridge(self)
        self._thumbnails = Thumbnails(clip_still, can_show, self)
        self._raise_asked.connect(self._raise_panel, Qt.ConnectionType.QueuedConnection)
        self._quit_asked.connect(app.quit, Qt.ConnectionType.QueuedConnection)
        self._tray_timer = QTimer(self, interval=TRAY_CHECK_MS)
        self._tray_timer.timeout.connect(self._look_for_tray)
        self._speaker = Speaker(app, assets / "i18n")
        self._speaker.speak(controls.settings().language)
        self._build()

    def _build(self) -> None:
        self.panel = Panel(self._controls, self._previews, self._icons, self._ours, self._thumbnails)
        self.panel.closed.connect(self._panel_closed)
        self.panel.escaped.connect(self._put_away)
        self.panel.acted.connect(self.perform)
        self.panel.settings_wanted.connect(self.open_settings)
        self.settings_window = SettingsWindow(
            self._controls, self._list_cameras, languages(self._assets / "i18n")
        )
        self.settings_window.changed.connect(self._settings_changed)
        self.diagnostics_window = DiagnosticsWindow(self._diagnostics)
        self.set_up_window = SetUpWindow(sys.argv[0], self._plan_set_up)
        self.set_up_window.tried_again.connect(lambda: self._controls.turn(True))
        doors = Doors(
            panel=self._raise_panel_by_icon,
            panel_is_open=self.panel.isVisible,
            settings=self.open_settings,
            diagnostics=self.open_diagnostics,
            act=self.perform,
            quit=self._app.quit,
        )
        self.tray = Tray(self._controls, self._icons, self._ours, self._list_cameras, doors)
        self.tray.changed.connect(self._settings_changed)
        self.bridge.status_changed.connect(self.panel.show_status)
        self.bridge.status_changed.connect(self.tray.show_status)

    def _windows(self) -> tuple[QWidget, ...]:
        return (self.panel, self.settings_window, self.diagnostics_window, self.set_up_window)

    def _tear_down(self) -> None:
        self.bridge.status_changed.disconnect(self.panel.show_status)
        self.bridge.status_changed.disconnect(self.tray.show_status)
        self.diagnostics_window.wait()
        for window in self._windows():
            window.hide()
            window.deleteLater()
        self.tray.close()
        self.tray.deleteLater()

    def open(self, *, show_panel: bool) -> None:
        """Show the tray icon where there is a tray, and the panel if asked for or if there is none."""
        has_tray = QSystemTrayIcon.isSystemTrayAvailable()
        if has_tray:
            self.tray.icon.show()
        else:
            _log.info("no tray found: the panel is a window, and closing it quits")
            self._tray_timer.start()
        if show_panel or not has_tray:
            self._raise_panel()

    def close(self) -> None:
        """Take everything down; snapshots that still come are ignored."""
        self._tray_timer.stop()
        self.bridge.close()
        self._tear_down()
        self._thumbnails.close()

    def raise_panel(self) -> None:
        """Bring the panel to the front: a second launch calls this, from any thread."""
        self._raise_asked.emit()

    def quit(self) -> None:
        """Leave run_ui(), from any thread."""
        self._quit_asked.emit()

    @Slot()
    def _raise_panel(self) -> None:
        bring_forward(self.panel)

    def _raise_panel_by_icon(self) -> None:
        """Bring the panel to the front, beside the icon that was clicked."""
        if not self.panel.isVisible():
            self.panel.prepare()
            self.tray.place(self.panel)
        bring_forward(self.panel)

    @Slot()
    def open_settings(self) -> None:
        """Open the settings window."""
        bring_forward(self.settings_window)

    @Slot()
    def open_diagnostics(self) -> None:
        """Open the diagnostics window."""
        bring_forward(self.diagnostics_window)

    @Slot(object)
    def perform(self, action: Action) -> None:
        """Do the one action of a problem."""
        controls = self._controls
        match action:
            case Action.TRY_AGAIN:
                controls.turn(True)
            case Action.CHOOSE_CAMERA:
                self.open_settings()
                self.settings_window.focus_camera()
            case Action.SET_UP:
                bring_forward(self.set_up_window)
            case Action.CHOOSE_BACKGROUND:
                self._raise_panel()
                self.panel.gallery.add_by_dialog()
            case Action.STANDARD_MODEL:
                controls.change(replace(controls.settings(), quality=Quality.BALANCED, model=""))
                controls.turn(True)
            case Action.OPEN_SETTINGS:
                self.open_settings()
            case Action.SAVE_AGAIN:
                controls.change(controls.settings())
            case Action.DIAGNOSTICS:
                self.open_diagnostics()

    @Slot()
    def _settings_changed(self) -> None:
        if self.panel.isVisible():
            self.panel.refresh()
        if self.settings_window.isVisible():
            self.settings_window.refresh()
        if self._speaker.wanted(self._controls.settings().language) != self._speaker.language:
            # Not inside the settings window's own signal: it is about to be replaced.
            QTimer.singleShot(0, self, self._speak_again)

    @Slot()
    def _speak_again(self) -> None:
        """Build the windows anew in another language, where they were."""
        seen = [(window.isVisible(), window.geometry().topLeft()) for window in self._windows()]
        tray_seen = self.tray.icon.isVisible()
        self._tear_down()
        self._speaker.speak(self._controls.settings().language)
        self._build()
        self.tray.icon.setVisible(tray_seen)
        for window, (visible, place) in zip(self._windows(), seen, strict=True):
            if visible:
                window.move(place)
                window.show()

    @Slot()
    def _panel_closed(self) -> None:
        if not self.tray.icon.isVisible():
            self._app.quit()
        elif not self._said_where:
            self._said_where = True
            self.tray.icon.showMessage(
                self.tr("Virtual Cam keeps running"),
                self.tr("Its icon in the tray opens it again, and quits it."),
                self._icons.icon("app"),
            )

    @Slot()
    def _put_away(self) -> None:
        """Escape is pressed by accident, too: without a tray it must not quit in the middle of a meeting."""
        if self.tray.icon.isVisible():
            self.panel.close()
        else:
            self.panel.showMinimized()

    @Slot()
    def _look_for_tray(self) -> None:
        self._tray_checks -= 1
        if QSystemTrayIcon.isSystemTrayAvailable():
            self.tray.icon.show()
            self._tray_timer.stop()
        elif self._tray_checks <= 0:
            self._tray_timer.stop()
