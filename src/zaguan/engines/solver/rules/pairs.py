"""Pairs: what one client has fetched from it is brought to another, on one trip, in this order; or neither is served.

Such goods never lie at a depot: they are aboard from the first client to the second one.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.problem import Problem


class Pairs(NamedTuple):
    """The other client of each one's pair, (n), -1: none; and 1 where it is the one that fetches."""

    has_pairs: bool
    partner: NDArray[np.int32]
    fetches: NDArray[np.uint8]


def flat_pairs(problem: Problem) -> Pairs:
    """Lay out the pairs."""
    n = len(problem.clients)
    partner, fetches = np.full(n, -1, np.int32), np.zeros(n, np.uint8)
    for fetched, brought in problem.pairs:
        partner[fetched], partner[brought], fetches[fetched] = brought, fetched, 1
    return Pairs(bool(problem.pairs), partner, fetches)


@kernel
def is_paired(data, client):  # type: ignore[no-untyped-def]
    """Tell whether a client is served together with another one or not at all."""
    return data.has_pairs and data.partner[client] >= 0


@kernel
def has_room_behind(data, state, fetched, node, vehicle):  # type: ignore[no-untyped-def]
    """Tell whether what a pair carries fits beside what is aboard behind a node."""
    for k in range(data.capacity.shape[1]):
        if state.aboard[node, k] + data.change[fetched, k] > data.capacity[vehicle, k]:
            return False
    return True


@kernel
def pairs_hold(data, scratch, length):  # type: ignore[no-untyped-def]
    """Tell whether no reload comes between the two clients of a pair of scratch.nodes[:length]."""
    for at in range(1, length - 1):
        node = np.int64(scratch.nodes[at])
        if node >= data.clients or not data.fetches[node]:
            continue
        behind = at + 1
        while scratch.nodes[behind] < data.clients and scratch.nodes[behind] != data.partner[node]:
            behind += 1
        if scratch.nodes[behind] >= data.clients:
            return False
    return True
