"""Boundaries of the communes: every stretch of border drawn once and shared by the communes on both sides."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from zaguan.engines.roads.town.arterials import Arterials, Key, Vertex, key_of
from zaguan.engines.roads.town.cells import Cells
from zaguan.engines.roads.town.ground import Ground
from zaguan.engines.roads.town.scale import Scale
from zaguan.engines.roads.town.shapes import Floats


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
    legs = [_leg(a, b, arterials, ground) for a, b in pairwise(path)]
    line = np.vstack([*[leg[:-1] for leg in legs], legs[-1][-1:]])
    return Border(line=line, ends=(path[0], path[-1]), communes=between[key_of(start, after)])


def _leg(a: Vertex, b: Vertex, arterials: Arterials, ground: Ground) -> Floats:
    edge = arterials.edges.get(key_of(a, b))
    if edge is not None:
        return edge.line if edge.a == a else edge.line[::-1]
    share = np.linspace(0, 1, 5)
    return ground.plane(a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]))
