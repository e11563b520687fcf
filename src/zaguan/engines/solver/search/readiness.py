"""A route before it is driven: its trips, charges and releases; and what it costs by who is on it in which order."""

import numpy as np

from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.rules.battery import plan_charges
from zaguan.engines.solver.rules.compactness import sprawl
from zaguan.engines.solver.rules.pairs import pairs_hold
from zaguan.engines.solver.rules.published import turned_round
from zaguan.engines.solver.rules.releases import goods_ready
from zaguan.engines.solver.rules.trips import trips_fit
from zaguan.engines.solver.rules.zones import zone_change
from zaguan.engines.solver.search.scratch import CLIENTS, LENGTH


@kernel
def make_ready(data, scratch, vehicle, length):  # type: ignore[no-untyped-def]
    """Make scratch.nodes[:length] ready to be driven; return whether loads and charges allow it.

    The length with charges and the number of clients stand in scratch.figures.
    """
    clients = length - 2
    if data.has_trips:
        clients = 0
        for at in range(length):
            clients += 1 if scratch.nodes[at] < data.clients else 0
        if data.reload_count[vehicle] > 0 and not trips_fit(data, scratch, vehicle, length):
            return False
        if data.has_pairs and not pairs_hold(data, scratch, length):
            return False
    if clients > data.max_clients[vehicle]:
        return False
    if data.has_batteries and data.battery_full[vehicle] >= 0:
        length = plan_charges(data, scratch, vehicle, length)
        if length < 0:
            return False
    if data.has_releases:
        goods_ready(data, scratch, length)
    scratch.figures[LENGTH], scratch.figures[CLIENTS] = length, clients
    return True


@kernel
def earliest_departure(data, scratch):  # type: ignore[no-untyped-def]
    """Return when the route may leave: its shift has begun and the goods of its first trip are ready."""
    departs = np.int64(data.earliest[scratch.nodes[0]])
    return max(departs, scratch.ready[0]) if data.has_releases else departs


@kernel
def order_price(data, scratch, vehicle, length):  # type: ignore[no-untyped-def]
    """Return the price of which nodes are on the route and in which order: sprawl, zones, promises."""
    price = sprawl(data, scratch, vehicle, length) if data.has_sprawl else 0.0
    if data.has_zones or data.has_orders:
        last = np.int64(scratch.nodes[0])  # the client before, or the start: a halt changes no order
        for at in range(1, length):
            node = np.int64(scratch.nodes[at])
            if node < data.clients:
                price += zone_change(data, vehicle, last, node) + turned_round(data, vehicle, last, node)
                last = node
    return price
