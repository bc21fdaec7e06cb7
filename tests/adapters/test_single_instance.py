from __future__ import annotations

import contextlib
import logging
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from vcam.adapters.single_instance import MAX_LINE, SingleInstance, ask, runtime_folder
from vcam.core.errors import Problem, SinkError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "run"


def echo(request: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"got": dict(request)}


def test_the_first_answers_the_second(folder: Path) -> None:
    with SingleInstance(echo, folder):
        assert ask({"do": "show"}, folder) == {"got": {"do": "show"}}
        with pytest.raises(SinkError, match="running already") as caught:
            SingleInstance(echo, folder)
        assert caught.value.problem is Problem.VIRTUAL_CAMERA_BUSY
        assert ask({"do": "status"}, folder) == {"got": {"do": "status"}}


def test_nobody_answers_where_none_runs(folder: Path) -> None:
    assert ask({"do": "show"}, folder) is None
    instance = SingleInstance(echo, folder)
    instance.close()
    instance.close()
    assert ask({"do": "show"}, folder) is None
    assert threading.active_count() == 1


@pytest.mark.usefixtures("no_thread_begins")
def test_one_that_gets_no_thread_runs_all_the_same(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), SingleInstance(echo, folder):
        assert ask({"do": "show"}, folder) is None
    assert "can't start new thread" in caplog.text


def test_another_may_come_when_the_first_has_gone(folder: Path) -> None:
    for _ in range(3):
        with SingleInstance(echo, folder):
            assert ask({}, folder) == {"got": {}}


def test_what_a_killed_instance_left_behind_is_no_bar(folder: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path\n"
        "from vcam.adapters.single_instance import SingleInstance\n"
        "SingleInstance(dict, Path(sys.argv[1])); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(folder)], check=False)
    assert (folder / "socket").exists()
    assert ask({"do": "show"}, folder) is None
    with SingleInstance(echo, folder):
        assert ask({}, folder) == {"got": {}}


@pytest.mark.parametrize(
    "line", [b"nonsense\n", b"[]\n", b"\xff\n", b"[" * 60_000 + b"\n", b"x" * (MAX_LINE + 9), b"\n"]
)
def test_nonsense_is_answered_in_words(folder: Path, line: bytes) -> None:
    with SingleInstance(echo, folder):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            connection.connect(str(folder / "socket"))
            connection.sendall(line)
            assert b"!= wanted one line" in connection.recv(4096)
        assert ask({}, folder) == {"got": {}}


def test_a_caller_that_hangs_up_does_no_harm(folder: Path) -> None:
    with SingleInstance(echo, folder):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(folder / "socket"))
        assert ask({}, folder) == {"got": {}}


def test_a_handler_that_raises_is_logged(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    def broken(_: Mapping[str, Any]) -> Mapping[str, Any]:
        raise ValueError("a bug of ours")

    with SingleInstance(broken, folder):
        answer = ask({"do": "on"}, folder)
    assert answer is not None
    assert "went wrong" in answer["error"]
    assert "a bug of ours" in caplog.text


def test_an_instance_that_is_stuck_is_told_from_none(folder: Path) -> None:
    go_on = threading.Event()

    def stuck(_: Mapping[str, Any]) -> Mapping[str, Any]:
        go_on.wait(10)
        return {}

    with SingleInstance(stuck, folder):
        answer = ask({}, folder, timeout=0.05)
        go_on.set()
    assert answer is not None
    assert "does not answer" in answer["error"]


def test_a_folder_that_others_may_write_is_not_trusted(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder.mkdir()
    folder.chmod(0o777)
    with caplog.at_level(logging.WARNING), SingleInstance(echo, folder):
        assert ask({}, folder) is None
    assert "written by others" in caplog.text


def test_the_app_runs_without_a_runtime_folder(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    deep = tmp_path / ("x" * 120)
    (tmp_path / "file").write_text("")
    for folder in (deep, tmp_path / "file"):
        with SingleInstance(echo, folder):
            assert ask({}, folder) is None
    assert caplog.text.count("cannot reach this one") == 2


def test_the_folder_is_the_users_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert runtime_folder() == tmp_path / "virtual-cam"
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert runtime_folder() == tmp_path / "state" / "virtual-cam" / "run"
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    assert runtime_folder().is_absolute()


def test_the_folder_is_private(folder: Path) -> None:
    with SingleInstance(echo, folder):
        assert folder.stat().st_mode & 0o077 == 0


@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=st.lists(st.binary(max_size=300) | st.just(b"[" * 100_000), max_size=3))
def test_fuzzed_lines_are_answered_in_words_and_the_next_one_is_too(folder: Path, sent: list[bytes]) -> None:
    with SingleInstance(echo, folder):
        for line in sent:
            with socket.socket(socket.AF_UNIX) as rude:
                rude.connect(str(folder / "socket"))
                rude.settimeout(5)
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    rude.sendall(line)
                    rude.shutdown(socket.SHUT_WR)
                    assert rude.recv(4096).startswith(b"{")
        assert ask({"do": "status"}, folder) == {"got": {"do": "status"}}
