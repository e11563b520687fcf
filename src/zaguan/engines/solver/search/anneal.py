"""The search: ruin, recreate, accept by simulated annealing, take back otherwise."""

import numpy as np

from zaguan.engines.solver.columns import next_of, route_of
from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.search.insertion import rebuild
from zaguan.engines.solver.search.recreate import fill, recreate
from zaguan.engines.solver.search.ruin import ruin
from zaguan.engines.solver.search.state import ABSENT, OWNED, STALE, draw, draw_below
from zaguan.engines.solver.search.tails import exchange_tails, may_exchange_tails
from zaguan.engines.solver.search.undo import accept, begin, by_moves, mark_stale, take_back
from zaguan.engines.solver.search.vehicles import exchange_vehicles, may_exchange_vehicles

CLOSE = 1e-7
TAILS = 0.15  # share of the iterations that exchange tails
VEHICLES = 0.05  # share of the iterations that exchange vehicles, where there is more than one class


@kernel
def present(data, state, following):  # type: ignore[no-untyped-def]
    """Write down the chains of the present plan."""
    for node in range(data.nodes):
        following[node] = next_of(state, node) if route_of(state, node) >= 0 else -1


@kernel
def keep_best(data, state):  # type: ignore[no-untyped-def]
    """Write the chains of the present plan down as the best: only of routes that differ from it."""
    state.cost[1] = state.cost[0]
    for at in range(state.numbers[STALE]):
        vehicle = np.int64(state.stale_routes[at])
        state.stale[vehicle] = 0
        node, end = data.clients + vehicle, data.clients + data.vehicles + vehicle
        while node != end:
            state.best_next[node] = next_of(state, node)
            node = next_of(state, node)
    state.numbers[STALE] = 0
    for at in range(state.numbers[ABSENT]):
        state.best_next[state.absent[at]] = -1


@kernel
def construct(data, state):  # type: ignore[no-untyped-def]
    """Build a first plan: the farthest clients first, each at its cheapest place."""
    begin(data, state)
    fill(data, state)
    for vehicle in range(data.vehicles):
        mark_stale(state, vehicle)
    keep_best(data, state)


@kernel
def iterate(data, state, iterations, hot, cold, mean_removed, reach):  # type: ignore[no-untyped-def]
    """Do so many iterations while the temperature falls from hot to cold."""
    falls = (cold / hot) ** (1.0 / max(1, iterations)) if hot > 0 else 1.0
    temperature = hot
    tails = TAILS if may_exchange_tails(data) else 0.0
    vehicles = VEHICLES if may_exchange_vehicles(data) else 0.0
    for _ in range(iterations):
        before, bound = state.cost[0], -temperature * np.log(1.0 - draw(state))
        begin(data, state)
        lot, done, holds = draw(state), True, True
        seed = np.int64(state.owned[draw_below(state, state.numbers[OWNED])])
        if lot < tails:
            done, holds = exchange_tails(data, state, bound, reach, seed)
        else:
            if lot < tails + vehicles:
                done, holds = exchange_vehicles(data, state, seed)
            # a vehicle alone is seldom cheaper: with clients from its neighbours it may be
            if holds and done and (lot >= tails + 0.5 * vehicles):
                holds = ruin(data, state, mean_removed, seed) and recreate(data, state, reach)
        temperature *= falls
        if not done:
            continue
        worse = state.cost[0] - before
        # where moves are undone one by one, tails are exchanged only when it is known to be good
        if holds and (worse <= 0.0 or worse < bound or (lot < tails and by_moves(data))):
            accept(state)
            if state.cost[0] < state.cost[1] - CLOSE:
                keep_best(data, state)
        else:
            take_back(data, state)
            state.cost[0] = before


@kernel
def adopt(data, state, following):  # type: ignore[no-untyped-def]
    """Go on from another plan; the best is kept if it is better."""
    rebuild(data, state, following)
    if state.cost[0] < state.cost[1] - CLOSE:
        keep_best(data, state)


@kernel
def settle(data, state):  # type: ignore[no-untyped-def]
    """Return to the best plan and give every absent client one more chance, everywhere."""
    rebuild(data, state, state.best_next)
    begin(data, state)
    fill(data, state)
    accept(state)
    if state.cost[0] < state.cost[1] - CLOSE:
        keep_best(data, state)
