"""The devices inside the test kernel, and what can befall them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

VIVID = Path("/dev/video0")
OURS = Path("/dev/video10")
OTHERS = Path("/dev/video11")
CLIP = Path("/dev/video12")

_DRIVER = Path("/sys/bus/platform/drivers/vivid")
_LOAD = Path(__file__).parents[1] / "load-loopbacks"


def unplug() -> None:
    """Pull vivid out of its bus."""
    (_DRIVER / "unbind").write_text("vivid.0")


def replug() -> None:
    """Put vivid back."""
    (_DRIVER / "bind").write_text("vivid.0")


def control(name: str, value: int = 1) -> None:
    """Set one of vivid's controls: disconnect, inject_fatal_streaming_error, …"""
    subprocess.run(
        ["v4l2-ctl", "-d", VIVID, "-c", f"{name}={value}"], check=True, capture_output=True, timeout=20
    )


def unload_loopbacks() -> bool:
    """Remove the loopback module; False where somebody holds one of its devices."""
    return subprocess.run(["rmmod", "v4l2loopback"], capture_output=True, check=False).returncode == 0


def load_loopbacks(label: str = "Virtual Cam") -> None:
    """Load the loopback module, the first device under this label."""
    subprocess.run([_LOAD, label], check=True)


def module() -> str:
    """Return the loopback module's version."""
    return Path(os.environ["VCAM_LOOPBACK"]).stem.removeprefix("v4l2loopback-")


def sleep_and_wake() -> None:
    """Suspend the machine up to freezing every task, and wake it five seconds later."""
    Path("/sys/power/pm_test").write_text("freezer")
    Path("/sys/power/state").write_text("freeze")
