"""The map sheet: the finished town as nodes, ways and relations of OpenStreetMap."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from zaguan.engines.roads.town.boundaries import Border
from zaguan.engines.roads.town.naming import Names
from zaguan.engines.roads.town.network import Network, Road, Street
from zaguan.engines.roads.town.shape import Shape, Tags
from zaguan.engines.roads.town.shapes import Floats
from zaguan.engines.roads.town.signs import NoLeftTurn

HIGHWAY_REF: Final = "R-90"
_SPEED_KMH: Final = {
    "trunk": 90,
    "primary": 60,
    "secondary": 50,
    "tertiary": 50,
    "unclassified": 50,
    "residential": 40,
    "living_street": 20,
    "service": 20,
}
_RURAL_SPEED_KMH: Final = {"trunk": 100, "primary": 90, "secondary": 80, "tertiary": 70, "unclassified": 60}
_ROUNDABOUT_KMH: Final = 40
_LANES: Final = {"trunk": 2, "primary": 4}
_STRAIGHT_M: Final = 0.4  # points nearer to the line between their neighbours are left out
_MOST_WAY_NODES: Final = 1_900  # the limit of OpenStreetMap is 2,000

Member = tuple[str, int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way: the numbers of its nodes, and its tags."""

    nodes: list[int]
    tags: Tags


@dataclass(slots=True)
class Sheet:
    """Numbers start at 1 and follow the order of the lists, so that they are sorted as the format wants."""

    points: list[Floats] = field(default_factory=list)
    node_tags: dict[int, Tags] = field(default_factory=dict)
    ways: list[Way] = field(default_factory=list)
    relations: list[tuple[list[Member], Tags]] = field(default_factory=list)
    _numbers: dict[int, int] = field(default_factory=dict)  # network node to node of the sheet
    _way_of: dict[int, int] = field(default_factory=dict)  # id() of a road to the way that holds it

    def add_node(self, point: Floats, tags: Tags | None = None) -> int:
        """Add a node; return its number."""
        self.points.append(point)
        if tags:
            self.node_tags[len(self.points)] = tags
        return len(self.points)

    def add_way(self, nodes: list[int], tags: Tags) -> int:
        """Add a way; return its number."""
        self.ways.append(Way(nodes=nodes, tags=tags))
        return len(self.ways)

    def draw_shape(self, shape: Shape) -> None:
        """Draw a line or an area of the scenery."""
        nodes = [self.add_node(point) for point in shape.line]
        self.add_way(nodes + nodes[:1] if shape.closed else nodes, shape.tags)

    def draw_streets(
        self, network: Network, names: Names, lights: tuple[int, ...], turns: tuple[NoLeftTurn, ...]
    ) -> None:
        """Draw all roads, joined to ways as long as nothing about them changes."""
        for node in sorted({node for road in network.roads for node in (road.a, road.b)}):
            self._numbers[node] = self.add_node(network.points[node])
        for node in lights:
            if node in self._numbers:
                self.node_tags[self._numbers[node]] = {"highway": "traffic_signals"}
        for road in network.roads:
            if road.dead_end and road.road == "residential":
                self.node_tags[self._numbers[road.b]] = {"highway": "turning_circle"}
        split_at = {turn.via for turn in turns}
        streets: dict[Street, list[Road]] = {}
        for road in network.roads:
            streets.setdefault(road.street, []).append(road)
        for street, roads in streets.items():
            for chain in _chains(roads, split_at):
                self._draw_chain(chain, names.streets[street])
        for turn in turns:
            source, target = self._way_of.get(id(turn.source)), self._way_of.get(id(turn.target))
            if source is not None and target is not None and source != target:
                self.relations.append(
                    (
                        [("w", source, "from"), ("n", self._numbers[turn.via], "via"), ("w", target, "to")],
                        {"type": "restriction", "restriction": "no_left_turn"},
                    )
                )

    def draw_paths(self, network: Network, squares: list[Floats]) -> None:
        """Lead a footpath across each square from corner to corner."""
        used = np.array(sorted(self._numbers))
        places = np.array([network.points[node] for node in used])
        for square in squares:
            corners = [int(np.argmin(np.hypot(*(places - corner).T))) for corner in square]
            middle = self.add_node(square.mean(axis=0))
            for corner in corners:
                nodes = [self._numbers[int(used[corner])], middle]
                self.add_way(nodes, {"highway": "footway"})

    def draw_borders(self, borders: list[Border], names: tuple[str, ...]) -> None:
        """Draw the borders as ways, and each commune as a relation of them."""
        ends: dict[tuple[int, int], int] = {}
        members: dict[int, list[Member]] = {}
        for border in borders:
            nodes: list[int] = []
            for vertex, point in ((border.ends[0], border.line[0]), (border.ends[1], border.line[-1])):
                if vertex not in ends:
                    ends[vertex] = self.add_node(point)
            nodes = [ends[border.ends[0]], *map(self.add_node, border.line[1:-1]), ends[border.ends[1]]]
            for start in range(0, len(nodes) - 1, _MOST_WAY_NODES):
                way = self.add_way(
                    nodes[start : start + _MOST_WAY_NODES + 1], {"boundary": "administrative", "admin_level": "8"}
                )
                for commune in sorted(border.communes):
                    members.setdefault(commune, []).append(("w", way, "outer"))
        for commune, name in enumerate(names):
            tags = {"type": "boundary", "boundary": "administrative", "admin_level": "8", "name": name}
            self.relations.append((members[commune], tags))

    def _draw_chain(self, chain: list[Road], name: str) -> None:
        nodes = [self._numbers[chain[0].a]]
        for road in chain:
            nodes += [self.add_node(point) for point in _bends(road.line)]
            nodes.append(self._numbers[road.b])
        way = self.add_way(nodes, _tags(chain[0], name))
        for road in chain:
            self._way_of[id(road)] = way


