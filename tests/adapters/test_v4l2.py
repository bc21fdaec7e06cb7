"""Video devices, on made-up trees: nothing here opens a real one."""

from __future__ import annotations

import errno
import os
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from vcam.adapters import v4l2, v4l2_events, v4l2_loopback
from vcam.adapters.v4l2 import Capabilities, Role
from vcam.adapters.v4l2_events import EVENT_TYPES, ClientUsage
from vcam.adapters.v4l2_holders import Holder, Holders, holder, holders
from vcam.adapters.v4l2_loopback import Loopback
from vcam.adapters.v4l2_openings import Opening, Openings
from vcam.core.errors import Problem, SinkError
from vcam.core.frame import Size

CAPTURE, OUTPUT, DEVICE_CAPS = 0x1, 0x2, 0x80000000


@pytest.fixture
def sysfs(tmp_path: Path) -> Path:
    return tmp_path / "sys"


@pytest.fixture
def dev(tmp_path: Path) -> Path:
    (tmp_path / "dev").mkdir()
    return tmp_path / "dev"


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    (tmp_path / "proc").mkdir()
    return tmp_path / "proc"


def add_node(sysfs: Path, dev: Path, number: int, card: str, *, loopback: bool) -> Path:
    entry = sysfs / f"video{number}"
    entry.mkdir(parents=True)
    (entry / "name").write_text(card + "\n")
    if loopback:
        (entry / "max_openers").write_text("10\n")
    (dev / entry.name).touch()
    return dev / entry.name


def add_process(
    proc: Path, pid: int, device: Path, *, command: str = "reader", flags: int = os.O_RDWR, maps: str = ""
) -> None:
    folder = proc / str(pid)
    (folder / "fd").mkdir(parents=True)
    (folder / "fdinfo").mkdir()
    (folder / "fd" / "0").symlink_to("/dev/null")
    (folder / "fd" / "7").symlink_to(device)
    (folder / "fdinfo" / "7").write_text(f"pos:\t0\nflags:\t0{flags:o}\n")
    (folder / "comm").write_text(command + "\n")
    (folder / "maps").write_text(maps)


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def answer(capabilities: int, device_caps: int = 0, card: bytes = b"Virtual Cam") -> bytes:
    return struct.pack("=16s32s32s3I12x", b"v4l2 loopback", card, b"platform:x", 0, capabilities, device_caps)


class TestNodes:
    def test_they_come_in_the_order_of_their_numbers(self, sysfs: Path, dev: Path) -> None:
        for number in (10, 2, 0):
            add_node(sysfs, dev, number, f"card {number}", loopback=number == 10)
        found = v4l2.nodes(sysfs, dev)
        assert [node.path.name for node in found] == ["video0", "video2", "video10"]
        assert [node.loopback for node in found] == [False, False, True]

    def test_a_system_without_video_has_none(self, sysfs: Path, dev: Path) -> None:
        assert v4l2.nodes(sysfs, dev) == []

    def test_one_that_goes_away_meanwhile_is_left_out(self, sysfs: Path, dev: Path) -> None:
        (sysfs / "video3").mkdir(parents=True)
        assert v4l2.nodes(sysfs, dev) == []

    def test_only_the_named_loopback_is_found(self, sysfs: Path, dev: Path) -> None:
        add_node(sysfs, dev, 0, "Virtual Cam", loopback=False)  # a real camera of this name is not ours
        add_node(sysfs, dev, 1, "OBS Two", loopback=True)
        assert v4l2.find_loopback("Virtual Cam", sysfs, dev) is None
        ours = add_node(sysfs, dev, 2, "Virtual Cam", loopback=True)
        found = v4l2.find_loopback("Virtual Cam", sysfs, dev)
        assert found is not None
        assert found.path == ours


class TestCapabilities:
    @pytest.mark.parametrize(
        ("bits", "role"),
        [(0, Role.STUCK), (CAPTURE, Role.TAKEN), (OUTPUT, Role.FREE), (CAPTURE | OUTPUT, Role.OPEN)],
    )
    def test_the_node_counts_where_it_differs_from_the_driver(self, bits: int, role: Role) -> None:
        found = v4l2.parse_capabilities(answer(DEVICE_CAPS | CAPTURE | OUTPUT, bits))
        assert found.role is role
        assert (found.driver, found.card) == ("v4l2 loopback", "Virtual Cam")

    def test_an_old_driver_answers_for_the_node(self) -> None:
        assert v4l2.parse_capabilities(answer(OUTPUT)).role is Role.FREE

    def test_a_name_without_an_end_is_read_to_the_full(self) -> None:
        assert v4l2.parse_capabilities(answer(OUTPUT, card=b"x" * 32)).card == "x" * 32

    def test_a_file_is_no_video_device(self, tmp_path: Path) -> None:
        (tmp_path / "video0").touch()
        with pytest.raises(OSError):  # noqa: PT011 - which one, the kernel decides
            v4l2.capabilities(tmp_path / "video0")


