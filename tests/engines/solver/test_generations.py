"""Small problems searched for long: parents found apart, then children of two of them."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from tests.engines.solver.instances import random_instance
from zaguan.engines.solver import Budget, Client, Problem, Progress, Travel, Vehicle, check, evaluate, solve
from zaguan.engines.solver.search.anneal import construct
from zaguan.engines.solver.search.data import flatten
from zaguan.engines.solver.search.generations import Generations, worth_crossing
from zaguan.engines.solver.search.insertion import clients_of
from zaguan.engines.solver.search.state import new_state
from zaguan.engines.solver.view import View


def _town(clients: int, seed: int) -> Problem:
    rng = np.random.default_rng(seed)
    travel = Travel.planar(rng.integers(0, 9_000, (clients + 1, 2)))
    wanted = [Client(location=i, delivery=(int(rng.integers(1, 5)),)) for i in range(1, clients + 1)]
    return Problem(clients=wanted, vehicles=[Vehicle(capacity=(12,))] * clients, travel=travel)


def _by_generations(problem: Problem, threads: int, rounds: int) -> tuple[float, list[tuple[int, list[int]]]]:
    """Search a problem by generations, however short; return the best's cost and routes."""
    data = View(flatten(problem))
    states = [View(new_state(data.fields, thread)) for thread in range(threads)]
    construct(data, states[0])
    crew = Generations(problem, data, states, 1_000.0, 0)
    with ThreadPoolExecutor(threads) as pool:
        for at in range(rounds):
            crew.work(pool, 20, at / rounds, (at + 1) / rounds)
    crew.settle()
    return crew.cost, clients_of(data.fields, crew.best)


def test_a01_a_long_search_gives_the_same_plan_again() -> None:
    """The same seed, threads and iterations give the same plan, which the verifier accepts."""
    problem = _town(12, 1)
    budget = Budget(iterations=100_000)
    assert worth_crossing(flatten(problem), 100_000)
    plans = [solve(problem, budget=budget, seed=4, threads=2) for _ in range(2)]
    assert check(problem, plans[0]) == ()
    assert plans[0].unassigned == ()
    assert plans[0].routes == plans[1].routes


def test_a02_a_budget_of_time_is_crossed_too() -> None:
    """Within CPU seconds the search finds out how far it will come, and its plan is valid."""
    problem = _town(10, 2)
    plan = solve(problem, budget=Budget(cpu_seconds=1.0), seed=1, threads=1)
    exact = solve(problem, budget=Budget(iterations=200_000), seed=2, threads=1)
    assert check(problem, plan) == ()
    assert plan.cost == exact.cost


def test_a03_progress_only_gets_better() -> None:
    """The best plan that is told never gets dearer, although every parent begins anew."""
    seen: list[Progress] = []
    plan = solve(_town(15, 3), budget=Budget(iterations=150_000), on_progress=lambda p: bool(seen.append(p)))
    costs = [progress.cost for progress in seen]
    assert costs == sorted(costs, reverse=True)
    assert len(seen) >= Generations.parts
    assert plan.cost <= costs[-1] < costs[0]


def test_a04_children_are_better_than_their_parents() -> None:
    """With rounds so short that a parent is seldom found well, crossing finds better plans than parents alone."""
    better = 0
    for seed in range(8):
        problem = _town(60, seed)
        parents, _ = _by_generations(problem, 1, 18)
        children, _ = _by_generations(problem, 1, 240)
        better += children < parents
    assert better >= 7


def test_a05_no_mixture_of_rules_breaks_by_crossing() -> None:
    """Random instances with all rules mixed give plans that the verifier accepts."""
    searched = 0
    for seed in range(150):
        problem = random_instance(seed)
        if not worth_crossing(flatten(problem), 1e12):
            continue
        cost, routes = _by_generations(problem, 1 + seed % 2, 120)
        plan = evaluate(problem, routes)
        assert check(problem, plan) == (), f"seed {seed}"
        assert plan.cost <= cost + 1e-6, f"seed {seed}"
        searched += bool(routes)
    assert searched > 20


def test_b01_short_searches_and_tied_routes_are_not_crossed() -> None:
    """Few iterations, several trips, groups and frozen beginnings are searched in one go."""
    problem = _town(20, 1)
    data = flatten(problem)
    assert worth_crossing(data, 1e6)
    assert not worth_crossing(data, 1e5)
    for tied in (Vehicle(capacity=(12,), frozen=(0,)), Vehicle(capacity=(12,), trips=2)):
        other = Problem(clients=problem.clients, vehicles=[tied], travel=problem.travel)
        assert not worth_crossing(flatten(other), 1e6)
