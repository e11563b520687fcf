"""What consoles and recipients see: where vehicles are, where they were, when they come."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from zaguan.base.kit.clock import Clock
from zaguan.base.kit.ids import OrganisationId
from zaguan.operations.tracking.alerts import Alert
from zaguan.operations.tracking.eta import FRESH_S
from zaguan.operations.tracking.fixes import Fix
from zaguan.operations.tracking.model import PathTooLong
from zaguan.operations.tracking.nearness import ShareRule, may_see_vehicle
from zaguan.operations.tracking.store import alerts as alert_store
from zaguan.operations.tracking.store import positions as position_store
from zaguan.operations.tracking.store import routes as route_store
from zaguan.operations.tracking.store import trails as trail_store
from zaguan.operations.tracking.store.routes import StopExpectation
from zaguan.operations.tracking.store.trails import NewestPosition

LONGEST_PATH: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedPosition:
    """What a recipient sees of the vehicle that comes."""

    vehicle_id: UUID
    fix: Fix
    is_fresh: bool


def list_newest_positions(
    session: Session, organisation_id: OrganisationId, *, vehicle_ids: Collection[UUID] | None = None
) -> tuple[NewestPosition, ...]:
    """Return the newest position of each vehicle that has one."""
    return trail_store.list_newest(session, organisation_id, vehicle_ids=vehicle_ids)


def list_path(
    session: Session, organisation_id: OrganisationId, vehicle_id: UUID, *, since: datetime, until: datetime
) -> tuple[Fix, ...]:
    """Return where a vehicle was from one moment to before another. Refused: PathTooLong."""
    if until - since > LONGEST_PATH:
        raise PathTooLong(days=LONGEST_PATH.days)
    return position_store.list_path(session, organisation_id, vehicle_id, since=since, until=until)


def list_expectations(
    session: Session, organisation_id: OrganisationId, route_ids: Collection[UUID]
) -> tuple[StopExpectation, ...]:
    """Return what was done at the stops of routes, and when the others are expected."""
    return route_store.list_expectations(session, organisation_id, route_ids)


def list_alerts(
    session: Session,
    organisation_id: OrganisationId,
    *,
    open_only: bool = True,
    after: UUID | None = None,
    limit: int = 200,
) -> tuple[Alert, ...]:
    """Return alerts by pages, the newest first."""
    return alert_store.list_alerts(session, organisation_id, open_only=open_only, after=after, limit=limit)


def count_quarantined(
    session: Session, organisation_id: OrganisationId, *, since: datetime, vehicle_id: UUID | None = None
) -> dict[str, int]:
    """Return how many fixes were quarantined since a moment, by reason."""
    return position_store.count_quarantined(session, organisation_id, since=since, vehicle_id=vehicle_id)


def find_shared_position(
    session: Session,
    organisation_id: OrganisationId,
    route_id: UUID,
    stop_id: UUID,
    *,
    rule: ShareRule,
    clock: Clock,
) -> SharedPosition | None:
    """Return where the vehicle is, for the recipient of a stop: None unless that stop is near.

    Refused: RouteNotFollowed, StopNotFollowed.
    """
    followed = route_store.get_route(session, organisation_id, route_id)
    followed.route.get_stop(stop_id)
    now = clock.now()
    stops = {stop.stop_id: stop for stop in route_store.list_expectations(session, organisation_id, [route_id])}
    stop = stops[stop_id]
    near = may_see_vehicle(stop.actual.state, stop.expected, followed.actuals, now=now, rule=rule)
    if not near or followed.closed_at is not None:
        return None
    newest = trail_store.find_trail(session, organisation_id, followed.route.vehicle_id).newest
    if newest is None or newest.at < followed.route.shift_starts_at:
        return None
    is_fresh = (now - newest.at).total_seconds() <= FRESH_S
    return SharedPosition(vehicle_id=followed.route.vehicle_id, fix=newest, is_fresh=is_fresh)
