"""The map on a route sheet: the region's base map, the way and the numbered stops, drawn as vectors."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from zaguan.base.geo import polyline
from zaguan.base.geo.point import BoundingBox, Point, distance_m
from zaguan.engines.roads.tiles import BaseMap, Feature, mercator
from zaguan.operations.planning.export.sheet_type import ACCENT, BOLD, INK, REGULAR, SOFT, WHITE, printable, width_of
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
NAMED_FROM_RANK: Final = 3
DOT_RADIUS: Final = 2.3 * mm
LEAST_SPAN_M: Final = 600.0
FAR_SHARE: Final = 0.55  # a depot that would shrink the stops to less than this is left out of the picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Where on the page the map stands, and which part of the world it shows."""

    x: float
    y: float
    width: float
    height: float
    west: float  # of the unit square
    north: float
    scale: float  # points of the page for the whole square
    box: BoundingBox

    def place(self, corner: tuple[float, float]) -> tuple[float, float]:
        """Return where on the page a corner of the unit square is."""
        return self.x + (corner[0] - self.west) * self.scale, (
            self.y + self.height - (corner[1] - self.north) * self.scale
        )

    def spot(self, point: Point) -> tuple[float, float]:
        """Return where on the page a point of the world is."""
        return self.place(mercator(point))

    def holds(self, x: float, y: float, *, within: float = 0.0) -> bool:
        """Tell whether a spot of the page lies on the map."""
        return (
            self.x + within <= x <= self.x + self.width - within
            and self.y + within <= y <= self.y + self.height - within
        )


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
    _names(canvas, frame, features, route)
    _stops(canvas, frame, route)
    _scale_bar(canvas, frame)
    canvas.restoreState()
    canvas.setStrokeColor(SOFT)
    canvas.setLineWidth(0.5)
    canvas.rect(x, y, width, height, stroke=1, fill=0)


def frame_for(route: Route, *, x: float, y: float, width: float, height: float) -> Frame:
    """Return the frame that holds all stops, and the depot with the way where that does not make them tiny."""
    stops = [mercator(stop.point) for stop in route.stops]
    ways = [mercator(point) for leg in route.geometry if leg for point in polyline.decode(leg)]
    everything = [*stops, *ways, mercator(route.depot_point)]
    near = _span(stops, width, height)
    corners = everything if near >= FAR_SHARE * _span(everything, width, height) else stops
    metre = 1 / (2 * math.pi * 6_378_137 * math.cos(math.radians(route.depot_point.lat)))
    span = max(_span(corners, width, height) * 1.14, LEAST_SPAN_M * metre)
    middle_x = (min(c[0] for c in corners) + max(c[0] for c in corners)) / 2
    middle_y = (min(c[1] for c in corners) + max(c[1] for c in corners)) / 2
    scale = width / span
    west, north = middle_x - span / 2, middle_y - height / scale / 2
    box = BoundingBox(west=_lon(west), south=_lat(north + height / scale), east=_lon(west + span), north=_lat(north))
    return Frame(x=x, y=y, width=width, height=height, west=west, north=north, scale=scale, box=box)


def _span(corners: Sequence[tuple[float, float]], width: float, height: float) -> float:
    """Return how much of the world the width must show to hold the corners."""
    xs, ys = [c[0] for c in corners], [c[1] for c in corners]
    return max(max(xs) - min(xs), (max(ys) - min(ys)) * width / height)


def _lon(x: float) -> float:
    return max(-180.0, min(180.0, (x - 0.5) * 360))


def _lat(y: float) -> float:
    return math.degrees(math.atan(math.sinh((0.5 - y) * 2 * math.pi)))


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


def _path(canvas: Canvas, frame: Frame, feature: Feature) -> Any:
    path = canvas.beginPath()
    for part in feature.parts:
        path.moveTo(*frame.place(part[0]))
        for corner in part[1:]:
            path.lineTo(*frame.place(corner))
    return path


def _roads(canvas: Canvas, frame: Frame, features: Iterable[Feature]) -> None:
    wide = min(1.6, max(0.55, 5000 / _metres_across(frame)))  # thicker when the map shows little
    by_rank: dict[int, list[tuple[float, Feature]]] = {}
    for feature in features:
        if feature.layer == "roads" and feature.kind == "line":
            width, rank = ROADS.get(str(feature.properties.get("class")), (0.6, 1))
            by_rank.setdefault(rank, []).append((width * wide, feature))
    canvas.setLineCap(1)
    canvas.setLineJoin(1)
    for colour, extra in ((CASING, 0.7), (WHITE, 0.0)):
        canvas.setStrokeColor(colour)
        for rank in sorted(by_rank):
            for width, feature in by_rank[rank]:
                if rank == 0 and extra:
                    continue
                canvas.setLineWidth(width + extra)
                canvas.drawPath(_path(canvas, frame, feature), stroke=1, fill=0)


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


def _names(canvas: Canvas, frame: Frame, features: Sequence[Feature], route: Route) -> None:
    """Write the names of larger streets along them, and of places, where nothing else is written."""
    taken = [frame.spot(stop.point) for stop in route.stops]
    written: set[str] = set()
    roads = [feature for feature in features if feature.layer == "roads" and feature.properties.get("name")]
    roads.sort(key=lambda feature: -ROADS.get(str(feature.properties.get("class")), (0, 0))[1])
    for feature in features:
        name = printable(str(feature.properties.get("name", "")))
        if feature.layer != "places" or not name or name in written or feature.kind != "point":
            continue
        x, y = frame.place(feature.parts[0][0])
        if _free(frame, taken, x, y, width_of(name, BOLD, 6.5)):
            _label(canvas, name, x, y, 0.0, BOLD, 6.5, INK)
            written.add(name)
    for feature in roads:
        if ROADS.get(str(feature.properties["class"]), (0, 0))[1] < NAMED_FROM_RANK:
            break
        name = printable(str(feature.properties["name"]))
        length = width_of(name, REGULAR, 5.2)
        if name in written:
            continue
        for (ax, ay), (bx, by) in _straight(frame, feature):
            x, y = (ax + bx) / 2, (ay + by) / 2
            if math.hypot(bx - ax, by - ay) >= length and _free(frame, taken, x, y, length):
                angle = math.degrees(math.atan2(by - ay, bx - ax))
                _label(canvas, name, x, y, angle - 180 if angle > 90 else angle + 180 if angle < -90 else angle)
                written.add(name)
                break


