"""Joins quarters and villages that were left without a road to the rest of the town."""

import heapq
from collections.abc import Callable
from typing import Final

from zaguan.engines.roads.town.arterial import Arterial, Key, Vertex

_BESIDE_TRUNK: Final = 4.0  # price of meeting a dual carriageway, whose arms have been spread already


def joined_to_centre(edges: dict[Key, Arterial]) -> set[Vertex]:
    """Return the vertices that roads along the lattice join to the centre."""
    around: dict[Vertex, list[Vertex]] = {}
    for (a, b), edge in edges.items():
        if edge.road and edge.paved == (0.0, float(edge.arcs[-1])):
            around.setdefault(a, []).append(b)
            around.setdefault(b, []).append(a)
    joined: set[Vertex] = {(0, 0)}
    front = [(0, 0)]
    while front:
        for there in around.get(front.pop(), []):
            if there not in joined:
                joined.add(there)
                front.append(there)
    return joined


def join_loose_ends(edges: dict[Key, Arterial], *, river_row: int, pave: Callable[[Arterial], None]) -> None:
    """Pave borders between districts until every road of the lattice is joined to the centre, where borders lead."""
    for _ in range(len(edges)):  # each turn joins at least one vertex
        joined = joined_to_centre(edges)
        path = _nearest_loose_end(edges, joined, river_row)
        if path is None:
            return
        for edge in path:
            pave(edge)


def _nearest_loose_end(edges: dict[Key, Arterial], joined: set[Vertex], river_row: int) -> list[Arterial] | None:
    around: dict[Vertex, list[Arterial]] = {}
    loose: set[Vertex] = set()
    trunk: set[Vertex] = set()
    for (a, b), edge in sorted(edges.items()):
        if {a[1], b[1]} != {river_row, river_row + 1}:
            around.setdefault(a, []).append(edge)
            around.setdefault(b, []).append(edge)
        if edge.road and edge.paved == (0.0, float(edge.arcs[-1])):
            loose |= {a, b} - joined
        if edge.road == "trunk":
            trunk |= {a, b}
    cost = dict.fromkeys(sorted(joined), 0.0)
    came: dict[Vertex, tuple[Vertex, Arterial]] = {}
    queue = [(0.0, vertex) for vertex in sorted(joined)]
    while queue and loose:
        spent, here = heapq.heappop(queue)
        if spent > cost[here]:
            continue
        if here in loose:
            path: list[Arterial] = []
            while here not in joined:
                here, edge = came[here]
                path.append(edge)
            return path
        for edge in around.get(here, []):
            there = edge.b if edge.a == here else edge.a
            price = spent + 1 + _BESIDE_TRUNK * ((here in trunk) + (there in trunk))
            if price < cost.get(there, price + 1):
                cost[there], came[there] = price, (here, edge)
                heapq.heappush(queue, (price, there))
    return None
