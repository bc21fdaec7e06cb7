"""The still pictures shown instead of video: a calm dark ground, a small drawing, and words."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

import cv2
import numpy as np

from vcam.core.frame import Pixels, Size
from vcam.core.ports import CardKind

Bgr: TypeAlias = tuple[int, int, int]
Point: TypeAlias = tuple[float, float]

_INK: Bgr = (236, 232, 228)
_QUIET: Bgr = (170, 162, 156)
_GROUND: Bgr = (44, 34, 28)
_TINTS: dict[CardKind, Bgr] = {
    CardKind.STARTING: (224, 170, 92),
    CardKind.IDLE: (178, 160, 140),
    CardKind.PAUSED: (112, 190, 240),
    CardKind.RECOVERING: (224, 170, 92),
    CardKind.FAILED: (104, 112, 236),
    CardKind.STOPPED: (178, 160, 140),
}
_FONT = "sans"
_TITLE, _TEXT = 0.078, 0.042
_MARGIN = 0.06


def paint_card(kind: CardKind, size: Size, title: str, text: str = "") -> Pixels:
    """Return a card, uint8 (height, width, 3) BGR.

    Args:
        kind: chooses the drawing and its colour.
        size: of the card; from 160×120 on the words can be read.
        title: one short line, such as "Paused".
        text: a quieter line or two below; broken between words where it is too long for one.
    """
    easel = _Easel(size)
    easel.ground(_TINTS[kind])
    _DRAWINGS[kind](easel, _TINTS[kind])
    lines = [(title, _TITLE, 700, _INK)]
    lines += [(line, _TEXT, 400, _QUIET) for line in easel.broken(text, _TEXT, 400)]
    return easel.finish(lines)


class _Easel:
    """Draws shapes and words; measures are in card heights from the middle."""

    def __init__(self, size: Size) -> None:
        self._size = size
        # A tall card is measured by its width, so that words fit.
        self._unit = min(size.height, size.width * 0.75)
        self._font = cv2.FontFace(_FONT)
        self._pixels: Pixels = np.zeros((size.height, size.width, 3), np.uint8)

    def ground(self, tint: Bgr) -> None:
        """Fill with a dark ground, lit a little in the drawing's colour behind the drawing."""
        rows, columns = np.ogrid[0 : self._pixels.shape[0], 0 : self._pixels.shape[1]]
        middle_x, middle_y = self._at((0, _DRAWING_Y))
        far = np.float32(((columns - middle_x) / self._unit) ** 2 + ((rows - middle_y) / self._unit) ** 2)
        glow = 0.13 * np.exp(-far / np.float32(0.56))
        # Half a level of noise keeps a codec from turning the slope into bands.
        grain = np.random.default_rng(3).random(far.shape, np.float32) - np.float32(0.5)
        for channel in range(3):
            level = _GROUND[channel] * (1 - glow) + tint[channel] * glow
            self._pixels[..., channel] = np.round(level + grain)

    def ring(self, middle: Point, radius: float, width: float, colour: Bgr, arc: Point = (0, 360)) -> None:
        """Draw a circle, or the part of it between two angles in degrees, clockwise from the right."""
        angles = np.radians(np.linspace(*arc, 91))
        self.line(
            [(middle[0] + math.cos(a) * radius, middle[1] + math.sin(a) * radius) for a in angles],
            width,
            colour,
        )

    def disc(self, middle: Point, radius: float, colour: Bgr) -> None:
        """Fill a circle."""
        self.ring(middle, radius / 2, radius, colour)

    def line(self, points: list[Point], width: float, colour: Bgr) -> None:
        """Draw a line with round ends through points."""
        path = np.array([self._at(point, 256) for point in points], np.int32)
        thick = max(1, round(width * self._unit))
        cv2.polylines(self._pixels, [path], False, colour, thick, cv2.LINE_AA, 8)

    def slab(self, left: Point, right: Point, colour: Bgr, corner: float = 0.02) -> None:
        """Fill a rectangle with round corners."""
        (x0, y0), (x1, y1) = left, right
        middle = (x0 + x1) / 2
        self.line([(middle, y0 + corner), (middle, y1 - corner)], 2 * corner, colour)
        inner = [(x0 + corner, y0 + corner), (x1 - corner, y0 + corner), (x1 - corner, y1 - corner)]
        inner.append((x0 + corner, y1 - corner))
        cv2.fillPoly(
            self._pixels, [np.array([self._at(p, 256) for p in inner], np.int32)], colour, cv2.LINE_AA, 8
        )
        self.line([*inner, inner[0]], 2 * corner, colour)

    def broken(self, text: str, height: float, weight: int) -> list[str]:
        """Break a text between words, so that each line fits the card."""
        lines: list[str] = []
        for word in text.split():
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and self._width(longer, height, weight) > self._size.width - 2 * _MARGIN * self._unit:
                lines.append(word)
            else:
                lines[-1:] = [longer]
        return lines

    def finish(self, lines: list[tuple[str, float, int, Bgr]]) -> Pixels:
        """Return the card at its own size, with centred lines of (text, height, weight, colour)."""
        y = self._size.height / 2 + 0.17 * self._unit
        for text, height, weight, colour in lines:
            room = self._size.width - 2 * _MARGIN * self._unit
            pixels = max(
                7, round(height * self._unit * min(1.0, room / max(self._width(text, height, weight), 1)))
            )
            x = (self._size.width - self._width(text, pixels / self._unit, weight)) / 2
            cv2.putText(self._pixels, text, (round(x), round(y)), colour, self._font, pixels, weight)
            y += height * self._unit * 1.45
        return self._pixels

    def _width(self, text: str, height: float, weight: int) -> int:
        pixels = max(7, round(height * self._unit))
        return int(cv2.getTextSize((0, 0), text, (0, 0), self._font, pixels, weight)[2])

    def _at(self, point: Point, parts: int = 1) -> tuple[int, int]:
        x = self._size.width / 2 + point[0] * self._unit
        y = self._size.height / 2 + point[1] * self._unit
        return round(x * parts), round(y * parts)


