"""Exchanging vehicles: a route goes to an empty vehicle of another class, or two routes exchange theirs.

In a mixed fleet the cheapest vehicle of a route is found only with the whole route: each single client alone looks
better where it is.
"""

import numpy as np

from zaguan.engines.solver.columns import next_of, prev_of, route_of
from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.rules.capacity import peaks_hold
from zaguan.engines.solver.search.insertion import first_empty
from zaguan.engines.solver.search.routes import link, refresh, unlink
from zaguan.engines.solver.search.state import draw, draw_below
from zaguan.engines.solver.search.undo import note_move, remember


@kernel
def may_exchange_vehicles(data):  # type: ignore[no-untyped-def]
    """Tell whether whole routes may change their vehicle: where there are classes, and nothing binds to one."""
    return data.kind_first.shape[0] > 2 and not (data.has_trips or data.has_frozen or data.has_groups)


@kernel
def _may_drive(data, state, vehicle, other):  # type: ignore[no-untyped-def]
    """Tell whether another vehicle may serve all clients of a route."""
    node = next_of(state, data.clients + vehicle)
    while node < data.clients:
        if not data.compatible[node, data.kind[other]]:
            return False
        node = next_of(state, node)
    if state.size[vehicle] > data.max_clients[other]:
        return False
    for k in range(data.capacity.shape[1]):
        if max(state.brought[vehicle, k], state.fetched[vehicle, k]) > data.capacity[other, k]:
            return False
    return True


@kernel
def _clear(data, state, vehicle, nodes, first):  # type: ignore[no-untyped-def]
    """Take all clients off a route and list them from a place on; return the place behind them."""
    node = next_of(state, data.clients + vehicle)
    while node < data.clients:
        following = next_of(state, node)
        note_move(state, node, prev_of(state, node))
        unlink(data, state, node)
        nodes[first] = node
        first += 1
        node = following
    return first


@kernel
def _fill(data, state, vehicle, nodes, first, last):  # type: ignore[no-untyped-def]
    """Put the listed clients on an empty route."""
    before = data.clients + vehicle
    for at in range(first, last):
        node = np.int64(nodes[at])
        note_move(state, node, -1)
        link(data, state, node, before)
        before = node


@kernel
def exchange_vehicles(data, state, seed):  # type: ignore[no-untyped-def]
    """Give the route of a client another vehicle; return (whether something was done, whether all holds)."""
    one = route_of(state, seed)
    if one < 0:
        return False, True
    if data.near.shape[1] == 0 or draw(state) < 0.5:
        other = first_empty(data, state, draw_below(state, data.kind_first.shape[0] - 1))
    else:
        other = route_of(state, np.int64(data.near[seed, draw_below(state, data.near.shape[1])]))
    if other < 0 or data.kind[other] == data.kind[one]:
        return False, True
    if not (_may_drive(data, state, one, other) and _may_drive(data, state, other, one)):
        return False, True
    remember(data, state, one)
    remember(data, state, other)
    old, nodes = state.price[one] + state.price[other], state.scratch.nodes
    middle = _clear(data, state, one, nodes, 0)
    last = _clear(data, state, other, nodes, middle)
    # refreshing a route may use the list: so both are filled before either is refreshed
    _fill(data, state, other, nodes, 0, middle)
    _fill(data, state, one, nodes, middle, last)
    holds = refresh(data, state, other)
    holds = refresh(data, state, one) and holds
    if data.mixed:
        holds = holds and peaks_hold(data, state, one) and peaks_hold(data, state, other)
    state.cost[0] += state.price[one] + state.price[other] - old
    return True, holds
