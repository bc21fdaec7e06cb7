"""Three peers, as contenders; they need an environment with MediaPipe and LiteRT."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import cv2
import numpy as np


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

    MediaPipe's mask, thresholded, dilated, blurred; Gauss 21 over the whole frame, or a picture; mixed in
    float by OpenCV, which is several times faster than by numpy.
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


class BackscrubLike:
    """backscrub's steps, from its README, with its TensorFlow Lite in today's form.

    A network of 256×144 on one thread, a binary mask, denoised by erosion and dilation, enlarged to the
    frame; the background is copied over the frame where the mask says so. Its option for blur is Gauss 25.
    It differs in the network, which is MediaPipe's: Google Meet's is not to be had.
    """

    def __init__(self, size, effect, background, _options):
        self.stages, self.inferred = {}, 0
        folder = Path(import_module("mediapipe").__file__).parent / "modules" / "selfie_segmentation"
        self._net = import_module("ai_edge_litert.interpreter").Interpreter(
            str(folder / "selfie_segmentation_landscape.tflite"), num_threads=1
        )
        self._net.allocate_tensors()
        self._in, self._out = (
            details()[0]["index"] for details in (self._net.get_input_details, self._net.get_output_details)
        )
        self._background = background if effect == "picture" else None

    def __call__(self, pixels):
        rgb = cv2.cvtColor(cv2.resize(pixels, (256, 144)), cv2.COLOR_BGR2RGB)
        self._net.set_tensor(self._in, (rgb * np.float32(1 / 255))[None])
        self._net.invoke()
        self.inferred += 1
        room = (self._net.get_tensor(self._out)[0, ..., 0] < 0.5).astype(np.uint8)
        square = np.ones((5, 5), np.uint8)
        room = cv2.dilate(cv2.erode(room, square), square)
        room = cv2.resize(room, pixels.shape[1::-1], interpolation=cv2.INTER_NEAREST)
        behind = cv2.GaussianBlur(pixels, (25, 25), 0) if self._background is None else self._background
        return cv2.copyTo(behind, room, pixels.copy())


def _selfie():
    solutions = import_module("mediapipe").solutions
    return solutions.selfie_segmentation.SelfieSegmentation(model_selection=1)
