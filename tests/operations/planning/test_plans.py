"""Plans of a day on the real database: made from the records, versioned, published, planned on."""

import pytest

from tests.operations.planning.builders import DAY, TUESDAY, an_order, hours, spoken
from tests.operations.planning.day import GROUND, LIMITS, PlainDay, minutes, refs_on, states_of, stop_with
from zaguan.base.kit import journal
from zaguan.base.kit.chain import Stream
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import OrganisationId
from zaguan.operations.dispatch.service import lock_route
from zaguan.operations.planning.gathering import DepotUnknown, NobodyScheduled
from zaguan.operations.planning.live import LiveStop, RouteState, StopState
from zaguan.operations.planning.making import (
    PlanningCancelled,
    PlanWish,
    compare_plans,
    find_plan,
    gather_for,
    get_plan,
    get_version,
    list_plans,
)
from zaguan.operations.planning.routes import drop_order, end_route, get_manifest, report_stop, start_route
from zaguan.operations.planning.service import NothingToPlan
from zaguan.operations.planning.versions import PlanIsWhatIf, PlanStale
from zaguan.records.drivers import shifts
from zaguan.records.drivers.model import ShiftState
from zaguan.records.orders.states import OrderState


@pytest.fixture
def day(database: Database, organisation_id: OrganisationId) -> PlainDay:
    """A day with two vans."""
    plain = PlainDay(database, organisation_id)
    plain.crew("north")
    plain.crew("south")
    return plain


def test_a_plan_is_made_from_orders_and_shifts_and_read_as_it_was_kept(day: PlainDay) -> None:
    """Routes, orders left out with their reasons, figures and verdict come back as they were found (C27)."""
    day.some_orders((0, 5), (0, -5), (1, 5))
    day.orders(an_order("heavy", 1, 1, kg=50_000, service_on=TUESDAY))
    version = day.plan()
    with day.session() as session:
        again = get_version(session, day.organisation_id, version.plan_id, 1)
        plan = get_plan(session, day.organisation_id, version.plan_id)
    assert again == version
    assert again.is_sound
    assert (plan.latest_version, plan.published_version) == (1, None)
    assert [each.reason for each in again.plan.unassigned] == ["planning.reason.capacity_weight"]
    assert again.plan.totals.served == 3


def test_planning_changes_no_order(day: PlainDay) -> None:
    """Before it is published, a plan is a proposal: orders stay ready, and there are no routes."""
    ids = day.some_orders((0, 5))
    day.plan()
    assert states_of(day, list(ids.values())) == ["ready"]
    assert day.routes() == {}


def test_publishing_sends_the_orders_out(day: PlainDay) -> None:
    """Orders are dispatched on their routes, each step is told, and the manifest is the route backwards."""
    ids = day.some_orders((0, 5), (0, 6), (0, -5))
    version = day.plan()
    done = day.publish(version)
    assert set(states_of(day, list(ids.values()))) == {"dispatched"}
    assert set(done.planned) == set(ids.values())
    route = next(route for route in day.routes().values() if "1" in refs_on(route))
    assert route.state is RouteState.ASSIGNED
    assert day.order(ids["1"]).route_id == route.id
    with day.session() as session:
        manifest = get_manifest(session, day.organisation_id, route.id)
        told = journal.read_stream(session, day.organisation_id, Stream("route", route.id))
        of_plan = journal.read_stream(session, day.organisation_id, Stream("plan", version.plan_id))
    assert [line.order_ref for line in manifest.lines] == list(reversed(refs_on(route)))
    assert [entry.type for entry in told] == ["route.published"]
    assert [entry.type for entry in of_plan] == ["plan.made", "plan.published"]


