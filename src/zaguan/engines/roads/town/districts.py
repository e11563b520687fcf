"""Districts: the meshes of the avenues, each to be filled with streets of its own kind."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.roads.town.arterial import Arterial, Key, Vertex, key_of
from zaguan.engines.roads.town.arterials import Arterials
from zaguan.engines.roads.town.cells import Cell, Cells, Land
from zaguan.engines.roads.town.shapes import Floats

_JOINED: Final = {Land.HILLS: 0.35, Land.GRID: 0.14, Land.PASSAGES: 0.14, Land.INDUSTRY: 0.5}


@dataclass(frozen=True, slots=True, kw_only=True)
class District:
    """One mesh: its ring of arterials counter-clockwise, and for each side of the ring where it lies on which."""

    cells: tuple[Cell, ...]
    land: Land
    commune: int
    outward: float
    frontage_m: float
    ring: Floats  # open, counter-clockwise
    sides: tuple[Arterial, ...]  # one per edge of `ring`
    side_arcs: Floats  # (edges, 2): distance along the arterial at both ends of the edge
    village: tuple[Floats, float, float] | None = None  # centre, radius and heading, where only that much is built

    def arc_at(self, edge: int, share: float) -> float:
        """Return the distance along the side's arterial of a point of the ring."""
        start, end = self.side_arcs[edge]
        return float(start + share * (end - start))


def find_districts(cells: Cells, arterials: Arterials, rng: np.random.Generator) -> tuple[District, ...]:
    """Return the districts of the town and of its villages; joins some cells by giving up the road between them."""
    districts: list[District] = []
    done: set[Cell] = set()
    for cell in sorted(cells.land):
        if not cells.built(cell) or cell in done:
            continue
        i, j = cell
        if cell in arterials.diagonals:
            for corners in _triangles(cell, rising=arterials.diagonals[cell]):
                districts.append(_district((cell,), corners, cells, arterials))
            continue
        partner = _partner(cell, cells, arterials, done, rng)
        if partner is None:
            districts.append(_district((cell,), ((i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)), cells, arterials))
            continue
        done.add(partner)
        a, b = partner
        if a == i:
            between = key_of((i, j + 1), (i + 1, j + 1))
            corners = ((i, j), (i + 1, j), (i + 1, j + 1), (i + 1, j + 2), (i, j + 2), (i, j + 1))
        else:
            between = key_of((i + 1, j), (i + 1, j + 1))
            corners = ((i, j), (i + 1, j), (i + 2, j), (i + 2, j + 1), (i + 1, j + 1), (i, j + 1))
        del b, arterials.edges[between]
        districts.append(_district((cell, partner), corners, cells, arterials))
    for vertex, radius in arterials.villages.items():
        districts += _village(vertex, radius, cells, arterials, rng)
    return tuple(districts)


def _triangles(cell: Cell, *, rising: bool) -> tuple[tuple[Vertex, ...], tuple[Vertex, ...]]:
    i, j = cell
    west_south, east_south, east_north, west_north = (i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)
    if rising:
        return (west_south, east_south, east_north), (west_south, east_north, west_north)
    return (west_south, east_south, west_north), (east_south, east_north, west_north)


def _partner(cell: Cell, cells: Cells, arterials: Arterials, done: set[Cell], rng: np.random.Generator) -> Cell | None:
    """Choose a neighbour to the east or north to join with, of the same use and commune."""
    i, j = cell
    if rng.random() >= _JOINED.get(cells.land[cell], 0.0):
        return None
    for other, between in (
        ((i + 1, j), key_of((i + 1, j), (i + 1, j + 1))),
        ((i, j + 1), key_of((i, j + 1), (i + 1, j + 1))),
    ):
        edge = arterials.edges.get(between)
        if (
            cells.land.get(other) is cells.land[cell]
            and cells.commune[other] == cells.commune[cell]
            and other not in done
            and other not in arterials.diagonals
            and edge is not None
            and edge.road in ("", "tertiary")
            and edge.street[:1] == ("avenue",)
        ):
            return other
    return None


def _district(own: tuple[Cell, ...], corners: tuple[Vertex, ...], cells: Cells, arterials: Arterials) -> District:
    ring, sides, side_arcs = _walk(corners, arterials.edges)
    return District(
        cells=own,
        land=cells.land[own[0]],
        commune=cells.commune[own[0]],
        outward=cells.outward[own[0]],
        frontage_m=cells.frontage_m(own[0]),
        ring=ring,
        sides=sides,
        side_arcs=side_arcs,
    )


def _walk(
    corners: tuple[Vertex, ...], edges: dict[Key, Arterial]
) -> tuple[Floats, tuple[Arterial, ...], NDArray[np.float64]]:
    points: list[Floats] = []
    sides: list[Arterial] = []
    arcs: list[Floats] = []
    for a, b in zip(corners, (*corners[1:], corners[0]), strict=True):
        edge = edges[key_of(a, b)]
        line, along = (edge.line, edge.arcs) if edge.a == a else (edge.line[::-1], edge.arcs[::-1])
        points.append(line[:-1])
        sides += [edge] * (len(line) - 1)
        arcs.append(np.column_stack((along[:-1], along[1:])))
    return np.vstack(points), tuple(sides), np.vstack(arcs)


def _village(
    vertex: Vertex, radius: float, cells: Cells, arterials: Arterials, rng: np.random.Generator
) -> list[District]:
    """Return the four quarters of a village around a vertex of the country roads."""
    i, j = vertex
    main = arterials.edges[key_of(vertex, (i + 1, j))]
    centre = main.line[0] if main.a == vertex else main.line[-1]
    step = (main.line[3] if main.a == vertex else main.line[-4]) - centre
    heading = math.atan2(step[1], step[0]) + float(rng.normal(0, 0.05))
    return [
        District(
            cells=((a, b),),
            land=Land.GRID,
            commune=cells.commune[(a, b)],
            outward=1.0,
            frontage_m=14.0,
            ring=walked[0],
            sides=walked[1],
            side_arcs=walked[2],
            village=(centre, radius * float(rng.uniform(0.75, 1.05)), heading),
        )
        for a, b in ((i, j), (i - 1, j), (i - 1, j - 1), (i, j - 1))
        for walked in (_walk(((a, b), (a + 1, b), (a + 1, b + 1), (a, b + 1)), arterials.edges),)
    ]
