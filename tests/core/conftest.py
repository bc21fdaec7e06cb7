"""The same pipeline at ten times its pace: its rests are made for people and meetings, not for tests."""

from __future__ import annotations

import pytest

from vcam.core import mending, stand_in, supply, watchdog, wishes, worker


@pytest.fixture(autouse=True)
def _brisk(monkeypatch):
    for module, name in (
        (worker, "_POLL"),
        (worker, "_REST_POLL"),
        (worker, "_PUBLISH_EVERY"),
        (worker, "_REST_PUBLISH_EVERY"),
        (stand_in, "_EVERY"),
        (stand_in, "_IDLE_EVERY"),
        (wishes, "ASK_EVERY"),
        (watchdog, "_TICK"),
    ):
        monkeypatch.setattr(module, name, getattr(module, name) / 10)
    for module in (mending, supply):
        monkeypatch.setattr(module, "_BACK_OFF", tuple(seconds / 10 for seconds in module._BACK_OFF))
