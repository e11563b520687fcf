"""The verifier: silent on what holds, loud on each broken promise."""

import os
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.engines.solver.instances import random_instance
from tests.engines.solver.towns import HOUR, solved, town
from zaguan.engines.solver import (
    Break,
    Broken,
    Budget,
    Client,
    DrivingHours,
    Problem,
    Route,
    Solution,
    Vehicle,
    check,
    explain,
    solve,
)

INSTANCES = int(os.environ.get("ZAGUAN_RANDOM_INSTANCES", "300"))
BATCHES = 10


@pytest.mark.parametrize("batch", range(BATCHES))
def test_no_random_plan_breaks_a_promise(batch: int) -> None:
    """On random instances with all rules mixed, no plan breaks one (ZAGUAN_RANDOM_INSTANCES sets how many)."""
    for seed in range(batch * INSTANCES // BATCHES, (batch + 1) * INSTANCES // BATCHES):
        problem = random_instance(seed)
        solution = solve(problem, budget=Budget(iterations=150), seed=seed, threads=1)
        assert check(problem, solution) == (), f"seed {seed}"


def test_every_client_left_out_has_a_reason() -> None:
    """On random instances, each client that is left out gets exactly one reason, and remedies only if they hold."""
    for seed in range(40):
        problem = random_instance(seed)
        solution = solve(problem, budget=Budget(iterations=60), seed=seed, threads=1)
        assert tuple(left.client for left in explain(problem, solution)) == solution.unassigned


def _day() -> Problem:
    vehicle = Vehicle(
        capacity=(10,),
        shift_s=(8 * HOUR, 12 * HOUR),
        max_duration_s=3 * HOUR,
        max_clients=3,
        breaks=(Break(earliest_s=8 * HOUR, latest_s=8 * HOUR + 700, duration_s=600),),
        driving=DrivingHours(max_total_s=HOUR, max_without_rest_s=HOUR // 2, rest_s=300),
        skills=frozenset({"cold"}),
        cost_per_s=1.0,
    )
    needy = Client(
        location=0, windows=((8 * HOUR + 600, 9 * HOUR),), delivery=(3,), skills=frozenset({"cold"}), service_s=60
    )
    return town("D..A..B", clients={"A": needy, "B": Client(location=0, delivery=(3,))}, vehicles=[vehicle])


def _with_client(problem: Problem, index: int, **changes: object) -> Problem:
    clients = list(problem.clients)
    clients[index] = replace(clients[index], **changes)  # type: ignore[arg-type]
    return replace(problem, clients=clients)


def _with_vehicle(problem: Problem, **changes: object) -> Problem:
    return replace(problem, vehicles=[replace(problem.vehicles[0], **changes)])  # type: ignore[arg-type]


STRICTER: list[tuple[Broken, Callable[[Problem], Problem]]] = [
    (Broken.CAPACITY, lambda p: _with_vehicle(p, capacity=(5,))),
    (Broken.SKILLS, lambda p: _with_vehicle(p, skills=frozenset())),
    (Broken.EXCLUDED, lambda p: _with_client(p, 0, vehicles=frozenset())),
    (Broken.WINDOW, lambda p: _with_client(p, 0, windows=((11 * HOUR, 12 * HOUR),))),
    (Broken.SHIFT, lambda p: _with_vehicle(p, shift_s=(8 * HOUR, 8 * HOUR + 900))),
    (Broken.SHIFT, lambda p: _with_vehicle(p, shift_s=(9 * HOUR, 12 * HOUR))),
    (Broken.DURATION, lambda p: _with_vehicle(p, max_duration_s=600)),
    (Broken.CLIENTS, lambda p: _with_vehicle(p, max_clients=1)),
    (Broken.BREAK, lambda p: _with_vehicle(p, breaks=(replace(p.vehicles[0].breaks[0], duration_s=601),))),
    (Broken.BREAK, lambda p: _with_vehicle(p, breaks=(Break(earliest_s=0, latest_s=1, duration_s=600),))),
    (Broken.BREAK, lambda p: _with_vehicle(p, breaks=())),
    (Broken.DRIVING, lambda p: _with_vehicle(p, driving=DrivingHours(max_total_s=60))),
    (Broken.DRIVING, lambda p: _with_vehicle(p, driving=DrivingHours(max_without_rest_s=60, rest_s=7_000))),
    (Broken.TRAVEL, lambda p: replace(p, travel=replace(p.travel, durations_s=p.travel.durations_s + 1))),
    (Broken.COST, lambda p: _with_vehicle(p, fixed_cost=1.0)),
    (Broken.SERVICE, lambda p: _with_client(p, 0, service_s=61)),
    (Broken.FORGOTTEN, lambda p: replace(p, clients=[*p.clients, Client(location=0)])),
]


@pytest.mark.parametrize(("code", "stricter"), STRICTER)
def test_a_plan_made_for_milder_rules_is_caught(code: Broken, stricter: Callable[[Problem], Problem]) -> None:
    """Each rule is seen to be broken when it is made stricter behind the plan's back."""
    problem = _day()
    solution = solved(problem)
    assert code in {violation.code for violation in check(stricter(problem), solution)}


def _tampered(route: Route, **changes: object) -> Route:
    return replace(route, **changes)  # type: ignore[arg-type]


TAMPERING: list[tuple[Broken, Callable[[Solution], Solution]]] = [
    (Broken.SERVED_TWICE, lambda s: replace(s, unassigned=(0,))),
    (Broken.VEHICLE_TWICE, lambda s: replace(s, routes=s.routes * 2)),
    (Broken.UNKNOWN, lambda s: replace(s, unassigned=(77,))),
    (Broken.UNKNOWN, lambda s: replace(s, routes=(_tampered(s.routes[0], vehicle=5),))),
    (Broken.COST, lambda s: replace(s, routes=(_tampered(s.routes[0], cost=1.0),))),
    (Broken.FIGURES, lambda s: replace(s, routes=(_tampered(s.routes[0], distance_m=1),))),
    (Broken.FIGURES, lambda s: replace(s, routes=(_tampered(s.routes[0], peak=(1,)),))),
    (Broken.COST, lambda s: replace(s, cost=s.cost / 2)),
    (Broken.TRAVEL, lambda s: replace(s, routes=(_tampered(s.routes[0], departs_s=s.routes[0].departs_s - 60),))),
    (Broken.TRAVEL, lambda s: replace(s, routes=(_tampered(s.routes[0], returns_s=s.routes[0].returns_s - 60),))),
    (Broken.TRAVEL, lambda s: replace(s, routes=(_tampered(s.routes[0], visits=s.routes[0].visits[::-1]),))),
]


@pytest.mark.parametrize(("code", "tamper"), TAMPERING)
def test_a_tampered_solution_is_caught(code: Broken, tamper: Callable[[Solution], Solution]) -> None:
    """Figures, times and assignments that were altered after the search are seen."""
    problem = _day()
    solution = solved(problem)
    assert code in {violation.code for violation in check(problem, tamper(solution))}
