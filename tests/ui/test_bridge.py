import threading

from pytestqt.qtbot import QtBot

from tests.core.rig import Rig
from vcam.adapters.preview_slot import PreviewSlot
from vcam.core.fakes import EFFECT
from vcam.core.status import State, Stats, Status
from vcam.ui.bridge import Bridge


def test_a_snapshot_from_another_thread_arrives_on_this_one(qtbot: QtBot) -> None:
    bridge = Bridge()
    seen: list[tuple[Status, int]] = []
    bridge.status_changed.connect(lambda status: seen.append((status, threading.get_ident())))
    status = Status(state=State.RUNNING)
    worker = threading.Thread(target=bridge.listen, args=(status,))
    worker.start()
    worker.join()
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [(status, threading.get_ident())]


def test_a_blocked_window_gets_the_newest_snapshot_and_no_heap_of_old_ones(qtbot: QtBot) -> None:
    bridge = Bridge()
    seen: list[Status] = []
    bridge.status_changed.connect(seen.append)
    for count in range(1000):
        bridge.listen(Status(stats=Stats(frames_in=count)))
    qtbot.waitUntil(lambda: bool(seen))
    assert [status.stats.frames_in for status in seen] == [999]
    bridge.listen(Status(state=State.PAUSED))
    qtbot.waitUntil(lambda: len(seen) == 2)
    assert seen[-1].state is State.PAUSED


def test_nothing_is_told_after_close(qtbot: QtBot) -> None:
    bridge = Bridge()
    seen: list[Status] = []
    bridge.status_changed.connect(seen.append)
    bridge.listen(Status())
    bridge.close()
    bridge.listen(Status())
    with qtbot.assertNotEmitted(bridge.status_changed, wait=50):
        pass
    assert seen == []


def test_a_window_that_hangs_costs_the_meeting_no_picture(qtbot: QtBot) -> None:
    bridge, slot = Bridge(), PreviewSlot()
    slot.wanted(True)
    told: list[Status] = []
    bridge.status_changed.connect(told.append)
    # Nothing of Qt's runs on this thread while it waits here: that is what a hanging window is.
    with Rig(on_status=bridge.listen, tap=slot.put) as rig:
        rig.shows(EFFECT, 50)
        assert not told
    assert slot.latest() is not None
    bridge.close()
