"""Where a client fits: cheap screening of the places beside its neighbours, exact confirmation of the best.

The screen joins time-window segments in constant time. On simple problems it is exact; on intricate ones (travel by
the hour, breaks, soft or several windows, driving hours) the few best places are confirmed by the exact schedule.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.columns import (
    AHEAD,
    BACK,
    BEHIND,
    FORE,
    LEAVES,
    NEXT,
    PREV,
    ROUTE,
    next_of,
    prev_of,
    route_of,
)
from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.limits import UNREACHABLE_S
from zaguan.engines.solver.rules.capacity import fits_between, fits_route
from zaguan.engines.solver.rules.compactness import added_sprawl
from zaguan.engines.solver.rules.frozen import stays
from zaguan.engines.solver.rules.groups import bound_to, groups_allow
from zaguan.engines.solver.rules.published import turned_round
from zaguan.engines.solver.rules.service import service_in
from zaguan.engines.solver.rules.shifts import added_time_price
from zaguan.engines.solver.rules.time_windows import joined
from zaguan.engines.solver.rules.travel import distance_in, distance_to, slot_at, ways_between
from zaguan.engines.solver.rules.trips import before_of, is_reload
from zaguan.engines.solver.rules.zones import zone_change
from zaguan.engines.solver.search.data import Data
from zaguan.engines.solver.search.offers import NOWHERE, bound, clear_offers, offer
from zaguan.engines.solver.search.reloads import client_before, client_behind, offer_next_trips, offer_split
from zaguan.engines.solver.search.routes import estimated_price, link, link_reload, put_in, refresh, refresh_between
from zaguan.engines.solver.search.state import ABSENT, OFFERS, SCREENING, UNTIL_BLINK, USED, draw
from zaguan.engines.solver.search.undo import mark_stale, note_move, remember

BLINK: Final = 0.01  # share of the places that are overlooked
BLINKS_APART: Final = 1.0 / math.log(1.0 - BLINK)  # of a place and the next overlooked one: geometric
LAST_SCREENING: Final = 2_000_000_000
NEVER_BLINKS: Final = 1 << 60


@kernel
def detour(data, state, client, before, following, matrix):  # type: ignore[no-untyped-def]
    """Return by how many metres a client between two nodes lengthens a route."""
    at, near, far = data.location[client], data.location[before], data.location[following]
    direct = state.node[before, AHEAD] if data.slots == 1 else distance_in(data, matrix, near, far)
    return distance_to(data, matrix, at, near) + distance_in(data, matrix, at, far) - direct


@kernel
def _order_change(data, state, client, before, following, vehicle):  # type: ignore[no-untyped-def]
    """Return what a client between two nodes changes of the prices on who follows whom, and on sprawl."""
    near, far = client_before(data, state, before), client_behind(data, state, following)
    price = zone_change(data, vehicle, near, client) + turned_round(data, vehicle, near, client)
    price += zone_change(data, vehicle, client, far) + turned_round(data, vehicle, client, far)
    price -= zone_change(data, vehicle, near, far) + turned_round(data, vehicle, near, far)
    return price + (added_sprawl(data, state, client, vehicle) if data.has_sprawl else 0.0)


@kernel
def _screen(data, state, client, before, following, vehicle, limit):  # type: ignore[no-untyped-def]
    """Return the price of a client between two nodes of a route, or NOWHERE; exact on simple problems."""
    matrix = data.profile[vehicle] * data.slots
    if data.slots > 1:
        matrix += slot_at(data, state.node[before, LEAVES])
    price = data.per_m[vehicle] * detour(data, state, client, before, following, matrix)
    price += data.preference[client, data.kind[vehicle]]
    if data.has_order_prices:
        price += _order_change(data, state, client, before, following, vehicle)
    if state.size[vehicle] == 0:
        price += data.fixed[vehicle]
    if price >= limit or stays(data, following):
        return NOWHERE
    if data.mixed and not fits_between(data, state, client, before, following, vehicle):
        return NOWHERE
    there, back = ways_between(data, matrix, client, before, following)
    if there >= UNREACHABLE_S:
        return NOWHERE
    if not data.timed:
        return price
    return _timed_screen(data, state, client, before, following, vehicle, price, there, back)


@kernel
def _timed_screen(data, state, client, before, following, vehicle, price, there, back):  # type: ignore[no-untyped-def]
    """Add the price of time to a place whose legs are known, or return NOWHERE."""
    a, b = state.node[before], state.node[following]
    leaves, service = np.int64(a[FORE + 1]), service_in(data, vehicle, client)
    if data.has_releases and data.reload_count[vehicle] == 0:
        leaves = max(leaves, data.release[client])
    duration, early, late, warp = joined(
        a[FORE], leaves, a[FORE + 2], 0, there, service, data.earliest[client], data.latest[client], 0
    )
    if warp > 0 or leaves > a[FORE + 2]:
        return NOWHERE
    duration, early, late, warp = joined(duration, early, late, 0, back, b[BACK], b[BACK + 1], b[BACK + 2], 0)
    if warp > 0 or duration > data.max_duration[vehicle]:
        return NOWHERE
    price += added_time_price(data, state, vehicle, duration, early + duration)
    if data.late_price[client] >= 0:
        reached = early + duration - b[BACK] - back - service
        price += data.late_price[client] * max(0, reached - data.closes[client, data.window_count[client] - 1])
    return price


@kernel
def first_empty(data, state, kind):  # type: ignore[no-untyped-def]
    """Return the first empty vehicle of a class, -1 if all are in use."""
    first, last = np.int64(data.kind_first[kind]), np.int64(data.kind_first[kind + 1])
    at = max(first, np.int64(state.spare[kind]))
    while at < last and state.size[data.kind_members[at]] > 0:
        at += 1
    state.spare[kind] = at
    return np.int64(data.kind_members[at]) if at < last else np.int64(-1)


@kernel
def _try_empty(data, state, client):  # type: ignore[no-untyped-def]
    """Offer one empty vehicle of each class."""
    for kind in range(data.kind_first.shape[0] - 1):
        if not data.compatible[client, kind]:
            continue
        vehicle = first_empty(data, state, kind)
        if vehicle >= 0 and may_join(data, state, client, vehicle):
            start, end = data.clients + vehicle, data.clients + data.vehicles + vehicle
            offer(state, _screen(data, state, client, start, end, vehicle, bound(data, state)), start)


@kernel
def may_join(data, state, client, vehicle):  # type: ignore[no-untyped-def]
    """Tell whether a client may be on a vehicle's route at all: skills, number of clients, total load."""
    return (
        data.compatible[client, data.kind[vehicle]]
        and state.size[vehicle] < data.max_clients[vehicle]
        and fits_route(data, state, client, vehicle)
        and (not data.has_groups or groups_allow(data, state, client, vehicle))
    )


