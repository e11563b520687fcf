"""Cells of the hexagonal grid H3: what lies near a point is found by looking up whole numbers."""

from typing import Final, NewType

import h3.api.basic_int as h3

from zaguan.base.geo.point import Point, distance_m

Cell = NewType("Cell", int)  # fits a BIGINT

MAX_COVER_RINGS: Final = 200  # some 100,000 cells: a wider circle wants a coarser resolution
# no corner of a cell is farther from its middle than the mean edge of its resolution times this
WIDEST: Final = 1.25


def cell_of(point: Point, *, resolution: int) -> Cell:
    """Return the cell of a resolution (0 to 15) that holds the point; 9 is some 350 m across, 10 some 130 m."""
    return Cell(h3.latlng_to_cell(point.lat, point.lon, resolution))


def cells_around(point: Point, *, radius_m: float, resolution: int) -> frozenset[Cell]:
    """Return cells that together hold the whole circle, and few more; a circle of too many cells raises ValueError.

    Every point within the radius lies in one of them, so what is in none of them is surely outside.
    """
    own = h3.latlng_to_cell(point.lat, point.lon, resolution)
    reach_m = radius_m + WIDEST * h3.average_hexagon_edge_length(resolution, unit="m")
    found: set[int] = {own}
    for rings in range(1, MAX_COVER_RINGS):
        touching = {cell for cell in h3.grid_ring(own, rings) if distance_m(_middle(cell), point) <= reach_m}
        if not touching:
            return frozenset(Cell(cell) for cell in found)
        found |= touching
    raise ValueError(f"a circle of {radius_m} m has too many cells of resolution {resolution}")


def _middle(cell: int) -> Point:
    lat, lon = h3.cell_to_latlng(cell)
    return Point(lon=lon, lat=lat)
