"""The walk that judges plans on roads whose speed changes with the hour."""

import numpy as np

from bench.solver.by_hour.walk import metres, seconds, walk
from zaguan.engines.solver import Client, Problem, Travel, Vehicle, evaluate

APART = np.abs(np.subtract.outer(np.arange(4), np.arange(4)))
RUSH = Travel(
    durations_s=np.ascontiguousarray(np.stack([APART * 100, APART * 201]), np.int32),
    distances_m=np.ascontiguousarray(np.stack([APART * 1_000, APART * 1_500]), np.int32),
    slots=2,
    knots_s=((1_000, 0), (2_000, 1), (3_000, 0)),
)


def test_travel_changes_evenly_between_knots() -> None:
    """Before the first knot and after the last a slot holds; between, the time changes evenly, rounded down."""
    at = {moment: seconds(RUSH, 0, moment, 0, 1) for moment in (0, 1_000, 1_500, 2_000, 2_500, 3_000, 9_000)}
    assert at == {0: 100, 1_000: 100, 1_500: 150, 2_000: 201, 2_500: 150, 3_000: 100, 9_000: 100}
    assert [metres(RUSH, 0, moment, 0, 1) for moment in (1_499, 1_500, 2_499, 2_500)] == [1_000, 1_500, 1_500, 1_000]


def test_the_walk_agrees_with_the_solvers_clock() -> None:
    """A plan made by the hour is walked exactly as it was planned (C13)."""
    clients = [Client(location=i, windows=((1_300, 2_600),), service_s=170, setup_s=30) for i in (2, 1, 3)]
    problem = Problem(clients=clients, vehicles=[Vehicle(start=0, end=0, shift_s=(0, 9_000))], travel=RUSH)
    route = evaluate(problem, [(0, [0, 1, 2])]).routes[0]
    again = walk(problem, route)
    assert again.starts_s == tuple(visit.starts_s for visit in route.visits)
    assert (again.returns_s, again.distance_m, sum(again.late_s)) == (route.returns_s, route.distance_m, 0)


def test_a_plan_by_one_matrix_is_late_in_the_rush() -> None:
    """What was planned with the quiet hour's matrix is reached late in the rush, and by how much is told (C12, C13)."""
    clients = [Client(location=3, windows=((0, 1_800),), service_s=60), Client(location=1, windows=((0, 2_100),))]
    quiet = Travel.static(RUSH.durations_s[0], RUSH.distances_m[0])
    vehicle = Vehicle(start=0, end=0, shift_s=(1_500, 9_000))
    planned = Problem(clients=clients, vehicles=[vehicle], travel=quiet)
    route = evaluate(planned, [(0, [0, 1])]).routes[0]
    assert route.late_s == 0
    real = walk(Problem(clients=clients, vehicles=[vehicle], travel=RUSH), route, departs_s=1_500)
    first = 1_500 + 451
    second = first + 60 + 399
    assert real.late_s == (first - 1_800, second - 2_100)
