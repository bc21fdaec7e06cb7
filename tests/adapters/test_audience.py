"""Who reads the virtual camera: by event, by looking, and on a device that comes and goes."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import pytest

from vcam.adapters.audience import HELD, EventAudience, LoopbackAudience, OpenersAudience
from vcam.adapters.v4l2 import Node
from vcam.adapters.v4l2_holders import Holder, Holders


def reader(
    pid: int = 101, *, mapped: bool = True, writes_only: bool = False, command: str = "zoom"
) -> Holder:
    return Holder(pid, command, writes_only=writes_only, mapped=mapped)


class System:
    """A clock, the processes that hold the device, and how often they were looked at."""

    def __init__(self) -> None:
        self.now = 0.0
        self.present: dict[int, Holder] = {}
        self.hidden = 0
        self.scans = 0
        self.glances = 0
        self.refuse = False

    def clock(self) -> float:
        return self.now

    def scan(self, device: Path) -> Holders:
        self.scans += 1
        return Holders(tuple(self.present.values()), self.hidden)

    def glance(self, pid: int, device: Path) -> Holder | None:
        self.glances += 1
        if self.refuse:
            raise PermissionError
        return self.present.get(pid)


@pytest.fixture
def system() -> System:
    return System()


@pytest.fixture
def device(tmp_path: Path) -> Path:
    (tmp_path / "video10").touch()
    return tmp_path / "video10"


@pytest.fixture
def audience(system: System, device: Path) -> OpenersAudience:
    return OpenersAudience(device, scan=system.scan, glance=system.glance, clock=system.clock)


class TestOpeners:
    def at(self, system: System, audience: OpenersAudience, now: float) -> bool:
        system.now = now
        return audience.watched()

    def test_while_nothing_happens_nothing_is_looked_at(
        self, system: System, audience: OpenersAudience
    ) -> None:
        for second in range(100):
            assert not self.at(system, audience, float(second))
        assert (system.scans, system.glances) == (1, 0)
        audience.close()

    def test_a_reader_that_was_there_first_counts_at_once(
        self, system: System, audience: OpenersAudience
    ) -> None:
        system.present[101] = reader()
        assert self.at(system, audience, 0.0)

    def test_an_arrival_is_seen_within_a_third_of_a_second(
        self, system: System, audience: OpenersAudience, device: Path
    ) -> None:
        assert not self.at(system, audience, 0.0)
        with device.open():
            system.present[101] = reader()
            self.at(system, audience, 0.1)
            assert self.at(system, audience, 0.31)
            del system.present[101]
        assert self.at(system, audience, 0.4)  # told of the closing, it scans when it may again
        assert not self.at(system, audience, 0.7)

    def test_a_reader_that_maps_late_is_followed_alone(
        self, system: System, audience: OpenersAudience
    ) -> None:
        system.present[101] = reader(mapped=False)
        assert not self.at(system, audience, 0.0)
        system.present[101] = reader(mapped=True)
        assert self.at(system, audience, 0.6)
        assert (system.scans, system.glances) == (1, 1)

    def test_holding_on_without_buffers_counts_in_the_end(
        self, system: System, audience: OpenersAudience
    ) -> None:
        system.present[101] = reader(mapped=False)
        assert not self.at(system, audience, 0.0)
        assert not self.at(system, audience, HELD - 0.1)
        assert self.at(system, audience, HELD)

    @pytest.mark.parametrize("command", ["pipewire", "wireplumber"])
    def test_session_daemons_may_hold_on_all_day(
        self, system: System, audience: OpenersAudience, command: str
    ) -> None:
        system.present[101] = reader(mapped=False, command=command)
        self.at(system, audience, 0.0)
        assert not self.at(system, audience, 1000.0)
        system.present[101] = reader(mapped=True, command=command)
        assert self.at(system, audience, 1001.0)

    def test_producers_are_no_audience(self, system: System, audience: OpenersAudience) -> None:
        system.present[101] = reader(mapped=False, writes_only=True)
        self.at(system, audience, 0.0)
        assert not self.at(system, audience, 1000.0)

    def test_a_reader_that_only_unmaps_is_noticed(self, system: System, audience: OpenersAudience) -> None:
        system.present[101] = reader()
        assert self.at(system, audience, 0.0)
        del system.present[101]
        assert self.at(system, audience, 4.0)
        assert not self.at(system, audience, 5.0)

    def test_a_reader_that_turns_unreadable_stays_what_it_was(
        self, system: System, audience: OpenersAudience
    ) -> None:
        system.present[101] = reader()
        self.at(system, audience, 0.0)
        system.refuse = True
        assert self.at(system, audience, 10.0)

    def test_a_hidden_reader_counts_once_it_holds_on(
        self, system: System, audience: OpenersAudience, device: Path
    ) -> None:
        system.hidden = 3
        assert not self.at(system, audience, 0.0)
        with device.open():
            assert not self.at(system, audience, 1.0)
            assert not self.at(system, audience, 1.0 + HELD - 0.1)
            assert self.at(system, audience, 1.0 + HELD)
        assert not self.at(system, audience, 5.0)

    def test_without_inotify_it_looks_now_and_then(self, system: System, tmp_path: Path) -> None:
        audience = OpenersAudience(
            tmp_path / "absent", scan=system.scan, glance=system.glance, clock=system.clock
        )
        assert not self.at(system, audience, 0.0)
        system.present[101] = reader()
        assert not self.at(system, audience, 1.9)
        assert self.at(system, audience, 2.0)
        assert system.scans == 2
        audience.close()


class Usage:
    """Stands for ClientUsage."""

    def __init__(self) -> None:
        self.on = False
        self.lost = False
        self.closed = 0

    def streaming(self) -> bool:
        if self.lost:
            raise OSError(errno.ENODEV, "No such device")
        return self.on

    def close(self) -> None:
        self.closed += 1


def test_the_modules_word_is_passed_on() -> None:
    usage = Usage()
    audience = EventAudience(usage)
    assert not audience.watched()
    usage.on = True
    assert audience.watched()
    audience.close()
    assert usage.closed == 1


def test_a_module_that_ceases_to_tell_leaves_no_meeting_dark(caplog: pytest.LogCaptureFixture) -> None:
    usage = Usage()
    audience = EventAudience(usage)
    usage.lost = True
    assert audience.watched()
    assert audience.watched()
    assert len(caplog.records) == 1


class Audience:
    """An audience that always watches, until it is closed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.closed = False

    def watched(self) -> bool:
        assert not self.closed
        return True

    def close(self) -> None:
        self.closed = True


