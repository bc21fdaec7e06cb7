"""The real camera on Linux."""

from __future__ import annotations

from collections.abc import Iterator

from vcam.adapters.doctor.finding import Finding, fail, ok, warn
from vcam.adapters.doctor.system import System
from vcam.adapters.v4l2 import Node, capabilities
from vcam.adapters.v4l2_holders import holders


def check_cameras(system: System) -> Iterator[Finding]:
    """Examine every video device that is no loopback."""
    found = denied = 0
    for node in system.nodes:
        if node.loopback:
            continue
        try:
            if not capabilities(node.path).capture:
                continue  # the second node of most webcams: it carries facts about pictures, not pictures
        except PermissionError:
            denied += 1
            continue
        except OSError as error:
            yield warn(
                "Camera", f"{node.card}: {error.strerror}", "one that answers", "unplug it, and plug it in"
            )
            continue
        found += 1
        yield _used(system, node)
    if denied:
        user = system.environ.get("USER", "$USER")
        yield fail(
            "Camera",
            f"no permission for {denied} of the video devices",
            "to read them",
            f"sudo usermod -aG video {user}, then log out and in again",
        )
    elif not found:
        yield fail(
            "Camera",
            "none",
            "one",
            "plug one in, or switch it on; some laptops have a slider or a key for it",
        )


def _used(system: System, node: Node) -> Finding:
    users = [one for one in holders(node.path, system.root / "proc").known if one.mapped]
    if users:
        by = ", ".join(str(one) for one in users)
        return warn(
            "Camera", f"{node.card} ({node.path}) is used by {by}", "a free camera", "close that program"
        )
    return ok("Camera", f"{node.card} ({node.path})")
