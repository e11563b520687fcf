"""Which routes are followed, and what their drivers did: told by planning, dispatch and delivery."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from zaguan.base.kit.clock import Clock
from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.jobs import Jobs
from zaguan.operations.tracking.filters import Duty
from zaguan.operations.tracking.model import (
    RouteActuals,
    RouteNotFollowed,
    StaleRoute,
    StopActual,
    StopState,
    TrackedRoute,
)
from zaguan.operations.tracking.refreshing import ask_for_forecasts
from zaguan.operations.tracking.store import routes as store
from zaguan.operations.tracking.store import trails as trail_store
from zaguan.operations.tracking.trail import first_open

ORDER_OF_STATES = (StopState.PENDING, StopState.ARRIVED, StopState.DONE, StopState.SKIPPED)


def follow_route(
    session: Session,
    organisation_id: OrganisationId,
    route: TrackedRoute,
    *,
    actuals: RouteActuals | None = None,
    jobs: Jobs,
    clock: Clock,
) -> None:
    """Follow a route from now on, or as it stands after a change of the plan. Refused: StaleRoute.

    `actuals`, where they are told along, are what was done on it; otherwise what was noted before stands. The same
    again changes nothing. The shift of the route is a span in which its vehicle may be watched.
    """
    before = store.lock_route(session, organisation_id, route.route_id)
    if before is not None and before.route.version > route.version:
        raise StaleRoute(route=route.route_id, version=route.version, newest=before.route.version)
    noted = before.actuals if before else RouteActuals()
    done = noted if actuals is None else replace(actuals, breaks_taken=max(actuals.breaks_taken, noted.breaks_taken))
    is_same = before is not None and before.route.version == route.version and before.closed_at is None
    if is_same and done == noted:
        return
    if not is_same:
        store.save_route(session, organisation_id, route)
    duty = Duty(starts_at=route.shift_starts_at, ends_at=None if done.has_left() else route.shift_ends_at)
    trail_store.save_duty(session, organisation_id, route.route_id, route.vehicle_id, duty)
    changed = [stop.stop_id for stop in route.stops if done.of(stop.stop_id) != noted.of(stop.stop_id)]
    reached = first_open(route, done)
    store.save_actuals(session, organisation_id, route.route_id, done, reached=reached, changed=changed)
    ask_for_forecasts(session, organisation_id, [route.route_id], jobs=jobs, now=clock.now())


def close_route(session: Session, organisation_id: OrganisationId, route_id: UUID, *, jobs: Jobs, clock: Clock) -> None:
    """Follow a route no longer: it is over, or was withdrawn. Its alerts are cleared by the last look at it."""
    now = clock.now()
    store.close(session, organisation_id, route_id, at=now)
    trail_store.end_duty(session, organisation_id, route_id, at=now)
    ask_for_forecasts(session, organisation_id, [route_id], jobs=jobs, now=now)


def start_duty(
    session: Session, organisation_id: OrganisationId, shift_id: UUID, vehicle_id: UUID, *, starts_at: datetime
) -> None:
    """Let a vehicle be watched from a moment on: its driver began the shift."""
    trail_store.save_duty(session, organisation_id, shift_id, vehicle_id, Duty(starts_at=starts_at, ends_at=None))


def end_duties(session: Session, organisation_id: OrganisationId, vehicle_id: UUID, *, at: datetime) -> None:
    """Watch a vehicle no longer from a moment on: its driver ended the shift, whatever routes are still open."""
    trail_store.end_duties(session, organisation_id, vehicle_id, at=at)


def note_departure(
    session: Session, organisation_id: OrganisationId, route_id: UUID, *, at: datetime, jobs: Jobs, clock: Clock
) -> None:
    """Note that a route left the depot; the first time that was told stands. Refused: RouteNotFollowed.

    From then on it is watched until it is closed or the driver ends the shift, however long the day becomes.
    """

    def departed(actuals: RouteActuals) -> RouteActuals:
        return replace(actuals, departed_at=actuals.departed_at or at)

    route = _change(session, organisation_id, route_id, departed, jobs=jobs, clock=clock)
    if route is not None:
        duty = Duty(starts_at=min(route.shift_starts_at, at), ends_at=None)
        trail_store.save_duty(session, organisation_id, route_id, route.vehicle_id, duty)


def note_arrival(
    session: Session,
    organisation_id: OrganisationId,
    route_id: UUID,
    stop_id: UUID,
    *,
    at: datetime,
    jobs: Jobs,
    clock: Clock,
) -> None:
    """Note that the driver is at a stop. Refused: RouteNotFollowed, StopNotFollowed."""
    actual = StopActual(state=StopState.ARRIVED, arrived_at=at)
    _change_stop(session, organisation_id, route_id, stop_id, actual, jobs=jobs, clock=clock)


def note_done(
    session: Session,
    organisation_id: OrganisationId,
    route_id: UUID,
    stop_id: UUID,
    *,
    at: datetime,
    arrived_at: datetime | None = None,
    jobs: Jobs,
    clock: Clock,
) -> None:
    """Note that a stop was served, or failed, and the driver goes on. Refused: RouteNotFollowed, StopNotFollowed."""
    actual = StopActual(state=StopState.DONE, arrived_at=arrived_at, left_at=at)
    _change_stop(session, organisation_id, route_id, stop_id, actual, jobs=jobs, clock=clock)


def note_skipped(
    session: Session, organisation_id: OrganisationId, route_id: UUID, stop_id: UUID, *, jobs: Jobs, clock: Clock
) -> None:
    """Note that a stop is not driven to any more: its orders were cancelled. Refused as for `note_done`."""
    actual = StopActual(state=StopState.SKIPPED)
    _change_stop(session, organisation_id, route_id, stop_id, actual, jobs=jobs, clock=clock)


def note_breaks(
    session: Session, organisation_id: OrganisationId, route_id: UUID, *, taken: int, jobs: Jobs, clock: Clock
) -> None:
    """Note how many breaks of a route are over. Refused: RouteNotFollowed."""

    def rested(actuals: RouteActuals) -> RouteActuals:
        return replace(actuals, breaks_taken=max(taken, actuals.breaks_taken))

    _change(session, organisation_id, route_id, rested, jobs=jobs, clock=clock)


def _change_stop(
    session: Session,
    organisation_id: OrganisationId,
    route_id: UUID,
    stop_id: UUID,
    actual: StopActual,
    *,
    jobs: Jobs,
    clock: Clock,
) -> None:
    def changed(actuals: RouteActuals) -> RouteActuals:
        return replace(actuals, stops={**actuals.stops, stop_id: later_of(actuals.of(stop_id), actual)})

    _change(session, organisation_id, route_id, changed, stops=[stop_id], jobs=jobs, clock=clock)


def later_of(before: StopActual, told: StopActual) -> StopActual:
    """Return what is known of a stop after one more act; acts may come twice, and in any order."""
    return StopActual(
        state=max(before.state, told.state, key=ORDER_OF_STATES.index),
        arrived_at=before.arrived_at or told.arrived_at,
        left_at=before.left_at or told.left_at,
    )


def _change(
    session: Session,
    organisation_id: OrganisationId,
    route_id: UUID,
    change: Callable[[RouteActuals], RouteActuals],
    *,
    stops: Collection[UUID] = (),
    jobs: Jobs,
    clock: Clock,
) -> TrackedRoute | None:
    """Change what was done on a route; return the route, or None if nothing changed."""
    followed = store.lock_route(session, organisation_id, route_id)
    if followed is None:
        raise RouteNotFollowed(route=route_id)
    for stop_id in stops:
        followed.route.get_stop(stop_id)
    actuals = change(followed.actuals)
    if actuals == followed.actuals:
        return None
    reached = first_open(followed.route, actuals)
    store.save_actuals(session, organisation_id, route_id, actuals, reached=reached, changed=stops)
    ask_for_forecasts(session, organisation_id, [route_id], jobs=jobs, now=clock.now())
    return followed.route
