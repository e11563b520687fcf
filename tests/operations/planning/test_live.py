"""Routes that are driven, without a database: what is fixed, what is loaded first, what a version becomes."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from uuid import UUID

import pytest

from tests.builders import a_plan
from zaguan.base.kit.ids import new_id
from zaguan.operations.planning.documents import document_of, read_document
from zaguan.operations.planning.live import (
    LiveRoute,
    LiveStop,
    RouteId,
    RouteNotInState,
    RouteStale,
    RouteState,
    StopFixed,
    StopId,
    StopState,
    fixed_on,
    manifest_of,
    stops_after,
)
from zaguan.operations.planning.model import Plan
from zaguan.operations.planning.versions import DayPlan, PlanId, PlanIsWhatIf, PlanStale

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
PLAN = a_plan(routes=2, stops=6)
ORDER_IDS = {order.ref: new_id() for route in PLAN.routes for stop in route.stops for order in stop.orders}


def a_live_route(number: int = 0) -> LiveRoute:
    """Return a route of the plan as it is driven."""
    sheet = PLAN.routes[number]
    stops = stops_after((), sheet.stops, ORDER_IDS, elsewhere=(), new_id=lambda: StopId(new_id()))
    return LiveRoute(
        id=RouteId(new_id()),
        plan_id=PlanId(new_id()),
        plan_version=1,
        service_on=PLAN.service_on,
        ref=sheet.ref,
        state=RouteState.ASSIGNED,
        version=1,
        driver_ref=sheet.driver_ref,
        vehicle_ref=sheet.vehicle_ref,
        shift_ref="s",
        driver_id=new_id(),
        vehicle_id=new_id(),
        starts_s=8 * 3600,
        is_locked=False,
        sheet=replace(sheet, stops=()),
        stops=stops,
        time_zone=PLAN.time_zone,
        changed_at=NOW,
    )


def with_state(route: LiveRoute, number: int, state: StopState) -> LiveRoute:
    """Return the route with a stop in a state."""
    stops = tuple(stop.in_state(state, NOW) if stop.number == number else stop for stop in route.stops)
    return replace(route, stops=stops)


def refs(stops: tuple[LiveStop, ...]) -> list[str]:
    """Return the orders of stops."""
    return [order.ref for stop in stops for order in stop.sheet.orders]


def test_a_plan_is_read_as_it_was_written() -> None:
    """A plan comes back from plain JSON with its moments in the local time of the day."""
    again = read_document(Plan, document_of(PLAN), PLAN.time_zone)
    assert again == PLAN
    assert again.routes[0].stops[0].arrives_at.utcoffset() == PLAN.routes[0].stops[0].arrives_at.utcoffset()


def test_the_last_stop_is_loaded_first() -> None:
    """A manifest is the route backwards, and its load is the sum of its lines."""
    route = a_live_route()
    manifest = manifest_of(route)
    assert [line.order_ref for line in manifest.lines] == list(reversed(refs(route.stops)))
    assert manifest.load.pieces == len(manifest.lines)


@pytest.mark.parametrize(("before", "after"), list(product(StopState, StopState)))
def test_what_is_done_is_never_undone(before: StopState, after: StopState) -> None:
    """Each way between two states is there or refused; none leads away from done or cancelled."""
    stop = replace(a_live_route().stops[0], state=before, arrived_at=NOW)
    allowed = before is after or (
        before not in (StopState.DONE, StopState.CANCELLED)
        and (before, after) not in ((StopState.ARRIVED, StopState.UNDER_WAY), (StopState.ARRIVED, StopState.CANCELLED))
    )
    if allowed:
        assert stop.in_state(after, NOW).state is after
    else:
        with pytest.raises(StopFixed):
            stop.in_state(after, NOW)


def test_a_new_plan_keeps_what_is_fixed_first_and_stops_by_what_is_done_there() -> None:
    """The stop that is done comes first, whatever the plan says; the others keep their ids in the new order."""
    route = with_state(a_live_route(), 4, StopState.DONE)
    backwards = tuple(reversed(PLAN.routes[0].stops))
    after = stops_after(
        route.stops, backwards, ORDER_IDS, elsewhere=fixed_on([route]), new_id=lambda: StopId(UUID(int=0))
    )
    assert after[0].id == route.stops[3].id
    assert [stop.number for stop in after] == [1, 2, 3, 4, 5, 6]
    assert {stop.id for stop in after} == {stop.id for stop in route.stops}
    assert refs(after[1:]) == [ref for ref in refs(tuple(reversed(route.stops))) if ref not in refs(after[:1])]


def test_stops_are_told_as_they_were_driven() -> None:
    """A stop that was served before its turn comes first where planning goes on from the route."""
    route = with_state(with_state(a_live_route(), 5, StopState.DONE), 2, StopState.UNDER_WAY)
    names = {order_id: ref for ref, order_id in ORDER_IDS.items()}
    standing = route.standing(names, NOW)
    assert list(standing.order_refs[:2]) == [*refs(route.stops[4:5])[:1], *refs(route.stops[1:2])[:1]]
    assert set(standing.reports) == set(refs(route.stops[4:5]))


def test_an_older_version_is_refused_with_both() -> None:
    """Whoever acts on a route of another version, or in a state where that is not possible, is refused."""
    route = a_live_route()
    assert route.require_version(None) is route
    with pytest.raises(RouteStale) as refusal:
        route.changed(NOW).require_version(1)
    assert (refusal.value.facts["asked"], refusal.value.facts["current"]) == (1, 2)
    with pytest.raises(RouteNotInState):
        route.require(RouteState.OPEN)


def test_a_plan_is_published_from_the_version_that_is_published() -> None:
    """A version of an older state, and any version of a what-if plan, is refused."""
    plan = DayPlan(id=PlanId(new_id()), service_on=PLAN.service_on, depot_refs=(), created_at=NOW, changed_at=NOW)
    first = plan.with_version(NOW).published(1, None, NOW)
    assert (first.latest_version, first.published_version) == (1, 1)
    with pytest.raises(PlanStale):
        first.published(2, None, NOW)
    assert first.published(2, 1, NOW).published_version == 2
    with pytest.raises(PlanIsWhatIf):
        replace(plan, is_what_if=True).published(1, None, NOW)
