"""Taking out strings: neighbouring stops of neighbouring routes, so that what is put back has room to change.

J. Christiaens and G. Vanden Berghe, Slack Induction by String Removals, Transportation Science 54(2), 2020.
"""

from typing import Final

import numpy as np

from zaguan.engines.solver.columns import next_of, prev_of, route_of
from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.rules.frozen import may_go
from zaguan.engines.solver.search.reloads import tidy_trips
from zaguan.engines.solver.search.routes import refresh_between, unlink
from zaguan.engines.solver.search.state import ABSENT, OWNED, SAVED_ABSENT, USED, draw, draw_below
from zaguan.engines.solver.search.undo import note_move, remember

LONGEST_STRING: Final = 10
SPLIT_RATE: Final = 0.5
SPLIT_GROWS: Final = 0.01
MOST_COMPANIONS: Final = 30
WHOLE_GROUPS: Final = 0.5  # how often a client's companions go with it


@kernel
def _take_out(data, state, client):  # type: ignore[no-untyped-def]
    note_move(state, client, prev_of(state, client))
    unlink(data, state, client)
    state.absent[state.numbers[ABSENT]] = client
    state.numbers[ABSENT] += 1


@kernel
def _take_partners(data, state, taken_from):  # type: ignore[no-untyped-def]
    """Let the other clients of the pairs of those taken out go as well; return whether there were any."""
    taken = state.numbers[ABSENT]
    for at in range(taken_from, taken):
        partner = np.int64(data.partner[state.absent[at]])
        if partner >= 0 and route_of(state, partner) >= 0:
            _take_out(data, state, partner)
    return state.numbers[ABSENT] > taken


@kernel
def _around(data, state, client, most):  # type: ignore[no-untyped-def]
    """Return how many clients that may go stand before and behind one, in one stretch, counted up to a number."""
    before = after = 0
    node = prev_of(state, client)
    while before < most and may_go(data, node):
        node = prev_of(state, node)
        before += 1
    node = next_of(state, client)
    while after < most and may_go(data, node):
        node = next_of(state, node)
        after += 1
    return before, after


@kernel
def _take_companions(data, state, vehicle, taken_from):  # type: ignore[no-untyped-def]
    """Let those who must be on one vehicle with a client taken out go as well: else it could only come back."""
    for at in range(taken_from, state.numbers[ABSENT]):
        client = np.int64(state.absent[at])
        for k in range(data.companion_first[client], data.companion_first[client + 1]):
            companion = np.int64(data.companion[k])
            taken = state.numbers[ABSENT] - taken_from
            if taken < MOST_COMPANIONS and route_of(state, companion) == vehicle and may_go(data, companion):
                _take_out(data, state, companion)


@kernel
def _remove_string(data, state, vehicle, client, length, kept):  # type: ignore[no-untyped-def]
    """Take out `length` clients around one of its route, leaving `kept` in their middle on the route.

    Returns whether the shortened route holds.
    """
    span, taken_from = length + kept, state.numbers[ABSENT]
    before, after = _around(data, state, client, span - 1)
    least, most = max(0, span - 1 - after), min(before, span - 1)
    back = least + draw_below(state, most - least + 1)
    node = client
    for _ in range(back):
        node = prev_of(state, node)
    outer, old = prev_of(state, node), state.price[vehicle]
    spared_from = 1 + draw_below(state, length - 1) if kept > 0 and length > 1 else span
    for at in range(span):
        following = next_of(state, node)
        if at < spared_from or at >= spared_from + kept:
            _take_out(data, state, node)
        node = following
    if data.has_groups and draw(state) < WHOLE_GROUPS:
        _take_companions(data, state, vehicle, taken_from)
        outer, node = data.clients + vehicle, data.clients + data.vehicles + vehicle
    if data.has_pairs and _take_partners(data, state, taken_from):
        outer, node = data.clients + vehicle, data.clients + data.vehicles + vehicle
    if data.has_trips:
        tidy_trips(data, state, vehicle)
    holds = refresh_between(data, state, vehicle, outer, node)
    state.cost[0] += state.price[vehicle] - old
    return holds


@kernel
def ruin(data, state, mean_removed, seed):  # type: ignore[no-untyped-def]
    """Take out some strings near a client, of routes not changed yet; return whether every shortened route still holds.

    Where travel breaks the triangle inequality, or a wait that served as a rest is gone, it may not.
    """
    used = state.numbers[USED]
    if used == 0:
        return True
    mean_length = (state.numbers[OWNED] - state.numbers[ABSENT]) / used
    longest = min(float(LONGEST_STRING), mean_length)
    strings = int(1.0 + draw(state) * (4.0 * mean_removed / (1.0 + longest)))
    ruined, holds = 0, True
    for k in range(-1, data.near.shape[1]):
        client = np.int64(seed) if k < 0 else np.int64(data.near[seed, k])
        vehicle = route_of(state, client)
        if vehicle < 0 or state.logged[vehicle] or not may_go(data, client):
            continue
        remember(data, state, vehicle)
        size = np.int64(state.size[vehicle])
        if data.has_trips or data.has_frozen:
            before, after = _around(data, state, client, size)
            size = before + 1 + after
        length = int(1.0 + draw(state) * min(float(size), longest))
        length = min(length, int(size))
        kept = 0
        if length < size and length > 1 and draw(state) < SPLIT_RATE:
            kept = 1
            while length + kept < size and draw(state) > SPLIT_GROWS and draw(state) < 0.5:
                kept += 1
        holds = _remove_string(data, state, vehicle, client, length, kept) and holds
        ruined += 1
        if ruined >= strings:
            break
    for at in range(state.numbers[SAVED_ABSENT], state.numbers[ABSENT]):
        state.cost[0] += data.prize[state.absent[at]]
    return holds
