"""The virtual camera on Linux: module and device, in the order in which one needs the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from vcam.adapters.doctor.finding import Finding, fail, ok, warn
from vcam.adapters.doctor.system import FIX, OUR_FILE, System
from vcam.adapters.v4l2 import Node, Role, capabilities
from vcam.adapters.v4l2_holders import holders
from vcam.adapters.virtual_camera import LABEL

_MODULE = "sys/module/v4l2loopback"
_SECURE_BOOT = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

_UNSTICKS = (0, 13, 2)
_TELLS = (0, 13, 0)


def check_loopback(system: System) -> Iterator[Finding]:
    """Examine all there is; what lies behind a failure is not examined."""
    if not system.exists(_MODULE):
        yield from _unloaded(system)
        return
    yield ok("Kernel module", f"v4l2loopback {_version(system) or '(version unknown)'} is loaded")
    yield from _quirks(system)
    ours = next((node for node in system.nodes if node.loopback and node.card == LABEL), None)
    if ours is None:
        others = [node.card for node in system.nodes if node.loopback]
        got = f"loopbacks called {', '.join(others)}" if others else "no loopback"
        yield fail("Virtual camera", got, f"one called {LABEL}", FIX)
        return
    yield from _device(system, ours)
    yield _at_boot(system)


def _unloaded(system: System) -> Iterator[Finding]:
    listed = system.read(f"lib/modules/{system.release}/modules.dep")
    if listed is None:
        updated = any((system.root / "lib/modules").glob("*/modules.dep"))
        yield fail(
            "Kernel module",
            f"no modules for the running kernel, {system.release}",
            "the kernel's own modules",
            "restart the computer: its kernel was updated" if updated else "use your distribution's kernel",
        )
    elif "v4l2loopback.ko" not in listed:
        yield fail("Kernel module", "v4l2loopback is not installed", "it installed", system.package)
    else:
        yield fail("Kernel module", "v4l2loopback is not loaded", "it loaded", FIX)
        yield from _secure_boot(system)


def _secure_boot(system: System) -> Iterator[Finding]:
    try:
        state = (system.root / _SECURE_BOOT).read_bytes()
    except OSError:
        return
    if state and state[-1] == 1:
        yield warn(
            "Secure Boot",
            "on: a module that is not signed will not load",
            "the module's signing key enrolled",
            "sudo mokutil --import /var/lib/dkms/mok.pub, restart, choose Enroll MOK; "
            "or turn Secure Boot off in the firmware",
        )


def _quirks(system: System) -> Iterator[Finding]:
    version = _version(system)
    numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:3])
    if numbers and numbers < _UNSTICKS:
        yield ok("Module's quirks", f"{version} sticks after each use; the app repairs that by itself")
    if numbers >= _UNSTICKS:
        yield ok("Module's quirks", f"{version} lets one program at a time read the camera")
    if numbers and numbers < _TELLS:
        yield ok("Who reads", f"{version} does not tell; the app looks at who has the device open")


def _device(system: System, node: Node) -> Iterator[Finding]:
    try:
        role = capabilities(node.path).role
    except PermissionError:
        yield fail(
            "Virtual camera", f"no permission for {node.path}", "to read and write it", _join_video(system)
        )
        return
    except OSError as error:
        yield fail("Virtual camera", f"{node.path}: {error.strerror}", "a device that opens", FIX)
        return
    if role is Role.OPEN:
        yield fail(
            "Virtual camera",
            f"{node.path} has exclusive_caps=0: Chromium, Chrome and Teams do not list it",
            "exclusive_caps=1",
            FIX,
        )
    elif role is Role.STUCK:
        yield warn("Virtual camera", f"{node.path} is stuck", "a usable one", "start the app: it repairs it")
    elif role is Role.TAKEN:
        feeding = [str(one) for one in holders(node.path, system.root / "proc").known if one.writes_only]
        yield ok("Virtual camera", f"{node.path}, fed by {', '.join(feeding) or 'a program'}")
    else:
        yield ok("Virtual camera", f"{node.path} is there and free")


def _at_boot(system: System) -> Finding:
    labels = [*system.loopback_options.get("card_label", "").split(",")]
    configured = LABEL in labels or system.exists(f"etc/modprobe.d/{OUR_FILE}")
    loading = any(
        "v4l2loopback" in (system.read(str(path.relative_to(system.root))) or "")
        for folder in ("etc/modules-load.d", "usr/lib/modules-load.d")
        for path in (system.root / folder).glob("*.conf")
    )
    if configured and loading:
        return ok("After a restart", "the device comes back by itself")
    missing = "not loaded at start" if configured else "not set up in /etc/modprobe.d"
    return warn("After a restart", f"v4l2loopback is {missing}", "the device back by itself", FIX)


def _version(system: System) -> str:
    return (
        system.read(f"{_MODULE}/version")
        or system.run(["modinfo", "-F", "version", "v4l2loopback"])
        or next((path.name.removeprefix("v4l2loopback-") for path in _sources(system)), "")
    )


def _sources(system: System) -> list[Path]:
    return sorted((system.root / "usr/src").glob("v4l2loopback-*"), reverse=True)


def _join_video(system: System) -> str:
    return f"sudo usermod -aG video {system.environ.get('USER', '$USER')}, then log out and in again"