def _straight(frame: Frame, feature: Feature) -> Iterable[tuple[tuple[float, float], tuple[float, float]]]:
    """Yield stretches of a street that a name can follow: corners that turn little are passed over."""
    for part in feature.parts:
        spots = [frame.place(corner) for corner in part]
        start = 0
        for at in range(1, len(spots)):
            turns = at + 1 < len(spots) and _bend(spots[start], spots[at], spots[at + 1]) > 0.2
            if turns or at == len(spots) - 1:
                yield spots[start], spots[at]
                start = at


def _bend(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    turn = math.atan2(c[1] - b[1], c[0] - b[0]) - math.atan2(b[1] - a[1], b[0] - a[0])
    return abs(math.remainder(turn, 2 * math.pi))


def _free(frame: Frame, taken: list[tuple[float, float]], x: float, y: float, length: float) -> bool:
    """Tell whether a name fits here, and if so, take the room."""
    if not frame.holds(x, y, within=length / 2 + 2):
        return False
    reach = max(length / 2 + 4, 12)
    if any(math.hypot(x - tx, y - ty) < reach for tx, ty in taken):
        return False
    taken.append((x, y))
    return True


def _label(
    canvas: Canvas,
    text: str,
    x: float,
    y: float,
    angle: float,
    font: str = REGULAR,
    size: float = 5.2,
    colour: Color = SOFT,
) -> None:
    canvas.saveState()
    canvas.translate(x, y)
    canvas.rotate(angle)
    for mode, width in ((1, 1.6), (0, 0)):  # first a white edge, then the letters
        canvas.saveState()  # the mode of writing outlives a text otherwise
        writing = canvas.beginText(-width_of(text, font, size) / 2, -size * 0.35)
        writing.setFont(font, size)
        writing.setTextRenderMode(mode)
        canvas.setStrokeColor(WHITE)
        canvas.setLineWidth(width)
        canvas.setFillColor(colour)
        writing.textOut(text)
        canvas.drawText(writing)
        canvas.restoreState()
    canvas.restoreState()


def _stops(canvas: Canvas, frame: Frame, route: Route) -> None:
    x, y = frame.spot(route.depot_point)
    if frame.holds(x, y):
        canvas.setFillColor(INK)
        canvas.setStrokeColor(WHITE)
        canvas.setLineWidth(0.8)
        side = 2.1 * mm
        canvas.rect(x - side, y - side, 2 * side, 2 * side, stroke=1, fill=1)
        _arrow_house(canvas, x, y)
    spots = [frame.spot(stop.point) for stop in route.stops]
    for stop, true, (x, y) in zip(
        route.stops, spots, apart(spots, frame, [frame.spot(route.depot_point)]), strict=True
    ):
        if math.hypot(x - true[0], y - true[1]) > DOT_RADIUS * 0.6:
            canvas.setStrokeColor(INK)
            canvas.setLineWidth(0.5)
            canvas.line(*true, x, y)
            canvas.setFillColor(INK)
            canvas.circle(*true, 0.7, stroke=0, fill=1)
        canvas.setFillColor(ACCENT)
        canvas.setStrokeColor(WHITE)
        canvas.setLineWidth(0.7)
        canvas.circle(x, y, DOT_RADIUS, stroke=1, fill=1)
        canvas.setFillColor(WHITE)
        size = 6.6 if stop.number < 100 else 5.2
        canvas.setFont(BOLD, size)
        canvas.drawCentredString(x, y - size * 0.36, str(stop.number))


def _arrow_house(canvas: Canvas, x: float, y: float) -> None:
    canvas.setFillColor(WHITE)
    path = canvas.beginPath()
    for index, (dx, dy) in enumerate(((-1.2, -1.1), (1.2, -1.1), (1.2, 0.3), (0, 1.3), (-1.2, 0.3))):
        (path.lineTo if index else path.moveTo)(x + dx * mm, y + dy * mm)
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)


def apart(
    spots: Sequence[tuple[float, float]], frame: Frame, fixed: Sequence[tuple[float, float]] = ()
) -> list[tuple[float, float]]:
    """Return spots moved so that their numbers do not cover each other, as little as that takes."""
    moved = [list(spot) for spot in spots]
    gap = 2 * DOT_RADIUS + 0.8
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
            spot[0] = min(max(spot[0], frame.x + DOT_RADIUS), frame.x + frame.width - DOT_RADIUS)
            spot[1] = min(max(spot[1], frame.y + DOT_RADIUS), frame.y + frame.height - DOT_RADIUS)
        if calm:
            break
    return [(x, y) for x, y in moved]


def _metres_across(frame: Frame) -> float:
    box = frame.box
    middle = (box.south + box.north) / 2
    return max(1.0, distance_m(Point(lon=box.west, lat=middle), Point(lon=box.east, lat=middle)))


def _scale_bar(canvas: Canvas, frame: Frame) -> None:
    per_metre = frame.width / _metres_across(frame)
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
