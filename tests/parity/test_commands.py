"""`vcam parity …`: exit codes, words, and what is written."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from tests.parity.conftest import GOLDEN, TINY, Drawings, Recorder, tiny_manifest
from tests.parity.test_compare import _forge, _lie
from vcam.core.errors import Problem, SourceError
from vcam.core.ports import FrameSource
from vcam.parity.commands import BAD_INPUT, DIFFERS, SAME, Outside, add_parser, run
from vcam.parity.trace import TraceReader


def _vcam(*words: object, source: Drawings | None = None, models: tuple[Path, ...] = (GOLDEN,)) -> int:
    def open_source(spec: str) -> FrameSource:
        if source is None:
            raise SourceError(Problem.NO_CAMERA, f"got no source {spec!r}")
        return source

    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())
    return run(parser.parse_args(["parity", *map(str, words)]), Outside(open_source, models))


def test_what_is_recorded_checks_as_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps(tiny_manifest().to_json()))
    source = Drawings(5)
    trace = tmp_path / "t.zip"
    words = ("record", trace, "--model", TINY, "--manifest", manifest, "--frames", 3, "--rotation", 90)
    assert _vcam(*words, source=source) == SAME
    assert source.closed
    with TraceReader(trace) as reader:
        frames = list(reader.frames())
        assert [frame.record.rotation for frame in frames] == [90] * 3
        assert frames[0].record.size.width == 96
    assert _vcam("check", trace) == SAME
    out = capsys.readouterr().out
    assert "Same: 3 frames, every stage within its limits." in out
    assert _vcam(*words, source=Drawings(1)) == BAD_INPUT
    assert "got something there already" in capsys.readouterr().err


def test_recording_stopped_by_hand_is_done(tmp_path: Path) -> None:
    class Stopped(Drawings):
        def read(self):
            if self._left == 1:
                raise KeyboardInterrupt
            return super().read()

    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps(tiny_manifest().to_json()))
    source = Stopped(3)
    words = ("record", tmp_path / "t", "--model", TINY, "--manifest", manifest, "--frames", 0)
    assert _vcam(*words, source=source) == SAME
    assert source.closed
    with TraceReader(tmp_path / "t") as reader:
        assert len(list(reader.frames())) == 2


@pytest.mark.parametrize(
    ("words", "match"),
    [
        (("check", "nowhere"), "got nothing there"),
        (("explain", "nowhere"), "got nothing there"),
        (("report", "nowhere", "--out", "out"), "got nothing there"),
        (("record", "t", "--model", "none.onnx"), "got no source 'camera'"),
    ],
)
def test_bad_input_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words, match: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert _vcam(*words) == BAD_INPUT
    err = capsys.readouterr().err
    assert match in err
    assert err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_an_unknown_network_is_asked_for(recorded: Recorder, capsys: pytest.CaptureFixture[str]) -> None:
    path = recorded()
    assert _vcam("check", path, models=()) == BAD_INPUT
    assert "give --model FILE.onnx, or --no-model" in capsys.readouterr().err
    assert _vcam("check", path, "--no-model", models=()) == SAME
    assert _vcam("check", path, "--model", TINY, models=()) == SAME
    assert _vcam("check", path, "--models", GOLDEN, models=()) == SAME


def test_a_manifest_that_cannot_be_read_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("record", tmp_path / "t", "--model", TINY, "--manifest", tmp_path / "none.json")
    assert _vcam(*words, source=Drawings(1)) == BAD_INPUT
    assert "cannot be read" in capsys.readouterr().err


def test_the_manifest_of_a_trace_can_be_recorded_with(recorded: Recorder, tmp_path: Path) -> None:
    for given in (recorded(), recorded(zipped=True)):
        out = tmp_path / f"again-{given.name}"
        words = ("record", out, "--model", TINY, "--manifest", given, "--frames", 1)
        assert _vcam(*words, source=Drawings(1)) == SAME
        assert _vcam("check", out) == SAME


def test_differences_are_named_and_explained(recorded: Recorder, capsys: pytest.CaptureFixture[str]) -> None:
    path = _lie(recorded(frames=2), lambda d: d.update(yuv="libyuv-limited"))
    assert _vcam("check", path) == DIFFERS
    out = capsys.readouterr().out
    assert "Differs: first at “crop, rotate, resize” in frame 0" in out
    assert "Likely cause: YUV → RGB is libyuv-full, not libyuv-limited as declared." in out
    assert _vcam("explain", path, "--most", 2) == DIFFERS
    out = capsys.readouterr().out
    assert sum(line.startswith("  ") for line in out.splitlines()) == 2
    assert "  fits " in out
    assert _vcam("explain", recorded()) == SAME


class Page(HTMLParser):
    """Collects what a page would load, and its texts."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in {"src", "href", "data", "poster"}]
        assert not [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.text += data


HOSTILE = "<script>alert(1)</script>|`x`"


def test_reports_are_written_whole_and_harmless(recorded: Recorder, tmp_path: Path) -> None:
    def lie(document: dict) -> None:
        document["geometry"]["mirror"] = True
        document["device"]["name"] = HOSTILE

    path = _lie(recorded(frames=3, keep_rgb=True), lie)
    assert _vcam("report", path, "--out", tmp_path / "out" / "deep") == DIFFERS
    out = tmp_path / "out" / "deep"
    findings = json.loads((out / "report.json").read_text("utf-8"))
    assert findings["same"] is False
    assert findings["first_diverging"] == "input"
    assert findings["causes"][0]["names"] == ["mirror"]
    assert findings["stages"]["tensor"]["passed"] is True
    assert findings["stages"]["input"]["failed"] == 3
    assert findings["timings_ms"]["network"]["frames"] == 3
    page = Page()
    html = (out / "report.html").read_text("utf-8")
    page.feed(html)
    assert "script" not in page.tags
    assert HOSTILE in page.text
    assert page.tags.count("img") == 3 * len(findings["stages"])
    assert page.tags.count("polyline") == len(findings["stages"]) + len(findings["timings_ms"])
    assert all(link.startswith("data:image/png;base64,") for link in page.links)
    assert "default-src 'none'" in html
    markdown = (out / "report.md").read_text("utf-8")
    assert "<script>" not in markdown
    assert "| crop, rotate, resize | differs |" in markdown
    assert "Likely cause: the picture is not mirrored, but declared so." in markdown


def test_reports_survive_what_is_no_number(recorded: Recorder, tmp_path: Path) -> None:
    def spoil(data: bytes) -> bytes:
        values = np.frombuffer(data, "<f4").copy()
        values[:9] = np.nan
        return values.tobytes()

    path = _forge(recorded(), "output", spoil)
    files = [tmp_path / name for name in ("r.json", "r.md", "r.html")]
    assert _vcam("check", path, "--json", files[0], "--markdown", files[1], "--html", files[2]) == DIFFERS
    assert json.loads(files[0].read_text("utf-8"))["stages"]["output"]["worst"]["maximum"] is None
    assert all(file.stat().st_size > 500 for file in files)


def test_a_report_that_cannot_be_written_is_said(
    recorded: Recorder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert _vcam("report", recorded(), "--out", tmp_path / "file" / "x") == BAD_INPUT
    assert "cannot be written" in capsys.readouterr().err


def test_the_arguments_load_no_heavy_library() -> None:
    heavy = {"cv2", "onnxruntime", "jsonschema"}
    code = f"import sys, vcam.parity.commands; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_golden_folder_checks_like_its_zip(tmp_path: Path) -> None:
    shutil.unpack_archive(GOLDEN / "tiny.wasm.zip", tmp_path / "t")
    assert _vcam("check", tmp_path / "t", "--frames", 1) == SAME


def test_the_apps_own_network_is_the_default(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _vcam("record", tmp_path / "t", source=Drawings(1), models=(tmp_path,)) == BAD_INPUT
    assert "got no network of the app's own; give --model FILE.onnx" in capsys.readouterr().err
    shutil.copyfile(TINY, tmp_path / "balanced.onnx")
    card = {
        "name": "balanced",
        "precision": "fp32",
        "input": {
            "name": "image",
            "channels": "RGB",
            "sizes": [[64, 80]],
            "scale": 1,
            "mean": [0] * 3,
            "std": [1] * 3,
        },
        "output": {"name": "logits", "meaning": "logit"},
    }
    (tmp_path / "balanced.json").write_text(json.dumps(card))
    assert _vcam("record", tmp_path / "t", "--frames", 1, source=Drawings(3), models=(tmp_path,)) == SAME
    assert _vcam("check", tmp_path / "t", models=(tmp_path,)) == SAME
