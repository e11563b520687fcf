"""Keeping a route's figures true after a change, and changing it: link, unlink, refresh."""

import numpy as np

from zaguan.engines.solver.columns import BACK, FORE, LEAVES, LEG, OWN, next_of, prev_of, route_of
from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.limits import UNREACHABLE_S
from zaguan.engines.solver.rules.capacity import refresh_loads
from zaguan.engines.solver.rules.compactness import measure_box
from zaguan.engines.solver.rules.service import service_in
from zaguan.engines.solver.rules.shifts import route_price
from zaguan.engines.solver.rules.time_windows import joined
from zaguan.engines.solver.rules.travel import duration_in
from zaguan.engines.solver.rules.trips import ALONE, CLIENT_FIRST, before_of, is_reload, mode_of, spare_reload
from zaguan.engines.solver.search.chain import bridge, lay_between, note_empty
from zaguan.engines.solver.search.schedule import estimate, schedule
from zaguan.engines.solver.search.scratch import LENGTH
from zaguan.engines.solver.search.state import USED


@kernel
def leg_in(data, matrix, before, node):  # type: ignore[no-untyped-def]
    """Return the seconds from one node to the next by one matrix, setup included."""
    origin, goal = data.location[before], data.location[node]
    return duration_in(data, matrix, origin, goal) + (data.setup[node] if origin != goal else 0)


@kernel
def link(data, state, client, before):  # type: ignore[no-untyped-def]
    """Put a client behind a node of a route; figures of the route are stale until it is refreshed."""
    vehicle = route_of(state, before)
    state.distance[vehicle] += lay_between(data, state, client, before)
    if state.size[vehicle] == 0:
        state.numbers[USED] += 1
    state.size[vehicle] += 1
    for k in range(data.capacity.shape[1]):
        state.brought[vehicle, k] += data.delivery[client, k]
        state.fetched[vehicle, k] += data.pickup[client, k]
    state.extra[vehicle] += data.preference[client, data.kind[vehicle]]
    if data.has_paces:
        state.node[client, OWN] = service_in(data, vehicle, client)


@kernel
def link_reload(data, state, reload, before):  # type: ignore[no-untyped-def]
    """Let a vehicle load again behind a node of its route; the figures are stale until the route is refreshed."""
    state.distance[route_of(state, before)] += lay_between(data, state, reload, before)


@kernel
def unlink_reload(data, state, reload):  # type: ignore[no-untyped-def]
    """Join the trips before and behind a reload; the figures are stale until the route is refreshed."""
    state.distance[route_of(state, reload)] -= bridge(data, state, reload)


@kernel
def put_in(data, state, client, place):  # type: ignore[no-untyped-def]
    """Link a client at a place, with the reload that comes with it; return the node before and the node behind."""
    before, mode = before_of(data, place), mode_of(data, place)
    following, vehicle = next_of(state, before), route_of(state, before)
    if mode == ALONE:
        link(data, state, client, before)
        return before, following
    reload = spare_reload(data, state, vehicle)
    link_reload(data, state, reload, before)
    link(data, state, client, before if mode == CLIENT_FIRST else reload)
    return before, following


@kernel
def unlink(data, state, client):  # type: ignore[no-untyped-def]
    """Take a client off its route; figures of the route are stale until it is refreshed."""
    vehicle = route_of(state, client)
    state.distance[vehicle] -= bridge(data, state, client)
    state.size[vehicle] -= 1
    if state.size[vehicle] == 0:
        state.numbers[USED] -= 1
        note_empty(data, state, vehicle)
    for k in range(data.capacity.shape[1]):
        state.brought[vehicle, k] -= data.delivery[client, k]
        state.fetched[vehicle, k] -= data.pickup[client, k]
    state.extra[vehicle] -= data.preference[client, data.kind[vehicle]]


@kernel
def gather(data, state, vehicle, client, place):  # type: ignore[no-untyped-def]
    """Write a route into the scratch nodes, with a client at a place if that is >= 0; return the length."""
    nodes, at = state.scratch.nodes, 0
    node, end = data.clients + vehicle, data.clients + data.vehicles + vehicle
    before, mode = before_of(data, place), mode_of(data, place)
    while True:
        nodes[at] = node
        at += 1
        if node == before:
            nodes[at] = client
            if mode != ALONE:
                reload = spare_reload(data, state, vehicle)
                nodes[at], nodes[at + 1] = (client, reload) if mode == CLIENT_FIRST else (reload, client)
                at += 1
            at += 1
        if node == end:
            return at
        node = next_of(state, node)


@kernel
def _take_over(data, state, vehicle, length):  # type: ignore[no-untyped-def]
    """Copy the exact schedule of the scratch into the nodes: legs, own segments with their pauses, departures.

    A charge has no node of its own: with its legs and pauses it is part of the leg into the node behind it.
    """
    s, charged = state.scratch, 0
    for at in range(length):
        node = np.int64(s.nodes[at])
        if node >= data.nodes:
            charged += s.leg[at] + s.leaves[at] - s.arrives[at]
            continue
        row = state.node[node]
        early, late = data.opens[node, s.window[at]], min(data.closes[node, s.window[at]], data.latest[node])
        if data.late_price[node] >= 0:
            late = data.latest[node]
        if data.has_releases and (at == 0 or is_reload(data, node)):
            early = max(early, s.ready[at] - data.service[node])
        duration, warp = service_in(data, vehicle, node), 0
        if at > 0:
            row[LEG] = s.leg[at] + (data.setup[node] if data.location[s.nodes[at - 1]] != data.location[node] else 0)
            row[LEG] += charged
            charged = 0
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
    """Write the segment from the start up to a node; return whether it changed, and how much too late it is."""
    a, b = state.node[before], state.node[node]
    duration, early, late, warp = joined(
        a[FORE], a[FORE + 1], a[FORE + 2], 0, b[LEG], b[OWN], b[OWN + 1], b[OWN + 2], 0
    )
    changed = b[FORE] != duration or b[FORE + 1] != early or b[FORE + 2] != late
    b[FORE], b[FORE + 1], b[FORE + 2] = duration, early, late
    return changed, warp


