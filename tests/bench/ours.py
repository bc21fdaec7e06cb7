"""Our own pipeline, as a contender."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

from vcam.adapters.model_card import find_model
from vcam.adapters.onnx_segmenter import OnnxSegmenter
from vcam.core.background import Blur, Picture
from vcam.core.frame import Frame, Size
from vcam.core.redundancy import MotionGate
from vcam.core.settings import Quality
from vcam.core.stages import EveryFrame
from vcam.imaging.colour import thumbnail
from vcam.imaging.compose import make_compositor
from vcam.imaging.matte import TemporalRefiner
from vcam.imaging.scale import Pyramid

_FPS = 25


class Ours:
    """The app's own stages, as its planner puts them together."""

    def __init__(self, size, effect, background, options):
        self._pyramid = Pyramid()
        frame_size = Size(*size)
        card = find_model(Path(options.models), quality=Quality(options.quality), name="")
        self._segmenter = OnnxSegmenter(card, frame_size, self._pyramid)
        self._refiner = TemporalRefiner(pyramid=self._pyramid)
        shown = Blur() if effect == "blur" else Picture(Path("drawn"))
        self._compositor = make_compositor(shown, frame_size, background, pyramid=self._pyramid)
        self._gate = (
            MotionGate(partial(thumbnail, pyramid=self._pyramid)) if options.redundancy else EveryFrame()
        )
        self.stages = {name: [] for name in ("convert", "halve", "gate", "segment", "refine", "compose")}
        self.inferred = 0
        self._index = 0

    def __call__(self, pixels):
        frame = Frame(pixels, self._index, self._index / _FPS)
        self._index += 1
        marks = [time.thread_time()]
        self._pyramid.picture(frame)
        marks.append(time.thread_time())
        self._pyramid.small(frame, 3)
        marks.append(time.thread_time())
        matte = self._gate.reusable(frame)
        marks.append(time.thread_time())
        if matte is None:
            matte = self._segmenter.segment(frame)
            self._gate.remember(frame, matte)
            self.inferred += 1
        marks.append(time.thread_time())
        matte = self._refiner.refine(frame, matte)
        marks.append(time.thread_time())
        out = self._compositor.compose(frame, matte)
        marks.append(time.thread_time())
        for name, start, end in zip(self.stages, marks, marks[1:], strict=False):
            self.stages[name].append((end - start) * 1e3)
        return out
