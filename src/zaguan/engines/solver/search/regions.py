"""Large problems: in every round the routes are cut into as many regions as there are threads, each anew.

A thread changes the routes of its region alone, so what all have found fits together: their plans are joined after
each round, and all iterations serve one plan. The cut is a line across the middle of the routes, in another direction
each time; more threads cut both sides again. Directions come from two clients drawn by lot: by the distances to both,
everybody is projected on the line between them (C. Faloutsos, K.-I. Lin: FastMap, SIGMOD 1995), with or without
coordinates.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.columns import next_of
from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.problem import Problem
from zaguan.engines.solver.search.anneal import adopt, keep_best, settle
from zaguan.engines.solver.search.crew import Cooling, searches, side_by_side
from zaguan.engines.solver.search.data import NO_LIMIT, Data
from zaguan.engines.solver.search.insertion import rebuild
from zaguan.engines.solver.search.state import ABSENT, OWNED, State
from zaguan.engines.solver.view import View

ROUTES_A_REGION: Final = 4  # at least, in the first plan
CLIENTS_A_REGION: Final = 200
DICE: Final = 0x5EED  # apart from the threads' own random numbers


def worth_cutting(problem: Problem, best: NDArray[np.int32], threads: int) -> bool:
    """Tell whether a problem is large enough for regions; groups tie routes together and are never cut."""
    n, v = len(problem.clients), len(problem.vehicles)
    used = int((best[n : n + v] < n).sum())
    large = n >= CLIENTS_A_REGION * threads and used >= ROUTES_A_REGION * threads
    return threads > 1 and large and not problem.groups


class Regions:
    """Each thread searches its part of one plan."""

    parts = 1

    def __init__(
        self, problem: Problem, data: View[Data], states: Sequence[View[State]], cooling: Cooling, seed: int
    ) -> None:
        self._problem, self._data, self._states, self._cooling = problem, data, states, cooling
        self._rng = np.random.default_rng([DICE, seed & 0xFFFFFFFFFFFFFFFF])
        self._pairs = np.array(problem.pairs, np.int64).reshape(-1, 2)
        nodes, cost = len(states[0].fields.best_next), states[0].fields.cost
        self._plan, self._best, self._cost = np.full(nodes, -1, np.int32), np.full(nodes, -1, np.int32), float(cost[1])
        self._serving = np.full(data.fields.clients, -1, np.int32)
        join(data, states[0], np.zeros(data.fields.vehicles, np.int32), 0, self._plan, self._best, self._serving)

    @property
    def cost(self) -> float:
        """What the best plan costs."""
        return self._cost

    @property
    def best(self) -> NDArray[np.int32]:
        """The chains of the best plan."""
        return self._best

    def work(self, pool: ThreadPoolExecutor, iterations: int, began: float, ends: float) -> None:
        """Cut, search, join: the threads go on from the plans where they stand, the best is made of their bests."""
        vehicle_part, client_part = self._cut()
        hot, cold = self._cooling.at(began), self._cooling.at(ends)
        tasks = searches(self._data, self._states, iterations, hot, cold)

        def search(part: int) -> None:
            lay_part(self._data, self._states[part], self._plan.copy(), vehicle_part, client_part, part)
            tasks[part]()

        side_by_side(pool, [partial(search, part) for part in range(len(self._states))])
        plan, best = np.full_like(self._plan, -1), np.full_like(self._plan, -1)
        self._serving[:] = -1
        for t, state in enumerate(self._states):
            join(self._data, state, vehicle_part, t, plan, best, self._serving)
        self._plan = plan
        cost = sum(float(state.fields.cost[1]) for state in self._states)
        if cost < self._cost:
            self._cost, self._best = cost, best

    def settle(self) -> None:
        """Lay the best plan whole again and give the absent one more chance."""
        state = self._states[0]
        state.fields.cost[1] = np.inf
        adopt(self._data, state, self._best)
        settle(self._data, state)
        self._cost, self._best = float(state.fields.cost[1]), state.fields.best_next

    def _cut(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return the region of each vehicle and of each client."""
        data, count = self._data.fields, len(self._states)
        served = np.flatnonzero(self._serving >= 0)
        sizes = np.bincount(self._serving[served], minlength=data.vehicles)
        parts = np.zeros(data.vehicles, np.int32)
        empty = np.flatnonzero(sizes == 0)
        empty = empty[np.argsort(data.kind[empty], kind="stable")]
        parts[empty] = (np.arange(len(empty)) + self._rng.integers(count)) % count
        self._bisect(np.flatnonzero(sizes), sizes, served, 0, count, parts)
        clients = np.full(data.clients, -1, np.int32)
        clients[served] = parts[self._serving[served]]
        self._place_absent(clients, count)
        return parts, clients

    def _bisect(
        self,
        routes: NDArray[np.int64],
        sizes: NDArray[np.int64],
        served: NDArray[np.int64],
        first: int,
        count: int,
        parts: NDArray[np.int32],
    ) -> None:
        """Give some routes to `count` regions from the first on, cut where clients are as many as regions."""
        parts[routes] = first
        if count == 1 or len(routes) < 2:
            return
        mine = served[np.isin(self._serving[served], routes)]
        ends = mine[self._rng.integers(len(mine), size=2)]
        places = self._data.fields.location[mine]
        matrix = int(self._data.fields.profile[0]) * self._data.fields.slots + self._data.fields.slots // 2
        _, apart = self._problem.travel.part(matrix, self._data.fields.location[ends], places)
        along = apart[0].astype(np.float64) ** 2 - apart[1].astype(np.float64) ** 2
        centres = np.bincount(self._serving[mine], weights=along, minlength=len(sizes))[routes] / sizes[routes]
        order = routes[np.argsort(centres, kind="stable")]
        before = np.cumsum(sizes[order]) - sizes[order] / 2
        half = count // 2
        cut = int(np.searchsorted(before, len(mine) * half / count))
        cut = min(max(cut, 1), len(order) - 1)
        self._bisect(np.sort(order[:cut]), sizes, mine, first, half, parts)
        self._bisect(np.sort(order[cut:]), sizes, mine, first + half, count - half, parts)

    def _place_absent(self, parts: NDArray[np.int32], count: int) -> None:
        """Give clients on no route to the region of their nearest neighbour on one; both of a pair to the same."""
        absent = np.flatnonzero(parts < 0)
        if not len(absent):
            return
        around = parts[self._data.fields.near[absent]]
        nearest = (around >= 0).argmax(axis=1)
        found = around[np.arange(len(absent)), nearest]
        parts[absent] = np.where(found >= 0, found, absent % count)
        both = self._pairs[np.isin(self._pairs[:, 0], absent)]
        parts[both[:, 1]] = parts[both[:, 0]]


