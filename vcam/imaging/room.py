"""The room that the synthetic presenter sits in: a wall, a window, shelves with books, a plant."""

from __future__ import annotations

import cv2
import numpy as np

from vcam.core.frame import Pixels, Size
from vcam.imaging.scale import halve

_BOOKS = (
    (60, 60, 190),
    (150, 90, 40),
    (70, 150, 90),
    (60, 160, 220),
    (140, 70, 130),
    (200, 190, 170),
    (50, 70, 110),
)


def draw_room(size: Size) -> Pixels:
    """Return the room, uint8 (height, width, 3) BGR; the same every time."""
    room = _Room(size)
    room.wall()
    room.window()
    room.shelves()
    room.picture()
    room.plant()
    return room.finish()


class _Room:
    """Draws at twice the size; measures are in frame heights, x from the left."""

    def __init__(self, size: Size) -> None:
        self._unit = size.height * 2
        self._wide = size.width / size.height
        self._rng = np.random.default_rng(11)
        self._pixels = np.zeros((size.height * 2, size.width * 2, 3), np.uint8)

    def wall(self) -> None:
        """Paint a wall lit from the window on the left, with a grain like plaster."""
        rows, columns = np.ogrid[0 : self._pixels.shape[0], 0 : self._pixels.shape[1]]
        light = 1.04 - 0.26 * columns / self._pixels.shape[1] - 0.16 * rows / self._pixels.shape[0]
        grain = self._rng.normal(0, 0.012, (light.shape[0] // 2, light.shape[1] // 2)).astype(np.float32)
        lit = np.float32(light) + cv2.resize(grain, light.shape[::-1])
        for channel, level in enumerate((168, 184, 192)):
            self._pixels[..., channel] = np.clip(lit * np.float32(level), 0, 255)
        self._box(0, 0.93, self._wide, 1, (96, 118, 140))

    def window(self) -> None:
        """Paint a window with sky and hills."""
        left, top, right, bottom = 0.07, 0.08, 0.47, 0.62
        self._box(left - 0.025, top - 0.025, right + 0.025, bottom + 0.035, (222, 228, 232))
        steps = 24
        for step in range(steps):
            y, below = (top + (bottom - top) * part / steps for part in (step, step + 1))
            self._box(left, y, right, below, (236 - step, 206 + step, 160 + 3 * step))
        for x, height, colour in ((0.16, 0.15, (96, 150, 110)), (0.36, 0.20, (80, 132, 92))):
            self._hill(x, bottom, height, (left, top, right, bottom), colour)
        middle = (left + right) / 2
        self._box(middle - 0.008, top, middle + 0.008, bottom, (222, 228, 232))
        self._box(left, 0.34, right, 0.356, (222, 228, 232))

    def shelves(self) -> None:
        """Paint two shelves of books on the right."""
        left, right = self._wide - 0.50, self._wide - 0.05
        for board in (0.34, 0.66):
            x = left + 0.02
            while x < right - 0.05:
                width, height = self._rng.uniform(0.018, 0.038), self._rng.uniform(0.14, 0.21)
                colour = _BOOKS[int(self._rng.integers(len(_BOOKS)))]
                self._box(x, board - height, x + width, board, colour)
                self._box(x, board - height * 0.8, x + width, board - height * 0.74, (210, 214, 218))
                x += width + (0.05 if self._rng.random() < 0.12 else 0.002)
            self._box(left, board, right, board + 0.022, (66, 96, 132))

    def picture(self) -> None:
        """Paint a framed picture in the middle, mostly behind the head."""
        x = self._wide / 2 + 0.16
        self._box(x, 0.10, x + 0.16, 0.30, (60, 66, 74))
        self._box(x + 0.012, 0.112, x + 0.148, 0.288, (214, 222, 226))
        self._disc(x + 0.08, 0.19, 0.042, (84, 122, 214))
        self._box(x + 0.012, 0.235, x + 0.148, 0.288, (132, 112, 74))

    def plant(self) -> None:
        """Paint a pot plant in the lower left."""
        for angle in np.linspace(-1.15, 1.15, 9):
            tip = (0.20 + 0.20 * np.sin(angle), 0.80 - 0.21 * np.cos(angle))
            shade = 1 - 0.2 * abs(angle)
            centre = ((tip[0] + 0.20) / 2, (tip[1] + 0.80) / 2)
            self._leaf(centre, float(np.degrees(angle)), (70 * shade, 138 * shade, 66 * shade))
        self._box(0.145, 0.80, 0.255, 0.94, (74, 104, 176))
        self._box(0.138, 0.795, 0.262, 0.825, (84, 118, 192))

    def finish(self) -> Pixels:
        """Return the room at its own size, a little out of focus, as rooms behind people are."""
        return np.ascontiguousarray(
            cv2.GaussianBlur(halve(self._pixels), (0, 0), self._unit / 1600), np.uint8
        )

    def _at(self, x: float, y: float) -> tuple[int, int]:
        return round(x * self._unit), round(y * self._unit)

    def _box(
        self, x: float, y: float, right: float, bottom: float, colour: tuple[float, float, float]
    ) -> None:
        cv2.rectangle(self._pixels, self._at(x, y), self._at(right, bottom), colour, cv2.FILLED)

    def _disc(self, x: float, y: float, radius: float, colour: tuple[float, float, float]) -> None:
        cv2.circle(self._pixels, self._at(x, y), round(radius * self._unit), colour, cv2.FILLED, cv2.LINE_AA)

    def _leaf(self, centre: tuple[float, float], degrees: float, colour: tuple[float, float, float]) -> None:
        axes = self._at(0.105, 0.022)
        cv2.ellipse(
            self._pixels, self._at(*centre), axes, degrees - 90, 0, 360, colour, cv2.FILLED, cv2.LINE_AA
        )

    def _hill(
        self,
        x: float,
        y: float,
        radius: float,
        pane: tuple[float, float, float, float],
        colour: tuple[float, float, float],
    ) -> None:
        (left, top), (right, bottom) = self._at(*pane[:2]), self._at(*pane[2:])
        view = self._pixels[top:bottom, left:right]
        centre = (self._at(x, y)[0] - left, self._at(x, y)[1] - top)
        cv2.ellipse(view, centre, self._at(radius, radius * 0.9), 0, 0, 360, colour, cv2.FILLED, cv2.LINE_AA)
