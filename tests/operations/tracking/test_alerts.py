"""Alerts: raised once, with reasons; cleared when it is over."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.operations.tracking.builders import EvenRoads, a_fix, a_route, after, east
from zaguan.base.geo.point import Point
from zaguan.base.kit.ids import new_id
from zaguan.operations.tracking.alerts import (
    BANDS,
    REST_AFTER,
    Alert,
    AlertKind,
    Decision,
    Finding,
    Why,
    decide,
    findings_of,
)
from zaguan.operations.tracking.eta import forecast
from zaguan.operations.tracking.margins import StatedErrorModel
from zaguan.operations.tracking.model import RouteActuals, StopActual, StopState, TrackedRoute
from zaguan.operations.tracking.trail import RouteWatch, Trail, advance, first_open

UNDER_WAY = RouteActuals(departed_at=after(0))


def an_alert(kind: AlertKind, *, cleared: float | None = None) -> Alert:
    return Alert(
        alert_id=new_id(),
        route_id=new_id(),
        kind=kind,
        stop_id=None,
        raised_at=after(0),
        late_s=0,
        reasons=(),
        cleared_at=None if cleared is None else after(cleared),
    )


def trail_of(route: TrackedRoute, places: Sequence[tuple[float, Point]], actuals: RouteActuals = UNDER_WAY) -> Trail:
    fixes = [a_fix(seconds, place) for seconds, place in places]
    reached = first_open(route, actuals) if actuals.has_left() else None
    return advance(Trail(), fixes, RouteWatch(route), reached=reached)[0]


def found(
    route: TrackedRoute, trail: Trail, *, now: float, actuals: RouteActuals = UNDER_WAY
) -> dict[AlertKind, Finding]:
    expected = forecast(
        route,
        actuals,
        newest=trail.newest,
        arrived={},
        now=after(now),
        roads=EvenRoads(),
        errors=StatedErrorModel(),
    )
    return {finding.kind: finding for finding in findings_of(route, actuals, trail, expected, now=after(now))}


def raised(decision: Decision) -> list[AlertKind]:
    return [finding.kind for finding in decision.raised]


@pytest.mark.parametrize("kind", list(AlertKind))
def test_an_alert_is_raised_once_and_cleared_below_its_lower_bound(kind: AlertKind) -> None:
    """At the upper bound an alert is raised; while it is open not again; between the bounds nothing; below, cleared."""
    band = BANDS[kind]
    high, low = Finding(kind=kind, level=band.raise_from), Finding(kind=kind, level=band.clear_below * 0.99)
    between = Finding(kind=kind, level=(band.raise_from + band.clear_below) / 2)
    alert = an_alert(kind)
    assert raised(decide([high], [], now=after(0))) == [kind]
    assert decide([high], [alert], now=after(60)) == Decision(raised=(), cleared=())
    assert decide([between], [], now=after(60)) == Decision(raised=(), cleared=())
    assert decide([between], [alert], now=after(60)) == Decision(raised=(), cleared=())
    assert decide([low], [alert], now=after(60)).cleared == (alert,)
    assert decide([], [alert], now=after(60)).cleared == (alert,)


def test_an_alert_that_was_cleared_rests() -> None:
    """What was cleared a moment ago is not raised again before a quarter of an hour is over."""
    finding = Finding(kind=AlertKind.OFF_ROUTE, level=1_000)
    cleared = an_alert(AlertKind.OFF_ROUTE, cleared=0)
    assert raised(decide([finding], [cleared], now=after(600))) == []
    assert raised(decide([finding], [cleared], now=after(REST_AFTER.total_seconds()))) == [AlertKind.OFF_ROUTE]


def test_each_stop_has_its_own_alert() -> None:
    """Two stops of a route may be at risk at once."""
    findings = [Finding(kind=AlertKind.LATE_RISK, level=0.9, stop_id=new_id()) for _ in range(2)]
    assert len(decide(findings, [], now=after(0)).raised) == 2


def test_a_stop_at_risk_says_why_before_its_window_closes() -> None:
    """C39: a stop that will miss its window is found an hour before, with the minutes and the cause."""
    route = a_route(stops=10, windows=[None] * 9 + [(0, 4_800)])
    trail = trail_of(route, [(1_200, east(0))], RouteActuals())
    finding = found(route, trail, now=1_200, actuals=RouteActuals())[AlertKind.LATE_RISK]
    assert raised(decide([finding], [], now=after(1_200))) == [AlertKind.LATE_RISK]
    assert finding.late_s == pytest.approx(1_100, abs=2)
    assert finding.reasons == (Why(code="late_departure", amount=1_200),)


def test_who_leaves_the_line_gives_alarm() -> None:
    """C39: two minutes half a kilometre beside the line give alarm; back on it, the finding is gone."""
    route = a_route()
    away = [(10.0 * step, east(500, north=20.0 * step)) for step in range(40)]
    trail = trail_of(route, away)
    finding = found(route, trail, now=390)[AlertKind.OFF_ROUTE]
    assert raised(decide([finding], [], now=after(390))) == [AlertKind.OFF_ROUTE]
    assert finding.reasons == (Why(code="beyond_line", amount=772),)
    back, _ = advance(trail, [a_fix(400, east(600))], RouteWatch(route), reached=0)
    assert AlertKind.OFF_ROUTE not in found(route, back, now=400)


def test_a_driver_who_goes_to_another_stop_first_is_on_the_route() -> None:
    """Any line still to be driven counts as the route, and so does the fence of a stop."""
    route = a_route()
    trail = trail_of(route, [(10.0 * step, east(3_500)) for step in range(20)])
    assert AlertKind.OFF_ROUTE not in found(route, trail, now=190)


def test_without_a_line_nobody_strays() -> None:
    """A leg that was drawn straight says nothing about the way: there is no alarm."""
    route = a_route()
    straight = replace(route, stops=tuple(replace(stop, line_is_straight=True) for stop in route.stops))
    trail = trail_of(straight, [(10.0 * step, east(500, north=5_000)) for step in range(20)])
    assert AlertKind.OFF_ROUTE not in found(straight, trail, now=190)


def test_standing_long_gives_alarm_sooner_on_the_road_than_at_a_door() -> None:
    """C39: after eleven minutes on the road there is alarm; at a stop, the service time counts in."""
    route = a_route()
    on_road = trail_of(route, [(30.0 * step, east(500)) for step in range(23)])
    assert raised(decide([found(route, on_road, now=660)[AlertKind.LONG_STOP]], [], now=after(660)))
    at_door = trail_of(route, [(30.0 * step, east(1_000)) for step in range(23)])
    assert not raised(decide([found(route, at_door, now=660)[AlertKind.LONG_STOP]], [], now=after(660)))


def test_standing_at_the_depot_before_leaving_is_no_stop() -> None:
    """Before the route has left, nobody wonders that the vehicle stands."""
    route = a_route()
    trail = trail_of(route, [(-3_000.0 + 60 * step, east(0)) for step in range(50)], RouteActuals())
    assert AlertKind.LONG_STOP not in found(route, trail, now=-10, actuals=RouteActuals())


@pytest.mark.parametrize(("now", "alarm"), [(-60, False), (290, False), (310, True)])
def test_silence_gives_alarm(now: float, alarm: bool) -> None:
    """C39: five minutes without a position give alarm, counted from when the route should have left."""
    findings = found(a_route(), Trail(), now=now, actuals=RouteActuals()).values()
    kinds = raised(decide(findings, [], now=after(now)))
    assert (AlertKind.NO_POSITION in kinds) is alarm


def test_a_served_route_gives_no_alarm() -> None:
    """When all stops are done, neither silence nor standing is looked at."""
    route = a_route(stops=1)
    actual = StopActual(state=StopState.DONE, arrived_at=after(200), left_at=after(500))
    actuals = RouteActuals(departed_at=after(0), stops={route.stops[0].stop_id: actual})
    assert found(route, trail_of(route, [(500, east(1_000))], actuals), now=5_000, actuals=actuals) == {}
