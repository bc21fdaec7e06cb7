from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vcam.adapters import video_file
from vcam.adapters.clips import ClipSource, FolderSource, LoopingClip, PictureSource
from vcam.adapters.file_sinks import VideoSink
from vcam.adapters.opencv_camera import Wanted
from vcam.adapters.sources import open_source
from vcam.adapters.synthetic import SyntheticSource
from vcam.adapters.video_file import fourcc_name, is_clip
from vcam.core.errors import BackgroundError, EndOfSource, Problem, SourceError, VcamError
from vcam.core.frame import Size

GREYS = [40, 80, 120, 160, 200]


def grey(pixels: np.ndarray) -> int:  # type: ignore[type-arg]
    """The nearest of the clip's greys."""
    return min(GREYS, key=lambda value: abs(value - float(pixels.mean())))


def test_a_clip_is_read_to_its_end(clip_path: Path) -> None:
    source = ClipSource(clip_path)
    assert source.name == "clip.avi"
    assert source.format.size == Size(64, 48)
    assert (source.format.fps, source.format.frames, source.format.codec) == (10, 5, "MJPG")
    assert [grey(source.read().pixels) for _ in range(5)] == GREYS


def test_time_goes_by_in_the_clips_own_steps(clip_path: Path) -> None:
    source = ClipSource(clip_path)
    times = [source.read().captured_at for _ in range(5)]
    np.testing.assert_allclose(np.diff(times), 0.1)


def test_a_loop_begins_anew(clip_path: Path) -> None:
    source = ClipSource(clip_path, loop=True)
    assert source.format.frames is None
    frames = [source.read() for _ in range(12)]
    assert [grey(frame.pixels) for frame in frames] == [*GREYS, *GREYS, 40, 80]
    assert [frame.index for frame in frames] == list(range(12))


def test_a_loop_whose_file_goes_is_told(clip_path: Path) -> None:
    source = ClipSource(clip_path, loop=True)
    for _ in range(5):
        source.read()
    clip_path.unlink()
    with pytest.raises(SourceError, match="cannot be read"):
        source.read()


def test_a_clip_cut_short_is_told_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "cut.avi"
    sink = VideoSink(path, Size(64, 48), 10)
    for index in range(20):
        sink.send(np.random.default_rng(index).integers(0, 255, (48, 64, 3), dtype=np.uint8))
    sink.close()
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 6 // 10])
    source = ClipSource(path)
    frames = 0
    try:
        for _ in range(20):
            source.read()
            frames += 1
    except EndOfSource:
        pass
    assert 2 < frames < 18
    assert "may be damaged" in caplog.text


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"#EXTM3U\n/etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"v=0\r\n",
        b"\0\0\0\x20ftypisom" * 40,
    ],
)
def test_what_is_no_clip_is_refused_in_words(tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(start)
    with pytest.raises(SourceError, match="!= wanted") as caught:
        ClipSource(path)
    assert caught.value.problem is Problem.UNREADABLE_SOURCE
    with pytest.raises(BackgroundError) as caught_background:
        LoopingClip(path)
    assert caught_background.value.problem is Problem.UNREADABLE_BACKGROUND


def test_a_clip_that_is_too_large_is_refused(clip_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video_file, "MAX_CLIP_SIDE", 50)
    with pytest.raises(SourceError, match="64×48 != wanted at most 50"):
        ClipSource(clip_path)


def test_pipes_and_folders_are_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, tmp_path / "none.mp4", Path("/dev/zero")):
        with pytest.raises(SourceError, match="cannot be read"):
            ClipSource(path)
        assert not is_clip(path)


