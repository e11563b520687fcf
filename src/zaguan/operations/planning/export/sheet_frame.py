"""Which part of the world the map of a route sheet shows, and where on the page it stands."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from zaguan.base.geo import polyline
from zaguan.base.geo.point import BoundingBox, Point, distance_m
from zaguan.engines.roads.tiles import mercator
from zaguan.operations.planning.model import Route

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


def metres_across(frame: Frame) -> float:
    box = frame.box
    middle = (box.south + box.north) / 2
    return max(1.0, distance_m(Point(lon=box.west, lat=middle), Point(lon=box.east, lat=middle)))
