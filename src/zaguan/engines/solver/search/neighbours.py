"""Who is near whom: the positions that are worth trying for a client.

Proximity counts the waiting and the lateness that serving one right after the other would bring, as T. Vidal et al.
(2013) do, and takes the better of both orders.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.limits import HORIZON_S
from zaguan.engines.solver.problem import Problem

NEIGHBOURS: Final = 100
WAIT_WEIGHT: Final = 0.2
LATE_WEIGHT: Final = 1.0
ROWS_AT_ONCE: Final = 512


def neighbours(
    problem: Problem, location: NDArray[np.int32], *, width: int = NEIGHBOURS
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return the neighbours of each client, nearest first, (n, k), and its distance from the nearest depot, (n)."""
    n = len(problem.clients)
    width = min(width, max(0, n - 1))
    near = np.zeros((n, width), np.int32)
    if n == 0 or not problem.vehicles or not width:
        return near, np.zeros(n)
    middle = problem.travel.slots // 2 + problem.vehicles[0].profile * problem.travel.slots
    durations, distances = problem.travel.durations_s[middle], problem.travel.distances_m[middle]
    at = location[:n]
    earliest = np.array([c.windows[0][0] if c.windows else 0 for c in problem.clients], np.float64)
    latest = np.array(
        [c.windows[-1][1] if c.windows and c.late_cost_per_s is None else HORIZON_S for c in problem.clients],
        np.float64,
    )
    service = np.array([c.service_s for c in problem.clients], np.float64)
    metres_per_s = float(distances.mean()) / max(1e-9, float(durations.mean()))
    for first in range(0, n, ROWS_AT_ONCE):
        rows = slice(first, min(n, first + ROWS_AT_ONCE))
        there = _cost_of_following(
            durations, distances, at, earliest, latest, service, rows, metres_per_s, reverse=False
        )
        back = _cost_of_following(durations, distances, at, earliest, latest, service, rows, metres_per_s, reverse=True)
        cost = np.minimum(there, back)
        cost[np.arange(cost.shape[0]), np.arange(rows.start, rows.stop)] = np.inf
        if width:
            kept = np.argpartition(cost, width - 1, axis=1)[:, :width]
            order = np.take_along_axis(cost, kept, axis=1).argsort(axis=1, kind="stable")
            near[rows] = np.take_along_axis(kept, order, axis=1)
    ends = sorted({e for v in problem.vehicles for e in (v.start, v.end) if e is not None})
    remoteness = distances[np.ix_(at, ends)].min(axis=1).astype(np.float64) if ends else np.zeros(n)
    return near, remoteness


def _cost_of_following(
    durations: NDArray[np.int32],
    distances: NDArray[np.int32],
    at: NDArray[np.int32],
    earliest: NDArray[np.float64],
    latest: NDArray[np.float64],
    service: NDArray[np.float64],
    rows: slice,
    metres_per_s: float,
    *,
    reverse: bool,
) -> NDArray[np.float64]:
    """Return the proximity of serving j right after i (reverse: before), for i of the rows and every j."""
    if reverse:
        duration, distance = durations[np.ix_(at, at[rows])].T, distances[np.ix_(at, at[rows])].T
        lead = service[None, :] + duration
        first_open, first_close = earliest[None, :], latest[None, :]
        then_open, then_close = earliest[rows, None], latest[rows, None]
    else:
        duration, distance = durations[np.ix_(at[rows], at)], distances[np.ix_(at[rows], at)]
        lead = service[rows, None] + duration
        first_open, first_close = earliest[rows, None], latest[rows, None]
        then_open, then_close = earliest[None, :], latest[None, :]
    wait = np.maximum(then_open - lead - first_close, 0.0)
    late = np.maximum(first_open + lead - then_close, 0.0)
    cost: NDArray[np.float64] = distance + metres_per_s * (WAIT_WEIGHT * wait + LATE_WEIGHT * late)
    return cost
