"""Where a pair fits: both of its clients are placed at once, the second one anywhere behind the first.

Every route that passes a neighbour of either client is scanned once. Backwards it is written down what the second one
costs behind each node, and the least of that from there on; with this bound most places of the first one are passed
over. From a place that is left the route is followed with the time-window segment built up so far, so that each place
of the second one is judged in constant time.
"""

import numpy as np

from zaguan.engines.solver.columns import AHEAD, BACK, FORE, LEAVES, LEG, OWN, next_of, prev_of, route_of
from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.limits import UNREACHABLE_S
from zaguan.engines.solver.rules.frozen import stays
from zaguan.engines.solver.rules.pairs import has_room_behind
from zaguan.engines.solver.rules.service import service_in
from zaguan.engines.solver.rules.shifts import added_time_price
from zaguan.engines.solver.rules.time_windows import joined
from zaguan.engines.solver.rules.travel import distance_in, distance_to, slot_at, ways_between
from zaguan.engines.solver.search.insertion import NEVER_BLINKS, blinks, detour, first_empty, may_join, next_screening
from zaguan.engines.solver.search.offers import NOWHERE
from zaguan.engines.solver.search.routes import leg_in
from zaguan.engines.solver.search.schedule import estimate, schedule
from zaguan.engines.solver.search.state import OFFERS, UNTIL_BLINK


@kernel
def pair_may_join(data, state, fetched, vehicle):  # type: ignore[no-untyped-def]
    """Tell whether a pair may be on a vehicle's route at all: skills, number of clients, load."""
    brought = np.int64(data.partner[fetched])
    if state.size[vehicle] + 2 > data.max_clients[vehicle]:
        return False
    for k in range(data.capacity.shape[1]):
        if data.change[fetched, k] > data.capacity[vehicle, k]:
            return False
    return may_join(data, state, fetched, vehicle) and may_join(data, state, brought, vehicle)


@kernel
def _limit(data, state):  # type: ignore[no-untyped-def]
    """Return the price above which a place is of no use: intricate problems keep a few for confirmation."""
    return state.offers[OFFERS - 1] if data.intricate else state.offers[0]


@kernel
def _offer(state, price, before, behind):  # type: ignore[no-untyped-def]
    """Keep a place of both clients among the best seen, cheapest first."""
    if price >= state.offers[OFFERS - 1]:
        return
    at = OFFERS - 1
    while at > 0 and state.offers[at - 1] > price:
        state.offers[at], state.places[at] = state.offers[at - 1], state.places[at - 1]
        state.places_behind[at] = state.places_behind[at - 1]
        at -= 1
    state.offers[at], state.places[at], state.places_behind[at] = price, before, behind


@kernel
def _matrix_at(data, state, vehicle, node):  # type: ignore[no-untyped-def]
    """Return the matrix by which one travels on from a node of a route."""
    matrix = data.profile[vehicle] * data.slots
    if data.slots > 1:
        matrix += slot_at(data, state.node[node, LEAVES])
    return matrix


@kernel
def _is_in_time(data, state, client, before, following, vehicle, matrix):  # type: ignore[no-untyped-def]
    """Tell whether one client alone between two nodes of a route is in time, and everybody behind it."""
    there, back = ways_between(data, matrix, client, before, following)
    if there >= UNREACHABLE_S:
        return False
    if not data.timed:
        return True
    starts = max(state.node[before, FORE] + state.node[before, FORE + 1] + there, data.earliest[client])
    leaves = starts + service_in(data, vehicle, client)
    return starts <= data.latest[client] and leaves + back <= state.node[following, BACK + 2]


@kernel
def _is_open_behind(data, state, client, before):  # type: ignore[no-untyped-def]
    """Tell whether a node is left before the client's last window closes; on no later one of the route if not."""
    return not data.timed or state.node[before, FORE] + state.node[before, FORE + 1] <= data.latest[client]


@kernel
def _is_open_before(data, state, client, following):  # type: ignore[no-untyped-def]
    """Tell whether a node can wait until the client's first window opens; no earlier one of the route can if not."""
    return not data.timed or data.earliest[client] <= state.node[following, BACK + 2]


