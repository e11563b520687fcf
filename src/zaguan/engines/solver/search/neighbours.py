"""Who is near whom: the positions that are worth trying for a client.

Proximity counts the waiting and the lateness that serving one right after the other would bring, as T. Vidal et al.
(2013) do, and takes the better of both orders. With matrices every client is looked at. Between points, clients lie in
the cells of a grid, and the rings of cells round a client are searched outward: proximity is never less than the
distance, so the search ends where a ring lies farther away than the last neighbour kept.
"""

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.problem import Problem
from zaguan.engines.solver.rules.travel import distance_in, distance_to, duration_in, duration_to
from zaguan.engines.solver.view import View

NEIGHBOURS: Final = 100
WAIT_WEIGHT: Final = 0.2
LATE_WEIGHT: Final = 1.0
CLIENTS_A_CELL: Final = 3
LOOKED_AT: Final = 3_000  # clients between points: where windows part the near ones, somebody farther may be nearer
MOST_SAMPLED: Final = 200  # rows of a matrix from which its mean speed is taken


class Grid(NamedTuple):
    """Clients by the cell of the plane that they lie in, row by row; and room for the neighbours of one of them."""

    columns: int
    rows: int
    corner: NDArray[np.float64]  # x and y of the first cell's corner, the side of a cell
    first: NDArray[np.int32]  # (cells + 1), where a cell begins in members
    members: NDArray[np.int32]  # (n)
    cost: NDArray[np.float64]  # (k), proximity of the neighbours found, nearest first
    counts: NDArray[np.int64]  # found, looked at
    pace: NDArray[np.float64]  # metres a second


def room_for_neighbours(problem: Problem, width: int) -> NDArray[np.int32]:
    """Return the table of neighbours (n, k), still empty."""
    n = len(problem.clients)
    return np.zeros((n, min(width, max(0, n - 1)) if problem.vehicles else 0), np.int32)


