"""VROOM's JSON: every documented field reaches the problem."""

import numpy as np
import pytest

from tests.engines.solver.formats.vroom_files import (
    DURATIONS,
    NOON,
    a_break,
    a_file,
    a_job,
    a_shipment,
    a_vehicle,
    one_vehicle,
    read,
    with_distances,
)
from zaguan.engines.solver.fleet import Break
from zaguan.engines.solver.formats.vroom import VroomCase
from zaguan.engines.solver.limits import HORIZON_S, UNREACHABLE_S


def legs(case: VroomCase, vehicle: int = 0) -> tuple[int, float]:
    """Return seconds and price of the way from row 0 to row 1."""
    origin, goal = case.ways.ends[vehicle][0], case.ways.task_places[0]
    assert origin is not None
    seconds, units = case.problem.travel.leg(case.problem.vehicles[vehicle].profile, origin, goal)
    return seconds, units * case.problem.vehicles[vehicle].cost_per_m


def test_a_job_becomes_a_client() -> None:
    """Place, time at the door, loads, skills and windows of a job are the client's, windows in ascending order."""
    job = a_job(
        2, description="x", setup=5, service=60, delivery=[1, 2], pickup=[3, 0], skills=[7, 1],
        time_windows=[[500, 600], [100, 200]],
    )  # fmt: skip
    client = read(a_file(jobs=[job], vehicles=[a_vehicle(capacity=[9, 9])])).problem.clients[0]
    assert client.service_s + client.setup_s == 65
    assert (client.delivery, client.pickup) == ((1, 2), (3, 0))
    assert client.skills == {"7", "1"}
    assert client.windows == ((100, 200), (500, 600))
    assert client.prize is None


def test_the_older_names_are_read() -> None:
    """`amount` of a job is its delivery, a lone `matrix` the travel times of the profile car."""
    facts = {"jobs": [a_job(amount=[4])], "vehicles": [a_vehicle(capacity=[9])], "matrix": DURATIONS}
    case = read(facts)
    assert case.problem.clients[0].delivery == (4,)
    assert legs(case) == (10, 10.0)


def test_a_shipment_becomes_a_pair() -> None:
    """Both ends of a shipment are clients with the same load, skills and prize, and belong together."""
    facts = a_file(
        jobs=[a_job(3)],
        shipments=[a_shipment(amount=[2], skills=[4], priority=7)],
        vehicles=[a_vehicle(capacity=[5], skills=[4])],
    )
    problem = read(facts).problem
    assert problem.pairs == ((1, 2),)
    _, fetched, brought = problem.clients
    assert (fetched.pickup, fetched.delivery) == ((2,), ())
    assert (brought.pickup, brought.delivery) == ((), (2,))
    assert fetched.skills == brought.skills == {"4"}
    assert fetched.prize == brought.prize is not None


def test_a_vehicle_becomes_a_vehicle() -> None:
    """Ends, capacity, skills, working hours and limits of a vehicle reach ours."""
    case = one_vehicle(
        end_index=3, capacity=[4], skills=[2], time_window=[50, 900], max_tasks=3, max_travel_time=400,
        costs={"fixed": 70},
    )  # fmt: skip
    vehicle = case.problem.vehicles[0]
    numbers = {case.ways.ends[0][0], case.ways.task_places[0], case.ways.ends[0][1]}
    assert numbers == {0, 1, 2}
    assert (vehicle.capacity, vehicle.skills, vehicle.shift_s) == ((4,), {"2"}, (50, 900))
    assert (vehicle.max_clients, vehicle.driving.max_total_s, vehicle.fixed_cost) == (3, 400, 70.0)


def test_an_end_may_be_open() -> None:
    """A vehicle without `end` ends at its last client, one without `start` begins at its first."""
    facts = a_file(vehicles=[{"id": 1, "start_index": 0}, {"id": 2, "end_index": 0}])
    first, second = read(facts).problem.vehicles
    assert (first.start, first.end) == (1, None)
    assert (second.start, second.end) == (None, 1)


