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
from zaguan.engines.solver.rules.shifts import added_time_price
from zaguan.engines.solver.rules.time_windows import joined
from zaguan.engines.solver.rules.travel import distance_in, distance_to, duration_in, duration_to, slot_at
from zaguan.engines.solver.search.data import Data
from zaguan.engines.solver.search.routes import estimated_price, link, refresh, refresh_between
from zaguan.engines.solver.search.state import ABSENT, OFFERS, SCREENING, UNTIL_BLINK, USED, draw
from zaguan.engines.solver.search.undo import mark_stale, note_move, remember

NOWHERE: Final = 1e300
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
def _screen(data, state, client, before, following, vehicle, bound):  # type: ignore[no-untyped-def]
    """Return the price of a client between two nodes of a route, or NOWHERE; exact on simple problems."""
    matrix = data.profile[vehicle] * data.slots
    if data.slots > 1:
        matrix += slot_at(data, state.node[before, LEAVES])
    price = data.per_m[vehicle] * detour(data, state, client, before, following, matrix)
    price += data.preference[client, data.kind[vehicle]]
    if state.size[vehicle] == 0:
        price += data.fixed[vehicle]
    if price >= bound:
        return NOWHERE
    if data.mixed and not fits_between(data, state, client, before, following, vehicle):
        return NOWHERE
    at, near, far = data.location[client], data.location[before], data.location[following]
    there, back = duration_to(data, matrix, at, near), duration_in(data, matrix, at, far)
    if there >= UNREACHABLE_S or back >= UNREACHABLE_S:
        return NOWHERE
    if not data.timed:
        return price
    there += data.setup[client] if near != at else 0
    back += data.setup[following] if far != at else 0
    return _timed_screen(data, state, client, before, following, vehicle, price, there, back)


@kernel
def _timed_screen(data, state, client, before, following, vehicle, price, there, back):  # type: ignore[no-untyped-def]
    """Add the price of time to a place whose legs are known, or return NOWHERE."""
    a, b = state.node[before], state.node[following]
    duration, early, late, warp = joined(
        a[FORE], a[FORE + 1], a[FORE + 2], 0, there,
        data.service[client], data.earliest[client], data.latest[client], 0,
    )  # fmt: skip
    if warp > 0:
        return NOWHERE
    duration, early, late, warp = joined(duration, early, late, 0, back, b[BACK], b[BACK + 1], b[BACK + 2], 0)
    if warp > 0 or duration > data.max_duration[vehicle]:
        return NOWHERE
    price += added_time_price(data, state, vehicle, duration, early + duration)
    if data.late_price[client] >= 0:
        reached = early + duration - b[BACK] - back - data.service[client]
        price += data.late_price[client] * max(0, reached - data.closes[client, data.window_count[client] - 1])
    return price


@kernel
def _offer(state, price, before):  # type: ignore[no-untyped-def]
    """Keep a place among the best seen, cheapest first."""
    if price >= state.offers[OFFERS - 1]:
        return
    at = OFFERS - 1
    while at > 0 and state.offers[at - 1] > price:
        state.offers[at], state.places[at] = state.offers[at - 1], state.places[at - 1]
        at -= 1
    state.offers[at], state.places[at] = price, before


@kernel
def _bound(data, state):  # type: ignore[no-untyped-def]
    """Return the price above which a place is of no use: intricate problems keep a few for confirmation."""
    return state.offers[OFFERS - 1] if data.intricate else state.offers[0]


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
        if vehicle >= 0 and fits_route(data, state, client, vehicle):
            start, end = data.clients + vehicle, data.clients + data.vehicles + vehicle
            _offer(state, _screen(data, state, client, start, end, vehicle, _bound(data, state)), start)


