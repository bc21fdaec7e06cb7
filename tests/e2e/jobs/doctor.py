"""`vcam doctor` on a computer where things are missing: it says what, mends it, and takes it back."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import zipfile
from pathlib import Path

from tests.e2e.lab import devices
from tests.e2e.lab.table import Table
from vcam.adapters import v4l2

_HOME = Path(os.environ["HOME"])
_FILES = (Path("/etc/modprobe.d/zz-virtual-cam.conf"), Path("/etc/modules-load.d/virtual-cam.conf"))


def main() -> int:
    table = Table()
    _writable_system()
    for step in (healthy, missing, mended, beside_others, wrongly_made, bundled, undone):
        with table.trying(step.__name__):
            step(table)
    return 1 if table.failed else 0


def healthy(table: Table) -> None:
    got = said_of("Virtual camera")
    table.add(
        "Camera and device are there",
        f"Virtual camera: {got['level']}, {got['got']}",
        ok=got["level"] == "ok",
    )


def missing(table: Table) -> None:
    devices.unload_loopbacks()
    got = said_of("Kernel module")
    table.add(
        "The module is not loaded",
        f"{got['level']}: {got['got']}; do: {got['fix']}",
        ok=got["level"] == "fail" and "--fix" in got["fix"],
    )


def mended(table: Table) -> None:
    done = _doctor("--fix", "--yes")
    there = v4l2.find_loopback("Virtual Cam")
    got = said_of("After a restart")
    table.add(
        "vcam doctor --fix",
        f"exit code {done.returncode}, the device is {there.path if there else 'NOT there'}; {got['got']}",
        ok=there is not None and got["level"] == "ok",
    )
    again = _doctor("--fix", "--yes").stdout.splitlines()[0]
    table.add("The same once more", again, ok="nothing" in again)


def beside_others(table: Table) -> None:
    devices.unload_loopbacks()
    _doctor("--undo", "--yes")
    devices.load_loopbacks("Somebody Else's")
    before = {node.card: node.path for node in v4l2.nodes() if node.loopback}
    done = _doctor("--fix", "--yes")
    after = {node.card: node.path for node in v4l2.nodes() if node.loopback}
    table.add(
        "Other programs have loopbacks; vcam doctor --fix",
        f"exit code {done.returncode}, there are {', '.join(after)} {done.stderr.strip()}",
        ok="Virtual Cam" in after and before.items() <= after.items(),
    )


def wrongly_made(table: Table) -> None:
    devices.unload_loopbacks()
    _doctor("--undo", "--yes")
    subprocess.run(["modprobe", "v4l2loopback", "card_label=Virtual Cam", "exclusive_caps=0"], check=True)
    got = said_of("Virtual camera")
    _doctor("--fix", "--yes")
    after = said_of("Virtual camera")
    table.add(
        "The device was made with exclusive_caps=0",
        f"{got['level']}: {got['got']}; after --fix: {after['level']}, {after['got']}",
        ok=got["level"] == "fail" and after["level"] == "ok",
    )


def bundled(table: Table) -> None:
    path = _HOME / "bundle.zip"
    done = _doctor("--bundle", str(path))
    with zipfile.ZipFile(path) as bundle:
        texts = {name: bundle.read(name).decode() for name in bundle.namelist()}
    told = [word for word in (str(_HOME), platform.node()) if any(word in text for text in texts.values())]
    table.add(
        "vcam doctor --bundle",
        f"exit code {done.returncode}; {', '.join(texts)}; tells {' and '.join(told) or 'nobody’s name'}",
        ok="facts.json" in texts and not told,
    )


def undone(table: Table) -> None:
    _doctor("--undo", "--yes")
    left = [str(path) for path in _FILES if path.exists()]
    table.add("vcam doctor --undo", f"leaves {', '.join(left) or 'no file of ours'}", ok=not left)


def said_of(name: str) -> dict[str, str]:
    """Return what the doctor says about one thing."""
    findings: list[dict[str, str]] = json.loads(_doctor("--json").stdout)
    return next(finding for finding in findings if finding["name"] == name)


def _doctor(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "vcam", "doctor", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def _writable_system() -> None:
    """Lay a writable layer over /etc and /usr/lib, and install the kernel's modules there."""
    for folder in ("/etc", "/usr/lib"):
        layer = _HOME / f"layer{folder.replace('/', '-')}"
        (layer / "up").mkdir(parents=True)
        (layer / "work").mkdir()
        options = f"lowerdir={folder},upperdir={layer}/up,workdir={layer}/work"
        subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, folder], check=True)
    modules = Path("/usr/lib/modules")
    subprocess.run(["cp", "-r", "/tmp/kernel/lib/modules", modules], check=True)  # noqa: S108 - mounted by init
    extra = modules / platform.release() / "extra"
    extra.mkdir()
    subprocess.run(["cp", os.environ["VCAM_LOOPBACK"], extra / "v4l2loopback.ko"], check=True)
    subprocess.run(["depmod", platform.release()], check=True)


if __name__ == "__main__":
    raise SystemExit(main())
