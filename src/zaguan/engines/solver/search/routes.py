"""Keeping a route's figures true after a change, and changing it: link, unlink, refresh."""

import numpy as np

from zaguan.engines.solver.columns import BACK, FORE, LEAVES, LEG, NEXT, OWN, PREV, ROUTE, next_of, prev_of, route_of
from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.rules.capacity import refresh_loads
from zaguan.engines.solver.rules.shifts import route_price
from zaguan.engines.solver.rules.time_windows import joined
from zaguan.engines.solver.rules.travel import distance_in, duration_in
from zaguan.engines.solver.search.schedule import estimate, schedule


@kernel
def leg_in(data, matrix, before, node):  # type: ignore[no-untyped-def]
    """Return the seconds from one node to the next by one matrix, setup included."""
    origin, goal = data.location[before], data.location[node]
    return duration_in(data, matrix, origin, goal) + (data.setup[node] if origin != goal else 0)


@kernel
def link(data, state, client, before):  # type: ignore[no-untyped-def]
    """Put a client behind a node of a route; figures of the route are stale until it is refreshed."""
    vehicle, following = route_of(state, before), next_of(state, before)
    state.node[before, NEXT] = client
    state.node[client, PREV] = before
    state.node[client, NEXT] = following
    state.node[following, PREV] = client
    state.node[client, ROUTE] = vehicle
    state.size[vehicle] += 1
    for k in range(data.capacity.shape[1]):
        state.brought[vehicle, k] += data.delivery[client, k]
        state.fetched[vehicle, k] += data.pickup[client, k]
    state.extra[vehicle] += data.preference[client, data.kind[vehicle]]
    matrix = data.profile[vehicle] * data.slots
    at, near, far = data.location[client], data.location[before], data.location[following]
    state.distance[vehicle] += (
        distance_in(data, matrix, near, at) + distance_in(data, matrix, at, far) - distance_in(data, matrix, near, far)
    )


@kernel
def unlink(data, state, client):  # type: ignore[no-untyped-def]
    """Take a client off its route; figures of the route are stale until it is refreshed."""
    vehicle = route_of(state, client)
    before, following = prev_of(state, client), next_of(state, client)
    state.node[before, NEXT] = following
    state.node[following, PREV] = before
    state.node[client, ROUTE] = -1
    state.size[vehicle] -= 1
    for k in range(data.capacity.shape[1]):
        state.brought[vehicle, k] -= data.delivery[client, k]
        state.fetched[vehicle, k] -= data.pickup[client, k]
    state.extra[vehicle] -= data.preference[client, data.kind[vehicle]]
    matrix = data.profile[vehicle] * data.slots
    at, near, far = data.location[client], data.location[before], data.location[following]
    state.distance[vehicle] -= (
        distance_in(data, matrix, near, at) + distance_in(data, matrix, at, far) - distance_in(data, matrix, near, far)
    )


@kernel
def gather(data, state, vehicle, client, before):  # type: ignore[no-untyped-def]
    """Write a route into the scratch nodes, with a client behind a node if before >= 0; return the length."""
    nodes, at = state.scratch.nodes, 0
    node, end = data.clients + vehicle, data.clients + data.vehicles + vehicle
    while True:
        nodes[at] = node
        at += 1
        if node == before:
            nodes[at] = client
            at += 1
        if node == end:
            return at
        node = next_of(state, node)


@kernel
def _take_over(data, state, vehicle, length):  # type: ignore[no-untyped-def]
    """Copy the exact schedule of the scratch into the nodes: legs, own segments with their pauses, departures."""
    s = state.scratch
    for at in range(length):
        node = s.nodes[at]
        row = state.node[node]
        window = s.window[at]
        early, late = data.opens[node, window], data.closes[node, window]
        if data.late_price[node] >= 0:
            late = data.latest[node]
        duration, warp = data.service[node], 0
        if at > 0:
            row[LEG] = s.leg[at] + (data.setup[node] if data.location[s.nodes[at - 1]] != data.location[node] else 0)
            index = s.taken[at - 1] + (1 if s.before[at] >= 0 else 0)
            if s.after[at] >= 0:
                first, last = data.break_earliest[vehicle, index], data.break_latest[vehicle, index]
                duration, early, late, warp = joined(
                    data.break_length[vehicle, index], first, last, 0, 0, duration, early, late, 0
                )
        if at + 1 < length:
            if s.before[at + 1] >= 0:
                index = s.taken[at]
                first, last = data.break_earliest[vehicle, index], data.break_latest[vehicle, index]
                duration, early, late, warp = joined(
                    duration, early, late, warp, 0, data.break_length[vehicle, index], first, last, 0
                )
            if s.rest_before[at + 1] >= 0:
                duration += data.rest[vehicle]
        row[OWN], row[OWN + 1], row[OWN + 2] = duration, early, late
        row[LEAVES] = s.leaves[at]


@kernel
def _join_fore(state, before, node):  # type: ignore[no-untyped-def]
    """Write the segment from the start up to a node; return whether it changed."""
    a, b = state.node[before], state.node[node]
    duration, early, late, warp = joined(
        a[FORE], a[FORE + 1], a[FORE + 2], a[FORE + 3], b[LEG], b[OWN], b[OWN + 1], b[OWN + 2], 0
    )
    same = b[FORE] == duration and b[FORE + 1] == early and b[FORE + 2] == late and b[FORE + 3] == warp
    b[FORE], b[FORE + 1], b[FORE + 2], b[FORE + 3] = duration, early, late, warp
    return not same