def test_a_stale_version_is_refused_with_both_versions(day: PlainDay) -> None:
    """Of two versions made from the same state only one can be published; the refusal names both."""
    day.some_orders((0, 5), (0, -5))
    first, second = day.plan(), day.plan()
    day.publish(first)
    with pytest.raises(PlanStale) as refusal:
        day.publish(second)
    assert (refusal.value.facts["version"], refusal.value.facts["current"]) == (2, 1)
    # told twice, the same publication is no other one
    assert day.publish(first).planned == ()


def test_a_what_if_plan_changes_nothing_and_is_compared(day: PlainDay) -> None:
    """A plan to look at is kept apart, cannot be published, and is compared with the day's plan."""
    day.some_orders((0, 5), (0, -5))
    version = day.plan()
    what_if = day.plan(is_what_if=True, name="one van")
    assert what_if.plan_id != version.plan_id
    with pytest.raises(PlanIsWhatIf):
        day.publish(what_if)
    with day.session() as session:
        same = compare_plans(session, day.organisation_id, [(version.plan_id, 1), (what_if.plan_id, what_if.version)])
        plans = list_plans(session, day.organisation_id, service_on=TUESDAY)
    assert (same.moved, same.added, same.dropped, same.cost_minor) == ((), (), (), 0)
    assert [plan.is_what_if for plan in plans.entries] == [False, True]


def test_a_comparison_names_who_moves(day: PlainDay) -> None:
    """An order that another driver serves in the second version, and one that it adds, are named with the figures."""
    day.some_orders((0, 5))
    first = day.plan()
    day.orders(an_order("new", 0, 6, service_on=TUESDAY))
    second = day.plan()
    with day.session() as session:
        change = compare_plans(session, day.organisation_id, [(first.plan_id, 1), (second.plan_id, 2)])
    assert (change.added, change.dropped, change.unassigned) == (("new",), (), 0)
    assert change.distance_m > 0


def test_planning_on_keeps_what_is_done_and_adds_what_is_new(day: PlainDay) -> None:
    """A stop that is done stays first on its route with its id, and a new order comes behind it (C30)."""
    ids = day.some_orders((0, 5), (0, 10), (0, 15))
    day.publish(day.plan())
    route = next(iter(day.routes().values()))
    first = refs_on(route)[0]
    stop = stop_with(route, first)
    with day.session() as session:
        start_route(session, day.organisation_id, route.id, at=day.clock.set(8.2), actor="driver:1")
        report_stop(session, day.organisation_id, stop.id, StopState.ARRIVED, at=day.clock.set(8.3))
        report_stop(session, day.organisation_id, stop.id, StopState.DONE, at=day.clock.set(8.4))
    for order_id in ids.values():
        day.move(order_id, OrderState.LOADED, OrderState.OUT_FOR_DELIVERY)
    new = day.orders(an_order("new", 3, -9, service_on=TUESDAY))
    version = day.plan()
    assert version.cause.value == "replanned"
    day.publish(version)
    after = day.routes()
    now = after[route.driver_ref]
    assert (now.id, now.stops[0].id, now.stops[0].state) == (route.id, stop.id, StopState.DONE)
    assert sorted(ref for each in after.values() for ref in refs_on(each)) == ["1", "2", "3", "new"]
    assert day.order(new["new"]).state is OrderState.DISPATCHED
    assert {each.id for each in now.stops} >= {each.id for each in route.stops}


def test_what_was_cancelled_since_is_passed_over(day: PlainDay) -> None:
    """An order cancelled between planning and publishing is on no route; the others go out."""
    ids = day.some_orders((0, 5), (0, 6))
    version = day.plan()
    day.move(ids["1"], OrderState.CANCELLED)
    done = day.publish(version)
    assert done.passed_over == (ids["1"],)
    assert [ref for route in day.routes().values() for ref in refs_on(route)] == ["2"]


