"""Where a trace's files lie: a folder or a zip. Nothing that a trace says is trusted.

Names are flat (no folders, no links), every read is bounded by what the caller expects, and a zip's own
claims about sizes are checked while it is read, so that neither a damaged nor a hostile trace can fill memory
or reach a file outside of it.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Protocol

from vcam.core.errors import Problem, TraceError

MANIFEST = "manifest.json"
FRAMES = "frames.jsonl"
MAX_ENTRIES = 2_000_000
"""Files in one zip: 80 minutes at 60 frames per second."""

_SAFE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")
_FIXED_DATE = (1980, 1, 1, 0, 0, 0)
"""A zip of the same frames has the same bytes."""


def bad(detail: str) -> TraceError:
    """Return the error of an unreadable trace."""
    return TraceError(Problem.BAD_TRACE, detail)


class Storage(Protocol):
    """Reads a trace's files."""

    def open(self, name: str) -> IO[bytes]:
        """Open a file by its flat name. Raises TraceError."""

    def close(self) -> None:
        """Let go of the folder or zip."""


def open_storage(path: Path) -> Storage:
    """Return a reader for a folder or a zip. Raises TraceError."""
    if path.is_dir():
        return _Folder(path)
    if path.is_file():
        return _Zip(path)
    raise bad(f"{path}: got nothing there != wanted a trace, a folder or .zip with {MANIFEST} and {FRAMES}")


def read(storage: Storage, name: str, limit: int, *, exact: bool = False) -> bytes:
    """Return a whole file of at most (or exactly) limit bytes. Raises TraceError."""
    with storage.open(name) as file, _translated(name):
        data = file.read(limit + 1)
    if len(data) > limit or (exact and len(data) != limit):
        got = f"more than {limit}" if len(data) > limit else str(len(data))
        raise bad(f"{name}: got {got} bytes != wanted {'' if exact else 'at most '}{limit}")
    return data


def read_lines(storage: Storage, name: str, limit: int) -> Iterator[str]:
    """Yield the lines of a text file, each of at most limit bytes, without holding the file in memory."""
    number = 0
    with storage.open(name) as file:
        while True:
            with _translated(name):
                line = file.readline(limit + 1)
            if not line:
                return
            number += 1
            if len(line) > limit:
                raise bad(f"{name}, line {number}: got more than {limit} bytes != wanted one JSON object")
            try:
                text = line.decode("utf-8").strip()
            except UnicodeDecodeError as error:
                raise bad(f"{name}, line {number}: got {error.reason} != wanted UTF-8") from error
            if text:
                yield text


@contextlib.contextmanager
def _translated(name: str) -> Iterator[None]:
    try:
        yield
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise bad(
            f"{name} cannot be read ({error}): the trace is damaged; copy it from the phone anew"
        ) from error


def _check_name(name: str) -> None:
    if not _SAFE_NAME.fullmatch(name):
        raise bad(
            f"got a file name {name[:100]!r} != wanted letters, digits, '.', '_' and '-' only, no folders"
        )


class _Folder:
    def __init__(self, path: Path) -> None:
        self._path = path

    def open(self, name: str) -> IO[bytes]:
        _check_name(name)
        if (self._path / name).is_symlink():  # where there is no O_NOFOLLOW
            raise bad(f"{name}: got a link != wanted a plain file")
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        try:
            descriptor = os.open(self._path / name, flags | getattr(os, "O_BINARY", 0))
        except OSError as error:
            raise bad(f"{name}: {error.strerror}: got no such plain file in {self._path.name}") from error
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise bad(f"{name}: got a folder, link or device != wanted a plain file")
        return os.fdopen(descriptor, "rb")

    def close(self) -> None:
        """Nothing is held."""


