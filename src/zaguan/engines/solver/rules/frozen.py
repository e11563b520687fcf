"""Frozen: what a vehicle has served, loaded or is under way to stays, as the beginning of its route, in its order.

Whoever gets what a frozen client of a pair has fetched is promised to the same route: it never leaves it, but others
may come before it.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.problem import Problem

FREE: Final = 0
FROZEN: Final = 1  # nothing comes before it
PROMISED: Final = 2  # it only never leaves its route


class Frozen(NamedTuple):
    """Which clients are frozen or promised, (n)."""

    has_frozen: bool
    frozen: NDArray[np.uint8]


def flat_frozen(problem: Problem) -> Frozen:
    """Lay out who is frozen."""
    frozen = np.full(len(problem.clients), FREE, np.uint8)
    for vehicle, clients in frozen_routes(problem):
        frozen[list(clients)] = PROMISED
        frozen[list(problem.vehicles[vehicle].frozen)] = FROZEN
    return Frozen(bool(frozen.any()), frozen)


def frozen_routes(problem: Problem) -> list[tuple[int, tuple[int, ...]]]:
    """Return the vehicles with a frozen beginning, and its clients with those that get what they have fetched."""
    brought = dict(problem.pairs)
    routes = []
    for v, vehicle in enumerate(problem.vehicles):
        promised = (brought[client] for client in vehicle.frozen if client in brought)
        routes.append((v, (*vehicle.frozen, *(client for client in promised if client not in vehicle.frozen))))
    return [(v, clients) for v, clients in routes if clients]


@kernel
def stays(data, node):  # type: ignore[no-untyped-def]
    """Tell whether nothing may come before a node."""
    return data.has_frozen and node < data.clients and data.frozen[node] == FROZEN


@kernel
def may_go(data, node):  # type: ignore[no-untyped-def]
    """Tell whether a node is a client that may be taken off its route."""
    return node < data.clients and not (data.has_frozen and data.frozen[node] != FREE)