def test_a_stop_done_while_the_plan_was_made_stays_done(day: PlainDay) -> None:
    """What the road did after the search began counts more than the plan."""
    day.some_orders((0, 5), (0, 10))
    day.publish(day.plan())
    route = next(iter(day.routes().values()))
    version = day.plan()
    with day.session() as session:
        last = route.stops[-1]
        report_stop(session, day.organisation_id, last.id, StopState.DONE, at=day.clock.set(8.5))
    day.publish(version)
    now = day.routes()[route.driver_ref]
    assert (now.stops[0].id, now.stops[0].state) == (last.id, StopState.DONE)
    assert len(now.stops) == 2


def test_an_order_put_off_comes_off_its_route(day: PlainDay) -> None:
    """An order that a new plan leaves out waits for another plan; its stop is gone."""
    ids = day.some_orders((0, 5), (0, 6))
    day.publish(day.plan())
    day.move(ids["2"], OrderState.READY, OrderState.ON_HOLD)
    day.publish(day.plan())
    assert [refs_on(route) for route in day.routes().values()] == [["1"]]
    assert day.order(ids["2"]).state is OrderState.ON_HOLD


def test_orders_that_wait_are_left_out_with_their_reason(day: PlainDay) -> None:
    """An order of the day that is held is named in the plan with what it waits for."""
    ids = day.some_orders((0, 5), (0, 6))
    day.move(ids["2"], OrderState.ON_HOLD)
    version = day.plan()
    (held,) = version.plan.unassigned
    assert (held.ref, held.reason) == ("2", "planning.reason.on_hold")
    spoken(version.plan)
    day.publish(version)
    assert day.order(ids["2"]).state is OrderState.ON_HOLD


def test_an_order_tried_in_vain_is_planned_anew(day: PlainDay) -> None:
    """An order that came back the same day gets a new stop; the first one stays on its route."""
    ids = day.some_orders((0, 5), (0, 10))
    day.publish(day.plan())
    (route,) = day.routes().values()
    stop = stop_with(route, "1")
    day.move(ids["1"], OrderState.LOADED, OrderState.OUT_FOR_DELIVERY)
    with day.session() as session:
        start_route(session, day.organisation_id, route.id, at=day.clock.set(8), actor="driver:1")
        report_stop(session, day.organisation_id, stop.id, StopState.DONE, at=day.clock.set(8.5))
    day.move(ids["1"], OrderState.READY)
    day.publish(day.plan())
    stops = [each for every in day.routes().values() for each in every.stops if "1" in _refs(each)]
    assert sorted(each.state.value for each in stops) == ["done", "pending"]
    assert stop.id in {each.id for each in stops}
    assert day.order(ids["1"]).state is OrderState.DISPATCHED


def test_a_route_locked_since_is_not_changed(day: PlainDay) -> None:
    """A version that was made before a route was locked changes the others only."""
    day.some_orders((0, 5))
    day.publish(day.plan())
    (route,) = day.routes().values()
    new = day.orders(an_order("new", 0, 6, service_on=TUESDAY))
    version = day.plan()
    with day.session() as session:
        lock_route(session, day.organisation_id, route.id, locked=True, clock=day.clock, actor="user:1")
    done = day.publish(version)
    assert refs_on(day.routes()[route.driver_ref]) == ["1"]
    assert done.passed_over == (new["new"],)
    assert day.order(new["new"]).state is OrderState.READY


def test_a_cancelled_order_comes_off_its_route(day: PlainDay) -> None:
    """What was cancelled is dropped from the stops ahead, the rest keeps its times; told twice it changes nothing."""
    ids = day.some_orders((0, 5), (0, 5), (0, 9))
    day.publish(day.plan())
    (route,) = day.routes().values()
    day.move(ids["1"], OrderState.CANCELLED)
    with day.session() as session:
        for order_id in (ids["1"], ids["2"]):
            drop_order(session, day.organisation_id, order_id, at=day.clock.now(), actor="system")
        again = drop_order(session, day.organisation_id, ids["1"], at=day.clock.now(), actor="system")
        told = journal.read_stream(session, day.organisation_id, Stream("route", route.id))
    (after,) = day.routes().values()
    assert sorted(refs_on(after)) == ["2", "3"]
    assert (after.version, again) == (2, ())
    assert after.sheet == route.sheet
    assert [(entry.type, entry.data.get("because")) for entry in told[1:]] == [("route.changed", "remove")]