class TestLoopback:
    """On a device that comes, goes, and comes back under another number."""

    @pytest.fixture
    def nodes(self) -> list[Node]:
        return []

    @pytest.fixture
    def attached(self) -> list[Audience]:
        return []

    @pytest.fixture
    def audience(self, system: System, nodes: list[Node], attached: list[Audience]) -> LoopbackAudience:
        def attach(path: Path) -> Audience:
            attached.append(Audience(path))
            return attached[-1]

        find: Callable[[str], Node | None] = lambda card: next(  # noqa: E731
            (node for node in nodes if node.card == card), None
        )
        return LoopbackAudience("Virtual Cam", find=find, attach=attach, clock=system.clock)

    def test_nobody_reads_what_is_not_there(self, audience: LoopbackAudience) -> None:
        assert not audience.watched()
        audience.close()

    def test_it_follows_the_device(
        self, system: System, audience: LoopbackAudience, nodes: list[Node], attached: list[Audience]
    ) -> None:
        assert not audience.watched()
        nodes.append(Node(Path("/dev/video10"), "Virtual Cam", loopback=True))
        assert not audience.watched()
        system.now = 2.0
        assert audience.watched()
        nodes[0] = Node(Path("/dev/video4"), "Virtual Cam", loopback=True)
        system.now = 4.0
        assert audience.watched()
        assert [one.path.name for one in attached] == ["video10", "video4"]
        assert attached[0].closed
        nodes.clear()
        system.now = 6.0
        assert not audience.watched()
        assert attached[1].closed

    def test_a_device_that_cannot_be_opened_is_tried_again(self, system: System) -> None:
        node = Node(Path("/dev/video10"), "Virtual Cam", loopback=True)
        tries: list[Path] = []

        def attach(path: Path) -> Audience:
            tries.append(path)
            if len(tries) < 3:
                raise OSError(errno.EACCES, "denied")
            return Audience(path)

        audience = LoopbackAudience("Virtual Cam", find=lambda card: node, attach=attach, clock=system.clock)
        for now, wanted in ((0.0, False), (1.0, False), (2.0, False), (4.0, True), (9.0, True)):
            system.now = now
            assert audience.watched() is wanted
        assert len(tries) == 3
        audience.close()