@kernel
def _join_back(state, node, following):  # type: ignore[no-untyped-def]
    """Write the segment from a node to the end; return whether it changed."""
    a, b = state.node[node], state.node[following]
    duration, early, late, _ = joined(a[OWN], a[OWN + 1], a[OWN + 2], 0, b[LEG], b[BACK], b[BACK + 1], b[BACK + 2], 0)
    changed = a[BACK] != duration or a[BACK + 1] != early or a[BACK + 2] != late
    a[BACK], a[BACK + 1], a[BACK + 2] = duration, early, late
    return changed


@kernel
def _segments(data, state, vehicle, first, last):  # type: ignore[no-untyped-def]
    """Write the segments anew: between two nodes of a route, and beyond as far as something changes.

    Returns whether no hard time is missed on the way that was walked.
    """
    start, end = data.clients + vehicle, data.clients + data.vehicles + vehicle
    for k in range(3):
        state.node[start, FORE + k] = state.node[start, OWN + k]
        state.node[end, BACK + k] = state.node[end, OWN + k]
    node, inside, in_time = first, True, True
    while node != end:
        node = next_of(state, node)
        changed, warp = _join_fore(state, prev_of(state, node), node)
        in_time = in_time and warp == 0
        inside = inside and node != last
        if not (inside or changed):
            break
    node, inside = last, True
    while node != start:
        node = prev_of(state, node)
        changed = _join_back(state, node, next_of(state, node))
        inside = inside and node != first
        if not (inside or changed):
            break
    return in_time


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
    if data.has_sprawl:
        measure_box(data, state, vehicle)


@kernel
def _stand_still(data, state, vehicle):  # type: ignore[no-untyped-def]
    """Write the segments of an empty route that could not be driven as such."""
    start, end = data.clients + vehicle, data.clients + data.vehicles + vehicle
    for node in (start, end):
        state.node[node, OWN], state.node[node, OWN + 1] = 0, data.earliest[node]
        state.node[node, OWN + 2] = data.latest[node]
    state.node[end, LEG] = min(leg_in(data, data.profile[vehicle] * data.slots, start, end), UNREACHABLE_S)
    _segments(data, state, vehicle, start, end)


@kernel
def refresh(data, state, vehicle):  # type: ignore[no-untyped-def]
    """Make all figures of a route true after changes anywhere on it; return whether the route is feasible."""
    start, end = data.clients + vehicle, data.clients + data.vehicles + vehicle
    return refresh_between(data, state, vehicle, start, end)


@kernel
def refresh_between(data, state, vehicle, first, last):  # type: ignore[no-untyped-def]
    """Make all figures of a route true after changes between two of its nodes; return whether it is feasible."""
    lateness, feasible = 0.0, True
    start, end = data.clients + vehicle, data.clients + data.vehicles + vehicle
    if data.intricate:
        length = gather(data, state, vehicle, -1, -1)
        feasible, distance, departs, returns, lateness, _ = schedule(data, state.scratch, vehicle, length)
        if state.size[vehicle] == 0 and not feasible:
            feasible = True  # nobody drives it
            _stand_still(data, state, vehicle)
        elif feasible:
            _take_over(data, state, vehicle, state.scratch.figures[LENGTH])
            _segments(data, state, vehicle, start, end)
            state.distance[vehicle] = distance
            state.duration[vehicle], state.returns[vehicle] = returns - departs, returns
    elif data.timed:
        matrix, node = data.profile[vehicle] * data.slots, first
        while node != last:
            following = next_of(state, node)
            state.node[following, LEG] = leg_in(data, matrix, node, following)
            node = following
        feasible = _segments(data, state, vehicle, first, last)
        row = state.node[end]
        state.duration[vehicle], state.returns[vehicle] = row[FORE], row[FORE] + row[FORE + 1]
        feasible = feasible and row[FORE] <= data.max_duration[vehicle]
    _settle(data, state, vehicle, lateness)
    return feasible


@kernel
def exact_price(data, state, client, place):  # type: ignore[no-untyped-def]
    """Return the exact price of a route with a client at a place, or infinity if that breaks a rule."""
    vehicle = route_of(state, before_of(data, place))
    length = gather(data, state, vehicle, client, place)
    feasible, _, _, _, _, price = schedule(data, state.scratch, vehicle, length)
    if not feasible:
        return np.inf
    return price + state.extra[vehicle] + data.preference[client, data.kind[vehicle]]


@kernel
def estimated_price(data, state, client, place):  # type: ignore[no-untyped-def]
    """Return the price of a route with a client at a place by the quick schedule, infinity if impossible."""
    vehicle = route_of(state, before_of(data, place))
    length = gather(data, state, vehicle, client, place)
    price = estimate(data, state.scratch, vehicle, length)
    return price + state.extra[vehicle] + data.preference[client, data.kind[vehicle]]
