"""The front door of the solver: search within a budget, or time a given assignment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np

from zaguan.base.kit.clock import cpu_s, elapsed_s
from zaguan.base.kit.errors import ZaguanError
from zaguan.engines.solver.budget import Budget
from zaguan.engines.solver.compiled import is_compiled, mark_compiled
from zaguan.engines.solver.extract import timed_route
from zaguan.engines.solver.fleet import Vehicle
from zaguan.engines.solver.problem import Client, Problem
from zaguan.engines.solver.rules.frozen import frozen_routes
from zaguan.engines.solver.rules.trips import with_reloads
from zaguan.engines.solver.search.anneal import adopt, construct, settle
from zaguan.engines.solver.search.crew import (
    HOT,
    STEPS,
    WARM,
    Cooling,
    Crew,
    Rivals,
    mean_step_price,
    searches,
    side_by_side,
)
from zaguan.engines.solver.search.data import Data, flatten
from zaguan.engines.solver.search.generations import Generations, worth_crossing
from zaguan.engines.solver.search.insertion import chains, clients_of, rebuild
from zaguan.engines.solver.search.regions import Regions, worth_cutting
from zaguan.engines.solver.search.scratch import new_scratch
from zaguan.engines.solver.search.state import State, new_state
from zaguan.engines.solver.solution import Progress, Solution
from zaguan.engines.solver.start import Assignment, BrokenStart, named_once, refuse_broken
from zaguan.engines.solver.travel import Travel
from zaguan.engines.solver.view import View

ROUNDS: Final = 200  # of a budget in iterations
ROUND_S: Final = 0.25
FIRST_ROUND: Final = 200
PROBED_SHARE: Final = 0.002  # of a budget of time, until its iterations are foreseen


class ImpossibleRoute(ZaguanError):
    """A given assignment breaks a rule."""

    code = "solver.impossible_route"


@dataclass(slots=True)
class _Clock:
    """What has been spent."""

    began_s: float
    began_cpu_s: float
    iterations: int = 0

    def share(self, budget: Budget) -> float:
        return budget.share(
            seconds=elapsed_s() - self.began_s, cpu_seconds=cpu_s() - self.began_cpu_s, iterations=self.iterations
        )


def solve(
    problem: Problem,
    *,
    budget: Budget,
    seed: int = 0,
    threads: int = 2,
    on_progress: Callable[[Progress], bool] | None = None,
    start: Assignment | None = None,
) -> Solution:
    """Search for the cheapest plan within a budget and return the best found.

    Parameters
    ----------
    problem : the clients, vehicles and travel
    budget : when to stop; with iterations only, the result is the same for the same seed and number of threads
    seed : any whole number
    threads : searches side by side; on large problems each changes the routes of its own region, cut anew every round
    on_progress : called several times a second; returning True ends the search at once
    start : a plan to go on from, pairs of a vehicle and its clients in order. Whom it leaves out is put in at the
        cheapest place first; then the search begins at a lower temperature, so that what is good stays

    Raises
    ------
    BrokenStart : the plan to go on from breaks a rule; the route is named. A route that has become impossible is
        left out by the caller, and its clients are put in anew

    Returns
    -------
    Solution : the best plan found; what it leaves out has no place in it (see `explain`)

    References
    ----------
    J. Christiaens, G. Vanden Berghe: Slack Induction by String Removals. Transportation Science 54(2), 2020.
    """
    if not is_compiled():
        compile_kernels()
    return _solve(problem, budget, seed, threads, on_progress, start)


def _lay(problem: Problem, data: View[Data], state: View[State], start: Assignment, clock: _Clock) -> None:
    """Lay a given plan as the best known one, then put in whom it leaves out."""
    routes = [(v, with_reloads(data.fields, v, order)) for v, order in named_once(problem, start)]
    try:
        standing = _solution(problem, data, routes, clock)
    except ImpossibleRoute as broken:
        raise BrokenStart(vehicle=broken.facts["vehicle"], what="it cannot be driven within its times") from broken
    refuse_broken(problem, standing)
    adopt(data, state, chains(data.fields, routes))
    settle(data, state)


def compile_kernels() -> None:
    """Compile every kernel into the cache by solving a tiny problem; nobody's budget pays for that."""
    travel = Travel.static(np.abs(np.subtract.outer(np.arange(4), np.arange(4))) * 60)
    clients = [Client(location=i, windows=((0, 3_600),)) for i in (1, 2, 3)]
    problem = Problem(clients=clients, vehicles=[Vehicle(), Vehicle()], travel=travel)
    _solve(problem, Budget(iterations=20), 0, 2, None, None)
    data = View(flatten(problem))
    states = [View(new_state(data.fields, thread)) for thread in range(2)]
    construct(data, states[0])
    with ThreadPoolExecutor(2) as pool:
        Regions(problem, data, states, Cooling(60.0, HOT), 0).work(pool, 20, 0.0, 0.1)
        Generations(problem, data, states, 60.0, 0).work(pool, 20, 0.0, 0.1)
    mark_compiled()


