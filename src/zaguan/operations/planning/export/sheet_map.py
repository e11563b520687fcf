"""The map on a route sheet: the region's base map, the way and the numbered stops, drawn as vectors."""

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, Final

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from zaguan.base.geo import polyline
from zaguan.engines.roads.tiles import BaseMap, Feature
from zaguan.operations.planning.export.sheet_frame import Frame, frame_for, metres_across
from zaguan.operations.planning.export.sheet_names import draw_names
from zaguan.operations.planning.export.sheet_type import ACCENT, BOLD, INK, REGULAR, SOFT, WHITE, width_of
from zaguan.operations.planning.model import Route

LAND: Final = HexColor("#f7f6f2")
WATER: Final = HexColor("#cfe3ee")
GREEN: Final = HexColor("#e0ecd8")
BUILDING: Final = HexColor("#e6e1d6")
CASING: Final = HexColor("#bdb5a6")
# class of road: (width, rank); ranks are drawn one after the other
ROADS: Final = {
    "path": (0.25, 0),
    "service": (0.35, 1),
    "residential": (0.8, 2),
    "tertiary": (1.1, 3),
    "secondary": (1.5, 4),
    "primary": (1.9, 5),
    "trunk": (2.3, 6),
    "motorway": (2.5, 7),
}


def draw_map(
    canvas: Canvas, route: Route, base_map: BaseMap, *, x: float, y: float, width: float, height: float
) -> None:
    """Draw the route into a rectangle of the page, given by its lower left corner."""
    frame = frame_for(route, x=x, y=y, width=width, height=height)
    canvas.saveState()
    edge = canvas.beginPath()
    edge.rect(x, y, width, height)
    canvas.clipPath(edge, stroke=0, fill=0)
    canvas.setFillColor(LAND)
    canvas.rect(x, y, width, height, stroke=0, fill=1)
    features = list(base_map.features(frame.box))
    _areas(canvas, frame, features)
    _roads(canvas, frame, features)
    _way(canvas, frame, route)
    radius = dot_radius(len(route.stops))
    true = [frame.spot(stop.point) for stop in route.stops]
    shown = apart(true, frame, radius, [frame.spot(route.depot_point)])
    draw_names(canvas, frame, features, [*true, *shown])
    _stops(canvas, frame, route, true, shown)
    _scale_bar(canvas, frame)
    canvas.restoreState()
    canvas.setStrokeColor(SOFT)
    canvas.setLineWidth(0.5)
    canvas.rect(x, y, width, height, stroke=1, fill=0)


def _areas(canvas: Canvas, frame: Frame, features: Iterable[Feature]) -> None:
    colours = {"green": GREEN, "water": WATER, "buildings": BUILDING}
    for layer, colour in colours.items():
        canvas.setFillColor(colour)
        canvas.setStrokeColor(WATER)
        canvas.setLineWidth(1.6)
        for feature in features:
            if feature.layer != layer:
                continue
            if feature.kind == "polygon":
                # rings of a tile: the even-odd rule takes the holes out
                canvas.drawPath(_path(canvas, frame, feature), stroke=0, fill=1, fillMode=0)
            elif feature.kind == "line" and layer == "water":
                canvas.drawPath(_path(canvas, frame, feature), stroke=1, fill=0)


def _path(canvas: Canvas, frame: Frame, *features: Feature) -> Any:
    path = canvas.beginPath()
    for part in (part for feature in features for part in feature.parts):
        path.moveTo(*frame.place(part[0]))
        for corner in part[1:]:
            path.lineTo(*frame.place(corner))
    return path


def _roads(canvas: Canvas, frame: Frame, features: Iterable[Feature]) -> None:
    wide = min(1.6, max(0.55, 5000 / metres_across(frame)))  # thicker when the map shows little
    by_rank: dict[int, list[Feature]] = {}
    widths = {rank: width * wide for width, rank in ROADS.values()}
    for feature in features:
        if feature.layer == "roads" and feature.kind == "line":
            _, rank = ROADS.get(str(feature.properties.get("class")), ROADS["service"])
            by_rank.setdefault(rank, []).append(feature)
    canvas.setLineCap(1)
    canvas.setLineJoin(1)
    for colour, extra in ((CASING, 0.7), (WHITE, 0.0)):
        canvas.setStrokeColor(colour)
        for rank in sorted(by_rank):
            if rank == 0 and extra:
                continue
            canvas.setLineWidth(widths[rank] + extra)
            canvas.drawPath(_path(canvas, frame, *by_rank[rank]), stroke=1, fill=0)


def _way(canvas: Canvas, frame: Frame, route: Route) -> None:
    """Draw the legs; the way back thinner, and arrows along all of it."""
    legs = [[frame.spot(point) for point in polyline.decode(leg)] if leg else [] for leg in route.geometry]
    for colour, extra in ((WHITE, 1.6), (ACCENT, 0.0)):
        canvas.setStrokeColor(colour)
        for number, leg in enumerate(legs):
            if len(leg) < 2:
                continue
            is_back = number == len(route.stops)
            canvas.setLineWidth((1.1 if is_back else 1.9) + extra)
            canvas.setDash([3, 2] if is_back and not extra else [])
            path = canvas.beginPath()
            path.moveTo(*leg[0])
            for spot in leg[1:]:
                path.lineTo(*spot)
            canvas.drawPath(path, stroke=1, fill=0)
    canvas.setDash([])
    canvas.setFillColor(ACCENT)
    since = 8 * mm
    for leg in legs[: len(route.stops)]:
        for (ax, ay), (bx, by) in pairwise(leg):
            length = math.hypot(bx - ax, by - ay)
            since += length
            if since > 14 * mm and length > 1.2 * mm:
                _arrow(canvas, (ax + bx) / 2, (ay + by) / 2, math.atan2(by - ay, bx - ax))
                since = 0.0


