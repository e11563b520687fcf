"""Where a client fits: cheap screening of the places beside its neighbours, exact confirmation of the best.

The screen joins time-window segments in constant time. On simple problems it is exact; on intricate ones (travel by
the hour, breaks, soft or several windows, driving hours) the few best places are confirmed by the exact schedule.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.columns import BACK, FORE, LEAVES, NEXT, PREV, ROUTE, next_of, prev_of, route_of
from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.limits import UNREACHABLE_S
from zaguan.engines.solver.rules.capacity import fits_between, fits_route
from zaguan.engines.solver.rules.time_windows import joined
from zaguan.engines.solver.rules.travel import distance_in, slot_at
from zaguan.engines.solver.search.data import Data
from zaguan.engines.solver.search.routes import estimated_price, leg_in, link, refresh, refresh_around
from zaguan.engines.solver.search.state import ABSENT, OFFERS, draw
from zaguan.engines.solver.search.undo import remember

NOWHERE: Final = 1e300
BLINK: Final = 0.01


@kernel
def _screen(data, state, client, before, following, vehicle, bound):  # type: ignore[no-untyped-def]
    """Return the price of a client between two nodes of a route, or NOWHERE; exact on simple problems."""
    matrix = data.profile[vehicle] * data.slots
    if data.slots > 1:
        matrix += slot_at(data, state.node[before, LEAVES])
    at, near, far = data.location[client], data.location[before], data.location[following]
    more = (
        distance_in(data, matrix, near, at) + distance_in(data, matrix, at, far) - distance_in(data, matrix, near, far)
    )
    price = data.per_m[vehicle] * more + data.preference[client, data.kind[vehicle]]
    if state.size[vehicle] == 0:
        price += data.fixed[vehicle]
    if price >= bound:
        return NOWHERE
    if data.mixed and not fits_between(data, state, client, before, following, vehicle):
        return NOWHERE
    there, back = leg_in(data, matrix, before, client), leg_in(data, matrix, client, following)
    if there >= UNREACHABLE_S or back >= UNREACHABLE_S:
        return NOWHERE
    if not data.timed:
        return price
    a, b = state.node[before], state.node[following]
    duration, early, late, warp = joined(
        a[FORE], a[FORE + 1], a[FORE + 2], a[FORE + 3], there,
        data.service[client], data.earliest[client], data.latest[client], 0,
    )  # fmt: skip
    if warp > 0:
        return NOWHERE
    duration, early, late, warp = joined(
        duration, early, late, warp, back, b[BACK], b[BACK + 1], b[BACK + 2], b[BACK + 3]
    )
    if warp > 0 or duration > data.max_duration[vehicle]:
        return NOWHERE
    old = state.duration[vehicle] if state.size[vehicle] > 0 else 0
    price += data.per_s[vehicle] * (duration - old)
    over = max(0, duration + early - data.regular_end[vehicle])
    if state.size[vehicle] > 0:
        over -= max(0, state.returns[vehicle] - data.regular_end[vehicle])
    price += data.overtime_price[vehicle] * over
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
def _try_empty(data, state, client):  # type: ignore[no-untyped-def]
    """Offer one empty vehicle of each class."""
    for kind in range(data.kind_first.shape[0] - 1):
        if not data.compatible[client, kind]:
            continue
        for m in range(data.kind_first[kind], data.kind_first[kind + 1]):
            vehicle = np.int64(data.kind_members[m])
            if state.size[vehicle] > 0:
                continue
            if fits_route(data, state, client, vehicle):
                start, end = data.clients + vehicle, data.clients + data.vehicles + vehicle
                _offer(state, _screen(data, state, client, start, end, vehicle, _bound(data, state)), start)
            break


@kernel
def may_join(data, state, client, vehicle):  # type: ignore[no-untyped-def]
    """Tell whether a client may be on a vehicle's route at all: skills, number of clients, total load."""
    return (
        data.compatible[client, data.kind[vehicle]]
        and state.size[vehicle] < data.max_clients[vehicle]
        and fits_route(data, state, client, vehicle)
    )


@kernel
def _try_neighbours(data, state, client, reach, blink):  # type: ignore[no-untyped-def]
    """Offer the places before and behind the nearest neighbours that are on a route."""
    for k in range(min(reach, data.near.shape[1])):
        neighbour = np.int64(data.near[client, k])
        vehicle = route_of(state, neighbour)
        if vehicle < 0 or not may_join(data, state, client, vehicle):
            continue
        before, following = prev_of(state, neighbour), next_of(state, neighbour)
        if blink <= 0.0 or draw(state) >= blink:
            _offer(state, _screen(data, state, client, neighbour, following, vehicle, _bound(data, state)), neighbour)
        if blink <= 0.0 or draw(state) >= blink:
            _offer(state, _screen(data, state, client, before, neighbour, vehicle, _bound(data, state)), before)


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
def best_place(data, state, client, reach, blink, everywhere):  # type: ignore[no-untyped-def]
    """Return (price, node before) of the cheapest place found, confirmed on intricate problems, or (NOWHERE, -1)."""
    for k in range(OFFERS):
        state.offers[k], state.places[k] = NOWHERE, -1
    if everywhere:
        _try_everywhere(data, state, client)
    else:
        _try_neighbours(data, state, client, reach, blink)
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
    link(data, state, client, before)
    holds = refresh_around(data, state, vehicle, client)
    state.cost[0] += state.price[vehicle] - old - data.prize[client]
    return holds


@kernel
def rebuild(data, state, following):  # type: ignore[no-untyped-def]
    """Lay the plan that a table of chains describes; return whether every route is feasible."""
    feasible = True
    state.numbers[ABSENT] = 0
    for client in range(data.clients):
        state.node[client, ROUTE] = -1
    total = 0.0
    for vehicle in range(data.vehicles):
        start, end = data.clients + vehicle, data.clients + data.vehicles + vehicle
        state.node[start, NEXT], state.node[end, PREV] = end, start
        state.size[vehicle] = 0
        state.distance[vehicle] = 0
        state.extra[vehicle] = 0.0
        for k in range(data.capacity.shape[1]):
            state.brought[vehicle, k] = state.fetched[vehicle, k] = 0
        state.distance[vehicle] = distance_in(
            data, data.profile[vehicle] * data.slots, data.location[start], data.location[end]
        )
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
