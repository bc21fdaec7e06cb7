"""Reading and writing files that others may have made, moved or be writing at the same time."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import tempfile
from pathlib import Path


def read_regular(path: Path, limit: int) -> bytes:
    """Return the content of a regular file of at most limit bytes. Raises OSError, in words.

    A named pipe or a device is refused without waiting for it.
    """
    data = read_start(path, limit + 1)
    if len(data) > limit:
        raise OSError(errno.EFBIG, f"got more than {limit // 1024} KiB != wanted at most that")
    return data


def read_start(path: Path, count: int) -> bytes:
    """Return the first count bytes of a regular file, or all of it. Raises OSError, in words."""
    # Non-blocking, or a named pipe would be waited for; the descriptor is asked, so nothing can be swapped.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except ValueError as error:
        raise OSError(errno.EINVAL, f"got a path with {error}") from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "got a folder, pipe or device != wanted a regular file")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(min(count, status.st_size + 1))  # memory for so many is taken beforehand
    finally:
        os.close(descriptor)


def write_atomically(path: Path, data: bytes) -> None:
    """Replace a file as a whole, or leave it as it was. Raises OSError.

    The new content is on the disk before the old one goes, so that a full disk or a power cut loses nothing.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
