"""`vcam doctor`, on whatever machine this is: words, marks, JSON, and no change without being asked."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from vcam import __version__
from vcam.adapters.doctor import Mending
from vcam.verbs import doctor


def test_it_says_what_is_wrong_and_what_to_do(vcam, capsys):
    code = vcam("doctor")
    told = capsys.readouterr().out
    assert code == ("✘" in told)
    assert "✔ Network" in told
    assert all("do:" in told.split("✘", 1)[1] for _ in range(code))


def test_it_says_which_version_it_is_and_what_it_comes_to(vcam, capsys):
    code = vcam("doctor")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"Virtual Cam {__version__}, ")
    assert lines[-1].startswith("It cannot work yet: " if code else "It can work")


def test_what_the_desktop_offers_to_copy_tells_nobodys_name(home):
    told = doctor.report(str(Path.home() / "app.log")).splitlines()
    assert told[-2] == "Log: ~/app.log"
    assert told[-1].endswith("doctor --bundle report.zip")
    assert str(Path.home()) not in "".join(told)


@pytest.mark.parametrize("words", [["--yes"], ["--fix", "--undo"], ["--json", "--fix"]])
def test_options_that_do_not_belong_together_are_refused(vcam, capsys, words):
    assert vcam("doctor", *words) == 2
    assert words[-1] in capsys.readouterr().err


def test_json_is_for_programs(vcam, capsys):
    vcam("doctor", "--json")
    assert {"name", "level", "got", "wanted", "fix"} == set(json.loads(capsys.readouterr().out)[0])


def test_the_bundle_holds_facts_and_log_but_no_names(vcam, tmp_path, home):
    path = tmp_path / "bundle.zip"
    assert vcam("doctor", "--bundle", path) == 0
    with zipfile.ZipFile(path) as bundle:
        texts = "".join(bundle.read(name).decode() for name in bundle.namelist())
    assert "findings" in texts
    assert str(home) not in texts


def test_a_bundle_that_cannot_be_written_is_said(vcam, tmp_path, capsys):
    assert vcam("doctor", "--bundle", tmp_path / "no" / "folder.zip") == 2
    assert "cannot be written" in capsys.readouterr().err


def test_a_fix_is_shown_and_not_made_without_a_word(vcam, capsys, monkeypatch):
    applied = []
    monkeypatch.setattr(Mending, "apply", lambda self: applied.append(self) or "")
    monkeypatch.setattr(doctor, "plan_fix", lambda: Mending(commands=("modprobe v4l2loopback",)))
    assert vcam("doctor", "--fix") == 2
    told = capsys.readouterr()
    assert "modprobe v4l2loopback" in told.out
    assert "nothing was changed" in told.err
    assert not applied
    vcam("doctor", "--fix", "--yes")
    assert len(applied) == 1


def test_a_fix_that_fails_says_what_was_said(vcam, capsys, monkeypatch):
    monkeypatch.setattr(Mending, "apply", lambda self: "modprobe: permission denied")
    monkeypatch.setattr(doctor, "plan_undo", lambda: Mending(commands=("rm x",)))
    assert vcam("doctor", "--undo", "--yes") == 1
    assert "permission denied" in capsys.readouterr().err


def test_with_nothing_to_undo_it_says_so(vcam, capsys, monkeypatch):
    monkeypatch.setattr(doctor, "plan_undo", lambda: None)
    assert vcam("doctor", "--undo") == 0
    assert "nothing of ours" in capsys.readouterr().out
