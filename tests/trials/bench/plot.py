"""Draws time against size as a small SVG with logarithmic axes: a straight line with slope one is linear growth."""

from collections.abc import Mapping, Sequence
from html import escape
from math import ceil, floor, log10
from pathlib import Path

Points = Sequence[tuple[float, float]]
WIDTH, HEIGHT, EDGE = 640, 400, 64
COLOURS = ("#154273", "#b45309", "#15803d", "#7e22ce", "#be123c")


def write_plot(path: Path, title: str, unit: str, lines: Mapping[str, Points]) -> Path:
    """Write the plot and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(as_svg(title, unit, lines), encoding="utf-8")
    return path.resolve()


def as_svg(title: str, unit: str, lines: Mapping[str, Points]) -> str:
    """Return the SVG: one line per name, each point with its seconds."""
    points = [point for line in lines.values() for point in line]
    across, up = _decades([size for size, _ in points]), _decades([seconds for _, seconds in points])
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"',
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{EDGE}" y="24" font-size="16">{escape(title)}</text>',
        *_grid(across, up, unit),
    ]
    for number, (name, line) in enumerate(lines.items()):
        parts += _line(name, line, number, across, up)
    return "\n".join([*parts, "</svg>", ""])


def _decades(values: Sequence[float]) -> tuple[int, int]:
    low, high = floor(log10(min(values))), ceil(log10(max(values)))
    return low, max(high, low + 1)


def _place(size: float, seconds: float, across: tuple[int, int], up: tuple[int, int]) -> tuple[float, float]:
    x = EDGE + (log10(size) - across[0]) / (across[1] - across[0]) * (WIDTH - 2 * EDGE)
    y = HEIGHT - EDGE - (log10(seconds) - up[0]) / (up[1] - up[0]) * (HEIGHT - 2 * EDGE)
    return round(x, 1), round(y, 1)


def _grid(across: tuple[int, int], up: tuple[int, int], unit: str) -> list[str]:
    parts = [f'<text x="{WIDTH / 2}" y="{HEIGHT - 12}" text-anchor="middle">{escape(unit)} (time in seconds)</text>']
    for power in range(across[0], across[1] + 1):
        x, bottom = _place(10.0**power, 10.0 ** up[0], across, up)
        parts.append(f'<path d="M{x} {bottom}V{EDGE}" stroke="#ddd"/>')
        parts.append(f'<text x="{x}" y="{bottom + 18}" text-anchor="middle">{10.0**power:,g}</text>')
    for power in range(up[0], up[1] + 1):
        left, y = _place(10.0 ** across[0], 10.0**power, across, up)
        parts.append(f'<path d="M{left} {y}H{WIDTH - EDGE}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 8}" y="{y + 4}" text-anchor="end">{10.0**power:g}</text>')
    return parts


def _line(name: str, line: Points, number: int, across: tuple[int, int], up: tuple[int, int]) -> list[str]:
    colour = COLOURS[number % len(COLOURS)]
    places = [_place(size, seconds, across, up) for size, seconds in line]
    path = "M" + "L".join(f"{x} {y}" for x, y in places)
    parts = [f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"/>']
    for (x, y), (_, seconds) in zip(places, line, strict=True):
        parts.append(f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"><title>{seconds:.4g} s</title></circle>')
    parts.append(f'<text x="{EDGE + 8}" y="{EDGE + 14 + 16 * number}" fill="{colour}">{escape(name)}</text>')
    return parts
