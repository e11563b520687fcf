"""Releases: goods are ready at the depot at some moment; the trip that brings them leaves no earlier."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.problem import Problem
from zaguan.engines.solver.rules.trips import is_reload


class Releases(NamedTuple):
    """When each client's goods are ready, (n)."""

    has_releases: bool
    release: NDArray[np.int64]


def flat_releases(problem: Problem) -> Releases:
    """Lay out the releases."""
    release = np.array([client.release_s for client in problem.clients], np.int64)
    return Releases(bool(release.any()), release)


@kernel
def goods_ready(data, scratch, length):  # type: ignore[no-untyped-def]
    """Write, for the start and each reload of scratch.nodes[:length], when all goods of its trip are ready."""
    nodes, latest = scratch.nodes, np.int64(0)
    for back in range(length - 1):
        at = length - 2 - back
        node = np.int64(nodes[at])
        if node < data.clients:
            latest = max(latest, data.release[node])
        elif at == 0 or is_reload(data, node):
            scratch.ready[at] = latest
            latest = np.int64(0)
