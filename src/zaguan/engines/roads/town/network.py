"""The street network under construction: nodes in the plane and roads between them."""

from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.roads.town.shapes import Floats

Street = tuple[object, ...]  # what makes a road part of one street; named later


class Frontage(NamedTuple):
    """What stands along one side of a road."""

    metres: float  # of road per address; 0: nothing
    commune: int
    outward: float  # 0 at the plaza, 1 at the edge of town


NOTHING: Final = Frontage(0.0, 0, 1.0)


@dataclass(slots=True, kw_only=True)
class Road:
    """A road from node `a` to node `b`, its line including both."""

    a: int
    b: int
    line: Floats
    road: str
    street: Street
    along: tuple[float, float]  # in blocks, along the street; grows from a to b
    left: Frontage = NOTHING
    right: Frontage = NOTHING
    oneway: bool = False
    bridge: bool = False
    rural: bool = False
    roundabout: bool = False
    dead_end: bool = False  # a turning circle lies at b

    def turned(self) -> None:
        """Let it run from its end to its start."""
        self.a, self.b, self.line = self.b, self.a, self.line[::-1]
        self.along = self.along[1], self.along[0]
        self.left, self.right = self.right, self.left


@dataclass(slots=True)
class Network:
    """Nodes by number and the roads between them."""

    points: list[Floats] = field(default_factory=list)
    roads: list[Road] = field(default_factory=list)
    signals: list[int] = field(default_factory=list)
    avenue_crossings: list[int] = field(default_factory=list)  # nodes where avenues meet

    def add_node(self, point: Floats) -> int:
        """Add a node; return its number."""
        self.points.append(point)
        return len(self.points) - 1

    def nearest(self, point: Floats) -> int:
        """Return the node nearest to a point that is the end of some two-way or one-way street."""
        used = np.unique([node for road in self.roads for node in (road.a, road.b)])
        places = np.array([self.points[node] for node in used])
        return int(used[np.argmin(np.hypot(*(places - point).T))])

    def reached_from(self, start: int, *, backwards: bool = False, both_ways: bool = False) -> NDArray[np.bool_]:
        """Tell for each node whether a car gets there from `start` (or, backwards, from there to `start`)."""
        tails = np.array([road.a for road in self.roads], dtype=np.int64)
        heads = np.array([road.b for road in self.roads], dtype=np.int64)
        free = np.array([both_ways or not road.oneway for road in self.roads], dtype=np.bool_)
        if backwards:
            tails, heads = heads, tails
        sources = np.concatenate((tails, heads[free]))
        targets = np.concatenate((heads, tails[free]))
        order = np.argsort(sources, kind="stable")
        targets = targets[order]
        first = np.searchsorted(sources[order], np.arange(len(self.points) + 1))
        reached = np.zeros(len(self.points), dtype=np.bool_)
        reached[start] = True
        front = np.array([start])
        while len(front):
            counts = first[front + 1] - first[front]
            spread = np.repeat(first[front] - np.concatenate(([0], np.cumsum(counts)[:-1])), counts)
            near = targets[spread + np.arange(counts.sum())]
            front = np.unique(near[~reached[near]])
            reached[front] = True
        return reached


def connect_for_cars(network: Network, start: int) -> None:
    """Drop what no road joins to `start`, and open one-way streets that would lock cars in or out."""
    joined = network.reached_from(start, both_ways=True)
    network.roads = [road for road in network.roads if joined[road.a]]
    strong = network.reached_from(start) & network.reached_from(start, backwards=True)
    for road in network.roads:
        # two-way outside the strongly connected part: all that is joined is then reachable both ways
        if road.oneway and not road.roundabout and not (strong[road.a] and strong[road.b]):
            road.oneway = False