@kernel
def _is_open(data, state, client, vehicle, screening):  # type: ignore[no-untyped-def]
    """Tell whether the client of this screening may join a route, asking only once for each route."""
    answer = state.open_to[vehicle]
    if answer >> 1 != screening:
        answer = 2 * np.int64(screening) + (1 if may_join(data, state, client, vehicle) else 0)
        state.open_to[vehicle] = answer
    return answer & 1 == 1


@kernel
def blinks(state, left):  # type: ignore[no-untyped-def]
    """Count a place down; return whether it is overlooked, and how many are left until the next one that is."""
    if left > 0:
        return False, left - 1
    return True, np.int64(np.log(1.0 - draw(state)) * BLINKS_APART)


@kernel
def next_screening(data, state):  # type: ignore[no-untyped-def]
    """Return a number that no node and no route bears as that of its last screening."""
    state.numbers[SCREENING] += 1
    if state.numbers[SCREENING] == LAST_SCREENING:
        for node in range(state.seen.shape[0]):
            state.seen[node] = 0
        for vehicle in range(data.vehicles):
            state.open_to[vehicle] = 0
        state.numbers[SCREENING] = 1
    return np.int32(state.numbers[SCREENING])


@kernel
def _try_neighbours(data, state, client, reach, blinking):  # type: ignore[no-untyped-def]
    """Offer the places before and behind the nearest neighbours that are on a route."""
    left = state.numbers[UNTIL_BLINK] if blinking else NEVER_BLINKS
    screening = next_screening(data, state)
    for k in range(min(reach, data.near.shape[1])):
        neighbour = np.int64(data.near[client, k])
        vehicle = route_of(state, neighbour)
        if vehicle < 0 or not _is_open(data, state, client, vehicle, screening):
            continue
        # between two neighbours lies one place: the first of them to come by has offered it
        state.seen[neighbour] = screening
        following, before = next_of(state, neighbour), prev_of(state, neighbour)
        overlooked, left = blinks(state, left)
        if not overlooked and state.seen[following] != screening:
            offer(state, _screen(data, state, client, neighbour, following, vehicle, bound(data, state)), neighbour)
            if data.has_trips:
                offer_split(data, state, client, neighbour, vehicle)
        overlooked, left = blinks(state, left)
        if not overlooked and state.seen[before] != screening:
            offer(state, _screen(data, state, client, before, neighbour, vehicle, bound(data, state)), before)
            if data.has_trips:
                offer_split(data, state, client, before, vehicle)
    if blinking:
        state.numbers[UNTIL_BLINK] = left


@kernel
def _try_route(data, state, client, vehicle):  # type: ignore[no-untyped-def]
    """Offer every place of one route in use."""
    if state.size[vehicle] == 0 or not may_join(data, state, client, vehicle):
        return
    node, end = data.clients + vehicle, data.clients + data.vehicles + vehicle
    while node != end:
        following = next_of(state, node)
        offer(state, _screen(data, state, client, node, following, vehicle, bound(data, state)), node)
        if data.has_trips:
            offer_split(data, state, client, node, vehicle)
        node = following


