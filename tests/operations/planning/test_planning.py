"""A day planned on the plain: what the plan keeps, leaves out, and says. 10 metres a second, straight lines."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.fakes.flat_roads import FlatRoads
from tests.operations.planning.builders import (
    TUESDAY,
    a_driver,
    a_fleet,
    a_vehicle,
    an_order,
    at,
    crew,
    hours,
    left_out,
    planned,
    refs_of,
    spoken,
)
from zaguan.base.geo.place import Place
from zaguan.base.geo.point import BoundingBox
from zaguan.engines.solver import Problem, Solution, solve
from zaguan.operations.planning.service import NothingToPlan, PlanBreaksRules
from zaguan.operations.planning.service_day import ServiceDay
from zaguan.records.fleet.model import Energy
from zaguan.records.orders.model import Order, OrderKind


def test_a_plain_day() -> None:
    """Every order is served once, times fit together, and the checker finds nothing (C27)."""
    orders = [an_order(str(number), number % 5, number // 5) for number in range(20)]
    plan = planned(orders)
    assert sorted(ref for refs in refs_of(plan) for ref in refs) == sorted(order.ref for order in orders)
    assert plan.unassigned == ()
    assert plan.totals.violations == 0
    for route in plan.routes:
        assert [stop.number for stop in route.stops] == list(range(1, len(route.stops) + 1))
        assert len(route.geometry) == len(route.stops) + 1
        moment = route.leaves_at
        for stop in route.stops:
            assert stop.arrives_at == moment + timedelta(seconds=stop.leg_duration_s)
            assert stop.arrives_at <= stop.starts_at <= stop.leaves_at
            moment = stop.leaves_at
        assert moment <= route.returns_at
        assert route.duration_s == route.driving_s + route.service_s + route.waiting_s
        assert route.shift_starts_at <= route.leaves_at


def test_the_same_stops_take_longer_in_traffic() -> None:
    """Travel depends on the hour: in a short shift at seven the same orders take longer than at eleven (C13)."""
    roads = FlatRoads(slowness={"morning": 3.0})
    orders = [an_order(str(n), 3 * (n + 1), 0) for n in range(4)]
    legs = {}
    for start in (7, 11):
        fleet = a_fleet(crew("van", shift=(start, start + 3)))
        route = planned(orders, fleet, roads=roads).routes[0]
        legs[start] = sum(stop.leg_duration_s for stop in route.stops)
        assert route.distance_m == pytest.approx(24_000, rel=0.01)
    assert legs[7] > 1.3 * legs[11]


def test_a_long_shift_waits_until_the_traffic_is_over() -> None:
    """Who is paid from departure to return leaves when the roads are free, if nobody is promised an hour (C13)."""
    roads = FlatRoads(slowness={"morning": 3.0})
    orders = [an_order(str(n), 3 * (n + 1), 0) for n in range(4)]
    early, late = (
        planned(orders, a_fleet(crew("van", shift=(7, 7 + hours))), roads=roads).routes[0] for hours in (3, 8)
    )
    assert late.leaves_at > early.leaves_at
    assert late.duration_s < early.duration_s


def test_traffic_changes_the_order_of_stops() -> None:
    """With a jam until half past nine the far stop waits for a free road (C13)."""
    near = [an_order(f"near{n}", 1 + n, 1, service_s=1800) for n in range(4)]
    far = an_order("far", -25, 0, windows=(hours(8, 12),))
    free = planned([*near, far], roads=FlatRoads())
    jammed = planned([*near, far], roads=FlatRoads(slowness={"morning": 6.0}))
    assert refs_of(free) != refs_of(jammed)


def test_a_plan_that_breaks_a_rule_does_not_leave() -> None:
    """Whatever the search returns is checked: a stop served before its window, or twice, refuses the whole plan."""

    def early(problem: Problem, **options: Any) -> Solution:
        solution = solve(problem, **options)
        (route,) = solution.routes
        first, *others = route.visits
        cheated = replace(first, starts_s=first.starts_s - 1800)
        return replace(solution, routes=(replace(route, visits=(cheated, *others)),))

    def twice(problem: Problem, **options: Any) -> Solution:
        solution = solve(problem, **options)
        return replace(solution, routes=solution.routes * 2)

    orders = [an_order("1", 1, 0, windows=(hours(10, 11),)), an_order("2", 2, 0)]
    assert planned(orders).totals.served == 2
    for solver in (early, twice):
        with pytest.raises(PlanBreaksRules, match="violations"):
            planned(orders, solver=solver)


def test_orders_of_one_place_are_one_stop() -> None:
    """Parking is paid once; the stop lists all its orders."""
    orders = [an_order(ref, 2, 2) for ref in "abc"]
    route = planned(orders).routes[0]
    (stop,) = route.stops
    assert sorted(order.ref for order in stop.orders) == ["a", "b", "c"]
    assert route.service_s == 90 + 3 * 90


def test_the_plan_beats_plain_ones() -> None:
    """Cheaper than the nearest neighbour and than the order of the file, on the same orders (C11, C29)."""
    spots = [((n * 37) % 41 / 4, (n * 53) % 43 / 4) for n in range(60)]
    orders = [
        an_order(str(n), *spot, windows=(hours(9, 13),) if n % 3 else (hours(14, 17),)) for n, spot in enumerate(spots)
    ]
    totals = planned(orders, a_fleet(*(crew(name) for name in "abcdef")), iterations=3000).totals
    assert totals.served == 60
    assert totals.cost_minor < totals.baseline_cost_minor < totals.file_order_cost_minor
    assert totals.distance_m < totals.file_order_distance_m
    assert 0 <= totals.idle_share < 1
    assert 0 < totals.empty_distance_m < totals.baseline_empty_distance_m


def test_totals_can_be_recomputed() -> None:
    """Every figure is a sum over routes; energy and fuel are given by kind (C29, C105)."""
    fleet = a_fleet(
        crew("diesel", vehicle={"consumption_per_100km": 10.0, "weight_g": 40_000}),
        crew(
            "electric",
            vehicle={
                "energy": Energy.ELECTRIC,
                "consumption_per_100km": 20.0,
                "emission_g_per_unit": 100.0,
                "weight_g": 60_000,
            },
        ),
    )
    plan = planned([an_order(str(n), 2 + n, n % 3) for n in range(8)], fleet)
    totals = plan.totals
    assert totals.routes == len(plan.routes) == 2
    assert totals.distance_m == sum(route.distance_m for route in plan.routes)
    assert totals.cost_minor == sum(route.cost_minor for route in plan.routes)
    assert totals.energy_by_kind == {route.energy: route.energy_units for route in plan.routes}
    for route in plan.routes:
        rate = 10.0 if route.energy == "diesel" else 20.0
        assert route.energy_units == pytest.approx(route.distance_m / 100_000 * rate, abs=1e-3)
        assert route.cost_minor == round(route.distance_m / 1000 * 100 + route.duration_s / 3600 * 1000)
    electric = next(route for route in plan.routes if route.energy == "electric")
    assert electric.emission_g == pytest.approx(electric.energy_units * 100, abs=1)


def test_energy_is_told_before_and_after() -> None:
    """Kilometres, litres and kilowatt-hours of each vehicle by the plan and by the nearest neighbour (C29, C105)."""
    rates = {"diesel": 10.0, "electric": 20.0}
    fleet = a_fleet(
        crew("diesel", vehicle={"consumption_per_100km": 10.0, "emission_g_per_unit": 3000.0, "pieces": 15}),
        crew("electric", vehicle={"energy": Energy.ELECTRIC, "consumption_per_100km": 20.0, "pieces": 15}),
        crew("spare"),
    )
    spots = [((n * 37) % 41 / 4, (n * 53) % 43 / 4) for n in range(30)]
    plan = planned([an_order(str(n), *spot) for n, spot in enumerate(spots)], fleet, iterations=2000)
    totals = plan.totals
    uses = {use.vehicle_ref: use for use in totals.vehicles}
    assert sum(use.distance_m for use in uses.values()) == totals.distance_m
    assert sum(use.baseline_distance_m for use in uses.values()) == totals.baseline_distance_m > totals.distance_m
    for route in plan.routes:
        assert uses[route.vehicle_ref].distance_m == route.distance_m
    for ref, use in uses.items():
        rate = rates.get(ref, 9.0)
        assert use.energy_units == pytest.approx(use.distance_m / 100_000 * rate, abs=1e-3)
        assert use.baseline_energy_units == pytest.approx(use.baseline_distance_m / 100_000 * rate, abs=1e-3)
    before = sum(use.baseline_energy_units for use in uses.values() if use.energy == "diesel")
    assert totals.baseline_energy_by_kind["diesel"] == pytest.approx(before, abs=1e-3)
    assert totals.baseline_emission_g > totals.emission_g > 0


def test_before_equals_after_where_there_is_no_choice() -> None:
    """Idle time, empty kilometres and energy of the plain plan are reckoned as those of the plan (C29, C105)."""
    orders = [an_order("early", 1, 0, windows=(hours(8, 9),)), an_order("late", 2, 0, windows=(hours(15, 16),))]
    totals = planned(orders, a_fleet(crew("van", breaks=[(12, 13, 0.5)]))).totals
    assert totals.idle_share > 0.5
    assert totals.baseline_idle_share == pytest.approx(totals.idle_share, abs=0.01)
    assert totals.baseline_empty_distance_m == totals.empty_distance_m == pytest.approx(2000, rel=0.01)
    assert totals.baseline_energy_by_kind == totals.energy_by_kind
    assert totals.baseline_emission_g == pytest.approx(totals.emission_g, abs=2)


def test_one_bad_order_does_not_stop_the_day() -> None:
    """Off the map, without a point, on an island: each is named with its remedy, the rest is served (C27)."""
    orders: list[Order] = [an_order(str(n), n / 2, 0) for n in range(20)]
    lost = replace(an_order("lost", 0, 0), place=Place(address="Nowhere 1"))
    plan = planned(
        [*orders, lost, an_order("swapped", 70, 3), an_order("island", 2, 9)],
        roads=FlatRoads(islands=[at(2, 9)]),
        box=BoundingBox(west=-0.5, south=-0.5, east=0.5, north=0.5),
    )
    assert plan.totals.served == 20
    reasons = {out.ref: out.reason.removeprefix("planning.reason.") for out in plan.unassigned}
    assert reasons == {"lost": "not_located", "swapped": "off_map", "island": "unreachable"}
    assert [out.ref for out in plan.unassigned] == ["lost", "swapped", "island"]
    assert left_out(plan, "lost").remedies
    spoken(plan)


def test_pickups_and_deliveries_share_a_route() -> None:
    """What is fetched takes the room of what was brought; empty kilometres count only where nothing is aboard."""
    fleet = a_fleet(crew("van", vehicle={"pieces": 2}))
    orders = [an_order("d1", 1, 0), an_order("d2", 2, 0)]
    orders += [an_order("p1", 3, 0, kind=OrderKind.PICKUP), an_order("p2", 4, 0, kind=OrderKind.PICKUP)]
    plan = planned(orders, fleet)
    assert plan.totals.served == 4
    assert plan.totals.routes == 1
    assert plan.totals.empty_distance_m == 0


def test_orders_of_other_days_are_left_aside() -> None:
    """Orders of another date wait with a notice, recurring ones come on their weekdays (C32)."""
    orders = [
        an_order("today", 1, 0, service_on=TUESDAY),
        an_order("any", 2, 0),
        an_order("tomorrow", 3, 0, service_on=TUESDAY + timedelta(days=1)),
        an_order("weekly", 4, 0, recurs="tue,fri"),
        an_order("other weekly", 5, 0, recurs="mon"),
    ]
    plan = planned(orders)
    assert sorted(ref for refs in refs_of(plan) for ref in refs) == ["any", "today", "weekly"]
    notice = next(each for each in plan.notices if each.code == "planning.notice.other_day")
    assert notice.facts["count"] == 2
    with pytest.raises(NothingToPlan):
        planned([orders[2]])


def test_a_day_on_which_the_clock_jumps() -> None:
    """Nine o'clock is nine on the wall, although the day began at one; the night shift gets its hour less."""
    day = ServiceDay(on=date(2026, 9, 6), zone=ZoneInfo("America/Santiago"))
    fleet = a_fleet((a_vehicle(), a_driver(shift=(0, 12))))
    plan = planned([an_order("1", 1, 0, windows=(hours(9, 9.5),))], fleet, day=day)
    stop = plan.routes[0].stops[0]
    assert (stop.starts_at.hour, stop.starts_at.utcoffset()) == (9, timedelta(hours=-3))
    assert plan.routes[0].shift_ends_at.hour == 12