@kernel
def may_join(data, state, client, vehicle):  # type: ignore[no-untyped-def]
    """Tell whether a client may be on a vehicle's route at all: skills, number of clients, total load."""
    return (
        data.compatible[client, data.kind[vehicle]]
        and state.size[vehicle] < data.max_clients[vehicle]
        and fits_route(data, state, client, vehicle)
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
            _offer(state, _screen(data, state, client, neighbour, following, vehicle, _bound(data, state)), neighbour)
        overlooked, left = blinks(state, left)
        if not overlooked and state.seen[before] != screening:
            _offer(state, _screen(data, state, client, before, neighbour, vehicle, _bound(data, state)), before)
    if blinking:
        state.numbers[UNTIL_BLINK] = left


@kernel
def _nearest_place(data, state, client, reach, blinking):  # type: ignore[no-untyped-def]
    """Return (price, node before) of the cheapest place beside the neighbours, on a simple problem."""
    price, place = NOWHERE, np.int64(-1)
    left = state.numbers[UNTIL_BLINK] if blinking else NEVER_BLINKS
    screening = next_screening(data, state)
    for k in range(min(reach, data.near.shape[1])):
        neighbour = np.int64(data.near[client, k])
        vehicle = route_of(state, neighbour)
        if vehicle < 0 or not _is_open(data, state, client, vehicle, screening):
            continue
        state.seen[neighbour] = screening
        following, before = next_of(state, neighbour), prev_of(state, neighbour)
        overlooked, left = blinks(state, left)
        if not overlooked and state.seen[following] != screening:
            offer = _screen(data, state, client, neighbour, following, vehicle, price)
            if offer < price:
                price, place = offer, neighbour
        overlooked, left = blinks(state, left)
        if not overlooked and state.seen[before] != screening:
            offer = _screen(data, state, client, before, neighbour, vehicle, price)
            if offer < price:
                price, place = offer, before
    if blinking:
        state.numbers[UNTIL_BLINK] = left
    return price, place


@kernel
def _try_everywhere(data, state, client):  # type: ignore[no-untyped-def]
    """Offer every place of every route in use."""
    for vehicle in range(data.vehicles):
        if state.size[vehicle] == 0 or not may_join(data, state, client, vehicle):
            continue
        node, end = data.clients + vehicle, data.clients + data.vehicles + vehicle
        while node != end:
            following = next_of(state, node)
            _offer(state, _screen(data, state, client, node, following, vehicle, _bound(data, state)), node)
            node = following


@kernel
def best_place(data, state, client, reach, blinking, everywhere):  # type: ignore[no-untyped-def]
    """Return (price, node before) of the cheapest place found, confirmed on intricate problems, or (NOWHERE, -1)."""
    for k in range(OFFERS):
        state.offers[k], state.places[k] = NOWHERE, -1
    if everywhere:
        _try_everywhere(data, state, client)
    elif not data.intricate:
        price, place = _nearest_place(data, state, client, reach, blinking)
        _offer(state, price, place)
    else:
        _try_neighbours(data, state, client, reach, blinking)
    _try_empty(data, state, client)
    if not data.intricate:
        return state.offers[0], state.places[0]
    cheapest, place, more = NOWHERE, np.int64(-1), 0.0
    for k in range(OFFERS):
        before = np.int64(state.places[k])
        # what the screen did not see at the first place, it has not seen at the next ones either
        if before < 0 or state.offers[k] + more >= cheapest:
            break
        vehicle = route_of(state, before)
        price = estimated_price(data, state, vehicle, client, before) - state.price[vehicle]
        if price < cheapest:
            cheapest, place = price, before
            more = max(0.0, price - state.offers[k])
    return cheapest, place


@kernel
def insert(data, state, client, before):  # type: ignore[no-untyped-def]
    """Put a client behind a node and make the figures true; return whether the route holds."""
    vehicle = route_of(state, before)
    remember(data, state, vehicle)
    old = state.price[vehicle]
    note_move(state, client, -1)
    link(data, state, client, before)
    holds = refresh_between(data, state, vehicle, before, next_of(state, client))
    state.cost[0] += state.price[vehicle] - old - data.prize[client]
    return holds


@kernel
def rebuild(data, state, following):  # type: ignore[no-untyped-def]
    """Lay the plan that a table of chains describes; return whether every route is feasible."""
    feasible = True
    state.numbers[ABSENT] = state.numbers[USED] = 0
    for kind in range(data.kind_first.shape[0] - 1):
        state.spare[kind] = data.kind_first[kind]
    for client in range(data.clients):
        state.node[client, ROUTE] = -1
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
        node = start
        while following[node] != end:
            link(data, state, following[node], node)
            node = following[node]
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
    """Return the table of chains of (vehicle, clients) pairs; vehicles that are not named stay empty."""
    following = np.full(data.clients + 2 * data.vehicles, -1, np.int32)
    starts = np.arange(data.clients, data.clients + data.vehicles)
    following[starts] = starts + data.vehicles
    for vehicle, clients in routes:
        end = data.clients + data.vehicles + vehicle
        nodes = [data.clients + vehicle, *clients, end]
        following[nodes[:-1]] = nodes[1:]
    return following
