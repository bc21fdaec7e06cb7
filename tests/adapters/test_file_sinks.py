from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from vcam.adapters.clips import ClipSource, FolderSource
from vcam.adapters.file_sinks import NullSink, PngFolderSink, VideoSink, write_png
from vcam.adapters.preview_slot import PreviewSlot
from vcam.core.errors import EndOfSource, Problem, SinkError
from vcam.core.frame import Pixels, Size

SIZE = Size(64, 48)


def grey(value: int, size: Size = SIZE) -> Pixels:
    return np.full((size.height, size.width, 3), value, np.uint8)


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".avi", ".mkv"])
def test_a_clip_appears_whole_when_it_is_closed(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / "new" / f"clip{suffix}"
    sink = VideoSink(path, SIZE, fps=10)
    for value in (50, 100, 150):
        sink.send(grey(value))
    assert not path.exists()
    sink.close()
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    source = ClipSource(path)
    assert source.format.size == SIZE
    assert source.format.fps == 10
    seen = [int(source.read().pixels.mean()) for _ in range(3)]
    assert np.allclose(seen, (50, 100, 150), atol=4)
    with pytest.raises(EndOfSource):
        source.read()


def test_a_clip_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match=r"got \.txt != wanted") as caught:
        VideoSink(tmp_path / "clip.txt", SIZE, 30)
    assert caught.value.problem is Problem.UNWRITABLE_SINK
    (tmp_path / "file").write_text("")
    with pytest.raises(SinkError, match="cannot be made"):
        VideoSink(tmp_path / "file" / "clip.mp4", SIZE, 30)
    (tmp_path / ".taken.part.mp4").mkdir()
    with pytest.raises(SinkError, match="cannot be written"):
        VideoSink(tmp_path / "taken.mp4", SIZE, 30)
    (tmp_path / "folder.avi" / "x").mkdir(parents=True)
    sink = VideoSink(tmp_path / "folder.avi", SIZE, 30)
    sink.send(grey(1))
    with pytest.raises(SinkError, match="kept as"):
        sink.close()


def test_without_pictures_there_is_no_clip(tmp_path: Path) -> None:
    VideoSink(tmp_path / "clip.mp4", SIZE, 30).close()
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_told(tmp_path: Path) -> None:
    (tmp_path / ".clip.part.mp4").symlink_to("/dev/full")
    with pytest.raises(SinkError) as caught:  # noqa: PT012 - opening, writing or closing may be what fails
        sink = VideoSink(tmp_path / "clip.mp4", SIZE, 30)
        for value in range(50):
            sink.send(grey(value))
        sink.close()
    assert caught.value.problem is Problem.UNWRITABLE_SINK
    assert not (tmp_path / "clip.mp4").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="has no such limit")
def test_a_disk_that_fills_up_leaves_no_half_of_a_clip(tmp_path: Path) -> None:
    code = (
        "import resource, signal, sys, numpy as np\n"
        "from pathlib import Path\n"
        "from vcam.adapters.file_sinks import VideoSink\n"
        "from vcam.core.errors import SinkError\n"
        "from vcam.core.frame import Size\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "sink = VideoSink(Path(sys.argv[1]), Size(64, 48), 30)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))\n"
        "noise = np.random.default_rng(0).integers(0, 255, (20, 48, 64, 3), np.uint8)\n"
        "try:\n"
        "    [sink.send(picture) for picture in noise]\n"
        "    sink.close()\n"
        "except SinkError as error:\n"
        "    print(error.detail)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "clip.mp4"], capture_output=True, text=True, check=True
    )
    assert "is there room on the disk?" in said.stdout
    assert not list(tmp_path.iterdir())


def test_after_close_nothing_is_written(tmp_path: Path) -> None:
    sink = VideoSink(tmp_path / "clip.mp4", SIZE, 30)
    sink.send(grey(1))
    sink.close()
    with pytest.raises(SinkError, match="closed"):
        sink.send(grey(1))


def test_pngs_are_numbered_and_exact(tmp_path: Path) -> None:
    sink = PngFolderSink(tmp_path / "out", SIZE)
    pictures = [np.random.default_rng(i).integers(0, 255, (48, 64, 3), dtype=np.uint8) for i in range(3)]
    for pixels in pictures:
        sink.send(pixels)
    source = FolderSource(tmp_path / "out")
    assert [path.name for path in source.paths] == ["000000.png", "000001.png", "000002.png"]
    for pixels in pictures:
        np.testing.assert_array_equal(source.read().pixels, pixels)


def test_pngs_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SinkError):
        PngFolderSink(tmp_path / "file", SIZE)
    with pytest.raises(SinkError, match="cannot be written"):
        write_png(tmp_path / "nowhere" / "x.png", grey(1))


def test_a_matte_is_written_in_grey(tmp_path: Path) -> None:
    write_png(tmp_path / "x.png", np.full((4, 5), 7, np.uint8))
    assert cv2.imread(str(tmp_path / "x.png"), cv2.IMREAD_UNCHANGED).shape == (4, 5)


def test_nowhere_counts() -> None:
    sink = NullSink(SIZE)
    sink.send(grey(1))
    assert sink.count == 1


def test_a_preview_is_kept_only_while_wanted() -> None:
    slot = PreviewSlot()
    slot.put(grey(1))
    assert slot.latest() is None
    slot.wanted(True)
    assert slot.latest() is None
    slot.put(grey(1))
    slot.put(grey(2))
    latest = slot.latest()
    assert latest is not None
    assert latest.max() == 2
    slot.wanted(False)
    assert slot.latest() is None


def test_a_preview_is_a_small_copy() -> None:
    slot = PreviewSlot()
    slot.wanted(True)
    for size, shape in ((Size(1280, 720), (360, 640, 3)), (SIZE, (48, 64, 3))):
        pixels = grey(9, size)
        slot.put(pixels)
        pixels[:] = 0
        latest = slot.latest()
        assert latest is not None
        assert latest.shape == shape
        assert latest.min() == 9
