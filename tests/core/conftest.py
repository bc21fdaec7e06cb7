"""The same pipeline at ten times its pace: its rests are made for people and meetings, not for tests."""

from __future__ import annotations

import pytest

from vcam.core import mending, pipeline, supply, watchdog


@pytest.fixture(autouse=True)
def _brisk(monkeypatch):
    for module, name in (
        (pipeline, "_POLL"),
        (pipeline, "_REST_POLL"),
        (pipeline, "_PUBLISH_EVERY"),
        (pipeline, "_REST_PUBLISH_EVERY"),
        (pipeline, "_CARD_EVERY"),
        (pipeline, "_IDLE_CARD_EVERY"),
        (watchdog, "_TICK"),
    ):
        monkeypatch.setattr(module, name, getattr(module, name) / 10)
    for module in (mending, supply):
        monkeypatch.setattr(module, "_BACK_OFF", tuple(seconds / 10 for seconds in module._BACK_OFF))
