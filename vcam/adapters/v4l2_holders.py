"""Who has a device open, as /proc tells. Linux only."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that has the device open.

    Attributes:
        pid: of the process.
        command: its short name.
        writes_only: it opened the device for writing alone, as only producers do.
        mapped: it has the device's buffers in its memory: it streams.
    """

    pid: int
    command: str
    writes_only: bool
    mapped: bool

    def __str__(self) -> str:
        return f"{self.command} (process {self.pid})"


@dataclass(frozen=True, slots=True)
class Holders:
    """Everybody else who has a device open.

    Attributes:
        known: the processes that we could look into.
        hidden: how many processes we could not look into (another user's).
    """

    known: tuple[Holder, ...] = ()
    hidden: int = 0


def holders(device: Path, proc: Path = PROC) -> Holders:
    """Look through every process but our own. Some 10 ms of CPU on a desktop: not for every frame."""
    known, hidden, ourselves = [], 0, os.getpid()
    for entry in os.scandir(proc):
        if not entry.name.isdigit() or int(entry.name) == ourselves:
            continue
        try:
            found = holder(int(entry.name), device, proc)
        except PermissionError:
            hidden += 1
        else:
            known += [found] if found else []
    return Holders(tuple(known), hidden)


def holder(pid: int, device: Path, proc: Path = PROC) -> Holder | None:
    """Return how this process holds the device, or None where it doesn't. Raises PermissionError."""
    folder = proc / str(pid)
    try:
        descriptors = _descriptors(folder, str(device))
        if not descriptors:
            return None
        return Holder(
            pid,
            (folder / "comm").read_text(encoding="utf-8", errors="replace").strip(),
            writes_only=all(_writes_only(folder, descriptor) for descriptor in descriptors),
            mapped=_maps(folder, device),
        )
    except PermissionError:
        raise
    except OSError:  # it ended while we looked
        return None


def _descriptors(folder: Path, device: str) -> list[str]:
    found = []
    within = f"{folder}/fd"
    for name in os.listdir(within):  # noqa: PTH208 - every process on the system: a Path each would be the cost
        try:
            if os.readlink(f"{within}/{name}") == device:  # noqa: PTH115
                found.append(name)
        except FileNotFoundError:
            continue
    return found


def _writes_only(folder: Path, descriptor: str) -> bool:
    for line in (folder / "fdinfo" / descriptor).read_text(encoding="ascii").splitlines():
        if line.startswith("flags:"):
            return int(line.split()[1], 8) & os.O_ACCMODE == os.O_WRONLY
    return False


def _maps(folder: Path, device: Path) -> bool:
    return any(
        line.endswith(f" {device}") for line in (folder / "maps").read_text(errors="replace").splitlines()
    )
