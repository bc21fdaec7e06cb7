"""Draws the pictures in backgrounds/: run it from anywhere, it writes them beside itself.

Everything is computed: no photographs, so there is nobody's licence to keep. The seed is fixed, so that
running it again gives the same files. Colours are sRGB; light is added in linear values, as lamps do.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 1920, 1080
MOST_BYTES = 150_000

Picture = NDArray[np.float32]
"""float32 (HEIGHT, WIDTH, 3), RGB in [0, 1]."""


def colour(code: str) -> NDArray[np.float32]:
    """Return "#rrggbb" as three floats."""
    return np.array([int(code[at : at + 2], 16) for at in (1, 3, 5)], np.float32) / 255


def gradient(stops: list[tuple[float, str]]) -> Picture:
    """Return a picture shaded from top to bottom through these (place, colour) stops."""
    rows = np.linspace(0, 1, HEIGHT)
    places = [place for place, _ in stops]
    shades = np.stack([colour(code) for _, code in stops])
    column = np.stack([np.interp(rows, places, shades[:, channel]) for channel in range(3)], axis=1)
    return np.repeat(column[:, None].astype(np.float32), WIDTH, axis=1)


def glow(x: float, y: float, radius: float, stretch: float = 1.0) -> NDArray[np.float32]:
    """Return a soft spot, 1 in its middle; places and sizes as shares of the height."""
    ys, xs = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32) / HEIGHT
    squared = ((xs - x * WIDTH / HEIGHT) / stretch) ** 2 + (ys - y) ** 2
    return np.exp(-squared / (2 * radius**2))[..., None].astype(np.float32)


def screen(picture: Picture, light: Picture) -> Picture:
    """Return the picture with light thrown on it."""
    return (1 - (1 - picture) * (1 - light)).astype(np.float32)


def mixed(picture: Picture, shade: NDArray[np.float32], share: NDArray[np.float32]) -> Picture:
    """Return the picture with this share of a shade laid over."""
    return (picture * (1 - share) + shade * share).astype(np.float32)


def soft(array: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    """Return the array out of focus."""
    blurred = cv2.GaussianBlur(array, (0, 0), sigma, borderType=cv2.BORDER_REFLECT)
    return blurred[..., None] if blurred.ndim == 2 else blurred


def wave(random: np.random.Generator, base: float, height: float, roughness: int) -> NDArray[np.float32]:
    """Return a mask, 1 below a gently waving line at this height (0 top … 1 bottom)."""
    xs = np.linspace(0, 1, WIDTH)
    line = np.zeros(WIDTH)
    for octave in range(1, roughness + 1):
        line += np.sin(2 * np.pi * (xs * octave * random.uniform(0.5, 0.9) + random.uniform())) / octave
    line = (base + height * line / 1.8) * HEIGHT
    rows = np.arange(HEIGHT)[:, None]
    return np.clip(rows - line[None] + 0.5, 0, 1).astype(np.float32)[..., None]


def discs(
    random: np.random.Generator,
    count: int,
    codes: list[str],
    sizes: tuple[float, float],
    band: tuple[float, float],
) -> Picture:
    """Return lights out of focus: discs with a slightly brighter rim, as a lens draws them."""
    light = np.zeros((HEIGHT, WIDTH, 3), np.float32)
    for _ in range(count):
        layer = np.zeros((HEIGHT, WIDTH), np.float32)
        centre = (int(random.uniform(0, WIDTH)), int(random.uniform(*band) * HEIGHT))
        radius = int(random.uniform(*sizes) * HEIGHT)
        strength = float(random.uniform(0.1, 0.42))
        cv2.circle(layer, centre, radius, strength, -1, cv2.LINE_AA)
        cv2.circle(layer, centre, radius, strength * 1.35, max(radius // 14, 1), cv2.LINE_AA)
        light = screen(light, layer[..., None] * colour(str(random.choice(codes))))
    return soft(light, 3.5)


def dawn(random: np.random.Generator) -> Picture:
    """Hills in the mist, before the sun is up."""
    sky = gradient([(0, "#7f9cc7"), (0.34, "#c9bfd6"), (0.55, "#f3cdbb"), (0.68, "#fbe3c5"), (1, "#fbe3c5")])
    sky = screen(sky, glow(0.68, 0.6, 0.2, 1.5) * colour("#ffdca0") * 0.75)
    hills = [("#c5b4c4", 0.62), ("#a49cb6", 0.70), ("#7f83a3", 0.785), ("#5c678b", 0.875), ("#434f73", 0.965)]
    for depth, (code, base) in enumerate(hills):
        mask = wave(random, base, 0.028 + 0.012 * depth, 5)
        rows = np.linspace(0, 1, HEIGHT, dtype=np.float32)[:, None, None]
        mist = np.clip((rows - base) / 0.22, 0, 1) * 0.4
        shade = mixed(np.broadcast_to(colour(code), sky.shape), colour("#f0d5c8"), mist)
        sky = mixed(sky, shade, soft(mask, 1.6 - 0.25 * depth))
    return sky


def evening(random: np.random.Generator) -> Picture:
    """A town at night, far out of focus."""
    sky = gradient([(0, "#0e1630"), (0.45, "#22305a"), (0.66, "#4a4168"), (0.8, "#54405a"), (1, "#1c1d36")])
    sky = screen(sky, glow(0.3, 0.74, 0.16, 3.2) * colour("#d9824a") * 0.34)
    warm = ["#ffb45e", "#ff9348", "#ffd79a", "#ffc46e", "#f4f0e0", "#8fb8ff", "#ff7a5c"]
    sky = screen(sky, discs(random, 46, warm, (0.012, 0.04), (0.56, 0.9)))
    return screen(sky, discs(random, 20, warm, (0.05, 0.1), (0.45, 1.0)) * 0.75)


def meadow(random: np.random.Generator) -> Picture:
    """Sun through leaves."""
    ground = gradient([(0, "#cfe0a8"), (0.35, "#94bd74"), (0.7, "#5f9560"), (1, "#3c6f4c")])
    ground = mixed(ground, colour("#2f6148"), glow(0.98, 0.55, 0.42) * 0.55)
    ground = mixed(ground, colour("#43805a"), glow(0.04, 0.8, 0.35) * 0.5)
    ground = screen(ground, glow(0.2, 0.02, 0.42, 1.3) * colour("#fff4c0") * 0.8)
    leaves = ["#e8f5a8", "#fff7c8", "#c6e88a", "#a8dc98"]
    return screen(ground, discs(random, 54, leaves, (0.02, 0.085), (0.0, 1.0)) * 0.62)


def paper(random: np.random.Generator) -> Picture:
    """Sheets of paper, one upon the other, each with its shadow."""
    sheet = np.broadcast_to(colour("#f7f0e4"), (HEIGHT, WIDTH, 3)).astype(np.float32)
    sheet = sheet * (1 - 0.06 * (1 - glow(0.3, 0.15, 0.8, 1.4)))
    tones = ["#f1e3cf", "#ecd3bb", "#e3bfa6", "#c9a79c", "#8f8f98", "#66788a"]
    for depth, code in enumerate(tones):
        mask = wave(random, 0.42 + 0.105 * depth, 0.055, 3)
        shadow = soft(np.roll(mask, -22, axis=0), 22)
        sheet = sheet * (1 - 0.24 * shadow)
        sheet = mixed(sheet, colour(code), mask)
    grain = soft(random.standard_normal((HEIGHT, WIDTH)).astype(np.float32), 1.1)
    return np.clip(sheet * (1 + 0.012 * grain), 0, 1).astype(np.float32)


def studio(_random: np.random.Generator) -> Picture:
    """A backdrop with one lamp on it."""
    wall = np.broadcast_to(colour("#2c3644"), (HEIGHT, WIDTH, 3)).astype(np.float32)
    wall = screen(wall, glow(0.5, 0.42, 0.34, 1.25) * colour("#8fa3b8") * 0.72)
    wall = screen(wall, glow(0.9, 0.2, 0.3) * colour("#5a4a6a") * 0.25)
    floor = np.clip((np.linspace(0, 1, HEIGHT, dtype=np.float32) - 0.84) / 0.12, 0, 1)[:, None, None]
    return (wall * (1 - 0.22 * floor)).astype(np.float32)


def office(random: np.random.Generator) -> Picture:
    """A wall with shelves, a window and a plant, as a lens sees them behind a person."""
    wall = gradient([(0, "#ebe6de"), (1, "#d8cfc3")])
    _window(wall)
    for top in (0.2, 0.41, 0.62):
        _shelf(wall, random, 0.58, 0.97, top)
    _box(wall, (0.0, 0.86, 1.0, 1.0), "#a88662")
    _box(wall, (0.0, 0.86, 1.0, 0.872), "#bd9b76")
    _plant(wall, random)
    wall = soft(wall, 7)
    wall = screen(wall, glow(0.17, 0.3, 0.33, 1.0) * colour("#fff3d6") * 0.34)
    return screen(wall, glow(0.775, 0.02, 0.22, 1.6) * colour("#ffdfa8") * 0.22)


def _box(picture: Picture, edges: tuple[float, float, float, float], code: str) -> None:
    left, top, right, bottom = edges
    rows = slice(round(top * HEIGHT), round(bottom * HEIGHT))
    picture[rows, round(left * WIDTH) : round(right * WIDTH)] = colour(code)


def _window(picture: Picture) -> None:
    _box(picture, (0.05, 0.08, 0.31, 0.66), "#f7f5f0")
    sky = gradient([(0, "#bcd9ee"), (0.45, "#dcebf2"), (0.6, "#b9cfae"), (1, "#8fb08a")])
    for left, right in ((0.062, 0.174), (0.186, 0.298)):
        rows, columns = (
            slice(round(0.1 * HEIGHT), round(0.64 * HEIGHT)),
            slice(round(left * WIDTH), round(right * WIDTH)),
        )
        picture[rows, columns] = sky[rows, columns]
    _box(picture, (0.04, 0.66, 0.32, 0.685), "#f1ede5")


def _shelf(picture: Picture, random: np.random.Generator, left: float, right: float, top: float) -> None:
    books = [
        "#3f6b84",
        "#c6644a",
        "#e2ad55",
        "#6f8f72",
        "#7d5f7f",
        "#d9d0c0",
        "#2f4858",
        "#b7854f",
        "#9aa9b5",
    ]
    board = top + 0.155
    x = left + 0.008
    while x < right - 0.03:
        if random.uniform() < 0.16:
            x += float(random.uniform(0.02, 0.05))
            continue
        width, height = float(random.uniform(0.009, 0.02)), float(random.uniform(0.085, 0.135))
        _box(picture, (x, board - height, min(x + width, right - 0.008), board), str(random.choice(books)))
        x += width + 0.0012
    _box(picture, (left, board, right, board + 0.02), "#8f6b49")
    _box(picture, (left, board + 0.02, right, board + 0.034), "#cabfb2")


def _plant(picture: Picture, random: np.random.Generator) -> None:
    foot = (round(0.44 * WIDTH), round(0.74 * HEIGHT))
    for _ in range(34):
        angle = random.uniform(-1.25, 1.25)
        length = random.uniform(0.14, 0.34) * HEIGHT
        tip = (int(foot[0] + np.sin(angle) * length), int(foot[1] - np.cos(angle) * length))
        middle = ((foot[0] + tip[0]) // 2, (foot[1] + tip[1]) // 2)
        axes = (int(length / 2), int(random.uniform(0.012, 0.024) * HEIGHT))
        shade = colour(str(random.choice(["#4d7a52", "#628f5e", "#3b6447", "#7fa571"]))).tolist()
        cv2.ellipse(picture, middle, axes, float(np.degrees(angle) - 90), 0, 360, shade, -1, cv2.LINE_AA)
    _box(picture, (0.41, 0.735, 0.47, 0.862), "#c4b2a0")


def write(picture: Picture, file: Path, random: np.random.Generator) -> None:
    """Write a JPEG of at most MOST_BYTES, with a little noise so that shades show no steps."""
    noise = random.uniform(-0.5, 0.5, (HEIGHT, WIDTH, 1)).astype(np.float32) / 255
    pixels = np.clip((picture[..., ::-1] + noise) * 255 + 0.5, 0, 255).astype(np.uint8)
    for quality in range(93, 59, -3):
        flags = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_PROGRESSIVE, 1]
        data = cv2.imencode(".jpg", pixels, flags)[1]
        if data.size <= MOST_BYTES:
            file.write_bytes(data.tobytes())
            return
    raise ValueError(f"got {data.size} bytes for {file.name} != wanted at most {MOST_BYTES}")


def main() -> None:
    """Draw them all."""
    folder = Path(__file__).parent / "backgrounds"
    drawings: list[Callable[[np.random.Generator], Picture]] = [dawn, evening, meadow, office, paper, studio]
    for seed, draw in enumerate(drawings):
        random = np.random.default_rng(seed)
        write(draw(random), folder / f"{draw.__name__}.jpg", random)


if __name__ == "__main__":
    main()
