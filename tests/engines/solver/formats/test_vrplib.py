"""Readers of VRPLIB text."""

from pathlib import Path

import numpy as np
import pytest

from zaguan.engines.solver import Vehicle
from zaguan.engines.solver.fleet import MAX_TRIPS
from zaguan.engines.solver.formats.benchmark import Instance, UnreadableInstance, read_instance
from zaguan.engines.solver.limits import UNREACHABLE_S

SQUARE = "NODE_COORD_SECTION\n1 0 0\n2 0 3\n3 4 3\n4 1 1\n"
DEMAND = "DEMAND_SECTION\n1 0\n2 5\n3 6\n4 7\n"
DEPOT = "DEPOT_SECTION\n1\n-1\nEOF\n"
HOURS = "TIME_WINDOW_SECTION\n1 0 100\n2 10 20\n3 0 50.5\n4 30 40\n"
CVRP = ("TYPE : CVRP", "DIMENSION : 4", "EDGE_WEIGHT_TYPE : EUC_2D", "CAPACITY : 10")


def written(folder: Path, head: tuple[str, ...], *sections: str, solution: str | None = None) -> Path:
    """Write an instance, and the best known solution beside it."""
    path = folder / "tiny.vrp"
    path.write_text("\n".join(("NAME : tiny", *head, "")) + "".join(sections))
    if solution is not None:
        path.with_suffix(".sol").write_text(solution)
    return path


def read(folder: Path, head: tuple[str, ...], *sections: str, solution: str | None = None) -> Instance:
    """Read what `written` wrote."""
    return read_instance(written(folder, head, *sections, solution=solution))


def swapped(head: tuple[str, ...], *lines: str) -> tuple[str, ...]:
    """Return a head with lines of the same keys replaced, and others added."""
    keys = {line.split(" : ")[0] for line in lines}
    return (*(line for line in head if line.split(" : ")[0] not in keys), *lines)


def lengths(instance: Instance) -> np.ndarray:
    """Return all lengths between locations."""
    every = range(instance.problem.travel.locations)
    return instance.problem.travel.part(0, every, every)[1]


def test_a_plain_file_has_lengths_rounded_to_the_nearest(tmp_path: Path) -> None:
    """CVRP: clients behind the first node, loads as written, lengths rounded, vehicles enough for any cheapest plan."""
    instance = read(tmp_path, CVRP, SQUARE, DEMAND, DEPOT)
    assert lengths(instance).tolist() == [[0, 3, 5, 1], [3, 0, 4, 2], [5, 4, 0, 4], [1, 2, 4, 0]]
    assert [(client.location, client.delivery) for client in instance.problem.clients] == [
        (1, (5,)),
        (2, (6,)),
        (3, (7,)),
    ]
    assert instance.problem.vehicles == [Vehicle(capacity=(10,))] * 3
    assert instance.unit == 1
    assert instance.best_known is None


def test_windows_bring_one_decimal_cut_off(tmp_path: Path) -> None:
    """VRPTW: lengths and times are ten times the file's, cut off; the depot's hours are the vehicles' shift."""
    head = swapped(CVRP, "TYPE : VRPTW", "VEHICLES : 2", "SERVICE_TIME : 9")
    instance = read(tmp_path, head, SQUARE, DEMAND, HOURS, DEPOT)
    assert lengths(instance)[0].tolist() == [0, 30, 50, 14]
    assert [client.windows for client in instance.problem.clients] == [((100, 200),), ((0, 505),), ((300, 400),)]
    assert [client.service_s for client in instance.problem.clients] == [90] * 3
    assert instance.problem.vehicles == [Vehicle(capacity=(10,), shift_s=(0, 1000))] * 2
    assert instance.unit == 10