def test_a_name_is_no_protocol(clip_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(clip_path.parent)
    odd = Path("concat:a|b.avi")
    clip_path.rename(odd)
    assert ClipSource(odd).format.frames == 5


def test_pictures_come_in_natural_order(picture_folder: Path) -> None:
    source = FolderSource(picture_folder, fps=5)
    assert source.name == "pictures"
    assert [int(source.read().pixels[0, 0, 0]) for _ in range(3)] == [60, 120, 180]
    assert (source.format.frames, source.format.fps) == (3, 5)


def test_one_bad_picture_costs_no_other(picture_folder: Path) -> None:
    (picture_folder / "frame10.png").write_bytes(b"spoilt")
    source = FolderSource(picture_folder)
    source.read()
    with pytest.raises(SourceError, match=r"frame10\.png"):
        source.read()
    last = source.read()
    assert (last.index, int(last.pixels[0, 0, 0])) == (2, 180)


def test_a_bad_first_picture_costs_no_other_either(picture_folder: Path) -> None:
    (picture_folder / "frame2.png").write_bytes(b"spoilt")
    source = FolderSource(picture_folder)
    assert source.format.size == Size(48, 32)
    with pytest.raises(SourceError, match=r"frame2\.png"):
        source.read()
    assert int(source.read().pixels[0, 0, 0]) == 120
    for name in ("frame10.png", "frame100.png"):
        (picture_folder / name).write_bytes(b"spoilt")
    with pytest.raises(SourceError, match=r"frame2\.png"):
        FolderSource(picture_folder)


def test_a_folder_without_pictures(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="got no picture"):
        FolderSource(tmp_path)
    with pytest.raises(SourceError, match="cannot be listed"):
        FolderSource(tmp_path / "none")


def test_a_picture_is_one_frame_or_many(picture_folder: Path) -> None:
    source = PictureSource(picture_folder / "frame2.png", frames=2)
    assert source.read().pixels is source.read().pixels
    with pytest.raises(EndOfSource):
        source.read()


def test_a_background_shows_what_belongs_to_the_moment(clip_path: Path) -> None:
    clip = LoopingClip(clip_path)
    assert clip.size == Size(64, 48)
    moments = [5.0, 5.05, 5.11, 5.31, 5.41, 5.51, 5.61]
    assert [grey(clip.frame_at(at)) for at in moments] == [40, 40, 80, 160, 200, 40, 80]
    clip.close()


def test_a_background_does_not_hurry_after_a_pause(clip_path: Path) -> None:
    clip = LoopingClip(clip_path)
    assert grey(clip.frame_at(0.0)) == 40
    assert grey(clip.frame_at(1000.0)) == 40
    assert grey(clip.frame_at(1000.11)) == 80


def test_a_background_stays_the_same_array_within_a_frame(clip_path: Path) -> None:
    clip = LoopingClip(clip_path)
    assert clip.frame_at(0.0) is clip.frame_at(0.05)


def test_a_background_whose_file_goes_keeps_its_last_picture(clip_path: Path) -> None:
    clip = LoopingClip(clip_path)
    clip_path.unlink()
    shown = [grey(clip.frame_at(index * 0.1 + 0.01)) for index in range(12)]
    assert shown[:5] == GREYS
    assert shown[5:] == [200] * 7


def test_words_open_sources(clip_path: Path, picture_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = Wanted(Size(32, 18), 5)
    demo = open_source("demo", wanted, frames=1)
    assert isinstance(demo, SyntheticSource)
    assert demo.format.size == Size(32, 18)
    assert isinstance(open_source(str(clip_path)), ClipSource)
    assert isinstance(open_source(str(picture_folder)), FolderSource)
    picture = open_source(str(picture_folder / "frame2.png"))
    assert isinstance(picture, PictureSource)
    assert picture.format.frames == 1
    assert open_source(str(picture_folder / "frame2.png"), loop=True).format.frames is None
    monkeypatch.setenv("HOME", str(clip_path.parent))
    assert isinstance(open_source("~/clip.avi"), ClipSource)
    for bad in ("nothing", "", "camera:nobody", "\0"):
        with pytest.raises(SourceError):
            open_source(bad)


def test_codecs_are_named() -> None:
    assert fourcc_name(float(cv2.VideoWriter.fourcc(*"MJPG"))) == "MJPG"
    assert fourcc_name(0.0) == ""
    assert fourcc_name(-1.0) == ""


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(data=st.data())
def test_fuzzed_clips_are_read_or_refused_in_words(tmp_path: Path, data: st.DataObject) -> None:
    seed = tmp_path / f"seed{data.draw(st.sampled_from(['.mp4', '.avi', '.mkv']))}"
    if not seed.exists():
        sink = VideoSink(seed, Size(32, 16), 10)
        for index in range(3):
            sink.send(np.full((16, 32, 3), index * 80, np.uint8))
        sink.close()
    spoilt = bytearray(seed.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        spoilt[data.draw(st.integers(0, len(spoilt) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "fuzzed"
    path.write_bytes(bytes(spoilt[: data.draw(st.integers(1, len(spoilt)))]))
    try:
        source = ClipSource(path)
        for _ in range(5):
            assert source.read().size == source.format.size
    except VcamError:
        return
