"""A look at one route: what is expected of it, what must be told, what gives alarm."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from zaguan.base.events.alert import AlertCleared, AlertRaised, AlertReason
from zaguan.base.events.eta import EtaChanged, StopApproached
from zaguan.base.kit import journal
from zaguan.base.kit.chain import Stream
from zaguan.base.kit.clock import Clock
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.operations.tracking.alerts import REST_AFTER, Alert, arrivals_seen, decide, findings_of
from zaguan.operations.tracking.eta import RoadTimes, RouteForecast, StopForecast, forecast, is_news
from zaguan.operations.tracking.margins import ErrorModel
from zaguan.operations.tracking.model import TrackedRoute
from zaguan.operations.tracking.nearness import ApproachRule, approaches
from zaguan.operations.tracking.store import alerts as alert_store
from zaguan.operations.tracking.store import routes as store
from zaguan.operations.tracking.store import trails as trail_store
from zaguan.operations.tracking.store.routes import Followed, Told
from zaguan.operations.tracking.trail import Trail

ACTOR: Final = "tracking"
NEVER_TOLD: Final = Told(told_at=None, approached_at=None)

RoadsOf = Callable[[TrackedRoute], RoadTimes]
RouteFact = EtaChanged | StopApproached | AlertRaised | AlertCleared


def forecast_route(
    session: Session,
    organisation_id: OrganisationId,
    route_id: UUID,
    *,
    roads_of: RoadsOf,
    errors: ErrorModel,
    approach: ApproachRule,
    clock: Clock,
) -> RouteForecast | None:
    """Look at a route: save when its stops are expected, tell what has changed, raise and clear alerts.

    None: it is not followed. Of a route that was closed since, the alerts that are open are cleared.
    """
    followed = store.lock_route(session, organisation_id, route_id)
    if followed is None:
        return None
    now = clock.now()
    if followed.closed_at is not None:
        gone = alert_store.recent_alerts(session, organisation_id, route_id, cleared_since=now)
        over = _clear(session, organisation_id, followed.route, gone, now=now)
        journal.append(session, organisation_id, Stream("route", route_id), over, occurred_at=now, actor=ACTOR)
        return None
    trail = _trail_on(session, organisation_id, followed.route)
    expected = forecast(
        followed.route,
        followed.actuals,
        newest=trail.newest,
        arrived=arrivals_seen(trail),
        now=now,
        roads=roads_of(followed.route),
        errors=errors,
    )
    told, news = _tell(followed, expected, approach=approach, now=now)
    pairs = [(stop, told[stop.stop_id]) for stop in expected.stops]
    store.save_expected(session, organisation_id, route_id, pairs, returns_at=expected.returns_at, now=now)
    alarms = _alarms(session, organisation_id, followed, trail, expected, now=now)
    facts: list[RouteFact] = [*news, *alarms]
    if facts:
        journal.append(session, organisation_id, Stream("route", route_id), facts, occurred_at=now, actor=ACTOR)
    return expected


def _trail_on(session: Session, organisation_id: OrganisationId, route: TrackedRoute) -> Trail:
    """Return the trail of the route's vehicle; what it did before the shift says nothing about the route."""
    trail = trail_store.find_trail(session, organisation_id, route.vehicle_id)
    if trail.newest is None or trail.newest.at < route.shift_starts_at:
        return Trail()
    return trail


def _tell(
    followed: Followed, expected: RouteForecast, *, approach: ApproachRule, now: datetime
) -> tuple[Mapping[UUID, Told], list[RouteFact]]:
    """Return what people have been told of each stop after this look, and the facts that tell it."""
    told: dict[UUID, Told] = {}
    facts: list[RouteFact] = []
    for stop in expected.stops:
        before = followed.told.get(stop.stop_id, NEVER_TOLD)
        told_at, approached_at = before.told_at, before.approached_at
        order_ids = followed.route.get_stop(stop.stop_id).order_ids
        if told_at is None or is_news(told_at, stop.arrives_at):
            facts.append(_eta_changed(followed.route.route_id, stop, order_ids, told_at or stop.arrives_at))
            told_at = stop.arrives_at
        if approached_at is None and approaches(stop, followed.actuals, now=now, rule=approach):
            facts.append(
                StopApproached(
                    route_id=followed.route.route_id,
                    stop_id=stop.stop_id,
                    order_ids=order_ids,
                    arrives_at=stop.arrives_at,
                    stops_before=stop.stops_before,
                )
            )
            approached_at = now
        told[stop.stop_id] = Told(told_at=told_at, approached_at=approached_at)
    return told, facts


def _eta_changed(route_id: UUID, stop: StopForecast, order_ids: tuple[UUID, ...], told_at: datetime) -> EtaChanged:
    return EtaChanged(
        route_id=route_id,
        stop_id=stop.stop_id,
        order_ids=order_ids,
        told_at=told_at,
        arrives_at=stop.arrives_at,
        earliest_at=stop.earliest_at,
        latest_at=stop.latest_at,
        causes=tuple(cause.value for cause, _ in stop.causes),
    )


def _alarms(
    session: Session,
    organisation_id: OrganisationId,
    followed: Followed,
    trail: Trail,
    expected: RouteForecast,
    *,
    now: datetime,
) -> list[RouteFact]:
    route = followed.route
    alerts = alert_store.recent_alerts(session, organisation_id, route.route_id, cleared_since=now - REST_AFTER)
    findings = findings_of(route, followed.actuals, trail, expected, now=now)
    decision = decide(findings, alerts, now=now)
    cleared = _clear(session, organisation_id, route, decision.cleared, now=now)
    raised = [
        Alert(
            alert_id=new_id(),
            route_id=route.route_id,
            kind=finding.kind,
            stop_id=finding.stop_id,
            raised_at=now,
            late_s=finding.late_s,
            reasons=finding.reasons,
        )
        for finding in decision.raised
    ]
    alert_store.add_alerts(session, organisation_id, route.vehicle_id, raised)
    return [*cleared, *(_alert_raised(route, alert) for alert in raised)]


def _clear(
    session: Session, organisation_id: OrganisationId, route: TrackedRoute, alerts: tuple[Alert, ...], *, now: datetime
) -> list[AlertCleared]:
    still_open = [alert for alert in alerts if alert.cleared_at is None]
    alert_store.clear_alerts(session, organisation_id, [alert.alert_id for alert in still_open], at=now)
    return [
        AlertCleared(
            alert_id=alert.alert_id,
            kind=alert.kind.value,
            route_id=route.route_id,
            vehicle_id=route.vehicle_id,
            stop_id=alert.stop_id,
            order_ids=_orders_of(route, alert.stop_id),
            at=now,
        )
        for alert in still_open
    ]


def _alert_raised(route: TrackedRoute, alert: Alert) -> AlertRaised:
    return AlertRaised(
        alert_id=alert.alert_id,
        kind=alert.kind.value,
        route_id=route.route_id,
        vehicle_id=route.vehicle_id,
        stop_id=alert.stop_id,
        order_ids=_orders_of(route, alert.stop_id),
        late_s=alert.late_s,
        reasons=tuple(AlertReason(code=why.code, amount=why.amount) for why in alert.reasons),
        at=alert.raised_at,
    )


def _orders_of(route: TrackedRoute, stop_id: UUID | None) -> tuple[UUID, ...]:
    """Return the orders of a stop; none for what concerns the whole route, or a stop that is off it by now."""
    return next((stop.order_ids for stop in route.stops if stop.stop_id == stop_id), ())
