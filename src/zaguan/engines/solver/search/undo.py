"""Taking back: each route is written down before its first change in an iteration."""

import numpy as np

from zaguan.engines.solver.columns import COLUMNS, ROUTE, next_of
from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.rules.compactness import measure_box
from zaguan.engines.solver.search.chain import bridge, lay_between, note_empty
from zaguan.engines.solver.search.state import (
    ABSENT,
    LOG_MOVES,
    LOG_NODES,
    LOG_ROUTES,
    SAVED_ABSENT,
    SAVED_USED,
    STALE,
    USED,
)


@kernel
def begin(data, state):  # type: ignore[no-untyped-def]  # noqa: ARG001
    """Forget the last iteration's log and remember who is absent now."""
    for i in range(state.numbers[LOG_ROUTES]):
        state.logged[state.log_route[i]] = 0
    state.numbers[LOG_NODES] = 0
    state.numbers[LOG_ROUTES] = 0
    state.numbers[LOG_MOVES] = 0
    state.numbers[SAVED_USED] = state.numbers[USED]
    state.numbers[SAVED_ABSENT] = state.numbers[ABSENT]
    for i in range(state.numbers[ABSENT]):
        state.log_absent[i] = state.absent[i]


@kernel
def by_moves(data):  # type: ignore[no-untyped-def]
    """Tell whether moves are taken back one by one: where a node holds no more than its neighbours."""
    return not (data.timed or data.mixed)


@kernel
def remember(data, state, vehicle):  # type: ignore[no-untyped-def]
    """Write a route down, once in an iteration."""
    if state.logged[vehicle]:
        return
    state.logged[vehicle] = 1
    at, dimensions = state.numbers[LOG_ROUTES], data.capacity.shape[1]
    state.log_route[at] = vehicle
    state.numbers[LOG_ROUTES] = at + 1
    figures = state.log_figures[at]
    figures[0], figures[1], figures[2] = state.size[vehicle], state.distance[vehicle], state.duration[vehicle]
    figures[3], figures[4], figures[5] = state.returns[vehicle], state.extra[vehicle], state.price[vehicle]
    for k in range(dimensions):
        state.log_totals[at, 0, k] = state.brought[vehicle, k]
        state.log_totals[at, 1, k] = state.fetched[vehicle, k]
    if not by_moves(data):
        _write_rows(data, state, vehicle)


@kernel
def _write_rows(data, state, vehicle):  # type: ignore[no-untyped-def]
    node, end = data.clients + vehicle, data.clients + data.vehicles + vehicle
    row = state.numbers[LOG_NODES]
    while True:
        state.log_node[row] = node
        for c in range(COLUMNS):
            state.log_rows[row, c] = state.node[node, c]
        if data.mixed:
            for k in range(data.capacity.shape[1]):
                state.log_loads[row, 0, k] = state.aboard[node, k]
                state.log_loads[row, 1, k] = state.peak_until[node, k]
                state.log_loads[row, 2, k] = state.peak_from[node, k]
        row += 1
        if node == end:
            break
        node = next_of(state, node)
    state.numbers[LOG_NODES] = row


@kernel
def note_move(state, client, before):  # type: ignore[no-untyped-def]
    """Write down that a client was taken from behind a node, or (-1) put in."""
    at = state.numbers[LOG_MOVES]
    state.log_moves[at, 0], state.log_moves[at, 1] = client, before
    state.numbers[LOG_MOVES] = at + 1


@kernel
def _take_back_moves(data, state):  # type: ignore[no-untyped-def]
    for back in range(state.numbers[LOG_MOVES]):
        at = state.numbers[LOG_MOVES] - 1 - back
        client, before = np.int64(state.log_moves[at, 0]), np.int64(state.log_moves[at, 1])
        if before < 0:
            bridge(data, state, client)
        else:
            lay_between(data, state, client, before)


@kernel
def _take_back_rows(data, state):  # type: ignore[no-untyped-def]
    for row in range(state.numbers[LOG_NODES]):
        node = np.int64(state.log_node[row])
        for c in range(COLUMNS):
            state.node[node, c] = state.log_rows[row, c]
        if data.mixed:
            for k in range(data.capacity.shape[1]):
                state.aboard[node, k] = state.log_loads[row, 0, k]
                state.peak_until[node, k] = state.log_loads[row, 1, k]
                state.peak_from[node, k] = state.log_loads[row, 2, k]


@kernel
def _take_off_reloads(data, state):  # type: ignore[no-untyped-def]
    """Take every reload off the routes that were written down: those that were on them come back with their rows."""
    if not data.has_trips:
        return
    for at in range(state.numbers[LOG_ROUTES]):
        vehicle = state.log_route[at]
        first = np.int64(data.reload_first[vehicle])
        for node in range(first, first + data.reload_count[vehicle]):
            state.node[node, ROUTE] = -1


@kernel
def take_back(data, state):  # type: ignore[no-untyped-def]
    """Restore every route that was written down, and the absent."""
    for i in range(state.numbers[ABSENT]):
        state.node[state.absent[i], ROUTE] = -1
    if by_moves(data):
        _take_back_moves(data, state)
    else:
        _take_off_reloads(data, state)
        _take_back_rows(data, state)
    for at in range(state.numbers[LOG_ROUTES]):
        vehicle, figures = np.int64(state.log_route[at]), state.log_figures[at]
        state.size[vehicle], state.distance[vehicle] = int(figures[0]), int(figures[1])
        state.duration[vehicle], state.returns[vehicle] = int(figures[2]), int(figures[3])
        state.extra[vehicle], state.price[vehicle] = figures[4], figures[5]
        for k in range(data.capacity.shape[1]):
            state.brought[vehicle, k] = state.log_totals[at, 0, k]
            state.fetched[vehicle, k] = state.log_totals[at, 1, k]
        if data.has_sprawl:
            measure_box(data, state, vehicle)
        if state.size[vehicle] == 0:
            note_empty(data, state, vehicle)
    state.numbers[USED] = state.numbers[SAVED_USED]
    state.numbers[ABSENT] = state.numbers[SAVED_ABSENT]
    for i in range(state.numbers[ABSENT]):
        state.absent[i] = state.log_absent[i]
        state.node[state.absent[i], ROUTE] = -1


@kernel
def accept(state):  # type: ignore[no-untyped-def]
    """Keep the changes: the changed routes differ from the best plan's from now on."""
    for at in range(state.numbers[LOG_ROUTES]):
        mark_stale(state, np.int64(state.log_route[at]))


@kernel
def mark_stale(state, vehicle):  # type: ignore[no-untyped-def]
    """Note that a route differs from the best plan's."""
    if not state.stale[vehicle]:
        state.stale[vehicle] = 1
        state.stale_routes[state.numbers[STALE]] = vehicle
        state.numbers[STALE] += 1
