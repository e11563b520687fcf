"""Published: a plan that people rely on may change, at a price for each client moved and each order turned round."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.problem import Problem


class Promises(NamedTuple):
    """Whom each client was promised, -1 for nobody, behind which node, and the price of another one, (n)."""

    has_orders: bool
    promised_vehicle: NDArray[np.int32]
    promised_before: NDArray[np.int32]
    order_price: NDArray[np.float64]


def flat_promises(problem: Problem) -> Promises:
    """Lay out the published plan."""
    n = len(problem.clients)
    vehicle, before = np.full(n, -1, np.int32), np.full(n, -1, np.int32)
    for v, clients in problem.published.routes if problem.published else ():
        vehicle[list(clients)] = v
        before[list(clients)] = [n + v, *clients[:-1]][: len(clients)]
    price = problem.published.order_cost if problem.published else 0.0
    return Promises(bool(price > 0 and (vehicle >= 0).any()), vehicle, before, np.full(n, float(price)))


def price_of_moving(problem: Problem, representatives: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return the price of serving each client by a vehicle of each class, (n, c); a promised vehicle is a class."""
    prices = np.zeros((len(problem.clients), len(representatives)), np.float64)
    if problem.published is not None:
        for v, clients in problem.published.routes:
            prices[list(clients)] = np.where(representatives == v, 0.0, problem.published.move_cost)
    return prices


@kernel
def turned_round(data, vehicle, before, node):  # type: ignore[no-untyped-def]
    """Return the price of serving a client right behind another client, or start, than promised; halts do not count."""
    if node >= data.clients or data.promised_vehicle[node] != vehicle or data.promised_before[node] == before:
        return 0.0
    return data.order_price[node]
