"""Searches side by side: how several threads work on one problem, and what they know together."""

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.rules.travel import distance_in, duration_in
from zaguan.engines.solver.search.anneal import adopt, iterate, present, settle
from zaguan.engines.solver.search.data import Data
from zaguan.engines.solver.search.state import State
from zaguan.engines.solver.view import View

HOT: Final = 3.0  # temperature at the start, in mean ways to near neighbours
WARM: Final = 0.2  # at the start of a search that goes on from a plan
COLD: Final = 0.02  # and at the end
MEAN_REMOVED: Final = 8.0
REACH: Final = 40  # neighbours beside which a client is tried
TIMED_REACH: Final = 100  # where time counts: a neighbour may be near and yet of another hour
STEPS: Final = 5  # nearest neighbours that the temperature goes by
SAMPLE: Final = 400  # clients
EXCHANGE_EVERY: Final = 8  # rounds, after which the worst thread goes on from the best one's plan


@dataclass(frozen=True, slots=True)
class Cooling:
    """How the temperature falls in the course of a search: by the same factor in equal shares of it."""

    step: float  # price of the mean way between near neighbours
    heat: float  # at the start, in such steps

    def at(self, share: float) -> float:
        """Return the temperature after a share of the search, 0 to 1."""
        return self.step * self.heat * math.pow(COLD / self.heat, share)


class Crew(Protocol):
    """Threads that search together, round by round."""

    parts: int  # into at least so many rounds the search is cut

    def work(self, pool: ThreadPoolExecutor, iterations: int, began: float, ends: float) -> None:
        """Let every thread do so many iterations, from one share of the search to another."""
        ...

    def settle(self) -> None:
        """Give whom the best plan leaves out one more chance, everywhere."""
        ...

    @property
    def cost(self) -> float:
        """What the best plan costs."""
        ...

    @property
    def best(self) -> NDArray[np.int32]:
        """The chains of the best plan."""
        ...


class Rivals:
    """Each thread searches the whole plan; now and then the worst goes on from the plan of the best."""

    parts = 1

    def __init__(self, data: View[Data], states: Sequence[View[State]], cooling: Cooling) -> None:
        self._data, self._states, self._cooling = data, states, cooling
        self._rounds = 0
        for state in states[1:]:
            adopt(data, state, states[0].fields.best_next)

    def work(self, pool: ThreadPoolExecutor, iterations: int, began: float, ends: float) -> None:
        """Search side by side, then exchange plans if it is time."""
        hot, cold = self._cooling.at(began), self._cooling.at(ends)
        side_by_side(pool, searches(self._data, self._states, iterations, hot, cold))
        self._rounds += 1
        if len(self._states) > 1 and self._rounds % EXCHANGE_EVERY == 0:
            self._exchange()

    def _exchange(self) -> None:
        standing = sorted(range(len(self._states)), key=lambda t: (float(self._states[t].fields.cost[0]), t))
        first, last = self._states[standing[0]], self._states[standing[-1]]
        if last.fields.cost[0] > first.fields.cost[0]:
            following = np.empty_like(first.fields.best_next)
            present(self._data, first, following)
            adopt(self._data, last, following)

    def settle(self) -> None:
        """Settle every thread's best plan."""
        for state in self._states:
            settle(self._data, state)

    @property
    def _leader(self) -> State:
        return min(self._states, key=lambda state: float(state.fields.cost[1])).fields

    @property
    def cost(self) -> float:
        """What the cheapest of the threads' best plans costs."""
        return float(self._leader.cost[1])

    @property
    def best(self) -> NDArray[np.int32]:
        """The chains of the cheapest of the threads' best plans."""
        return self._leader.best_next


def searches(
    data: View[Data], states: Sequence[View[State]], iterations: int, hot: float, cold: float
) -> list[Callable[[], None]]:
    """Return a task for each plan under change: so many iterations while the temperature falls from hot to cold."""
    reach = reach_for(data.fields)
    return [partial(iterate, data, state, iterations, hot, cold, MEAN_REMOVED, reach) for state in states]


def reach_for(data: Data) -> int:
    """Return beside how many neighbours a client is tried; intricate places are too dear to try so many."""
    return TIMED_REACH if data.timed and not data.intricate else REACH


def side_by_side(pool: ThreadPoolExecutor, tasks: Sequence[Callable[[], None]]) -> None:
    """Do tasks in one thread each and wait for all."""
    if len(tasks) == 1:
        tasks[0]()
        return
    for job in [pool.submit(task) for task in tasks]:
        job.result()


@kernel
def mean_step_price(data, nearest):  # type: ignore[no-untyped-def]
    """Return the price of the mean way between clients that lie next to each other: the measure of temperatures.

    Unlike the legs of a plan it does not count the ways to the depot, nor how well windows fit. Some clients stand
    for all; those at the same place do not count. `nearest` is room for as many prices as neighbours count.
    """
    total, steps, count = 0.0, 0, nearest.shape[0]
    matrix = data.profile[0] * data.slots + data.slots // 2
    stride = 1 + (data.clients - 1) // SAMPLE
    for client in range(0, data.clients, stride):
        for k in range(count):
            nearest[k] = np.inf
        for other in range(data.clients):
            origin, goal = data.location[client], data.location[other]
            price = data.per_m[0] * distance_in(data, matrix, origin, goal)
            price += data.per_s[0] * duration_in(data, matrix, origin, goal)
            if price <= 0.0 or price >= nearest[count - 1]:
                continue
            at = count - 1
            while at > 0 and nearest[at - 1] > price:
                nearest[at] = nearest[at - 1]
                at -= 1
            nearest[at] = price
        for k in range(count):
            if nearest[k] < np.inf:
                total += nearest[k]
                steps += 1
    return total / steps if steps > 0 else 1.0
