"""Two peers, as contenders; they need an environment with MediaPipe."""

from __future__ import annotations

import cv2
import mediapipe
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


def _selfie():
    return mediapipe.solutions.selfie_segmentation.SelfieSegmentation(model_selection=1)
