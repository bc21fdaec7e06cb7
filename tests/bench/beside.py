"""What a camera's decoder costs, paid beside every pipeline alike, and the way from BGR to I420.

Ours makes that way once at the start, and counts it as its stage "convert"; others make it at the end.
"""

from __future__ import annotations

import time
from statistics import median

import cv2
import numpy as np

_TURNS = 40


def measure_beside(frame) -> dict[str, tuple[float, float]]:
    """Return {what: (least, median)} CPU ms for one frame, uint8 (height, width, 3) BGR."""
    jpeg = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, 90])[1]
    yuyv = np.repeat(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)[..., None], 2, axis=2)
    planes = np.empty((frame.shape[0] * 3 // 2, frame.shape[1]), np.uint8)
    out = np.empty_like(frame)
    work = {
        "MJPG decoded": lambda: cv2.imdecode(jpeg, cv2.IMREAD_COLOR),
        "YUYV to BGR": lambda: cv2.cvtColor(yuyv, cv2.COLOR_YUV2BGR_YUYV, dst=out),
        "BGR to I420, which ours counts itself": lambda: cv2.cvtColor(
            frame, cv2.COLOR_BGR2YUV_I420, dst=planes
        ),
    }
    return {name: _timed(function) for name, function in work.items()}


def _timed(function) -> tuple[float, float]:
    times, made = [], []
    for _ in range(_TURNS):
        start = time.thread_time()
        made.append(function())
        times.append((time.thread_time() - start) * 1e3)
        del made[:-2]  # as in the app: freed at once, the C library would hand the memory back to the system
    return min(times), median(times)
