"""Zones: going on from a client of one zone to one of another has a price, so that a zone is finished first."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.problem import Problem

NOWHERE: Final = np.iinfo(np.int64).min


class Zones(NamedTuple):
    """The zone of each client, (n), and each vehicle's price of a change, (v)."""

    has_zones: bool
    zone: NDArray[np.int64]
    zone_price: NDArray[np.float64]


def flat_zones(problem: Problem) -> Zones:
    """Lay out zones and prices."""
    zone = np.array([NOWHERE if c.zone is None else c.zone for c in problem.clients], np.int64)
    price = np.array([vehicle.zone_change_cost for vehicle in problem.vehicles], np.float64)
    return Zones(bool(price.any() and len(set(zone.tolist()) - {NOWHERE}) > 1), zone, price)


@kernel
def zone_change(data, vehicle, before, node):  # type: ignore[no-untyped-def]
    """Return the price of a node behind another, halts left out: nothing where either is no client or has no zone."""
    if before >= data.clients or node >= data.clients:
        return 0.0
    here, there = data.zone[before], data.zone[node]
    if min(here, there) == NOWHERE or here == there:
        return 0.0
    return data.zone_price[vehicle]