@pytest.mark.parametrize(("weights", "expected"), [("FLOOR_2D", 1), ("CEIL_2D", 2), ("EXACT_2D", 1414)])
def test_other_straight_lines(tmp_path: Path, weights: str, expected: int) -> None:
    """FLOOR_2D cuts lengths off, CEIL_2D rounds them up, EXACT_2D keeps three decimals."""
    instance = read(tmp_path, swapped(CVRP, f"EDGE_WEIGHT_TYPE : {weights}"), SQUARE, DEMAND, DEPOT)
    assert lengths(instance)[0, 3] == expected


def test_a_full_matrix_is_taken_as_it_is(tmp_path: Path) -> None:
    """EXPLICIT with windows, as on real roads: one-way lengths are seconds too, nothing is scaled, sections follow."""
    head = swapped(CVRP, "TYPE : VRPTW", "EDGE_WEIGHT_TYPE : EXPLICIT", "VEHICLES : 1")
    matrix = "EDGE_WEIGHT_SECTION\n0 1 2 3\n4 0 5 6\n7 8 0 9\n10 11 12\n0\n"
    service = "SERVICE_TIME_SECTION\n1 0\n2 60\n3 70\n4 80\n"
    hours = HOURS.replace("50.5", "50")
    instance = read(
        tmp_path, (*head, "EDGE_WEIGHT_FORMAT : FULL_MATRIX"), matrix, SQUARE, DEMAND, DEPOT[:-4], service, hours
    )
    assert lengths(instance).tolist() == [[0, 1, 2, 3], [4, 0, 5, 6], [7, 8, 0, 9], [10, 11, 12, 0]]
    assert instance.problem.travel.leg(0, 1, 0) == (4, 4)
    assert [client.service_s for client in instance.problem.clients] == [60, 70, 80]
    assert instance.problem.clients[0].windows == ((10, 20),)
    assert instance.unit == 1


def test_a_lower_triangle_is_mirrored(tmp_path: Path) -> None:
    """EXPLICIT LOWER_ROW: the numbers below the diagonal, however they are broken into lines."""
    head = swapped(CVRP, "EDGE_WEIGHT_TYPE : EXPLICIT", "EDGE_WEIGHT_FORMAT : LOWER_ROW")
    instance = read(tmp_path, head, "EDGE_WEIGHT_SECTION\n1\n2 3 4\n5 6\n", DEMAND, DEPOT)
    assert lengths(instance).tolist() == [[0, 1, 2, 4], [1, 0, 3, 5], [2, 3, 0, 6], [4, 5, 6, 0]]


def test_mixed_fleet(tmp_path: Path) -> None:
    """HFVRP: each vehicle has its room and prices; lengths and fixed prices have three decimals."""
    head = ("TYPE : HFVRP", "DIMENSION : 4", "EDGE_WEIGHT_TYPE : EUC_2D", "VEHICLES : 2")
    sections = (
        *("CAPACITY_SECTION\n1 10\n2 20\n", "VEHICLES_FIXED_COST_SECTION\n1 7\n2 8\n"),
        "VEHICLES_UNIT_DISTANCE_COST_SECTION\n1 3\n2 4\n",
    )
    solution = "Route #1: 3\nRoute #2: 1 2\nCost: 100.0\n"
    instance = read(tmp_path, head, SQUARE, DEMAND, *sections, DEPOT, solution=solution)
    first, second = instance.problem.vehicles
    assert (first.capacity, first.fixed_cost, first.cost_per_m) == ((10,), 7_000.0, 3.0)
    assert (second.capacity, second.fixed_cost, second.cost_per_m) == ((20,), 8_000.0, 4.0)
    assert instance.problem.travel.leg(0, 0, 3) == (1, 1414)
    assert instance.best_known == 7_000 + 3 * 2 * 1414 + 8_000 + 4 * 12_000


