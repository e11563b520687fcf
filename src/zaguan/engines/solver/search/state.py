"""A plan under change: chains of nodes with what is known about each stretch, and the means to take changes back."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.columns import AHEAD, BACK, BEHIND, COLUMNS, FORE, LEAVES, LEG, NEXT, OWN, PREV, ROUTE
from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.rules.compactness import FAR
from zaguan.engines.solver.rules.travel import distance_in
from zaguan.engines.solver.search.data import Data
from zaguan.engines.solver.search.scratch import Scratch, new_scratch
from zaguan.engines.solver.view import View, declare_widths


class State(NamedTuple):
    """Routes as chains, their figures, who is on none, and the log for taking back."""

    node: NDArray[np.int32]  # (N, COLUMNS)
    size: NDArray[np.int32]  # (v), clients of a route
    distance: NDArray[np.int64]  # (v)
    duration: NDArray[np.int64]  # (v)
    returns: NDArray[np.int64]  # (v)
    extra: NDArray[np.float64]  # (v), lateness and preference
    price: NDArray[np.float64]  # (v), all that the route costs
    brought: NDArray[np.int64]  # (v, d)
    fetched: NDArray[np.int64]  # (v, d)
    aboard: NDArray[np.int64]  # (N, d)
    peak_until: NDArray[np.int64]
    peak_from: NDArray[np.int64]
    absent: NDArray[np.int32]  # (n), clients on no route, the first absent_count of them
    numbers: NDArray[np.int64]  # (11), see the constants below
    cost: NDArray[np.float64]  # current, best
    random: NDArray[np.uint64]  # (1)
    log_node: NDArray[np.int32]  # (N)
    log_rows: NDArray[np.int32]  # (N, COLUMNS)
    log_loads: NDArray[np.int64]  # (N, 3, d)
    log_route: NDArray[np.int32]  # (v)
    log_figures: NDArray[np.float64]  # (v, 6)
    log_totals: NDArray[np.int64]  # (v, 2, d)
    log_absent: NDArray[np.int32]  # (n)
    owned: NDArray[np.int32]  # (n), clients that this search may move
    log_moves: NDArray[np.int32]  # (2n, 2), clients taken out (and from behind whom) or put in (-1)
    logged: NDArray[np.uint8]  # (v)
    stale: NDArray[np.uint8]  # (v), routes that differ from the best plan's
    stale_routes: NDArray[np.int32]  # (v), which they are
    seen: NDArray[np.int32]  # (N), the number of the last screening that came by the node
    open_to: NDArray[np.int64]  # (v), the last screening that asked for the route, doubled, + 1 if it may join
    spare: NDArray[np.int32]  # (c), no vehicle of the class before this place is empty
    order: NDArray[np.float64]  # (n), keys for sorting
    best_next: NDArray[np.int32]  # (N), the chains of the best plan
    offers: NDArray[np.float64]  # (OFFERS), prices of the best places seen for a client
    places: NDArray[np.int32]  # (OFFERS), the node before
    places_behind: NDArray[np.int32]  # (OFFERS), of a pair: the node before its second client
    second: NDArray[np.float64]  # (N), what the second client of a pair costs behind a node of a route
    least_second: NDArray[np.float64]  # (N), the least of that from the node on
    box: NDArray[np.int64]  # (v, 4), least and most of x and of y of a route's points, with a price on sprawl
    scratch: View[Scratch]


declare_widths(State, node=COLUMNS, log_rows=COLUMNS)

ABSENT: Final = 0
LOG_NODES: Final = 1
LOG_ROUTES: Final = 2
SAVED_ABSENT: Final = 3
USED: Final = 4
SAVED_USED: Final = 5
LOG_MOVES: Final = 6
STALE: Final = 7
UNTIL_BLINK: Final = 8
SCREENING: Final = 9
OWNED: Final = 10
OFFERS: Final = 4


def new_state(data: Data, seed: int) -> State:
    """Return an empty plan: every route goes from its start straight to its end, every client is absent."""
    n, v, d = data.clients, data.vehicles, data.capacity.shape[1]
    nodes = data.nodes
    state = State(
        node=np.full((nodes, COLUMNS), -1, np.int32),
        size=np.zeros(v, np.int32),
        distance=np.zeros(v, np.int64),
        duration=np.zeros(v, np.int64),
        returns=np.zeros(v, np.int64),
        extra=np.zeros(v),
        price=np.zeros(v),
        brought=np.zeros((v, d), np.int64),
        fetched=np.zeros((v, d), np.int64),
        aboard=np.zeros((nodes, d), np.int64),
        peak_until=np.zeros((nodes, d), np.int64),
        peak_from=np.zeros((nodes, d), np.int64),
        absent=np.argsort(-data.remoteness, kind="stable").astype(np.int32),
        numbers=np.array([n, 0, 0, 0, 0, 0, 0, 0, 1, 0, n], np.int64),
        cost=np.array([data.prize.sum(), np.inf]),
        random=np.array([np.uint64((seed * 2 + 1) & 0xFFFFFFFFFFFFFFFF)], np.uint64),
        log_node=np.zeros(nodes, np.int32),
        log_rows=np.zeros((nodes, COLUMNS), np.int32),
        log_loads=np.zeros((nodes if data.mixed else 1, 3, d), np.int64),
        log_route=np.zeros(v, np.int32),
        log_figures=np.zeros((v, 6)),
        log_totals=np.zeros((v, 2, d), np.int64),
        log_absent=np.zeros(n, np.int32),
        owned=np.arange(n, dtype=np.int32),
        log_moves=np.zeros((2 * n, 2), np.int32),
        logged=np.zeros(v, np.uint8),
        stale=np.zeros(v, np.uint8),
        stale_routes=np.zeros(v, np.int32),
        seen=np.zeros(nodes, np.int32),
        open_to=np.zeros(v, np.int64),
        spare=data.kind_first[:-1].copy(),
        order=np.zeros(n),
        best_next=np.full(nodes, -1, np.int32),
        offers=np.zeros(OFFERS),
        places=np.zeros(OFFERS, np.int32),
        places_behind=np.zeros(OFFERS, np.int32),
        second=np.zeros(nodes if data.has_pairs else 1),
        least_second=np.zeros(nodes if data.has_pairs else 1),
        box=np.tile(np.array([FAR, -FAR, FAR, -FAR], np.int64), (v, 1)),
        scratch=new_scratch(data),
    )
    _lay_empty_routes(data, state)
    return state


def _lay_empty_routes(data: Data, state: State) -> None:
    n, v = data.clients, data.vehicles
    starts, ends = np.arange(n, n + v), np.arange(n + v, n + 2 * v)
    state.node[starts, NEXT], state.node[ends, PREV] = ends, starts
    state.node[starts, ROUTE] = state.node[ends, ROUTE] = np.arange(v)
    state.node[:, LEG] = 0
    state.node[:, OWN] = data.service[: data.nodes]
    earliest, latest = data.earliest[: data.nodes], data.latest[: data.nodes]
    state.node[:, OWN + 1], state.node[:, OWN + 2] = earliest, latest
    for first in (FORE, BACK):
        state.node[n:, first] = 0
        state.node[n:, first + 1], state.node[n:, first + 2] = earliest[n:], latest[n:]
    state.node[:, LEAVES] = earliest
    state.node[:, AHEAD] = state.node[:, BEHIND] = 0
    view, known = View(data), dict[tuple[int, int, int], int]()
    for vehicle in range(v):
        first, last = int(data.location[n + vehicle]), int(data.location[n + v + vehicle])
        leg = (int(data.profile[vehicle]) * data.slots, first, last)
        if leg not in known:
            known[leg] = distance_in(view, *leg)
        state.node[n + vehicle, AHEAD] = state.node[n + v + vehicle, BEHIND] = known[leg]
        state.distance[vehicle] = known[leg]


@kernel
def draw(state):  # type: ignore[no-untyped-def]
    """Return a random number in [0, 1) (SplitMix64: own stream per state, the same on every machine)."""
    state.random[0] += np.uint64(0x9E3779B97F4A7C15)
    z = state.random[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return np.float64(z >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@kernel
def draw_below(state, bound):  # type: ignore[no-untyped-def]
    """Return a random whole number from 0 to bound - 1."""
    return np.int64(draw(state) * bound)