_DRAWING_Y = -0.15


def _camera(easel: _Easel, colour: Bgr) -> None:
    easel.slab((-0.135, -0.235), (0.055, -0.065), colour, 0.03)
    easel.line([(0.095, -0.150), (0.135, -0.185), (0.135, -0.115), (0.095, -0.150)], 0.022, colour)
    easel.line([(0.108, -0.150), (0.128, -0.150)], 0.03, colour)


def _camera_off(easel: _Easel, colour: Bgr) -> None:
    _camera(easel, colour)
    easel.line([(-0.135, -0.035), (0.115, -0.265)], 0.050, _GROUND)
    easel.line([(-0.135, -0.035), (0.115, -0.265)], 0.018, colour)


def _looking(easel: _Easel, colour: Bgr) -> None:
    easel.ring((-0.015, -0.17), 0.085, 0.022, colour)
    easel.line([(0.055, -0.10), (0.115, -0.04)], 0.032, colour)
    easel.ring((-0.015, -0.17), 0.048, 0.012, colour, (190, 265))


def _starting(easel: _Easel, colour: Bgr) -> None:
    faint: Bgr = tuple(
        round(0.75 * ground + 0.25 * tint) for ground, tint in zip(_GROUND, colour, strict=True)
    )  # type: ignore[assignment]
    easel.ring((0, _DRAWING_Y), 0.095, 0.022, faint)
    easel.ring((0, _DRAWING_Y), 0.095, 0.022, colour, (270, 360))


def _paused(easel: _Easel, colour: Bgr) -> None:
    easel.ring((0, _DRAWING_Y), 0.115, 0.020, colour)
    for x in (-0.036, 0.036):
        easel.line([(x, _DRAWING_Y - 0.042), (x, _DRAWING_Y + 0.042)], 0.026, colour)


def _failed(easel: _Easel, colour: Bgr) -> None:
    corners = [
        (math.sin(turn) * 0.135, -math.cos(turn) * 0.135) for turn in (0, math.tau / 3, 2 * math.tau / 3)
    ]
    triangle = [(x, y + _DRAWING_Y + 0.03) for x, y in [*corners, corners[0]]]
    easel.line(triangle, 0.022, colour)
    easel.line([(0, _DRAWING_Y - 0.035), (0, _DRAWING_Y + 0.022)], 0.022, colour)
    easel.disc((0, _DRAWING_Y + 0.060), 0.013, colour)


_DRAWINGS: dict[CardKind, Callable[[_Easel, Bgr], None]] = {
    CardKind.STARTING: _starting,
    CardKind.IDLE: _camera,
    CardKind.PAUSED: _paused,
    CardKind.RECOVERING: _looking,
    CardKind.FAILED: _failed,
    CardKind.STOPPED: _camera_off,
}
