"""Preference: a price for serving a client by a vehicle, such as a driver who does not know the zone."""

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.problem import Problem
from zaguan.engines.solver.rules.published import price_of_moving


def flat_preference(problem: Problem, representatives: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return the price per client and vehicle class, (n, c); vehicles of one class have the same prices.

    Serving a client by another vehicle than published is a price of the same kind.
    """
    prices = price_of_moving(problem, representatives)
    if problem.preference is not None:
        prices += problem.preference[:, representatives]
    return prices
