"""Points, distances and boxes."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zaguan.base.geo.point import EARTH_RADIUS_M, BoundingBox, Point, distance_m, distances_m

longitudes = st.floats(-180, 180)
latitudes = st.floats(-90, 90)
points = st.builds(lambda lon, lat: Point(lon=lon, lat=lat), longitudes, latitudes)


@pytest.mark.parametrize(
    ("lon", "lat"), [(180.1, 0), (-180.1, 0), (0, 90.1), (0, -90.1), (math.nan, 0), (0, math.nan), (math.inf, 0)]
)
def test_a_point_off_the_globe_is_refused(lon: float, lat: float) -> None:
    """Degrees off the globe, NaN and infinities make no point."""
    with pytest.raises(ValueError, match="not on the globe"):
        Point(lon=lon, lat=lat)


def test_a_known_distance() -> None:
    """From the Plaza de Armas of Santiago to that of Concepción it is 433 km as the crow flies."""
    santiago, concepcion = Point(lon=-70.6506, lat=-33.4379), Point(lon=-73.0503, lat=-36.8270)
    assert distance_m(santiago, concepcion) == pytest.approx(433_500, rel=0.005)


@given(points, points)
def test_a_distance_is_the_same_both_ways(a: Point, b: Point) -> None:
    """The distance is symmetric, zero at home, and at most half way round the earth."""
    assert distance_m(a, b) == pytest.approx(distance_m(b, a), abs=1e-6)
    assert distance_m(a, a) == 0
    assert 0 <= distance_m(a, b) <= math.pi * EARTH_RADIUS_M + 1


@given(st.lists(points, min_size=1, max_size=5), st.lists(points, min_size=1, max_size=5))
def test_distances_of_arrays_are_those_of_points(rows: list[Point], columns: list[Point]) -> None:
    """The array form gives the same metres as the form for two points, at every pair."""
    lon, lat = np.array([p.lon for p in rows])[:, None], np.array([p.lat for p in rows])[:, None]
    to_lon, to_lat = np.array([p.lon for p in columns])[None], np.array([p.lat for p in columns])[None]
    expected = [[distance_m(a, b) for b in columns] for a in rows]
    np.testing.assert_allclose(distances_m(lon, lat, to_lon, to_lat), expected, rtol=1e-9, atol=1e-3)


@pytest.mark.parametrize(
    ("west", "south", "east", "north"),
    [(1, 0, 0, 1), (0, 1, 1, 0), (0, 0, 181, 1), (math.nan, 0, 1, 1), (0, -91, 1, 1)],
)
def test_a_box_inside_out_is_refused(west: float, south: float, east: float, north: float) -> None:
    """Sides in the wrong order, off the globe or NaN make no box."""
    with pytest.raises(ValueError, match="not a box"):
        BoundingBox(west=west, south=south, east=east, north=north)


@given(points, st.floats(0, 50_000))
def test_a_grown_box_keeps_its_margin(point: Point, margin_m: float) -> None:
    """A grown box holds the old one and stays on the globe."""
    box = BoundingBox(west=point.lon, south=point.lat, east=point.lon, north=point.lat).grown_by(margin_m)
    assert box.contains(point)


def test_a_margin_is_in_metres() -> None:
    """A kilometre of margin reaches a kilometre north and a kilometre east, also far from the equator."""
    corner = Point(lon=-70.0, lat=-33.0)
    box = BoundingBox(west=-70.0, south=-33.0, east=-70.0, north=-33.0).grown_by(1_000)
    assert distance_m(corner, Point(lon=-70.0, lat=box.north)) == pytest.approx(1_000, rel=1e-6)
    assert distance_m(corner, Point(lon=box.east, lat=-33.0)) == pytest.approx(1_000, rel=1e-3)


def test_a_box_holds_its_edges() -> None:
    """A point on the edge is inside, one beyond is not."""
    box = BoundingBox(west=0, south=0, east=1, north=1)
    assert box.contains(Point(lon=1, lat=0.5))
    assert not box.contains(Point(lon=1.000001, lat=0.5))