def test_estimated_travel_is_told() -> None:
    """Orders that no road reaches well are named, and so are the legs drawn straight."""
    plan = planned([an_order("1", 1, 0), an_order("2", 2, 0)], roads=FlatRoads(off_road=[at(2, 0)]))
    notice = next(each for each in plan.notices if each.code == "planning.notice.estimated")
    assert notice.facts == {"count": 1, "refs": "2"}
    assert plan.routes[0].estimated_legs == 1


def test_an_open_end_needs_no_way_back() -> None:
    """A driver who ends at the last stop drives no leg home; the geometry says so."""
    plan = planned([an_order("1", 5, 0)], a_fleet(crew("van", ends_at_depot=False)))
    route = plan.routes[0]
    assert not route.ends_at_depot
    assert route.geometry[-1] == ""
    assert route.distance_m == pytest.approx(5000, rel=0.01)
    assert route.returns_at == route.stops[-1].leaves_at


def test_the_same_seed_gives_the_same_plan() -> None:
    """With a budget of iterations the plan is the same each time."""
    orders = [an_order(str(n), (n * 7) % 11, (n * 5) % 9) for n in range(30)]
    fleet = a_fleet(crew("a", vehicle={"pieces": 18}), crew("b", vehicle={"pieces": 18}))
    first, second = planned(orders, fleet), planned(orders, fleet)
    assert replace(first, search_seconds=0) == replace(second, search_seconds=0)


def test_a_search_can_be_stopped() -> None:
    """The callback sees the search stand and ends it; the best plan so far is the plan."""
    seen = []

    def stop_at_once(standing: object) -> bool:
        seen.append(standing)
        return True

    plan = planned([an_order(str(n), n, 0) for n in range(9)], iterations=10_000_000, on_search=stop_at_once)
    assert len(seen) == 1
    assert plan.totals.served == 9


def test_many_vehicles_leave_some_in_the_depot() -> None:
    """Vehicles that are not needed cost nothing and make no route (C27)."""
    day_price = {"fixed_cost_minor": 20_000}
    plan = planned(
        [an_order(str(n), 1, n / 5) for n in range(6)], a_fleet(*(crew(n, vehicle=day_price) for n in "abcd"))
    )
    assert plan.totals.routes == 1
