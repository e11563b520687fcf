"""Several trips of one vehicle, and goods that are ready later than the day begins."""

import pytest

from tests.engines.solver.towns import HOUR, STEP_M, STEP_S, paths, solved, town
from zaguan.engines.solver import Client, Halt, HaltKind, InvalidProblem, Solution, Vehicle, check, evaluate, solve
from zaguan.engines.solver.budget import Budget

SHIFT = (8 * HOUR, 12 * HOUR)
ONE = Client(location=0, delivery=(1,))


def _reload(solution: Solution) -> Halt:
    (halt,) = solution.routes[0].halts
    assert halt.kind is HaltKind.RELOAD
    return halt


def test_trips_bring_what_one_trip_cannot_carry() -> None:
    """A vehicle that may come back loads again for the second order; one that may not leaves it at home (C04)."""
    vehicle = Vehicle(capacity=(1,), reload_s=300)
    assert len(solved(town("D.A.B", every=ONE, vehicles=[vehicle])).unassigned) == 1
    twice = Vehicle(capacity=(1,), reload_s=300, trips=2)
    solution = solved(town("D.A.B", every=ONE, vehicles=[twice]))
    assert _reload(solution).leaves_s - _reload(solution).starts_s == 300
    assert (solution.cost, solution.unassigned, solution.routes[0].peak) == (12 * STEP_M, (), (1,))
    assert solution.routes[0].duration_s == 12 * STEP_S + 300


def test_trips_are_as_many_as_allowed() -> None:
    """Three full loads do not fit into two trips."""
    assert len(solved(town("D.A.B.C", every=ONE, vehicles=[Vehicle(capacity=(1,), trips=2)])).unassigned) == 1


def test_trips_are_joined_where_the_goods_fit_aboard_together() -> None:
    """Nobody drives back to load what there was room for."""
    solution = solved(town("D.A.B", every=ONE, vehicles=[Vehicle(capacity=(2,), trips=2)]))
    assert (solution.routes[0].halts, solution.cost) == ((), 8 * STEP_M)


def test_trips_load_where_the_vehicle_says() -> None:
    """The second load is fetched at another place than the start."""
    vehicle = Vehicle(capacity=(1,), trips=2, reload_at=3)
    solution = solved(town("DA......Br", every=ONE, vehicles=[vehicle]))
    assert (_reload(solution).location, solution.cost) == (3, 18 * STEP_M)


def test_trips_empty_a_vehicle_that_fetches() -> None:
    """What was fetched on the first trip is unloaded before the second."""
    fetch = Client(location=0, pickup=(5,))
    solution = solved(town("D.A.B", every=fetch, vehicles=[Vehicle(capacity=(5,), trips=2)]))
    assert (len(solution.routes[0].halts), solution.routes[0].peak) == (1, (5,))


def test_trips_of_a_given_order_are_cut_where_it_says() -> None:
    """A -1 in an order is a reload, also where the goods would fit; too many of them are refused."""
    problem = town("D.A.B", every=ONE, vehicles=[Vehicle(capacity=(2,), trips=2)])
    assert evaluate(problem, [(0, [0, 1])]).cost == 8 * STEP_M
    assert evaluate(problem, [(0, [0, -1, 1])]).cost == 12 * STEP_M
    begun = solve(problem, budget=Budget(iterations=1), threads=1, start=[(0, [0, -1, 1])])
    assert check(problem, begun) == ()
    with pytest.raises(InvalidProblem):
        evaluate(problem, [(0, [0, -1, 1, -1, 0])])


def test_releases_hold_the_trip_back() -> None:
    """The vehicle leaves when the goods are ready, not before."""
    clients = {"A": Client(location=0, release_s=10 * HOUR)}
    (route,) = solved(town("D.A", clients=clients, vehicles=[Vehicle(shift_s=SHIFT)])).routes
    assert route.departs_s == 10 * HOUR
    late = {"A": Client(location=0, release_s=12 * HOUR)}
    assert solved(town("D.A", clients=late, vehicles=[Vehicle(shift_s=SHIFT)])).unassigned == (0,)


def test_releases_are_met_by_a_second_trip() -> None:
    """Who is due early goes first; loading for who comes later ends as those goods are ready."""
    clients = {
        "A": Client(location=0, windows=((8 * HOUR, 8 * HOUR + 1_800),)),
        "B": Client(location=0, release_s=10 * HOUR),
    }
    once, twice = (Vehicle(shift_s=SHIFT, trips=trips, reload_s=600) for trips in (1, 2))
    assert len(solved(town("D.A.B", clients=clients, vehicles=[once])).unassigned) == 1
    solution = solved(town("D.A.B", clients=clients, vehicles=[twice]))
    assert paths(solution) == {"0:AB"}
    assert (_reload(solution).starts_s, _reload(solution).leaves_s) == (10 * HOUR - 600, 10 * HOUR)