@kernel
def _write_second(data, state, brought, vehicle, thorough):  # type: ignore[no-untyped-def]
    """Write what the second client costs behind each node of a route, and the least of that from there on."""
    start, following = data.clients + vehicle, np.int64(data.clients + data.vehicles + vehicle)
    least = NOWHERE
    while following != start:
        node = prev_of(state, following)
        price = NOWHERE
        # most places are ruled out by the hour, before any travel is looked up
        if thorough or (
            _is_open_behind(data, state, brought, node) and _is_open_before(data, state, brought, following)
        ):
            matrix = _matrix_at(data, state, vehicle, node)
            if thorough or _is_in_time(data, state, brought, node, following, vehicle, matrix):
                price = data.per_m[vehicle] * detour(data, state, brought, node, following, matrix)
                least = min(least, price)
        state.second[node], state.least_second[node] = price, least
        following = node


@kernel
def _late_price(data, client, vehicle, leaves):  # type: ignore[no-untyped-def]
    """Return what it costs that a client is left at a moment, if its windows are soft."""
    if data.late_price[client] < 0:
        return 0.0
    late = leaves - service_in(data, vehicle, client) - data.closes[client, data.window_count[client] - 1]
    return data.late_price[client] * max(0, late)


@kernel
def _bring(data, state, brought, before, following, vehicle, matrix, price, duration, early, late):  # type: ignore[no-untyped-def]
    """Return the price with the second client between a segment, which ends with one node, and the rest of the route.

    NOWHERE if somebody is served too late.
    """
    there, back = leg_in(data, matrix, before, brought), leg_in(data, matrix, brought, following)
    if there >= UNREACHABLE_S or back >= UNREACHABLE_S:
        return NOWHERE
    if not data.timed:
        return price
    duration, early, late, warp = joined(
        duration, early, late, 0, there,
        service_in(data, vehicle, brought), data.earliest[brought], data.latest[brought], 0,
    )  # fmt: skip
    if warp > 0:
        return NOWHERE
    price += _late_price(data, brought, vehicle, early + duration)
    row = state.node[following]
    duration, early, late, warp = joined(duration, early, late, 0, back, row[BACK], row[BACK + 1], row[BACK + 2], 0)
    if warp > 0 or duration > data.max_duration[vehicle]:
        return NOWHERE
    return price + added_time_price(data, state, vehicle, duration, early + duration)


@kernel
def _follow(data, state, fetched, before, vehicle, price, leg, duration, early, late):  # type: ignore[no-untyped-def]
    """Offer each place of the second client behind a node or later, the first one being put before that node.

    `price` is that of the first one, the segment ends with it, and `leg` leads from it to the node.
    """
    brought = np.int64(data.partner[fetched])
    node = next_of(state, before)
    while node < data.clients and price + state.least_second[node] < _limit(data, state):
        if data.timed:
            row = state.node[node]
            duration, early, late, warp = joined(duration, early, late, 0, leg, row[OWN], row[OWN + 1], row[OWN + 2], 0)
            if warp > 0:
                return
        if not has_room_behind(data, state, fetched, node, vehicle):
            return
        following, whole = next_of(state, node), price + state.second[node]
        if whole < _limit(data, state) and not stays(data, following):
            matrix = _matrix_at(data, state, vehicle, node)
            whole = _bring(data, state, brought, node, following, vehicle, matrix, whole, duration, early, late)
            _offer(state, whole, before, node)
        leg, node = state.node[following, LEG], following