@kernel
def _screen_places(data, state, client, reach, blinking, everywhere):  # type: ignore[no-untyped-def]
    """Offer the places worth a look: beside the neighbours or everywhere, in empty vehicles, on trips of their own."""
    clear_offers(state)
    companions = bound_to(data, state, client) if data.has_groups else np.int64(-1)
    if companions >= 0:
        _try_route(data, state, client, companions)
        return
    if everywhere:
        for vehicle in range(data.vehicles):
            _try_route(data, state, client, vehicle)
    else:
        _try_neighbours(data, state, client, reach, blinking)
    _try_empty(data, state, client)
    if data.has_trips:
        offer_next_trips(data, state, client)


@kernel
def best_place(data, state, client, reach, blinking, everywhere):  # type: ignore[no-untyped-def]
    """Return (price, place) of the cheapest place found, confirmed on intricate problems, or (NOWHERE, -1)."""
    _screen_places(data, state, client, reach, blinking, everywhere)
    if not data.intricate:
        return state.offers[0], np.int64(state.places[0])
    cheapest, chosen, more = NOWHERE, np.int64(-1), 0.0
    for k in range(OFFERS):
        place = np.int64(state.places[k])
        # what the screen did not see at the first place, it has not seen at the next ones either
        if place < 0 or state.offers[k] + more >= cheapest:
            break
        price = estimated_price(data, state, client, place) - state.price[route_of(state, before_of(data, place))]
        if price < cheapest:
            cheapest, chosen = price, place
            more = max(0.0, price - state.offers[k])
    return cheapest, chosen


@kernel
def insert(data, state, client, place):  # type: ignore[no-untyped-def]
    """Put a client at a place and make the figures true; return whether the route holds."""
    vehicle = route_of(state, before_of(data, place))
    remember(data, state, vehicle)
    old = state.price[vehicle]
    note_move(state, client, -1)
    before, following = put_in(data, state, client, place)
    holds = refresh_between(data, state, vehicle, before, following)
    state.cost[0] += state.price[vehicle] - old - data.prize[client]
    return holds


@kernel
def rebuild(data, state, following):  # type: ignore[no-untyped-def]
    """Lay the plan that a table of chains describes; return whether every route is feasible."""
    feasible = True
    state.numbers[ABSENT] = state.numbers[USED] = 0
    for kind in range(data.kind_first.shape[0] - 1):
        state.spare[kind] = data.kind_first[kind]
    for node in range(data.nodes):
        if node < data.clients or is_reload(data, node):
            state.node[node, ROUTE] = -1
    total = 0.0
    for vehicle in range(data.vehicles):
        start, end = data.clients + vehicle, data.clients + data.vehicles + vehicle
        state.node[start, NEXT], state.node[end, PREV] = end, start
        mark_stale(state, vehicle)
        state.size[vehicle] = 0
        state.extra[vehicle] = 0.0
        for k in range(data.capacity.shape[1]):
            state.brought[vehicle, k] = state.fetched[vehicle, k] = 0
        straight = distance_in(data, data.profile[vehicle] * data.slots, data.location[start], data.location[end])
        state.distance[vehicle] = state.node[start, AHEAD] = state.node[end, BEHIND] = straight
        before, node = start, int(following[start])
        while node != end:
            if node < data.clients:
                link(data, state, node, before)
            else:
                link_reload(data, state, node, before)
            before, node = node, int(following[node])
        feasible = refresh(data, state, vehicle) and feasible
        total += state.price[vehicle]
    for client in range(data.clients):
        if route_of(state, client) < 0:
            state.absent[state.numbers[ABSENT]] = client
            state.numbers[ABSENT] += 1
            total += data.prize[client]
    state.cost[0] = total
    return feasible


def chains(data: Data, routes: Iterable[tuple[int, Sequence[int]]]) -> NDArray[np.int32]:
    """Return the table of chains of (vehicle, clients and reloads) pairs; vehicles that are not named stay empty."""
    following = np.full(data.nodes, -1, np.int32)
    starts = np.arange(data.clients, data.clients + data.vehicles)
    following[starts] = starts + data.vehicles
    for vehicle, clients in routes:
        end = data.clients + data.vehicles + vehicle
        nodes = [data.clients + vehicle, *clients, end]
        following[nodes[:-1]] = nodes[1:]
    return following


def clients_of(data: Data, following: NDArray[np.int32]) -> list[tuple[int, list[int]]]:
    """Return (vehicle, nodes) of every route that serves somebody: its clients, and its reloads between them."""
    routes = []
    for vehicle in range(data.vehicles):
        nodes, node, end = [], int(following[data.clients + vehicle]), data.clients + data.vehicles + vehicle
        while node != end:
            nodes.append(node)
            node = int(following[node])
        if any(node < data.clients for node in nodes):
            routes.append((vehicle, nodes))
    return routes
