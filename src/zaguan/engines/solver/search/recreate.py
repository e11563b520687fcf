"""Putting back: the absent in a random order of some kind, each at its cheapest place, blinking now and then."""

from typing import Final

import numpy as np

from zaguan.engines.solver.columns import route_of
from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.search.insertion import best_place, insert
from zaguan.engines.solver.search.probe import cheapest_anywhere
from zaguan.engines.solver.search.routes import exact_price
from zaguan.engines.solver.search.state import ABSENT, SAVED_ABSENT, draw, draw_below

MOST_OLD_ABSENT: Final = 12  # of those absent for longer, so many are tried in one iteration
SEARCH_WIDE: Final = 0.02


@kernel
def _write_keys(data, state):  # type: ignore[no-untyped-def]
    """Choose an order (random, bulky, far, near, tight, early, late first) and write each client's key."""
    lot = draw_below(state, 17 if data.timed else 11)
    for at in range(state.numbers[ABSENT]):
        client = np.int64(state.absent[at])
        if lot < 4:
            key = draw(state)
        elif lot < 8:
            key = -data.bulk[client]
        elif lot < 10:
            key = -data.remoteness[client]
        elif lot < 11:
            key = data.remoteness[client]
        elif lot < 13:
            key = float(data.latest[client] - data.earliest[client])
        elif lot < 15:
            key = float(data.earliest[client])
        else:
            key = -float(data.latest[client])
        state.order[at] = key


@kernel
def _sort(state):  # type: ignore[no-untyped-def]
    """Sort the absent by their keys (insertion sort: they are few)."""
    for i in range(1, state.numbers[ABSENT]):
        key, client, at = state.order[i], state.absent[i], i
        while at > 0 and state.order[at - 1] > key:
            state.order[at], state.absent[at] = state.order[at - 1], state.absent[at - 1]
            at -= 1
        state.order[at], state.absent[at] = key, client


@kernel
def recreate(data, state, reach):  # type: ignore[no-untyped-def]
    """Insert the absent where that is cheaper than their prize; who finds no place stays absent.

    Returns whether every route holds: a place that was only estimated to fit may turn out not to.
    """
    holds = True
    absent, old = state.numbers[ABSENT], state.numbers[SAVED_ABSENT]
    share = 1.0 if old <= MOST_OLD_ABSENT else (MOST_OLD_ABSENT + absent - old) / absent
    _write_keys(data, state)
    _sort(state)
    kept = 0
    for at in range(absent):
        client = np.int64(state.absent[at])
        inserted = False
        if share >= 1.0 or draw(state) < share:
            price, before = best_place(data, state, client, reach, True, False)
            if before < 0 and draw(state) < SEARCH_WIDE:
                price, before = best_place(data, state, client, reach, False, True)
            if before >= 0 and price < data.prize[client]:
                holds = insert(data, state, client, before) and holds
                inserted = True
        if not inserted:
            state.absent[kept] = client
            kept += 1
    state.numbers[ABSENT] = kept
    return holds


@kernel
def fill(data, state):  # type: ignore[no-untyped-def]
    """Insert every absent client that fits anywhere, in the present order of the list."""
    absent, kept = state.numbers[ABSENT], 0
    for at in range(absent):
        client = np.int64(state.absent[at])
        price, before = best_place(data, state, client, data.near.shape[1], False, False)
        if before < 0:
            price, before = best_place(data, state, client, 0, False, True)
        if data.intricate and (
            before < 0 or exact_price(data, state, route_of(state, before), client, before) == np.inf
        ):
            price, before = cheapest_anywhere(data, state, client)
        fits = before >= 0 and price < data.prize[client]
        if fits:
            insert(data, state, client, before)
        else:
            state.absent[kept] = client
            kept += 1
    state.numbers[ABSENT] = kept
