"""Boundaries of the communes: every stretch of border drawn once and shared by the communes on both sides."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from zaguan.engines.roads.town.arterial import Key, Vertex, key_of
from zaguan.engines.roads.town.arterials import Arterials
from zaguan.engines.roads.town.cells import Cells
from zaguan.engines.roads.town.ground import Ground
from zaguan.engines.roads.town.scale import Scale
from zaguan.engines.roads.town.shapes import Floats, rounded


@dataclass(frozen=True, slots=True, kw_only=True)
class Border:
    """A line between two meeting points of borders, and the communes that it bounds."""

    line: Floats
    ends: tuple[Vertex, Vertex]
    communes: frozenset[int]


def find_borders(scale: Scale, cells: Cells, arterials: Arterials, ground: Ground) -> list[Border]:
    """Return all borders; together they close a ring or several around every commune."""
    between: dict[Key, frozenset[int]] = {}
    reach = scale.reach_cells
    for (i, j), commune in sorted(cells.commune.items()):
        for a, b, beyond in (
            ((i, j), (i + 1, j), (i, j - 1)),
            ((i, j), (i, j + 1), (i - 1, j)),
            ((i, j + 1), (i + 1, j + 1), (i, j + 1)),
            ((i + 1, j), (i + 1, j + 1), (i + 1, j)),
        ):
            other = cells.commune.get(beyond)
            if other != commune:
                between[key_of(a, b)] = frozenset({commune} if other is None else {commune, other})
    assert all(max(map(abs, vertex)) <= reach + 1 for key in between for vertex in key)
    around: dict[Vertex, list[Vertex]] = {}
    for a, b in between:
        around.setdefault(a, []).append(b)
        around.setdefault(b, []).append(a)
    borders: list[Border] = []
    left = set(between)
    meeting = [vertex for vertex, ends in around.items() if len(ends) != 2]
    for vertex in [*meeting, *around]:
        for after in around[vertex]:
            if key_of(vertex, after) in left:
                borders.append(_walk(vertex, after, between, around, left, arterials, ground))
    return borders


def _walk(
    start: Vertex,
    after: Vertex,
    between: dict[Key, frozenset[int]],
    around: dict[Vertex, list[Vertex]],
    left: set[Key],
    arterials: Arterials,
    ground: Ground,
) -> Border:
    path = [start, after]
    left.discard(key_of(start, after))
    while len(around[path[-1]]) == 2 and path[-1] != start:
        ahead = next(vertex for vertex in around[path[-1]] if vertex != path[-2])
        if key_of(path[-1], ahead) not in left:
            break
        left.discard(key_of(path[-1], ahead))
        path.append(ahead)
    return Border(line=_draw(path, arterials, ground), ends=(path[0], path[-1]), communes=between[key_of(start, after)])


def _draw(path: list[Vertex], arterials: Arterials, ground: Ground) -> Floats:
    """Follow roads exactly; through the fields, where nothing shows the lattice, round its corners off."""
    parts: list[Floats] = []
    free: list[Vertex] = []
    for a, b in pairwise(path):
        edge = arterials.edges.get(key_of(a, b))
        if edge is not None and edge.road:
            parts.append(edge.line if edge.a == a else edge.line[::-1])
            continue
        free = [*free, b] if free else [a, b]
        if b == path[-1] or _touches_road(b, arterials):
            corners = np.array(free, dtype=np.float64)
            parts.append(rounded(ground.plane(corners[:, 0], corners[:, 1]), closed=False))
            free = []
    return np.vstack([*[part[:-1] for part in parts], parts[-1][-1:]])


def _touches_road(vertex: Vertex, arterials: Arterials) -> bool:
    i, j = vertex
    around = ((i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1))
    return any((edge := arterials.edges.get(key_of(vertex, other))) is not None and edge.road for other in around)
