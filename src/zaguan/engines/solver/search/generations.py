"""Small problems and long searches: several plans are found apart, then crossed, and each child is searched anew.

One long search ends where it is stuck, and where that is depends on the seed. So a part of the budget goes to parents,
each found by a short search of its own, and the rest to children. A child keeps the routes of one parent round a
client, and of the other parent those with the fewest clients in common with them; whom neither serves is put in at the
cheapest place. A short search from a low temperature mends the seam. A child takes the place of the parent that it is
like, if it is better, or else of the worst.

Y. Nagata, O. Bräysy, W. Dullaert, A penalty-based edge assembly memetic algorithm for the vehicle routing problem with
time windows, Computers & Operations Research 37(4), 2010, and T. Vidal et al., A hybrid genetic algorithm for
multidepot and periodic vehicle routing problems, Operations Research 60(3), 2012, cross plans in other ways.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.problem import Problem
from zaguan.engines.solver.search.anneal import keep_best, settle
from zaguan.engines.solver.search.crew import HOT, WARM, Cooling, searches, side_by_side
from zaguan.engines.solver.search.data import Data
from zaguan.engines.solver.search.insertion import chains, clients_of, rebuild
from zaguan.engines.solver.search.recreate import fill
from zaguan.engines.solver.search.state import State
from zaguan.engines.solver.search.undo import accept, begin
from zaguan.engines.solver.view import View

PARENTS: Final = 6
CHILD_SHARE: Final = 1 / 60  # of the budget, for the search of one child
PARENT_SHARE: Final = 3 * CHILD_SHARE
LEAST_KEPT: Final = 0.25  # share of one parent's routes that a child keeps, drawn between these
MOST_KEPT: Final = 0.75
ITERATIONS_A_CLIENT: Final = 8_000  # of the whole search, from which on crossing pays
LEAST_PARTS: Final = 4  # rounds that the search of a child is cut into
SAME: Final = 1e-6  # in costs
NEARLY: Final = 1e-9  # in shares
DICE: Final = 0xFA111E5  # apart from the threads' own random numbers


def worth_crossing(data: Data, iterations: float) -> bool:
    """Tell whether so many iterations are enough for parents and children, and routes can change their plan."""
    tied = data.has_trips or data.has_frozen or data.has_groups
    return not tied and data.clients > 1 and iterations >= ITERATIONS_A_CLIENT * data.clients


type Routes = list[tuple[int, list[int]]]


@dataclass(frozen=True, slots=True)
class _Plan:
    """A plan found: what it costs, its routes, and who follows whom."""

    cost: float
    routes: Routes
    links: NDArray[np.int64]


class Generations:
    """Each thread finds parents, then children of two of them, one after the other."""

    parts = round(LEAST_PARTS / CHILD_SHARE)

    def __init__(
        self, problem: Problem, data: View[Data], states: Sequence[View[State]], step: float, seed: int
    ) -> None:
        self._problem, self._data, self._states = problem, data, states
        self._first, self._later = Cooling(step, HOT), Cooling(step, WARM)
        self._rng = np.random.default_rng([DICE, seed & 0xFFFFFFFFFFFFFFFF])
        self._plans: list[_Plan] = []
        self._parents_of: list[tuple[int, int] | None] = [None] * len(states)
        self._parents_until = -(-PARENTS // len(states)) * PARENT_SHARE
        self._crossing = False
        self._begins, self._ends = 0.0, 0.0

    @property
    def cost(self) -> float:
        """What the best plan costs."""
        return min([plan.cost for plan in self._plans] + [float(state.fields.cost[1]) for state in self._states])

    @property
    def best(self) -> NDArray[np.int32]:
        """The chains of the best plan."""
        leader = min(self._states, key=lambda state: float(state.fields.cost[1])).fields
        plan = min(self._plans, key=lambda plan: plan.cost, default=None)
        if plan is None or leader.cost[1] <= plan.cost:
            return leader.best_next
        return chains(self._data.fields, plan.routes)

    def work(self, pool: ThreadPoolExecutor, iterations: int, began: float, ends: float) -> None:
        """Search on; where the share for a plan is used up, keep it and begin the next one."""
        if began >= self._ends - NEARLY:
            self._keep()
            self._begin(began)
        cooling, length = self._later if self._crossing else self._first, self._ends - self._begins
        hot, cold = (cooling.at(min(1.0, (at - self._begins) / length)) for at in (began, ends))
        side_by_side(pool, searches(self._data, self._states, iterations, hot, cold))

    def settle(self) -> None:
        """Give whom the best plan leaves out one more chance, everywhere."""
        self._keep()
        state = self._states[0]
        found(self._data, state, self.best)
        settle(self._data, state)

    def _begin(self, share: float) -> None:
        self._crossing = len(self._plans) > 1 and share >= self._parents_until - NEARLY
        self._begins, self._ends = share, share + (CHILD_SHARE if self._crossing else PARENT_SHARE)
        for thread in range(len(self._states)):
            if self._crossing:
                self._lay_child(thread)
            else:
                self._parents_of[thread] = None
                found(self._data, self._states[thread], chains(self._data.fields, []))

    def _lay_child(self, thread: int) -> None:
        """Cross two plans and lay the child, or one of the two if the child's routes do not hold."""
        one, other = (int(at) for at in self._rng.choice(len(self._plans), size=2, replace=False))
        self._parents_of[thread] = one, other
        data, state = self._data.fields, self._states[thread]
        routes = self._cross(self._plans[one].routes, self._plans[other].routes)
        if not found(self._data, state, chains(data, routes)):
            found(self._data, state, chains(data, self._plans[one].routes))

    def _cross(self, first: Routes, second: Routes) -> Routes:
        """Return the routes of a child: those of one plan round a client, and what of the other goes with them."""
        data = self._data.fields
        if not first:
            return list(second)
        centre = int(self._rng.integers(data.clients))
        away = self._away_from(centre)
        near = sorted(first, key=lambda route: (float(away[route[1]].mean()), route[0]))
        least, most = max(1, int(LEAST_KEPT * len(first))), max(1, int(MOST_KEPT * len(first)))
        child = near[: int(self._rng.integers(least, most + 1))]
        served = np.zeros(data.clients, bool)
        for _, clients in child:
            served[clients] = True
        taken = {vehicle for vehicle, _ in child}
        wanted = {vehicle for vehicle, _ in second}
        for vehicle, clients in sorted(second, key=lambda route: (float(served[route[1]].mean()), route[0])):
            left = [client for client in clients if not served[client]]
            driven_by = vehicle if vehicle not in taken else self._spare(vehicle, taken, wanted)
            if len(child) < len(first) and left and driven_by >= 0:
                child.append((driven_by, left))
                taken.add(driven_by)
        return child

    def _spare(self, vehicle: int, taken: set[int], wanted: set[int]) -> int:
        """Return a vehicle of the same class that nobody else wants, or one that is at least free, or -1."""
        data = self._data.fields
        kind = data.kind[vehicle]
        alike = data.kind_members[data.kind_first[kind] : data.kind_first[kind + 1]].tolist()
        free = [other for other in alike if other not in taken]
        return next((other for other in free if other not in wanted), free[0] if free else -1)

    def _away_from(self, client: int) -> NDArray[np.float64]:
        data = self._data.fields
        matrix = int(data.profile[0]) * data.slots + data.slots // 2
        at = data.location[: data.clients]
        _, metres = self._problem.travel.part(matrix, at[client : client + 1], at)
        return np.asarray(metres[0], np.float64)

    def _keep(self) -> None:
        """Take in what the threads have found: a parent, or a child in the place of somebody worse."""
        if self._ends == 0.0:
            return
        for thread, state in enumerate(self._states):
            plan = self._written(state)
            if any(abs(plan.cost - known.cost) <= SAME for known in self._plans):
                continue
            parents = self._parents_of[thread]
            if parents is None and len(self._plans) < PARENTS:
                self._plans.append(plan)
                continue
            weakest = max(range(len(self._plans)), key=lambda at: (self._plans[at].cost, at))
            alike = min(parents, key=lambda at: self._apart(plan, self._plans[at])) if parents else weakest
            place = alike if plan.cost < self._plans[alike].cost else weakest
            if plan.cost < self._plans[place].cost:
                self._plans[place] = plan

    def _written(self, state: View[State]) -> _Plan:
        data = self._data.fields
        routes = clients_of(data, state.fields.best_next)
        links = []
        for _, clients in routes:
            stops = np.array([data.clients, *clients, data.clients])
            low, high = np.minimum(stops[:-1], stops[1:]), np.maximum(stops[:-1], stops[1:])
            links.append(low * (data.clients + 1) + high)
        return _Plan(float(state.fields.cost[1]), routes, np.concatenate(links) if links else np.zeros(0, np.int64))

    @staticmethod
    def _apart(plan: _Plan, other: _Plan) -> int:
        """Return how many links of a plan another one lacks."""
        return len(np.setdiff1d(plan.links, other.links))


@kernel
def found(data, state, following):  # type: ignore[no-untyped-def]
    """Begin anew from the plan of a table of chains, everybody put in; return whether its routes hold."""
    holds = rebuild(data, state, following)
    begin(data, state)
    fill(data, state)
    accept(state)
    state.cost[1] = np.inf
    keep_best(data, state)
    return holds
