"""What a dispatcher should look at: raised once, with its reasons, and cleared when it is over.

Each kind has a level, a bound at which it is raised and a lower one at which it is cleared. Between the two nothing
happens, so an alert that stands at the edge does not flap; one that was cleared is not raised again for a while.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from zaguan.operations.tracking.eta import FRESH_S, RouteForecast
from zaguan.operations.tracking.geofences import DWELL
from zaguan.operations.tracking.model import RouteActuals, StopState, TrackedRoute
from zaguan.operations.tracking.trail import Trail, first_open

REST_AFTER: Final = timedelta(minutes=15)  # from clearing an alert to raising the same again
LONG_STOP_S: Final = 600.0  # beyond what the stop or the break may take
LONGER_SERVICE: Final = 2.0  # times the planned service time
ASTRAY_FIXES: Final = 3  # one wild fix is no detour


class AlertKind(StrEnum):
    """What gives alarm."""

    LATE_RISK = "late_risk"  # a stop will probably miss its window
    OFF_ROUTE = "off_route"
    LONG_STOP = "long_stop"
    NO_POSITION = "no_position"


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """From which level on an alert is raised, and below which it is cleared."""

    raise_from: float
    clear_below: float


BANDS: Final[Mapping[AlertKind, Band]] = {
    AlertKind.LATE_RISK: Band(raise_from=0.5, clear_below=0.25),  # probability
    AlertKind.OFF_ROUTE: Band(raise_from=90.0, clear_below=1.0),  # seconds beyond the corridor
    AlertKind.LONG_STOP: Band(raise_from=1.0, clear_below=0.5),  # of what it may take
    AlertKind.NO_POSITION: Band(raise_from=FRESH_S, clear_below=60.0),  # seconds of silence
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """One reason, as a code that the pages put into words, and its figure in seconds or metres."""

    code: str  # a cause of delay, or "standing", "beyond_line", "silence"
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How bad one thing is at the moment."""

    kind: AlertKind
    level: float
    stop_id: UUID | None = None
    late_s: int = 0
    reasons: tuple[Why, ...] = ()

    @property
    def subject(self) -> tuple[AlertKind, UUID | None]:
        """What it is about: at most one alert is open for it."""
        return self.kind, self.stop_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """An alert as it was raised."""

    alert_id: UUID
    route_id: UUID
    kind: AlertKind
    stop_id: UUID | None
    raised_at: datetime
    late_s: int
    reasons: tuple[Why, ...]
    cleared_at: datetime | None = None

    @property
    def subject(self) -> tuple[AlertKind, UUID | None]:
        """What it is about."""
        return self.kind, self.stop_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What to raise and what to clear."""

    raised: tuple[Finding, ...]
    cleared: tuple[Alert, ...]


def decide(findings: Iterable[Finding], alerts: Collection[Alert], *, now: datetime) -> Decision:
    """Compare what is found with the alerts that are open, and with those that were cleared of late."""
    found = {finding.subject: finding for finding in findings}
    is_open = {alert.subject: alert for alert in alerts if alert.cleared_at is None}
    resting = {alert.subject for alert in alerts if alert.cleared_at and now - alert.cleared_at < REST_AFTER}
    raised = [
        finding
        for subject, finding in found.items()
        if subject not in is_open and subject not in resting and finding.level >= BANDS[finding.kind].raise_from
    ]
    cleared = [
        alert
        for subject, alert in is_open.items()
        if subject not in found or found[subject].level < BANDS[alert.kind].clear_below
    ]
    return Decision(raised=tuple(raised), cleared=tuple(cleared))


def findings_of(
    route: TrackedRoute, actuals: RouteActuals, trail: Trail, expected: RouteForecast, *, now: datetime
) -> Iterator[Finding]:
    """Yield how bad each thing is that may give alarm on a route. What is not yielded is well."""
    for stop in expected.stops:
        if stop.late_risk is not None:
            reasons = tuple(Why(code=cause.value, amount=seconds) for cause, seconds in stop.causes)
            yield Finding(
                kind=AlertKind.LATE_RISK,
                level=stop.late_risk,
                stop_id=stop.stop_id,
                late_s=stop.late_s,
                reasons=reasons,
            )
    if first_open(route, actuals) == len(route.stops):
        return
    silence_s = _silence_s(route, actuals, trail, now)
    if silence_s is not None:
        why = Why(code="silence", amount=round(silence_s))
        yield Finding(kind=AlertKind.NO_POSITION, level=silence_s, reasons=(why,))
    if not actuals.has_left() or trail.newest is None:
        return
    astray = trail.astray
    if astray is not None and astray.fixes >= ASTRAY_FIXES:
        away_s = (trail.newest.at - astray.since).total_seconds()
        reasons = (Why(code="beyond_line", amount=round(astray.distance_m)),)
        yield Finding(kind=AlertKind.OFF_ROUTE, level=away_s, reasons=reasons)
    if trail.still is not None:
        stands_s = (trail.newest.at - trail.still.since).total_seconds()
        level = stands_s / _may_stand_s(route, actuals, trail)
        yield Finding(kind=AlertKind.LONG_STOP, level=level, reasons=(Why(code="standing", amount=round(stands_s)),))


def arrivals_seen(trail: Trail) -> dict[UUID, datetime]:
    """Return since when the vehicle stays within fences, by their ids: arrivals that perhaps nobody told."""
    return {
        presence.fence_id: presence.since
        for presence in trail.inside
        if presence.is_confirmed and presence.last_inside_at - presence.since >= DWELL
    }


def _silence_s(route: TrackedRoute, actuals: RouteActuals, trail: Trail, now: datetime) -> float | None:
    """Return how long no position has come from a route that should send some."""
    expected_from = route.leaves_at if trail.newest is None else max(trail.newest.at, route.leaves_at)
    if now < route.leaves_at or (now > route.shift_ends_at and not actuals.has_left()):
        return None
    return (now - expected_from).total_seconds()


def _may_stand_s(route: TrackedRoute, actuals: RouteActuals, trail: Trail) -> float:
    """Return how long nobody wonders: longer at a door, and where a break is due."""
    inside = {presence.fence_id for presence in trail.inside}
    at_doors = [
        stop.service_s
        for stop in route.stops
        if stop.stop_id in inside or actuals.of(stop.stop_id).state is StopState.ARRIVED
    ]
    reached = first_open(route, actuals)
    pauses = [pause.duration_s for pause in route.breaks[actuals.breaks_taken :] if pause.after_stops <= reached + 1]
    return LONG_STOP_S + LONGER_SERVICE * max(at_doors, default=0) + max(pauses, default=0)
