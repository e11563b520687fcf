"""The columns of the table of nodes, and the steps along a route."""

from typing import Final

import numpy as np

from zaguan.engines.solver.compiled import kernel

# columns of State.node: one cache line a node
NEXT: Final = 0
PREV: Final = 1
ROUTE: Final = 2  # the vehicle, -1 when on no route
LEG: Final = 3  # seconds from the node before, setup included
OWN: Final = 4  # the node's own segment: duration, early, late (its pauses included)
FORE: Final = 7  # the segment from the start up to the node: duration, early, late
BACK: Final = 10  # the segment from the node to the end
AHEAD: Final = 13  # metres to the next node, by the first matrix of the vehicle's profile
BEHIND: Final = 14  # metres from the node before
LEAVES: Final = 15  # when it is left, by the exact schedule
COLUMNS: Final = 16


@kernel
def next_of(state, node):  # type: ignore[no-untyped-def]
    """Return the node behind a node of a route."""
    return np.int64(state.node[node, NEXT])


@kernel
def prev_of(state, node):  # type: ignore[no-untyped-def]
    """Return the node before a node of a route."""
    return np.int64(state.node[node, PREV])


@kernel
def route_of(state, node):  # type: ignore[no-untyped-def]
    """Return the vehicle that a node's route belongs to, -1 for none."""
    return np.int64(state.node[node, ROUTE])
