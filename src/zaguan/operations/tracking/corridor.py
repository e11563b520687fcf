"""How far a vehicle is from the line that its route would have it drive."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zaguan.base.geo.point import EARTH_RADIUS_M, Point
from zaguan.base.geo.polyline import decode
from zaguan.operations.tracking.model import TrackedRoute

Floats = NDArray[np.float64]


class Corridor:
    """The legs of a route as lines. A leg without a road geometry is open country: nobody can stray from it."""

    def __init__(self, route: TrackedRoute) -> None:
        drawn = [(stop.line, stop.line_is_straight) for stop in route.stops]
        if route.ends_at_depot:
            drawn.append((route.back_line, route.back_line_is_straight))
        self._lines: Final = [_degrees(decode(line)) if line and not straight else None for line, straight in drawn]

    def distance_m(self, point: Point, *, from_leg: int) -> float | None:
        """Return the metres to the nearest of the legs from one on, or None where one of them has no line.

        All legs still to come count: a driver who goes to another stop first is on the route as well.
        """
        ahead = self._lines[max(0, from_leg) :]
        if not ahead or any(line is None for line in ahead):
            return None
        return min(_metres(point, line) for line in ahead if line is not None)


def _degrees(points: Sequence[Point]) -> Floats:
    return np.array([(point.lon, point.lat) for point in points], np.float64).reshape(-1, 2)


def _metres(point: Point, line: Floats) -> float:
    """Return the distance to a line on the plane that touches the earth at the point: exact enough where it counts."""
    scale = np.array([math.cos(math.radians(point.lat)), 1.0]) * (math.pi / 180 * EARTH_RADIUS_M)
    corners = (line - (point.lon, point.lat)) * scale
    if len(corners) == 1:
        return float(np.hypot(*corners[0]))
    starts, ways = corners[:-1], np.diff(corners, axis=0)
    squares = np.maximum((ways**2).sum(axis=1), 1e-12)
    shares = np.clip(-(starts * ways).sum(axis=1) / squares, 0.0, 1.0)
    return float(np.sqrt(((starts + ways * shares[:, None]) ** 2).sum(axis=1).min()))
