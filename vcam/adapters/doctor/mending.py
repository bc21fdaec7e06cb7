"""Makes the device "Virtual Cam" appear, now and after each restart, by one script that is shown before.

Other programs' loopbacks stay: ours is added beside them where the module can do that (0.13 and later); else
the module is loaded anew with their options repeated, which the kernel refuses while one of them is in use.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vcam.adapters.doctor.system import OUR_FILE, System
from vcam.adapters.virtual_camera import LABEL

if TYPE_CHECKING:
    from vcam.adapters.v4l2 import Node

HEADER = "# Written by `vcam doctor --fix` of Virtual Cam; `vcam doctor --undo` removes it."

OPTIONS_FILE = f"/etc/modprobe.d/{OUR_FILE}"
LOAD_FILE = "/etc/modules-load.d/virtual-cam.conf"
RULES_FILE = "/etc/udev/rules.d/70-virtual-cam.rules"

_PATIENCE = 600.0
_RULE = f'SUBSYSTEM=="video4linux", ATTR{{name}}=="{LABEL}", GROUP="video", MODE="0660", TAG+="uaccess"'
_RELOAD = ("modprobe -r v4l2loopback", "modprobe v4l2loopback")
_ADD = f"v4l2loopback-ctl add -x 1 -n {shlex.quote(LABEL)} >/dev/null 2>&1 || {{ {'; '.join(_RELOAD)}; }}"
_APPEARED = f"grep -qx {shlex.quote(LABEL)} /sys/class/video4linux/*/name"


@dataclass(frozen=True, slots=True)
class Mending:
    """What would be changed, in full.

    Attributes:
        files: path → content of each file to write.
        commands: shell lines to run after that.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    commands: tuple[str, ...] = ()

    def script(self) -> str:
        """Return the shell script that does all of it; this is what runs as root, and what to show before."""
        lines = ["set -e"]
        for path, content in self.files.items():
            lines.append(f"mkdir -p {shlex.quote(os.path.dirname(path))}")  # noqa: PTH120 - not a path of ours
            lines.append(f"cat > {shlex.quote(path)} <<'END'\n{content.rstrip()}\nEND")
        return "\n".join([*lines, *self.commands]) + "\n"

    def apply(self, elevate: Sequence[str] | None = None) -> str:
        """Run the script as root; return "" when all went well, else what was said.

        Args:
            elevate: the command that makes us root; found out if None.
        """
        prefix = elevation() if elevate is None else list(elevate)
        if prefix is None:
            return "neither pkexec nor sudo is installed: run the script above as root"
        try:
            done = subprocess.run(
                [*prefix, "sh", "-c", self.script()],
                capture_output=True,
                text=True,
                errors="replace",
                timeout=_PATIENCE,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
        if done.returncode == 0:
            return ""
        return done.stderr.strip() or done.stdout.strip() or f"it ended with exit code {done.returncode}"


def elevation(
    environ: Mapping[str, str] = os.environ, which: Callable[[str], str | None] = shutil.which
) -> list[str] | None:
    """Return the command that makes us root: none for root, pkexec on a desktop, else sudo; None without."""
    if os.geteuid() == 0:
        return []
    desktop = environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")
    if desktop and which("pkexec"):
        return ["pkexec"]
    return ["sudo"] if which("sudo") else None


def plan_fix(system: System | None = None) -> Mending | None:
    """Return what would make the device appear and stay; None where all is well or nothing would help."""
    system = system or System()
    commands = list(_install(system))
    if not commands and not _installed(system):
        return None  # the examination says what to install
    files = {}
    options = f"{HEADER}\noptions v4l2loopback {merged_options(_others(system))}"
    if system.read(OPTIONS_FILE[1:]) != options and not _configured(system):
        files[OPTIONS_FILE] = options
    loading = f"{HEADER}\nv4l2loopback"
    if system.read(LOAD_FILE[1:]) != loading:
        files[LOAD_FILE] = loading
    commands += _load(system)
    if _denied(system):
        files[RULES_FILE] = f"{HEADER}\n{_RULE}"
        commands += ["udevadm control --reload", "udevadm trigger --subsystem-match=video4linux"]
    return Mending(files, tuple(commands)) if files or commands else None


def plan_undo(system: System | None = None) -> Mending | None:
    """Return what takes our files back, or None without any; a loaded module stays until a restart."""
    system = system or System()
    ours = [
        path
        for path in (OPTIONS_FILE, LOAD_FILE, RULES_FILE)
        if (system.read(path[1:]) or "").startswith(HEADER)
    ]
    return Mending(commands=(f"rm -f {shlex.join(ours)}",)) if ours else None


def merged_options(others: Mapping[str, str]) -> str:
    """Return the module's options for all devices that others have asked for, and ours after them."""
    labels = _listed(others, "card_label")
    numbers = _listed(others, "video_nr")
    exclusive = _listed(others, "exclusive_caps")
    count = max(
        int(others["devices"]) if others.get("devices", "").isdigit() else 0, len(labels), len(numbers)
    )
    if LABEL in labels:
        count = labels.index(
            LABEL
        )  # it was asked for, but not as it must be: ours takes its place, as the last
    labels = (labels + [f"Loopback {index}" for index in range(len(labels), count)])[:count]
    numbers = (numbers + ["-1"] * count)[:count]
    exclusive = (exclusive + ["0"] * count)[:count]
    ours = {
        "devices": str(count + 1),
        "video_nr": ",".join([*numbers, "-1"]),
        "card_label": f'"{",".join([*labels, LABEL])}"',
        "exclusive_caps": ",".join([*exclusive, "1"]),
    }
    rest = {name: value for name, value in others.items() if name not in ours}
    return " ".join(f"{name}={value}" for name, value in (rest | ours).items())


def _install(system: System) -> list[str]:
    hopeless = not system.exists(f"lib/modules/{system.release}/modules.dep")
    if _installed(system) or hopeless or not system.package.startswith("sudo apt install"):
        return []
    return ["apt-get install -y v4l2loopback-dkms v4l2loopback-utils linux-headers-$(uname -r)"]


def _installed(system: System) -> bool:
    listed = system.read(f"lib/modules/{system.release}/modules.dep") or ""
    return system.exists("sys/module/v4l2loopback") or "v4l2loopback.ko" in listed


def _load(system: System) -> list[str]:
    if not system.exists("sys/module/v4l2loopback"):
        return ["modprobe v4l2loopback", _APPEARED]
    loopbacks = [node for node in system.nodes if node.loopback]
    ours = next((node for node in loopbacks if node.card == LABEL), None)
    if ours is not None and not _unusable(ours):
        return []
    beside_others = ours is None and bool(loopbacks)
    return [_ADD, _APPEARED] if beside_others else [*_RELOAD, _APPEARED]


def _others(system: System) -> dict[str, str]:
    """Return the options of the other loopbacks, also of those that were loaded by hand."""
    options = system.loopback_options
    live = [node for node in system.nodes if node.loopback and node.card != LABEL]
    if all(node.card in _listed(options, "card_label") for node in live):
        return options
    return options | {
        "devices": str(len(live)),
        "card_label": ",".join(node.card for node in live),
        "video_nr": ",".join(node.path.name.removeprefix("video") for node in live),
        "exclusive_caps": ",".join("0" if _unusable(node) else "1" for node in live),
    }


def _configured(system: System) -> bool:
    """Return whether somebody else's files ask for our device already, as it must be."""
    labels = _listed(system.loopback_options, "card_label")
    exclusive = _listed(system.loopback_options, "exclusive_caps")
    return LABEL in labels and exclusive[labels.index(LABEL) :][:1] in (["1"], ["Y"], ["y"])


def _unusable(node: Node) -> bool:
    from vcam.adapters.v4l2 import Role, capabilities  # noqa: PLC0415 - fcntl is not everywhere

    try:
        return capabilities(node.path).role is Role.OPEN
    except OSError:
        return False


def _denied(system: System) -> bool:
    ours = next((node for node in system.nodes if node.loopback and node.card == LABEL), None)
    return ours is not None and not os.access(ours.path, os.R_OK | os.W_OK)


def _listed(options: Mapping[str, str], name: str) -> list[str]:
    value = options.get(name, "")
    return value.split(",") if value else []
