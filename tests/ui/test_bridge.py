import threading

from pytestqt.qtbot import QtBot

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
