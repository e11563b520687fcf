"""Joins avenues and local streets into one network: crossings, street ends, one-way streets."""

from itertools import pairwise
from typing import Final

import numpy as np

from zaguan.engines.roads.town.arterial import CORNER_M, Arterial, Key, Vertex, key_of
from zaguan.engines.roads.town.arterials import Arterials
from zaguan.engines.roads.town.cells import FRONTAGE_M, Cells, Land
from zaguan.engines.roads.town.districts import District
from zaguan.engines.roads.town.fill import Junction, Streets, Stretch
from zaguan.engines.roads.town.network import NOTHING, Frontage, Network, Road
from zaguan.engines.roads.town.shapes import Floats, piece_of, point_at
from zaguan.engines.roads.town.trunk import ROUNDABOUT_M, TrunkBuilder

_SAME_CROSSING_M: Final = 20.0  # street ends on both sides of an avenue this near become one crossing
assert ROUNDABOUT_M < CORNER_M
_ONE_WAY_SHARE: Final = 0.75  # of the grids near the centre


class Assembly:
    """Builds the network of a town from its arterials and the streets of its districts."""

    def __init__(self, arterials: Arterials, cells: Cells, blocks: int, rng: np.random.Generator) -> None:
        self.network = Network()
        self._edges = {key: edge for key, edge in sorted(arterials.edges.items()) if edge.road}
        self._cells, self._blocks, self._rng = cells, blocks, rng
        self._trunk = TrunkBuilder(self.network, self._edges)
        self._vertices: dict[Vertex, int] = {}
        self._crossings: dict[Key, list[tuple[float, int]]] = {}  # arc and node, in order
        self._junctions: dict[tuple[Key, float], int] = {}
        self._sides: dict[tuple[Key, bool], Frontage] = {}  # True: left of the way from a to b

    def join(self, filled: list[tuple[District, Streets]]) -> Network:
        """Build everything."""
        self._trunk.build()
        self._open_crossings(filled)
        for district, _ in filled:
            self._front(district)
        for key, edge in self._edges.items():
            if edge.road != "trunk":
                self._lay_arterial(key, edge)
        for index, (district, streets) in enumerate(filled):
            self._lay_streets(index, district, streets)
        return self.network

    def _vertex(self, vertex: Vertex, edge: Arterial) -> int:
        on_trunk = self._trunk.end_at(vertex, key_of(edge.a, edge.b))
        if on_trunk is not None:
            return on_trunk
        if vertex not in self._vertices:
            node = self.network.add_node(edge.line[0] if edge.a == vertex else edge.line[-1])
            self._vertices[vertex] = node
            self.network.avenue_crossings.append(node)
        return self._vertices[vertex]

    def _open_crossings(self, filled: list[tuple[District, Streets]]) -> None:
        wanted: dict[Key, set[float]] = {}
        for _, streets in filled:
            for stretch in streets.stretches:
                if isinstance(stretch.end, Junction):
                    wanted.setdefault(stretch.end.key, set()).add(stretch.end.arc)
        for key in sorted(wanted):
            edge, groups = self._edges[key], list[list[float]]()
            for arc in sorted(wanted[key]):
                if groups and arc - groups[-1][0] < _SAME_CROSSING_M:
                    groups[-1].append(arc)
                else:
                    groups.append([arc])
            for group in groups:
                arc = sum(group) / len(group)
                node = self.network.add_node(point_at(edge.line, edge.arcs, arc))
                self._crossings.setdefault(key, []).append((arc, node))
                self._junctions.update({(key, wish): node for wish in group})

    def _front(self, district: District) -> None:
        """Note which district lies on which side of its arterials."""
        frontage = Frontage(district.frontage_m, district.commune, district.outward)
        for side, arcs in zip(district.sides, district.side_arcs, strict=True):
            self._sides[key_of(side.a, side.b), bool(arcs[0] < arcs[1])] = frontage

    def _frontage(self, key: Key, *, left: bool) -> Frontage:
        known = self._sides.get((key, left))
        if known is not None:
            return known
        (i, j), (i_end, _) = key
        upright = i == i_end
        cell = (i - left, j) if upright else (i, j if left else j - 1)
        if self._cells.land.get(cell, Land.FIELDS) is not Land.FIELDS:
            return NOTHING
        return Frontage(FRONTAGE_M[Land.FIELDS][0], self._cells.commune.get(cell, 0), 1.5)

    def _lay_arterial(self, key: Key, edge: Arterial) -> None:
        total = float(edge.arcs[-1])
        start, end = edge.paved
        stops: list[tuple[float, int]] = []
        for vertex, arc in ((edge.a, start), (edge.b, end)):
            at_vertex = arc in (0.0, total)
            node = (
                self._vertex(vertex, edge) if at_vertex else self.network.add_node(point_at(edge.line, edge.arcs, arc))
            )
            if at_vertex and self._trunk.end_at(vertex, key) is not None:
                arc = ROUNDABOUT_M if vertex == edge.a else total - ROUNDABOUT_M
            stops.append((arc, node))
        stops[1:1] = self._crossings.get(key, [])
        quiet = edge.bridge or edge.street[0] in ("ring", "highway")
        left = NOTHING if quiet else self._frontage(key, left=True)
        right = NOTHING if quiet else self._frontage(key, left=False)
        for (arc, a), (next_arc, b) in pairwise(stops):
            line = piece_of(edge.line, edge.arcs, arc, next_arc)
            line[0], line[-1] = self.network.points[a], self.network.points[b]
            along = (edge.along + arc / total) * self._blocks, (edge.along + next_arc / total) * self._blocks
            self.network.roads.append(
                Road(
                    a=a,
                    b=b,
                    line=line,
                    road=edge.road,
                    street=edge.street,
                    along=along,
                    left=left,
                    right=right,
                    bridge=edge.bridge,
                    rural=edge.rural,
                )
            )

    def _lay_streets(self, index: int, district: District, streets: Streets) -> None:
        nodes = [self.network.add_node(point) for point in streets.nodes]
        near = district.land is Land.CORE or (district.land is Land.GRID and district.village is None)
        alternate = district.land is Land.CORE or (
            near and district.outward < 0.75 and self._rng.random() < _ONE_WAY_SHARE
        )
        for stretch in streets.stretches:
            road = self._street(index, district, stretch, nodes)
            if road.along[0] > road.along[1]:
                road.turned()
            if alternate and not road.dead_end:
                # traffic alternates from one street to the next
                road.oneway = True
                if (stretch.number + stretch.direction) % 2:
                    road.turned()
            self.network.roads.append(road)

    def _street(self, index: int, district: District, stretch: Stretch, nodes: list[int]) -> Road:
        front = Frontage(district.frontage_m, district.commune, district.outward)
        dead = stretch.end is None
        if isinstance(stretch.end, Junction):
            end = self._junctions[stretch.end.key, stretch.end.arc]
        elif stretch.end is None:
            end = self.network.add_node(stretch.line[-1])
        else:
            end = nodes[stretch.end]
        line: Floats = stretch.line.copy()
        line[0], line[-1] = self.network.points[nodes[stretch.start]], self.network.points[end]
        if district.land is Land.CORE:
            zone: object = "core"
        else:
            zone = index
        return Road(
            a=nodes[stretch.start],
            b=end,
            line=line,
            road=_class_of(district, stretch),
            street=("street", zone, stretch.direction, stretch.number),
            along=stretch.along,
            left=front if stretch.left_built else NOTHING,
            right=front if stretch.right_built else NOTHING,
            dead_end=dead,
        )


def _class_of(district: District, stretch: Stretch) -> str:
    if stretch.passage:
        return "living_street"
    if district.land is Land.INDUSTRY:
        return "unclassified" if stretch.direction == 0 else "service"
    return "residential"
