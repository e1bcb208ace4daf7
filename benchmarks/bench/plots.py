"""Plots as SVG, without a library: bars, stacked bars, and shares of requests by their latency."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

WIDTH, LEFT, ROW = 900, 350, 34
_COLOURS = ("#2b6cb0", "#dd6b20", "#2f855a", "#805ad5", "#b83280", "#4a5568")
_TEXT = 'font-family="system-ui, sans-serif" font-size="14" fill="#1a202c"'


def bars(title: str, unit: str, values: Mapping[str, Sequence[float]]) -> str:
    """A bar for each name: the median, with a line from the least to the most. On a logarithmic scale, where the largest is
    more than 30 times the smallest."""
    middles = {name: sorted(some)[len(some) // 2] for name, some in values.items()}
    most = max(max(some) for some in values.values())
    logarithmic = most > 30 * min(middles.values())
    low = 10 ** math.floor(math.log10(min(min(some) for some in values.values()))) if logarithmic else 0.0

    def x(value: float) -> float:
        room = WIDTH - LEFT - 90
        if logarithmic:
            return LEFT + room * math.log(max(value, low) / low) / math.log(most / low)
        return LEFT + room * value / most

    shapes = []
    for at, (name, some) in enumerate(values.items()):
        y = 60 + at * ROW
        shapes += [
            _label(LEFT - 10, y + 17, name, "end"),
            f'<rect x="{LEFT}" y="{y}" width="{max(1, x(middles[name]) - LEFT):.1f}" height="22" fill="{_COLOURS[0]}"/>',
            f'<path d="M{x(min(some)):.1f} {y + 11}H{x(max(some)):.1f}" stroke="#1a202c" stroke-width="2"/>',
            _label(x(max(some)) + 8, y + 17, f"{middles[name]:,.0f}"),
        ]
    scale = "logarithmic scale; " if logarithmic else ""
    note = f"{unit}; {scale}the line goes from the least to the most"
    return _svg(title, note, shapes, 60 + len(values) * ROW)


def stacked(title: str, unit: str, values: Mapping[str, Mapping[str, float]]) -> str:
    """A bar for each name, of several parts."""
    parts = list(dict.fromkeys(part for some in values.values() for part in some))
    most = max(sum(some.values()) for some in values.values())
    shapes, across = [], float(LEFT)
    for number, part in enumerate(parts):
        shapes.append(f'<rect x="{across:.0f}" y="56" width="12" height="12" fill="{_colour(number)}"/>')
        shapes.append(_label(across + 17, 67, part))
        across += 35 + 7.6 * len(part)
    for at, (name, some) in enumerate(values.items()):
        x, y = float(LEFT), 80 + at * ROW
        shapes.append(_label(LEFT - 10, y + 17, name, "end"))
        for part, value in some.items():
            width = (WIDTH - LEFT - 90) * value / most
            shapes.append(
                f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="22" fill="{_colour(parts.index(part))}"/>'
            )
            x += width
        shapes.append(_label(x + 8, y + 17, f"{sum(some.values()):.1f}"))
    return _svg(title, unit, shapes, 80 + len(values) * ROW)


def shares(title: str, unit: str, values: Mapping[str, Sequence[float]]) -> str:
    """How many of a hundred are below each value."""
    most = max(max(some) for some in values.values())
    most = _round_up(most)
    left, right, top, bottom = 60, WIDTH - 160, 60, 340
    shapes = [f'<path d="M{left} {top}V{bottom}H{right}" fill="none" stroke="#718096"/>']
    for share in (0, 50, 95, 100):
        y = bottom - (bottom - top) * share / 100
        shapes += [
            f'<path d="M{left} {y:.0f}H{right}" stroke="#e2e8f0"/>',
            _label(left - 8, y + 5, f"{share} %", "end"),
        ]
    for part in range(6):
        shapes.append(_label(left + (right - left) * part / 5, bottom + 20, f"{most * part / 5:,.0f}", "middle"))
    for number, (name, some) in enumerate(values.items()):
        ordered = sorted(some)
        points = [(0.0, 0.0)]
        for n, value in enumerate(ordered, start=1):
            points += [(value, points[-1][1]), (value, n / len(ordered))]
        points.append((most, 1.0))
        line = " ".join(
            f"{left + (right - left) * min(value, most) / most:.1f},{bottom - (bottom - top) * share:.1f}"
            for value, share in points
        )
        shapes += [
            f'<polyline points="{line}" fill="none" stroke="{_colour(number)}" stroke-width="2"/>',
            f'<rect x="{right + 20}" y="{80 + number * 26}" width="12" height="12" fill="{_colour(number)}"/>',
            _label(right + 38, 91 + number * 26, name),
        ]
    return _svg(title, unit, shapes, bottom + 30)


def _round_up(value: float) -> float:
    step = 10.0 ** math.floor(math.log10(value))
    return next(step * n for n in (1, 2, 5, 10) if step * n >= value)


def _colour(number: int) -> str:
    return _COLOURS[number % len(_COLOURS)]


def _label(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {_TEXT}>{escape(text)}</text>'


def _svg(title: str, note: str, shapes: Sequence[str], height: float) -> str:
    head = f'<text x="12" y="24" font-weight="bold" {_TEXT}>{escape(title)}</text>{_label(12, 44, note)}'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height + 16:.0f}" width="{WIDTH}" '
        f'height="{height + 16:.0f}"><rect width="100%" height="100%" fill="white"/>{head}{"".join(shapes)}</svg>\n'
    )
