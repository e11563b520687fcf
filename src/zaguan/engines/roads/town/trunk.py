"""Dual carriageways: the ring road and the highway as two one-way roads that meet the avenues in roundabouts."""

import math
from typing import Final

import numpy as np

from zaguan.engines.roads.town.arterial import Arterial, Key, Vertex, key_of
from zaguan.engines.roads.town.network import Network, Road
from zaguan.engines.roads.town.shapes import Floats, offset_line, piece_of

APART_M: Final = 7.0  # from the middle to either carriageway
ROUNDABOUT_M: Final = 23.0
_ARMS_APART: Final = 0.25  # radians between two arms on the roundabout
_SPREADINGS: Final = 8

# angle, road, and for a carriageway whether it leaves the roundabout
Arm = tuple[float, Arterial, bool | None]


class TrunkBuilder:
    """Builds the carriageways; tells where other arterials end at a vertex of the trunk."""

    def __init__(self, network: Network, edges: dict[Key, Arterial]) -> None:
        self._network = network
        self._at: dict[Vertex, list[Arterial]] = {}
        for edge in edges.values():
            for vertex in (edge.a, edge.b):
                if edge.road and _paved_at(edge, vertex):
                    self._at.setdefault(vertex, []).append(edge)
        self._ends: dict[tuple[Vertex, Key], int] = {}  # where other roads end
        self._carriageways: dict[tuple[Vertex, Key, bool], int] = {}  # True: the one that leaves the vertex
        self._trunks = [edge for edge in edges.values() if edge.road == "trunk"]

    def build(self) -> None:
        """Build all vertices, then the carriageways between them."""
        for vertex in sorted({vertex for edge in self._trunks for vertex in (edge.a, edge.b)}):
            trunks = [edge for edge in self._at[vertex] if edge.road == "trunk"]
            others = len(self._at[vertex]) - len(trunks)
            if len(trunks) == 2 and others == 0:
                self._pass_through(vertex, trunks[0], trunks[1])
            elif len(trunks) == 1 and others == 0:
                self._map_edge(vertex, trunks[0])
            else:
                self._roundabout(vertex)
        for edge in self._trunks:
            self._lay(edge)

    def end_at(self, vertex: Vertex, key: Key) -> int | None:
        """Return the node of a roundabout where an arterial ends, or None where the vertex is an ordinary one."""
        return self._ends.get((vertex, key))

    def _map_edge(self, vertex: Vertex, edge: Arterial) -> None:
        node = self._network.add_node(edge.line[0] if edge.a == vertex else edge.line[-1])
        for leaving in (True, False):
            self._carriageways[vertex, key_of(edge.a, edge.b), leaving] = node

    def _pass_through(self, vertex: Vertex, one: Arterial, other: Arterial) -> None:
        into, out = -_heading(one, vertex), _heading(other, vertex)
        way = (into + out) / max(1e-9, float(np.hypot(*(into + out))))
        right = np.array((way[1], -way[0]))
        middle = one.line[0] if one.a == vertex else one.line[-1]
        ahead = self._network.add_node(middle + APART_M * right)
        back = self._network.add_node(middle - APART_M * right)
        one_key, other_key = key_of(one.a, one.b), key_of(other.a, other.b)
        self._carriageways[vertex, one_key, False] = ahead
        self._carriageways[vertex, other_key, True] = ahead
        self._carriageways[vertex, one_key, True] = back
        self._carriageways[vertex, other_key, False] = back

    def _roundabout(self, vertex: Vertex) -> None:
        edges = self._at[vertex]
        middle = edges[0].line[0] if edges[0].a == vertex else edges[0].line[-1]
        spread = math.asin(APART_M / ROUNDABOUT_M)
        arms: list[Arm] = []
        for edge in edges:
            heading = _heading(edge, vertex)
            angle = math.atan2(heading[1], heading[0])
            if edge.road == "trunk":
                # keep right: leaving cars are on the right of the outward direction
                arms += [(angle - spread, edge, True), (angle + spread, edge, False)]
            else:
                arms.append((angle, edge, None))
        arms.sort(key=lambda arm: (arm[0] % (2 * math.pi), arm[1].a, arm[1].b))
        arms = _spread(arms)
        nodes = [
            self._network.add_node(middle + ROUNDABOUT_M * np.array((math.cos(angle), math.sin(angle))))
            for angle, _, _ in arms
        ]
        for node, (_, edge, leaving) in zip(nodes, arms, strict=True):
            key = key_of(edge.a, edge.b)
            if leaving is None:
                self._ends[vertex, key] = node
            else:
                self._carriageways[vertex, key, leaving] = node
        for index, node in enumerate(nodes):
            after = (index + 1) % len(nodes)
            angle, end = arms[index][0], arms[after][0]
            turn = (end - angle) % (2 * math.pi) or 2 * math.pi
            angles = angle + turn * np.linspace(0, 1, 2 + int(turn / 0.5))
            arc = middle + ROUNDABOUT_M * np.column_stack((np.cos(angles), np.sin(angles)))
            self._network.roads.append(
                Road(
                    a=node,
                    b=nodes[after],
                    line=arc,
                    road="trunk",
                    street=("roundabout", vertex),
                    along=(float(index), float(index + 1)),
                    oneway=True,
                    roundabout=True,
                )
            )

    def _lay(self, edge: Arterial) -> None:
        key, total = key_of(edge.a, edge.b), float(edge.arcs[-1])
        cut = math.sqrt(ROUNDABOUT_M**2 - APART_M**2)
        start = cut if self._is_roundabout(edge.a) else 0.0
        end = total - cut if self._is_roundabout(edge.b) else total
        middle = piece_of(edge.line, edge.arcs, start, end)
        for forward in (True, False):
            line = offset_line(middle if forward else middle[::-1], -APART_M)
            first, last = (edge.a, edge.b) if forward else (edge.b, edge.a)
            a, b = self._carriageways[first, key, True], self._carriageways[last, key, False]
            line[0], line[-1] = self._network.points[a], self._network.points[b]
            at = (edge.along, edge.along + 1) if forward else (-edge.along - 1, -edge.along)
            self._network.roads.append(
                Road(
                    a=a,
                    b=b,
                    line=line,
                    road="trunk",
                    street=(*edge.street, forward),
                    along=at,
                    oneway=True,
                    bridge=edge.bridge,
                    rural=edge.rural,
                )
            )

    def _is_roundabout(self, vertex: Vertex) -> bool:
        edges = self._at[vertex]
        trunks = sum(edge.road == "trunk" for edge in edges)
        return not (len(edges) == trunks and trunks in (1, 2))


def _spread(arms: list[Arm]) -> list[Arm]:
    """Move arms that all but share their place on the roundabout apart, in their order."""
    turn, angles = 2 * math.pi, [arm[0] for arm in arms]
    for _ in range(_SPREADINGS):
        for index in range(len(angles)):
            after = (index + 1) % len(angles)
            missing = _ARMS_APART - (angles[after] - angles[index]) % turn
            if 0 < missing <= _ARMS_APART:
                angles[index] -= missing / 2
                angles[after] += missing / 2
    return [(angle, edge, leaving) for angle, (_, edge, leaving) in zip(angles, arms, strict=True)]


def _paved_at(edge: Arterial, vertex: Vertex) -> bool:
    return edge.paved[0] == 0.0 if edge.a == vertex else edge.paved[1] == float(edge.arcs[-1])


def _heading(edge: Arterial, vertex: Vertex) -> Floats:
    """Return the unit direction in which an edge leaves a vertex."""
    line = edge.line if edge.a == vertex else edge.line[::-1]
    step = line[1] - line[0]
    unit: Floats = step / max(1e-9, float(np.hypot(*step)))
    return unit
