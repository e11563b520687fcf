"""Putting back: the absent in a random order of some kind, each at its cheapest place, blinking now and then."""

from typing import Final

import numpy as np

from zaguan.engines.solver.columns import route_of
from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.rules.pairs import is_paired
from zaguan.engines.solver.search.insertion import best_place, insert
from zaguan.engines.solver.search.pair_moves import fill_in_pair, recreate_pair
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
def _drop_inserted(state):  # type: ignore[no-untyped-def]
    """Keep those on the list of the absent who still are."""
    kept = 0
    for at in range(state.numbers[ABSENT]):
        client = np.int64(state.absent[at])
        if route_of(state, client) < 0:
            state.absent[kept] = client
            kept += 1
    state.numbers[ABSENT] = kept


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
    for at in range(absent):
        client = np.int64(state.absent[at])
        if share < 1.0 and draw(state) >= share:
            continue
        if is_paired(data, client):
            if data.fetches[client]:
                holds = recreate_pair(data, state, client, reach, draw(state) < SEARCH_WIDE) and holds
            continue
        price, place = best_place(data, state, client, reach, True, False)
        if place < 0 and draw(state) < SEARCH_WIDE:
            price, place = best_place(data, state, client, reach, False, True)
        if place >= 0 and price < data.prize[client]:
            holds = insert(data, state, client, place) and holds
    _drop_inserted(state)
    return holds


@kernel
def fill(data, state):  # type: ignore[no-untyped-def]
    """Insert every absent client that fits anywhere, in the present order of the list."""
    for at in range(state.numbers[ABSENT]):
        client = np.int64(state.absent[at])
        if is_paired(data, client):
            if data.fetches[client]:
                fill_in_pair(data, state, client)
            continue
        price, place = best_place(data, state, client, data.near.shape[1], False, False)
        if place < 0:
            price, place = best_place(data, state, client, 0, False, True)
        if data.intricate and (place < 0 or exact_price(data, state, client, place) == np.inf):
            price, place = cheapest_anywhere(data, state, client)
        if place >= 0 and price < data.prize[client]:
            insert(data, state, client, place)
    _drop_inserted(state)
