"""Exchanging tails: two routes swap all that follows a place (2-opt*), which no string is long enough to do.

J.-Y. Potvin and J.-M. Rousseau, An exchange heuristic for routeing problems with time windows, Journal of the
Operational Research Society 46(12), 1995. With an empty head and an empty tail two routes become one.
"""

import numpy as np

from zaguan.engines.solver.columns import AHEAD, BACK, BEHIND, FORE, NEXT, PREV, ROUTE, next_of, prev_of, route_of
from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.rules.capacity import peaks_hold
from zaguan.engines.solver.rules.shifts import added_time_price, route_price
from zaguan.engines.solver.rules.time_windows import joined
from zaguan.engines.solver.rules.travel import distance_in
from zaguan.engines.solver.search.chain import note_empty
from zaguan.engines.solver.search.routes import leg_in, refresh
from zaguan.engines.solver.search.state import USED
from zaguan.engines.solver.search.undo import by_moves, remember

LATE = 1e300


@kernel
def may_exchange_tails(data):  # type: ignore[no-untyped-def]
    """Tell whether tails may go from route to route: not where clients, trips or loads tie a route together.

    Moves that are taken back one by one must be known to be good before they are done.
    """
    tied = data.has_pairs or data.has_trips or data.has_frozen or data.has_groups
    return not (tied or (by_moves(data) and data.intricate))


@kernel
def _added_time_price(data, state, vehicle, head, tail):  # type: ignore[no-untyped-def]
    """Return what time costs more if a vehicle drives a head and a tail, LATE if that breaks a limit."""
    a, b = state.node[head], state.node[tail]
    leg = leg_in(data, data.profile[vehicle] * data.slots, head, tail)
    duration, early, _, warp = joined(a[FORE], a[FORE + 1], a[FORE + 2], 0, leg, b[BACK], b[BACK + 1], b[BACK + 2], 0)
    if warp > 0 or duration > data.max_duration[vehicle]:
        return LATE
    return added_time_price(data, state, vehicle, duration, duration + early)


@kernel
def _price(data, state, head, tail):  # type: ignore[no-untyped-def]
    """Return what it costs to lead one route from `head` on to `tail` of another, and that one's rest onto its tail."""
    longer, shorter = route_of(state, head), route_of(state, tail)
    rest_head, rest_tail = prev_of(state, tail), next_of(state, head)
    empties = rest_head >= data.clients and rest_tail >= data.clients
    matrix, at = data.profile[longer] * data.slots, data.location[head]
    metres = distance_in(data, matrix, at, data.location[tail])
    metres -= state.node[head, AHEAD] + state.node[tail, BEHIND]
    if not empties:
        metres += distance_in(data, matrix, data.location[rest_head], data.location[rest_tail])
    price = data.per_m[longer] * metres
    if data.timed:
        price += _added_time_price(data, state, longer, head, tail)
    if empties:
        price -= route_price(data, shorter, 0, state.duration[shorter], state.returns[shorter])
    elif data.timed:
        price += _added_time_price(data, state, shorter, rest_head, rest_tail)
    return price


@kernel
def _loads_fit(data, state, head, tail):  # type: ignore[no-untyped-def]
    """Tell whether both routes would hold their loads and numbers of clients."""
    longer, shorter = route_of(state, head), route_of(state, tail)
    more, less = 0, 0
    node = tail
    while node < data.clients:
        more += 1
        node = next_of(state, node)
    node = next_of(state, head)
    while node < data.clients:
        less += 1
        node = next_of(state, node)
    most = max(state.size[longer] + more - less, state.size[shorter] + less - more)
    if most > data.max_clients[longer]:
        return False
    for k in range(data.capacity.shape[1]):
        moved = np.int64(0)
        node = tail
        while node < data.clients:
            moved += data.delivery[node, k]
            node = next_of(state, node)
        node = next_of(state, head)
        while node < data.clients:
            moved -= data.delivery[node, k]
            node = next_of(state, node)
        room = data.capacity[longer, k]
        if state.brought[longer, k] + moved > room or state.brought[shorter, k] - moved > room:
            return False
    return True


@kernel
def _recount(data, state, vehicle):  # type: ignore[no-untyped-def]
    """Label a route's nodes and add up its totals anew."""
    for k in range(data.capacity.shape[1]):
        state.brought[vehicle, k] = state.fetched[vehicle, k] = 0
    size, metres, extra = 0, 0, 0.0
    node = data.clients + vehicle
    while True:
        metres += state.node[node, AHEAD]
        node = next_of(state, node)
        if node >= data.clients:
            break
        state.node[node, ROUTE] = vehicle
        size += 1
        extra += data.preference[node, data.kind[vehicle]]
        for k in range(data.capacity.shape[1]):
            state.brought[vehicle, k] += data.delivery[node, k]
            state.fetched[vehicle, k] += data.pickup[node, k]
    if size == 0:
        state.numbers[USED] -= 1
        note_empty(data, state, vehicle)
    state.size[vehicle], state.distance[vehicle], state.extra[vehicle] = size, metres, extra


@kernel
def _follow(data, state, before, node):  # type: ignore[no-untyped-def]
    """Let a node follow another one."""
    matrix = data.profile[route_of(state, before)] * data.slots
    metres = distance_in(data, matrix, data.location[before], data.location[node])
    state.node[before, NEXT], state.node[before, AHEAD] = node, metres
    state.node[node, PREV], state.node[node, BEHIND] = before, metres


@kernel
def _exchange(data, state, head, tail):  # type: ignore[no-untyped-def]
    """Do the move; return whether both routes hold."""
    longer, shorter = route_of(state, head), route_of(state, tail)
    remember(data, state, longer)
    remember(data, state, shorter)
    old = state.price[longer] + state.price[shorter]
    end, other_end = data.clients + data.vehicles + longer, data.clients + data.vehicles + shorter
    rest_head, rest_tail = prev_of(state, tail), next_of(state, head)
    last, other_last = prev_of(state, end), prev_of(state, other_end)
    _follow(data, state, head, tail)
    _follow(data, state, other_last, end)
    if rest_tail == end:
        _follow(data, state, rest_head, other_end)
    else:
        _follow(data, state, rest_head, rest_tail)
        _follow(data, state, last, other_end)
    _recount(data, state, longer)
    _recount(data, state, shorter)
    holds = refresh(data, state, longer)
    holds = refresh(data, state, shorter) and holds
    if data.mixed:
        holds = holds and peaks_hold(data, state, longer) and peaks_hold(data, state, shorter)
    state.cost[0] += state.price[longer] + state.price[shorter] - old
    return holds


@kernel
def exchange_tails(data, state, bound, reach, seed):  # type: ignore[no-untyped-def]
    """Do the best exchange of tails at a client if it costs less than a bound.

    Returns (whether something was done, whether the routes hold).
    """
    own = route_of(state, seed)
    if own < 0:
        return False, True
    cheapest, head, tail = bound, np.int64(-1), np.int64(-1)
    for k in range(min(reach, data.near.shape[1])):
        other = np.int64(data.near[seed, k])
        vehicle = route_of(state, other)
        if vehicle < 0 or vehicle == own or data.kind[vehicle] != data.kind[own]:
            continue
        price = _price(data, state, seed, other)
        if price < cheapest and _loads_fit(data, state, seed, other):
            cheapest, head, tail = price, seed, other
        price = _price(data, state, other, seed)
        if price < cheapest and _loads_fit(data, state, other, seed):
            cheapest, head, tail = price, other, seed
    if head < 0:
        return False, True
    return True, _exchange(data, state, head, tail)