def test_several_depots(tmp_path: Path) -> None:
    """MDVRPTW: the first nodes are depots, each vehicle lives at one, keeps its hours and a longest time."""
    head = ("TYPE : MDVRPTW", "DIMENSION : 4", "EDGE_WEIGHT_TYPE : EUC_2D", "VEHICLES : 2", "CAPACITY : 30")
    sections = ("VEHICLES_DEPOT_SECTION\n1 2\n2 1\n", "DEPOT_SECTION\n1\n2\n")
    instance = read(tmp_path, (*head, "VEHICLES_MAX_DURATION : 45"), SQUARE, DEMAND, HOURS, *sections)
    assert [client.location for client in instance.problem.clients] == [2, 3]
    assert [(v.start, v.end, v.shift_s) for v in instance.problem.vehicles] == [
        (1, 1, (10_000, 20_000)),
        (0, 0, (0, 100_000)),
    ]
    assert {v.max_duration_s for v in instance.problem.vehicles} == {45_000}
    assert instance.problem.travel.leg(0, 0, 3) == (1414, 1414)


def test_several_trips_with_releases(tmp_path: Path) -> None:
    """MTVRPTWR: vehicles load again at a depot, goods are ready only at their release; a 0 on a known route reloads."""
    head = swapped(CVRP, "TYPE : MTVRPTWR", "VEHICLES : 1", "SERVICE_TIME : 1")
    sections = ("RELEASE_TIME_SECTION\n1 0\n2 3\n3 0\n4 2.55\n", "VEHICLES_RELOAD_DEPOT_SECTION\n1 1\n")
    solution = "Route #1: 1 0 3 2\nCost: 1\n"
    instance = read(tmp_path, head, SQUARE, DEMAND, HOURS, *sections, DEPOT, solution=solution)
    assert [client.release_s for client in instance.problem.clients] == [30, 0, 25]
    assert (instance.problem.vehicles[0].trips, instance.problem.vehicles[0].reload_at) == (MAX_TRIPS, 0)
    assert instance.best_known == 30 + 30 + 14 + 36 + 50


def test_prizes(tmp_path: Path) -> None:
    """PCVRPTW: a prize is what leaving a client out costs; one of 0 means that it must be served."""
    head = swapped(CVRP, "TYPE : PCVRPTW", "VEHICLES : 1")
    prizes = "PRIZE_SECTION\n1 0\n2 21\n3 0\n4 18\n"
    instance = read(tmp_path, head, SQUARE, DEMAND, HOURS, prizes, DEPOT, solution="Route #1: 2\nCost: 1\n")
    assert [client.prize for client in instance.problem.clients] == [210.0, None, 180.0]
    assert instance.best_known == 100 + 210 + 180


def test_deliveries_before_pickups(tmp_path: Path) -> None:
    """VRPB: no leg leads from the depot to a pickup, nor from a pickup to a delivery; the way back is as it was."""
    demand = "DEMAND_SECTION\n1 0\n2 5\n3 6\n4 0\n"
    instance = read(
        tmp_path, swapped(CVRP, "TYPE : VRPB"), SQUARE, demand, "BACKHAUL_SECTION\n1 0\n2 0\n3 0\n4 7\n", DEPOT
    )
    assert [(client.delivery, client.pickup) for client in instance.problem.clients] == [
        ((5,), ()),
        ((6,), ()),
        ((0,), (7,)),
    ]
    legs = lengths(instance)
    assert legs[0, 3] == legs[3, 1] == legs[3, 2] == UNREACHABLE_S
    assert (legs[3, 0], legs[1, 3], legs[0, 1]) == (1, 2, 3)
    assert len(instance.problem.vehicles) == 3


def test_vehicles_that_may_not_serve_all(tmp_path: Path) -> None:
    """A vehicle's allowed clients are written by node."""
    allowed = "VEHICLES_ALLOWED_CLIENTS_SECTION\n1 2 3\n2 4 3\n"
    instance = read(tmp_path, (*CVRP, "VEHICLES : 2"), SQUARE, DEMAND, allowed, DEPOT)
    assert [client.vehicles for client in instance.problem.clients] == [{0}, {0, 1}, {1}]


