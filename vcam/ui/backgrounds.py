"""The gallery: what can stand behind the person, as tiles; adding by dialog or drop, removing with undo."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, Signal, Slot
from PySide6.QtGui import QColor, QHideEvent, QImage, QPixmap
from PySide6.QtWidgets import (
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vcam.core.background import Blur, Clip, Colour, Effect, NoEffect
from vcam.core.settings import Settings
from vcam.ui import words
from vcam.ui.effects import (
    CLIPS,
    PICTURES,
    effect_path,
    file_effect,
    same_choice,
    with_added,
    without,
)
from vcam.ui.icons import Icons
from vcam.ui.thumbnails import Thumbnails
from vcam.ui.tiles import Tile
from vcam.ui.widgets import ScrollDown

COLUMNS = 4
ROWS_SHOWN = 4
_REST_EM = 35
"""How high the panel is without its tiles, at most: with a problem, a note and options."""
_PLAIN_TILES = 3


@dataclass(frozen=True, slots=True)
class _Removed:
    """What undo needs."""

    path: Path
    place: int
    effect: Effect


class Gallery(QWidget):
    """Tiles for None, Blur, Colour, the person's own files and ours, and one to add more.

    change(settings) is asked for every choice; refresh() shows what came of it.
    rebuilt: the tiles are others than before.
    """

    changed = Signal()
    rebuilt = Signal()

    def __init__(
        self,
        settings: Callable[[], Settings],
        change: Callable[[Settings], None],
        icons: Icons,
        ours: Iterable[Path],
        thumbnails: Thumbnails,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._change = change
        self._icons = icons
        self._ours = tuple(ours)
        self._thumbnails = thumbnails
        self._tiles: list[Tile] = []
        self._effects: list[Effect] = []
        self._files: tuple[Path, ...] | None = None
        self._removed: _Removed | None = None
        self._folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        self._inside = QWidget(self)
        self._inside.setAutoFillBackground(False)
        em = self.fontMetrics().height()
        self._grid = QGridLayout(self._inside)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(em // 2)
        self._grid.setVerticalSpacing(em // 3)
        self._grid.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._scroll = ScrollDown(self._inside, self)
        self._note, self._note_words, self.undo_button = self._build_note()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(em // 2)
        layout.addWidget(self._scroll)
        layout.addWidget(self._note)
        self._note.hide()
        self.setAcceptDrops(False)
        thumbnails.ready.connect(self._show_thumbnail)

    def _build_note(self) -> tuple[QWidget, QLabel, QPushButton]:
        note = QWidget(self)
        words_label = QLabel(note, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        undo = QPushButton(self.tr("Undo"), note)
        undo.setAutoDefault(False)
        undo.clicked.connect(self.undo)
        layout = QHBoxLayout(note)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(words_label, 1)
        layout.addWidget(undo)
        return note, words_label, undo

    def tiles(self) -> tuple[Tile, ...]:
        """Return the tiles in the order that they are seen in; the last one adds."""
        return tuple(self._tiles)

    @Slot()
    def refresh(self) -> None:
        """Show the settings in force."""
        settings = self._settings()
        files = (*settings.recent, *self._ours)
        current = effect_path(settings.effect)
        if current is not None and current not in files:
            files = (current, *files)
        if files != self._files:
            self._build_tiles(files, settings.recent)
        self._mark(settings.effect)

    def _build_tiles(self, files: tuple[Path, ...], own: tuple[Path, ...]) -> None:
        focused = next((place for place, tile in enumerate(self._tiles) if tile.hasFocus()), None)
        for tile in self._tiles:
            self._grid.removeWidget(tile)
            tile.hide()
            tile.deleteLater()
        self._files = files
        plain: list[Effect] = [NoEffect(), Blur(), Colour()]
        self._effects = plain + [file_effect(path) for path in files]
        self._tiles = [self._effect_tile(effect, own) for effect in self._effects]
        self._tiles.append(self._add_tile())
        for place, tile in enumerate(self._tiles):
            tile.stepped.connect(lambda across, down, place=place: self._step(place, across, down))
            self._grid.addWidget(tile, place // COLUMNS, place % COLUMNS)
            tile.show()
        if focused is not None:
            self._tiles[min(focused, len(self._tiles) - 1)].setFocus()
        self._fit()
        self.rebuilt.emit()

    def _effect_tile(self, effect: Effect, own: tuple[Path, ...]) -> Tile:
        path = effect_path(effect)
        tile = Tile(words.effect_name(effect), self._icons, removable=path in own, parent=self._inside)
        tile.clicked.connect(lambda: self._choose(effect))
        if isinstance(effect, NoEffect | Blur):
            name = "tile-none" if isinstance(effect, NoEffect) else "tile-blur"
            tile.set_picture(self._icons.pixmap(name, 320, 180))
        elif path is not None:
            if isinstance(effect, Clip):
                tile.set_glyph("clip")
            tile.removed.connect(lambda: self.remove(path))
            self._set_thumbnail(tile, effect, self._thumbnails.get(path))
        return tile

    def _add_tile(self) -> Tile:
        tile = Tile(self.tr("Add…"), self._icons, parent=self._inside)
        tile.setToolTip(self.tr("Add a picture or a clip, or drop one here"))
        tile.setCheckable(False)
        tile.set_glyph("add")
        tile.clicked.connect(self.add_by_dialog)
        return tile

    def _fit(self) -> None:
        tile = self._tiles[0].sizeHint().height()
        room = self.screen().availableGeometry().height() - _REST_EM * self.fontMetrics().height()
        fit = min(ROWS_SHOWN, max(room // (tile + self._grid.verticalSpacing()), 1))
        rows = min(fit, (len(self._tiles) + COLUMNS - 1) // COLUMNS)
        more = len(self._tiles) > fit * COLUMNS
        peek = round(tile * 0.45) if more else 0
        self._make_room_for_scroll_bar(more)
        self._scroll.setFixedHeight(rows * tile + (rows - 1) * self._grid.verticalSpacing() + peek)

    def _make_room_for_scroll_bar(self, shown: bool) -> None:
        """Draw the tiles together by as much as the bar is wide, so that they keep their size."""
        em = self.fontMetrics().height()
        bar = self._scroll.verticalScrollBar().sizeHint().width() if shown else 0
        self._grid.setHorizontalSpacing(em // 2 - -(-bar // (COLUMNS - 1)))

    def _mark(self, current: Effect) -> None:
        for effect, tile in zip(self._effects, self._tiles, strict=False):
            chosen = same_choice(effect, current)
            tile.setChecked(chosen)
            if isinstance(effect, Colour):
                shade = current if isinstance(current, Colour) else effect
                tile.set_colour(QColor(shade.red, shade.green, shade.blue))
            # One stop for Tab: the tile in force; arrows reach the others.
            tile.setFocusPolicy(Qt.FocusPolicy.StrongFocus if chosen else Qt.FocusPolicy.ClickFocus)

    def _step(self, place: int, across: int, down: int) -> None:
        target = place + across + down * COLUMNS
        if 0 <= target < len(self._tiles):
            tile = self._tiles[target]
            self.window().setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
            tile.setFocus(Qt.FocusReason.TabFocusReason)
            self._scroll.ensureWidgetVisible(tile, 0, 4)

    def _choose(self, effect: Effect) -> None:
        settings = self._settings()
        if isinstance(effect, Blur):
            effect = Blur(settings.blur_strength)
        if same_choice(effect, settings.effect):
            self._mark(settings.effect)
            return
        self._apply(replace(settings, effect=effect))

    def _apply(self, settings: Settings) -> None:
        self._change(settings)
        self.refresh()
        self.changed.emit()

    @Slot()
    def add_by_dialog(self) -> None:
        """Ask for files and add them."""
        patterns = " ".join(f"*{suffix}" for suffix in (*PICTURES, *CLIPS))
        kinds = words.fill(self.tr("Pictures and clips (%1)"), patterns)
        title = self.tr("Add backgrounds")
        folder = self._folder if Path(self._folder).is_dir() else ""  # Qt would take it for a file's name
        names, _ = QFileDialog.getOpenFileNames(self.window(), title, folder, kinds)
        if names:
            self._folder = str(Path(names[0]).parent)
        self.add(Path(name) for name in names)

    def add(self, paths: Iterable[Path]) -> None:
        """Add files and show the first; what cannot be read is said, and changes nothing."""
        paths = tuple(paths)
        good = [path for path in paths if self._thumbnails.can_show(path)]
        bad = [path for path in paths if path not in good]
        if good:
            for path in good:
                self._thumbnails.forget(path)
            self._forget_removed()
            self._apply(with_added(self._settings(), good))
            self._scroll.ensureWidgetVisible(self._tiles[_PLAIN_TILES])
        if bad:
            said = self.tr("“%1” is not a picture or clip that can be read. Try JPEG, PNG, WebP or MP4.")
            self._say(words.fill(said, words.short(bad[0].name)), undo=False)

    def remove(self, path: Path) -> None:
        """Take a file out of the list (not off the disk), with a way back."""
        settings = self._settings()
        if path not in settings.recent:
            return
        self._removed = _Removed(path, settings.recent.index(path), settings.effect)
        name = words.short(words.background_name(path))
        self._say(words.fill(self.tr("“%1” is out of the list."), name), undo=True)
        self._apply(without(settings, path))

    @Slot()
    def undo(self) -> None:
        """Put the removed file back where it was, and on if it was on and nothing else was chosen since."""
        if self._removed is None:
            return
        removed, settings = self._removed, self._settings()
        recent = [path for path in settings.recent if path != removed.path]
        recent.insert(removed.place, removed.path)
        was_on = effect_path(removed.effect) == removed.path and isinstance(settings.effect, Blur)
        self._forget_removed()
        self._apply(
            replace(settings, recent=tuple(recent), effect=removed.effect if was_on else settings.effect)
        )

    def _say(self, text: str, *, undo: bool) -> None:
        self._note_words.setText(text)
        self.undo_button.setVisible(undo)
        self._note.show()
        if undo:
            self.undo_button.setFocus()

    def _forget_removed(self) -> None:
        self._removed = None
        self._note.hide()

    @Slot(object, QImage)
    def _show_thumbnail(self, path: Path, image: QImage) -> None:
        for effect, tile in zip(self._effects, self._tiles, strict=False):
            if effect_path(effect) == path:
                self._set_thumbnail(tile, effect, image)

    def _set_thumbnail(self, tile: Tile, effect: Effect, image: QImage | None) -> None:
        if image is not None and not image.isNull():
            tile.set_picture(QPixmap.fromImage(image))
        elif image is not None:
            tile.set_glyph("clip" if isinstance(effect, Clip) else "picture")

    def hideEvent(self, event: QHideEvent) -> None:
        """A note is for now: it is gone when the panel is opened again."""
        super().hideEvent(event)
        if not event.spontaneous():
            self._forget_removed()