@kernel
def lay_part(data, state, following, vehicle_part, client_part, part):  # type: ignore[no-untyped-def]
    """Lay the routes of one region; every other vehicle is as good as full, every other client is nowhere."""
    for vehicle in range(data.vehicles):
        if vehicle_part[vehicle] != part:
            following[data.clients + vehicle] = data.clients + data.vehicles + vehicle
    rebuild(data, state, following)
    owned, kept, cost = 0, 0, 0.0
    for client in range(data.clients):
        if client_part[client] == part:
            state.owned[owned] = client
            owned += 1
    state.numbers[OWNED] = owned
    for at in range(state.numbers[ABSENT]):
        absent = np.int64(state.absent[at])
        if client_part[absent] == part:
            state.absent[kept] = absent
            kept += 1
            cost += data.prize[absent]
    state.numbers[ABSENT] = kept
    for vehicle in range(data.vehicles):
        if vehicle_part[vehicle] == part:
            cost += state.price[vehicle]
        else:
            state.size[vehicle] = NO_LIMIT
    state.cost[0], state.cost[1] = cost, np.inf
    keep_best(data, state)


@kernel
def join(data, state, vehicle_part, part, plan, best, serving):  # type: ignore[no-untyped-def]
    """Write the chains of one region into those of the whole: where it stands, and its best."""
    for vehicle in range(data.vehicles):
        if vehicle_part[vehicle] != part:
            continue
        end = data.clients + data.vehicles + vehicle
        node = data.clients + vehicle
        while node != end:
            if node < data.clients:
                serving[node] = vehicle
            plan[node] = next_of(state, node)
            node = next_of(state, node)
        node = data.clients + vehicle
        while node != end:
            best[node] = state.best_next[node]
            node = np.int64(state.best_next[node])
