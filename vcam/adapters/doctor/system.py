"""The system under examination: its files, its environment, its commands."""

from __future__ import annotations

import os
import platform
import shlex
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vcam.adapters.v4l2 import Node

_PATIENCE = 5.0

FIX = "run `vcam doctor --fix`"


def run(command: Sequence[str]) -> str | None:
    """Return what a command prints, or None where it is missing, fails or takes too long."""
    if shutil.which(command[0]) is None:
        return None
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


@dataclass(frozen=True)
class System:
    """Where checks look. Tests pass a root of their own, full of made-up files.

    Attributes:
        root: of the file system.
        environ: the environment.
        run: runs a command and returns what it prints, or None.
        release: of the running kernel.
        machine: the processor's kind, as "x86_64".
    """

    root: Path = Path("/")
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    run: Callable[[Sequence[str]], str | None] = run
    release: str = field(default_factory=platform.release)
    machine: str = field(default_factory=platform.machine)

    def read(self, path: str) -> str | None:
        """Return a file's text, or None where there is none to read."""
        try:
            return (self.root / path).read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            return None

    def exists(self, path: str) -> bool:
        """Return whether there is such a file or folder."""
        return (self.root / path).exists()

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """The video devices. Linux only."""
        from vcam.adapters.v4l2 import nodes  # noqa: PLC0415 - fcntl is not everywhere

        return tuple(nodes(self.root / "sys/class/video4linux", self.root / "dev"))

    @cached_property
    def loopback_options(self) -> dict[str, str]:
        """The options that modprobe gives to v4l2loopback; later files overrule earlier ones."""
        options: dict[str, str] = {}
        found = {path.name: path for folder in _MODPROBE for path in (self.root / folder).glob("*.conf")}
        for name in sorted(found):
            if name != OUR_FILE:
                options |= _options_in(self.read(str(found[name].relative_to(self.root))) or "")
        return options

    @cached_property
    def package(self) -> str:
        """How to install the loopback module here."""
        words = (self.read("etc/os-release") or "").lower()
        kinds = dict(line.split("=", 1) for line in words.splitlines() if "=" in line)
        ids = shlex.split(f"{kinds.get('id', '')} {kinds.get('id_like', '')}")
        for family, command in _PACKAGES.items():
            if any(family in one.split() for one in ids) or family in ids:
                return command
        return "install your distribution's package of v4l2loopback (its kernel module)"


OUR_FILE = "zz-virtual-cam.conf"
"""Read last, because it repeats what other files say and adds ours."""

_MODPROBE = ("usr/lib/modprobe.d", "lib/modprobe.d", "run/modprobe.d", "etc/modprobe.d")

_PACKAGES = {
    "debian": "sudo apt install v4l2loopback-dkms linux-headers-$(uname -r)",
    "fedora": "sudo dnf install akmod-v4l2loopback (from RPM Fusion)",
    "arch": "sudo pacman -S v4l2loopback-dkms linux-headers",
    "suse": "sudo zypper install v4l2loopback-kmp-default",
}


def _options_in(text: str) -> dict[str, str]:
    options: dict[str, str] = {}
    for line in text.splitlines():
        words = line.split("#", 1)[0].strip()
        if not words.startswith("options v4l2loopback "):
            continue
        try:
            pairs = shlex.split(words)[2:]
        except ValueError:  # a quote without its partner: modprobe stumbles there, too
            continue
        options |= dict(pair.split("=", 1) for pair in pairs if "=" in pair)
    return options
