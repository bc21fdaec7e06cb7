"""A presenter drawn by us, whose exact alpha is known: the embedded demo, and the ground truth of tests."""

from __future__ import annotations

from vcam.adapters.pace import make_pace
from vcam.core.errors import EndOfSource
from vcam.core.frame import Alpha, Frame, Matte, Pixels, Size
from vcam.core.ports import SourceFormat
from vcam.imaging.presenter import draw_presenter


class SyntheticSource:
    """Draws a moving presenter in a room.

    Args:
        size: of the frames.
        fps: how much time goes by from frame to frame.
        frames: how many there are; None for no end.
        paced: wait as a camera would, or give frames as fast as they are read.
    """

    def __init__(
        self,
        size: Size = Size(1280, 720),
        fps: float = 30.0,
        frames: int | None = None,
        *,
        paced: bool = True,
    ) -> None:
        self._format = SourceFormat(size=size, fps=fps, frames=frames)
        self._pace = make_pace(fps, paced=paced)
        self._index = 0

    @property
    def name(self) -> str:
        """What people call it."""
        return "Demo"

    @property
    def format(self) -> SourceFormat:
        """What it gives."""
        return self._format

    def read(self) -> Frame:
        """Draw the next frame. Raises EndOfSource after the last one."""
        index = self._index
        if self._format.frames is not None and index >= self._format.frames:
            raise EndOfSource
        pixels, _ = self.draw(index)
        pixels.flags.writeable = False
        self._index += 1
        return Frame(pixels=pixels, index=index, captured_at=self._pace.wait())

    def draw(self, index: int) -> tuple[Pixels, Alpha]:
        """Return the pixels of frame number index and the person's exact alpha in them, at full size."""
        return draw_presenter(index / self._format.fps, self._format.size)

    def close(self) -> None:
        """Do nothing: a drawing holds no device."""


class TrueSegmenter:
    """A segmenter for SyntheticSource that knows the answer: for tests, and for judging what follows it.

    Args:
        source: whose frames will come.
    """

    def __init__(self, source: SyntheticSource) -> None:
        self._source = source

    @property
    def name(self) -> str:
        """The model's name."""
        return "truth"

    def segment(self, frame: Frame) -> Matte:
        """Return the exact alpha, at the frame's own size."""
        return Matte(alpha=self._source.draw(frame.index)[1], captured_at=frame.captured_at)

    def reset(self) -> None:
        """Do nothing: there is no memory."""

    def close(self) -> None:
        """Do nothing: there is no network."""