def _solve(
    problem: Problem,
    budget: Budget,
    seed: int,
    threads: int,
    on_progress: Callable[[Progress], bool] | None,
    start: Assignment | None,
) -> Solution:
    clock = _Clock(elapsed_s(), cpu_s())
    data = View(flatten(problem))
    if not problem.clients or not problem.vehicles:
        return _solution(problem, data, [], clock)
    states = [View(new_state(data.fields, seed * max(1, threads) + t)) for t in range(max(1, threads))]
    if start is None:
        _lay_frozen(problem, data, states[0])
        construct(data, states[0])
    else:
        _lay(problem, data, states[0], start, clock)
    step = mean_step_price(data, np.zeros(STEPS))
    with ThreadPoolExecutor(len(states)) as pool:
        crew = _crew(problem, data, states, budget, clock, pool, seed, step, start is None)
        _search(problem, crew, pool, budget, clock, on_progress)
    crew.settle()
    return _solution(problem, data, clients_of(data.fields, crew.best), clock)


def _lay_frozen(problem: Problem, data: View[Data], state: View[State]) -> None:
    """Let each route begin with what is frozen on it; what cannot be driven so is refused."""
    routes = [(vehicle, with_reloads(data.fields, vehicle, clients)) for vehicle, clients in frozen_routes(problem)]
    if not routes or rebuild(data, state, chains(data.fields, routes)):
        return
    scratch = new_scratch(data.fields)
    for vehicle, nodes in routes:
        if timed_route(data, scratch, vehicle, nodes) is None:
            raise ImpossibleRoute(vehicle=vehicle, clients=", ".join(map(str, problem.vehicles[vehicle].frozen)))


def evaluate(problem: Problem, assignment: Assignment) -> Solution:
    """Time and price given routes, pairs of a vehicle and its clients in order.

    A vehicle of several trips loads again where a -1 stands between its clients; if none does, where the next client
    would not fit aboard or its goods come too late for the trip. A route that cannot be driven or charged in time, or
    whose trips carry too much, raises ImpossibleRoute. The loads of a single trip and the skills are judged by `check`.
    """
    clock = _Clock(elapsed_s(), cpu_s())
    data = flatten(problem, with_neighbours=False)
    routes = [(vehicle, with_reloads(data, vehicle, clients)) for vehicle, clients in assignment]
    return _solution(problem, View(data), routes, clock)


def _crew(
    problem: Problem,
    data: View[Data],
    states: list[View[State]],
    budget: Budget,
    clock: _Clock,
    pool: ThreadPoolExecutor,
    seed: int,
    step: float,
    anew: bool,
) -> Crew:
    """Choose how the threads search, by the problem's size and by how many iterations are to be expected."""
    impatient = budget.patience_iterations is not None
    if anew and not impatient and worth_crossing(data.fields, _foreseen(data, states, budget, clock, pool, step)):
        return Generations(problem, data, states, step, seed)
    cooling = Cooling(step, HOT if anew else WARM)
    if worth_cutting(problem, states[0].fields.best_next, len(states)):
        return Regions(problem, data, states, cooling, seed)
    return Rivals(data, states, cooling)