def _chains(roads: list[Road], split_at: set[int]) -> list[list[Road]]:
    """Join roads that follow each other and are alike."""
    # one-way streets against the numbers run the other way along the street
    ordered = sorted(roads, key=lambda road: (road.along[1] < road.along[0], _order(road)))
    chains: list[list[Road]] = []
    for road in ordered:
        last = chains[-1][-1] if chains else None
        if (
            last is not None
            and last.b == road.a
            and road.a not in split_at
            and (last.road, last.oneway, last.bridge, last.rural, last.roundabout)
            == (road.road, road.oneway, road.bridge, road.rural, road.roundabout)
        ):
            chains[-1].append(road)
        else:
            chains.append([road])
    return chains


def _order(road: Road) -> float:
    return -road.along[0] if road.along[1] < road.along[0] else road.along[0]


def _bends(line: Floats) -> list[Floats]:
    """Return the inner points of a line that it bends at."""
    kept, last = list[Floats](), line[0]
    for index in range(1, len(line) - 1):
        point, after = line[index], line[index + 1]
        way, to = after - last, point - last
        length = float(np.hypot(way[0], way[1]))
        if length < 1e-6 or abs(way[0] * to[1] - way[1] * to[0]) / length > _STRAIGHT_M:
            kept.append(point)
            last = point
    return kept


def _tags(road: Road, name: str) -> Tags:
    speeds = _RURAL_SPEED_KMH if road.rural else {}
    speed = _ROUNDABOUT_KMH if road.roundabout else speeds.get(road.road, _SPEED_KMH[road.road])
    tags = {"highway": road.road, "maxspeed": str(speed)}
    if name:
        tags["name"] = name
    if road.roundabout:
        tags["junction"] = "roundabout"
    if road.road == "trunk":
        # a road with a shoulder, not a motorway: without it the ring would cut the town in two for bicycles
        tags |= {"bicycle": "yes", "foot": "yes"}
    if road.oneway:
        tags["oneway"] = "yes"
    if road.bridge:
        tags |= {"bridge": "yes", "layer": "1"}
    if road.road in _LANES and not road.roundabout:
        tags["lanes"] = str(_LANES[road.road])
    if road.street[0] == "highway" and road.road == "trunk":
        tags["ref"] = HIGHWAY_REF
    tags["surface"] = "gravel" if road.rural and road.road == "unclassified" else "asphalt"
    return tags
