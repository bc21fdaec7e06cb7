"""A support bundle: all that a report needs, and nothing that tells who sent it. No pictures, ever."""

from __future__ import annotations

import getpass
import json
import platform
import re
import zipfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from vcam import __version__
from vcam.adapters.doctor.finding import Finding
from vcam.adapters.doctor.system import System

_LONGEST = 400_000
_MODULES = ("v4l2loopback", "uvcvideo", "videodev", "vivid", "intel_ipu6")


def write_bundle(
    path: Path, findings: Sequence[Finding], texts: Sequence[Path], system: System | None = None
) -> None:
    """Write the bundle as a ZIP file.

    Args:
        path: of the file; an older one is replaced.
        findings: of the examination.
        texts: logs and settings to put in, where they exist; the end of each, if it is long.
        system: where to look; this computer if None.

    Raises:
        OSError: it cannot be written.
    """
    system = system or System()
    mask = Mask(system)
    facts = {
        "version": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {system.release} {system.machine}",
        "desktop": system.environ.get("XDG_CURRENT_DESKTOP", ""),
        "session": system.environ.get("XDG_SESSION_TYPE", ""),
        "distribution": system.read("etc/os-release") or "",
        "modules": [
            line for line in (system.read("proc/modules") or "").splitlines() if line.split()[0] in _MODULES
        ],
        "loopback options": system.loopback_options,
        "findings": [asdict(finding) for finding in findings],
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("facts.json", mask(json.dumps(facts, indent=2, ensure_ascii=False)))
        for text in texts:
            try:
                content = text.read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
            bundle.writestr(text.name, mask(content[-_LONGEST:]))


class Mask:
    """Takes out what tells who and where: home paths, the person's and the computer's name."""

    def __init__(self, system: System, home: Path | None = None, user: str = "", host: str = "") -> None:
        home = home or Path.home()
        user = user or _user()
        host = host or platform.node()
        self._rules: list[tuple[re.Pattern[str], str]] = [
            (re.compile(re.escape(str(home)) + r"(?![\w.-])"), "~"),
            (re.compile(r"/(home|Users|run/user|media)/[^/\s\"']+"), r"/\1/…"),
        ]
        names = (
            (user, "USER"),
            (host, "HOST"),
            (host.split(".")[0], "HOST"),
            (system.environ.get("USER", ""), "USER"),
        )
        for name, instead in names:
            if len(name) > 1 and name != "root":
                self._rules.append((re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE), instead))

    def __call__(self, text: str) -> str:
        """Return the text without them."""
        for pattern, instead in self._rules:
            text = pattern.sub(instead, text)
        return text


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # no name for this number, no pwd module
        return ""