def test_a_second_of_travel_costs_one() -> None:
    """Without `costs` a route costs its travel time, waiting and service not counted."""
    case = one_vehicle()
    assert legs(case) == (10, 10.0)
    assert case.problem.vehicles[0].cost_per_s == 0.0


@pytest.mark.parametrize(
    ("costs", "price"),
    [
        ({"per_hour": 7200}, 20.0),
        ({"per_hour": 0, "per_km": 50}, 5.0),
        ({"per_hour": 3600, "per_km": 50}, 15.0),
        ({"per_hour": 100, "per_km": 7}, 10 * 100 / 3600 + 0.1 * 7),
        ({"per_hour": 0, "per_km": 0}, 0.0),
    ],
)
def test_time_and_distance_are_priced_exactly(costs: dict[str, int], price: float) -> None:
    """Any mixture of prices by hour and by kilometre gives each leg its exact price."""
    case = read(with_distances(vehicles=[a_vehicle(costs=costs)]))
    assert legs(case) == (10, pytest.approx(price))


def test_a_matrix_of_costs_prices_the_legs() -> None:
    """Custom costs are what legs cost; durations only say how long they take."""
    costs = (np.array(DURATIONS) * 3).tolist()
    case = read(a_file(matrices={"car": {"durations": DURATIONS, "costs": costs}}))
    assert legs(case) == (10, 30.0)


def test_each_profile_and_speed_has_its_own_legs() -> None:
    """Profiles have their own matrices; a speed factor scales durations and their price, rounded up to seconds."""
    slow = (np.array(DURATIONS) * 2).tolist()
    facts = a_file(
        vehicles=[
            a_vehicle(1),
            a_vehicle(2, profile="bike"),
            a_vehicle(3, speed_factor=0.75),
            a_vehicle(4, speed_factor=1.0),
        ],
        matrices={"car": {"durations": DURATIONS}, "bike": {"durations": slow}},
    )
    case = read(facts)
    assert [legs(case, vehicle) for vehicle in range(4)] == [(10, 10), (20, 20), (14, pytest.approx(40 / 3)), (10, 10)]
    assert case.problem.travel.profiles == 3


def test_a_way_of_months_is_no_way() -> None:
    """Durations beyond all horizons mean that there is no way, whatever they would cost."""
    walled = [[0, 4_000_000_000], [10, 0]]
    case = read(a_file(matrices={"car": {"durations": walled}}))
    assert legs(case) == (UNREACHABLE_S, 0)


def test_a_range_is_kept_where_distance_is_priced() -> None:
    """`max_distance` holds to the metre where the price is one of distance alone."""
    facts = with_distances(vehicles=[a_vehicle(max_distance=215, costs={"per_hour": 0, "per_km": 1000})])
    case = read(facts)
    battery = case.problem.vehicles[0].battery
    assert battery is not None
    assert (battery.capacity_wh, battery.wh_per_km) == (215, 1000)
    assert legs(case) == (10, 100.0)


def test_priorities_are_prizes_in_their_order() -> None:
    """More priority outweighs any number of tasks, one more task outweighs any cost."""
    jobs = [a_job(1, priority=2), a_job(2, priority=1), a_job(3)]
    prizes = [client.prize for client in read(a_file(jobs=jobs)).problem.clients]
    assert all(prize is not None for prize in prizes)
    high, low, none = (float(prize or 0) for prize in prizes)
    assert high > low + 3 * none
    assert none > 2 * 61


def test_a_setup_that_is_always_spent_is_service() -> None:
    """At a place of its own a set-up follows the start inside the window, as in VROOM."""
    client = read(a_file(jobs=[a_job(setup=30, service=60, time_windows=[[0, 100]])])).problem.clients[0]
    assert (client.setup_s, client.service_s) == (0, 90)


def test_a_shared_setup_is_spent_once() -> None:
    """Where two jobs share a place, only the first to come spends the set-up."""
    jobs = [a_job(1, setup=30), a_job(2, location_index=1, setup=30, service=5)]
    clients = read(a_file(jobs=jobs)).problem.clients
    assert [(client.setup_s, client.service_s) for client in clients] == [(30, 0), (30, 5)]


