"""Preference: a price for serving a client by a vehicle, such as a driver who does not know the zone."""

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.problem import Problem


def flat_preference(problem: Problem, representatives: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return the price per client and vehicle class, (n, c); vehicles of one class have the same prices."""
    if problem.preference is None:
        return np.zeros((len(problem.clients), len(representatives)), np.float64)
    return np.ascontiguousarray(problem.preference[:, representatives], np.float64)
