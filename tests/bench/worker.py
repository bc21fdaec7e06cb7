"""One contender in its own process: told to work on so many frames, it answers with the CPU time of each.

Runs in our environment or in one that has MediaPipe; imports of either happen in the contender that needs them.
Protocol: a line of JSON in ({"frames": n}), a line of JSON out ({"ms": [...], "stages": {...}, "inferred": n,
"rss_mb": x}); an empty line ends it.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from functools import partial
from pathlib import Path

import cv2
import numpy as np

_FPS = 25


class Ours:
    """The app's own stages, as its planner puts them together."""

    def __init__(self, size, effect, background, options):
        from vcam.adapters.model_card import find_model
        from vcam.adapters.onnx_segmenter import OnnxSegmenter
        from vcam.core.background import Blur, Picture
        from vcam.core.frame import Size
        from vcam.core.redundancy import MotionGate
        from vcam.core.settings import Quality
        from vcam.core.stages import EveryFrame
        from vcam.imaging.colour import thumbnail
        from vcam.imaging.compose import make_compositor
        from vcam.imaging.matte import TemporalRefiner
        from vcam.imaging.scale import Pyramid

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
        self.stages = {name: [] for name in ("halve", "gate", "segment", "refine", "compose")}
        self.inferred = 0
        self._index = 0

    def __call__(self, pixels):
        from vcam.core.frame import Frame

        frame = Frame(pixels, self._index, self._index / _FPS)
        self._index += 1
        marks = [time.thread_time()]
        self._pyramid.level(frame, 3)
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


class MediaPipeSample:
    """What MediaPipe's documentation shows for selfie segmentation: np.where over a hard threshold."""

    def __init__(self, size, effect, background, _options):
        self.stages, self.inferred = {}, 0
        self._net = _selfie()
        self._background = background if effect == "picture" else None

    def __call__(self, pixels):
        rgb = cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)
        mask = self._net.process(rgb).segmentation_mask
        self.inferred += 1
        person = np.stack((mask,) * 3, axis=-1) > 0.1
        behind = cv2.GaussianBlur(pixels, (55, 55), 0) if self._background is None else self._background
        return np.where(person, pixels, behind)


class LfbwLike:
    """Linux-Fake-Background-Webcam's steps, from its documentation.

    MediaPipe's mask, thresholded, dilated, blurred; Gauss 21 over the whole frame, or a picture; mixed in float
    by OpenCV, which is several times faster than by numpy.
    """

    def __init__(self, size, effect, background, _options):
        self.stages, self.inferred = {}, 0
        self._net = _selfie()
        self._background = background if effect == "picture" else None

    def __call__(self, pixels):
        rgb = cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)
        mask = self._net.process(rgb).segmentation_mask
        self.inferred += 1
        mask = cv2.threshold(mask, 0.75, 1, cv2.THRESH_BINARY)[1]
        mask = cv2.blur(cv2.dilate(mask, np.ones((5, 5), np.uint8), iterations=1), (10, 10))
        behind = cv2.GaussianBlur(pixels, (21, 21), 0) if self._background is None else self._background
        return cv2.blendLinear(pixels, behind, mask, 1 - mask)


def _selfie():
    import mediapipe

    return mediapipe.solutions.selfie_segmentation.SelfieSegmentation(model_selection=1)


CONTENDERS = {"ours": Ours, "mediapipe": MediaPipeSample, "lfbw-like": LfbwLike}


def rss_mb() -> float:
    """Return what this process holds for itself, without the clip that it maps."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon")) / 1024


def main() -> None:
    """Open the contender, then answer until told to stop."""
    parser = argparse.ArgumentParser()
    parser.add_argument("contender", choices=CONTENDERS)
    parser.add_argument("clip", type=Path)
    parser.add_argument("effect", choices=["blur", "picture"])
    parser.add_argument("--picture", type=Path)
    parser.add_argument("--models", default="models")
    parser.add_argument("--quality", default="balanced")
    parser.add_argument("--redundancy", action="store_true")
    options = parser.parse_args()
    answers, sys.stdout = sys.stdout, sys.stderr
    cv2.setNumThreads(1)
    clip = np.load(options.clip, mmap_mode="r")
    height, width = clip.shape[1:3]
    work = CONTENDERS[options.contender](
        (width, height), options.effect, cv2.imread(str(options.picture)), options
    )
    position = 0
    print(json.dumps({"ready": True}), file=answers, flush=True)
    for line in sys.stdin:
        if not line.strip():
            break
        times, before = [], work.inferred
        for stage in work.stages.values():
            stage.clear()
        for _ in range(json.loads(line)["frames"]):
            pixels = np.array(clip[position])  # a camera hands over a frame that is in memory already
            position = (position + 1) % len(clip)
            start = time.process_time()
            work(pixels)
            times.append((time.process_time() - start) * 1e3)
        answer = {"ms": times, "stages": work.stages, "inferred": work.inferred - before, "rss_mb": rss_mb()}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
