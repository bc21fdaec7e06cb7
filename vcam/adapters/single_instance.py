"""One app at a time, and a way for other processes to talk to it.

A lock says who is the one; beside it a socket takes one line of JSON, {"do": "show"}, and answers with one.
Both lie in the user's own runtime folder, which nobody else may write. Where there are no Unix sockets
(Windows; not run) the socket is one on the loopback address, whose port and password lie in that folder.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
import socket
import stat
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, Final

import platformdirs

from vcam.core import threads
from vcam.core.errors import Problem, SinkError

log = logging.getLogger(__name__)

Handler = Callable[[Mapping[str, Any]], Mapping[str, Any]]

MAX_LINE: Final = 64 * 1024
_PATIENCE: Final = 2.0
_HAS_UNIX: Final = hasattr(socket, "AF_UNIX") and sys.platform != "win32"


class SingleInstance:
    """Holds the lock and answers requests on its own thread, until close().

    Where the runtime folder cannot be used the app runs all the same, and says so in the log: it cannot be
    raised by a second launch then.

    Args:
        handler: answers a request; called on the thread "remote", one request at a time.
        folder: of lock and socket; the user's runtime folder, if None.

    Raises:
        SinkError: VIRTUAL_CAMERA_BUSY, another instance runs.
    """

    def __init__(self, handler: Handler, folder: Path | None = None) -> None:
        self._handler = handler
        self._folder = folder or runtime_folder()
        self._closing = False
        self._lock: IO[bytes] | None = None
        self._server: socket.socket | None = None
        self._password = ""
        try:
            _make_private(self._folder)
            self._lock = _take_lock(self._folder / "lock")
            self._server, self._password = _listen(self._folder)
        except OSError as error:
            log.warning("other launches cannot reach this one: %s", error)
        if self._server is not None:
            self._thread = threading.Thread(
                target=self._serve, args=(self._server,), name="remote", daemon=True
            )
            try:
                threads.start(self._thread)
            except RuntimeError as error:
                log.warning("other launches cannot reach this one: %s", error)
                self._server.close()
                self._server = None

    def __enter__(self) -> SingleInstance:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Answer no more, and let another instance come."""
        if self._closing:
            return
        self._closing = True
        if self._server is not None:
            # accept() is only woken for sure by somebody who comes.
            with contextlib.suppress(OSError):
                _connect(self._folder, _PATIENCE)[0].close()
            self._thread.join(_PATIENCE)
            self._server.close()
            with contextlib.suppress(OSError):
                (self._folder / "socket").unlink()
        if self._lock is not None:
            self._lock.close()

    def _serve(self, server: socket.socket) -> None:
        while not self._closing:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                connection.settimeout(_PATIENCE)
                if not self._closing:
                    connection.sendall(_line(self._answer(_read_line(connection))))

    def _answer(self, line: bytes) -> Mapping[str, Any]:
        try:
            request = json.loads(line)
        except (ValueError, RecursionError):
            return {"error": 'got no JSON != wanted one line like {"do": "show"}'}
        if not isinstance(request, dict):
            return {"error": 'got no object != wanted one line like {"do": "show"}'}
        if not secrets.compare_digest(str(request.pop("password", "")).encode(), self._password.encode()):
            return {"error": "got a wrong password"}
        try:
            return self._handler(request)
        except Exception:
            log.exception("answering %s failed", request.get("do"))
            return {"error": "something went wrong; the log has it"}


def ask(
    request: Mapping[str, Any], folder: Path | None = None, timeout: float = _PATIENCE
) -> dict[str, Any] | None:
    """Ask the running app; return its answer, {"error": …} where it is stuck, None where none runs."""
    try:
        connection, password = _connect(folder or runtime_folder(), timeout)
    except (OSError, ValueError):
        return None
    with connection:
        try:
            connection.sendall(_line({**request, **({"password": password} if password else {})}))
            answer = json.loads(_read_line(connection))
        except (OSError, ValueError, RecursionError):
            return {"error": "the running app does not answer; end it and start it anew"}
    return answer if isinstance(answer, dict) else {"error": "the running app does not answer as it should"}


def runtime_folder() -> Path:
    """Return where lock and socket lie; the same from a desktop, a terminal and over ssh."""
    base = os.environ.get("XDG_RUNTIME_DIR")
    if not base and hasattr(os, "getuid"):
        base = f"/run/user/{os.getuid()}"
    if base and os.access(base, os.W_OK):
        return Path(base) / "virtual-cam"
    return platformdirs.user_state_path("virtual-cam", appauthor=False) / "run"


def _make_private(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not _HAS_UNIX:
        return
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o022:
        raise PermissionError(f"{folder} can be written by others")


def _take_lock(path: Path) -> IO[bytes]:
    """Hold a lock for as long as the returned file is open; the system drops it when we die."""
    file = path.open("ab")
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - Windows only

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - Unix only

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError) as error:
        file.close()
        raise SinkError(
            Problem.VIRTUAL_CAMERA_BUSY,
            "Virtual Cam is running already; use its tray icon, or `vcam ctl quit`",
        ) from error
    return file


def _listen(folder: Path) -> tuple[socket.socket, str]:
    """Return a listening socket and its password. We hold the lock, so what lies there already is stale."""
    path = folder / "socket"
    path.unlink(missing_ok=True)
    server = socket.socket(socket.AF_UNIX if _HAS_UNIX else socket.AF_INET)
    password = ""
    try:
        if _HAS_UNIX:
            server.bind(str(path))
        else:
            server.bind(("127.0.0.1", 0))
            password = secrets.token_hex()
            path.write_text(f"{server.getsockname()[1]} {password}", encoding="ascii")
        server.listen(4)
    except OSError:
        server.close()
        raise
    return server, password


def _connect(folder: Path, timeout: float) -> tuple[socket.socket, str]:
    path = folder / "socket"
    connection = socket.socket(socket.AF_UNIX if _HAS_UNIX else socket.AF_INET)
    connection.settimeout(timeout)
    try:
        if _HAS_UNIX:
            connection.connect(str(path))
            return connection, ""
        port, password = path.read_text(encoding="ascii").split()
        connection.connect(("127.0.0.1", int(port)))
    except (OSError, ValueError):
        connection.close()
        raise
    return connection, password


def _read_line(connection: socket.socket) -> bytes:
    data = b""
    while not data.endswith(b"\n") and len(data) <= MAX_LINE:
        chunk = connection.recv(4096)
        if not chunk:
            break
        data += chunk
    return data


def _line(message: Mapping[str, Any]) -> bytes:
    return json.dumps(message).encode("ascii") + b"\n"