def _foreseen(
    data: View[Data], states: list[View[State]], budget: Budget, clock: _Clock, pool: ThreadPoolExecutor, step: float
) -> float:
    """Foresee how many iterations the budget is for; where it is one of time, the search begins to find out."""
    if budget.iterations is not None:
        return budget.iterations
    began = clock.share(budget)
    while (share := clock.share(budget)) - began < PROBED_SHARE and share < 1.0:
        side_by_side(pool, searches(data, states[:1], FIRST_ROUND, HOT * step, HOT * step))
        clock.iterations += FIRST_ROUND
    threads = len(states) if budget.cpu_seconds is not None else 1
    return clock.iterations * (1.0 - began) / (threads * max(share - began, PROBED_SHARE))


def _search(
    problem: Problem,
    crew: Crew,
    pool: ThreadPoolExecutor,
    budget: Budget,
    clock: _Clock,
    on_progress: Callable[[Progress], bool] | None,
) -> None:
    """Run rounds until the budget is used or somebody says stop."""
    chunk, last_best, last_gain = FIRST_ROUND, np.inf, 0
    if budget.iterations is not None:
        chunk = max(1, budget.iterations // max(ROUNDS, crew.parts))
    while (share := clock.share(budget)) < 1.0:
        if crew.cost < last_best - 1e-9:
            last_best, last_gain = crew.cost, clock.iterations
        impatient = budget.patience_iterations
        if impatient is not None and clock.iterations - last_gain >= impatient:
            return
        if on_progress is not None and on_progress(_progress(problem, crew, clock, share)):
            return
        if budget.iterations is not None:
            chunk = min(chunk, budget.iterations - clock.iterations)
        began = elapsed_s()
        crew.work(pool, chunk, share, _expected_share(budget, clock, share, chunk))
        clock.iterations += chunk
        if budget.iterations is None:
            pace = (elapsed_s() - began) / chunk
            most = min(ROUND_S / max(pace, 1e-9), clock.iterations / max(share, 1e-9) / crew.parts)
            chunk = max(1, min(4 * chunk, int(most)))


def _expected_share(budget: Budget, clock: _Clock, share: float, chunk: int) -> float:
    """Foresee how much of the budget will be used after the next round, for an even fall of the temperature."""
    if budget.iterations is not None and budget.seconds is None and budget.cpu_seconds is None:
        return min(1.0, (clock.iterations + chunk) / budget.iterations)
    if clock.iterations == 0:
        return share
    return min(1.0, share + share * chunk / clock.iterations)


def _progress(problem: Problem, crew: Crew, clock: _Clock, share: float) -> Progress:
    n, v, best = len(problem.clients), len(problem.vehicles), crew.best
    return Progress(
        cost=crew.cost,
        routes=int((best[n : n + v] != np.arange(n + v, n + 2 * v)).sum()),
        unassigned=int((best[:n] < 0).sum()),
        iterations=clock.iterations,
        elapsed_s=elapsed_s() - clock.began_s,
        share=share,
    )


def _solution(problem: Problem, data: View[Data], assignment: Assignment, clock: _Clock) -> Solution:
    scratch = new_scratch(data.fields)
    routes = []
    for vehicle, clients in assignment:
        route = timed_route(data, scratch, vehicle, clients)
        if route is None:
            raise ImpossibleRoute(vehicle=vehicle, clients=", ".join(map(str, clients)))
        routes.append(route)
    served = {visit.client for route in routes for visit in route.visits}
    left_out = tuple(i for i in range(len(problem.clients)) if i not in served)
    return Solution(
        routes=tuple(routes),
        unassigned=left_out,
        cost=sum(route.cost for route in routes) + float(data.fields.prize[list(left_out)].sum()),
        iterations=clock.iterations,
        seconds=elapsed_s() - clock.began_s,
        cpu_seconds=cpu_s() - clock.began_cpu_s,
    )