@kernel
def _fetch(data, state, fetched, before, following, vehicle, base, thorough):  # type: ignore[no-untyped-def]
    """Offer the places of a pair whose first client comes between two nodes of a route."""
    if stays(data, following):
        return
    brought, end = np.int64(data.partner[fetched]), data.clients + data.vehicles + vehicle
    matrix = _matrix_at(data, state, vehicle, before)
    at, goal, near, far = (
        data.location[fetched],
        data.location[brought],
        data.location[before],
        data.location[following],
    )
    direct = state.node[before, AHEAD] if data.slots == 1 else distance_in(data, matrix, near, far)
    there, onward = distance_to(data, matrix, at, near) - direct, distance_in(data, matrix, at, goal)
    price = base + data.per_m[vehicle] * (there + distance_in(data, matrix, at, far))
    beside = base + data.per_m[vehicle] * (there + onward + distance_in(data, matrix, goal, far))
    later = price + state.least_second[following] if following != end else NOWHERE
    if min(beside, later) >= _limit(data, state) or not has_room_behind(data, state, fetched, before, vehicle):
        return
    if not thorough and not _is_in_time(data, state, fetched, before, following, vehicle, matrix):
        return
    there, back = leg_in(data, matrix, before, fetched), leg_in(data, matrix, fetched, following)
    if there >= UNREACHABLE_S:
        return
    duration, early, late = 0, 0, 0
    if data.timed:
        row = state.node[before]
        duration, early, late, warp = joined(
            row[FORE], row[FORE + 1], row[FORE + 2], 0, there,
            service_in(data, vehicle, fetched), data.earliest[fetched], data.latest[fetched], 0,
        )  # fmt: skip
        if warp > 0:
            return
        more = _late_price(data, fetched, vehicle, early + duration)
        price, beside = price + more, beside + more
    if beside < _limit(data, state):
        beside = _bring(data, state, brought, fetched, following, vehicle, matrix, beside, duration, early, late)
        _offer(state, beside, before, before)
    if back < UNREACHABLE_S:
        _follow(data, state, fetched, before, vehicle, price, back, duration, early, late)


@kernel
def _scan(data, state, fetched, vehicle, thorough, left):  # type: ignore[no-untyped-def]
    """Offer all places of a pair on one route; return how many are left until the next one that is overlooked.

    Unless the scan is thorough, it takes for granted that one more client never makes anybody be served earlier.
    """
    brought = np.int64(data.partner[fetched])
    _write_second(data, state, brought, vehicle, thorough)
    base = data.preference[fetched, data.kind[vehicle]] + data.preference[brought, data.kind[vehicle]]
    if state.size[vehicle] == 0:
        base += data.fixed[vehicle]
    node, end = np.int64(data.clients + vehicle), data.clients + data.vehicles + vehicle
    while node != end and (thorough or _is_open_behind(data, state, fetched, node)):
        following = next_of(state, node)
        overlooked, left = blinks(state, left)
        if not overlooked and (thorough or _is_open_before(data, state, fetched, following)):
            _fetch(data, state, fetched, node, following, vehicle, base, thorough)
        node = following
    return left


@kernel
def _scan_near(data, state, fetched, reach, left):  # type: ignore[no-untyped-def]
    """Scan each route that passes one of the nearest neighbours of either client, the nearest first."""
    screening = next_screening(data, state)
    for k in range(min(reach, data.near.shape[1])):
        for client in (fetched, np.int64(data.partner[fetched])):
            vehicle = route_of(state, np.int64(data.near[client, k]))
            if vehicle < 0 or state.open_to[vehicle] >> 1 == screening:
                continue
            state.open_to[vehicle] = 2 * np.int64(screening)
            if pair_may_join(data, state, fetched, vehicle):
                left = _scan(data, state, fetched, vehicle, False, left)
    return left


@kernel
def best_pair_place(data, state, fetched, reach, blinking, everywhere):  # type: ignore[no-untyped-def]
    """Return (price, node before the first, node before the second client) of the cheapest places found.

    Both nodes are those of the route as it is: where they are the same, the second client follows the first. On
    intricate problems the places are confirmed; where there are none they are (NOWHERE, -1, -1).
    """
    for k in range(OFFERS):
        state.offers[k], state.places[k], state.places_behind[k] = NOWHERE, -1, -1
    left = np.int64(state.numbers[UNTIL_BLINK]) if blinking else NEVER_BLINKS
    if everywhere:
        for vehicle in range(data.vehicles):
            if state.size[vehicle] > 0 and pair_may_join(data, state, fetched, vehicle):
                left = _scan(data, state, fetched, vehicle, True, left)
    else:
        left = _scan_near(data, state, fetched, reach, left)
    for kind in range(data.kind_first.shape[0] - 1):
        vehicle = first_empty(data, state, kind)
        if vehicle >= 0 and pair_may_join(data, state, fetched, vehicle):
            left = _scan(data, state, fetched, vehicle, everywhere, left)
    if blinking:
        state.numbers[UNTIL_BLINK] = left
    if not data.intricate:
        return state.offers[0], np.int64(state.places[0]), np.int64(state.places_behind[0])
    return _confirmed(data, state, fetched)


