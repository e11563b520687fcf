"""Trying one client in every place of a standing plan, exactly: what explanations and quotes rest on."""

import numpy as np

from zaguan.engines.solver.columns import next_of
from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.rules.capacity import fits_between
from zaguan.engines.solver.rules.pairs import is_paired
from zaguan.engines.solver.search.insertion import may_join
from zaguan.engines.solver.search.pairs import cheapest_pair_in
from zaguan.engines.solver.search.routes import exact_price


@kernel
def cheapest_in(data, state, client, vehicle):  # type: ignore[no-untyped-def]
    """Return (added price, node before) of the cheapest place on one vehicle's route, or (infinity, -1).

    A client of a pair comes with the other one: the price is that of both, the node the one before the first of them.
    """
    if is_paired(data, client):
        fetched = client if data.fetches[client] else np.int64(data.partner[client])
        price, before, _ = cheapest_pair_in(data, state, fetched, vehicle)
        return price, before
    best, place = np.inf, -1
    if not may_join(data, state, client, vehicle):
        return best, place
    node, end = data.clients + vehicle, data.clients + data.vehicles + vehicle
    while node != end:
        following = next_of(state, node)
        if not data.mixed or fits_between(data, state, client, node, following, vehicle):
            price = exact_price(data, state, vehicle, client, node) - state.price[vehicle]
            if price < best:
                best, place = price, node
        node = following
    return best, place


@kernel
def cheapest_anywhere(data, state, client):  # type: ignore[no-untyped-def]
    """Return (added price, node before) of the cheapest place of all vehicles, used or not."""
    best, place = np.inf, -1
    for vehicle in range(data.vehicles):
        price, before = cheapest_in(data, state, client, vehicle)
        if price < best:
            best, place = price, before
    return best, place
