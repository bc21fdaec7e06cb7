"""Recording: any source of the app, as a phone would see it, into a trace."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from vcam.core.errors import EndOfSource, Problem, TraceError
from vcam.core.frame import Frame, Size
from vcam.core.ports import FrameSource
from vcam.parity.phone import Phone
from vcam.parity.trace import TraceWriter


def record(
    source: FrameSource,
    path: Path,
    phone: Phone,
    *,
    frames: int,
    rotation: int = 0,
    on_frame: Callable[[int], None] = lambda _count: None,
) -> int:
    """Write up to so many frames (0: until the source ends) to a new trace, and return how many.

    What was recorded before an error or Ctrl-C is kept: the trace is whole, only shorter.

    Raises:
        SourceError: from the source.
        ModelError: from the network.
        TraceError: the trace cannot be written, or the source had no frame at all.
    """
    with TraceWriter(path, phone.mirror.manifest) as writer:
        while not frames or writer.frames < frames:
            try:
                frame = source.read()
            except EndOfSource:
                break
            _add(writer, phone, frame, rotation)
            on_frame(writer.frames)
        if not writer.frames:
            raise TraceError(Problem.BAD_TRACE, f"{source.name}: got no frames != wanted at least one")
        return writer.frames


def _add(writer: TraceWriter, phone: Phone, frame: Frame, rotation: int) -> None:
    upright = frame.size
    sensor = Size(upright.height, upright.width) if rotation % 180 else upright
    stages = phone.run(frame.pixels, rotation)
    writer.add(
        stages,
        size=sensor,
        timestamp_ns=max(0, round(frame.captured_at * 1e9)),
        rotation=rotation,
        timings_ms=dict(phone.timings),
    )
