"""Capacity: no vehicle carries more than it holds, in any dimension, on any leg.

Deliveries come aboard at the depot and leave at their clients; pickups come aboard at their clients and leave at
the depot. After a client, the load is what is still to be delivered plus what has been picked up. The goods of a pair
never lie at the depot: they count only from one of its clients to the other.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.columns import next_of, prev_of
from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.problem import Problem
from zaguan.engines.solver.rules.trips import Layout

UNLIMITED = 1 << 50


class Loads(NamedTuple):
    """Loads per node and capacities per vehicle, (N, d) and (v, d); `bulk` is the share of a mean vehicle.

    `delivery` comes from the depot and `pickup` goes there; `change` is by how much more is aboard behind the node.
    """

    has_pickups: bool
    delivery: NDArray[np.int64]
    pickup: NDArray[np.int64]
    change: NDArray[np.int64]
    bulk: NDArray[np.float64]
    capacity: NDArray[np.int64]


def flat_loads(problem: Problem, layout: Layout) -> Loads:
    """Lay out loads and capacities; missing dimensions are 0 for a client and unlimited for a vehicle."""
    n, v, d = layout.clients, layout.vehicles, max(1, problem.dimensions)
    delivery, pickup = np.zeros((layout.all_nodes, d), np.int64), np.zeros((layout.all_nodes, d), np.int64)
    for i, client in enumerate(problem.clients):
        delivery[i, : len(client.delivery)] = client.delivery
        pickup[i, : len(client.pickup)] = client.pickup
    capacity = np.full((v, d), UNLIMITED, np.int64)
    for i, vehicle in enumerate(problem.vehicles):
        capacity[i, : len(vehicle.capacity)] = vehicle.capacity
    mean = np.maximum(1.0, capacity.mean(axis=0)) if v else np.ones(d)
    bulk = (np.maximum(delivery[:n], pickup[:n]) / mean).max(axis=1) if n else np.zeros(0)
    has_pickups = bool(pickup.any())
    change = pickup - delivery
    paired = [client for pair in problem.pairs for client in pair]
    delivery[paired] = pickup[paired] = 0
    return Loads(has_pickups, delivery, pickup, change, bulk, capacity)


@kernel
def fits_route(data, state, client, vehicle):  # type: ignore[no-untyped-def]
    """Tell whether the totals leave room: enough where loads are not mixed, necessary where they are.

    A vehicle that loads again carries more in all than it holds at once: there the client's own load must fit.
    """
    again = data.has_trips and data.reload_count[vehicle] > 0
    for k in range(data.capacity.shape[1]):
        room = data.capacity[vehicle, k]
        brought, fetched = data.delivery[client, k], data.pickup[client, k]
        if not again:
            brought += state.brought[vehicle, k]
            fetched += state.fetched[vehicle, k]
        if brought > room or (data.mixed and fetched > room):
            return False
    return True


@kernel
def fits_between(data, state, client, before, after, vehicle):  # type: ignore[no-untyped-def]
    """Tell whether mixed loads leave room on every leg with the client between two neighbours of a route."""
    for k in range(data.capacity.shape[1]):
        room = data.capacity[vehicle, k]
        if state.peak_until[before, k] + data.delivery[client, k] > room:
            return False
        if max(state.aboard[before, k], state.peak_from[after, k]) + data.pickup[client, k] > room:
            return False
    return True


@kernel
def peaks_hold(data, state, vehicle):  # type: ignore[no-untyped-def]
    """Tell whether mixed loads, once refreshed, stay below the capacity on every leg of a route with one trip."""
    start, over = data.clients + vehicle, 0
    for k in range(data.capacity.shape[1]):
        over += 1 if state.peak_from[start, k] > data.capacity[vehicle, k] else 0
    return over == 0


@kernel
def _aboard_at_first(data, state, vehicle, node):  # type: ignore[no-untyped-def]
    """Write what a trip's clients are to be brought as what is aboard where it begins, in every dimension."""
    for k in range(data.capacity.shape[1]):
        aboard = state.brought[vehicle, k]
        if data.has_trips and data.reload_count[vehicle] > 0:
            aboard = np.int64(0)
            on = next_of(state, node)
            while on < data.clients:
                aboard += data.delivery[on, k]
                on = next_of(state, on)
        state.aboard[node, k] = state.peak_until[node, k] = aboard


@kernel
def refresh_loads(data, state, vehicle):  # type: ignore[no-untyped-def]
    """Walk a route and write what is aboard after each node, and its trip's peaks before and behind it."""
    start, end = data.clients + vehicle, data.clients + data.vehicles + vehicle
    _aboard_at_first(data, state, vehicle, start)
    node = start
    while node != end:
        following = next_of(state, node)
        if following >= data.clients and following != end:
            _aboard_at_first(data, state, vehicle, following)
        else:
            for k in range(data.capacity.shape[1]):
                aboard = state.aboard[node, k] + data.change[following, k]
                state.aboard[following, k] = aboard
                state.peak_until[following, k] = max(state.peak_until[node, k], aboard)
        node = following
    for k in range(data.capacity.shape[1]):
        state.peak_from[end, k] = state.aboard[end, k]
    while node != start:
        before = prev_of(state, node)
        for k in range(data.capacity.shape[1]):
            # whoever is put before a reload shares the vehicle with nobody behind it
            is_halt = before >= data.clients and before != start
            state.peak_from[before, k] = 0 if is_halt else max(state.peak_from[node, k], state.aboard[before, k])
        node = before
