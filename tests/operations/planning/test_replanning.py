"""A day under way on the plain, 10 metres a second in straight lines: what stays, what moves, what a change means."""

from datetime import datetime, timedelta

import pytest

from tests.fakes.flat_roads import FlatRoads
from tests.operations.planning.builders import (
    DAY,
    FixedClock,
    a_fleet,
    an_order,
    at,
    crew,
    hours,
    planned,
    refs_of,
)
from zaguan.base.geo.place import Place
from zaguan.operations.planning.fleet import Fleet
from zaguan.operations.planning.replanning import Day, offer_order, replan_day, replan_without, time_routes
from zaguan.operations.planning.service import Ground, SearchLimits
from zaguan.operations.planning.standing import HAND_OVER, NotOnDuty, Report, Situation, StandingRoute
from zaguan.records.orders.model import Order, OrderKind

LIMITS = SearchLimits(seconds=None, iterations=200, threads=1)
TWO_VANS = a_fleet(crew("north"), crew("south"))


def a_day(*orders: Order, fleet: Fleet = TWO_VANS) -> Day:
    """Return a day on the plain."""
    ground = Ground(network=FlatRoads(), name="Plain", region_hash="0", attribution="nobody")
    return Day(orders=orders, fleet=fleet, day=DAY, ground=ground)


def a_route(ref: str, *order_refs: str, **rest: object) -> StandingRoute:
    """Return the route of the driver and vehicle of that name."""
    return StandingRoute(ref=ref, driver_ref=ref, vehicle_ref=ref, order_refs=order_refs, **rest)  # type: ignore[arg-type]


def clock_at(hour: float) -> datetime:
    """Return a moment of the day."""
    return DAY.moment(round(hour * 3600))


def a_situation(hour: float, *routes: StandingRoute, **rest: object) -> Situation:
    """Return the day at an hour."""
    return Situation(now_at=clock_at(hour), routes=routes, **rest)  # type: ignore[arg-type]


