"""The command line, run as people run it, in a home of its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from vcam.cli import main

Vcam = Callable[..., int]


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "HOME"):
        folder = tmp_path / "home" / name
        folder.mkdir(parents=True)
        monkeypatch.setenv(name, str(folder))
    return tmp_path / "home"


@pytest.fixture
def vcam() -> Vcam:
    def run(*words: object) -> int:
        try:
            return main([str(word) for word in words])
        except SystemExit as leaving:
            return int(leaving.code or 0)

    return run


@pytest.fixture(autouse=True)
def _quiet_root_logger():
    """vcam.log.set_up() adds handlers for the life of a process; a test's must not outlive it."""
    import logging  # noqa: PLC0415

    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    for handler in set(root.handlers) - set(before):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
