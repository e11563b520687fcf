"""The woods above the hill suburbs: cells of the lattice melted into one, their corners rounded."""

from collections.abc import Iterable
from typing import Final

import numpy as np

from zaguan.engines.roads.town.arterial import Vertex
from zaguan.engines.roads.town.cells import Cell, Cells, Land
from zaguan.engines.roads.town.ground import Ground
from zaguan.engines.roads.town.shape import Shape, area
from zaguan.engines.roads.town.shapes import rounded, signed_area

_NEAR_CELLS: Final = 2  # how far the woods reach from the last houses
_STEEP: Final = 0.5


def draw_woods(cells: Cells, villages: Iterable[Vertex], ground: Ground) -> list[Shape]:
    """Return the woods as areas without holes; a village keeps its fields."""
    wooded = {cell for cell in cells.land if _is_wooded(cell, cells, ground)}
    for i, j in villages:
        wooded -= {(i, j), (i - 1, j), (i - 1, j - 1), (i, j - 1)}
    shapes: list[Shape] = []
    for loop in _outlines(wooded):
        corners = np.array(loop, dtype=np.float64)
        ring = rounded(ground.plane(corners[:, 0], corners[:, 1]), closed=True)
        if signed_area(ring) > 0:  # a clockwise one is a clearing
            shapes.append(area(ring, {"natural": "wood"}))
    return shapes


def _is_wooded(cell: Cell, cells: Cells, ground: Ground) -> bool:
    i, j = cell
    if cells.land[cell] is not Land.FIELDS:
        return False
    near = range(-_NEAR_CELLS, _NEAR_CELLS + 1)
    if not any(cells.land.get((i + di, j + dj)) is Land.HILLS for di in near for dj in near):
        return False
    return float(ground.hillness(ground.flat(np.array(i + 0.5), np.array(j + 0.5)))) > _STEEP


def _outlines(wooded: set[Cell]) -> list[list[Vertex]]:
    """Walk around the cells, keeping them on the left; where two touch at a corner, turn left."""
    ahead: dict[Vertex, list[Vertex]] = {}
    for i, j in sorted(wooded):
        for a, b, beyond in (
            ((i, j), (i + 1, j), (i, j - 1)),
            ((i + 1, j), (i + 1, j + 1), (i + 1, j)),
            ((i + 1, j + 1), (i, j + 1), (i, j + 1)),
            ((i, j + 1), (i, j), (i - 1, j)),
        ):
            if beyond not in wooded:
                ahead.setdefault(a, []).append(b)
    loops: list[list[Vertex]] = []
    while ahead:
        start = min(ahead)
        loop = [start]
        here, came = start, (0, 0)
        while True:
            choices = ahead[here]
            there = max(choices, key=lambda vertex: _left_turn(came, here, vertex))
            choices.remove(there)
            if not choices:
                del ahead[here]
            came = there[0] - here[0], there[1] - here[1]
            here = there
            if here == start:
                break
            loop.append(here)
        loops.append(loop)
    return loops


def _left_turn(came: tuple[int, int], here: Vertex, there: Vertex) -> int:
    return came[0] * (there[1] - here[1]) - came[1] * (there[0] - here[0])
