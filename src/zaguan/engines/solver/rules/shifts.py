"""Shifts: a route lies inside its vehicle's shift; overtime after its regular end costs extra, up to a bound.

The cost of a route stands here, because all its parts are prices of one vehicle and its shift.
"""

import numpy as np

from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.rules.balance import unfair


@kernel
def route_price(data, vehicle, distance, duration, returns):  # type: ignore[no-untyped-def]
    """Return fixed, distance, time, overtime and balance cost of a route that is driven."""
    price = data.fixed[vehicle] + data.per_m[vehicle] * distance + data.per_s[vehicle] * duration
    if data.has_fair:
        price += unfair(data, vehicle, duration)
    over = returns - data.regular_end[vehicle]
    if over > 0:
        price += data.overtime_price[vehicle] * over
    return price


@kernel
def added_time_price(data, state, vehicle, duration, returns):  # type: ignore[no-untyped-def]
    """Return what time costs more if a route, as it is now, takes another duration and ends at another moment."""
    old, over = np.int64(0), max(0, returns - data.regular_end[vehicle])
    if state.size[vehicle] > 0:
        old = state.duration[vehicle]
        over -= max(0, state.returns[vehicle] - data.regular_end[vehicle])
    price = data.per_s[vehicle] * (duration - old) + data.overtime_price[vehicle] * over
    if data.has_fair:
        price += unfair(data, vehicle, duration) - unfair(data, vehicle, old)
    return price
