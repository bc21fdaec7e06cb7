"""Video4Linux devices: which there are, what they can do now, and the repair of a stuck loopback. Linux only.

A loopback is found by its card name and by nothing else: numbers change, and every other loopback belongs to
another program. The ioctls are those of linux/videodev2.h.
"""

from __future__ import annotations

import fcntl
import logging
import os
import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from vcam.core.frame import Size

SYSFS = Path("/sys/class/video4linux")
DEV = Path("/dev")

DRIVER = "v4l2 loopback"

_VIDIOC_QUERYCAP = 0x80685600
_VIDIOC_STREAMON = 0x40045612
_QUERYCAP = struct.Struct("=16s32s32s3I12x")  # driver, card, bus, version, capabilities, device_caps
_OUTPUT = struct.Struct("=i").pack(2)  # V4L2_BUF_TYPE_VIDEO_OUTPUT

_CAP_CAPTURE = 0x1
_CAP_OUTPUT = 0x2
_CAP_DEVICE_CAPS = 0x80000000

_log = logging.getLogger(__name__)


class Role(StrEnum):
    """What a loopback with exclusive_caps=1 offers just now."""

    FREE = "free"
    """A producer may open it (and programs that look for cameras don't see it)."""
    TAKEN = "taken"
    """A producer feeds it, so that it shows as a camera; or readers hold on to one whose producer died."""
    OPEN = "open"
    """Both: exclusive_caps=0, or a producer is there and another is still let in."""
    STUCK = "stuck"
    """Neither: v4l2loopback before 0.13.2 after its producer has gone."""


@dataclass(frozen=True, slots=True)
class Node:
    """One /dev/videoN.

    Attributes:
        path: of the device node.
        card: the name that programs show for it.
        loopback: made by v4l2loopback.
    """

    path: Path
    card: str
    loopback: bool


@dataclass(frozen=True, slots=True)
class Capabilities:
    """The answer to VIDIOC_QUERYCAP.

    Attributes:
        driver: "v4l2 loopback", "uvcvideo", …
        card: the name that programs show for it.
        capture: frames can be read.
        output: frames can be written.
    """

    driver: str
    card: str
    capture: bool
    output: bool

    @property
    def role(self) -> Role:
        """What a loopback offers just now."""
        roles = {
            (False, True): Role.FREE,
            (True, False): Role.TAKEN,
            (True, True): Role.OPEN,
            (False, False): Role.STUCK,
        }
        return roles[self.capture, self.output]


def nodes(sysfs: Path = SYSFS, dev: Path = DEV) -> list[Node]:
    """Return every video device, in the order of their numbers, without opening one."""
    found = []
    for entry in sorted(sysfs.glob("video*"), key=_number):
        try:
            card = (entry / "name").read_text(encoding="utf-8", errors="replace").strip()
        except OSError:  # it went away while we looked
            continue
        found.append(Node(dev / entry.name, card, loopback=(entry / "max_openers").exists()))
    return found


def find_loopback(card: str, sysfs: Path = SYSFS, dev: Path = DEV) -> Node | None:
    """Return the loopback with this card name, or None; never one of another name."""
    return next((node for node in nodes(sysfs, dev) if node.loopback and node.card == card), None)


def held_format(path: Path, sysfs: Path = SYSFS) -> tuple[str, Size] | None:
    """Return the FourCC and size that a loopback is held to by whoever has it open; None while it is free."""
    try:
        text = (sysfs / path.name / "format").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    found = re.match(r"(.{4}):(\d+)x(\d+)@", text)
    return (found[1], Size(int(found[2]), int(found[3]))) if found else None


@contextmanager
def opened(path: Path, flags: int = os.O_RDWR) -> Iterator[int]:
    """Yield a non-blocking descriptor of the device. Raises OSError."""
    descriptor = os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def capabilities(path: Path) -> Capabilities:
    """Ask the device what it is and can do now. Raises OSError."""
    answer = bytearray(_QUERYCAP.size)
    with opened(path) as descriptor:
        fcntl.ioctl(descriptor, _VIDIOC_QUERYCAP, answer)
    return parse_capabilities(bytes(answer))


def parse_capabilities(answer: bytes) -> Capabilities:
    """Read a struct v4l2_capability."""
    driver, card, _, _, of_all, of_node = _QUERYCAP.unpack(answer)
    bits = of_node if of_all & _CAP_DEVICE_CAPS else of_all
    return Capabilities(_text(driver), _text(card), bool(bits & _CAP_CAPTURE), bool(bits & _CAP_OUTPUT))


def repair(path: Path) -> None:
    """Make a loopback that lost its producer take a new one. Raises OSError where it cannot be opened.

    v4l2loopback 0.12 forgets to become an output again when a producer that used write() goes. Asking for
    VIDIOC_STREAMON on the output side marks our descriptor as the producer, and closing that gives the output
    back; that the call itself may fail (there are no buffers) does not matter.
    """
    with opened(path) as descriptor:
        try:
            fcntl.ioctl(descriptor, _VIDIOC_STREAMON, _OUTPUT)
        except OSError as error:
            _log.debug("STREAMON on %s said: %s", path, error)
    _log.info("made %s take a producer again", path)


def _number(entry: Path) -> int:
    digits = entry.name.removeprefix("video")
    return int(digits) if digits.isdigit() else -1


def _text(field: bytes) -> str:
    return field.split(b"\0", 1)[0].decode("utf-8", "replace")
