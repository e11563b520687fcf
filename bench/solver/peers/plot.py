"""The gap over CPU seconds as a drawing (SVG) of our own: one line per solver, both axes logarithmic."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from math import log10

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 420, 64, 120, 40, 48
COLOURS = {"ours": "#c2410c", "pyvrp": "#1d4ed8", "ortools": "#15803d", "vroom": "#7e22ce"}
TICKS = (1, 2, 5)
LEAST_GAP = 0.01  # percent; below, the line lies on the axis

type Curve = Sequence[tuple[float, float]]


def mean_curve(traces: Sequence[Curve], references: Sequence[float], seconds: float, points: int = 60) -> Curve:
    """Return (CPU seconds, mean gap in percent) from when each run has a plan; traces are (CPU seconds, cost)."""
    if not traces or any(not trace for trace in traces):
        return []
    starts = max(trace[0][0] for trace in traces)
    if starts >= seconds:
        return []
    starts = max(starts, 1e-3)
    moments = [starts * (seconds / starts) ** (k / points) for k in range(points + 1)]
    curve = []
    for moment in moments:
        costs = [min(cost for at, cost in trace if at <= moment + 1e-9 or at == trace[0][0]) for trace in traces]
        gaps = [100 * (cost / reference - 1) for cost, reference in zip(costs, references, strict=True)]
        curve.append((moment, sum(gaps) / len(gaps)))
    return curve


def drawing(title: str, curves: Mapping[str, Curve], names: Mapping[str, str]) -> str:
    """Return the SVG of some curves; those without points are left out."""
    drawn = {solver: curve for solver, curve in curves.items() if curve}
    points = [point for curve in drawn.values() for point in curve]
    if not points:
        return ""
    across = _scale([at for at, _ in points], LEFT, WIDTH - RIGHT)
    gaps = [max(gap, LEAST_GAP) for _, gap in points]
    up = _scale(gaps, HEIGHT - BOTTOM, TOP)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"',
        ' font-family="sans-serif" font-size="12" fill="#4b5563">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="22" font-size="14" fill="#111827">{_escaped(title)}</text>',
    ]
    for tick in _ticks([at for at, _ in points]):
        x = across(tick)
        lines.append(f'<path d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#e5e7eb"/>')
        lines.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{tick:g}</text>')
    for tick in _ticks(gaps):
        y = up(tick)
        lines.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#e5e7eb"/>')
        lines.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{tick:g}</text>')
    lines.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 10}" text-anchor="middle">CPU s</text>')
    lines.append(f'<text x="16" y="{TOP - 8}">gap %</text>')
    labels = _apart({solver: up(max(curve[-1][1], LEAST_GAP)) for solver, curve in drawn.items()})
    for solver, curve in drawn.items():
        path = " ".join(f"{across(at):.1f},{up(max(gap, LEAST_GAP)):.1f}" for at, gap in curve)
        colour = COLOURS.get(solver, "#374151")
        lines.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        lines.append(
            f'<text x="{WIDTH - RIGHT + 8}" y="{labels[solver] + 4:.1f}" fill="{colour}">'
            f"{_escaped(names[solver])} {curve[-1][1]:.2f} %</text>"
        )
    return "\n".join([*lines, "</svg>"]) + "\n"


def _scale(values: Sequence[float], low: float, high: float) -> Callable[[float], float]:
    """Return a function from a value to its place between two pixels, logarithmically."""
    first, last = log10(min(values)), log10(max(values))
    span = last - first or 1.0
    return lambda value: low + (log10(value) - first) / span * (high - low)


def _ticks(values: Sequence[float]) -> list[float]:
    least, most = min(values), max(values)
    powers = range(int(log10(least)) - 2, int(log10(most)) + 2)
    return [tick * 10.0**power for power in powers for tick in TICKS if least <= tick * 10.0**power <= most]


def _apart(places: Mapping[str, float], gap: float = 16) -> dict[str, float]:
    """Push labels down until none covers another."""
    order = sorted(places, key=lambda solver: places[solver])
    found = dict(places)
    for above, below in pairwise(order):
        found[below] = max(found[below], found[above] + gap)
    return found


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
