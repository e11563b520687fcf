"""Several trips in the search: where a client begins or ends a trip of its own making, and trips that are too many."""

from typing import Final

import numpy as np

from zaguan.engines.solver.columns import BACK, FORE, LEAVES, next_of, prev_of, route_of
from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.limits import UNREACHABLE_S
from zaguan.engines.solver.rules.capacity import fits_between
from zaguan.engines.solver.rules.frozen import stays
from zaguan.engines.solver.rules.groups import groups_allow
from zaguan.engines.solver.rules.service import service_in
from zaguan.engines.solver.rules.shifts import added_time_price
from zaguan.engines.solver.rules.time_windows import joined
from zaguan.engines.solver.rules.travel import distance_in, slot_at
from zaguan.engines.solver.rules.trips import CLIENT_FIRST, RELOAD_FIRST, may_split, place_at, spare_reload
from zaguan.engines.solver.search.offers import NOWHERE, bound, offer
from zaguan.engines.solver.search.routes import leg_in, unlink_reload
from zaguan.engines.solver.search.state import draw_below

MOST_VEHICLES: Final = 64  # whose next trip is offered to one client


@kernel
def _screen_reload(data, state, client, before, vehicle, mode, reload, limit):  # type: ignore[no-untyped-def]
    """Return the price of a client together with a reload behind a node, or NOWHERE; roughly."""
    following = next_of(state, before)
    if stays(data, following) or not may_split(data, state, client, before, vehicle, mode):
        return NOWHERE
    matrix = data.profile[vehicle] * data.slots
    if data.slots > 1:
        matrix += slot_at(data, state.node[before, LEAVES])
    first, second = (client, reload) if mode == CLIENT_FIRST else (reload, client)
    a, b, c, d = data.location[before], data.location[first], data.location[second], data.location[following]
    more = distance_in(data, matrix, a, b) + distance_in(data, matrix, b, c) + distance_in(data, matrix, c, d)
    price = data.per_m[vehicle] * (more - distance_in(data, matrix, a, d)) + data.preference[client, data.kind[vehicle]]
    if price >= limit:
        return NOWHERE
    to_first, to_second = leg_in(data, matrix, before, first), leg_in(data, matrix, first, second)
    to_following = leg_in(data, matrix, second, following)
    if max(to_first, to_second, to_following) >= UNREACHABLE_S:
        return NOWHERE
    head, tail = state.node[before], state.node[following]
    opens = np.int64(data.earliest[second])
    if data.has_releases and mode == RELOAD_FIRST:
        opens = max(opens, data.release[client])
    duration, early, late, late_by = joined(
        head[FORE], head[FORE + 1], head[FORE + 2], 0, to_first,
        service_in(data, vehicle, first), data.earliest[first], data.latest[first], 0,
    )  # fmt: skip
    if late_by > 0:
        return NOWHERE
    duration, early, late, late_by = joined(
        duration, early, late, 0, to_second, service_in(data, vehicle, second), opens, data.latest[second], 0
    )
    if late_by > 0:
        return NOWHERE
    duration, early, late, late_by = joined(
        duration, early, late, 0, to_following, tail[BACK], tail[BACK + 1], tail[BACK + 2], 0
    )
    if late_by > 0 or duration > data.max_duration[vehicle]:
        return NOWHERE
    return price + added_time_price(data, state, vehicle, duration, early + duration)


@kernel
def offer_reload(data, state, client, before, vehicle, reload):  # type: ignore[no-untyped-def]
    """Offer the place behind a node with a reload on either side of the client."""
    for mode in (CLIENT_FIRST, RELOAD_FIRST):
        price = _screen_reload(data, state, client, before, vehicle, mode, reload, bound(data, state))
        offer(state, price, place_at(data, before, mode))


