"""The desk on the real database: routes taken, moved, handed over, locked, cancelled, broken down."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest

from tests.operations.planning.builders import DAY, TUESDAY, an_order, at, hours
from tests.operations.planning.day import ACTOR, GROUND, LIMITS, PlainDay, refs_on, states_of, stop_with
from zaguan.base.geo.place import Place
from zaguan.base.kit import journal
from zaguan.base.kit.chain import Stream
from zaguan.base.kit.database import Database
from zaguan.base.kit.errors import ZaguanError
from zaguan.base.kit.ids import OrganisationId
from zaguan.operations.dispatch import service
from zaguan.operations.dispatch.breakdown import confirm_recovery, plan_recovery, report_breakdown
from zaguan.operations.dispatch.changes import Weighed, make_change
from zaguan.operations.dispatch.model import (
    CrewBusy,
    NoShift,
    ParcelsAboard,
    PositionFixed,
    RouteIsLocked,
    RouteTaken,
)
from zaguan.operations.planning.live import LiveRoute, RouteNotInState, RouteStale, RouteState, StopFixed, StopState
from zaguan.operations.planning.making import PlanWish, get_plan
from zaguan.operations.planning.routes import report_stop, start_route
from zaguan.operations.planning.standing import HAND_OVER
from zaguan.operations.planning.versions import PlanId
from zaguan.records.drivers import shifts
from zaguan.records.drivers.model import DatedShift, Shift, ShiftState
from zaguan.records.orders.states import OrderState

HOUR = 3600


@pytest.fixture
def day(database: Database, organisation_id: OrganisationId) -> PlainDay:
    """A day with two vans."""
    plain = PlainDay(database, organisation_id)
    plain.crew("north")
    plain.crew("south")
    return plain


def two_routes(day: PlainDay) -> dict[str, UUID]:
    """Publish a day on which each of two vans has two stops: windows keep one van from serving both sides."""
    side: dict[str, Any] = {"windows": (hours(8, 9.5),), "service_on": TUESDAY}
    ids = day.orders(
        an_order("n1", 0, 20, **side),
        an_order("n2", 0, 21, **side),
        an_order("s1", 0, -20, **side),
        an_order("s2", 0, -21, **side),
    )
    day.publish(day.plan())
    assert len(day.routes()) == 2
    return ids


def route_of(day: PlainDay, ref: str) -> LiveRoute:
    """Return the route that has an order."""
    return next(route for route in day.routes().values() if ref in refs_on(route))


def board(day: PlainDay, plan_id: PlanId) -> service.Board:
    """Read the day."""
    with day.session() as session:
        plan = get_plan(session, day.organisation_id, plan_id)
    wish = PlanWish(service_on=TUESDAY, zone=DAY.zone, settings=day.settings)
    return service.see_board(day.database, day.organisation_id, wish, clock=day.clock, plan=plan)


def make(day: PlainDay, weighed: Weighed) -> tuple[LiveRoute, ...]:
    """Make a change."""
    with day.session() as session:
        return make_change(session, day.organisation_id, weighed, clock=day.clock, actor=ACTOR)


def act(day: PlainDay, use_case: Any, route: LiveRoute, *rest: Any, **more: Any) -> LiveRoute:
    """Do something to a route in a transaction of its own."""
    with day.session() as session:
        done: LiveRoute = use_case(session, day.organisation_id, route.id, *rest, clock=day.clock, actor=ACTOR, **more)
    return done


def test_of_fifty_who_accept_at_once_one_wins(day: PlainDay) -> None:
    """An open route is taken by one driver; the others learn who has it, and only one fact is told."""
    refs = [f"d{number}" for number in range(50)]
    for ref in refs[:10]:
        day.crew(ref)
    ids = day.some_orders((0, 5))
    done = day.publish(day.plan(), assign=False)
    (route,) = done.routes
    assert route.state is RouteState.OPEN
    assert states_of(day, list(ids.values())) == ["planned"]

    def accept(number: int) -> str:
        ref = refs[number % 10]
        try:
            return act(day, service.assign_route, route, ref, ref).driver_ref
        except ZaguanError as refusal:
            return refusal.code

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(accept, range(50)))
    (winner,) = day.routes()
    # the winner's own repetitions are told that the route is theirs
    assert {answer for answer in answers if not answer.startswith("dispatch.")} == {winner}
    assert set(answers) == {winner, RouteTaken.code}
    with day.session() as session:
        told = journal.read_stream(session, day.organisation_id, Stream("route", route.id))
    assert [entry.type for entry in told] == ["route.published", "route.assigned"]
    assert states_of(day, list(ids.values())) == ["dispatched"]


def test_a_driver_takes_one_route_at_a_time(day: PlainDay) -> None:
    """Who is on a route cannot take another one at the same time; who has no shift cannot take any."""
    side: dict[str, Any] = {"windows": (hours(8, 9.5),), "service_on": TUESDAY}
    day.orders(an_order("n", 0, 20, **side), an_order("s", 0, -20, **side))
    first, second = day.publish(day.plan(), assign=False).routes
    act(day, service.assign_route, first, "north", "north")
    with pytest.raises(CrewBusy):
        act(day, service.assign_route, second, "north", "north")
    with pytest.raises(NoShift):
        act(day, service.assign_route, second, "south", "north")


def test_an_unassigned_route_waits_for_somebody_else(day: PlainDay) -> None:
    """A route that is given back is open, its orders planned; another driver takes it."""
    ids = day.some_orders((0, 5))
    (route,) = day.publish(day.plan()).routes
    back = act(day, service.unassign_route, route)
    assert (back.state, back.driver_ref) == (RouteState.OPEN, "")
    assert states_of(day, list(ids.values())) == ["planned"]
    again = act(day, service.assign_route, route, "south", "south")
    assert again.driver_ref == "south"
    assert states_of(day, list(ids.values())) == ["dispatched"]
    assert day.order(ids["1"]).route_id == route.id


def test_moving_a_stop_is_weighed_before_it_is_made(day: PlainDay) -> None:
    """The desk sees the kilometres, the minutes and the broken promise; then the stop goes with its id."""
    ids = two_routes(day)
    source, target = route_of(day, "n1"), route_of(day, "s1")
    stop = stop_with(source, "n1")
    seen = board(day, source.plan_id)
    weighed = service.weigh_moving(seen, [stop.id], target.id, ground=GROUND, clock=day.clock)
    effect = weighed.consequence
    assert effect.distance_m > 30_000
    assert effect.duration_s > 3_000
    assert [promise.order_ref for promise in effect.broken] == ["n1"]
    assert not effect.keeps_promises
    assert refs_on(route_of(day, "n1")) == refs_on(source), "nothing is changed by looking"
    make(day, weighed)
    after = route_of(day, "n1")
    assert (after.id, refs_on(after)[-1], after.stops[-1].id) == (target.id, "n1", stop.id)
    assert day.order(ids["n1"]).route_id == target.id
    assert after.sheet.distance_m > target.sheet.distance_m
    with pytest.raises(RouteStale) as refusal:
        make(day, weighed)
    assert (refusal.value.facts["asked"], refusal.value.facts["current"]) == (1, 2)


def test_a_position_is_kept(day: PlainDay) -> None:
    """Stops go where they are put, and not before what is done or under way."""
    two_routes(day)
    source, target = route_of(day, "n1"), route_of(day, "s1")
    moving = stop_with(source, "n2")
    with day.session() as session:
        report_stop(session, day.organisation_id, target.stops[0].id, StopState.UNDER_WAY, at=day.clock.set(7))
    seen = board(day, source.plan_id)
    with pytest.raises(PositionFixed):
        service.weigh_moving(seen, [moving.id], target.id, position=0, ground=GROUND, clock=day.clock)
    with pytest.raises(StopFixed):
        service.weigh_moving(seen, [target.stops[0].id], source.id, ground=GROUND, clock=day.clock)
    make(day, service.weigh_moving(seen, [moving.id], target.id, position=1, ground=GROUND, clock=day.clock))
    assert refs_on(route_of(day, "n2"))[1] == "n2"


def test_parcels_aboard_stay_in_their_van(day: PlainDay) -> None:
    """An order that is loaded is not moved to another route, and its route is not cancelled."""
    ids = two_routes(day)
    source, target = route_of(day, "n1"), route_of(day, "s1")
    day.move(ids["n1"], OrderState.LOADED)
    seen = board(day, source.plan_id)
    weighed = service.weigh_moving(seen, [stop_with(source, "n1").id], target.id, ground=GROUND, clock=day.clock)
    with pytest.raises(ParcelsAboard):
        make(day, weighed)
    with pytest.raises(ParcelsAboard):
        act(day, service.cancel_route, source)


def test_a_route_handed_over_keeps_its_order(day: PlainDay) -> None:
    """Another driver goes on with the same stops in the same order, also with parcels aboard."""
    ids = two_routes(day)
    day.crew("west")
    source = route_of(day, "n1")
    for ref in ("n1", "n2"):
        day.move(ids[ref], OrderState.LOADED)
    seen = board(day, source.plan_id)
    other = route_of(day, "s1").driver_ref
    with day.session() as session:
        crew = service.find_crew(session, day.organisation_id, source, "west", "west")
        busy = service.find_crew(session, day.organisation_id, source, other, other)
    with pytest.raises(CrewBusy):
        make(day, service.weigh_transfer(seen, source.id, busy, ground=GROUND, clock=day.clock))
    weighed = service.weigh_transfer(seen, source.id, crew, ground=GROUND, clock=day.clock)
    (after,) = make(day, weighed)
    assert (after.id, after.driver_ref, refs_on(after)) == (source.id, "west", refs_on(source))
    assert [stop.id for stop in after.stops] == [stop.id for stop in source.stops]


def test_an_urgent_order_gets_offers_and_goes_in(day: PlainDay) -> None:
    """The best places are offered with their cost, and the one that is taken has the order (C30)."""
    two_routes(day)
    urgent = day.orders(an_order("urgent", 0.5, 20, service_on=TUESDAY))["urgent"]
    plan_id = route_of(day, "n1").plan_id
    seen = board(day, plan_id)
    offers = service.offer_urgent(seen, urgent, ground=GROUND, clock=day.clock)
    assert len(offers) == 2
    assert offers[0].driver_ref == route_of(day, "n1").driver_ref
    assert offers[0].added_cost_minor <= offers[1].added_cost_minor
    weighed = service.weigh_inserting(seen, urgent, offers[0], ground=GROUND, clock=day.clock)
    assert weighed.consequence.distance_m == offers[0].added_distance_m
    make(day, weighed)
    assert "urgent" in refs_on(route_of(day, "n1"))
    assert day.order(urgent).state is OrderState.DISPATCHED


def test_an_urgent_order_gets_a_van_that_had_no_route(day: PlainDay) -> None:
    """An idle van that takes the offer gets a route of its own."""
    day.some_orders((0, 5))
    day.publish(day.plan())
    (busy,) = day.routes()
    urgent = day.orders(an_order("urgent", 1, -5, service_on=TUESDAY))["urgent"]
    seen = board(day, day.routes()[busy].plan_id)
    offers = service.offer_urgent(seen, urgent, ground=GROUND, clock=day.clock)
    idle = next(offer for offer in offers if offer.driver_ref != busy)
    (made,) = make(day, service.weigh_inserting(seen, urgent, idle, ground=GROUND, clock=day.clock))
    assert (made.driver_ref, made.ref, refs_on(made)) == (idle.driver_ref, "R02", ["urgent"])


def test_an_order_taken_off_waits_for_a_plan(day: PlainDay) -> None:
    """An order that the desk takes off its route is ready again, and the rest is timed without it."""
    ids = two_routes(day)
    source = route_of(day, "n1")
    seen = board(day, source.plan_id)
    weighed = service.weigh_removing(seen, source.id, [ids["n1"]], ground=GROUND, clock=day.clock)
    assert weighed.consequence.duration_s < 0
    (after,) = make(day, weighed)
    assert refs_on(after) == ["n2"]
    assert day.order(ids["n1"]).state is OrderState.READY
    assert day.order(ids["n1"]).route_id is None


def test_a_locked_route_is_left_alone_by_desk_and_plan(day: PlainDay) -> None:
    """Nothing goes on or off a locked route; unlocked it is like any other."""
    ids = two_routes(day)
    source, target = route_of(day, "n1"), route_of(day, "s1")
    act(day, service.lock_route, source, locked=True)
    seen = board(day, source.plan_id)
    stop = stop_with(source, "n1")
    with pytest.raises(RouteIsLocked):
        service.weigh_moving(seen, [stop.id], target.id, ground=GROUND, clock=day.clock)
    day.orders(an_order("new", 0, 20, service_on=TUESDAY))
    day.publish(day.plan())
    assert refs_on(route_of(day, "n1")) == refs_on(source)
    assert day.order(ids["n1"]).route_id == source.id
    act(day, service.lock_route, source, locked=False)
    assert not route_of(day, "n1").is_locked


def test_a_cancelled_route_frees_its_orders(day: PlainDay) -> None:
    """The orders of a cancelled route wait for another plan; a route that has left is not cancelled."""
    ids = two_routes(day)
    source, target = route_of(day, "n1"), route_of(day, "s1")
    act(day, service.cancel_route, source)
    assert {day.order(ids[ref]).state for ref in ("n1", "n2")} == {OrderState.READY}
    with day.session() as session:
        start_route(session, day.organisation_id, target.id, at=day.clock.set(8), actor="driver:1")
    with pytest.raises(RouteNotInState):
        act(day, service.cancel_route, target)


def test_a_breakdown_is_answered_with_one_confirmation(day: PlainDay) -> None:
    """The stops that a broken van still had go to another one, which fetches the parcels first (C38)."""
    ids = day.orders(
        an_order("n1", 0, 5, service_on=TUESDAY, windows=(hours(8, 8.5),)),
        an_order("n2", 0, 30, service_on=TUESDAY),
        an_order("s1", 0, -25, service_on=TUESDAY, windows=(hours(8, 9),)),
    )
    day.publish(day.plan())
    broken, other = route_of(day, "n2"), route_of(day, "s1")
    assert refs_on(broken) == ["n1", "n2"]
    with day.session() as session:
        for route in (broken, other):
            start_route(session, day.organisation_id, route.id, at=broken.sheet.leaves_at, actor="driver:1")
            shifts.change_shift_state(
                session, day.organisation_id, route.shift_ref, ShiftState.STARTED, clock=day.clock, actor="driver:1"
            )
        first = stop_with(broken, "n1")
        report_stop(session, day.organisation_id, first.id, StopState.DONE, at=first.sheet.leaves_at)
    for order_id in ids.values():
        day.move(order_id, OrderState.LOADED, OrderState.OUT_FOR_DELIVERY)
    day.clock.moment = first.sheet.leaves_at
    act(day, report_breakdown, broken)
    wish = PlanWish(service_on=TUESDAY, zone=DAY.zone, settings=day.settings)
    version = plan_recovery(
        day.database,
        day.organisation_id,
        wish,
        broken.id,
        place=Place(address="roadside", point=at(0, 7)),
        ground=GROUND,
        clock=day.clock,
        actor=ACTOR,
        limits=LIMITS,
    )
    assert version.cause.value == "breakdown"
    with day.session() as session:
        done = confirm_recovery(session, day.organisation_id, broken.id, version, clock=day.clock, actor=ACTOR)
    assert done.route.state is RouteState.ENDED
    after = next(route for route in day.routes().values() if route.id == other.id)
    acts = [(order.ref, order.kind) for stop in after.stops for order in stop.sheet.orders]
    assert acts[-2:] == [("n2", HAND_OVER), ("n2", "delivery")]
    assert (day.order(ids["n2"]).state, day.order(ids["n2"]).route_id) == (OrderState.LOADED, other.id)
    with day.session() as session:
        assert shifts.get_shift(session, day.organisation_id, broken.shift_ref).value.state is ShiftState.ENDED


def test_a_shift_of_another_day_is_no_shift(day: PlainDay) -> None:
    """A driver whose shift lies on another day cannot take a route."""
    day.some_orders((0, 5))
    (route,) = day.publish(day.plan(), assign=False).routes
    with day.session() as session:
        shift = DatedShift(
            ref="tomorrow",
            driver_ref="north",
            vehicle_ref="south",
            on=TUESDAY.replace(day=11),
            shift=Shift(starts_s=8 * HOUR, ends_s=18 * HOUR),
        )
        shifts.save_shift(session, day.organisation_id, shift, clock=day.clock, actor=ACTOR)
    with pytest.raises(NoShift):
        act(day, service.assign_route, route, "north", "south")
