"""The embedded demo: what `make run` does where no window can be shown."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from vcam.adapters.cameras import list_cameras
from vcam.adapters.file_sinks import VideoSink, write_png
from vcam.adapters.synthetic import SyntheticSource
from vcam.core.background import Blur
from vcam.core.frame import Frame, Pixels, Size
from vcam.core.settings import Settings
from vcam.core.stages import EveryFrame, Stages
from vcam.imaging.layout import lay_out_video
from vcam.imaging.matte import TemporalRefiner
from vcam.imaging.planes import to_pixels
from vcam.phrases import command
from vcam.planner import Planner
from vcam.verbs.headless import OK, run

FOLDER = Path("demo-output")
SIZE = Size(1280, 720)
FPS = 30
FRAMES = 150
_SHOWN = 60


def run_demo(missing: str, folder: Path = FOLDER) -> int:
    """Blur the room behind the drawn presenter; write a clip and a picture; return the exit code.

    Args:
        missing: why there is no window, in words.
        folder: for what is written.
    """
    print(f"{missing}\nRunning the demo instead: a drawn presenter, the room behind blurred.")
    source = partial(SyntheticSource, SIZE, FPS, FRAMES, paced=False)
    settings = replace(Settings(), size=SIZE, fps=FPS, effect=Blur(), on_demand=False)
    planner = Planner(open_source=source, lossless=True)
    clip = folder / "demo.mp4"
    fittings = planner.fittings(partial(VideoSink, clip, SIZE, FPS), SIZE, sink_required=True, cards=False)
    code = run(planner.plan(settings), fittings, total=FRAMES)
    if code != OK:
        return code
    picture = folder / "before-after.png"
    write_png(picture, _before_after(planner, settings))
    print(f"\nWritten:\n  {clip}\n  {picture}\n\nFor the real thing:")
    for line in _for_the_real_thing():
        print(f"  - {line}")
    if Path(sys.argv[0]).suffix == ".py":
        print(f"\n`vcam` is here: {command(sys.argv[0])}")
    return OK


def _before_after(planner: Planner, settings: Settings) -> Pixels:
    """Return the same moment of the demo twice, side by side: the camera's picture and ours."""
    source = SyntheticSource(SIZE, FPS, paced=False)
    plan = planner.plan(settings)
    stages = Stages(
        plan.open_segmenter(),
        TemporalRefiner(),
        plan.make_compositor(SIZE),
        gate=EveryFrame(),
        hides_room=True,
        conform=lay_out_video,
        size=SIZE,
    )
    pixels, _ = source.draw(_SHOWN)
    after = to_pixels(stages.compose(Frame(pixels, 0, 0.0)).pixels)
    both = np.hstack([pixels, after])
    stages.close()
    return np.asarray(cv2.resize(both, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)


def _for_the_real_thing() -> list[str]:
    lines = ["Screen: see above, or use `vcam run --headless`."]
    cameras = list_cameras()
    if cameras:
        lines.append(f"Camera: {', '.join(camera.name for camera in cameras)}.")
    else:
        lines.append("Camera: there is none. Plug one in; `vcam cameras` lists what is found.")
    if sys.platform.startswith("linux"):
        from vcam.adapters.v4l2 import find_loopback  # noqa: PLC0415
        from vcam.adapters.virtual_camera import LABEL  # noqa: PLC0415

        if find_loopback(LABEL) is None:
            lines.append('Virtual camera: there is no device "Virtual Cam". `vcam doctor --fix` sets one up.')
        else:
            lines.append('Virtual camera: "Virtual Cam" is there.')
    return lines
