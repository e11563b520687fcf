"""Routes under way on the real database: ETAs told when they matter, alerts raised once, who sees the vehicle."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest

from tests.operations.tracking.builders import a_batch, a_route, after, east, sent
from tests.operations.tracking.field import Field
from zaguan.base.events.alert import AlertCleared, AlertRaised
from zaguan.base.events.eta import EtaChanged, StopApproached
from zaguan.base.kit.ids import new_id
from zaguan.operations.tracking.eta import NEWS_S
from zaguan.operations.tracking.following import close_route, follow_route, note_breaks, note_departure, note_skipped
from zaguan.operations.tracking.model import (
    RouteNotFollowed,
    StaleRoute,
    StopNotFollowed,
    StopState,
    TrackedBreak,
    TrackedRoute,
)
from zaguan.operations.tracking.nearness import ShareRule
from zaguan.operations.tracking.store.routes import StopExpectation
from zaguan.operations.tracking.views import (
    SharedPosition,
    find_shared_position,
    list_alerts,
    list_expectations,
)


def expectations(field: Field, route: TrackedRoute) -> list[StopExpectation]:
    with field.database.session(field.organisation_id) as session:
        found = {stop.stop_id: stop for stop in list_expectations(session, field.organisation_id, [route.route_id])}
    return [found[stop.stop_id] for stop in route.stops]


def arrivals(field: Field, route: TrackedRoute) -> list[float | None]:
    stops = [stop.expected for stop in expectations(field, route)]
    return [stop and round((stop.arrives_at - after(0)).total_seconds()) for stop in stops]


def told(field: Field, route: TrackedRoute, kind: str) -> list[dict[str, object]]:
    return [dict(data) for name, data in field.facts(route) if name == kind]


def drive(field: Field, route: TrackedRoute, *, since: int, until: int, metres: int, speed: float = 5.0) -> None:
    """Drive east from a place, a fix each ten seconds, the work of tracking done meanwhile."""
    for second in range(since, until + 1, 10):
        field.wait_until(second)
        field.record(a_batch(sent(second, east(metres + speed * (second - since))), vehicle_id=route.vehicle_id))


def shared(field: Field, route: TrackedRoute, stop_id: UUID) -> SharedPosition | None:
    with field.database.session(field.organisation_id) as session:
        return find_shared_position(
            session, field.organisation_id, route.route_id, stop_id, rule=ShareRule(), clock=field.clock
        )


def test_a_followed_route_is_expected_as_planned(field: Field) -> None:
    """C37: as soon as a route is followed, each of its stops has an ETA with its window."""
    route = field.follow(a_route())
    field.wait_until(0)
    assert arrivals(field, route) == [200, 700, 1200, 1700]
    for stop in expectations(field, route):
        assert stop.expected is not None
        assert stop.expected.earliest_at < stop.expected.arrives_at < stop.expected.latest_at
    assert field.facts(route) == []


def test_a_delay_is_told_once_for_each_five_minutes(field: Field) -> None:
    """C41: while a route stands at its depot its stops are told again every five minutes of delay, not every look."""
    route = field.follow(a_route(stops=1))
    field.wait_until(17 * 60)
    changes = told(field, route, EtaChanged.type)
    arrivals = [after(200), *(datetime.fromisoformat(str(change["arrives_at"])) for change in changes)]
    gaps = [(there - here).total_seconds() for here, there in pairwise(arrivals)]
    assert len(gaps) == 3
    assert all(NEWS_S <= gap <= NEWS_S + 60 for gap in gaps)
    assert changes[0]["causes"] == ["late_departure"]
    assert changes[0]["order_ids"] == [str(order_id) for order_id in route.stops[0].order_ids]


def test_a_stop_at_risk_is_alerted_once_with_the_cause(field: Field) -> None:
    """C39: a stop that will miss its window gives one alert, well before the window closes, and it says why."""
    route = field.follow(a_route(windows=(None, None, None, (0, 2_400))))
    field.wait_until(1_500)
    risks = [alert for alert in told(field, route, AlertRaised.type) if alert["kind"] == "late_risk"]
    assert len(risks) == 1
    assert risks[0]["stop_id"] == str(route.stops[3].stop_id)
    assert risks[0]["at"] < after(2_400).isoformat()  # type: ignore[operator]
    assert [reason["code"] for reason in risks[0]["reasons"]] == ["late_departure"]  # type: ignore[attr-defined]


def test_an_alert_is_cleared_when_it_is_over(field: Field) -> None:
    """Silence gives one alert; the first position clears it."""
    route = field.follow(a_route())
    field.depart(route)
    field.wait_until(420)
    silence = [alert for alert in told(field, route, AlertRaised.type) if alert["kind"] == "no_position"]
    assert len(silence) == 1
    field.record(a_batch(sent(420, east(900)), vehicle_id=route.vehicle_id))
    field.wait_until(421)
    cleared = told(field, route, AlertCleared.type)
    assert [alert["alert_id"] for alert in cleared] == [silence[0]["alert_id"]]
    with field.database.session(field.organisation_id) as session:
        assert [alert.kind for alert in list_alerts(session, field.organisation_id)] == []
        assert len(list_alerts(session, field.organisation_id, open_only=False)) == 1


def test_acts_and_positions_move_the_forecast(field: Field) -> None:
    """A served stop has an actual instead of an ETA, and the others follow from where the vehicle is."""
    route = field.follow(a_route())
    field.depart(route)
    drive(field, route, since=10, until=190, metres=50)
    field.wait_until(200)
    field.arrive(route, 0)
    field.wait_until(400)
    field.finish(route, 0)
    drive(field, route, since=410, until=460, metres=1_050)
    field.wait_until(461)
    stops = expectations(field, route)
    assert stops[0].actual.state is StopState.DONE
    assert (stops[0].actual.arrived_at, stops[0].actual.left_at) == (after(200), after(400))
    assert arrivals(field, route)[1] == pytest.approx(600, abs=15)


def test_each_recipient_is_told_once_that_the_driver_comes(field: Field) -> None:
    """C62: as the route goes on, each stop is announced once, a quarter of an hour before."""
    route = field.follow(a_route())
    field.depart(route)
    field.wait_until(60)
    assert [fact["stop_id"] for fact in told(field, route, StopApproached.type)] == [
        str(stop.stop_id) for stop in route.stops[:2]
    ]
    drive(field, route, since=70, until=200, metres=300)
    field.arrive(route, 0)
    field.wait_until(420)
    assert [fact["stop_id"] for fact in told(field, route, StopApproached.type)] == [
        str(stop.stop_id) for stop in route.stops[:3]
    ]


def test_the_vehicle_is_shown_to_those_whose_stop_is_near(field: Field) -> None:
    """Recipients see the vehicle from half an hour before their stop until it is served, the others never."""
    route = field.follow(a_route(stops=8))
    near, far = route.stops[0].stop_id, route.stops[7].stop_id
    field.wait_until(0)
    assert shared(field, route, near) is None
    field.depart(route)
    field.record(a_batch(sent(0, east(0)), vehicle_id=route.vehicle_id))
    field.wait_until(1)
    seen = shared(field, route, near)
    assert seen is not None
    assert seen.fix.at == after(0)
    assert shared(field, route, far) is None
    field.wait_until(200)
    field.arrive(route, 0)
    field.finish(route, 0)
    assert shared(field, route, near) is None


def test_a_new_version_keeps_what_was_done(field: Field) -> None:
    """A route whose plan changed keeps its actuals; stops that were taken off are gone; an older version is stale."""
    route = field.follow(a_route())
    field.depart(route)
    field.wait_until(200)
    field.arrive(route, 0)
    field.finish(route, 0)
    shorter = field.follow(replace(route, version=2, stops=route.stops[:2]))
    field.wait_until(201)
    assert [stop.actual.state for stop in expectations(field, shorter)] == [StopState.DONE, StopState.PENDING]
    with field.database.session(field.organisation_id) as session, pytest.raises(StaleRoute):
        follow_route(session, field.organisation_id, route, jobs=field.jobs, clock=field.clock)


def test_acts_may_come_twice_and_in_any_order(field: Field) -> None:
    """An arrival that comes after its departure, or a departure that comes twice, changes nothing that is known."""
    route = field.follow(a_route())
    field.wait_until(300)
    field.depart(route)
    field.finish(route, 0)
    field.wait_until(400)
    field.arrive(route, 0)
    field.finish(route, 0)
    actual = expectations(field, route)[0].actual
    assert (actual.state, actual.arrived_at, actual.left_at) == (StopState.DONE, after(400), after(300))


def test_breaks_and_skipped_stops_count(field: Field) -> None:
    """A break delays what follows until it is taken, a skipped stop is not driven to."""
    route = field.follow(a_route(breaks=(TrackedBreak(after_stops=1, starts_at=after(500), duration_s=900),)))
    field.depart(route)
    field.record(a_batch(sent(0, east(0)), vehicle_id=route.vehicle_id))
    field.wait_until(1)
    assert arrivals(field, route)[1] == 1600
    with field.database.session(field.organisation_id) as session:
        note_breaks(session, field.organisation_id, route.route_id, taken=1, jobs=field.jobs, clock=field.clock)
        skipped = route.stops[1].stop_id
        note_skipped(session, field.organisation_id, route.route_id, skipped, jobs=field.jobs, clock=field.clock)
    field.wait_until(2)
    assert arrivals(field, route)[2] == 900


def test_a_closed_route_clears_its_alerts_and_is_left_alone(field: Field) -> None:
    """When a route is closed its open alerts are cleared, and no look at it raises others."""
    route = field.follow(a_route())
    field.wait_until(420)
    assert told(field, route, AlertRaised.type)
    with field.database.session(field.organisation_id) as session:
        close_route(session, field.organisation_id, route.route_id, jobs=field.jobs, clock=field.clock)
    field.wait_until(3_600)
    raised, cleared = told(field, route, AlertRaised.type), told(field, route, AlertCleared.type)
    assert {alert["alert_id"] for alert in raised} == {alert["alert_id"] for alert in cleared}


def test_a_forgotten_route_is_closed_by_itself(field: Field) -> None:
    """A route that nobody ended is followed no longer than six hours after its shift."""
    route = field.follow(a_route(shift_ends_at=after(1_800)))
    field.clock.move_to(after(1_800) + timedelta(hours=6, seconds=1))
    field.wait_until((field.clock.now() - after(0)).total_seconds() + 120)
    before = len(field.facts(route))
    field.wait_until((field.clock.now() - after(0)).total_seconds() + 3_600)
    assert len(field.facts(route)) == before


def test_what_is_not_followed_is_refused(field: Field) -> None:
    """Acts of a route or a stop that is not followed are refused with their ids."""
    route = field.follow(a_route())
    with field.database.session(field.organisation_id) as session:
        with pytest.raises(RouteNotFollowed):
            note_departure(session, field.organisation_id, new_id(), at=after(0), jobs=field.jobs, clock=field.clock)
        with pytest.raises(StopNotFollowed):
            find_shared_position(
                session, field.organisation_id, route.route_id, new_id(), rule=ShareRule(), clock=field.clock
            )
