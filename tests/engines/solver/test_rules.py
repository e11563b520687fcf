"""Each rule by itself: what it forbids, and what breaking it costs."""

import numpy as np
import pytest

from tests.engines.solver.towns import HOUR, STEP_M, STEP_S, paths, solved, town
from zaguan.engines.solver import Break, Client, DrivingHours, Problem, Travel, Vehicle

SHIFT = (8 * HOUR, 12 * HOUR)


def _client(**facts: object) -> Client:
    return Client(location=0, **facts)  # type: ignore[arg-type]


def test_capacity_keeps_the_heavy_order_at_home() -> None:
    """An order heavier than the vehicle in one of three dimensions is left out, the others go (C04)."""
    clients = {name: _client(delivery=(1, 1, 1), prize=9_999.0) for name in "AC"}
    clients["B"] = _client(delivery=(1, 99, 1), prize=9_999.0)
    solution = solved(town("D.A.B.C", clients=clients, vehicles=[Vehicle(capacity=(10, 10, 10))]))
    assert paths(solution) <= {"0:AC", "0:CA"}
    assert solution.unassigned == (1,)


def test_capacity_lets_fetched_goods_use_the_room_of_delivered_ones() -> None:
    """A full van may fetch as much as it has delivered before, not earlier."""
    clients = {"A": _client(pickup=(5,)), "B": _client(delivery=(5,))}
    solution = solved(town("D.A.B", clients=clients, vehicles=[Vehicle(capacity=(5,))]))
    assert paths(solution) == {"0:BA"}
    assert solution.routes[0].peak == (5,)


def test_time_windows_put_the_far_stop_first() -> None:
    """A hard window is kept although the way gets longer (C12)."""
    clients = {"A": _client(), "B": _client(windows=((8 * HOUR, 8 * HOUR + 4 * STEP_S),))}
    solution = solved(town("DA..B", clients=clients, vehicles=[Vehicle(shift_s=SHIFT)]))
    (route,) = solution.routes
    assert all(visit.late_s == 0 for visit in route.visits)
    assert route.visits[-1 if paths(solution) == {"0:AB"} else 0].starts_s <= 8 * HOUR + 4 * STEP_S


def test_time_windows_of_the_afternoon_are_used_when_the_morning_is_gone() -> None:
    """Of several windows one is kept, here the second."""
    clients = {"A": _client(windows=((8 * HOUR, 8 * HOUR + 1), (10 * HOUR, 11 * HOUR)))}
    (route,) = solved(town("D..A", clients=clients, vehicles=[Vehicle(shift_s=SHIFT)])).routes
    assert route.visits[0].window == 1
    assert route.visits[0].starts_s == 10 * HOUR


def test_soft_windows_cost_their_lateness() -> None:
    """A soft window may be missed: each second late costs its price, and nothing else changes (C12)."""
    late = _client(windows=((8 * HOUR, 8 * HOUR),), late_cost_per_s=2.0)
    solution = solved(town("D..A", clients={"A": late}, vehicles=[Vehicle(shift_s=SHIFT)]))
    assert solution.routes[0].late_s == 3 * STEP_S
    assert solution.cost == 6 * STEP_M + 2.0 * 3 * STEP_S


def test_shifts_end_the_day() -> None:
    """What cannot be back before the shift ends is left out (C20)."""
    short = Vehicle(shift_s=(8 * HOUR, 8 * HOUR + 5 * STEP_S))
    assert solved(town("D..A", vehicles=[short])).unassigned == (0,)


def test_overtime_costs_extra() -> None:
    """Overtime up to its bound is allowed and priced (C20)."""
    vehicle = Vehicle(shift_s=(8 * HOUR, 8 * HOUR + 5 * STEP_S), overtime_s=STEP_S, overtime_cost_per_s=3.0)
    solution = solved(town("D..A", vehicles=[vehicle]))
    assert solution.routes[0].overtime_s == STEP_S
    assert solution.cost == 6 * STEP_M + 3.0 * STEP_S


def test_a_paid_day_begins_as_late_as_it_can() -> None:
    """When time costs money, the driver leaves so late that nobody waits at the door."""
    vehicle = Vehicle(shift_s=SHIFT, cost_per_s=1.0)
    clients = {"A": _client(windows=((10 * HOUR, 11 * HOUR),))}
    (route,) = solved(town("D..A", clients=clients, vehicles=[vehicle])).routes
    assert (route.departs_s, route.waiting_s) == (10 * HOUR - 3 * STEP_S, 0)


