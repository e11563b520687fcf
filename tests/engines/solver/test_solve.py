"""The search: from one street to a few routes, numbered from easy to hard."""

import numpy as np
import pytest

from tests.engines.solver.towns import STEP_M, paths, solved, town
from zaguan.engines.solver import (
    Budget,
    Client,
    InvalidProblem,
    Problem,
    Progress,
    Travel,
    Vehicle,
    check,
    is_compiled,
    solve,
)
from zaguan.engines.solver.compiled import CACHE


def test_a01_one_street_is_served_in_its_order() -> None:
    """Stops along one street are served outward or homeward, never zigzag (C11)."""
    assert solved(town("D.B.E.A.C")).cost == 16 * STEP_M
    assert paths(solved(town("D.B.E.A.C", vehicles=[Vehicle(end=None)]))) == {"0:BEAC"}


def test_a02_a_loop_is_driven_round() -> None:
    """Stops on the four corners of a block are served round the block (C11)."""
    drawing = """
D...A
.....
C...B
"""
    assert solved(town(drawing)).cost == 12 * STEP_M


def test_a03_two_vehicles_share_what_one_cannot_carry() -> None:
    """When one vehicle cannot carry all, a second one leaves the depot (C04)."""
    vehicles = [Vehicle(capacity=(2,)), Vehicle(capacity=(2,))]
    solution = solved(town("A.B.D.C.E", every=Client(location=0, delivery=(1,)), vehicles=vehicles))
    assert sorted(len(route.visits) for route in solution.routes) == [2, 2]
    assert solution.unassigned == ()


def test_a04_the_dearer_vehicle_stays_at_home() -> None:
    """With unlike vehicles, the cheaper one drives (C27)."""
    vehicles = [Vehicle(fixed_cost=5_000.0), Vehicle(fixed_cost=10.0)]
    assert {route.vehicle for route in solved(town("D.A.B", vehicles=vehicles)).routes} == {1}


def test_a05_each_depot_serves_its_own_side() -> None:
    """With two depots, every stop goes to the near one in one run (C10)."""
    travel = Travel.static(np.abs(np.subtract.outer(np.arange(11), np.arange(11))) * 100)
    clients = [Client(location=i) for i in (1, 2, 8, 9)]
    problem = Problem(clients=clients, vehicles=[Vehicle(start=0, end=0), Vehicle(start=10, end=10)], travel=travel)
    routes = {r.vehicle: sorted(v.client for v in r.visits) for r in solved(problem).routes}
    assert routes == {0: [0, 1], 1: [2, 3]}


def test_a06_an_open_end_is_not_driven() -> None:
    """A vehicle with an open end stops at its last client."""
    assert solved(town("D.A.B", vehicles=[Vehicle(end=None)])).cost == 4 * STEP_M


