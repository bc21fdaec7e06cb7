"""`vcam run --headless`: from the command line's words to a plan."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import cv2

from vcam import log
from vcam.adapters.clips import LoopingClip
from vcam.adapters.file_sinks import CLIP_SUFFIXES, NullSink, PngFolderSink, VideoSink
from vcam.adapters.machine import keep_memory_together
from vcam.adapters.model_card import find_model
from vcam.adapters.opencv_camera import Wanted
from vcam.adapters.settings_file import SettingsFile, settings_path, state_folder
from vcam.adapters.sources import open_source
from vcam.core.background import Blur, Effect, Fit
from vcam.core.demand import Demand
from vcam.core.frame import Size
from vcam.core.plan import Fittings, Plan
from vcam.core.ports import FrameSink, FrameSource, SourceFormat
from vcam.core.settings import Codec, Settings
from vcam.planner import Planner, load_background, parse_effect
from vcam.resources import MODELS
from vcam.verbs.headless import FirstFrames
from vcam.verbs.headless import run as run_headless

VIRTUAL_CAMERA = "virtual-camera"
SMALLEST_SIDE = 16
"""Pixels: with fewer no matte can be trusted, and encoders refuse them in words of their own."""


def run(arguments: argparse.Namespace) -> int:
    """Run headless as the command line says; return the exit code. Raises VcamError, ValueError."""
    log.set_up(state_folder(), verbose=arguments.verbose)
    cv2.setNumThreads(1)
    keep_memory_together()
    settings = _settings(arguments)
    _refuse_to_overwrite(arguments)
    live = arguments.source == "camera" or arguments.source.startswith("camera:")
    opener, form = (None, None) if live else _file(arguments)
    if arguments.size is None and form is not None:
        settings = replace(settings, size=_even(form.size) if arguments.sink == VIRTUAL_CAMERA else form.size)
    _check_size(settings.size)
    if arguments.fps is None and form is not None and form.fps:
        settings = replace(settings, fps=max(1, round(form.fps)))
    if live:
        settings = replace(settings, camera=arguments.source.partition(":")[2] or settings.camera)
    try_background(settings.effect)
    find_model(MODELS, quality=settings.quality, name=settings.model)  # raises now, and not behind a card
    paced = live or arguments.realtime
    planner = Planner(
        open_source=opener,
        lossless=not paced and arguments.sink != VIRTUAL_CAMERA,
        every_frame=arguments.every_frame,
        phone=arguments.pipeline == "phone",
    )
    plan = planner.plan(settings)
    if arguments.frames is not None:
        plan = replace(plan, open_source=FirstFrames(plan.open_source, arguments.frames))
    fittings, plan = _fitted(arguments, planner, settings, plan)
    total = arguments.frames or (form.frames if form is not None and not arguments.loop else None)
    return run_headless(plan, fittings, total=total, stats=arguments.stats)


def _check_size(size: Size) -> None:
    """Raise ValueError where pictures are too small for a person to be found in them."""
    if min(size.width, size.height) < SMALLEST_SIDE:
        raise ValueError(
            f"got pictures of {size} != wanted at least {SMALLEST_SIDE} pixels a side; choose a --size"
        )


def try_background(effect: Effect) -> None:
    """Raise BackgroundError where a picture or clip cannot be read: now, not in the middle of the run."""
    background = load_background(effect)
    if isinstance(background, LoopingClip):
        background.close()


def _refuse_to_overwrite(arguments: argparse.Namespace) -> None:
    """Raise ValueError where what is read would be written over."""
    targets = {"--sink": arguments.sink, "--stats": str(arguments.stats or "")}
    for given in filter(None, (arguments.source, arguments.effect)):
        path = Path(given)
        # A folder as the sink is filled with pictures of such names.
        folder = path.parent if re.fullmatch(r"\d{6,}\.png", path.name) else path
        for option, target in targets.items():
            if _is_same(path, target) or (option == "--sink" and _is_same(folder, target)):
                raise ValueError(f"got {given} to read and as {option} != wanted another {option}")


def _is_same(path: Path, target: str) -> bool:
    try:
        return path.samefile(target)
    except (OSError, ValueError):
        return False


def _even(size: Size) -> Size:
    """Return the size as a virtual camera can have it."""
    return Size(max(size.width & ~1, 2), max(size.height & ~1, 2))


def _settings(arguments: argparse.Namespace) -> Settings:
    """Return the remembered settings, overruled by the command line."""
    settings = SettingsFile(settings_path()).load().settings
    if arguments.effect is not None:
        effect = parse_effect(arguments.effect, arguments.strength, Fit(arguments.fit))
        settings = replace(settings, effect=effect)
    elif arguments.strength is not None:
        settings = replace(settings, effect=Blur(arguments.strength))
    if arguments.strength is not None and not isinstance(settings.effect, Blur):
        raise ValueError(f"got --strength with --effect {arguments.effect} != wanted it with blur")
    for name in ("size", "fps", "quality", "model"):
        value = getattr(arguments, name)
        if value:
            settings = replace(settings, **{name: value})
    if arguments.codec:
        settings = replace(settings, codec=Codec(arguments.codec))
    return settings


def _file(arguments: argparse.Namespace) -> tuple[Callable[[], FrameSource], SourceFormat]:
    """Return what opens a file, folder or the demo, and what it will give. Raises SourceError."""
    paced = arguments.realtime or arguments.sink == VIRTUAL_CAMERA
    wanted = Wanted(arguments.size or Settings().size, float(arguments.fps or Settings().fps))
    opener = partial(
        open_source, arguments.source, wanted, frames=arguments.frames, loop=arguments.loop, paced=paced
    )
    probe = opener()
    form = probe.format
    probe.close()
    return opener, form


def _fitted(
    arguments: argparse.Namespace, planner: Planner, settings: Settings, plan: Plan
) -> tuple[Fittings, Plan]:
    """Return the fittings for the sink, and the plan: on demand only where it can be seen who watches."""
    if arguments.sink != VIRTUAL_CAMERA:
        sink = _file_sink(arguments.sink, settings.size, float(settings.fps))
        return (
            planner.fittings(sink, settings.size, sink_required=True, cards=False),
            replace(plan, on_demand=False, patient=False),
        )
    from vcam.adapters.virtual_camera import VirtualCamera, open_audience  # noqa: PLC0415

    demand = Demand(open_audience(), enabled=not arguments.always_on)
    # Opened now, so that a missing device is told at once; one that goes away later is waited for.
    ahead = _OpenedAhead(partial(VirtualCamera, settings.size, float(settings.fps)))
    fittings = planner.fittings(
        ahead, settings.size, demand=demand.wanted, unsettled=demand.unsettled, leave=demand.leave
    )
    return fittings, replace(plan, on_demand=not arguments.always_on)


class _OpenedAhead:
    """Opens a sink now, gives it to who asks first, and opens it anew for who asks again."""

    def __init__(self, open_sink: Callable[[], FrameSink]) -> None:
        self._open_sink = open_sink
        self._ahead: FrameSink | None = open_sink()

    def __call__(self) -> FrameSink:
        ahead, self._ahead = self._ahead, None
        return ahead or self._open_sink()


def _file_sink(text: str, size: Size, fps: float) -> Callable[[], FrameSink]:
    """Return what opens the sink that a command line means. Raises ValueError where it means none."""
    if text == "null":
        return partial(NullSink, size)
    path = Path(text)
    if path.suffix.lower() in CLIP_SUFFIXES:
        return partial(VideoSink, path, size, fps)
    if text.endswith("/") or os.path.isdir(text):  # noqa: PTH112 - never raises
        return partial(PngFolderSink, path, size)
    raise ValueError(
        f"got the sink {text!r} != wanted virtual-camera, null, a folder/, or {', '.join(CLIP_SUFFIXES)}"
    )
