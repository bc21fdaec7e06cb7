"""OpenCV and its FFmpeg write to the terminal on their own; what matters of it we say ourselves."""

from __future__ import annotations

import os

import cv2


def quiet_opencv() -> None:
    """Silence them. Called by whatever opens something through OpenCV; cheap, and fine to repeat."""
    # FFmpeg's level is read once, when OpenCV first uses it: -8 is its "quiet".
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
