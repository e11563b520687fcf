"""The day under way: what stays, what a breakdown leaves, and what a plan changes against the one before."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from tests.engines.solver.towns import HOUR, STEP_S, town
from zaguan.engines.solver import (
    Client,
    InvalidProblem,
    Moved,
    Problem,
    Served,
    Solution,
    Vehicle,
    aboard_at,
    check,
    compare,
    evaluate,
    frozen_at,
    stranded_at,
)

AT = 8 * HOUR
VAN = Vehicle(shift_s=(AT, 18 * HOUR), capacity=(9,))
PARCEL = Client(location=0, delivery=(1,), service_s=STEP_S)


def _plan(problem: Problem, *orders: tuple[int, Sequence[int]]) -> Solution:
    plan = evaluate(problem, orders)
    assert check(problem, plan) == ()
    return plan


def _day(*orders: tuple[int, Sequence[int]]) -> tuple[Problem, Solution]:
    """Return stops two steps apart, each served for one; one van leaves at AT, the other has nothing to do."""
    problem = town("D.A.B.C", every=PARCEL, vehicles=[VAN, VAN])
    return problem, _plan(problem, *(orders or ((0, [0, 1, 2]),)))


# the van is at A from step 2 to 3, at B from 5 to 6, at C from 8 to 9, and back at 15


@pytest.mark.parametrize(
    ("steps", "frozen"),
    [(0, (0,)), (1, (0,)), (2.5, (0,)), (3, (0, 1)), (5, (0, 1)), (6, (0, 1, 2)), (12, (0, 1, 2))],
)
def test_who_is_served_or_under_way_to_is_frozen(steps: float, frozen: tuple[int, ...]) -> None:
    """C30: done stops, the one at whose door the van stands and the one it is driving to stay; the rest is free."""
    problem, plan = _day()
    running = frozen_at(problem, plan, AT + int(steps * STEP_S))
    assert [vehicle.frozen for vehicle in running.vehicles] == [frozen, ()]


def test_a_vehicle_in_the_yard_leaves_no_earlier_than_now() -> None:
    """Before its departure nothing of a route is frozen, and no vehicle leaves in the past."""
    problem, plan = _day()
    running = frozen_at(problem, plan, AT - HOUR)
    assert [vehicle.frozen for vehicle in running.vehicles] == [(), ()]
    assert running.clients[0].vehicles is None
    assert [vehicle.shift_s for vehicle in frozen_at(problem, plan, AT + HOUR).vehicles][1] == (AT + HOUR, 18 * HOUR)


def test_a_shift_that_is_over_leaves_only_its_overtime() -> None:
    """After the end of its shift a vehicle in the yard may still use what is left of its overtime."""
    problem = town("D.A", every=PARCEL, vehicles=[replace(VAN, overtime_s=HOUR)])
    (vehicle,) = frozen_at(problem, _plan(problem), 18 * HOUR + 600).vehicles
    assert (vehicle.shift_s, vehicle.overtime_s) == ((18 * HOUR + 600, 18 * HOUR + 600), HOUR - 600)


def test_done_stops_keep_their_moment_and_the_next_is_not_earlier() -> None:
    """What is done starts when it did; who is under way to arrives no earlier than planned."""
    problem, plan = _day()
    running = frozen_at(problem, plan, AT + 6 * STEP_S)
    starts = [visit.starts_s for visit in plan.routes[0].visits]
    assert running.clients[0].windows == ((starts[0], starts[0]),)
    assert running.clients[1].windows == ((starts[1], starts[1]),)
    assert running.clients[2].windows[0][0] == starts[2]


def test_goods_aboard_stay_with_their_van_and_goods_at_the_depot_do_not_get_on() -> None:
    """C30: loaded deliveries stay on the vehicle that carries them; others go with one that is still in the yard."""
    problem, plan = _day((0, [0, 1]))
    running = frozen_at(problem, plan, AT + STEP_S)
    assert running.clients[1].vehicles == frozenset({0})
    assert running.clients[2].vehicles == frozenset({1})
    assert (running.clients[1].release_s, running.clients[2].release_s) == (0, AT + STEP_S)


def test_who_needs_no_goods_may_go_anywhere() -> None:
    """A pickup on a route that has begun may still move to another vehicle."""
    problem = town("D.A.B", clients={"A": PARCEL, "B": Client(location=0, pickup=(1,))}, vehicles=[VAN, VAN])
    running = frozen_at(problem, _plan(problem, (0, [0, 1])), AT + STEP_S)
    assert (running.clients[1].vehicles, running.clients[1].release_s) == (None, 0)


def test_what_the_scanner_says_is_loaded_counts() -> None:
    """Who says what is aboard is believed: a parcel left behind goes with another vehicle."""
    problem, plan = _day((0, [0, 1, 2]))
    assert aboard_at(problem, plan, AT + STEP_S) == {0, 1, 2}
    assert aboard_at(problem, plan, AT - HOUR) == frozenset()
    running = frozen_at(problem, plan, AT + STEP_S, loaded={0, 1})
    assert running.clients[1].vehicles == frozenset({0})
    assert running.clients[2].vehicles == frozenset({1})


def test_a_vehicle_on_its_way_home_gets_nothing_more() -> None:
    """Who has served all and drives home, or is back, takes no more clients."""
    problem, plan = _day()
    assert frozen_at(problem, plan, AT + 8 * STEP_S).vehicles[0].max_clients is None
    assert frozen_at(problem, plan, AT + 10 * STEP_S).vehicles[0].max_clients == 3
    assert frozen_at(problem, plan, AT + 30 * STEP_S).vehicles[0].max_clients == 3


def test_a_vehicle_that_need_not_come_home_goes_on_from_where_it_is() -> None:
    """With an open end the last stop lasts until now, so that nothing leaves it in the past."""
    problem = town("D.A.B", every=PARCEL, vehicles=[replace(VAN, end=None)])
    plan = _plan(problem, (0, [0]))
    running = frozen_at(problem, plan, AT + HOUR)
    (visit,) = plan.routes[0].visits
    assert running.vehicles[0].max_clients is None
    assert visit.starts_s + running.clients[0].service_s == AT + HOUR


def test_what_really_happened_takes_the_place_of_the_plan() -> None:
    """A stop served later than planned, and longer, is kept as it was, and nobody is under way before it was left."""
    problem, plan = _day()
    late = Served(starts_s=AT + 4 * STEP_S, leaves_s=AT + 7 * STEP_S)
    running = frozen_at(problem, plan, AT + 5 * STEP_S, served={0: late})
    # by the plan the van would be at B already, but it has not left A
    assert running.vehicles[0].frozen == (0,)
    assert running.clients[0].windows == ((late.starts_s, late.starts_s),)
    assert running.clients[0].service_s == 3 * STEP_S


def test_the_plan_is_published_with_its_prices() -> None:
    """Changes to the plan are priced as asked, and clients keep their numbers."""
    problem, plan = _day((0, [0, 1]), (1, [2]))
    running = frozen_at(problem, plan, AT, move_cost=5.0, order_cost=2.0)
    assert running.published is not None
    assert running.published.routes == ((0, (0, 1)), (1, (2,)))
    assert (running.published.move_cost, running.published.order_cost) == (5.0, 2.0)


def test_a_breakdown_leaves_orphans_and_what_is_done() -> None:
    """C38: the vehicle keeps what it has served and ends where it stands; the rest may go to the others."""
    problem, plan = _day()
    stranded = stranded_at(problem, plan, 0, AT + 4 * STEP_S)
    assert stranded.orphans == (1, 2)
    assert stranded.start == ((0, (0,)),)
    broken, other = stranded.problem.vehicles
    assert (broken.frozen, broken.max_clients, broken.end) == ((0,), 1, None)
    assert other.frozen == ()
    assert [stranded.problem.clients[i].vehicles for i in (1, 2)] == [frozenset({1})] * 2
    assert stranded.fetches == ()


def test_goods_aboard_are_fetched_where_the_vehicle_stands() -> None:
    """C38: each orphan with goods aboard becomes a pair: fetched at the vehicle after the breakdown, then brought."""
    problem, plan = _day()
    now = AT + 4 * STEP_S
    stranded = stranded_at(problem, plan, 0, now, location=1, hand_over_s=90)
    assert stranded.fetches == ((3, 1), (4, 2))
    assert list(stranded.problem.pairs) == [(3, 1), (4, 2)]
    fetch = stranded.problem.clients[3]
    assert (fetch.location, fetch.pickup, fetch.service_s) == (1, (1,), 90)
    assert fetch.windows[0][0] == now
    assert fetch.vehicles == frozenset({1})


def test_a_pickup_of_a_broken_vehicle_is_not_fetched_from_it() -> None:
    """Who hands something over needs no goods from the vehicle, so another one simply comes."""
    clients = {"A": PARCEL, "B": Client(location=0, pickup=(1,))}
    problem = town("D.A.B", clients=clients, vehicles=[VAN, VAN])
    stranded = stranded_at(problem, _plan(problem, (0, [0, 1])), 0, AT + 4 * STEP_S, location=1)
    assert (stranded.orphans, stranded.fetches) == ((1,), ())


def test_orphans_keep_whom_they_allow() -> None:
    """An orphan that allows two vehicles is left with the other one, and preferences grow with the fetches."""
    problem = town(
        "D.A.B", every=replace(PARCEL, vehicles=frozenset({0, 2})), vehicles=[VAN] * 3, preference=np.ones((2, 3))
    )
    stranded = stranded_at(problem, _plan(problem, (0, [0, 1])), 0, AT + 4 * STEP_S, location=1)
    assert stranded.problem.clients[1].vehicles == frozenset({2})
    assert stranded.problem.preference is not None
    assert stranded.problem.preference.shape == (3, 3)


def test_an_idle_vehicle_cannot_strand_anybody() -> None:
    """A vehicle without a route, and an orphan that also hands something over, are refused."""
    problem, plan = _day()
    with pytest.raises(InvalidProblem, match="vehicle 1 has no route"):
        stranded_at(problem, plan, 1, AT)
    both = town("D.A", every=replace(PARCEL, pickup=(1,)), vehicles=[VAN, VAN])
    with pytest.raises(InvalidProblem, match="give it as two clients"):
        stranded_at(both, _plan(both, (0, [0])), 0, AT + STEP_S, location=0)


def test_a_comparison_tells_who_moves_and_who_waits() -> None:
    """Moved, reordered, later, dropped and added clients are told apart, with the sums of what it costs."""
    problem = town("D.A.B.C.E", every=PARCEL, vehicles=[replace(VAN, cost_per_m=2.0)] * 2)
    before, after = _plan(problem, (0, [0, 1, 2])), _plan(problem, (0, [1, 0]), (1, [3]))
    change = compare(before, after)
    assert (change.moved, change.reordered, change.dropped, change.added) == ((), (0, 1), (2,), (3,))
    moves = {each.client: each.by_s for each in change.arrivals}
    assert set(moves) == {0, 1}
    assert change.later_s == moves[0] + max(0, moves[1])
    assert change.cost == pytest.approx(2.0 * change.distance_m)
    assert change.vehicles == 1
    assert compare(before, before).arrivals == ()


def test_a_client_on_another_vehicle_has_moved() -> None:
    """Changing the vehicle counts as a move, not as another order, and lateness is told."""
    soft = replace(PARCEL, windows=((AT, AT + 2 * STEP_S),), late_cost_per_s=0.1)
    problem = town("A.D...B", clients={"A": soft, "B": soft}, vehicles=[VAN, VAN])
    change = compare(_plan(problem, (0, [0]), (1, [1])), _plan(problem, (0, [1, 0])))
    assert change.moved == (1,)
    assert change.reordered == (0,)
    (moved,) = [each for each in change.arrivals if each.client == 0]
    assert isinstance(moved, Moved)
    assert moved.late_s > 0
    assert change.late_s == moved.late_s
