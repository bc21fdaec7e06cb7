"""The loopback behind the virtual camera: found, repaired if need be, and left usable. Linux only."""

from __future__ import annotations

import errno
import logging
from dataclasses import dataclass
from pathlib import Path

from vcam.adapters import v4l2
from vcam.adapters.v4l2 import Node, Role
from vcam.adapters.v4l2_holders import PROC, Holder, holders
from vcam.core.errors import Problem, SinkError
from vcam.core.frame import Size

_I420 = "YU12"  # what Video4Linux calls it

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Loopback:
    """One loopback that may be written to.

    Attributes:
        path: of the device node.
        identity: the node's own device number and inode, as long as it is the same one.
        size: that readers of a former producer hold it to; None where it is free.
    """

    path: Path
    identity: tuple[int, int]
    size: Size | None = None

    @classmethod
    def claim(
        cls, card: str, *, sysfs: Path = v4l2.SYSFS, dev: Path = v4l2.DEV, proc: Path = PROC
    ) -> Loopback:
        """Find the loopback with this card name, and make sure that it takes a producer.

        Raises:
            SinkError: NO_VIRTUAL_CAMERA, VIRTUAL_CAMERA_DENIED, VIRTUAL_CAMERA_BUSY or VIRTUAL_CAMERA_STUCK.
        """
        node = v4l2.find_loopback(card, sysfs, dev)
        if node is None:
            raise SinkError(Problem.NO_VIRTUAL_CAMERA, _absent(card, v4l2.nodes(sysfs, dev)))
        try:
            _free(node, proc)
            return cls(node.path, _identity(node.path), _held_size(node, sysfs))
        except OSError as error:
            raise SinkError(_problem(error), f"cannot open {node.path} ({card}): {error.strerror}") from error

    @property
    def backends(self) -> tuple[tuple[str, str], ...]:
        """The backend's name in pyvirtualcam, and the device."""
        return (("v4l2loopback", str(self.path)),)

    def alive(self) -> bool:
        """Return whether it is still the same device."""
        try:
            return _identity(self.path) == self.identity
        except OSError:
            return False

    def release(self) -> None:
        """Mend what closing leaves behind in old modules, so that the next program can open it."""
        try:
            if v4l2.capabilities(self.path).role is Role.STUCK:
                v4l2.repair(self.path)
        except OSError as error:
            _log.info("could not look after %s: %s", self.path, error)


def _free(node: Node, proc: Path) -> None:
    """Return when the device takes a producer. Raises SinkError or OSError."""
    role = v4l2.capabilities(node.path).role
    others = holders(node.path, proc).known
    producer = next((other for other in others if other.writes_only), None)
    if producer is None and (role is Role.STUCK or (role is Role.TAKEN and _abandoned(others))):
        v4l2.repair(node.path)
        role = v4l2.capabilities(node.path).role
        if role is Role.STUCK:
            raise SinkError(
                Problem.VIRTUAL_CAMERA_STUCK,
                f"{node.path} ({node.card}) takes no pictures; reload its module",
            )
    if role is Role.TAKEN or producer is not None:
        who = str(producer or next(iter(others), "another program"))
        raise SinkError(Problem.VIRTUAL_CAMERA_BUSY, f"{node.path} ({node.card}) is fed by {who}")


def _held_size(node: Node, sysfs: Path) -> Size | None:
    held = v4l2.held_format(node.path, sysfs)
    if held is None:
        return None
    fourcc, size = held
    if fourcc != _I420:
        raise SinkError(
            Problem.VIRTUAL_CAMERA_BUSY,
            f"{node.path} ({node.card}) is still read as {fourcc} {size} != wanted {_I420}",
        )
    return size


def _abandoned(others: tuple[Holder, ...]) -> bool:
    """Return whether those that hold a taken device are readers alone, whose producer died."""
    return bool(others) and all(other.mapped for other in others)


def _absent(card: str, nodes: list[Node]) -> str:
    cards = [node.card for node in nodes if node.loopback]
    got = f"loopbacks called {', '.join(cards)}" if cards else "no loopback at all"
    return f"got {got} != wanted one called {card}"


def _problem(error: OSError) -> Problem:
    return {
        errno.EACCES: Problem.VIRTUAL_CAMERA_DENIED,
        errno.EPERM: Problem.VIRTUAL_CAMERA_DENIED,
        errno.EBUSY: Problem.VIRTUAL_CAMERA_BUSY,
    }.get(error.errno or 0, Problem.NO_VIRTUAL_CAMERA)


def _identity(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_rdev, status.st_ino
