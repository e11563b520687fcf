"""Trying one client in every place of a standing plan, exactly: what explanations and quotes rest on."""

import numpy as np

from zaguan.engines.solver.columns import next_of
from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.rules.capacity import fits_between
from zaguan.engines.solver.rules.frozen import stays
from zaguan.engines.solver.rules.pairs import is_paired
from zaguan.engines.solver.rules.trips import ALONE, place_at, spare_reload
from zaguan.engines.solver.search.insertion import may_join
from zaguan.engines.solver.search.pairs import cheapest_pair_in
from zaguan.engines.solver.search.routes import exact_price


@kernel
def cheapest_in(data, state, client, vehicle):  # type: ignore[no-untyped-def]
    """Return (added price, place) of the cheapest place on one vehicle's route, or (infinity, -1).

    A client of a pair comes with the other one: the price is that of both, the place that of the first of them.
    """
    if is_paired(data, client):
        fetched = client if data.fetches[client] else np.int64(data.partner[client])
        price, before, _ = cheapest_pair_in(data, state, fetched, vehicle)
        return price, before
    best, chosen = np.inf, np.int64(-1)
    if not may_join(data, state, client, vehicle):
        return best, chosen
    modes = 3 if data.has_trips and state.size[vehicle] > 0 and spare_reload(data, state, vehicle) >= 0 else 1
    node, end = np.int64(data.clients + vehicle), data.clients + data.vehicles + vehicle
    while node != end:
        following = next_of(state, node)
        for mode in range(modes if not stays(data, following) else 0):
            if mode == ALONE and data.mixed and not fits_between(data, state, client, node, following, vehicle):
                continue
            place = place_at(data, node, mode)
            price = exact_price(data, state, client, place) - state.price[vehicle]
            if price < best:
                best, chosen = price, place
        node = following
    return best, chosen


@kernel
def cheapest_anywhere(data, state, client):  # type: ignore[no-untyped-def]
    """Return (added price, place) of the cheapest place of all vehicles, used or not."""
    best, chosen = np.inf, np.int64(-1)
    for vehicle in range(data.vehicles):
        price, place = cheapest_in(data, state, client, vehicle)
        if price < best:
            best, chosen = price, place
    return best, chosen
