"""Lines over time, as an SVG picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_WIDTH, _HEIGHT, _GAP = 800, 120, 30


def lines(series: Mapping[str, Sequence[tuple[float, float]]]) -> str:
    """Return one strip for each series of (seconds, value), from zero to its own maximum."""
    strips = [_strip(index, name, points) for index, (name, points) in enumerate(series.items())]
    height = len(strips) * (_HEIGHT + _GAP) + _GAP
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH + 20}" height="{height}" '
        f'font-family="sans-serif" font-size="13">{"".join(strips)}</svg>\n'
    )


def _strip(index: int, name: str, points: Sequence[tuple[float, float]]) -> str:
    top = _GAP + index * (_HEIGHT + _GAP)
    last = max((at for at, _ in points), default=1.0) or 1.0
    most = max((value for _, value in points), default=1.0) or 1.0
    path = " ".join(
        f"{10 + _WIDTH * at / last:.1f},{top + _HEIGHT * (1 - value / most):.1f}" for at, value in points
    )
    return (
        f'<text x="10" y="{top - 6}">{name}: at most {most:.0f}, over {last:.0f} s</text>'
        f'<rect x="10" y="{top}" width="{_WIDTH}" height="{_HEIGHT}" fill="none" stroke="#999"/>'
        f'<polyline points="{path}" fill="none" stroke="#06c"/>'
    )