@kernel
def offer_next_trips(data, state, client):  # type: ignore[no-untyped-def]
    """Offer a trip of its own, the first or the last, with each vehicle that may take the client and load again.

    Of a large fleet so many vehicles are looked at, beginning with a random one.
    """
    first = draw_below(state, data.vehicles) if data.vehicles > MOST_VEHICLES else np.int64(0)
    for lot in range(min(data.vehicles, MOST_VEHICLES)):
        vehicle = (first + lot) % data.vehicles
        if state.size[vehicle] == 0 or data.reload_count[vehicle] == 0:
            continue
        if not data.compatible[client, data.kind[vehicle]] or state.size[vehicle] >= data.max_clients[vehicle]:
            continue
        if data.has_groups and not groups_allow(data, state, client, vehicle):
            continue
        reload = spare_reload(data, state, vehicle)
        if reload < 0:
            continue
        start, end = data.clients + vehicle, data.clients + data.vehicles + vehicle
        for before, mode in ((start, CLIENT_FIRST), (prev_of(state, end), RELOAD_FIRST)):
            price = _screen_reload(data, state, client, before, vehicle, mode, reload, bound(data, state))
            offer(state, price, place_at(data, before, mode))


@kernel
def offer_split(data, state, client, before, vehicle):  # type: ignore[no-untyped-def]
    """Offer to cut a trip behind a node where the client does not fit aboard, or its goods come later than others'."""
    following = next_of(state, before)
    if data.reload_count[vehicle] == 0:
        return
    beside_a_trip = before >= data.clients or following >= data.clients
    if beside_a_trip or data.has_releases or not fits_between(data, state, client, before, following, vehicle):
        reload = spare_reload(data, state, vehicle)
        if reload >= 0:
            offer_reload(data, state, client, before, vehicle, reload)


@kernel
def tidy_trips(data, state, vehicle):  # type: ignore[no-untyped-def]
    """Take off the reloads of empty trips, and every other time join two trips whose goods fit aboard together."""
    if data.reload_count[vehicle] == 0:
        return
    node, end = next_of(state, data.clients + vehicle), data.clients + data.vehicles + vehicle
    while node != end:
        following = next_of(state, node)
        if node >= data.clients and (prev_of(state, node) >= data.clients or following >= data.clients):
            unlink_reload(data, state, node)
        node = following
    if draw_below(state, 2) == 0:
        _join_trips(data, state, vehicle)


@kernel
def _join_trips(data, state, vehicle):  # type: ignore[no-untyped-def]
    node, end = next_of(state, data.clients + vehicle), data.clients + data.vehicles + vehicle
    while node != end:
        following = next_of(state, node)
        # the trips of a frozen beginning are as they were driven
        if node >= data.clients and not stays(data, following):
            fits = True
            for k in range(data.capacity.shape[1]):
                fits = fits and _load_around(data, state, node, k) <= data.capacity[vehicle, k]
            if fits:
                unlink_reload(data, state, node)
        node = following


@kernel
def _load_around(data, state, reload, k):  # type: ignore[no-untyped-def]
    """Return all that the trips before and behind a reload carry: more than is ever aboard at once."""
    load, node = np.int64(0), prev_of(state, reload)
    while node < data.clients:
        load += data.delivery[node, k] + data.pickup[node, k]
        node = prev_of(state, node)
    node = next_of(state, reload)
    while node < data.clients:
        load += data.delivery[node, k] + data.pickup[node, k]
        node = next_of(state, node)
    return load


@kernel
def client_before(data, state, node):  # type: ignore[no-untyped-def]
    """Return the client at or before a node of a route, or the start: reloads are left out."""
    vehicle = route_of(state, node)
    while node >= data.clients and node != data.clients + vehicle:
        node = prev_of(state, node)
    return node


@kernel
def client_behind(data, state, node):  # type: ignore[no-untyped-def]
    """Return the client at or behind a node of a route, or the end."""
    end = data.clients + data.vehicles + route_of(state, node)
    while node >= data.clients and node != end:
        node = next_of(state, node)
    return node
