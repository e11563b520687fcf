"""Skills and exclusions: who may serve whom at all."""

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.problem import Problem


def compatible(problem: Problem, representatives: NDArray[np.int32]) -> NDArray[np.uint8]:
    """Return 1 where a vehicle of the class may serve the client, (n, c).

    A class is cut fine enough that clients which name their vehicles see each of those alone.
    """
    table = np.zeros((len(problem.clients), len(representatives)), np.uint8)
    wanted: dict[tuple[frozenset[str], frozenset[int] | None], NDArray[np.uint8]] = {}
    for i, client in enumerate(problem.clients):
        key = (client.skills, client.vehicles)
        if key not in wanted:
            wanted[key] = np.array(
                [
                    client.skills <= problem.vehicles[v].skills and (client.vehicles is None or v in client.vehicles)
                    for v in representatives
                ],
                np.uint8,
            )
        table[i] = wanted[key]
    return table