def test_duration_limits_the_day() -> None:
    """A route longer than the duty limit is not driven (C22)."""
    assert solved(town("D..A", vehicles=[Vehicle(max_duration_s=5 * STEP_S)])).unassigned == (0,)
    assert solved(town("D..A", vehicles=[Vehicle(max_duration_s=6 * STEP_S)])).unassigned == ()


def test_breaks_lie_inside_their_window_and_lengthen_the_route() -> None:
    """The break has its length, starts inside its window, and the plan stays feasible with it (C21)."""
    pause = Break(earliest_s=8 * HOUR + 2 * STEP_S, latest_s=8 * HOUR + 5 * STEP_S, duration_s=1_800)
    vehicle = Vehicle(shift_s=(8 * HOUR, 9 * HOUR), breaks=(pause,))
    (route,) = solved(town("D..A..B", vehicles=[vehicle])).routes
    (taken,) = route.pauses
    assert pause.earliest_s <= taken.starts_s <= pause.latest_s
    assert route.duration_s >= 12 * STEP_S + 1_800


def test_breaks_use_the_wait_for_a_window() -> None:
    """A break that fits into a wait costs no time (C21)."""
    pause = Break(earliest_s=8 * HOUR, latest_s=9 * HOUR, duration_s=1_800)
    clients = {"A": _client(windows=((8 * HOUR, 8 * HOUR + 600),)), "B": _client(windows=((9 * HOUR, 10 * HOUR),))}
    with_break = solved(town("D.A.B", clients=clients, vehicles=[Vehicle(shift_s=SHIFT, breaks=(pause,))]))
    without = solved(town("D.A.B", clients=clients, vehicles=[Vehicle(shift_s=SHIFT)]))
    assert with_break.routes[0].returns_s == without.routes[0].returns_s
    assert len(with_break.routes[0].pauses) == 1


def test_breaks_are_waited_for_before_a_leg_that_outlasts_them() -> None:
    """Where the break's window ends while one would be on the road, one waits and takes it before the leg (C21)."""
    pause = Break(earliest_s=8 * HOUR + 300, latest_s=8 * HOUR + 400, duration_s=60)
    clients = {"A": _client(windows=((8 * HOUR, 8 * HOUR + 960),))}
    (route,) = solved(town("D.........A", clients=clients, vehicles=[Vehicle(shift_s=SHIFT, breaks=(pause,))])).routes
    assert [(taken.starts_s, taken.before_leg) for taken in route.pauses] == [(8 * HOUR + 300, True)]
    assert route.visits[0].starts_s == 8 * HOUR + 960


def test_breaks_fall_away_when_the_route_is_back_before() -> None:
    """A route that ends before the break's window closes needs no break on the road."""
    pause = Break(earliest_s=11 * HOUR, latest_s=11 * HOUR + 600, duration_s=1_800)
    (route,) = solved(town("D.A", vehicles=[Vehicle(shift_s=SHIFT, breaks=(pause,))])).routes
    assert route.pauses == ()


def test_driving_hours_ask_for_a_rest() -> None:
    """After the longest stretch at the wheel a rest is taken, and only then one drives on (C22)."""
    rules = DrivingHours(max_without_rest_s=5 * STEP_S, rest_s=900)
    (route,) = solved(town("D..A..B", vehicles=[Vehicle(shift_s=SHIFT, driving=rules, end=None)])).routes
    assert [pause.is_rest for pause in route.pauses] == [True]
    assert route.pauses[0].ends_s - route.pauses[0].starts_s == 900


def test_driving_hours_limit_the_day_at_the_wheel() -> None:
    """More hours at the wheel than allowed are not planned (C22)."""
    assert solved(town("D..A", vehicles=[Vehicle(driving=DrivingHours(max_total_s=5 * STEP_S))])).unassigned == (0,)


def test_skills_decide_who_may_come() -> None:
    """Only the vehicle with the skill serves the order that needs it (C23, C24)."""
    clients = {"A": _client(skills=frozenset({"cold"}))}
    vehicles = [Vehicle(), Vehicle(skills=frozenset({"cold", "lift"}), fixed_cost=999.0)]
    assert paths(solved(town("D.A", clients=clients, vehicles=vehicles))) == {"1:A"}


def test_exclusions_decide_who_may_come() -> None:
    """An order that names its vehicles is served by one of them or not at all (C23)."""
    clients = {"A": _client(vehicles=frozenset({1}))}
    assert paths(solved(town("D.A", clients=clients, vehicles=[Vehicle(), Vehicle(fixed_cost=999.0)]))) == {"1:A"}


