"""Balance: a route longer than its fair length costs extra for each second, so that long days are shared out."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.problem import Problem

ANY_LENGTH: Final = 2_000_000_000


class Balance(NamedTuple):
    """Each vehicle's fair length and the price of a second beyond, (v)."""

    has_fair: bool
    fair: NDArray[np.int64]
    unfair_price: NDArray[np.float64]


def flat_balance(problem: Problem) -> Balance:
    """Lay out the fair lengths."""
    fair = [ANY_LENGTH if v.fair_s is None else v.fair_s for v in problem.vehicles]
    price = np.array([v.unfair_cost_per_s for v in problem.vehicles], np.float64)
    return Balance(bool(price.any()), np.array(fair, np.int64), price)


@kernel
def unfair(data, vehicle, duration):  # type: ignore[no-untyped-def]
    """Return the price of what a route is longer than fair."""
    return data.unfair_price[vehicle] * max(0, duration - data.fair[vehicle])
