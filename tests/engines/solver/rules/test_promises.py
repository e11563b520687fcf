"""What binds: groups on one vehicle or on several, what is frozen, what is published."""

import pytest

from tests.engines.solver.towns import HOUR, STEP_M, paths, solved, town
from zaguan.engines.solver import Budget, Client, Group, ImpossibleRoute, Published, Vehicle, solve

AT_THE_DOORS = [Vehicle(start=1, end=1), Vehicle(start=2, end=2)]


def test_groups_together_are_on_one_vehicle() -> None:
    """Two vehicles, each at the door of one client: one of them serves both, however long the way."""
    assert paths(solved(town("A..D..B", vehicles=AT_THE_DOORS))) == {"0:A", "1:B"}
    group = Group(clients=frozenset({0, 1}), together=True)
    solution = solved(town("A..D..B", vehicles=AT_THE_DOORS, groups=[group]))
    assert (len(solution.routes), solution.cost) == (1, 12 * STEP_M)


def test_groups_together_may_be_on_several_trips() -> None:
    """A group that does not fit aboard at once is brought by one vehicle in two trips."""
    group, client = Group(clients=frozenset({0, 1}), together=True), Client(location=0, delivery=(1,))
    vehicles = [Vehicle(capacity=(1,), trips=2), Vehicle(capacity=(1,))]
    solution = solved(town("D.A.B", every=client, vehicles=vehicles, groups=[group]))
    assert paths(solution) <= {"0:AB", "0:BA"}


def test_groups_apart_are_each_on_another_vehicle() -> None:
    """A second vehicle drives although the first had room; without one, somebody stays at home."""
    group = Group(clients=frozenset({0, 1}), together=False)
    dear = Vehicle(fixed_cost=500.0)
    assert len(solved(town("D.A.B", vehicles=[dear, dear], groups=[group])).routes) == 2
    assert len(solved(town("D.A.B", vehicles=[dear], groups=[group])).unassigned) == 1


def test_frozen_clients_begin_the_route_in_their_order() -> None:
    """New work comes behind what is under way, at the price of the way."""
    assert solved(town("D.A.B.C")).cost == 12 * STEP_M
    solution = solved(town("D.A.B.C", vehicles=[Vehicle(frozen=(1, 0))]))
    assert (paths(solution), solution.cost) == ({"0:BAC"}, 16 * STEP_M)


def test_frozen_clients_stay_where_another_vehicle_would_be_cheaper() -> None:
    """What is loaded is not handed over."""
    problem = town("A.D", vehicles=[Vehicle(fixed_cost=900.0, frozen=(0,)), Vehicle()])
    assert paths(solved(problem)) == {"0:A"}


def test_frozen_beginnings_that_cannot_be_driven_are_refused() -> None:
    """A frozen client whose hard window is gone is named with its vehicle, not dropped."""
    clients = {"A": Client(location=0, windows=((8 * HOUR, 8 * HOUR),))}
    problem = town("D..A", clients=clients, vehicles=[Vehicle(shift_s=(8 * HOUR, 9 * HOUR), frozen=(0,))])
    with pytest.raises(ImpossibleRoute) as refusal:
        solve(problem, budget=Budget(iterations=1), threads=1)
    assert refusal.value.facts == {"vehicle": 0, "clients": "0"}


@pytest.mark.parametrize(("move_cost", "path", "cost"), [(500.0, "1:A", 700.0), (100.0, "0:A", 500.0)])
def test_published_clients_move_at_a_price(move_cost: float, path: str, cost: float) -> None:
    """The promised vehicle comes, unless another one is cheaper by more than the price of the change."""
    published = Published(routes=((1, (0,)),), move_cost=move_cost)
    solution = solved(town("D.A", vehicles=[Vehicle(), Vehicle(fixed_cost=300.0)], published=published))
    assert (paths(solution), solution.cost) == ({path}, cost)


def test_published_orders_are_kept_where_that_is_free() -> None:
    """Of equal ways the promised one is driven."""
    published = Published(routes=((0, (0, 2, 1)),), order_cost=50.0)
    solution = solved(town("D.A.B.C", published=published))
    assert (paths(solution), solution.cost) == ({"0:ACB"}, 12 * STEP_M)


def test_published_orders_change_at_a_price() -> None:
    """Each client that comes right behind another one than promised costs the price."""
    published = Published(routes=((0, (1, 0, 2)),), order_cost=10.0)
    assert solved(town("D.A.B.C", published=published)).cost == 12 * STEP_M + 20.0
