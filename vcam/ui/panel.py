"""The small panel that a left click opens: the picture, the state, a problem, the backgrounds."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeySequence,
    QPalette,
    QPixmap,
    QShortcut,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from vcam.core.controls import Controls, Previews
from vcam.core.errors import Problem
from vcam.core.status import State, Status
from vcam.ui import words
from vcam.ui.advice import Action, action_label, advice
from vcam.ui.backgrounds import Gallery
from vcam.ui.effects import is_background
from vcam.ui.icons import Icons
from vcam.ui.options import Options
from vcam.ui.preview import Preview
from vcam.ui.thumbnails import Thumbnails
from vcam.ui.verdict import Verdict
from vcam.ui.widgets import Banner, Switch, announce, height_needed, set_tip

CONTENT_EM = 26
_TALLEST_EM = 43
"""With a problem, a note, options and one row of tiles, frame and all."""
_SETTINGS_KEYS = QKeySequence("Ctrl+,")  # Qt's own for settings is empty except on macOS
_BUTTONS = (
    Qt.WindowType.WindowTitleHint
    | Qt.WindowType.WindowSystemMenuHint
    | Qt.WindowType.WindowMinimizeButtonHint
    | Qt.WindowType.WindowCloseButtonHint
)
_GLYPHS = {
    State.STOPPED: "camera-off",
    State.IDLE: "camera-off",
    State.PAUSED: "pause",
    State.FAILED: "warning",
}


class Panel(QWidget):
    """Shows what is so and changes it at once: there is no OK button.

    closed: the person closed it; what that means is decided outside (hide to the tray, or quit).
    escaped: the person wants it out of the way.
    acted: the one action of a problem was asked for.
    """

    closed = Signal()
    escaped = Signal()
    acted = Signal(object)
    settings_wanted = Signal()

    def __init__(
        self,
        controls: Controls,
        previews: Previews,
        icons: Icons,
        ours: Iterable[Path],
        thumbnails: Thumbnails,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._controls = controls
        self._icons = icons
        self._status = controls.status()
        self._action: Action | None = None
        self._problem: Problem | None = None
        self.setWindowTitle(self.tr("Virtual Cam"))
        # A window of one size: nothing to maximise.
        self.setWindowFlags(Qt.WindowType.Window | Qt.WindowType.CustomizeWindowHint | _BUTTONS)
        self.setAcceptDrops(True)
        self.preview = Preview(previews, self)
        self._build_state_row()
        self.verdict = Verdict(controls, icons, self)
        self.banner = Banner(icons, "warning", self)
        self.banner.pressed.connect(self._act)
        self.gallery = Gallery(controls.settings, controls.change, icons, ours, thumbnails, self)
        self.options = Options(controls.settings, controls.change, self)
        self.gallery.changed.connect(self.options.refresh)
        self.options.changed.connect(self.gallery.refresh)
        self.gallery.rebuilt.connect(self._order_stops)
        self._build_layout()
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.escaped.emit)
        QShortcut(_SETTINGS_KEYS, self, self.settings_wanted.emit)
        self._tint()

    def _build_state_row(self) -> None:
        self.line = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.pause_button = QToolButton(self)
        self.pause_button.setCheckable(True)
        self.pause_button.clicked.connect(self._controls.pause)
        self.settings_button = QToolButton(self)
        keys = _SETTINGS_KEYS.toString(QKeySequence.SequenceFormat.NativeText)
        self.settings_button.setToolTip(f"{self.tr('Settings…')} ({keys})")
        self.settings_button.setAccessibleName(self.tr("Settings…"))
        self.settings_button.clicked.connect(self.settings_wanted)
        self.switch = Switch(self)
        self.switch.setAccessibleName(self.tr("Virtual Cam"))
        self.switch.clicked.connect(self._controls.turn)

    def _build_layout(self) -> None:
        em = self.fontMetrics().height()
        row = QHBoxLayout()
        row.setSpacing(em // 3)
        row.addWidget(self.switch)
        row.addSpacing(em // 4)
        row.addWidget(self.line, 1)
        row.addWidget(self.pause_button)
        row.addWidget(self.settings_button)
        heading = QLabel(self.tr("Background"), self)
        bold = heading.font()
        bold.setBold(True)
        heading.setFont(bold)
        self.gallery.setAccessibleName(heading.text())
        layout = QVBoxLayout(self)
        margin = em * 3 // 4
        layout.setContentsMargins(margin, margin, margin, margin)
        layout.setSpacing(em * 2 // 3)
        for part in (self.preview, row, self.verdict, self.banner, heading, self.gallery, self.options):
            if isinstance(part, QHBoxLayout):
                layout.addLayout(part)
            else:
                layout.addWidget(part)
        self.setFixedWidth(em * CONTENT_EM + 2 * margin)

    def _size_preview(self) -> None:
        """Make it 16:9; lower on a low screen (a large scale, say), so that all below it can be reached."""
        em = self.fontMetrics().height()
        width = em * CONTENT_EM
        height = width * 9 // 16
        spare = self.screen().availableGeometry().height() - em * _TALLEST_EM
        self.preview.setFixedSize(width, max(height + min(spare, 0), em * 5))

    @Slot()
    def _order_stops(self) -> None:
        """Lead Tab from top to bottom: new tiles are last in the window's own order."""
        thumbs = self.verdict.buttons.values()
        row = (self.switch, self.pause_button, self.settings_button, *thumbs, self.banner.button)
        gallery = (*self.gallery.tiles(), self.gallery.undo_button)
        for before, after in pairwise((*row, *gallery, *self.options.stops())):
            QWidget.setTabOrder(before, after)

    @Slot(object)
    def show_status(self, status: Status) -> None:
        """Show a new snapshot; does nothing that costs while nobody looks."""
        self._status = status
        if self.isVisible():
            self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the settings and the state in force."""
        status, settings = self._status, self._controls.settings()
        self.preview.set_mirrored(settings.mirror_preview)
        if status.state is State.RUNNING:
            self.preview.show_live()
        else:
            self.preview.show_words(*words.instead_of_picture(status), self._preview_glyph(status.state))
        self.line.setText(words.panel_line(status))
        set_tip(self.line, "\n".join(filter(None, (status.camera, status.detail))))
        with QSignalBlocker(self.switch):
            self.switch.setChecked(status.state not in (State.STOPPED, State.FAILED))
        self.switch.setToolTip(self.tr("Turn off") if self.switch.isChecked() else self.tr("Turn on"))
        self._show_pause(status.state)
        self.verdict.show_status(status, settings)
        self._show_problem(status)
        self.gallery.refresh()
        self.options.refresh()

    def _show_pause(self, state: State) -> None:
        paused = state is State.PAUSED
        label = self.tr("Show me again") if paused else self.tr("Pause: others see a still card")
        self.pause_button.setEnabled(state not in (State.STOPPED, State.FAILED))
        self.pause_button.setChecked(paused)
        self.pause_button.setToolTip(label)
        self.pause_button.setAccessibleName(label)
        ink = self.palette().color(QPalette.ColorRole.WindowText)
        self.pause_button.setIcon(self._icons.icon("play" if paused else "pause", ink))

    def _show_problem(self, status: Status) -> None:
        self.banner.setVisible(status.problem is not None)
        shown, self._problem = self._problem, status.problem
        if status.problem is None:
            self._action = None
            return
        said = advice(status.problem)
        if status.problem is not shown:
            announce(self, f"{said.title}. {said.sentence}")
        self._action = said.action
        self.banner.set_words(said.title, said.sentence, action_label(said.action))
        set_tip(self.banner, status.detail)

    @Slot()
    def _act(self) -> None:
        if self._action is not None:
            self.acted.emit(self._action)

    def _preview_glyph(self, state: State) -> QPixmap:
        size = round(self.fontMetrics().height() * 2 * self.devicePixelRatioF())
        pixmap = self._icons.pixmap(_GLYPHS.get(state, "waiting"), size, size, QColor(176, 182, 194))
        pixmap.setDevicePixelRatio(self.devicePixelRatioF())
        return pixmap

    def _tint(self) -> None:
        ink = self.palette().color(QPalette.ColorRole.WindowText)
        self.settings_button.setIcon(self._icons.icon("settings", ink))
        self.verdict.tint(ink)
        em = self.fontMetrics().height()
        for button in (self.settings_button, self.pause_button):
            button.setAutoRaise(True)
            button.setIconSize(QSize(round(em * 1.15), round(em * 1.15)))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "settings_button"):
            self._tint()
            self.refresh()

    def event(self, event: QEvent) -> bool:
        """Take the height that the words need at this width."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        height = height_needed(self)
        grows = height > self.height()
        self.setFixedHeight(height)
        below = self.geometry().top() + height - self.screen().availableGeometry().bottom()
        if grows and below > 0 and self.isVisible():
            self.move(self.pos() - QPoint(0, min(below, self.pos().y())))

    def prepare(self) -> None:
        """Be up to date and of the right size, so that it can be placed and the first paint is the last."""
        self._status = self._controls.status()
        self._size_preview()
        self.refresh()
        self.ensurePolished()
        self._fit()

    def setVisible(self, visible: bool) -> None:
        """Prepare first, whoever shows it."""
        if visible and not self.isVisible():
            self.prepare()
        super().setVisible(visible)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Say so; whoever owns the panel decides what follows."""
        super().closeEvent(event)
        self.closed.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Welcome pictures and clips."""
        if any(is_background(path) for path in _dropped(event)):
            event.acceptProposedAction()
            self.gallery.tiles()[-1].setDown(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Show the tile that adds as it was."""
        super().dragLeaveEvent(event)
        self.gallery.tiles()[-1].setDown(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Add what was dropped."""
        event.acceptProposedAction()
        self.gallery.tiles()[-1].setDown(False)
        self.gallery.add(_dropped(event))


def _dropped(event: QDropEvent) -> list[Path]:
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
