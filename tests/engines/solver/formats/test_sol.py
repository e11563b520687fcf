"""VRPLIB's solutions: routes by node, costs in the units of the instance's file."""

from pathlib import Path

import pytest

from zaguan.engines.solver.fleet import Vehicle
from zaguan.engines.solver.formats.best_known import read_routes
from zaguan.engines.solver.formats.instance import Instance
from zaguan.engines.solver.formats.sol import write_sol
from zaguan.engines.solver.problem import Client, Problem
from zaguan.engines.solver.solution import Halt, HaltKind, Route, Solution, Visit
from zaguan.engines.solver.travel import Travel

SMALL, LARGE = Vehicle(capacity=(1,)), Vehicle(capacity=(9,))


def an_instance(*vehicles: Vehicle, unit: int = 1, prize: float | None = None) -> Instance:
    matrix = [[0] * 4] * 4
    clients = [Client(location=i, prize=prize) for i in (1, 2, 3)]
    problem = Problem(clients=clients, vehicles=vehicles, travel=Travel.static(matrix))
    return Instance(name="tiny", problem=problem, unit=unit)


def a_route(vehicle: int, clients: list[int], cost: float, *reloads: int) -> Route:
    visits = tuple(
        Visit(client=c, leg_duration_s=0, leg_distance_m=0, arrives_s=0, starts_s=0, leaves_s=0, window=-1, late_s=0)
        for c in clients
    )
    halts = tuple(
        Halt(
            kind=HaltKind.RELOAD, after=after, location=0, leg_duration_s=0, leg_distance_m=0, arrives_s=0, starts_s=0,
            leaves_s=0, level_wh=0,
        )
        for after in reloads
    )  # fmt: skip
    return Route(
        vehicle=vehicle, visits=visits, pauses=(), halts=halts, departs_s=0, returns_s=0, last_leg_duration_s=0,
        last_leg_distance_m=0, distance_m=0, driving_s=0, waiting_s=0, overtime_s=0, late_s=0, peak=(), cost=cost,
    )  # fmt: skip


def a_plan(*routes: Route, unassigned: tuple[int, ...] = ()) -> Solution:
    total = sum(route.cost for route in routes)
    return Solution(routes=routes, unassigned=unassigned, cost=total, iterations=0, seconds=0.0, cpu_seconds=0.0)


def test_routes_are_numbered_and_name_nodes() -> None:
    """Vehicles that are alike are not told apart: used ones only, numbered from one."""
    plan = a_plan(a_route(1, [2, 0], 30.0), a_route(2, [1], 12.0))
    assert write_sol(an_instance(SMALL, SMALL, SMALL), plan) == "Route #1: 3 1\nRoute #2: 2\nCost 42\n"


def test_costs_are_in_the_units_of_the_file() -> None:
    """Where lengths are kept to one decimal, so is the cost."""
    assert write_sol(an_instance(SMALL, unit=10), a_plan(a_route(0, [0], 8273.0))).endswith("Cost 827.3\n")


def test_the_line_says_which_vehicle_where_they_differ() -> None:
    """In a mixed fleet the n-th line is the n-th vehicle's, empty if it stays."""
    plan = a_plan(a_route(1, [0], 5.0))
    assert write_sol(an_instance(SMALL, LARGE), plan) == "Route #1:\nRoute #2: 1\nCost 5\n"


def test_a_reload_is_a_visit_to_the_depot() -> None:
    """Between two trips stands a 0."""
    plan = a_plan(a_route(0, [0, 1, 2], 5.0, 1, 3))
    assert write_sol(an_instance(SMALL), plan).startswith("Route #1: 1 0 2 0 3\n")


@pytest.mark.parametrize(("prize", "cost"), [(7.5, "17.5"), (None, "10")])
def test_prizes_left_behind_are_paid(prize: float | None, cost: str) -> None:
    """Clients left out are on no route; their prizes are part of the cost."""
    plan = a_plan(a_route(0, [0, 1], 10.0), unassigned=(2,))
    assert write_sol(an_instance(SMALL, prize=prize), plan) == f"Route #1: 1 2\nCost {cost}\n"


def test_what_is_written_can_be_read(tmp_path: Path) -> None:
    """The reader of best known solutions reads our files."""
    path = tmp_path / "x.sol"
    path.write_text(write_sol(an_instance(SMALL), a_plan(a_route(0, [0, 1, 2], 5.0, 1))), "utf-8")
    assert read_routes(path) == ([[1, 0, 2, 3]], 5.0)
