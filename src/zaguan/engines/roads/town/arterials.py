"""The avenues: edges of the lattice that carry a road, with bridges, the ring road and the roads to the villages."""

import heapq
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from zaguan.engines.roads.town.approaches import Approaches
from zaguan.engines.roads.town.arterial import Arterial, Key, Vertex, key_of
from zaguan.engines.roads.town.cells import Cell, Cells, Land
from zaguan.engines.roads.town.ground import Ground
from zaguan.engines.roads.town.mending import joined_to_centre
from zaguan.engines.roads.town.scale import Scale
from zaguan.engines.roads.town.shapes import curve

VILLAGE_M: Final = (230.0, 420.0)  # radius of a village
_SAMPLES: Final = 13


@dataclass(frozen=True, slots=True, kw_only=True)
class Arterials:
    """Every lattice edge that was needed, the villages by vertex, the ring's vertices in order."""

    edges: dict[Key, Arterial]
    diagonals: dict[Cell, bool]  # cells cut in two: True from south-west to north-east
    villages: dict[Vertex, float]  # with their radius in metres
    ring: tuple[Vertex, ...]


class ArterialPlanner:
    """Decides which lattice edges become roads, of which class and under which street."""

    def __init__(self, scale: Scale, ground: Ground, cells: Cells, rng: np.random.Generator) -> None:
        self._scale, self._ground, self._cells, self._rng = scale, ground, cells, rng
        self.edges: dict[Key, Arterial] = {}
        self.diagonals: dict[Cell, bool] = {}
        self._phase = int(rng.integers(0, 2)), int(rng.integers(0, 2))
        self._low, self._high = -scale.ring_cells, scale.ring_cells + 1
        self._high_v = self._high + 1  # one row more: the river's
        self._ring = self._ring_path()
        self._joined: set[Vertex] = set()

    def plan(self) -> Arterials:
        """Lay out all arterials."""
        for j in range(-self._scale.reach_cells, self._scale.reach_cells + 1):
            for i in range(-self._scale.reach_cells, self._scale.reach_cells + 1):
                if self._cells.built((i, j)):
                    self._border_cell(i, j)
        self._span_bridges()
        self._lay_ring()
        self._lay_diagonal()
        self._lay_highway()
        villages = self._place_villages()
        self._link_villages(villages)
        radii = {village: self._found_village(village) for village in villages}
        if self._scale.dual_ring:
            Approaches(self.edges).open()
        return Arterials(edges=self.edges, diagonals=self.diagonals, villages=radii, ring=self._ring)

    def edge(self, a: Vertex, b: Vertex) -> Arterial:
        """Return the lattice edge between two vertices, made when it is first asked for."""
        key = key_of(a, b)
        if key not in self.edges:
            share = np.linspace(0, 1, _SAMPLES)
            u = key[0][0] + share * (key[1][0] - key[0][0])
            v = key[0][1] + share * (key[1][1] - key[0][1])
            self.edges[key] = Arterial(a=key[0], b=key[1], line=self._ground.plane(u, v))
        return self.edges[key]

    def _border_cell(self, i: int, j: int) -> None:
        for a, b, beyond in (
            ((i, j), (i + 1, j), (i, j - 1)),
            ((i, j + 1), (i + 1, j + 1), (i, j + 1)),
            ((i, j), (i, j + 1), (i - 1, j)),
            ((i + 1, j), (i + 1, j + 1), (i + 1, j)),
        ):
            fresh = key_of(a, b) not in self.edges
            edge = self.edge(a, b)
            river = self._cells.land.get(beyond) is Land.RIVER
            # towns fray: not every street along the last blocks is a road
            if fresh and (self._cells.built(beyond) or river or self._rng.random() < 0.55):
                self.pave(edge, riverside=river)

    def pave(self, edge: Arterial, *, riverside: bool = False, lowest: str = "tertiary") -> None:
        """Make an avenue of an edge, its class and name by its place in the town."""
        (i, j), (_, j_end) = edge.a, edge.b
        edge.paved = (0.0, float(edge.arcs[-1]))
        upright = j_end > j
        line, other = (i, j) if upright else (j, i)
        middle = ((edge.a[0] + edge.b[0]) / 2, (edge.a[1] + edge.b[1]) / 2)
        hilly = float(self._ground.hillness(self._ground.flat(np.array(middle[0]), np.array(middle[1])))) > 0.4
        step = line - self._phase[0 if upright else 1]
        wide = 4 if self._scale.blocks <= 5 else 3
        if hilly:
            edge.road = "secondary" if step % 4 == 0 else lowest
        elif step % wide == 0:
            edge.road = "primary" if self._scale.radius_cells > 2.5 else "secondary"
        else:
            edge.road = "secondary" if step % 2 == 0 else lowest
        # an avenue changes its name at the ring road, and again far out
        low, high = self._low, self._high if not upright else self._high_v
        span = 0 if low <= other < high else (1 + (other - high) // 7 if other >= high else -1 - (low - 1 - other) // 7)
        edge.street = ("avenue", "v" if upright else "u", line, span)
        edge.along = float(other)
        if riverside:
            edge.road = "secondary"
            edge.street = ("riverside", line, i // 14)

    def _paved_at(self, vertex: Vertex) -> bool:
        i, j = vertex
        around = ((i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1))
        return any((edge := self.edges.get(key_of(vertex, other))) is not None and edge.road for other in around)

    def _span_bridges(self) -> None:
        """Join the banks at a few avenues."""
        row = self._scale.river_row
        reach = range(-self._scale.reach_cells, self._scale.reach_cells + 2)
        open_lines = [i for i in reach if self._paved_at((i, row)) and self._paved_at((i, row + 1))]
        if not open_lines:
            return
        wanted = {min(open_lines, key=lambda i: abs(i - near)) for near in (self._low, 0, self._high)}
        for i in open_lines:
            far_enough = all(abs(i - other) >= 4 for other in wanted)
            if far_enough and (i - self._phase[0]) % 2 == 0:
                wanted.add(i)
        for i in sorted(wanted):
            self._bridge(i)

    def _bridge(self, i: int) -> Arterial:
        row = self._scale.river_row
        edge = self.edge((i, row), (i, row + 1))
        if not edge.road:
            self.pave(edge, lowest="secondary")
            edge.bridge = True
        return edge

    def _ring_path(self) -> tuple[Vertex, ...]:
        """Return the ring's vertices, counter-clockwise; its corners are cut where there is room."""
        low, high, top = self._low, self._high, self._high_v
        cut = 0 if self._scale.ring_cells < 2 else max(1, round(0.3 * self._scale.ring_cells))
        row = self._scale.river_row
        while cut and top - cut < row + 1:
            cut -= 1
        path: list[Vertex] = []
        path += [(i, low) for i in range(low + cut, high - cut)]
        path += [(high - cut + step, low + step) for step in range(cut)]
        path += [(high, j) for j in range(low + cut, top - cut)]
        path += [(high - step, top - cut + step) for step in range(cut)]
        path += [(i, top) for i in range(high - cut, low + cut, -1)]
        path += [(low + cut - step, top - step) for step in range(cut)]
        path += [(low, j) for j in range(top - cut, low + cut, -1)]
        path += [(low + step, low + cut - step) for step in range(cut)]
        return tuple(path)

    def _lay_ring(self) -> None:
        road = "trunk" if self._scale.dual_ring else "secondary"
        row = self._scale.river_row
        for index, (a, b) in enumerate(zip(self._ring, (*self._ring[1:], self._ring[0]), strict=True)):
            edge = self._bridge(a[0]) if {a[1], b[1]} == {row, row + 1} and a[0] == b[0] else self.edge(a, b)
            edge.road, edge.street, edge.along = road, ("ring",), float(index)
            if a[0] != b[0] and a[1] != b[1]:
                cell = min(a[0], b[0]), min(a[1], b[1])
                self.diagonals[cell] = (a[0] - b[0]) * (a[1] - b[1]) > 0
        if self._scale.dual_ring:
            self._round_ring()

    def _round_ring(self) -> None:
        """Lead the ring through its vertices in one smooth sweep, bridges excepted."""
        count = len(self._ring)
        at = [self._ground.plane(np.array(float(i)), np.array(float(j))) for i, j in self._ring]
        share = np.linspace(0, 1, _SAMPLES)[:, None]
        for index, (a, b) in enumerate(zip(self._ring, (*self._ring[1:], self._ring[0]), strict=True)):
            edge = self.edge(a, b)
            if edge.bridge:
                continue
            p, q = at[index], at[(index + 1) % count]
            length = float(np.hypot(*(q - p)))
            leave, arrive = q - at[index - 1], at[(index + 2) % count] - p
            leave, arrive = leave * (length / np.hypot(*leave)), arrive * (length / np.hypot(*arrive))
            line = curve(p, q, leave, arrive, share)
            edge.redraw(line if edge.a == a else line[::-1])

    def _lay_diagonal(self) -> None:
        """Cut one avenue across the blocks from the colonial centre to the ring, where the town is large enough."""
        if self._scale.radius_cells < 3.4:
            return
        core, row = self._scale.core_cells, self._scale.river_row
        # southern quarters: no river to cross
        sides = [(1, -1), (-1, -1)]
        east, south = sides[int(self._rng.integers(0, 2))]
        i, j = (core + 1 if east > 0 else -core), -core
        for step in range(self._scale.ring_cells - core + 2):
            a, b = (i, j), (i + east, j + south)
            cell = min(a[0], b[0]), min(a[1], b[1])
            usable = self._cells.land.get(cell) in (Land.GRID, Land.PASSAGES) and cell not in self.diagonals
            if not usable or cell[1] == row or a in self._ring:
                break
            edge = self.edge(a, b)
            edge.road, edge.street, edge.along = "secondary", ("diagonal", east), float(step)
            self.diagonals[cell] = east * south > 0
            i, j = b

    def _lay_highway(self) -> None:
        """Lead the highway in from the south along one side of the ring and out to the north."""
        line = self._high if self._ground.hill_side[0] < 0 else self._low
        ring_rows = [j for i, j in self._ring if i == line]
        south, north = min(ring_rows), max(ring_rows)
        road = "trunk" if self._scale.dual_ring else "primary"
        reach = self._scale.reach_cells
        for j in [*range(-reach, south), *range(north, reach + 1)]:
            edge = self.edge((line, j), (line, j + 1))
            edge.road, edge.street, edge.along = road, ("highway", j >= north), float(j)
            edge.bridge = j == self._scale.river_row
            edge.rural = not (self._cells.built((line, j)) or self._cells.built((line - 1, j)))

    def _place_villages(self) -> tuple[Vertex, ...]:
        """Choose vertices in the fields, apart from each other and from the town."""
        reach, row = self._scale.reach_cells - 1, self._scale.river_row
        free: list[Vertex] = []
        for j in range(-reach, reach + 1):
            for i in range(-reach, reach + 1):
                around = [(i + di, j + dj) for di in (-2, -1, 0, 1) for dj in (-2, -1, 0, 1)]
                if j in (row, row + 1) or any(self._cells.built(cell) for cell in around):
                    continue
                if any(self.edges.get(key_of((i, j), (i, j + d))) for d in (-1, 1)):
                    continue  # not astride the highway
                away = self._cells.outward.get((i, j), 9.0)
                if 1.1 < away < 1.9 or (away < 2.9 and self._scale.radius_cells < 3):
                    free.append((i, j))
        chosen: list[Vertex] = []
        for index in self._rng.permutation(len(free)):
            i, j = free[index]
            if all(max(abs(i - a), abs(j - b)) >= max(3, self._scale.radius_cells / 2) for a, b in chosen):
                chosen.append((i, j))
            if len(chosen) == self._scale.villages:
                break
        return tuple(chosen)

    def _link_villages(self, villages: tuple[Vertex, ...]) -> None:
        self._joined = joined_to_centre(self.edges)
        for index, village in enumerate(villages):
            self._link(village, index, towards=None)
        # some also to their neighbour, so that the country is not a star
        for index, village in enumerate(villages):
            others = [v for v in villages if v != village]
            if others and self._rng.random() < 0.6:
                nearest = min(others, key=lambda v: (v[0] - village[0]) ** 2 + (v[1] - village[1]) ** 2)
                self._link(village, len(villages) + index, towards=nearest)

    def _found_village(self, vertex: Vertex) -> float:
        """Bound the quarters of a village, pave its cross of streets; return its radius in metres."""
        i, j = vertex
        small = 0.6 if self._scale.addresses < 5_000 else 1.0
        radius = min(small * float(self._rng.uniform(*VILLAGE_M)), 0.8 * self._scale.cell_m)
        for a, b in ((i, j), (i - 1, j), (i - 1, j - 1), (i, j - 1)):
            corners = ((a, b), (a + 1, b), (a + 1, b + 1), (a, b + 1))
            for start, end in zip(corners, (*corners[1:], corners[0]), strict=True):
                self.edge(start, end)
        for other in ((i + 1, j), (i - 1, j), (i, j + 1), (i, j - 1)):
            edge = self.edge(vertex, other)
            if edge.road:
                continue
            edge.road, edge.street = "residential", ("village", vertex, other[0] == i)
            edge.along = 0.0 if other < vertex else 1.0
            total = float(edge.arcs[-1])
            edge.paved = (0.0, radius) if edge.a == vertex else (total - radius, total)
        return radius

    def _link(self, village: Vertex, road: int, *, towards: Vertex | None) -> None:
        """Lay the cheapest road from a village to another, or to the town."""
        path = self._cheapest(village, towards)
        steps = [step for step, pair in enumerate(pairwise(path)) if not self.edge(*pair).road]
        at = [self._ground.plane(np.array(float(i)), np.array(float(j))) for i, j in path]
        for number, step in enumerate(steps):
            a, b = path[step], path[step + 1]
            edge = self.edge(a, b)
            edge.road = "tertiary" if towards is None else "unclassified"
            edge.street, edge.along, edge.rural = ("rural", road), float(number), True
            edge.bridge = {a[1], b[1]} == {self._scale.river_row, self._scale.river_row + 1}
            if edge.bridge:
                continue
            # country roads have no corners
            span = float(np.hypot(*(at[step + 1] - at[step])))
            leave = at[step + 1] - (at[step - 1] if step and step - 1 in steps else at[step])
            arrive = (at[step + 2] if step + 1 in steps else at[step + 1]) - at[step]
            leave, arrive = (0.8 * span / float(np.hypot(*way)) * way for way in (leave, arrive))
            share = np.linspace(0, 1, _SAMPLES)[:, None]
            line = curve(at[step], at[step + 1], leave, arrive, share)
            edge.redraw(line if edge.a == a else line[::-1])

    def _cheapest(self, start: Vertex, goal: Vertex | None) -> list[Vertex]:
        reach = self._scale.reach_cells
        cost: dict[Vertex, float] = {start: 0.0}
        came: dict[Vertex, Vertex] = {}
        queue = [(0.0, start)]
        while queue:
            spent, here = heapq.heappop(queue)
            if spent > cost[here]:
                continue
            if here == goal or (goal is None and self._in_town(here)):
                break
            for di, dj in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                there = here[0] + di, here[1] + dj
                if max(abs(there[0]), abs(there[1])) > reach:
                    continue
                price = spent + self._price(here, there)
                if price < cost.get(there, np.inf):
                    cost[there], came[there] = price, here
                    heapq.heappush(queue, (price, there))
        path = [here]
        while path[-1] != start:
            path.append(came[path[-1]])
        return path

    def _in_town(self, vertex: Vertex) -> bool:
        i, j = vertex
        around = ((i, j), (i - 1, j), (i, j - 1), (i - 1, j - 1))
        return vertex in self._joined and any(self._cells.built(cell) for cell in around)

    def _price(self, a: Vertex, b: Vertex) -> float:
        edge = self.edges.get(key_of(a, b))
        if edge is not None and edge.road:
            return 0.3
        row = self._scale.river_row
        if {a[1], b[1]} == {row, row + 1}:
            return 9.0
        # not along the bank, where the river swings
        return 2.5 if a[1] == b[1] and a[1] in (row, row + 1) else 1.0
