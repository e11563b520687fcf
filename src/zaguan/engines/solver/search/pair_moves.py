"""Putting a pair into a plan: both of its clients, or neither."""

import numpy as np

from zaguan.engines.solver.columns import next_of, route_of
from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.search.pairs import best_pair_place, cheapest_pair_anywhere, exact_pair_price
from zaguan.engines.solver.search.routes import link, refresh_between
from zaguan.engines.solver.search.undo import note_move, remember


@kernel
def insert_pair(data, state, fetched, before, behind):  # type: ignore[no-untyped-def]
    """Put a pair at its places and make the figures true; return whether the route holds."""
    vehicle, brought = route_of(state, before), np.int64(data.partner[fetched])
    remember(data, state, vehicle)
    old = state.price[vehicle]
    link(data, state, fetched, before)
    note_move(state, fetched, -1)
    link(data, state, brought, fetched if behind == before else behind)
    note_move(state, brought, -1)
    holds = refresh_between(data, state, vehicle, before, next_of(state, brought))
    state.cost[0] += state.price[vehicle] - old - data.prize[fetched] - data.prize[brought]
    return holds


@kernel
def recreate_pair(data, state, fetched, reach, wide):  # type: ignore[no-untyped-def]
    """Insert an absent pair where that is cheaper than its prizes, everywhere if `wide` and there is no place near by.

    Returns whether every route holds.
    """
    price, before, behind = best_pair_place(data, state, fetched, reach, True, False)
    if before < 0 and wide:
        price, before, behind = best_pair_place(data, state, fetched, reach, False, True)
    if before >= 0 and price < data.prize[fetched] + data.prize[data.partner[fetched]]:
        return insert_pair(data, state, fetched, before, behind)
    return True


@kernel
def fill_in_pair(data, state, fetched):  # type: ignore[no-untyped-def]
    """Insert an absent pair if it fits anywhere for less than its prizes."""
    price, before, behind = best_pair_place(data, state, fetched, data.near.shape[1], False, False)
    if before < 0:
        price, before, behind = best_pair_place(data, state, fetched, 0, False, True)
    if data.intricate and (before < 0 or exact_pair_price(data, state, fetched, before, behind) == np.inf):
        price, before, behind = cheapest_pair_anywhere(data, state, fetched)
    if before >= 0 and price < data.prize[fetched] + data.prize[data.partner[fetched]]:
        insert_pair(data, state, fetched, before, behind)
