"""The cheapest departure of a finished route: with travel by the hour a later one may pay beyond what it waits less."""

from typing import Final

import numpy as np

from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.search.readiness import earliest_departure, order_price
from zaguan.engines.solver.search.schedule import drive, driven_price, schedule
from zaguan.engines.solver.search.scratch import LENGTH

DEPARTURES: Final = 48  # tried over the day, and round the best one again, ever closer


@kernel
def _price_at(data, scratch, vehicle, length, departs):  # type: ignore[no-untyped-def]
    holds, distance, lateness, _ = drive(data, scratch, vehicle, length, departs)
    return driven_price(data, scratch, vehicle, length, departs, distance, lateness) if holds else np.inf


@kernel
def _best_departure(data, scratch, vehicle, length, departs, price):  # type: ignore[no-untyped-def]
    """Look for a cheaper departure than the one known."""
    first = earliest = earliest_departure(data, scratch)
    latest = min(data.latest[scratch.nodes[1]], data.latest[scratch.nodes[length - 1]])
    step = (latest - earliest) // DEPARTURES + 1
    while True:
        for lot in range((latest - earliest) // step + 1):
            offered = _price_at(data, scratch, vehicle, length, earliest + lot * step)
            if offered < price:
                departs, price = earliest + lot * step, offered
        if step == 1:
            return departs
        earliest, latest = max(first, departs - step), departs + step
        step = min(step - 1, 2 * step // DEPARTURES + 1)


@kernel
def schedule_at_best(data, scratch, vehicle, length):  # type: ignore[no-untyped-def]
    """Schedule scratch.nodes[:length] at its cheapest departure; return what `schedule` does."""
    answer = schedule(data, scratch, vehicle, length)
    if not answer[0] or data.slots == 1:
        return answer
    _, _, departs, _, extra, price = answer
    length = scratch.figures[LENGTH]
    order = order_price(data, scratch, vehicle, length)
    departs = _best_departure(data, scratch, vehicle, length, departs, price - order)
    _, distance, lateness, _ = drive(data, scratch, vehicle, length, departs)
    price = driven_price(data, scratch, vehicle, length, departs, distance, lateness)
    extra = lateness + order
    return True, distance, departs, scratch.starts[length - 1], extra, price + order