class _Zip:
    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise bad(f"{path.name} is not a whole zip ({error}); copy it from the phone anew") from error
        try:
            self._entries = self._index()
        except BaseException:
            self._zip.close()
            raise

    def _index(self) -> dict[str, zipfile.ZipInfo]:
        entries: dict[str, zipfile.ZipInfo] = {}
        if len(self._zip.filelist) > MAX_ENTRIES:
            raise bad(f"got {len(self._zip.filelist)} files in the zip != wanted at most {MAX_ENTRIES}")
        for entry in self._zip.filelist:
            _check_name(entry.filename)
            if entry.filename in entries:
                raise bad(f"{entry.filename}: got two files of this name in the zip != wanted one")
            if entry.flag_bits & 1:
                raise bad(f"{entry.filename}: got an encrypted file != wanted a plain one")
            entries[entry.filename] = entry
        return entries

    def open(self, name: str) -> IO[bytes]:
        _check_name(name)
        if name not in self._entries:
            raise bad(f"{name}: got no such file in the zip")
        with _translated(name):
            return self._zip.open(self._entries[name])

    def close(self) -> None:
        self._zip.close()


class Writing(Protocol):
    """Writes a trace's files. close() completes the trace."""

    def put(self, name: str, data: bytes) -> None:
        """Write one file."""

    def line(self, document: dict[str, Any]) -> None:
        """Append one line to frames.jsonl."""

    def close(self) -> None:
        """Complete the trace."""

    def abort(self) -> None:
        """Take back a trace without frames."""


def create_storage(path: Path) -> Writing:
    """Return a writer: a zip where the name ends in .zip, else a folder; never over what is there."""
    if path.exists():
        raise bad(f"{path}: got something there already != wanted a new name")
    with _writable(path):
        return _NewZip(path) if path.suffix == ".zip" else _NewFolder(path)


@contextlib.contextmanager
def _writable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise bad(
            f"{path} cannot be written: {error.strerror}; make room, or choose another place"
        ) from error


class _NewFolder:
    """Each line follows the files that it names, so that a broken run leaves a whole, shorter trace."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.mkdir(parents=True)
        self._lines = (path / FRAMES).open("w", encoding="utf-8", newline="\n")

    def put(self, name: str, data: bytes) -> None:
        _check_name(name)
        with _writable(self._path / name):
            (self._path / name).write_bytes(data)

    def line(self, document: dict[str, Any]) -> None:
        with _writable(self._path / FRAMES):
            self._lines.write(_line(document))
            self._lines.flush()

    def close(self) -> None:
        with _writable(self._path / FRAMES):
            self._lines.close()

    def abort(self) -> None:
        self._lines.close()
        with contextlib.suppress(OSError):
            for name in (MANIFEST, FRAMES):
                (self._path / name).unlink(missing_ok=True)
            self._path.rmdir()


class _NewZip:
    """Written beside its name, and moved there when it is complete."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._part = path.with_name(path.name + ".part")
        path.parent.mkdir(parents=True, exist_ok=True)
        self._zip = zipfile.ZipFile(self._part, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        self._lines = tempfile.TemporaryFile("w+b")  # noqa: SIM115 - closed in close() and abort()

    def put(self, name: str, data: bytes) -> None:
        _check_name(name)
        with _writable(self._part):
            self._zip.writestr(self._info(name), data)

    @staticmethod
    def _info(name: str) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name, _FIXED_DATE)
        info.compress_type = zipfile.ZIP_DEFLATED
        return info

    def line(self, document: dict[str, Any]) -> None:
        with _writable(self._part):
            self._lines.write(_line(document).encode("utf-8"))

    def close(self) -> None:
        if self._lines.closed:
            return
        with _writable(self._part), self._lines:
            self._lines.seek(0)
            with self._zip.open(self._info(FRAMES), "w", force_zip64=True) as target:
                shutil.copyfileobj(self._lines, target)
            self._zip.close()
            self._part.replace(self._path)

    def abort(self) -> None:
        if not self._lines.closed:
            self._lines.close()
            self._zip.close()
            self._part.unlink(missing_ok=True)


def _line(document: dict[str, Any]) -> str:
    return json.dumps(document, separators=(",", ":"), allow_nan=False) + "\n"