class TestHolders:
    def test_readers_and_producers_are_told_apart(self, proc: Path, dev: Path) -> None:
        device = dev / "video10"
        add_process(proc, 101, device, command="chromium", maps=f"7f00-7f10 rw-s 0 00:06 5 {device}\n")
        add_process(proc, 102, device, command="ffmpeg", flags=os.O_WRONLY)
        add_process(proc, 103, dev / "video1")
        found = holders(device, proc)
        assert sorted(found.known, key=lambda one: one.pid) == [
            Holder(101, "chromium", writes_only=False, mapped=True),
            Holder(102, "ffmpeg", writes_only=True, mapped=False),
        ]
        assert str(found.known[0]).endswith(")")

    def test_a_longer_path_is_another_device(self, proc: Path, dev: Path) -> None:
        add_process(proc, 101, dev / "video1", maps=f"7f00-7f10 rw-s 0 00:06 5 {dev}/video10\n")
        assert holders(dev / "video1", proc).known == (
            Holder(101, "reader", writes_only=False, mapped=False),
        )

    def test_we_are_not_our_own_audience(self, proc: Path, dev: Path) -> None:
        add_process(proc, os.getpid(), dev / "video10")
        assert holders(dev / "video10", proc) == Holders()

    def test_strangers_are_counted(self, proc: Path, dev: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (proc / "200").mkdir()
        (proc / "self").mkdir()

        def refuse(path: str) -> list[str]:
            raise PermissionError(errno.EACCES, "no", path)

        monkeypatch.setattr("vcam.adapters.v4l2_holders.os.listdir", refuse)
        assert holders(dev / "video10", proc) == Holders((), hidden=1)

    def test_a_process_that_ended_holds_nothing(self, proc: Path, dev: Path) -> None:
        assert holder(300, dev / "video10", proc) is None


class TestOpenings:
    def test_the_last_thing_that_happened_is_told_once(self, tmp_path: Path) -> None:
        device = tmp_path / "video10"
        device.touch()
        openings = Openings(device)
        assert openings.last() is Opening.NONE
        with device.open():
            assert openings.last() is Opening.OPENED
            assert openings.last() is Opening.NONE
        assert openings.last() is Opening.CLOSED
        openings.close()
        openings.close()

    def test_what_is_not_there_cannot_be_watched(self, tmp_path: Path) -> None:
        with pytest.raises(OSError, match="inotify"):
            Openings(tmp_path / "video10")


class Module:
    """Answers the event ioctls as a module would that knows one event type."""

    def __init__(self, knows: int, *, streaming: bool = False, silent: bool = False) -> None:
        self.knows = knows
        self.streaming = streaming
        self.silent = silent
        self.events: list[bytes] = []
        self.error: int | None = None

    def tell(self, streaming: bool) -> None:
        self.events.append(struct.pack("=I4xI60x64x", self.knows, streaming))

    def __call__(self, descriptor: int, request: int, buffer: bytearray) -> int:
        if self.error is not None:
            raise OSError(self.error, os.strerror(self.error))
        if len(buffer) == 32:
            kind, _, flags = struct.unpack_from("=3I", buffer)
            assert flags == 1
            if kind != self.knows:
                raise OSError(errno.EINVAL, "unknown event")
            if not self.silent:
                self.tell(self.streaming)
            return 0
        if not self.events:
            raise OSError(errno.ENOENT, "nothing")
        buffer[:] = self.events.pop(0)
        return 0


@pytest.fixture
def device(dev: Path) -> Path:
    (dev / "video10").touch()
    return dev / "video10"


class TestClientUsage:
    @pytest.mark.parametrize("kind", EVENT_TYPES)
    @pytest.mark.parametrize("streaming", [False, True])
    def test_every_number_the_event_ever_had_is_found(self, device: Path, kind: int, streaming: bool) -> None:
        usage = ClientUsage(device, Module(kind, streaming=streaming))
        assert usage.streaming() is streaming
        usage.close()

    def test_the_newest_event_counts(self, device: Path) -> None:
        module = Module(EVENT_TYPES[0])
        usage = ClientUsage(device, module)
        for streaming in (True, False, True):
            module.tell(streaming)
        assert usage.streaming()
        assert usage.streaming()
        module.tell(False)
        assert not usage.streaming()
        usage.close()
        usage.close()

    @pytest.mark.parametrize("module", [Module(0x12345), Module(EVENT_TYPES[0], silent=True)])
    def test_a_module_that_does_not_answer_is_not_believed(self, device: Path, module: Module) -> None:
        before = open_descriptors()
        with pytest.raises(OSError, match="client-usage"):
            ClientUsage(device, module)
        assert open_descriptors() == before

    def test_a_lost_device_is_an_error(self, device: Path) -> None:
        module = Module(EVENT_TYPES[0])
        usage = ClientUsage(device, module)
        module.error = errno.ENODEV
        with pytest.raises(OSError, match="No such device"):
            usage.streaming()
        usage.close()


Ask = Callable[[Path], Capabilities]


class Kernel:
    """What the device says, one role after another, and whether it was repaired."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *roles: Role | OSError) -> None:
        self.roles = list(roles)
        self.repaired = 0
        monkeypatch.setattr(v4l2_loopback.v4l2, "capabilities", self.capabilities)
        monkeypatch.setattr(v4l2_loopback.v4l2, "repair", self.repair)

    def capabilities(self, path: Path) -> Capabilities:
        role = self.roles[0] if len(self.roles) == 1 else self.roles.pop(0)
        if isinstance(role, OSError):
            raise role
        return Capabilities(
            "v4l2 loopback", "Virtual Cam", role in (Role.TAKEN, Role.OPEN), role in (Role.FREE, Role.OPEN)
        )

    def repair(self, path: Path) -> None:
        self.repaired += 1


class TestClaim:
    @pytest.fixture
    def node(self, sysfs: Path, dev: Path) -> Path:
        add_node(sysfs, dev, 9, "OBS Two", loopback=True)
        return add_node(sysfs, dev, 10, "Virtual Cam", loopback=True)

    @pytest.fixture
    def claim(self, sysfs: Path, dev: Path, proc: Path) -> Callable[[], Loopback]:
        return lambda: Loopback.claim("Virtual Cam", sysfs=sysfs, dev=dev, proc=proc)

    @pytest.mark.parametrize("role", [Role.FREE, Role.OPEN])
    def test_a_free_one_is_taken_as_it_is(
        self, claim: Callable[[], Loopback], node: Path, monkeypatch: pytest.MonkeyPatch, role: Role
    ) -> None:
        kernel = Kernel(monkeypatch, role)
        loopback = claim()
        assert loopback.backends == (("v4l2loopback", str(node)),)
        assert loopback.alive()
        assert kernel.repaired == 0

    def test_a_stuck_one_is_repaired(
        self, claim: Callable[[], Loopback], node: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kernel = Kernel(monkeypatch, Role.STUCK, Role.FREE)
        assert claim().path == node
        assert kernel.repaired == 1

    def test_one_that_stays_stuck_is_said_to_be(
        self, claim: Callable[[], Loopback], node: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Kernel(monkeypatch, Role.STUCK)
        with pytest.raises(SinkError, match="takes no pictures") as caught:
            claim()
        assert caught.value.problem is Problem.VIRTUAL_CAMERA_STUCK

    def test_one_whose_producer_died_under_a_reader_is_repaired(
        self, claim: Callable[[], Loopback], node: Path, proc: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kernel = Kernel(monkeypatch, Role.TAKEN, Role.OPEN)
        add_process(proc, 101, node, command="chromium", maps=f"7f00-7f10 rw-s 0 00:06 5 {node}\n")
        claim()
        assert kernel.repaired == 1

    @pytest.mark.parametrize("role", [Role.FREE, Role.TAKEN, Role.STUCK])
    def test_one_with_another_producer_is_left_alone(
        self,
        claim: Callable[[], Loopback],
        node: Path,
        proc: Path,
        monkeypatch: pytest.MonkeyPatch,
        role: Role,
    ) -> None:
        kernel = Kernel(monkeypatch, role)
        add_process(proc, 101, node, command="ffmpeg", flags=os.O_WRONLY)
        with pytest.raises(SinkError, match=r"fed by ffmpeg \(process 101\)") as caught:
            claim()
        assert caught.value.problem is Problem.VIRTUAL_CAMERA_BUSY
        assert kernel.repaired == 0

    def test_one_taken_by_we_do_not_know_whom_is_left_alone(
        self, claim: Callable[[], Loopback], node: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kernel = Kernel(monkeypatch, Role.TAKEN)
        with pytest.raises(SinkError, match="another program"):
            claim()
        assert kernel.repaired == 0

    def test_other_loopbacks_are_named_and_not_taken(
        self, sysfs: Path, dev: Path, proc: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kernel = Kernel(monkeypatch, Role.FREE)
        add_node(sysfs, dev, 9, "OBS Two", loopback=True)
        with pytest.raises(SinkError, match=r"OBS Two != wanted one called Virtual Cam") as caught:
            Loopback.claim("Virtual Cam", sysfs=sysfs, dev=dev, proc=proc)
        assert caught.value.problem is Problem.NO_VIRTUAL_CAMERA
        assert kernel.repaired == 0

    def test_a_system_without_any_says_so(self, sysfs: Path, dev: Path, proc: Path) -> None:
        with pytest.raises(SinkError, match="no loopback at all"):
            Loopback.claim("Virtual Cam", sysfs=sysfs, dev=dev, proc=proc)

    @pytest.mark.parametrize(
        ("number", "problem"),
        [
            (errno.EACCES, Problem.VIRTUAL_CAMERA_DENIED),
            (errno.EBUSY, Problem.VIRTUAL_CAMERA_BUSY),
            (errno.ENODEV, Problem.NO_VIRTUAL_CAMERA),
        ],
    )
    def test_the_systems_refusal_is_translated(
        self,
        claim: Callable[[], Loopback],
        node: Path,
        monkeypatch: pytest.MonkeyPatch,
        number: int,
        problem: Problem,
    ) -> None:
        Kernel(monkeypatch, OSError(number, os.strerror(number)))
        with pytest.raises(SinkError, match="cannot open") as caught:
            claim()
        assert caught.value.problem is problem

    def test_readers_that_stayed_hold_it_to_their_size(
        self, claim: Callable[[], Loopback], node: Path, sysfs: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Kernel(monkeypatch, Role.OPEN)
        form = sysfs / node.name / "format"
        form.write_text("")
        assert claim().size is None
        form.write_text("YU12:640x360@30\n")
        assert claim().size == Size(640, 360)
        form.write_text("YUYV:640x360@30/1\n")
        with pytest.raises(SinkError, match="still read as YUYV 640×360 != wanted YU12") as caught:
            claim()
        assert caught.value.problem is Problem.VIRTUAL_CAMERA_BUSY

    def test_a_removed_one_is_not_alive(
        self, claim: Callable[[], Loopback], node: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Kernel(monkeypatch, Role.FREE)
        loopback = claim()
        node.unlink()
        assert not loopback.alive()

    @pytest.mark.parametrize(
        ("role", "repairs"), [(Role.STUCK, 1), (Role.FREE, 0), (OSError(errno.ENODEV, "gone"), 0)]
    )
    def test_it_is_left_usable(
        self,
        claim: Callable[[], Loopback],
        node: Path,
        monkeypatch: pytest.MonkeyPatch,
        role: Role | OSError,
        repairs: int,
    ) -> None:
        kernel = Kernel(monkeypatch, Role.FREE)
        loopback = claim()
        kernel.roles = [role]
        loopback.release()
        assert kernel.repaired == repairs


def test_the_repair_survives_the_refusal_that_is_expected(tmp_path: Path) -> None:
    (tmp_path / "video10").touch()
    v4l2.repair(tmp_path / "video10")  # a file refuses STREAMON as a loopback without buffers does
    with pytest.raises(FileNotFoundError):
        v4l2.repair(tmp_path / "video11")


@pytest.mark.parametrize(
    ("number", "structure"),
    [
        (v4l2._VIDIOC_QUERYCAP, v4l2._QUERYCAP),
        (v4l2_events._VIDIOC_DQEVENT, v4l2_events._EVENT),
        (v4l2_events._VIDIOC_SUBSCRIBE_EVENT, v4l2_events._SUBSCRIPTION),
    ],
)
def test_ioctl_numbers_tell_the_size_of_their_structures(number: int, structure: struct.Struct) -> None:
    assert structure.size == (number >> 16) & 0x3FFF
