"""What the command line does whatever the verb: no traceback in a face, no loss, no noise."""

from __future__ import annotations

import subprocess
import sys

import pytest

from vcam.adapters.settings_file import state_folder
from vcam.verbs import listings, remote


def test_a_bug_of_ours_is_a_sentence_for_the_person_and_a_traceback_for_the_log(vcam, capsys, monkeypatch):
    def broken(**_):
        raise RuntimeError("our bug")

    monkeypatch.setattr(listings, "show_models", broken)
    assert vcam("models") == 1
    told = capsys.readouterr().err
    assert "our bug" in told
    assert "See the log" in told
    assert "Traceback" not in told
    assert "Traceback" in (state_folder() / "vcam.log").read_text()


def test_a_lack_of_memory_is_no_bug_of_ours(vcam, capsys, monkeypatch):
    def short(**_):
        raise MemoryError("Unable to allocate 9 TiB")

    monkeypatch.setattr(listings, "show_models", short)
    assert vcam("models") == 1
    told = capsys.readouterr().err
    assert "9 TiB" in told
    assert "Close other programs" in told


def test_an_error_of_the_system_is_told_with_its_file(vcam, capsys, monkeypatch):
    def broken(**_):
        raise PermissionError(13, "Permission denied", "/some/file")

    monkeypatch.setattr(listings, "show_models", broken)
    assert vcam("models") == 2
    assert capsys.readouterr().err == "vcam: /some/file: Permission denied\n"


def run(words, before="", **streams):
    program = f"import sys; {before}; from vcam.cli import main; sys.exit(main({words!r}))"
    return subprocess.run([sys.executable, "-c", program], check=False, **streams)


def test_a_reader_that_has_seen_enough_is_no_error():
    program = "import sys; from vcam.cli import main; sys.exit(main(['models']))"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()
        told = process.stderr.read()
        assert process.wait(20) == 0
    assert told == b""


@pytest.mark.parametrize("before", ["sys.stdout = sys.stderr = None", "sys.stdout = None"])
def test_without_a_terminal_at_all_it_works(before):
    done = run(["models"], before, capture_output=True)
    assert done.returncode == 0
    assert done.stderr == b""


def test_a_terminal_that_knows_few_letters_gets_the_others_escaped():
    before = "sys.stdout.reconfigure(encoding='ascii', errors='strict')"
    done = run(["doctor"], before, capture_output=True)
    assert done.returncode in (0, 1)
    assert b"\\u2718" in done.stdout or b"\\u2714" in done.stdout
    assert done.stderr == b""


def test_a_log_on_a_full_disk_is_silent(tmp_path):
    log = tmp_path / "vcam.log"
    log.symlink_to("/dev/full")
    program = f"""
import logging, pathlib
from vcam import log
log.set_up(pathlib.Path({str(tmp_path)!r}), verbose=False)
logging.getLogger("x").warning("said")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert done.stderr == b"vcam: warning: said\n"


def test_a_files_name_does_not_steer_the_terminal(vcam, capsys, tmp_path):
    name = tmp_path / "\x1b[2Jwipe.png"
    name.write_bytes(b"no picture")
    assert vcam("matte", name, "--out", tmp_path / "out") == 2
    assert vcam("run", "--headless", "--source", name, "--sink", "null") == 2
    assert vcam("run", "--headless", "--source", "demo", f"--{name}") == 2
    told = capsys.readouterr().err
    assert told.count("\\x1b[2Jwipe.png") == 3
    assert "\x1b" not in told


def test_a_wrong_word_is_told_with_where_to_read_on(vcam, capsys):
    assert vcam("frobnicate") == 2
    told = capsys.readouterr().err
    assert told.startswith("vcam: ")
    assert told.endswith("See `vcam --help`.\n")
    assert vcam("run", "--fps", "many") == 2
    assert capsys.readouterr().err.endswith("See `vcam run --help`.\n")


@pytest.mark.parametrize(
    ("words", "said"), [(["effect"], "an effect"), (["on", "now"], "nothing after `on`")]
)
def test_ctl_wants_a_value_where_it_needs_one_and_only_there(vcam, capsys, words, said):
    assert vcam("ctl", *words) == 2
    assert said in capsys.readouterr().err


def test_ctl_names_a_picture_so_that_the_app_finds_it(tmp_path, monkeypatch, vcam):
    asked = []
    monkeypatch.setattr(remote, "ask", lambda request: asked.append(request["value"]) or {})
    monkeypatch.chdir(tmp_path)
    (tmp_path / "beach.png").write_bytes(b"")
    assert vcam("ctl", "effect", "beach.png") == 0
    assert vcam("ctl", "effect", "#102030") == 0
    assert asked == [str(tmp_path / "beach.png"), "#102030"]
