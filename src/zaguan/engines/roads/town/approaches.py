"""Approaches: roads that would meet a dual carriageway at too narrow an angle bend away from it, or end before."""

import math
from typing import Final

import numpy as np

from zaguan.engines.roads.town.arterial import Arterial, Key, Vertex
from zaguan.engines.roads.town.shapes import Floats, curve

_APART: Final = 0.92  # radians between any two arms of a roundabout
# least turns first; never as far as the other side of a neighbour
_TRIES: Final = tuple(sign * step * 0.085 for step in range(11) for sign in (1, -1))
_MAY_END: Final = frozenset(("avenue", "diagonal"))
_LONGEST_BEND_M: Final = 150.0
_BENDING: Final = 0.6  # of the way that a bend takes, for the strength of its first direction


class Approaches:
    """Redraws the arms of the crossings on the trunk."""

    def __init__(self, edges: dict[Key, Arterial]) -> None:
        self._arms: dict[Vertex, list[Arterial]] = {}
        for _, edge in sorted(edges.items()):
            if edge.road:
                self._arms.setdefault(edge.a, []).append(edge)
                self._arms.setdefault(edge.b, []).append(edge)

    def open(self) -> None:
        """Spread the arms at every vertex of the trunk; the ring keeps its line, then the wider road."""
        for vertex in sorted(self._arms):
            arms = [edge for edge in self._arms[vertex] if edge.road]
            if len(arms) < 3 or all(edge.road != "trunk" for edge in arms):
                continue
            kept: list[float] = []
            for edge in sorted(arms, key=_rank):
                natural = _heading(edge, vertex)
                if edge.street == ("ring",):
                    kept.append(natural)
                    continue
                turn, gap = _away(natural, kept)
                if gap < _APART and edge.street[0] in _MAY_END:
                    edge.road = ""  # no room for it
                    continue
                if turn:
                    _bend(edge, vertex, natural + turn)
                kept.append(natural + turn)


def _rank(edge: Arterial) -> tuple[bool, bool, bool]:
    return edge.street != ("ring",), edge.road != "trunk", not edge.bridge


def _away(natural: float, kept: list[float]) -> tuple[float, float]:
    """Return the least turn that brings a heading far enough from all others, or else farthest, and how far."""

    def gap(turn: float) -> float:
        return min([_APART, *(_gap(natural + turn, other) for other in kept)])

    best = max(_TRIES, key=gap)
    return best, gap(best)


def _gap(one: float, other: float) -> float:
    return abs((one - other + math.pi) % (2 * math.pi) - math.pi)


def _heading(edge: Arterial, vertex: Vertex) -> float:
    line = edge.line if edge.a == vertex else edge.line[::-1]
    return math.atan2(float(line[1, 1] - line[0, 1]), float(line[1, 0] - line[0, 0]))


def _bend(edge: Arterial, vertex: Vertex, heading: float) -> None:
    """Let an edge leave a vertex in another direction and come back to its line further on."""
    line: Floats = (edge.line if edge.a == vertex else edge.line[::-1]).copy()
    total = float(edge.arcs[-1])
    back = min(total, 2 * _LONGEST_BEND_M)
    arcs = edge.arcs if edge.a == vertex else total - edge.arcs[::-1]
    rest = line[arcs > back + 1]
    join = np.array((np.interp(back, arcs, line[:, 0]), np.interp(back, arcs, line[:, 1])))
    before = np.array((np.interp(back - 20, arcs, line[:, 0]), np.interp(back - 20, arcs, line[:, 1])))
    leave = min(_LONGEST_BEND_M, _BENDING * back) * np.array((math.cos(heading), math.sin(heading)))
    arrive = (join - before) / 20 * 0.8 * back
    bent = curve(line[0], join, leave, arrive, np.linspace(0, 1, 15)[:, None])
    from_start = edge.paved[0] == 0.0
    unpaved = total - (edge.paved[1] - edge.paved[0])
    whole = np.vstack((bent, rest)) if len(rest) else bent
    edge.redraw(whole if edge.a == vertex else whole[::-1])
    if unpaved > 0:  # a village street that ends in the fields
        length = float(edge.arcs[-1])
        edge.paved = (0.0, length - unpaved) if from_start else (unpaved, length)
