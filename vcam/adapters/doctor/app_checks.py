"""The app's own parts, on every system: networks, libraries, processor."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from vcam.adapters.doctor.finding import Finding, fail, ok, warn
from vcam.adapters.doctor.system import System
from vcam.adapters.model_card import read_card
from vcam.core.errors import ModelError

LIBRARIES = ("numpy", "opencv-python-headless", "onnxruntime", "pyvirtualcam", "PySide6-Essentials")

_REINSTALL = "install the app anew"


def check_models(models: Path) -> Iterator[Finding]:
    """Examine every network in the folder: its card, and whether its file is the one the card is about."""
    cards = sorted(models.glob("*.json"))
    if not cards:
        yield fail("Network", f"none in {models}", "one at least", _REINSTALL)
    for path in cards:
        try:
            card = read_card(path)
            card.read_network()
            card.read_fastest()
        except ModelError as error:
            yield fail("Network", f"{path.stem}: {error.detail}", "a whole one", _REINSTALL)
        else:
            yield ok("Network", f"{card.name} ({card.precision}) is whole")


def check_libraries() -> Iterator[Finding]:
    """Examine whether the libraries are there."""
    found, missing = [], []
    for name in LIBRARIES:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            missing.append(name)
    yield ok("Libraries", f"Python {platform.python_version()}, {', '.join(found)}")
    if missing:
        yield warn("Libraries", f"no {', '.join(missing)}", "all of them", f"pip install {' '.join(missing)}")


def check_processor(system: System) -> Iterator[Finding]:
    """Examine what the processor can do for networks."""
    text = system.read("proc/cpuinfo") or ""
    lines = [line.partition(":") for line in reversed(text.splitlines())]
    facts = {key.strip(): value.strip() for key, _, value in lines}  # the first core's: they are alike
    name = facts.get("model name", platform.processor() or system.machine)
    flags = set((facts.get("flags") or facts.get("Features") or "").split())
    if system.machine not in ("x86_64", "AMD64"):
        yield ok("Processor", name)
    elif flags & {"avx512_vnni", "avx_vnni"}:
        yield ok("Processor", f"{name}, with VNNI: networks of whole numbers (int8) run fast")
    elif "avx2" in flags or not flags:
        yield ok("Processor", f"{name}, without VNNI: int8 networks gain little here")
    else:
        yield warn("Processor", f"{name} has no AVX2", "AVX2", "choose Performance, and a smaller picture")
