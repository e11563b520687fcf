"""Names on the map of a route sheet: places, and larger streets along their way, where nothing else is drawn."""

import math
from collections.abc import Iterable, Sequence
from typing import Final

from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas

from zaguan.engines.roads.tiles import Feature
from zaguan.operations.planning.export.sheet_frame import Frame, metres_across
from zaguan.operations.planning.export.sheet_type import BOLD, INK, REGULAR, SOFT, WHITE, printable, width_of

NAMED: Final = ("motorway", "trunk", "primary", "secondary", "tertiary")
STREETS_BELOW_M: Final = 2_500.0  # on a map that shows less than this, small streets are named too
STREET_SIZE: Final = 5.2
PLACE_SIZE: Final = 6.5
Spot = tuple[float, float]


def draw_names(canvas: Canvas, frame: Frame, features: Sequence[Feature], dots: Sequence[Spot]) -> None:
    """Write names where neither the dots nor other names stand."""
    taken = list(dots)
    for name, (x, y) in _places(frame, features).items():
        if _free(frame, taken, x, y, width_of(name, BOLD, PLACE_SIZE)):
            _label(canvas, name, x, y, 0.0, BOLD, PLACE_SIZE, INK)
    classes = NAMED if metres_across(frame) > STREETS_BELOW_M else (*NAMED, "residential")
    written: set[str] = set()
    for road_class in classes:
        for feature in features:
            name = printable(str(feature.properties.get("name", "")))
            is_road = feature.layer == "roads" and feature.properties.get("class") == road_class
            is_new = is_road and name and name not in written
            if is_new and _write_along(canvas, frame, feature, name, taken):
                written.add(name)


def _places(frame: Frame, features: Iterable[Feature]) -> dict[str, Spot]:
    places = [each for each in features if each.layer == "places" and each.kind == "point"]
    named = ((printable(str(each.properties.get("name", ""))), each) for each in places)
    return {name: frame.place(each.parts[0][0]) for name, each in named if name}


def _write_along(canvas: Canvas, frame: Frame, feature: Feature, name: str, taken: list[Spot]) -> bool:
    """Write a name along the first stretch of the street that has room; False if none has."""
    length = width_of(name, REGULAR, STREET_SIZE)
    for (ax, ay), (bx, by) in _straight(frame, feature):
        x, y = (ax + bx) / 2, (ay + by) / 2
        if math.hypot(bx - ax, by - ay) >= length and _free(frame, taken, x, y, length):
            angle = math.degrees(math.atan2(by - ay, bx - ax))
            upright = angle - 180 if angle > 90 else angle + 180 if angle < -90 else angle
            _label(canvas, name, x, y, upright, REGULAR, STREET_SIZE, SOFT)
            return True
    return False


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
    font: str,
    size: float,
    colour: Color,
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