def _arrow(canvas: Canvas, x: float, y: float, angle: float, size: float = 1.5 * mm) -> None:
    path = canvas.beginPath()
    path.moveTo(x + size * math.cos(angle), y + size * math.sin(angle))
    for turn in (2.5, -2.5):
        path.lineTo(x + size * math.cos(angle + turn), y + size * math.sin(angle + turn))
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)


def dot_radius(stops: int) -> float:
    """Return how large the numbers are drawn: smaller where there are many."""
    return float((2.3 if stops <= 35 else 1.95 if stops <= 60 else 1.65) * mm)


def _stops(
    canvas: Canvas,
    frame: Frame,
    route: Route,
    true: Sequence[tuple[float, float]],
    shown: Sequence[tuple[float, float]],
) -> None:
    """Draw the depot and the numbers; a number that had to move is tied to its place."""
    x, y = frame.spot(route.depot_point)
    if frame.holds(x, y):
        canvas.setFillColor(INK)
        canvas.setStrokeColor(WHITE)
        canvas.setLineWidth(0.8)
        side = 2.1 * mm
        canvas.rect(x - side, y - side, 2 * side, 2 * side, stroke=1, fill=1)
        _house(canvas, x, y)
    radius = dot_radius(len(route.stops))
    for (true_x, true_y), (x, y) in zip(true, shown, strict=True):
        if math.hypot(x - true_x, y - true_y) > radius * 0.6:
            canvas.setStrokeColor(INK)
            canvas.setFillColor(INK)
            canvas.setLineWidth(0.5)
            canvas.line(true_x, true_y, x, y)
            canvas.circle(true_x, true_y, 0.7, stroke=0, fill=1)
    for stop, (x, y) in zip(route.stops, shown, strict=True):
        canvas.setFillColor(ACCENT)
        canvas.setStrokeColor(WHITE)
        canvas.setLineWidth(0.7)
        canvas.circle(x, y, radius, stroke=1, fill=1)
        canvas.setFillColor(WHITE)
        size = radius * (1.0 if stop.number < 100 else 0.8)
        canvas.setFont(BOLD, size)
        canvas.drawCentredString(x, y - size * 0.36, str(stop.number))


def _house(canvas: Canvas, x: float, y: float) -> None:
    canvas.setFillColor(WHITE)
    path = canvas.beginPath()
    for index, (dx, dy) in enumerate(((-1.2, -1.1), (1.2, -1.1), (1.2, 0.3), (0, 1.3), (-1.2, 0.3))):
        (path.lineTo if index else path.moveTo)(x + dx * mm, y + dy * mm)
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)


def apart(
    spots: Sequence[tuple[float, float]],
    frame: Frame,
    radius: float,
    fixed: Sequence[tuple[float, float]] = (),
) -> list[tuple[float, float]]:
    """Return spots moved so that their numbers do not cover each other, as little as that takes."""
    moved = [list(spot) for spot in spots]
    gap = 2 * radius + 0.6
    for _ in range(120):
        calm = True
        for i in range(len(moved)):
            others = [*((j, moved[j]) for j in range(i)), *((-1, list(spot)) for spot in fixed)]
            for j, other in others:
                dx, dy = moved[i][0] - other[0], moved[i][1] - other[1]
                distance = math.hypot(dx, dy)
                if distance >= gap - 0.01:
                    continue
                calm = False
                if distance < 1e-6:  # one place twice: part them at an angle of their own
                    dx, dy, distance = math.cos(i * 2.4), math.sin(i * 2.4), 1.0
                    push = gap / 2
                else:
                    push = (gap - distance) / 2
                moved[i][0] += dx / distance * push
                moved[i][1] += dy / distance * push
                if j >= 0:
                    moved[j][0] -= dx / distance * push
                    moved[j][1] -= dy / distance * push
        for spot in moved:
            spot[0] = min(max(spot[0], frame.x + radius), frame.x + frame.width - radius)
            spot[1] = min(max(spot[1], frame.y + radius), frame.y + frame.height - radius)
        if calm:
            break
    return [(x, y) for x, y in moved]


def _scale_bar(canvas: Canvas, frame: Frame) -> None:
    per_metre = frame.width / metres_across(frame)
    metres = max(
        (step * 10**power for power in range(1, 5) for step in (1, 2, 5) if step * 10**power * per_metre < 28 * mm),
        default=10,
    )
    text = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres} m"
    x, y, length = frame.x + 3 * mm, frame.y + 3 * mm, metres * per_metre
    canvas.setFillColor(Color(1, 1, 1, alpha=0.8))
    canvas.rect(x - 3, y - 4, length + 8 + width_of(text, REGULAR, 6), 10, stroke=0, fill=1)
    canvas.setStrokeColor(INK)
    canvas.setLineWidth(1)
    canvas.line(x, y, x + length, y)
    for end in (x, x + length):
        canvas.line(end, y - 1.5, end, y + 1.5)
    canvas.setFillColor(INK)
    canvas.setFont(REGULAR, 6)
    canvas.drawString(x + length + 3, y - 2, text)