@kernel
def _join_back(state, node, following):  # type: ignore[no-untyped-def]
    """Write the segment from a node to the end; return whether it changed."""
    a, b = state.node[node], state.node[following]
    duration, early, late, warp = joined(
        a[OWN], a[OWN + 1], a[OWN + 2], 0, b[LEG], b[BACK], b[BACK + 1], b[BACK + 2], b[BACK + 3]
    )
    same = a[BACK] == duration and a[BACK + 1] == early and a[BACK + 2] == late and a[BACK + 3] == warp
    a[BACK], a[BACK + 1], a[BACK + 2], a[BACK + 3] = duration, early, late, warp
    return not same


@kernel
def _segments(data, state, vehicle):  # type: ignore[no-untyped-def]
    """Write all segments of a route anew."""
    start, end = data.clients + vehicle, data.clients + data.vehicles + vehicle
    for k in range(3):
        state.node[start, FORE + k] = state.node[start, OWN + k]
        state.node[end, BACK + k] = state.node[end, OWN + k]
    state.node[start, FORE + 3] = state.node[end, BACK + 3] = 0
    node = start
    while node != end:
        following = next_of(state, node)
        _join_fore(state, node, following)
        node = following
    while node != start:
        before = prev_of(state, node)
        _join_back(state, before, node)
        node = before


@kernel
def _settle(data, state, vehicle, lateness):  # type: ignore[no-untyped-def]
    """Write the price of a route whose distance, duration and return are true."""
    state.price[vehicle] = 0.0
    if state.size[vehicle] > 0:
        state.price[vehicle] = (
            route_price(data, vehicle, state.distance[vehicle], state.duration[vehicle], state.returns[vehicle])
            + state.extra[vehicle]
            + lateness
        )
    if data.mixed:
        refresh_loads(data, state, vehicle)


@kernel
def _read_end(data, state, vehicle):  # type: ignore[no-untyped-def]
    """Take duration and return from the segment of the whole route; return whether it keeps all hard times."""
    row = state.node[data.clients + data.vehicles + vehicle]
    state.duration[vehicle] = row[FORE]
    state.returns[vehicle] = row[FORE] + row[FORE + 1]
    return row[FORE + 3] == 0 and row[FORE] <= data.max_duration[vehicle]


@kernel
def refresh(data, state, vehicle):  # type: ignore[no-untyped-def]
    """Make all figures of a route true after changes anywhere on it; return whether the route is feasible."""
    lateness, feasible = 0.0, True
    if data.intricate:
        length = gather(data, state, vehicle, -1, -1)
        feasible, distance, departs, returns, lateness, _ = schedule(data, state.scratch, vehicle, length)
        if feasible:
            _take_over(data, state, vehicle, length)
            _segments(data, state, vehicle)
            state.distance[vehicle] = distance
            state.duration[vehicle], state.returns[vehicle] = returns - departs, returns
    elif data.timed:
        matrix = data.profile[vehicle] * data.slots
        node, end = data.clients + vehicle, data.clients + data.vehicles + vehicle
        while node != end:
            following = next_of(state, node)
            state.node[following, LEG] = leg_in(data, matrix, node, following)
            node = following
        _segments(data, state, vehicle)
        feasible = _read_end(data, state, vehicle)
    _settle(data, state, vehicle, lateness)
    return feasible


@kernel
def refresh_around(data, state, vehicle, client):  # type: ignore[no-untyped-def]
    """Make the figures true after one client was linked: only as far as something changes."""
    if data.intricate or not data.timed:
        return refresh(data, state, vehicle)
    matrix = data.profile[vehicle] * data.slots
    before, following = prev_of(state, client), next_of(state, client)
    state.node[client, LEG] = leg_in(data, matrix, before, client)
    state.node[following, LEG] = leg_in(data, matrix, client, following)
    start, end = data.clients + vehicle, data.clients + data.vehicles + vehicle
    node = before
    changed = True
    while node != end and changed:
        nxt = next_of(state, node)
        changed = _join_fore(state, node, nxt) or node == before
        node = nxt
    node = following
    changed = True
    while node != start and changed:
        prv = prev_of(state, node)
        changed = _join_back(state, prv, node) or node == following
        node = prv
    feasible = _read_end(data, state, vehicle)
    _settle(data, state, vehicle, 0.0)
    return feasible


@kernel
def exact_price(data, state, vehicle, client, before):  # type: ignore[no-untyped-def]
    """Return the exact price of a route with a client behind a node, or infinity if that breaks a rule."""
    length = gather(data, state, vehicle, client, before)
    feasible, _, _, _, _, price = schedule(data, state.scratch, vehicle, length)
    if not feasible:
        return np.inf
    return price + state.extra[vehicle] + data.preference[client, data.kind[vehicle]]


@kernel
def estimated_price(data, state, vehicle, client, before):  # type: ignore[no-untyped-def]
    """Return the price of a route with a client behind a node by the quick schedule, infinity if impossible."""
    length = gather(data, state, vehicle, client, before)
    price = estimate(data, state.scratch, vehicle, length)
    return price + state.extra[vehicle] + data.preference[client, data.kind[vehicle]]
