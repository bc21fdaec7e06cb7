"""The settings file: read once, written a moment after the last change, never lost.

- A bad field takes its default, with a complaint; the file is kept as settings.json.bad at the next change.
- A file that is no JSON at all is kept as settings.json.bad, and defaults are used.
- A file of a future version is understood as far as it goes, and only replaced when people change something;
  a copy stays as settings.json.v<N>.
- A full disk loses nothing: the old file stays whole, the settings stay in memory, and are tried again.
"""

from __future__ import annotations

import contextlib
import json
import logging
import shutil
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import platformdirs

from vcam.adapters.files import read_regular, write_atomically
from vcam.adapters.settings_codec import from_json, to_json, version_of
from vcam.core import threads
from vcam.core.errors import Problem, SettingsError
from vcam.core.settings import VERSION, Settings

log = logging.getLogger(__name__)

MAX_SETTINGS_BYTES: Final = 1024 * 1024
DEBOUNCE: Final = 0.5
"""Seconds from the last change until the file is written: a slider makes many changes."""


def settings_path() -> Path:
    """Return where this user's settings are kept."""
    return platformdirs.user_config_path(_app_folder(), appauthor=False) / "settings.json"


def state_folder() -> Path:
    """Return where this user's log and locks are kept."""
    return platformdirs.user_state_path(_app_folder(), appauthor=False)


def cache_folder() -> Path:
    """Return where what can be made again is kept (thumbnails, measurements)."""
    return platformdirs.user_cache_path(_app_folder(), appauthor=False)


def _app_folder() -> str:
    return "virtual-cam" if sys.platform.startswith("linux") else "Virtual Cam"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was found.

    Attributes:
        settings: in force from now on.
        complaints: in words, one for each thing that could not be read.
    """

    settings: Settings
    complaints: tuple[str, ...] = ()


class Timer(Protocol):
    """A call that will come, unless it is cancelled."""

    def cancel(self) -> None:
        """Let it not come."""


def _after(seconds: float, call: Callable[[], None]) -> Timer:
    timer = threading.Timer(seconds, call)
    timer.daemon = True
    threads.start(timer)
    return timer


class SettingsFile:
    """One settings file.

    Args:
        path: of the file; its folder is made when it is first written.
        on_error: told, on the timer's thread, when the file cannot be written.
        after: (seconds, call) → timer; tests pass their own.
    """

    def __init__(
        self,
        path: Path,
        on_error: Callable[[SettingsError], None] = lambda _: None,
        after: Callable[[float, Callable[[], None]], Timer] = _after,
    ) -> None:
        self._path = path
        self._on_error = on_error
        self._after = after
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._pending: Settings | None = None
        self._timer: Timer | None = None
        self._keep_as: Path | None = None

    def load(self) -> Loaded:
        """Return the settings in the file, or defaults. Never raises: what is wrong is a complaint."""
        try:
            document = json.loads(read_regular(self._path, MAX_SETTINGS_BYTES))
        except FileNotFoundError:
            return Loaded(Settings())
        except OSError as error:
            return self._spoilt(str(error.strerror))
        except (ValueError, RecursionError) as error:
            return self._spoilt(f"got no JSON ({error})")
        if not isinstance(document, dict):
            return self._spoilt(f"got {type(document).__name__} != wanted an object")
        settings, complaints = from_json(document)
        version = version_of(document)
        if version > VERSION:
            self._keep_as = self._path.with_name(f"{self._path.name}.v{version}")
            complaints += (f"got settings of version {version} != wanted {VERSION}; a newer app wrote them",)
        elif complaints:
            self._keep_as = self._bad
        for complaint in complaints:
            log.warning("settings: %s", complaint)
        return Loaded(settings, complaints)

    def save(self, settings: Settings) -> None:
        """Remember to write these, half a second after the last call."""
        with self._lock:
            self._pending = settings
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._after(DEBOUNCE, self._write_later)

    def flush(self) -> None:
        """Write now what is still to be written. Raises SettingsError; it is then still to be written."""
        with self._writing:
            with self._lock:
                if self._timer is not None:
                    self._timer.cancel()
                    self._timer = None
                settings, self._pending = self._pending, None
            if settings is None:
                return
            try:
                # Outside of the lock: save() is called where nothing may wait for a disk.
                self._write(settings)
            except SettingsError:
                with self._lock:
                    self._pending = self._pending or settings
                raise

    @property
    def _bad(self) -> Path:
        return self._path.with_name(f"{self._path.name}.bad")

    def _write_later(self) -> None:
        try:
            self.flush()
        except SettingsError as error:
            log.warning("%s", error.detail)
            self._on_error(error)

    def _write(self, settings: Settings) -> None:
        try:
            if self._keep_as is not None:
                with contextlib.suppress(FileNotFoundError):
                    shutil.copyfile(self._path, self._keep_as)
                self._keep_as = None
            # Escaped, because a path may hold bytes that are no Unicode.
            write_atomically(self._path, json.dumps(to_json(settings), indent=2).encode("ascii") + b"\n")
        except OSError as error:
            raise SettingsError(
                Problem.UNSAVED_SETTINGS,
                f"{self._path} cannot be written: {error.strerror}; make room or give permission to write. "
                "The settings stay in force, and the next change tries again",
            ) from error

    def _spoilt(self, why: str) -> Loaded:
        complaint = f"{self._path.name} cannot be read: {why}; defaults are used"
        try:
            if self._path.is_file():
                self._path.replace(self._bad)
                complaint += f", and the file is kept as {self._bad.name}"
        except OSError as error:
            complaint += f", and the file cannot be put aside ({error.strerror})"
        log.warning("settings: %s", complaint)
        return Loaded(Settings(), (complaint,))