def _scattered(clients: int, seed: int) -> Problem:
    rng = np.random.default_rng(seed)
    at = rng.integers(0, 5_000, (clients + 1, 2))
    metres = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1)).astype(np.int32)
    wanted = [Client(location=i, delivery=(1,), service_s=120) for i in range(1, clients + 1)]
    fleet = [Vehicle(capacity=(12,), shift_s=(0, 6 * 3_600), fixed_cost=500.0, cost_per_s=0.1) for _ in range(20)]
    return Problem(clients=wanted, vehicles=fleet, travel=Travel.static(metres // 8, metres))


def test_b01_the_plan_beats_nearest_neighbour_and_file_order() -> None:
    """The plan costs less than serving each time the nearest, or in the order of the file (C11, C29)."""
    from zaguan.engines.solver import evaluate

    problem = _scattered(60, 3)
    solution = solved(problem, 2_000)
    in_order = [(r, range(r * 12, r * 12 + 12)) for r in range(5)]
    left, nearest = set(range(60)), []
    for vehicle in range(5):
        at, route = 0, []
        while left and len(route) < 12:
            client = min(left, key=lambda c: int(problem.travel.distances_m[0, at, c + 1]))
            left.remove(client)
            route.append(client)
            at = client + 1
        nearest.append((vehicle, route))
    assert solution.cost < 0.95 * evaluate(problem, nearest).cost < evaluate(problem, in_order).cost


def test_b02_same_seed_same_plan() -> None:
    """The same seed, thread count and number of iterations give the same plan to the last second."""
    problem = _scattered(50, 5)
    plans = [solve(problem, budget=Budget(iterations=1_000), seed=7, threads=2) for _ in range(2)]
    assert plans[0].routes == plans[1].routes
    assert plans[0].cost == plans[1].cost


def test_b03_more_iterations_never_make_it_worse_by_much() -> None:
    """A long search ends cheaper than the first plan."""
    problem = _scattered(80, 6)
    assert solved(problem, 3_000).cost < solved(problem, 1).cost


def test_b04_a_search_can_be_cancelled_at_any_moment() -> None:
    """Saying stop at the first sign of progress returns a whole plan at once."""
    seen: list[Progress] = []

    def stop(progress: Progress) -> bool:
        seen.append(progress)
        return True

    problem = _scattered(40, 8)
    solution = solve(problem, budget=Budget(seconds=3_600), on_progress=stop)
    assert len(seen) == 1
    assert seen[0].routes == len(solution.routes)
    assert check(problem, solution) == ()
    assert solution.unassigned == ()


def test_b05_progress_only_gets_better() -> None:
    """The cost that the progress bar shows never rises, and its share runs from 0 to below 1."""
    seen: list[Progress] = []
    solve(_scattered(40, 9), budget=Budget(iterations=2_000), on_progress=lambda p: bool(seen.append(p)))
    costs = [progress.cost for progress in seen]
    assert costs == sorted(costs, reverse=True)
    assert seen[0].share == 0.0 < seen[-1].share < 1.0


def test_b06_patience_ends_a_search_that_finds_nothing_more() -> None:
    """A search with patience stops once nothing better was found for so long."""
    budget = Budget(iterations=100_000, patience_iterations=2_000)
    assert solve(town("D.A.B"), budget=budget, threads=1).iterations < 10_000


def test_b07_nobody_to_serve_is_a_plan_too() -> None:
    """A day without orders, or without vehicles, gives an empty plan and no error."""
    empty = Problem(clients=[], vehicles=[Vehicle()], travel=Travel.static(np.zeros((1, 1))))
    assert solve(empty, budget=Budget(iterations=1)).routes == ()
    stranded = town("D.A", vehicles=[])
    assert solve(stranded, budget=Budget(iterations=1)).unassigned == (0,)


def test_b08_compiling_is_nobodys_search_time() -> None:
    """After any search every kernel is in the cache, under a name made from all sources of the engine."""
    solve(town("D.A"), budget=Budget(iterations=1), threads=1)
    assert is_compiled()
    kept = {path.name.partition("-")[0] for path in CACHE.rglob("*.nbi")}
    assert {"anneal.iterate", "schedule.schedule", "probe.cheapest_anywhere"} <= kept


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Client(location=1, windows=((10, 5),)),
        lambda: Client(location=1, delivery=(-1,)),
        lambda: Vehicle(shift_s=(10, 5)),
        lambda: Vehicle(cost_per_m=float("nan")),
        lambda: Travel.static([[0, -1], [1, 0]]),
        lambda: Budget(),
        lambda: Budget(seconds=0),
        lambda: Problem(clients=[Client(location=7)], vehicles=[], travel=Travel.static([[0]])),
        lambda: Problem(clients=[], vehicles=[Vehicle(profile=1)], travel=Travel.static([[0]])),
    ],
)
def test_c01_a_contradiction_is_refused_at_birth(wrong) -> None:  # type: ignore[no-untyped-def]
    """Reversed windows, negative loads, unknown locations and the like are refused with a reason."""
    with pytest.raises(InvalidProblem) as refusal:
        wrong()
    assert refusal.value.facts["what"]