def test_priorities_leave_out_what_matters_least() -> None:
    """When not all fit, the order with the smallest prize stays (C27)."""
    clients = {name: _client(delivery=(1,), prize=prize) for name, prize in zip("ABC", (5e4, 1e4, 9e4), strict=True)}
    solution = solved(town("D.A.B.C", clients=clients, vehicles=[Vehicle(capacity=(2,))]))
    assert solution.unassigned == (1,)


def test_priorities_leave_out_what_costs_more_than_it_is_worth() -> None:
    """An order whose way costs more than its prize is left out."""
    assert solved(town("D.....A", every=_client(prize=10.0))).unassigned == (0,)


def test_preference_sends_the_driver_who_knows_the_zone() -> None:
    """A price on an unfamiliar driver decides between equal ways (C09, C27)."""
    strange = np.array([[500.0, 0.0]])
    assert paths(solved(town("D.A", vehicles=[Vehicle(), Vehicle()], preference=strange))) == {"1:A"}


def test_setup_is_spent_once_at_one_place() -> None:
    """Two orders at one door are parked for once."""
    travel = Travel.static([[0, 60], [60, 0]])
    clients = [Client(location=1, setup_s=300, service_s=60) for _ in range(2)]
    problem = Problem(clients=clients, vehicles=[Vehicle(cost_per_s=1.0)], travel=travel)
    assert solved(problem).routes[0].duration_s == 60 + 300 + 60 + 60 + 60


def _rush_hour() -> Travel:
    """Two places: the way takes 10 minutes at 8 and 30 at 11."""
    quiet, busy = np.array([[0, 600], [600, 0]], np.int32), np.array([[0, 1_800], [1_800, 0]], np.int32)
    metres = np.full((2, 2, 2), 5_000, np.int32)
    return Travel(
        durations_s=np.stack([quiet, busy]), distances_m=metres, slots=2, knots_s=((8 * HOUR, 0), (11 * HOUR, 1))
    )


@pytest.mark.parametrize(("leaves", "takes"), [(8 * HOUR, 600), (11 * HOUR, 1_800), (9 * HOUR + 1_800, 1_200)])
def test_travel_depends_on_the_moment_of_departure(leaves: int, takes: int) -> None:
    """The same way at 08:00 and at 11:00 takes different times, and in between what lies between (C13)."""
    client = Client(location=1, windows=((leaves, 20 * HOUR),))
    vehicle = Vehicle(shift_s=(leaves, 20 * HOUR), end=None)
    problem = Problem(clients=[client], vehicles=[vehicle], travel=_rush_hour())
    assert solved(problem).routes[0].visits[0].leg_duration_s == takes


def test_travel_by_the_hour_can_turn_the_order_round() -> None:
    """Where the rush begins on one side of town, that side is served first (C13)."""
    quiet = np.array([[0, 600, 600], [600, 0, 900], [600, 900, 0]], np.int32)
    busy_left, busy_right = quiet.copy(), quiet.copy()
    busy_left[:, 1] = 3_000
    busy_right[:, 2] = 3_000
    firsts = []
    for rush in (busy_left, busy_right):
        travel = Travel(
            durations_s=np.stack([quiet, rush]),
            distances_m=np.zeros((2, 3, 3), np.int32),
            slots=2,
            knots_s=((8 * HOUR, 0), (9 * HOUR, 1)),
        )
        clients = [Client(location=i, service_s=1_800) for i in (1, 2)]
        vehicle = Vehicle(shift_s=(8 * HOUR, 20 * HOUR), cost_per_s=1.0, end=None)
        firsts.append(solved(Problem(clients=clients, vehicles=[vehicle], travel=travel)).routes[0].visits[0].client)
    assert firsts == [0, 1]


def test_travel_by_the_hour_makes_a_paid_day_begin_when_the_rush_is_over() -> None:
    """Where time is paid, the vehicle leaves at the cheapest moment of the day, not at the first one (C13)."""
    slow, quick = np.array([[0, 1_800], [1_800, 0]], np.int32), np.array([[0, 600], [600, 0]], np.int32)
    travel = Travel(
        durations_s=np.stack([slow, quick]),
        distances_m=np.full((2, 2, 2), 5_000, np.int32),
        slots=2,
        knots_s=((8 * HOUR, 0), (9 * HOUR, 0), (10 * HOUR, 1)),
    )
    vehicle = Vehicle(shift_s=(8 * HOUR, 20 * HOUR), cost_per_s=1.0)
    problem = Problem(clients=[Client(location=1)], vehicles=[vehicle], travel=travel)
    assert solved(problem).routes[0].duration_s == 1_200
