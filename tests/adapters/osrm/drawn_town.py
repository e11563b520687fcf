"""Tiny towns drawn as text, written as OpenStreetMap extracts.

Capital letters are crossings; `-` and `|` join them by streets, `>` `<` by one-way streets, `=` by pedestrian ones,
`~` by a ferry. A column is 100 m wide, a line 200 m high.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import osmium
from osmium.osm.mutable import Node, Way

from zaguan.base.geo.point import EARTH_RADIUS_M, BoundingBox, Point

ORIGIN = Point(lon=-70.0, lat=-33.0)
COLUMN_M, LINE_M = 100.0, 200.0
STEPS: Mapping[str, Mapping[str, str]] = {
    "-": {},
    ">": {"oneway": "yes"},
    "<": {"oneway": "-1"},
    "=": {"highway": "pedestrian"},
}
FERRY = {"route": "ferry", "highway": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnStreet:
    """A street between two crossings, with the tags that differ from a plain one."""

    start: str
    end: str
    tags: Mapping[str, str]


class DrawnTown:
    """The crossings and streets of a drawing. `tags` are added to every street."""

    def __init__(self, drawing: str, tags: Mapping[str, str] | None = None) -> None:
        self._lines = drawing.strip("\n").splitlines()
        self._tags = dict(tags or {})
        self._crossings = {
            letter: (column, row)
            for row, line in enumerate(self._lines)
            for column, letter in enumerate(line)
            if letter.isupper()
        }
        self.streets = tuple(self._streets())

    def point(self, letter: str) -> Point:
        """Return where a crossing is."""
        column, row = self._crossings[letter]
        return moved(ORIGIN, east_m=column * COLUMN_M, south_m=row * LINE_M)

    def points(self, letters: str) -> list[Point]:
        """Return where some crossings are."""
        return [self.point(letter) for letter in letters]

    def node(self, letter: str) -> int:
        """Return the id of a crossing in the extract."""
        return sorted(self._crossings).index(letter) + 1

    def box(self) -> BoundingBox:
        """Return the box around all crossings."""
        points = [self.point(letter) for letter in self._crossings]
        lons, lats = [point.lon for point in points], [point.lat for point in points]
        return BoundingBox(west=min(lons), south=min(lats), east=max(lons), north=max(lats))

    def write(self, path: Path) -> Path:
        """Write the town as an extract."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with osmium.SimpleWriter(str(path), overwrite=True) as writer:
            for letter in sorted(self._crossings):
                point = self.point(letter)
                writer.add_node(Node(id=self.node(letter), location=(point.lon, point.lat), version=1))
            for number, street in enumerate(self.streets, start=1):
                name = f"Calle {street.start}{street.end}"
                tags = {"highway": "residential", "name": name, **self._tags, **street.tags}
                nodes = [self.node(street.start), self.node(street.end)]
                tags = {key: value for key, value in tags.items() if value}
                writer.add_way(Way(id=number, nodes=nodes, tags=tags, version=1))
        return path

    def write_speeds(self, path: Path, *, kmh: float, closed: tuple[str, ...] = ()) -> Path:
        """Write one speed for all streets, in both directions; `closed` are pairs such as "AB"."""
        pairs = [(street.start, street.end) for street in self.streets]
        lines = [
            f"{self.node(start)},{self.node(end)},{0 if start + end in closed else kmh}\n"
            for first, second in pairs
            for start, end in ((first, second), (second, first))
        ]
        path.write_text("".join(lines), "ascii")
        return path

    def _streets(self) -> Iterator[DrawnStreet]:
        for letter, (column, row) in self._crossings.items():
            across, end = self._follow(column, row)
            if across and end:
                yield DrawnStreet(start=letter, end=end, tags=FERRY if "~" in across else _tags_of(across))
            below, row = self._lines[row + 1 :], row + 1
            while below and self._at(column, row) == "|":
                below, row = below[1:], row + 1
            if self._at(column, row).isupper() and self._at(column, row - 1) == "|":
                yield DrawnStreet(start=letter, end=self._at(column, row), tags={})

    def _follow(self, column: int, row: int) -> tuple[str, str]:
        """Return the stroke to the right of a crossing, and the crossing at its end."""
        rest = self._lines[row][column + 1 :]
        stroke = rest[: len(rest) - len(rest.lstrip("-<>=~"))]
        end = rest[len(stroke) : len(stroke) + 1]
        return (stroke, end) if end.isupper() else ("", "")

    def _at(self, column: int, row: int) -> str:
        return self._lines[row][column] if row < len(self._lines) and column < len(self._lines[row]) else " "


def moved(point: Point, *, east_m: float = 0.0, south_m: float = 0.0) -> Point:
    """Return the point so many metres away."""
    lat = point.lat - math.degrees(south_m / EARTH_RADIUS_M)
    lon = point.lon + math.degrees(east_m / EARTH_RADIUS_M / math.cos(math.radians(point.lat)))
    return Point(lon=round(lon, 7), lat=round(lat, 7))


def _tags_of(stroke: str) -> Mapping[str, str]:
    tags: dict[str, str] = {}
    for mark in stroke:
        tags |= STEPS[mark]
    return tags