def remoteness(problem: Problem, location: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return each client's distance to the nearest end of a route, (n)."""
    at = location[: len(problem.clients)]
    ends = sorted({e for v in problem.vehicles for e in (v.start, v.end) if e is not None})
    if not ends or not len(at):
        return np.zeros(len(at))
    nearest = [problem.travel.part(_middle(problem), at, [end])[1][:, 0] for end in ends]
    return np.min(nearest, axis=0).astype(np.float64)


def find_neighbours(problem: Problem, data: Any) -> None:
    """Fill the table of neighbours of the flat problem: by proximity, then by number."""
    if data.near.shape[1]:
        write_neighbours(View(data), View(_grid(problem, data)), _middle(problem))


def _middle(problem: Problem) -> int:
    """Return the matrix of the middle slot."""
    return problem.travel.slots // 2 + problem.vehicles[0].profile * problem.travel.slots


def _pace(problem: Problem) -> float:
    """Return the mean speed in metres a second, from some rows of the matrix."""
    if problem.travel.points is not None:
        return 1.0
    middle, step = _middle(problem), max(1, problem.travel.locations // MOST_SAMPLED)
    distances, durations = problem.travel.distances_m[middle, ::step], problem.travel.durations_s[middle, ::step]
    return float(distances.mean()) / max(1e-9, float(durations.mean()))


def _grid(problem: Problem, data: Any) -> Grid:
    n, width = data.near.shape
    columns = rows = 1
    corner = np.zeros(3)
    cells = np.zeros(n, np.int64)
    if data.planar:
        at = data.points[data.location[:n]]
        low, high = at.min(axis=0), at.max(axis=0)
        wide, tall = (high - low).tolist()
        side = max(np.sqrt(wide * tall * CLIENTS_A_CELL / n), (wide + tall) * CLIENTS_A_CELL / n, 1e-9)
        columns, rows = int(wide / side) + 1, int(tall / side) + 1
        corner = np.array([low[0], low[1], side])
        across, up = ((at - low) / side).astype(np.int64).T
        cells = np.minimum(up, rows - 1) * columns + np.minimum(across, columns - 1)
    return Grid(
        columns=columns,
        rows=rows,
        corner=corner,
        first=np.searchsorted(np.sort(cells), np.arange(columns * rows + 1)).astype(np.int32),
        members=np.argsort(cells, kind="stable").astype(np.int32),
        cost=np.zeros(width),
        counts=np.zeros(2, np.int64),
        pace=np.array([_pace(problem)]),
    )


@kernel
def _lost(data, first, second, leg, pace):  # type: ignore[no-untyped-def]
    """Return what waiting and lateness weigh if one client is served right after another, in metres."""
    lead = data.service[first] + leg
    wait = data.earliest[second] - lead - data.latest[first]
    late = data.earliest[first] + lead - data.latest[second]
    return pace * (WAIT_WEIGHT * max(0, wait) + LATE_WEIGHT * max(0, late))


@kernel
def _look_at(data, grid, matrix, client, other):  # type: ignore[no-untyped-def]
    """Keep another client among the neighbours of one if it is near enough."""
    grid.counts[1] += 1
    found, width = grid.counts[0], data.near.shape[1]
    here, there = data.location[client], data.location[other]
    out, back = distance_in(data, matrix, here, there), distance_to(data, matrix, here, there)
    if found == width and min(out, back) > grid.cost[width - 1]:
        return
    cost = float(min(out, back))
    if data.timed:
        after = out + _lost(data, client, other, duration_in(data, matrix, here, there), grid.pace[0])
        cost = min(after, back + _lost(data, other, client, duration_to(data, matrix, here, there), grid.pace[0]))
    at = min(found, width - 1)
    if found == width and (cost > grid.cost[at] or (cost == grid.cost[at] and other > data.near[client, at])):
        return
    while at > 0 and (grid.cost[at - 1] > cost or (grid.cost[at - 1] == cost and data.near[client, at - 1] > other)):
        grid.cost[at], data.near[client, at] = grid.cost[at - 1], data.near[client, at - 1]
        at -= 1
    grid.cost[at], data.near[client, at] = cost, other
    grid.counts[0] = min(width, found + 1)


@kernel
def _look_into(data, grid, matrix, client, column, row):  # type: ignore[no-untyped-def]
    """Look at everybody in one cell, if there is such a cell."""
    if column < 0 or row < 0 or column >= grid.columns or row >= grid.rows:
        return
    cell = row * grid.columns + column
    for k in range(grid.first[cell], grid.first[cell + 1]):
        if grid.members[k] != client:
            _look_at(data, grid, matrix, client, np.int64(grid.members[k]))


@kernel
def _search_rings(data, grid, matrix, client):  # type: ignore[no-untyped-def]
    """Look at the clients in the cells round one, ring by ring."""
    side = grid.corner[2]
    x = data.points[data.location[client], 0] - grid.corner[0]
    y = data.points[data.location[client], 1] - grid.corner[1]
    column = min(np.int64(x / side), grid.columns - 1)
    row = min(np.int64(y / side), grid.rows - 1)
    margin = min(min(x - column * side, (column + 1) * side - x), min(y - row * side, (row + 1) * side - y))
    for ring in range(max(grid.columns, grid.rows)):
        for across in range(column - ring, column + ring + 1):
            _look_into(data, grid, matrix, client, across, row - ring)
            if ring > 0:
                _look_into(data, grid, matrix, client, across, row + ring)
        for up in range(row - ring + 1, row + ring):
            _look_into(data, grid, matrix, client, column - ring, up)
            _look_into(data, grid, matrix, client, column + ring, up)
        if grid.counts[0] == data.near.shape[1]:
            beyond = max(0.0, margin + ring * side * (1.0 - 1e-9))
            farther = np.int64(beyond * data.line[0] + data.line[1]) > grid.cost[grid.counts[0] - 1]
            if farther or grid.counts[1] >= LOOKED_AT:
                break


@kernel
def write_neighbours(data, grid, matrix):  # type: ignore[no-untyped-def]
    """Write the nearest neighbours of every client."""
    for client in range(data.clients):
        grid.counts[0] = grid.counts[1] = 0
        if data.planar:
            _search_rings(data, grid, matrix, client)
            continue
        for other in range(data.clients):
            if other != client:
                _look_at(data, grid, matrix, client, other)
