"""The doctor, on made-up systems."""

from __future__ import annotations

import json
import os
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from vcam.adapters import v4l2
from vcam.adapters.doctor import Finding, Level, Mending, examine, plan_fix, plan_undo, worst, write_bundle
from vcam.adapters.doctor.app_checks import check_models, check_processor
from vcam.adapters.doctor.bundle import Mask
from vcam.adapters.doctor.camera_checks import check_cameras
from vcam.adapters.doctor.desktop_checks import check_desktop
from vcam.adapters.doctor.loopback_checks import check_loopback
from vcam.adapters.doctor.mending import HEADER, LOAD_FILE, OPTIONS_FILE, elevation, merged_options
from vcam.adapters.doctor.system import System, run
from vcam.adapters.v4l2 import Capabilities

RELEASE = "6.1.0-31-amd64"
SECURE_BOOT = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"


class Computer:
    """A root folder to put files into, and what devices would answer."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environ: dict[str, str] = {"USER": "ada"}
        self.answers: dict[str, str] = {}
        self.devices: dict[str, Capabilities | OSError] = {}
        (root / "proc").mkdir()

    def write(self, path: str, text: str = "") -> None:
        file = self.root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def install(self, *, loaded: bool = True, version: str = "0.15.0") -> None:
        self.write(f"lib/modules/{RELEASE}/modules.dep", "updates/dkms/v4l2loopback.ko: kernel/videodev.ko\n")
        if loaded:
            self.write("sys/module/v4l2loopback/version", version)

    def plug(
        self, number: int, card: str, *, loopback: bool = False, capture: bool = True, output: bool = False
    ) -> None:
        entry = f"sys/class/video4linux/video{number}"
        self.write(f"{entry}/name", card)
        if loopback:
            self.write(f"{entry}/max_openers", "10")
        self.write(f"dev/video{number}")
        driver = v4l2.DRIVER if loopback else "uvcvideo"
        self.devices[f"video{number}"] = Capabilities(driver, card, capture, output)

    def capabilities(self, path: Path) -> Capabilities:
        answer = self.devices[path.name]
        if isinstance(answer, OSError):
            raise answer
        return answer

    @property
    def system(self) -> System:
        return System(
            root=self.root,
            environ=self.environ,
            run=lambda command: self.answers.get(" ".join(command)),
            release=RELEASE,
            machine="x86_64",
        )


@pytest.fixture
def computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Computer:
    computer = Computer(tmp_path)
    for where in ("camera_checks", "loopback_checks"):
        monkeypatch.setattr(f"vcam.adapters.doctor.{where}.capabilities", computer.capabilities)
    monkeypatch.setattr("vcam.adapters.v4l2.capabilities", computer.capabilities)
    return computer


def only(findings: list[Finding], name: str) -> Finding:
    found = [finding for finding in findings if finding.name == name]
    assert len(found) == 1, findings
    return found[0]


class TestLoopback:
    def look(self, computer: Computer) -> list[Finding]:
        return list(check_loopback(computer.system))

    def test_a_kernel_without_its_modules(self, computer: Computer) -> None:
        assert "distribution's kernel" in only(self.look(computer), "Kernel module").fix
        computer.write("lib/modules/6.1.0-32-amd64/modules.dep")
        assert "restart" in only(self.look(computer), "Kernel module").fix

    @pytest.mark.parametrize(
        ("release", "command"),
        [
            ("ID=debian", "sudo apt install v4l2loopback-dkms"),
            ('ID=linuxmint\nID_LIKE="ubuntu debian"', "sudo apt install v4l2loopback-dkms"),
            ("ID=fedora", "sudo dnf install akmod-v4l2loopback"),
            ("ID=arch", "sudo pacman -S v4l2loopback-dkms"),
            ("ID=other", "your distribution's package"),
        ],
    )
    def test_a_module_that_is_not_installed(self, computer: Computer, release: str, command: str) -> None:
        computer.write(f"lib/modules/{RELEASE}/modules.dep")
        computer.write("etc/os-release", release)
        assert command in only(self.look(computer), "Kernel module").fix

    @pytest.mark.parametrize(("last", "told"), [(1, True), (0, False)])
    def test_a_module_that_secure_boot_may_keep_out(self, computer: Computer, last: int, told: bool) -> None:
        computer.install(loaded=False)
        computer.write(SECURE_BOOT)
        (computer.root / SECURE_BOOT).write_bytes(bytes([6, 0, 0, 0, last]))
        findings = self.look(computer)
        assert only(findings, "Kernel module").level is Level.FAIL
        assert any("mokutil" in finding.fix for finding in findings) is told

    def test_a_missing_device_names_the_others(self, computer: Computer) -> None:
        computer.install()
        computer.plug(9, "OBS Two", loopback=True)
        finding = only(self.look(computer), "Virtual camera")
        assert (finding.level, finding.got) == (Level.FAIL, "loopbacks called OBS Two")
        assert "--fix" in finding.fix

    @pytest.mark.parametrize(
        ("capture", "output", "level", "words"),
        [
            (False, True, Level.OK, "free"),
            (True, False, Level.OK, "fed by a program"),
            (False, False, Level.WARN, "stuck"),
            (True, True, Level.FAIL, "exclusive_caps=0"),
        ],
    )
    def test_what_the_device_is_like(
        self, computer: Computer, capture: bool, output: bool, level: Level, words: str
    ) -> None:
        computer.install()
        computer.plug(10, "Virtual Cam", loopback=True, capture=capture, output=output)
        finding = only(self.look(computer), "Virtual camera")
        assert finding.level is level
        assert words in finding.got

    @pytest.mark.parametrize(
        ("error", "words"),
        [
            (PermissionError(13, "Permission denied"), "usermod -aG video ada"),
            (OSError(5, "I/O error"), "--fix"),
        ],
    )
    def test_a_device_that_does_not_open(self, computer: Computer, error: OSError, words: str) -> None:
        computer.install()
        computer.plug(10, "Virtual Cam", loopback=True)
        computer.devices["video10"] = error
        finding = only(self.look(computer), "Virtual camera")
        assert finding.level is Level.FAIL
        assert words in finding.fix

    def test_old_modules_have_quirks(self, computer: Computer) -> None:
        computer.install(version="0.12.7")
        names = [finding.name for finding in self.look(computer)]
        assert "Module's quirks" in names
        assert "Who reads" in names

    def test_the_version_is_looked_for_where_it_may_be(self, computer: Computer) -> None:
        computer.write("sys/module/v4l2loopback/version", "")
        computer.write("usr/src/v4l2loopback-0.12.7/dkms.conf")
        assert "0.12.7" in only(self.look(computer), "Kernel module").got
        computer.answers["modinfo -F version v4l2loopback"] = "0.14.0"
        assert "0.14.0" in only(self.look(computer), "Kernel module").got

    def test_whether_it_comes_back_after_a_restart(self, computer: Computer) -> None:
        computer.install()
        computer.plug(10, "Virtual Cam", loopback=True, capture=False, output=True)
        assert "modprobe.d" in only(self.look(computer), "After a restart").got
        computer.write("etc/modprobe.d/x.conf", 'options v4l2loopback card_label="OBS,Virtual Cam"\n')
        assert "not loaded" in only(self.look(computer), "After a restart").got
        computer.write("etc/modules-load.d/x.conf", "v4l2loopback\n")
        assert only(self.look(computer), "After a restart").level is Level.OK


class TestCameras:
    def look(self, computer: Computer) -> list[Finding]:
        return list(check_cameras(computer.system))

    def test_no_camera(self, computer: Computer) -> None:
        computer.plug(10, "Virtual Cam", loopback=True)
        assert only(self.look(computer), "Camera").level is Level.FAIL

    def test_a_camera_and_its_second_node(self, computer: Computer) -> None:
        computer.plug(0, "HD Webcam")
        computer.plug(1, "HD Webcam", capture=False)
        assert only(self.look(computer), "Camera").level is Level.OK

    def test_no_permission(self, computer: Computer) -> None:
        computer.plug(0, "HD Webcam")
        computer.devices["video0"] = PermissionError(13, "Permission denied")
        assert "usermod" in only(self.look(computer), "Camera").fix

    def test_one_that_does_not_answer(self, computer: Computer) -> None:
        computer.plug(0, "HD Webcam")
        computer.plug(1, "Other")
        computer.devices["video0"] = OSError(5, "Input/output error")
        assert [finding.level for finding in self.look(computer)] == [Level.WARN, Level.OK]

    def test_one_in_use(self, computer: Computer) -> None:
        computer.plug(0, "HD Webcam")
        device = computer.root / "dev/video0"
        computer.write("proc/42/comm", "zoom\n")
        computer.write("proc/42/maps", f"7f00-7f10 rw-s 0 00:06 5 {device}\n")
        computer.write("proc/42/fdinfo/3", "flags:\t02\n")
        (computer.root / "proc/42/fd").mkdir()
        (computer.root / "proc/42/fd/3").symlink_to(device)
        finding = only(self.look(computer), "Camera")
        assert (finding.level, "zoom (process 42)" in finding.got) == (Level.WARN, True)


class TestDesktop:
    ASK = (
        "busctl --user call org.freedesktop.DBus /org/freedesktop/DBus "
        "org.freedesktop.DBus NameHasOwner s org.kde.StatusNotifierWatcher"
    )

    def test_no_screen(self, computer: Computer) -> None:
        assert only(list(check_desktop(computer.system)), "Screen").level is Level.WARN

    @pytest.mark.parametrize(
        ("libraries", "wayland", "level"),
        [
            ("libxcb-cursor.so.0 (libc6,x86-64) => /lib/libxcb-cursor.so.0", False, Level.OK),
            ("libxcb.so.1 (libc6,x86-64) => /lib/libxcb.so.1", False, Level.WARN),
            ("libxcb.so.1 (libc6,x86-64) => /lib/libxcb.so.1", True, Level.OK),
            (None, False, Level.OK),
        ],
    )
    def test_the_library_that_qt_wants(
        self, computer: Computer, libraries: str | None, wayland: bool, level: Level
    ) -> None:
        computer.environ |= {"DISPLAY": ":0"} | ({"WAYLAND_DISPLAY": "wayland-0"} if wayland else {})
        if libraries is not None:
            computer.answers["/sbin/ldconfig -p"] = libraries
        assert only(list(check_desktop(computer.system)), "Screen").level is level

    @pytest.mark.parametrize(
        ("answer", "desktop", "level"),
        [
            ("b true", "KDE", Level.OK),
            ("b false", "ubuntu:GNOME", Level.WARN),
            ("b false", "XFCE", Level.OK),
            (None, "", Level.OK),
        ],
    )
    def test_the_tray(self, computer: Computer, answer: str | None, desktop: str, level: Level) -> None:
        computer.environ |= {"DISPLAY": ":0", "XDG_CURRENT_DESKTOP": desktop}
        if answer is not None:
            computer.answers[self.ASK] = answer
        assert only(list(check_desktop(computer.system)), "Tray").level is level

    def test_pipewire(self, computer: Computer) -> None:
        computer.write("run/pipewire-0")
        computer.environ["XDG_RUNTIME_DIR"] = str(computer.root / "run")
        assert only(list(check_desktop(computer.system)), "PipeWire").got.startswith("is running")


class TestApp:
    @pytest.mark.parametrize(
        ("flags", "level", "words"),
        [
            ("sse avx2 avx512_vnni", Level.OK, "with VNNI"),
            ("sse avx2", Level.OK, "without VNNI"),
            ("sse", Level.WARN, "no AVX2"),
        ],
    )
    def test_the_processor(self, computer: Computer, flags: str, level: Level, words: str) -> None:
        core = f"model name\t: Some CPU\nflags\t\t: {flags}\n\n"
        computer.write("proc/cpuinfo", core + core)
        (finding,) = check_processor(computer.system)
        assert (finding.level, words in finding.got) == (level, True)

    def test_no_network(self, tmp_path: Path) -> None:
        (finding,) = check_models(tmp_path)
        assert finding.level is Level.FAIL

    def test_a_damaged_card(self, tmp_path: Path) -> None:
        (tmp_path / "broken.json").write_text("{")
        (finding,) = check_models(tmp_path)
        assert (finding.level, finding.got.startswith("broken:")) == (Level.FAIL, True)


def test_an_examination_covers_everything(computer: Computer, tmp_path: Path) -> None:
    findings = examine(tmp_path, computer.system)
    assert {finding.name for finding in findings} >= {
        "Camera",
        "Kernel module",
        "Screen",
        "PipeWire",
        "Network",
        "Libraries",
        "Processor",
    }
    assert worst(findings) is Level.FAIL
    assert all(finding.fix for finding in findings if finding.level is Level.FAIL)


@pytest.mark.parametrize(
    ("levels", "verdict"),
    [([], Level.OK), ([Level.OK, Level.WARN], Level.WARN), ([Level.FAIL, Level.WARN], Level.FAIL)],
)
def test_the_worst_counts(levels: list[Level], verdict: Level) -> None:
    assert worst([Finding("x", level, "") for level in levels]) is verdict


class TestOptions:
    def test_alone(self) -> None:
        assert merged_options({}) == 'devices=1 video_nr=-1 card_label="Virtual Cam" exclusive_caps=1'

    def test_others_keep_what_they_asked_for(self) -> None:
        others = {
            "devices": "2",
            "video_nr": "7",
            "card_label": "OBS Two,Phone",
            "exclusive_caps": "1",
            "debug": "1",
        }
        assert merged_options(others) == (
            'debug=1 devices=3 video_nr=7,-1,-1 card_label="OBS Two,Phone,Virtual Cam" exclusive_caps=1,0,1'
        )

    def test_nameless_ones_get_a_name(self) -> None:
        assert 'card_label="Loopback 0,Loopback 1,Virtual Cam"' in merged_options({"video_nr": "3,4"})

    def test_ours_set_up_wrongly_is_replaced(self) -> None:
        others = {"card_label": "OBS Two,Virtual Cam", "exclusive_caps": "1,0"}
        assert merged_options(others) == (
            'devices=2 video_nr=-1,-1 card_label="OBS Two,Virtual Cam" exclusive_caps=1,1'
        )


class TestMending:
    def plan(self, computer: Computer) -> Mending:
        plan = plan_fix(computer.system)
        assert plan is not None
        return plan

    def test_a_module_that_only_waits_to_be_loaded(self, computer: Computer) -> None:
        computer.install(loaded=False)
        plan = self.plan(computer)
        assert set(plan.files) == {OPTIONS_FILE, LOAD_FILE}
        assert plan.commands[0] == "modprobe v4l2loopback"
        assert "Virtual Cam" in plan.script()

    def test_a_missing_module_is_installed_where_we_know_how(self, computer: Computer) -> None:
        computer.write(f"lib/modules/{RELEASE}/modules.dep")
        assert plan_fix(computer.system) is None
        computer.write("etc/os-release", "ID=debian")
        assert self.plan(computer).commands[0].startswith("apt-get install -y v4l2loopback-dkms")

    def test_devices_that_were_loaded_by_hand_come_back_too(self, computer: Computer) -> None:
        computer.install()
        computer.plug(7, "OBS Two", loopback=True, capture=False, output=True)
        computer.plug(8, "Old One", loopback=True, capture=True, output=True)
        assert (
            self.plan(computer)
            .files[OPTIONS_FILE]
            .endswith(
                'devices=3 video_nr=7,8,-1 card_label="OBS Two,Old One,Virtual Cam" exclusive_caps=1,0,1'
            )
        )

    def test_ours_is_added_beside_other_programs_devices(self, computer: Computer) -> None:
        computer.install()
        computer.plug(9, "OBS Two", loopback=True)
        computer.write("etc/modprobe.d/obs.conf", 'options v4l2loopback card_label="OBS Two" video_nr=9\n')
        plan = self.plan(computer)
        assert plan.commands[0].startswith("v4l2loopback-ctl add -x 1 -n 'Virtual Cam'")
        assert 'video_nr=9,-1 card_label="OBS Two,Virtual Cam"' in plan.files[OPTIONS_FILE]

    def test_a_wrongly_made_device_is_made_anew(self, computer: Computer) -> None:
        computer.install()
        computer.plug(10, "Virtual Cam", loopback=True, capture=True, output=True)
        assert self.plan(computer).commands[:2] == ("modprobe -r v4l2loopback", "modprobe v4l2loopback")
        computer.plug(9, "OBS Two", loopback=True)
        assert self.plan(computer).commands[:2] == ("modprobe -r v4l2loopback", "modprobe v4l2loopback")

    def test_a_device_without_permission_gets_a_rule(
        self, computer: Computer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        computer.install()
        computer.plug(10, "Virtual Cam", loopback=True, capture=False, output=True)
        monkeypatch.setattr(os, "access", lambda path, mode: False)
        assert any("uaccess" in content for content in self.plan(computer).files.values())

    def test_done_twice_changes_nothing(self, computer: Computer) -> None:
        computer.install(loaded=False)
        for path, content in self.plan(computer).files.items():
            computer.write(path, content)
        computer.install()
        computer.plug(10, "Virtual Cam", loopback=True, capture=False, output=True)
        assert plan_fix(computer.system) is None

    def test_what_others_have_set_up_well_is_left(self, computer: Computer) -> None:
        computer.install(loaded=False)
        computer.write(
            "etc/modprobe.d/mine.conf",
            'options v4l2loopback exclusive_caps=1 card_label="Virtual Cam"\n#\noptions v4l2loopback x="\n',
        )
        assert set(self.plan(computer).files) == {LOAD_FILE}

    def test_undoing_removes_our_files_only(self, computer: Computer) -> None:
        assert plan_undo(computer.system) is None
        computer.write(OPTIONS_FILE, f"{HEADER}\noptions v4l2loopback devices=1")
        computer.write(LOAD_FILE, "v4l2loopback")  # somebody else's, by its lack of our header
        undo = plan_undo(computer.system)
        assert undo is not None
        assert undo.commands == (f"rm -f {OPTIONS_FILE}",)

    def test_the_script_does_what_it_shows(self, tmp_path: Path) -> None:
        target = tmp_path / "etc" / "some file.conf"
        content = 'it\'s $HOME, `ls` and "quotes"'
        plan = Mending({str(target): content}, (f"echo done >> {tmp_path}/log",))
        assert plan.apply(elevate=[]) == ""
        assert target.read_text() == content + "\n"
        assert (tmp_path / "log").read_text() == "done\n"

    def test_a_script_that_fails_stops_and_tells(self, tmp_path: Path) -> None:
        plan = Mending(commands=("echo no room >&2; false", f"touch {tmp_path}/after"))
        assert plan.apply(elevate=[]) == "no room"
        assert not (tmp_path / "after").exists()
        assert "exit code 3" in Mending(commands=("exit 3",)).apply(elevate=[])
        assert Mending().apply(elevate=["no-such-program"]) != ""

    @pytest.mark.parametrize(
        ("root", "environ", "there", "wanted"),
        [
            (True, {}, (), []),
            (False, {"DISPLAY": ":0"}, ("pkexec", "sudo"), ["pkexec"]),
            (False, {}, ("pkexec", "sudo"), ["sudo"]),
            (False, {"DISPLAY": ":0"}, (), None),
        ],
    )
    def test_how_we_become_root(
        self,
        monkeypatch: pytest.MonkeyPatch,
        root: bool,
        environ: dict[str, str],
        there: tuple[str, ...],
        wanted: list[str] | None,
    ) -> None:
        monkeypatch.setattr(os, "geteuid", lambda: 0 if root else 1000)
        which: Callable[[str], str | None] = lambda name: name if name in there else None  # noqa: E731
        assert elevation(environ, which) == wanted


class TestBundle:
    def test_nothing_tells_who_sent_it(self, computer: Computer, tmp_path: Path) -> None:
        log = tmp_path / "vcam.log"
        log.write_text("opened /home/grace/secret/pic.png on lovelace-pc\n" + "x" * 500_000 + "\nthe end")
        computer.environ["USER"] = "grace"
        findings = [Finding("Camera", Level.OK, "seen by grace at /home/grace")]
        bundle = tmp_path / "bundle.zip"
        write_bundle(bundle, findings, [log, tmp_path / "absent.json"], computer.system)
        with zipfile.ZipFile(bundle) as file:
            texts = {name: file.read(name).decode() for name in file.namelist()}
        assert set(texts) == {"facts.json", "vcam.log"}
        assert not any("grace" in text for text in texts.values())
        assert texts["vcam.log"].endswith("the end")
        assert len(texts["vcam.log"]) <= 400_000
        facts = json.loads(texts["facts.json"])
        assert facts["findings"][0]["level"] == "ok"

    def test_names_are_masked_as_whole_words(self, computer: Computer) -> None:
        computer.environ["USER"] = ""
        mask = Mask(computer.system, home=Path("/home/ada"), user="ada", host="engine.example.org")
        assert mask("/home/ada/pictures") == "~/pictures"
        assert mask("/home/adam/x") == "/home/…/x"
        assert mask("ada on engine; Ada; adapter; engine.example.org") == "USER on HOST; USER; adapter; HOST"
        assert mask("/run/user/1000/pipewire-0") == "/run/user/…/pipewire-0"

    def test_root_stays_readable(self, computer: Computer) -> None:
        computer.environ["USER"] = "root"
        assert Mask(computer.system, home=Path("/root"), user="root", host="h")("root: h") == "root: h"


def test_commands_that_fail_say_nothing() -> None:
    assert run(["no-such-program"]) is None
    assert run(["false"]) is None
    assert run(["echo", "hello"]) == "hello"


def test_commands_that_hang_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*args: object, **how: object) -> None:
        raise subprocess.TimeoutExpired("sleep", 5)

    monkeypatch.setattr(subprocess, "run", hang)
    assert run(["sleep", "100"]) is None
