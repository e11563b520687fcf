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
_NOWHERE: Final[Floats] = np.empty((0, 2), np.float64)


class Corridor:
    """The legs of a route as lines. A leg without a road geometry is open country: nobody can stray from it."""

    def __init__(self, route: TrackedRoute) -> None:
        drawn = [(stop.line, stop.line_is_straight) for stop in route.stops]
        if route.ends_at_depot:
            drawn.append((route.back_line, route.back_line_is_straight))
        lines = [_degrees(decode(line)) if line and not straight else None for line, straight in drawn]
        self._first_judged: Final = max((leg + 1 for leg, line in enumerate(lines) if line is None), default=0)
        known = [line for line in lines[self._first_judged :] if line is not None]
        self._legs: Final = len(lines)
        self._starts: Final = np.concatenate([line[:-1] for line in known] or [_NOWHERE])
        self._ends: Final = np.concatenate([line[1:] for line in known] or [_NOWHERE])
        sizes = [len(line) - 1 for line in known]
        self._begins: Final = [sum(sizes[:leg]) for leg in range(len(sizes))]

    def distance_m(self, point: Point, *, from_leg: int) -> float | None:
        """Return the metres to the nearest of the legs from one on, or None where one of them has no line.

        All legs still to come count: a driver who goes to another stop first is on the route as well.
        """
        leg = max(0, from_leg)
        if not self._first_judged <= leg < self._legs:
            return None
        begin = self._begins[leg - self._first_judged]
        return _metres(point, self._starts[begin:], self._ends[begin:])


def _degrees(points: Sequence[Point]) -> Floats:
    """Return the corners of a line; a single one makes a line of no length."""
    corners = points if len(points) > 1 else [*points, *points]
    return np.array([(point.lon, point.lat) for point in corners], np.float64).reshape(-1, 2)


def _metres(point: Point, starts: Floats, ends: Floats) -> float:
    """Return the distance to the nearest piece, on the plane that touches the earth at the point."""
    scale = np.array([math.cos(math.radians(point.lat)), 1.0]) * (math.pi / 180 * EARTH_RADIUS_M)
    here = (starts - (point.lon, point.lat)) * scale
    ways = (ends - starts) * scale
    squares = np.maximum((ways**2).sum(axis=1), 1e-12)
    shares = np.clip(-(here * ways).sum(axis=1) / squares, 0.0, 1.0)
    return float(np.sqrt(((here + ways * shares[:, None]) ** 2).sum(axis=1).min()))
