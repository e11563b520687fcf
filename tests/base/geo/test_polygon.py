"""Polygons: inside, outside, holes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zaguan.base.geo.point import Point
from zaguan.base.geo.polygon import Polygon, Ring


def ring(*corners: tuple[float, float]) -> Ring:
    """Return a ring of longitude and latitude pairs."""
    return tuple(Point(lon=lon, lat=lat) for lon, lat in corners)


SQUARE = ring((0, 0), (10, 0), (10, 10), (0, 10))
YARD = ring((4, 4), (6, 4), (6, 6), (4, 6))


@pytest.mark.parametrize(
    ("lon", "lat", "inside"),
    [(2, 2, True), (5, 5, False), (9.99, 9.99, True), (10.01, 5, False), (5, -0.01, False), (-1, 4, False)],
)
def test_a_yard_is_outside(lon: float, lat: float, inside: bool) -> None:
    """A point inside the outer ring is inside, but not where a hole is."""
    assert Polygon(SQUARE, (YARD,)).contains(Point(lon=lon, lat=lat)) is inside


@given(st.floats(-5, 15), st.floats(-5, 15))
def test_the_direction_of_a_ring_does_not_matter(lon: float, lat: float) -> None:
    """A ring drawn clockwise, or with its first corner repeated at the end, holds the same points."""
    point = Point(lon=lon, lat=lat)
    expected = Polygon(SQUARE).contains(point)
    assert Polygon(SQUARE[::-1]).contains(point) is expected
    assert Polygon((*SQUARE, SQUARE[0])).contains(point) is expected


def test_a_bay_is_outside() -> None:
    """In a U-shaped zone the space between the arms is outside, also level with a corner."""
    zone = Polygon(ring((0, 0), (9, 0), (9, 9), (6, 9), (6, 3), (3, 3), (3, 9), (0, 9)))
    assert not zone.contains(Point(lon=4.5, lat=5))
    assert zone.contains(Point(lon=1, lat=3))
    assert zone.contains(Point(lon=8, lat=3))


def test_a_ring_needs_three_points() -> None:
    """Two points make no zone, neither outside nor as a hole."""
    with pytest.raises(ValueError, match="three points"):
        Polygon(SQUARE[:2])
    with pytest.raises(ValueError, match="three points"):
        Polygon(SQUARE, (YARD[:2],))


def test_the_box_is_that_of_the_outer_ring() -> None:
    """The box of a polygon goes round its outer ring."""
    box = Polygon(SQUARE, (YARD,)).box()
    assert (box.west, box.south, box.east, box.north) == (0, 0, 10, 10)
