"""The best places seen for a client, cheapest first: what the screens find and the exact walk confirms."""

from typing import Final

import numpy as np

from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.search.state import OFFERS

NOWHERE: Final = 1e300


@kernel
def clear_offers(state):  # type: ignore[no-untyped-def]
    """Forget all places."""
    for k in range(OFFERS):
        state.offers[k], state.places[k] = NOWHERE, -1


@kernel
def offer(state, price, place):  # type: ignore[no-untyped-def]
    """Keep a place among the best seen, once."""
    if price >= state.offers[OFFERS - 1]:
        return
    at = OFFERS - 1
    for k in range(OFFERS):
        if state.places[k] == place:
            if state.offers[k] <= price:
                return
            at = k
    while at > 0 and state.offers[at - 1] > price:
        state.offers[at], state.places[at] = state.offers[at - 1], state.places[at - 1]
        at -= 1
    state.offers[at], state.places[at] = price, np.int32(place)


@kernel
def bound(data, state):  # type: ignore[no-untyped-def]
    """Return the price above which a place is of no use: intricate problems keep a few for confirmation."""
    return state.offers[OFFERS - 1] if data.intricate else state.offers[0]
