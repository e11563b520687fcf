"""The chain of a route: laying a client between two nodes and bridging the gap it leaves."""

from zaguan.engines.solver.columns import AHEAD, BEHIND, NEXT, PREV, ROUTE, next_of, prev_of, route_of
from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.rules.travel import distance_in, distance_to


@kernel
def lay_between(data, state, client, before):  # type: ignore[no-untyped-def]
    """Put a client behind a node of a route; return how many metres longer the route gets."""
    vehicle, following = route_of(state, before), next_of(state, before)
    matrix, at = data.profile[vehicle] * data.slots, data.location[client]
    there = distance_to(data, matrix, at, data.location[before])
    back = distance_in(data, matrix, at, data.location[following])
    more = there + back - state.node[before, AHEAD]
    state.node[before, NEXT], state.node[before, AHEAD] = client, there
    row = state.node[client]
    row[PREV], row[BEHIND], row[NEXT], row[AHEAD], row[ROUTE] = before, there, following, back, vehicle
    state.node[following, PREV], state.node[following, BEHIND] = client, back
    return more


@kernel
def bridge(data, state, client):  # type: ignore[no-untyped-def]
    """Take a client out of its route; return how many metres shorter the route gets."""
    row = state.node[client]
    before, following, vehicle = prev_of(state, client), next_of(state, client), route_of(state, client)
    matrix = data.profile[vehicle] * data.slots
    over = distance_in(data, matrix, data.location[before], data.location[following])
    less = row[BEHIND] + row[AHEAD] - over
    state.node[before, NEXT], state.node[before, AHEAD] = following, over
    state.node[following, PREV], state.node[following, BEHIND] = before, over
    row[ROUTE] = -1
    return less


@kernel
def note_empty(data, state, vehicle):  # type: ignore[no-untyped-def]
    """Remember where the first empty vehicle of a class may stand."""
    kind, place = data.kind[vehicle], data.kind_place[vehicle]
    if place < state.spare[kind]:
        state.spare[kind] = place
