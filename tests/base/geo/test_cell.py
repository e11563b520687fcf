"""Cells: whoever is within the circle is in one of its cells."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as some

from zaguan.base.geo.cell import cell_of, cells_around
from zaguan.base.geo.point import EARTH_RADIUS_M, Point, distance_m


@given(
    lon=some.floats(-179, 179),
    lat=some.floats(-70, 70),
    radius_m=some.floats(10, 2_000),
    bearing=some.floats(0, 2 * math.pi),
    share=some.floats(0, 0.998),
)
def test_every_point_of_a_circle_is_in_its_cells(
    lon: float, lat: float, radius_m: float, bearing: float, share: float
) -> None:
    """A point within the radius lies in one of the cells of the circle."""
    middle = Point(lon=lon, lat=lat)
    degree_m = math.pi / 180 * EARTH_RADIUS_M
    away = radius_m * share / degree_m
    there = Point(lon=lon + away * math.sin(bearing) / math.cos(math.radians(lat)), lat=lat + away * math.cos(bearing))
    if distance_m(middle, there) <= radius_m:
        assert cell_of(there, resolution=9) in cells_around(middle, radius_m=radius_m, resolution=9)


def test_a_small_circle_has_few_cells() -> None:
    """A circle of 80 m touches at most seven cells of some 350 m, and nothing far away is among them."""
    middle = Point(lon=-71.25, lat=-29.9)
    cells = cells_around(middle, radius_m=80, resolution=9)
    assert 1 <= len(cells) <= 7
    assert cell_of(Point(lon=-71.26, lat=-29.9), resolution=9) not in cells


def test_a_circle_of_too_many_cells_is_refused() -> None:
    """A country is not covered by cells of a street."""
    with pytest.raises(ValueError, match="too many cells"):
        cells_around(Point(lon=0.5, lat=0.5), radius_m=5e5, resolution=12)