def test_a_route_by_hand_is_timed_as_a_plan_is() -> None:
    """Routes as the planner made them have the same times and costs when they are timed by hand, and break nothing."""
    orders = [an_order(str(n), n % 3, n // 3) for n in range(6)]
    plan = planned(orders, TWO_VANS)
    routes = [
        StandingRoute(ref=r.ref, driver_ref=r.driver_ref, vehicle_ref=r.vehicle_ref, order_refs=tuple(refs))
        for r, refs in zip(plan.routes, refs_of(plan), strict=True)
    ]
    timed = time_routes(a_day(*orders), routes)
    assert timed.breaches == ()
    assert [(r.leaves_at, r.returns_at, r.cost_minor) for r in timed.routes] == [
        (r.leaves_at, r.returns_at, r.cost_minor) for r in plan.routes
    ]


def test_broken_rules_are_named_and_the_route_is_timed_all_the_same() -> None:
    """An order out of its window, too heavy a load and a missing skill are told, each of its own order."""
    early = an_order("early", 20, 0, windows=(hours(8, 8.25),))
    heavy = an_order("heavy", 1, 0, kg=2_000)
    cold = an_order("cold", 2, 0, skills=frozenset({"cold"}))
    timed = time_routes(a_day(early, heavy, cold), [a_route("north", "heavy", "cold", "early")])
    rules = {breach.rule.rsplit(".", 1)[1] for breach in timed.breaches}
    assert rules == {"window", "capacity", "skills"}
    assert {breach.order_ref for breach in timed.breaches} >= {"early", "cold"}
    assert [o.late_s > 0 for s in timed.routes[0].stops for o in s.orders] == [False, False, True]


def test_a_route_beyond_the_shift_is_told() -> None:
    """A route that is longer than the shift is timed to its end, and the shift is named."""
    fleet = a_fleet(crew("north", shift=(8, 9)))
    timed = time_routes(a_day(an_order("far", 30, 0), fleet=fleet), [a_route("north", "far")])
    assert [breach.rule for breach in timed.breaches] == ["planning.breach.shift"]
    assert timed.routes[0].returns_at > clock_at(9)


def test_a_driver_who_is_not_on_duty_is_refused() -> None:
    """A route of somebody without a shift cannot be timed."""
    with pytest.raises(NotOnDuty):
        time_routes(a_day(an_order("1", 1, 0)), [a_route("west", "1")])


def test_what_is_served_or_under_way_stays() -> None:
    """A re-plan begins each route with what was served and whom the van is driving to; a new order comes behind."""
    orders = [an_order(str(n), n + 1, 0) for n in range(4)]
    new = an_order("new", 2.5, 0, kind=OrderKind.PICKUP)
    left = clock_at(8.1)
    reports = {"3": Report(starts_at=left, leaves_at=left + timedelta(minutes=5))}
    situation = a_situation(8.2, a_route("north", "3", "0", "1", "2", reports=reports))
    plan = replan_day(a_day(*orders, new), situation, clock=FixedClock(), limits=LIMITS)
    (refs,) = [refs for refs in refs_of(plan) if "3" in refs]
    assert refs[:2] == ["3", "0"]
    assert sorted(ref for refs in refs_of(plan) for ref in refs) == ["0", "1", "2", "3", "new"]
    assert plan.totals.violations == 0


def test_parcels_aboard_stay_on_their_van() -> None:
    """A van that has left keeps its deliveries, however near another one is."""
    orders = [an_order("a", 1, 0), an_order("b", 0, 10)]
    situation = a_situation(8.01, a_route("north", "a", "b"))
    plan = replan_day(a_day(*orders), situation, clock=FixedClock(), limits=LIMITS)
    assert refs_of(plan) == [["a", "b"]]


def test_a_locked_route_is_left_alone() -> None:
    """Nothing is put on, taken off or moved within a locked route that has not left yet."""
    orders = [an_order("a", 3, 0), an_order("b", 1, 0)]
    new = an_order("new", 2, 0)
    situation = a_situation(6, a_route("north", "a", "b", is_locked=True))
    plan = replan_day(a_day(*orders, new), situation, clock=FixedClock(), limits=LIMITS)
    assert sorted(refs_of(plan)) == [["a", "b"], ["new"]]


def test_a_promise_that_is_broken_already_does_not_spoil_the_plan() -> None:
    """A stop that is late whatever happens stays on its route, late; all others are planned on (C12)."""
    late = an_order("late", 5, 0, windows=(hours(8, 9),))
    other = an_order("other", 6, 0)
    reports = {"other": Report(starts_at=clock_at(10), leaves_at=clock_at(11))}
    situation = a_situation(11, a_route("north", "other", "late", reports=reports))
    plan = replan_day(a_day(late, other), situation, clock=FixedClock(), limits=LIMITS)
    assert refs_of(plan) == [["other", "late"]]
    assert plan.routes[0].stops[-1].orders[0].late_s > 0


def test_the_best_three_places_for_one_more_order() -> None:
    """An urgent order is offered with the cheapest van first, and with whose arrival moves by how much (C30)."""
    orders = [an_order("n", 0, 10), an_order("s", 0, -10)]
    urgent = an_order("urgent", 1, 10)
    offers = offer_order(a_day(*orders, urgent), a_situation(7, a_route("north", "n"), a_route("south", "s")), "urgent")
    assert [offer.driver_ref for offer in offers] == ["north", "south"]
    assert offers[0].added_cost_minor < offers[1].added_cost_minor
    assert 0 < offers[0].added_distance_m < 3_000
    assert offers[0].arrives_at < offers[0].leaves_at


def test_no_offer_where_no_van_has_room() -> None:
    """An order that no van can carry has no offers."""
    heavy = an_order("heavy", 1, 0, kg=50_000)
    assert offer_order(a_day(an_order("n", 0, 1), heavy), a_situation(7, a_route("north", "n")), "heavy") == ()


def test_the_stops_of_a_broken_van_go_to_the_others() -> None:
    """What a van had aboard is fetched where it stands and brought by another one (C38)."""
    orders = [an_order("n1", 0, 5), an_order("n2", 0, 15), an_order("s", 0, -25)]
    south = a_route("south", "s")
    leaves = clock_at(8.3)
    north = a_route("north", "n1", "n2", reports={"n1": Report(starts_at=clock_at(8.2), leaves_at=leaves)})
    stands = Place(address="roadside", point=at(0, 7))
    plan = replan_without(
        a_day(*orders), a_situation(8.4, north, south), north, place=stands, clock=FixedClock(), limits=LIMITS
    )
    by_driver = {route.driver_ref: [(o.ref, o.kind) for s in route.stops for o in s.orders] for route in plan.routes}
    assert by_driver["north"] == [("n1", "delivery")]
    assert by_driver["south"][-2:] == [("n2", HAND_OVER), ("n2", "delivery")]
    assert plan.unassigned == ()


def test_a_broken_van_that_has_not_loaded_hands_nothing_over() -> None:
    """Before it leaves, the stops of a van simply go to another one."""
    orders = [an_order("n", 0, 5), an_order("s", 0, -5)]
    north, south = a_route("north", "n"), a_route("south", "s")
    plan = replan_without(a_day(*orders), a_situation(6, north, south), north, clock=FixedClock(), limits=LIMITS)
    assert [(r.driver_ref, len(r.stops)) for r in plan.routes] == [("south", 2)]