def test_a_route_ends_once(day: PlainDay) -> None:
    """Ending a route cancels the stops that nobody went to, and telling it twice changes nothing."""
    day.some_orders((0, 5), (0, 6))
    day.publish(day.plan())
    route = next(iter(day.routes().values()))
    with day.session() as session:
        start_route(session, day.organisation_id, route.id, at=day.clock.set(8), actor="driver:1")
        report_stop(session, day.organisation_id, route.stops[0].id, StopState.DONE, at=day.clock.set(9))
        ended = end_route(session, day.organisation_id, route.id, at=day.clock.set(10), actor="driver:1")
        again = end_route(session, day.organisation_id, route.id, at=day.clock.set(11), actor="driver:1")
    assert [stop.state for stop in ended.stops] == [StopState.DONE, StopState.CANCELLED]
    assert again == ended


def test_an_operation_is_told_and_can_cancel_the_search(day: PlainDay) -> None:
    """The search tells how far it is; one that is cancelled ends, and nothing of it is kept."""

    class Impatient:
        """Wants the work to end at once."""

        def __init__(self) -> None:
            self.heard: list[float] = []

        def move_on(self, progress: float) -> bool:
            """Listen once."""
            self.heard.append(progress)
            return True

    day.some_orders((0, 5), (0, -5))
    wish = PlanWish(service_on=TUESDAY, zone=DAY.zone, settings=day.settings)
    watched = Impatient()
    with day.session() as session:
        gathered = gather_for(session, day.organisation_id, wish, clock=day.clock)
    with pytest.raises(PlanningCancelled):
        find_plan(gathered, ground=GROUND, clock=day.clock, limits=LIMITS, operation=watched)
    assert watched.heard
    assert all(0 <= share <= 1 for share in watched.heard)
    with day.session() as session:
        assert list_plans(session, day.organisation_id).entries == ()


def test_days_that_cannot_be_planned_are_refused(day: PlainDay) -> None:
    """No orders, no shifts and an unknown depot are refused by name."""
    with pytest.raises(NothingToPlan):
        day.plan()
    with pytest.raises(DepotUnknown):
        day.plan(depot_refs=("west",))
    with day.session() as session:
        for ref in ("north", "south"):
            shifts.change_shift_state(
                session, day.organisation_id, f"{ref}-shift", ShiftState.CANCELLED, clock=day.clock, actor="user:1"
            )
    with pytest.raises(NobodyScheduled):
        day.plan()


def test_a_late_van_does_not_spoil_the_replan(day: PlainDay) -> None:
    """A van that is hours late keeps its stops with broken promises, and the plan holds (C12)."""
    day.orders(
        an_order("1", 0, 5, service_on=TUESDAY),
        an_order("2", 0, 6, service_on=TUESDAY, windows=(hours(8, 10),)),
    )
    day.publish(day.plan())
    route = next(iter(day.routes().values()))
    first, second = stop_with(route, "1"), stop_with(route, "2")
    with day.session() as session:
        report_stop(session, day.organisation_id, first.id, StopState.ARRIVED, at=day.clock.set(11))
    day.clock.moment += minutes(5)
    version = day.plan()
    (planned,) = version.plan.routes
    late = [order.late_s for stop in planned.stops for order in stop.orders if order.ref in refs_on(route)]
    assert len(late) == 2
    assert max(late) > 0
    day.publish(version)
    assert len(day.routes()[route.driver_ref].stops) == 2
    assert second.id in {stop.id for stop in day.routes()[route.driver_ref].stops}


def _refs(stop: LiveStop) -> list[str]:
    return [order.ref for order in stop.sheet.orders]
