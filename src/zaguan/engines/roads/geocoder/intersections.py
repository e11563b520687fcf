"""Where two streets meet, and houses of a numbered grid that are measured from such a corner."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from zaguan.base.geo.place import Grade
from zaguan.base.geo.point import Point
from zaguan.engines.roads.geocoder.houses import SAME_SPOT_M, Spot
from zaguan.engines.roads.geocoder.layout import METRES_PER_DEGREE, MICRODEGREES
from zaguan.engines.roads.geocoder.store import Street

MEET_WITHIN_M: Final = 30.0  # the lines of two crossing streets, dual carriageways included
HOUSES_MEET_WITHIN_M: Final = 80.0  # corner houses of two streets without lines
HOUSES_CORNERS_APART_M: Final = 300.0  # houses of one corner may lie on all its sides
STEP_M: Final = 10.0  # lines are compared at points this far apart
ROAD_POINTS_MAX: Final = 20_000
CROSSINGS_MAX: Final = 16

Plane = NDArray[np.float64]  # metres east and north of some origin, shape (n, 2)


def find_corner(street: Street, cross: Street) -> Spot | None:
    """Return where two streets meet, None if they do not; `others` are the further places where they meet."""
    corners = corners_of(street, cross)
    if not corners:
        return None
    return Spot(corners[0], Grade.INTERPOLATED, "", tuple(corners[1:]))


def corners_of(street: Street, cross: Street) -> list[Point]:
    """Return the places where two streets meet, the closest meeting first; places near each other count as one."""
    origin = _origin(street)
    if street.lines and cross.lines:
        one, other, within_m, apart_m = _walk(street, origin), _walk(cross, origin), MEET_WITHIN_M, SAME_SPOT_M
    else:
        one, other, within_m = _spots(street, origin), _spots(cross, origin), HOUSES_MEET_WITHIN_M
        apart_m = HOUSES_CORNERS_APART_M
    if len(one) == 0 or len(other) == 0:
        return []
    low, high = other.min(axis=0) - within_m, other.max(axis=0) + within_m
    one = one[((one >= low) & (one <= high)).all(axis=1)]
    if len(one) == 0:
        return []
    gap, partner = _nearest(one, other)
    corners: list[Plane] = []
    for at in np.argsort(gap, kind="stable"):
        if gap[at] > within_m or len(corners) == CROSSINGS_MAX:
            break
        middle = (one[at] + other[partner[at]]) / 2
        if all(np.hypot(*(middle - corner)) > apart_m for corner in corners):
            corners.append(middle)
    return [_point(corner, origin) for corner in corners]


def past_corner(street: Street, corner: Point, towards: Point, plate_m: int) -> Point:
    """Return the point of a street that lies `plate_m` metres past a corner, on the side of another point."""
    origin = _origin(street)
    points = _walk(street, origin) if street.lines else _spots(street, origin)
    start, aim = _plane(corner, origin), _plane(towards, origin)
    length = float(np.hypot(*(aim - start)))
    if length == 0.0:
        return corner
    wanted = start + (aim - start) * (min(float(plate_m), length) / length)
    return _point(points[int(np.argmin(((points - wanted) ** 2).sum(axis=1)))], origin)


def _origin(street: Street) -> Point:
    if street.lines:
        return Point(lon=float(street.lines[0][0, 0]), lat=float(street.lines[0][0, 1]))
    house = street.houses[0]
    return Point(lon=float(house["lon"]) / MICRODEGREES, lat=float(house["lat"]) / MICRODEGREES)


def _scale(origin: Point) -> NDArray[np.float64]:
    return np.array([np.cos(np.radians(origin.lat)), 1.0]) * METRES_PER_DEGREE


def _plane(point: Point, origin: Point) -> Plane:
    plane: Plane = (np.array([point.lon, point.lat]) - (origin.lon, origin.lat)) * _scale(origin)
    return plane


def _point(plane: Plane, origin: Point) -> Point:
    lon, lat = plane / _scale(origin) + (origin.lon, origin.lat)
    return Point(lon=float(lon), lat=float(lat))


def _spots(street: Street, origin: Point) -> Plane:
    """Return the houses of a street and the vertices of its line."""
    houses = np.stack((street.houses["lon"], street.houses["lat"]), axis=1) / MICRODEGREES
    points = np.concatenate([houses, *street.lines])
    plane: Plane = (points - (origin.lon, origin.lat)) * _scale(origin)
    return plane


def _walk(street: Street, origin: Point) -> Plane:
    """Return points along the lines of a street, a step apart."""
    walked: list[Plane] = []
    for line in street.lines:
        plane = (line - (origin.lon, origin.lat)) * _scale(origin)
        lengths = np.hypot(*np.diff(plane, axis=0).T)
        along = np.concatenate(([0.0], np.cumsum(lengths)))
        stops = np.union1d(along, np.arange(0.0, along[-1], max(STEP_M, along[-1] / ROAD_POINTS_MAX)))
        walked.append(np.stack([np.interp(stops, along, plane[:, axis]) for axis in (0, 1)], axis=1))
    return np.concatenate(walked)[:ROAD_POINTS_MAX]


def _nearest(one: Plane, other: Plane) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return for each point of one street the distance to the nearest of the other, and which that is."""
    gaps, partners = np.empty(len(one)), np.empty(len(one), dtype=np.intp)
    block = max(1, 2_000_000 // max(1, len(other)))
    for first in range(0, len(one), block):
        part = one[first : first + block, None, :] - other[None, :, :]
        square = (part**2).sum(axis=2)
        partners[first : first + block] = np.argmin(square, axis=1)
        gaps[first : first + block] = np.sqrt(square.min(axis=1))
    return gaps, partners