def test_times_per_type_are_percentages_of_the_vehicles() -> None:
    """Times by type of vehicle that are in one proportion become a percentage of each vehicle's driver."""
    jobs = [a_job(1, service=100, service_per_type={"slow": 150}), a_job(2, service=40, service_per_type={"slow": 60})]
    problem = read(a_file(jobs=jobs, vehicles=[a_vehicle(1), a_vehicle(2, type="slow")])).problem
    assert [client.service_s for client in problem.clients] == [100, 40]
    assert [vehicle.service_percent for vehicle in problem.vehicles] == [100, 150]


def test_times_of_the_only_type_are_taken_as_they_are() -> None:
    """Times of types that no vehicle has, or none that may come, do not matter."""
    jobs = [a_job(1, service=7, service_per_type={"v": 9, "plane": 1}, setup_per_type={"v": 2}, skills=[1])]
    problem = read(a_file(jobs=jobs, vehicles=[a_vehicle(1, type="v", skills=[1]), a_vehicle(2, type="w")])).problem
    assert problem.clients[0].service_s == 11
    assert problem.vehicles[0].service_percent == 100


def test_time_at_the_door_is_priced_by_vehicle() -> None:
    """`per_task_hour` prices set-up and service of each task for the vehicle that comes."""
    jobs = [a_job(1, service=1800), a_job(2, service=900, setup=900)]
    vehicles = [a_vehicle(1, costs={"per_task_hour": 10}), a_vehicle(2)]
    preference = read(a_file(jobs=jobs, vehicles=vehicles)).problem.preference
    assert preference is not None
    assert preference.tolist() == [[5.0, 0.0], [5.0, 0.0]]


def test_breaks_are_cut_to_what_the_shift_leaves() -> None:
    """Windows of breaks lose only moments at which they, and those after them, could not be taken."""
    breaks = [
        a_break(id=2, service=100, time_windows=[[600, 5000]]),
        a_break(id=1, service=50, time_windows=[[100, 580], [9000, 9999]]),
    ]
    vehicle = one_vehicle(time_window=[200, 1000], breaks=breaks).problem.vehicles[0]
    assert vehicle.breaks == (
        Break(earliest_s=200, latest_s=580, duration_s=50),
        Break(earliest_s=600, latest_s=900, duration_s=100),
    )


def test_a_break_without_window_may_be_taken_all_day() -> None:
    """A break without windows fits anywhere in the working hours."""
    breaks = [{"id": 1, "service": 60}]
    vehicle = one_vehicle(time_window=[0, 1000], breaks=breaks).problem.vehicles[0]
    assert vehicle.breaks == (Break(earliest_s=0, latest_s=940, duration_s=60),)


def test_timestamps_are_counted_from_a_moment_before_them() -> None:
    """Absolute times become ours with room before and after: open vehicles may leave before the first window."""
    job = a_job(time_windows=[[NOON, NOON + 3600]])
    case = read(a_file(jobs=[job]))
    opens, closes = case.problem.clients[0].windows[0]
    assert (opens + case.origin_s, closes - opens) == (NOON, 3600)
    assert 10 * 86_400 < opens < HORIZON_S - 10 * 86_400
    assert read(a_file()).origin_s == 0


def test_straight_lines_stand_in_for_matrices() -> None:
    """With a speed, files of coordinates travel along great circles."""
    facts = {
        "jobs": [{"id": 1, "location": [-70.6, -33.4]}, {"id": 2, "location": [-70.6, -33.4]}],
        "vehicles": [{"id": 1, "start": [-70.6, -33.5]}],
    }
    case = read(facts, kmh=36)
    assert case.ways.task_places == (0, 0)
    seconds, _ = case.problem.travel.leg(0, 1, 0)
    assert seconds == pytest.approx(11_119.5 / 10, abs=1)
    assert case.has_metres


def test_a_max_load_above_capacity_is_no_limit() -> None:
    """A break's `max_load` that can never bind is accepted."""
    breaks = [a_break(max_load=[5])]
    assert len(one_vehicle(capacity=[5], breaks=breaks).problem.vehicles[0].breaks) == 1
