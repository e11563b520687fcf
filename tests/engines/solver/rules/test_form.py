"""The form of a route: how long it is, how far it sprawls, how often it changes zones, whose pace it has."""

from tests.engines.solver.towns import HOUR, STEP_M, STEP_S, paths, solved, town
from zaguan.engines.solver import Client, Vehicle


def test_balance_prices_each_second_beyond_the_fair_length() -> None:
    """A route longer than fair costs the difference."""
    vehicle = Vehicle(fair_s=6 * STEP_S, unfair_cost_per_s=1.0)
    assert solved(town("A..D..B", vehicles=[vehicle])).cost == 12 * STEP_M + 6 * STEP_S


def test_balance_shares_out_a_long_day() -> None:
    """A second vehicle that is not worth its fixed price is worth a shorter day of the first."""
    lone = Vehicle(fixed_cost=100.0)
    fair = Vehicle(fixed_cost=100.0, fair_s=6 * STEP_S, unfair_cost_per_s=1.0)
    assert len(solved(town("A..D..B", vehicles=[lone, lone])).routes) == 1
    assert len(solved(town("A..D..B", vehicles=[fair, fair])).routes) == 2


def test_balance_keeps_nobody_at_home() -> None:
    """However dear a long day is, an order that must be served is served."""
    vehicle = Vehicle(fair_s=0, unfair_cost_per_s=1e6)
    assert solved(town("A..D..B", vehicles=[vehicle])).unassigned == ()


def test_compactness_prices_width_and_height_of_a_route() -> None:
    """Each metre of the box around the clients costs its price; who has no point does not count."""
    clients = {
        "A": Client(location=0, point=(0, 0)),
        "B": Client(location=0, point=(600, 50)),
        "C": Client(location=0),
    }
    problem = town("A..D..BC", clients=clients, vehicles=[Vehicle(sprawl_cost_per_m=0.5)])
    assert solved(problem).cost == 14 * STEP_M + 0.5 * 650


def test_compactness_cuts_a_route_that_crosses_the_town() -> None:
    """Two routes on two sides are cheaper than one on both."""
    clients = {"A": Client(location=0, point=(0, 0)), "B": Client(location=0, point=(600, 0))}
    wide, narrow = Vehicle(fixed_cost=100.0), Vehicle(fixed_cost=100.0, sprawl_cost_per_m=0.5)
    assert len(solved(town("A..D..B", clients=clients, vehicles=[wide, wide])).routes) == 1
    assert len(solved(town("A..D..B", clients=clients, vehicles=[narrow, narrow])).routes) == 2


def test_zones_are_finished_before_the_next_one_begins() -> None:
    """Of equal ways the one with the fewest changes of zone is driven, and each change costs its price (C09)."""
    clients = {name: Client(location=0, zone=zone) for name, zone in zip("ABC", (1, 2, 1), strict=True)}
    solution = solved(town("D.A.B.C", clients=clients, vehicles=[Vehicle(zone_change_cost=10.0)]))
    assert paths(solution) <= {"0:ACB", "0:BCA"}
    assert solution.cost == 12 * STEP_M + 10.0


def test_zones_are_no_wall() -> None:
    """A change that is cheaper than the way round is made."""
    clients = {name: Client(location=0, zone=zone) for name, zone in zip("ABC", (1, 2, 1), strict=True)}
    open_end = Vehicle(zone_change_cost=10.0, end=None)
    solution = solved(town("D.A.B.C", clients=clients, vehicles=[open_end]))
    assert (paths(solution), solution.cost) == ({"0:ABC"}, 6 * STEP_M + 20.0)


def test_service_takes_each_driver_as_long_as_it_takes() -> None:
    """A driver of 150 % stays half as long again, cut to whole seconds; parking takes everybody as long."""
    client = Client(location=0, service_s=101, setup_s=60)
    (route,) = solved(town("D.A", every=client, vehicles=[Vehicle(service_percent=150)])).routes
    assert route.visits[0].leaves_s - route.visits[0].starts_s == 151
    assert route.visits[0].starts_s - route.visits[0].arrives_s == 60


def test_service_sends_the_quick_driver_where_time_is_short() -> None:
    """What the slow driver cannot finish in the shift, the quick one can."""
    shift = (8 * HOUR, 8 * HOUR + 4 * STEP_S + 100)
    slow, quick = (Vehicle(shift_s=shift, service_percent=percent) for percent in (150, 100))
    client = Client(location=0, service_s=100)
    assert solved(town("D.A", every=client, vehicles=[slow])).unassigned == (0,)
    assert paths(solved(town("D.A", every=client, vehicles=[slow, quick]))) == {"1:A"}


def test_latest_moments_end_what_a_soft_window_allows() -> None:
    """Lateness costs its price up to the last moment and is refused beyond."""
    vehicle = Vehicle(shift_s=(8 * HOUR, 12 * HOUR))
    soft = {"windows": ((8 * HOUR, 8 * HOUR),), "late_cost_per_s": 1.0}
    enough = Client(location=0, latest_s=8 * HOUR + 3 * STEP_S, **soft)  # type: ignore[arg-type]
    short = Client(location=0, latest_s=8 * HOUR + 3 * STEP_S - 1, **soft)  # type: ignore[arg-type]
    assert solved(town("D..A", every=enough, vehicles=[vehicle])).routes[0].late_s == 3 * STEP_S
    assert solved(town("D..A", every=short, vehicles=[vehicle])).unassigned == (0,)