def test_many_points_need_no_matrix(tmp_path: Path) -> None:
    """Beyond 2,500 locations there is no matrix: a leg is computed from the points and is what a matrix would say."""
    n = 2_501
    points = "NODE_COORD_SECTION\n" + "".join(f"{i} {i % 50} {i // 50}\n" for i in range(1, n + 1))
    demand = "DEMAND_SECTION\n" + "".join(f"{i} {int(i > 1)}\n" for i in range(1, n + 1))
    instance = read(tmp_path, swapped(CVRP, f"DIMENSION : {n}"), points, demand, DEPOT)
    assert instance.problem.travel.points is not None
    assert instance.problem.travel.leg(0, 0, 50) == (1, 1)
    assert instance.problem.travel.leg(0, 0, 51) == (1, 1)
    assert instance.problem.travel.leg(0, 0, 153) == (4, 4)
    assert len(instance.problem.vehicles) == 2 * 250 + 1


REFUSED = {
    "TYPE ACVRP": (swapped(CVRP, "TYPE : ACVRP"), (SQUARE, DEMAND, DEPOT)),
    "TYPE None": (CVRP[1:], (SQUARE, DEMAND, DEPOT)),
    "EDGE_WEIGHT_TYPE GEO": (swapped(CVRP, "EDGE_WEIGHT_TYPE : GEO"), (SQUARE, DEMAND, DEPOT)),
    "EDGE_WEIGHT_FORMAT UPPER_ROW": (
        swapped(CVRP, "EDGE_WEIGHT_TYPE : EXPLICIT", "EDGE_WEIGHT_FORMAT : UPPER_ROW"),
        ("EDGE_WEIGHT_SECTION\n1 2 3 4 5 6\n", DEMAND, DEPOT),
    ),
    "EDGE_WEIGHT_SECTION has 3 numbers": (
        swapped(CVRP, "EDGE_WEIGHT_TYPE : EXPLICIT", "EDGE_WEIGHT_FORMAT : LOWER_ROW"),
        ("EDGE_WEIGHT_SECTION\n1 2 3\n", DEMAND, DEPOT),
    ),
    "VEHICLES_MAX_DISTANCE": ((*CVRP, "VEHICLES : 1", "VEHICLES_MAX_DISTANCE : 9"), (SQUARE, DEMAND, DEPOT)),
    "MUTUALLY_EXCLUSIVE_GROUP_SECTION": (CVRP, (SQUARE, DEMAND, "MUTUALLY_EXCLUSIVE_GROUP_SECTION\n1 2 3\n", DEPOT)),
    "DEMAND_SECTION is not numbered from 1 to 4": (CVRP, (SQUARE, DEMAND.replace("4 7", "5 7"), DEPOT)),
    "DEPOT_SECTION does not name the first nodes": (CVRP, (SQUARE, DEMAND, "DEPOT_SECTION\n2\n")),
    "several depots without VEHICLES": (CVRP, (SQUARE, DEMAND, "DEPOT_SECTION\n1\n2\n")),
    "DIMENSION is missing": ((CVRP[0], *CVRP[2:]), (SQUARE, DEMAND, DEPOT)),
    "is reversed": (swapped(CVRP, "TYPE : VRPTW"), (SQUARE, DEMAND, HOURS.replace("10 20", "20 10"), DEPOT)),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_understood_is_refused(tmp_path: Path, what: str) -> None:
    """An unknown type, key, section or form is named in the refusal, never skipped; so is a contradiction."""
    head, sections = REFUSED[what]
    path = written(
        tmp_path, tuple(line for line in head if what != "DIMENSION is missing" or "DIMENSION" not in line), *sections
    )
    with pytest.raises(UnreadableInstance) as refusal:
        read_instance(path)
    assert what in str(refusal.value.facts["what"])


def test_a_solution_of_another_instance_is_refused(tmp_path: Path) -> None:
    """A route through a node that the instance does not have has no price."""
    path = written(tmp_path, CVRP, SQUARE, DEMAND, DEPOT, solution="Route #1: 1 9\nCost 5\n")
    with pytest.raises(UnreadableInstance, match="node 9"):
        read_instance(path)
