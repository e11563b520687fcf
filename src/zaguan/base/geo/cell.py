"""Cells of the hexagonal grid H3: what lies near a point is found by looking up whole numbers."""

from typing import Final, NewType

import h3.api.basic_int as h3

from zaguan.base.geo.point import Point, distance_m

Cell = NewType("Cell", int)  # fits a BIGINT

MAX_COVER_RINGS: Final = 200  # some 100,000 cells: a wider circle wants a coarser resolution
# by which our sphere and H3's may differ in measuring one distance, and more
SPHERES_DIFFER: Final = 1.001


def cell_of(point: Point, *, resolution: int) -> Cell:
    """Return the cell of a resolution (0 to 15) that holds the point; 9 is some 350 m across, 10 some 130 m."""
    return Cell(h3.latlng_to_cell(point.lat, point.lon, resolution))


def cells_around(point: Point, *, radius_m: float, resolution: int) -> frozenset[Cell]:
    """Return cells that together hold the whole circle, and few more; a circle of too many cells raises ValueError.

    Every point within the radius lies in one of them, so what is in none of them is surely outside.
    """
    own = h3.latlng_to_cell(point.lat, point.lon, resolution)
    found: set[int] = {own}
    for rings in range(1, MAX_COVER_RINGS):
        touching = {cell for cell in h3.grid_ring(own, rings) if _may_touch(cell, point, radius_m)}
        if not touching:
            return frozenset(Cell(cell) for cell in found)
        found |= touching
    raise ValueError(f"a circle of {radius_m} m has too many cells of resolution {resolution}")


def _may_touch(cell: int, point: Point, radius_m: float) -> bool:
    """Tell whether the circle may reach into the cell: the cell lies within the circle around its corners."""
    lat, lon = h3.cell_to_latlng(cell)
    middle = Point(lon=lon, lat=lat)
    corner_m = max(distance_m(middle, Point(lon=lon, lat=lat)) for lat, lon in h3.cell_to_boundary(cell))
    return distance_m(middle, point) <= (radius_m + corner_m) * SPHERES_DIFFER
