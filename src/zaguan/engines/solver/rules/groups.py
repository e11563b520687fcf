"""Groups: clients that belong on one vehicle, and clients that each belong on another one."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.columns import route_of
from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.problem import Group, Problem


class Groups(NamedTuple):
    """Each client's companions and rivals: where they begin in a list, (n + 1), and the list."""

    has_groups: bool
    companion_first: NDArray[np.int32]
    companion: NDArray[np.int32]
    rival_first: NDArray[np.int32]
    rival: NDArray[np.int32]


def flat_groups(problem: Problem) -> Groups:
    """Lay out who is tied to whom."""
    n = len(problem.clients)
    together = _others(n, (group for group in problem.groups if group.together))
    apart = _others(n, (group for group in problem.groups if not group.together))
    return Groups(bool(problem.groups), *together, *apart)


def _others(n: int, groups: Iterable[Group]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    others: list[set[int]] = [set() for _ in range(n)]
    for group in groups:
        for client in group.clients:
            others[client] |= group.clients - {client}
    first = np.cumsum([0, *(len(found) for found in others)]).astype(np.int32)
    return first, np.array([other for found in others for other in sorted(found)], np.int32)


@kernel
def groups_allow(data, state, client, vehicle):  # type: ignore[no-untyped-def]
    """Tell whether a client may join a vehicle, with the others of its groups where they are now."""
    for at in range(data.companion_first[client], data.companion_first[client + 1]):
        route = route_of(state, data.companion[at])
        if route >= 0 and route != vehicle:
            return False
    for at in range(data.rival_first[client], data.rival_first[client + 1]):
        if route_of(state, data.rival[at]) == vehicle:
            return False
    return True


@kernel
def bound_to(data, state, client):  # type: ignore[no-untyped-def]
    """Return the vehicle that serves the client's companions, -1 if none does."""
    for at in range(data.companion_first[client], data.companion_first[client + 1]):
        route = route_of(state, data.companion[at])
        if route >= 0:
            return route
    return np.int64(-1)
