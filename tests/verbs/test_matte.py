"""`vcam matte`: mattes as files."""

from __future__ import annotations

import sys

import cv2
import numpy as np
import pytest

from vcam.adapters.synthetic import SyntheticSource
from vcam.core.frame import Size


@pytest.fixture
def people(tmp_path):
    """Four frames of the presenter as PNG files, and the true alphas."""
    folder = tmp_path / "people"
    folder.mkdir()
    source = SyntheticSource(Size(320, 180), 30.0, paced=False)
    truth = {}
    for index in range(4):
        pixels, alpha = source.draw(10 * index)
        cv2.imwrite(str(folder / f"person{index}.png"), pixels)
        truth[f"person{index}"] = alpha
    return folder, truth


@pytest.mark.parametrize("flags", [[], ["--raw"], ["--sequence"], ["--sequence", "--raw"]])
def test_a_folder_gives_one_matte_for_each_picture_at_its_size(vcam, tmp_path, people, flags):
    folder, truth = people
    out = tmp_path / "mattes"
    assert vcam("matte", folder, "--out", out, *flags) == 0
    assert {path.stem for path in out.glob("*.png")} == set(truth)
    for stem, alpha in truth.items():
        matte = cv2.imread(str(out / f"{stem}.png"), cv2.IMREAD_UNCHANGED)
        assert matte.shape == alpha.shape
        assert matte.dtype == np.uint8
        person = matte > 127
        both, either = np.sum(person & (alpha > 0.5)), np.sum(person | (alpha > 0.5))
        assert both / either > 0.7


def test_stills_do_not_remember_each_other(vcam, tmp_path, people):
    folder, _ = people
    together, alone = tmp_path / "together", tmp_path / "alone"
    vcam("matte", folder, "--out", together)
    vcam("matte", folder / "person3.png", "--out", alone)
    assert (together / "person3.png").read_bytes() == (alone / "person3.png").read_bytes()


def test_a_clip_gives_numbered_mattes(vcam, tmp_path, clip_path):
    out = tmp_path / "mattes"
    assert vcam("matte", clip_path, "--out", out) == 0
    assert sorted(path.name for path in out.iterdir())[0] == "clip-000000.png"
    assert len(list(out.iterdir())) == 5


def test_one_unreadable_picture_is_said_and_the_others_are_done(vcam, tmp_path, people, capsys):
    folder, truth = people
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    out = tmp_path / "mattes"
    assert vcam("matte", broken, folder, tmp_path / "missing.jpg", "--out", out) == 2
    assert len(list(out.glob("person*.png"))) == len(truth)
    told = capsys.readouterr().err
    assert "broken.png" in told
    assert "missing.jpg" in told


def test_a_folder_that_cannot_be_written_is_said(vcam, tmp_path, people, capsys):
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert vcam("matte", people[0], "--out", blocked) == 2
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize("flags", [[], ["--sequence"]])
def test_a_picture_that_cannot_be_read_does_not_cost_the_rest_of_its_folder(vcam, tmp_path, people, flags):
    folder, truth = people
    (folder / "person0.png").write_bytes(b"no picture")
    (folder / "person2.png").write_bytes(b"no picture")
    out = tmp_path / "mattes"
    assert vcam("matte", folder, "--out", out, *flags) == 2
    assert {path.stem for path in out.iterdir()} == set(truth) - {"person0", "person2"}


def test_a_matte_never_replaces_a_picture_that_was_given(vcam, people, tmp_path, capsys):
    folder, _ = people
    before = {path: path.read_bytes() for path in folder.iterdir()}
    other = tmp_path / "person1.png"
    other.write_bytes((folder / "person2.png").read_bytes())
    assert vcam("matte", folder, "--out", folder) == 2
    assert vcam("matte", other, folder / "person1.png", "--out", folder) == 2
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert "another --out" in capsys.readouterr().err


def test_a_matte_replaces_a_matte_and_nothing_else(vcam, people, tmp_path, capsys):
    folder, _ = people
    photo, out = tmp_path / "person1.png", tmp_path / "mattes"
    photo.write_bytes((folder / "person2.png").read_bytes())
    before = photo.read_bytes()
    assert vcam("matte", folder / "person1.png", "--out", tmp_path) == 2
    assert photo.read_bytes() == before
    assert "is no matte and would be lost" in capsys.readouterr().err
    for _ in range(2):
        assert vcam("matte", folder / "person1.png", "--out", out) == 0


def test_a_terminal_is_told_how_far_it_is_and_what_is_wrong_on_lines_of_their_own(
    vcam, people, tmp_path, capsys, monkeypatch
):
    folder, truth = people
    (folder / "person1.png").write_bytes(b"no picture")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert vcam("matte", folder, "--out", tmp_path / "mattes") == 2
    told = capsys.readouterr().err
    assert "\r\x1b[Kvcam: " in told
    assert told.count("person1.png") == 1
    assert told.endswith(f"\r\x1b[K{len(truth) - 1} mattes in {tmp_path / 'mattes'}\n")


def test_two_pictures_of_one_name_are_refused_before_anything_is_written(vcam, people, tmp_path, capsys):
    folder, _ = people
    other = tmp_path / "person1.jpg"
    cv2.imwrite(str(other), np.zeros((90, 160, 3), np.uint8))
    out = tmp_path / "mattes"
    assert vcam("matte", folder, other, "--out", out) == 2
    assert not out.exists()
    assert "both be person1.png" in capsys.readouterr().err


def test_a_name_that_no_file_can_have_is_said_and_the_others_are_done(vcam, people, tmp_path, capsys):
    folder, truth = people
    out = tmp_path / "mattes"
    assert vcam("matte", "n" * 5000, folder, "--out", out) == 2
    assert {path.stem for path in out.iterdir()} == set(truth)
    assert "too long" in capsys.readouterr().err
