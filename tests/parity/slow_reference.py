"""The phone's arithmetic again: pixel by pixel, in plain Python integers and fractions, as it is defined.

Too slow to use and too simple to be wrong; the mirror must agree with it.
"""

from __future__ import annotations

import math
from fractions import Fraction


def clamp(value: int, low: int = 0, high: int = 255) -> int:
    return max(low, min(high, value))


def yuv_pixel(y: int, u: int, v: int, method: str) -> tuple[int, int, int]:
    u -= 128
    v -= 128
    if method == "renderscript":
        luma = 298 * (y - 16)
        return (
            clamp((luma + 409 * v + 128) >> 8),
            clamp((luma - 100 * u - 208 * v + 128) >> 8),
            clamp((luma + 516 * u + 128) >> 8),
        )
    if method == "libyuv-full":
        luma = (y * 0x0101 * 16320) >> 16
        return (
            clamp((luma + 32 + 90 * v) >> 6),
            clamp((luma + 32 - (22 * u + 46 * v)) >> 6),
            clamp((luma + 32 + 113 * u) >> 6),
        )
    blue = {"libyuv-limited": 128, "libyuv-limited-129": 129}[method]
    luma = (y * 0x0101 * 18997) >> 16
    return (
        clamp((luma - 1160 + 102 * v) >> 6),
        clamp((luma - 1160 - (25 * u + 52 * v)) >> 6),
        clamp((luma - 1160 + blue * u) >> 6),
    )


def yuv_to_rgb(buffer, size, planes, method):
    """Size is (width, height); planes are Y, U, V, each (offset, row stride, pixel stride)."""
    y_plane, u_plane, v_plane = planes
    width, height = size

    def sample(plane, x, y):
        return int(buffer[plane[0] + y * plane[1] + x * plane[2]])

    return [
        [
            yuv_pixel(
                sample(y_plane, x, y),
                sample(u_plane, x // 2, y // 2),
                sample(v_plane, x // 2, y // 2),
                method,
            )
            for x in range(width)
        ]
        for y in range(height)
    ]


def nv21(rows, full_range):
    """rows of (r, g, b) → the bytes of NV21."""
    height, width = len(rows), len(rows[0])

    def weigh(pixel, weights, bias):
        return (sum(weight * value for weight, value in zip(weights, pixel, strict=True)) + bias) >> 8

    if full_range:
        y, u, v, bias = (77, 150, 29), (-43, -84, 127), (127, -107, -20), 128
    else:
        y, u, v, bias = (66, 129, 25), (-38, -74, 112), (112, -94, -18), 0x1080
    result = [weigh(pixel, y, bias) for row in rows for pixel in row]
    for top in range(0, height, 2):
        for left in range(0, width, 2):
            block = [
                rows[min(top + down, height - 1)][min(left + right, width - 1)]
                for down in (0, 1)
                for right in (0, 1)
            ]
            mean = [(sum(values) + 2) >> 2 for values in zip(*block, strict=True)]
            result += [weigh(mean, v, 0x8080), weigh(mean, u, 0x8080)]
    return bytes(result)


def rotate(rows, degrees):
    """Clockwise: what was the bottom of the left column comes first."""
    for _ in range(degrees // 90):
        rows = [list(column) for column in zip(*rows[::-1], strict=True)]
    return rows


def _position(i, source, target):
    return Fraction(2 * i + 1, 2) * Fraction(source, target) - Fraction(1, 2)


def bilinear_value(values, x, y, width, height):
    """One value of the resized single-channel picture, before rounding, as an exact fraction."""
    rows, columns = len(values), len(values[0])
    px, py = _position(x, columns, width), _position(y, rows, height)
    x0, y0 = math.floor(px), math.floor(py)
    total = Fraction(0)
    for row, weight_y in ((y0, 1 - (py - y0)), (y0 + 1, py - y0)):
        for column, weight_x in ((x0, 1 - (px - x0)), (x0 + 1, px - x0)):
            value = values[clamp(row, 0, rows - 1)][clamp(column, 0, columns - 1)]
            total += weight_y * weight_x * int(value)
    return total


def nearest_value(values, x, y, width, height):
    rows, columns = len(values), len(values[0])
    column = math.ceil((x + Fraction(1, 2)) * Fraction(columns, width)) - 1
    row = math.ceil((y + Fraction(1, 2)) * Fraction(rows, height)) - 1
    return int(values[row][column])


def four_bit_value(values, x, y, width, height):
    rows, columns = len(values), len(values[0])

    def walk(i, source, target):
        step = source * 65536 // target
        position = step // 2 - 32768 + i * step
        whole = position // 65536
        sixteenths = position % 65536 // 4096
        return clamp(whole, 0, source - 1), clamp(whole + 1, 0, source - 1), sixteenths

    left, right, wx = walk(x, columns, width)
    top, bottom, wy = walk(y, rows, height)
    total = 0
    for row, weight_y in ((top, 16 - wy), (bottom, wy)):
        for column, weight_x in ((left, 16 - wx), (right, wx)):
            total += int(values[row][column]) * weight_x * weight_y
    return total // 256


def letterbox(source_width, source_height, width, height):
    scale = min(Fraction(width, source_width), Fraction(height, source_height))
    wide = max(1, math.floor(source_width * scale + Fraction(1, 2)))
    high = max(1, math.floor(source_height * scale + Fraction(1, 2)))
    return (width - wide) // 2, (height - high) // 2, wide, high


def softmax(values):
    powers = [math.exp(value - max(values)) for value in values]
    return [power / sum(powers) for power in powers]


def sigmoid(value):
    return 1 / (1 + math.exp(-value)) if value > -700 else 0.0


def blend(person, behind, mask):
    return (mask * person + (255 - mask) * behind + 127) // 255
