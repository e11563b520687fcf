"""A search that goes on from a given plan."""

import pytest

from tests.engines.solver.test_solve import _scattered
from tests.engines.solver.towns import HOUR, paths, solved, town
from zaguan.engines.solver import Budget, Client, Vehicle, check, solve
from zaguan.engines.solver.start import BrokenStart


def test_a01_a_later_search_keeps_what_was_good() -> None:
    """A search of one iteration that goes on from a long search's plan ends no dearer than that one (C24)."""
    problem = _scattered(60, 3)
    long = solved(problem, 1_000)
    start = [(route.vehicle, [visit.client for visit in route.visits]) for route in long.routes]
    again = solve(problem, budget=Budget(iterations=1), threads=2, start=start)
    assert again.cost <= long.cost < solve(problem, budget=Budget(iterations=1), threads=2).cost
    assert check(problem, again) == ()


def test_a02_whom_the_start_leaves_out_is_put_in() -> None:
    """Clients that the given plan does not serve are inserted where they cost least (C24)."""
    problem = town("A.D.B.C", vehicles=[Vehicle(fixed_cost=100.0), Vehicle(fixed_cost=100.0)])
    again = solve(problem, budget=Budget(iterations=1), threads=1, start=[(1, [1])])
    assert paths(again) in ({"1:ABC"}, {"1:CBA"}, {"1:BCA"}, {"1:ACB"})


def test_a03_an_empty_start_is_a_start() -> None:
    """A given plan without routes serves nobody yet, and the search puts everybody in."""
    assert solve(town("D.A.B"), budget=Budget(iterations=1), threads=1, start=[]).unassigned == ()
    assert solve(town("D.A.B"), budget=Budget(iterations=1), threads=1, start=[(0, [])]).unassigned == ()


def test_a04_same_start_same_plan() -> None:
    """The same start, seed, threads and iterations give the same plan."""
    problem = _scattered(40, 4)
    start = [(0, range(10)), (3, range(10, 20))]
    plans = [solve(problem, budget=Budget(iterations=300), seed=2, threads=2, start=start) for _ in range(2)]
    assert plans[0].routes == plans[1].routes


@pytest.mark.parametrize(
    ("start", "vehicle", "what"),
    [
        ([(0, [0]), (7, [1])], 7, "no such vehicle"),
        ([(1, [0]), (1, [1])], 1, "two routes"),
        ([(0, [9])], 0, "no client 9"),
        ([(0, [0]), (1, [0])], 1, "client 0 is served twice"),
        ([(0, [1]), (1, [2, 0])], 1, "within its times"),
        ([(1, [1, 2])], 1, "capacity"),
        ([(0, [1]), (2, [2])], 2, "skills"),
    ],
)
def test_b01_a_start_that_breaks_a_rule_is_refused_by_name(
    start: list[tuple[int, list[int]]], vehicle: int, what: str
) -> None:
    """A given plan with an unknown name, or with a route that does not hold, is refused with the route's vehicle."""
    clients = {
        "A": Client(location=0, windows=((0, 180),)),
        "B": Client(location=0, delivery=(6,)),
        "C": Client(location=0, delivery=(6,), skills=frozenset({"cold"})),
    }
    cold = frozenset({"cold"})
    vehicles = [Vehicle(capacity=(10,), shift_s=(0, HOUR), skills=cold)] * 2 + [Vehicle(shift_s=(0, HOUR))]
    with pytest.raises(BrokenStart) as refusal:
        solve(town("D.A.B.C", clients=clients, vehicles=vehicles), budget=Budget(iterations=1), start=start)
    assert refusal.value.facts["vehicle"] == vehicle
    assert what in str(refusal.value.facts["what"])
