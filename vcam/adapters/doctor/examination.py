"""All checks, in the order in which a person would mend things."""

from __future__ import annotations

import platform
from pathlib import Path

from vcam.adapters.doctor.app_checks import check_libraries, check_models, check_processor
from vcam.adapters.doctor.finding import Finding, ok
from vcam.adapters.doctor.system import System


def examine(models: Path, system: System | None = None) -> list[Finding]:
    """Return what was found; changes nothing, opens no camera for pictures, takes well under a second.

    Args:
        models: the folder with networks and cards.
        system: where to look; this computer if None.
    """
    system = system or System()
    findings: list[Finding] = []
    if platform.system() == "Linux":
        from vcam.adapters.doctor.camera_checks import check_cameras  # noqa: PLC0415 - fcntl
        from vcam.adapters.doctor.desktop_checks import check_desktop  # noqa: PLC0415
        from vcam.adapters.doctor.loopback_checks import check_loopback  # noqa: PLC0415 - fcntl

        findings += check_cameras(system)
        findings += check_loopback(system)
        findings += check_desktop(system)
    else:
        findings.append(ok("System", f"{platform.system()}: cameras and drivers are not examined here"))
    findings += check_models(models)
    findings += check_libraries()
    findings += check_processor(system)
    return findings
