"""From a word to a source: "demo", "camera", "camera:IDENTITY", or the path of a clip, picture or folder."""

from __future__ import annotations

import os
from pathlib import Path

from vcam.adapters.clips import ClipSource, FolderSource, PictureSource
from vcam.adapters.opencv_camera import USUAL, OpencvCamera, Wanted
from vcam.adapters.pictures import source_fault
from vcam.adapters.synthetic import SyntheticSource
from vcam.adapters.video_file import is_clip
from vcam.core.ports import FrameSource


def open_source(
    spec: str,
    wanted: Wanted = USUAL,
    *,
    frames: int | None = None,
    loop: bool = False,
    paced: bool = False,
) -> FrameSource:
    """Open a source.

    Args:
        spec: "demo", "camera" (the first), "camera:IDENTITY", or a path; "./demo" is a file of that name.
        wanted: asked of cameras; drawings have exactly that size and rate, files their own size.
        frames: of a drawing or a single picture; None for no end.
        loop: begin clips and folders anew after their last frame.
        paced: drawings and files wait as a camera would.

    Raises:
        SourceError: it cannot be opened.
    """
    kind, _, identity = spec.partition(":")
    if spec == "demo":
        return SyntheticSource(wanted.size, wanted.fps, frames, paced=paced)
    if kind == "camera":
        return OpencvCamera(identity, wanted)
    path = Path(os.path.expanduser(spec))  # noqa: PTH111 - Path.expanduser raises where there is no home
    if path.is_dir():
        return FolderSource(path, fps=wanted.fps, loop=loop, paced=paced)
    if is_clip(path):
        return ClipSource(path, loop=loop, paced=paced)
    if not path.exists():
        raise source_fault(
            f"got {spec!r}, which is no file != wanted demo, camera[:NAME], a clip, picture or folder"
        )
    return PictureSource(path, fps=wanted.fps, frames=None if loop else frames or 1, paced=paced)
