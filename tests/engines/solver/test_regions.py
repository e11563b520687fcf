"""Large problems searched by regions: every thread its own routes."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from tests.engines.solver.instances import random_instance
from zaguan.engines.solver import Budget, Client, Group, Problem, Progress, Travel, Vehicle, check, evaluate, solve
from zaguan.engines.solver.search.anneal import construct
from zaguan.engines.solver.search.crew import HOT, Cooling
from zaguan.engines.solver.search.data import flatten
from zaguan.engines.solver.search.insertion import clients_of
from zaguan.engines.solver.search.regions import Regions, worth_cutting
from zaguan.engines.solver.search.state import new_state
from zaguan.engines.solver.view import View


def _large(clients: int, seed: int, *, room: int = 15, vehicles: int = 60) -> Problem:
    rng = np.random.default_rng(seed)
    travel = Travel.planar(rng.integers(0, 9_000, (clients + 1, 2)))
    wanted = [Client(location=i, delivery=(int(rng.integers(1, 3)),)) for i in range(1, clients + 1)]
    return Problem(clients=wanted, vehicles=[Vehicle(capacity=(room,))] * vehicles, travel=travel)


def test_a01_regions_give_a_valid_plan_that_is_the_same_again() -> None:
    """The same seed, threads and iterations give the same plan, which the verifier accepts."""
    problem = _large(500, 1)
    plans = [solve(problem, budget=Budget(iterations=2_000), seed=4, threads=2) for _ in range(2)]
    assert check(problem, plans[0]) == ()
    assert plans[0].unassigned == ()
    assert plans[0].routes == plans[1].routes
    assert plans[0].cost == plans[1].cost


def test_a02_two_regions_find_more_than_one_search() -> None:
    """Two threads that search a region each come further in as many rounds than one thread alone."""
    problem = _large(800, 2, vehicles=100)
    one, two = (solve(problem, budget=Budget(iterations=8_000), seed=1, threads=t).cost for t in (1, 2))
    assert two < one


def test_a03_three_regions_share_a_fleet_too_small() -> None:
    """With clients left out and no vehicle spare, regions share both and the plan stays valid."""
    problem = _large(700, 3, vehicles=40)
    plan = solve(problem, budget=Budget(iterations=500), seed=1, threads=3)
    assert check(problem, plan) == ()
    assert 0 < len(plan.unassigned) < 300
    assert len(plan.routes) == 40


def test_a04_progress_only_gets_better() -> None:
    """The best of the regions' bests never gets dearer, and says how many routes it has."""
    seen: list[Progress] = []
    problem = _large(500, 5)
    plan = solve(problem, budget=Budget(iterations=1_000), on_progress=lambda p: bool(seen.append(p)))
    costs = [progress.cost for progress in seen]
    assert costs == sorted(costs, reverse=True)
    assert plan.cost <= costs[-1] < costs[0]
    assert len(plan.routes) <= seen[-1].routes <= 60


def test_a05_pairs_stay_together_in_their_region() -> None:
    """With pairs and too few vehicles, both of a pair are absent or served in one region, and the plan is valid."""
    rng = np.random.default_rng(6)
    travel = Travel.planar(rng.integers(0, 9_000, (501, 2)))
    halves = [{"pickup": (2,)}, {"delivery": (2,)}]
    wanted = [Client(location=i, **halves[(i - 1) % 2]) for i in range(1, 501)]
    pairs = [(i, i + 1) for i in range(0, 500, 2)]
    fleet = [Vehicle(capacity=(6,), max_clients=20)] * 22
    problem = Problem(clients=wanted, vehicles=fleet, travel=travel, pairs=pairs)
    plan = solve(problem, budget=Budget(iterations=400), seed=1, threads=2)
    assert check(problem, plan) == ()
    assert 60 <= len(plan.unassigned) < 200


def _by_regions(problem: Problem, threads: int) -> list[tuple[int, list[int]]]:
    """Search a problem by regions, however small it is; return the best's routes, -1 for a reload."""
    data = View(flatten(problem))
    states = [View(new_state(data.fields, thread)) for thread in range(threads)]
    construct(data, states[0])
    crew = Regions(problem, data, states, Cooling(100.0, HOT), 0)
    with ThreadPoolExecutor(threads) as pool:
        for began in (0.0, 0.3, 0.6):
            crew.work(pool, 100, began, began + 0.3)
    crew.settle()
    routes, clients = clients_of(data.fields, crew.best), len(problem.clients)
    return [(vehicle, [node if node < clients else -1 for node in order]) for vehicle, order in routes]


def test_a06_no_mixture_of_rules_breaks_by_the_cut() -> None:
    """Random instances with all rules mixed, cut into regions, give plans that the verifier accepts."""
    searched = 0
    for seed in range(150):
        problem = random_instance(seed)
        if problem.groups or any(v.frozen for v in problem.vehicles):
            continue  # never cut, or laid before the search
        routes = _by_regions(problem, 2 + seed % 2)
        assert check(problem, evaluate(problem, routes)) == (), f"seed {seed}"
        searched += bool(routes)
    assert searched > 20


def test_b01_small_problems_and_groups_are_not_cut() -> None:
    """Few clients, few routes or groups across routes are searched whole."""
    best = np.full(620, -1, np.int32)
    best[500:560] = 0  # every vehicle goes somewhere
    problem = _large(500, 1)
    assert worth_cutting(problem, best, 2)
    assert not worth_cutting(problem, best, 1)
    assert not worth_cutting(problem, best, 8)
    tied = Problem(
        clients=problem.clients,
        vehicles=problem.vehicles,
        travel=problem.travel,
        groups=[Group(clients=frozenset({1, 2}), together=True)],
    )
    assert not worth_cutting(tied, best, 2)
    best[500:560] = np.arange(560, 620)  # nobody drives
    assert not worth_cutting(problem, best, 2)