@kernel
def _confirmed(data, state, fetched):  # type: ignore[no-untyped-def]
    """Return (price, node before the first, node before the second client) of the offer that is really cheapest."""
    cheapest, chosen, more = NOWHERE, -1, 0.0
    for k in range(OFFERS):
        before = np.int64(state.places[k])
        # what the screen did not see at the first place, it has not seen at the next ones either
        if before < 0 or state.offers[k] + more >= cheapest:
            break
        price = _estimated(data, state, fetched, before, np.int64(state.places_behind[k]))
        price -= state.price[route_of(state, before)]
        if price < cheapest:
            cheapest, chosen = price, k
            more = max(0.0, price - state.offers[k])
    if chosen < 0:
        return NOWHERE, np.int64(-1), np.int64(-1)
    return cheapest, np.int64(state.places[chosen]), np.int64(state.places_behind[chosen])


@kernel
def _gather(data, state, fetched, before, behind):  # type: ignore[no-untyped-def]
    """Write a route with a pair at its places into the scratch nodes; return the length."""
    nodes, at, vehicle = state.scratch.nodes, 0, route_of(state, before)
    node, end = np.int64(data.clients + vehicle), data.clients + data.vehicles + vehicle
    while True:
        nodes[at] = node
        at += 1
        if node == before:
            nodes[at] = fetched
            at += 1
        if node == behind:
            nodes[at] = data.partner[fetched]
            at += 1
        if node == end:
            return at
        node = next_of(state, node)


@kernel
def _own_price(data, state, fetched, vehicle):  # type: ignore[no-untyped-def]
    """Return what a route costs beside its schedule, with a pair on it."""
    brought, kind = np.int64(data.partner[fetched]), data.kind[vehicle]
    return state.extra[vehicle] + data.preference[fetched, kind] + data.preference[brought, kind]


@kernel
def _estimated(data, state, fetched, before, behind):  # type: ignore[no-untyped-def]
    """Return the price of a route with a pair at its places by the quick schedule, infinity if impossible."""
    vehicle, length = route_of(state, before), _gather(data, state, fetched, before, behind)
    price = estimate(data, state.scratch, vehicle, length)
    return price + _own_price(data, state, fetched, vehicle)


@kernel
def exact_pair_price(data, state, fetched, before, behind):  # type: ignore[no-untyped-def]
    """Return the exact price of a route with a pair at its places, infinity if that breaks a rule."""
    vehicle, length = route_of(state, before), _gather(data, state, fetched, before, behind)
    feasible, _, _, _, _, price = schedule(data, state.scratch, vehicle, length)
    if not feasible:
        return np.inf
    return price + _own_price(data, state, fetched, vehicle)


@kernel
def cheapest_pair_in(data, state, fetched, vehicle):  # type: ignore[no-untyped-def]
    """Return (added price, node before the first, node before the second client) on one vehicle's route, exactly.

    Every two places are tried; (infinity, -1, -1) if there are none.
    """
    best, first, second = np.inf, np.int64(-1), np.int64(-1)
    if not pair_may_join(data, state, fetched, vehicle):
        return best, first, second
    before, end = np.int64(data.clients + vehicle), data.clients + data.vehicles + vehicle
    while before != end:
        behind = before if not stays(data, next_of(state, before)) else end
        while behind != end and has_room_behind(data, state, fetched, behind, vehicle):
            price = exact_pair_price(data, state, fetched, before, behind) - state.price[vehicle]
            if price < best:
                best, first, second = price, before, behind
            behind = next_of(state, behind)
            if behind >= data.clients:
                break  # the end, or another trip
        before = next_of(state, before)
    return best, first, second


@kernel
def cheapest_pair_anywhere(data, state, fetched):  # type: ignore[no-untyped-def]
    """Return (added price, node before the first, node before the second client) of all vehicles, used or not."""
    best, first, second = np.inf, np.int64(-1), np.int64(-1)
    for vehicle in range(data.vehicles):
        price, before, behind = cheapest_pair_in(data, state, fetched, vehicle)
        if price < best:
            best, first, second = price, before, behind
    return best, first, second
