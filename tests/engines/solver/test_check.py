"""The verifier: silent on what holds, loud on each broken promise."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest

from tests.engines.solver import rules_by_hand as who
from tests.engines.solver import times_by_hand as when
from tests.engines.solver.by_hand import MORNING, plan, route
from tests.engines.solver.instances import random_instance
from tests.engines.solver.rules_by_hand import Case
from tests.engines.solver.towns import town
from zaguan.engines.solver import Broken, Budget, Client, Route, Solution, Vehicle, check, explain, solve

INSTANCES = int(os.environ.get("ZAGUAN_RANDOM_INSTANCES", "300"))
BATCHES = 10
BY_HAND: list[Callable[[], Iterator[Case]]] = [
    who.assignments,
    who.permissions,
    who.capacities,
    who.trips,
    who.releases,
    who.pairs,
    who.groups,
    who.frozen,
    who.published,
    who.batteries,
    when.legs,
    when.hours,
    when.straight_lines,
    when.windows,
    when.latest_moments,
    when.services,
    when.shifts,
    when.breaks,
    when.driving_hours,
    when.prices,
]


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


@pytest.mark.parametrize("rule", BY_HAND)
def test_a_plan_by_hand_breaks_what_it_breaks_and_nothing_else(rule: Callable[[], Iterator[Case]]) -> None:
    """Plans that hold are passed in silence; a broken promise is found, under its own code."""
    cases = list(rule())
    assert not cases[0][0], "the first plan of a rule holds"
    for number, (codes, problem, solution) in enumerate(cases):
        found = check(problem, solution)
        assert {violation.code for violation in found} == codes, f"plan {number}: {found}"


def test_every_code_is_found_alone() -> None:
    """Each promise of the verifier is broken by a plan by hand that breaks no other."""
    alone = {code for rule in BY_HAND for codes, _, _ in rule() if len(codes) == 1 for code in codes}
    assert alone == set(Broken)


def test_a_violation_says_where() -> None:
    """A violation names the route and the client as the solution and the problem number them."""
    problem = town("D.A.B", every=Client(location=0, latest_s=MORNING + 120), vehicles=[Vehicle(), Vehicle()])
    first, second = route(problem, "A", cost=400.0), route(problem, "B", vehicle=1, cost=800.0)
    (late,) = check(problem, plan(problem, first, second))
    assert (late.code, late.route, late.client) == (Broken.LATEST, 1, 1)
    (twice,) = check(problem, plan(problem, first, replace(first, vehicle=1), replace(second, visits=())))[:1]
    assert (twice.code, twice.route, twice.client) == (Broken.SERVED_TWICE, -1, 0)


def _first_visit(name: str, change: int) -> Callable[[Route], Route]:
    def tamper(route: Route) -> Route:
        visit = route.visits[0]
        return replace(route, visits=(replace(visit, **{name: getattr(visit, name) + change}), *route.visits[1:]))

    return tamper


def _last_halt(name: str, change: int) -> Callable[[Route], Route]:
    def tamper(route: Route) -> Route:
        halt = route.halts[-1]
        return replace(route, halts=(*route.halts[:-1], replace(halt, **{name: getattr(halt, name) + change})))

    return tamper


def _figure(name: str, change: int) -> Callable[[Route], Route]:
    return lambda route: replace(route, **{name: getattr(route, name) + change})


def _swap(route: Route) -> Route:
    return replace(route, visits=(*route.visits[:-2], route.visits[-1], route.visits[-2]))


def _longer_pause(route: Route) -> Route:
    return replace(route, pauses=(replace(route.pauses[0], ends_s=route.pauses[0].ends_s + 1), *route.pauses[1:]))


def _no_pause(route: Route) -> Route:
    return replace(route, pauses=route.pauses[1:])


TAMPERING: dict[str, Callable[[Route], Route]] = {
    **{
        f"{name} {change}": _first_visit(name, change)
        for name in ("leg_duration_s", "leg_distance_m", "arrives_s", "starts_s", "leaves_s", "late_s", "window")
        for change in (-1, 1)
    },
    **{
        f"route's {name} {change}": _figure(name, change)
        for name in (
            "departs_s", "returns_s", "last_leg_duration_s", "last_leg_distance_m", "distance_m", "driving_s",
            "waiting_s", "overtime_s", "late_s", "cost",
        )
        for change in (-1, 1)
    },
    "peak": lambda route: replace(route, peak=(route.peak[0] + 1, *route.peak[1:])),
    "order of visits": _swap,
    "length of a pause": _longer_pause,
    "no pause": _no_pause,
    "no last visit": lambda route: replace(route, visits=route.visits[:-1]),
}  # fmt: skip


HALTED: dict[str, Callable[[Route], Route]] = {
    f"halt's {name} {change}": _last_halt(name, change)
    for name in (
        "after", "location", "leg_duration_s", "leg_distance_m", "arrives_s", "starts_s", "leaves_s", "level_wh",
    )
    for change in (-1, 1)
}  # fmt: skip


def _can_be_seen(name: str, route: Route) -> bool:
    """Two visits at one moment may change places, and what is not there cannot be changed."""
    if name == "order of visits":
        return len(route.visits) > 1 and route.visits[-1].arrives_s > route.visits[-2].arrives_s
    there = {"pause": route.pauses, "halt": route.halts, "peak": route.peak}
    return all(found for word, found in there.items() if word in name)


@pytest.mark.parametrize("name", sorted(TAMPERING))
def test_one_changed_number_is_caught(name: str, plans: list[tuple[int, Solution]]) -> None:
    """In plans of random instances, one stated number that is altered after the search is always seen."""
    tampered = 0
    for seed, solution in plans:
        rng = np.random.default_rng(seed)
        routes = list(solution.routes)
        chosen = [i for i, route in enumerate(routes) if _can_be_seen(name, route)]
        if chosen:
            index = int(rng.choice(chosen))
            routes[index] = TAMPERING[name](routes[index])
            assert check(random_instance(seed), replace(solution, routes=tuple(routes))), f"seed {seed}"
            tampered += 1
    assert tampered >= 5


@pytest.mark.parametrize("name", sorted(TAMPERING | HALTED))
def test_one_changed_number_is_caught_in_plans_by_hand(name: str) -> None:
    """The same in the plans by hand that hold, whose routes have halts too."""
    tampered = 0
    tamper = (TAMPERING | HALTED)[name]
    for codes, problem, solution in (case for rule in BY_HAND for case in rule()):
        for index, written in enumerate(solution.routes):
            if not codes and _can_be_seen(name, written):
                routes = (*solution.routes[:index], tamper(written), *solution.routes[index + 1 :])
                assert check(problem, replace(solution, routes=routes)), written
                tampered += 1
    assert tampered >= 5


@pytest.fixture(scope="module")
def plans() -> list[tuple[int, Solution]]:
    """Return plans of random instances that hold, each with its seed."""
    found = []
    for seed in range(1_000, 1_040):
        problem = random_instance(seed)
        solution = solve(problem, budget=Budget(iterations=60), seed=seed, threads=1)
        assert check(problem, solution) == ()
        found.append((seed, solution))
    return found
