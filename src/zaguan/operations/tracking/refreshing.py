"""New forecasts are asked for here, and made by a worker: intake never waits for the roads."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from zaguan.base.kit.clock import Clock
from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.jobs import Job, Jobs
from zaguan.operations.tracking.store import routes as store
from zaguan.operations.tracking.store import trails as trail_store

FORECAST: Final = "etas.forecast"
BEFORE_LEAVING: Final = timedelta(minutes=30)  # from when on a route is looked at
LOOK_EVERY: Final = timedelta(seconds=60)  # at each route under way, whether positions come or not
OVERDUE: Final = timedelta(hours=6)  # after its shift a route that nobody closed is followed no longer


def ask_for_forecasts(
    session: Session, organisation_id: OrganisationId, route_ids: Collection[UUID], *, jobs: Jobs, now: datetime
) -> None:
    """Have new forecasts made of routes; one that is being made is not asked for again."""
    asked = store.ask_forecasts(session, organisation_id, route_ids, now=now)
    if asked:
        jobs.defer_all(session, [_job(organisation_id, route_id) for route_id in asked])


def look_at_routes(session: Session, organisation_id: OrganisationId, *, jobs: Jobs, clock: Clock) -> int:
    """Ask for forecasts of the routes that nobody asked about for a while, so that silence is noticed; return how many.

    Routes whose shift is long over are followed no longer.
    """
    now = clock.now()
    overdue = store.list_overdue(session, organisation_id, shift_before=now - OVERDUE)
    for route_id in overdue:
        store.close(session, organisation_id, route_id, at=now)
        trail_store.end_duty(session, organisation_id, route_id, at=now)
    due = overdue + [
        route.route_id
        for route in store.open_routes(session, organisation_id).values()
        if route.leaves_at - BEFORE_LEAVING <= now and (route.asked_at is None or now - route.asked_at >= LOOK_EVERY)
    ]
    ask_for_forecasts(session, organisation_id, due, jobs=jobs, now=now)
    return len(due)


def _job(organisation_id: OrganisationId, route_id: UUID) -> Job:
    return Job(
        name=FORECAST,
        arguments={"organisation_id": str(organisation_id), "route_id": str(route_id)},
        queueing_lock=f"{FORECAST} {route_id}",
    )
