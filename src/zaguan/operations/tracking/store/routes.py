"""All SQL of followed routes, what was done on them and what is expected of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from zaguan.base.kit.ids import OrganisationId
from zaguan.operations.tracking.eta import StopForecast
from zaguan.operations.tracking.model import (
    RouteActuals,
    RouteNotFollowed,
    StopActual,
    StopState,
    TrackedRoute,
)
from zaguan.operations.tracking.tables import RouteRow, StopRow

_ROUTE: Final = TypeAdapter(TrackedRoute)
# the row is being forecast right now: then nobody needs to ask for it, and nobody waits
_ASK: Final = sa.text(
    """
    UPDATE tracking_routes SET asked_at = :now
    WHERE organisation_id = :organisation_id AND route_id IN (
        SELECT route_id FROM tracking_routes
        WHERE organisation_id = :organisation_id AND route_id = ANY (CAST(:routes AS uuid[]))
        ORDER BY route_id FOR UPDATE SKIP LOCKED
    )
    RETURNING route_id
    """
)
_SAVE_EXPECTED: Final = sa.text(
    """
    UPDATE tracking_stops SET
        expected_at = made.expected_at, leaves_at = made.leaves_at, earliest_at = made.earliest_at,
        latest_at = made.latest_at, stops_before = made.stops_before, late_s = made.late_s,
        late_risk = made.late_risk, told_at = made.told_at, approached_at = made.approached_at
    FROM unnest(
        CAST(:stops AS uuid[]), CAST(:expected_at AS timestamptz[]), CAST(:leaves_at AS timestamptz[]),
        CAST(:earliest_at AS timestamptz[]), CAST(:latest_at AS timestamptz[]), CAST(:stops_before AS bigint[]),
        CAST(:late_s AS bigint[]), CAST(:late_risk AS float8[]), CAST(:told_at AS timestamptz[]),
        CAST(:approached_at AS timestamptz[])
    ) AS made (
        stop_id, expected_at, leaves_at, earliest_at, latest_at, stops_before, late_s, late_risk, told_at, approached_at
    )
    WHERE organisation_id = :organisation_id AND route_id = :route_id AND tracking_stops.stop_id = made.stop_id
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRoute:
    """A route that a vehicle is on: as much as is needed at each batch of positions."""

    route_id: UUID
    vehicle_id: UUID
    version: int
    reached: int | None  # index of the first stop that is not done with; None: not under way
    leaves_at: datetime
    asked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What people were told of a stop."""

    told_at: datetime | None  # the arrival that was told last
    approached_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A followed route with all that is known of it."""

    route: TrackedRoute
    actuals: RouteActuals
    told: Mapping[UUID, Told]
    returns_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StopExpectation:
    """A stop as it stands: what was done, else what is expected."""

    route_id: UUID
    stop_id: UUID
    actual: StopActual
    expected: StopForecast | None


def save_route(session: Session, organisation_id: OrganisationId, route: TrackedRoute) -> None:
    """Write a route as it was told, and a row for each stop that is new; stops that are off the route are deleted."""
    facts = {
        "vehicle_id": route.vehicle_id,
        "version": route.version,
        "route": _ROUTE.dump_python(route, mode="json"),
        "leaves_at": route.leaves_at,
        "shift_ends_at": route.shift_ends_at,
        "closed_at": None,
        "asked_at": None,
    }
    session.execute(
        insert(RouteRow)
        .values(organisation_id=organisation_id, route_id=route.route_id, **facts)
        .on_conflict_do_update(index_elements=["organisation_id", "route_id"], set_=facts)
    )
    stops = [stop.stop_id for stop in route.stops]
    session.execute(
        sa.delete(StopRow).where(
            StopRow.organisation_id == organisation_id,
            StopRow.route_id == route.route_id,
            StopRow.stop_id.not_in(stops),
        )
    )
    rows = [
        {
            "organisation_id": organisation_id,
            "route_id": route.route_id,
            "stop_id": stop.stop_id,
            "told_at": stop.arrives_at,
            "expected_at": stop.arrives_at,
        }
        for stop in route.stops
    ]
    session.execute(insert(StopRow).values(rows).on_conflict_do_nothing())


def lock_route(session: Session, organisation_id: OrganisationId, route_id: UUID) -> Followed | None:
    """Return a followed route and hold it until the transaction ends, or None."""
    query = sa.select(RouteRow).where(RouteRow.organisation_id == organisation_id, RouteRow.route_id == route_id)
    row = session.execute(query.with_for_update().execution_options(populate_existing=True)).scalar_one_or_none()
    return None if row is None else _followed(session, organisation_id, row)


def get_route(session: Session, organisation_id: OrganisationId, route_id: UUID) -> Followed:
    """Return a followed route. Refused: RouteNotFollowed."""
    query = sa.select(RouteRow).where(RouteRow.organisation_id == organisation_id, RouteRow.route_id == route_id)
    row = session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
    if row is None:
        raise RouteNotFollowed(route=route_id)
    return _followed(session, organisation_id, row)


def load_routes(
    session: Session, organisation_id: OrganisationId, route_ids: Collection[UUID]
) -> dict[UUID, TrackedRoute]:
    """Return routes as they were told."""
    query = sa.select(RouteRow.route_id, RouteRow.route).where(
        RouteRow.organisation_id == organisation_id, RouteRow.route_id.in_(sorted(route_ids))
    )
    return {route_id: _ROUTE.validate_python(route) for route_id, route in session.execute(query)}


def open_routes(
    session: Session, organisation_id: OrganisationId, vehicle_ids: Collection[UUID] | None = None
) -> dict[UUID, OpenRoute]:
    """Return the route that each vehicle is on: of those that are not closed, the one that leaves first."""
    query = (
        sa.select(
            RouteRow.route_id,
            RouteRow.vehicle_id,
            RouteRow.version,
            RouteRow.reached,
            RouteRow.is_under_way,
            RouteRow.leaves_at,
            RouteRow.asked_at,
        )
        .where(RouteRow.organisation_id == organisation_id, RouteRow.closed_at.is_(None))
        # the last one written into the dictionary below stands: the one that leaves first
        .order_by(RouteRow.leaves_at.desc(), RouteRow.route_id.desc())
    )
    if vehicle_ids is not None:
        query = query.where(RouteRow.vehicle_id.in_(sorted(vehicle_ids)))
    return {
        row.vehicle_id: OpenRoute(
            route_id=row.route_id,
            vehicle_id=row.vehicle_id,
            version=row.version,
            reached=row.reached if row.is_under_way else None,
            leaves_at=row.leaves_at,
            asked_at=row.asked_at,
        )
        for row in session.execute(query)
    }


def ask_forecasts(
    session: Session, organisation_id: OrganisationId, route_ids: Collection[UUID], *, now: datetime
) -> list[UUID]:
    """Note that new forecasts are asked for; return of which routes, those at work already left out."""
    if not route_ids:
        return []
    asked = {"organisation_id": organisation_id, "routes": sorted(route_ids), "now": now}
    return sorted(session.execute(_ASK, asked).scalars())


def save_actuals(
    session: Session,
    organisation_id: OrganisationId,
    route_id: UUID,
    actuals: RouteActuals,
    *,
    reached: int,
    changed: Collection[UUID] = (),
) -> None:
    """Write how far a route is, and what was done at the stops that changed."""
    session.execute(
        sa.update(RouteRow)
        .where(RouteRow.organisation_id == organisation_id, RouteRow.route_id == route_id)
        .values(
            departed_at=actuals.departed_at,
            reached=reached,
            is_under_way=actuals.has_left(),
            breaks_taken=actuals.breaks_taken,
            asked_at=None,
        )
    )
    for stop_id in changed:
        actual = actuals.of(stop_id)
        session.execute(
            sa.update(StopRow)
            .where(StopRow.organisation_id == organisation_id, StopRow.route_id == route_id, StopRow.stop_id == stop_id)
            .values(state=actual.state.value, arrived_at=actual.arrived_at, left_at=actual.left_at)
        )


def close(session: Session, organisation_id: OrganisationId, route_id: UUID, *, at: datetime) -> None:
    """Follow a route no longer."""
    session.execute(
        sa.update(RouteRow)
        .where(RouteRow.organisation_id == organisation_id, RouteRow.route_id == route_id, RouteRow.closed_at.is_(None))
        .values(closed_at=at)
    )


def list_overdue(session: Session, organisation_id: OrganisationId, *, shift_before: datetime) -> list[UUID]:
    """Return open routes whose shift ended before a moment."""
    query = sa.select(RouteRow.route_id).where(
        RouteRow.organisation_id == organisation_id,
        RouteRow.closed_at.is_(None),
        RouteRow.shift_ends_at < shift_before,
    )
    return sorted(session.execute(query).scalars())


def organisations_at_work(session: Session) -> list[OrganisationId]:
    """Return the organisations that have a followed route; in a session that crosses organisations."""
    query = sa.select(RouteRow.organisation_id).where(RouteRow.closed_at.is_(None)).distinct()
    return sorted(session.execute(query).scalars())


def forget(session: Session, organisation_id: OrganisationId, *, before: datetime) -> int:
    """Delete routes that were closed before a moment, and their stops; return how many rows."""
    old = sa.select(RouteRow.route_id).where(RouteRow.organisation_id == organisation_id, RouteRow.closed_at < before)
    gone = 0
    for statement in (
        sa.delete(StopRow).where(StopRow.organisation_id == organisation_id, StopRow.route_id.in_(old)),
        sa.delete(RouteRow).where(RouteRow.organisation_id == organisation_id, RouteRow.closed_at < before),
    ):
        result: Any = session.execute(statement)
        gone += int(result.rowcount)
    return gone


def save_expected(
    session: Session,
    organisation_id: OrganisationId,
    route_id: UUID,
    expected: Sequence[tuple[StopForecast, Told]],
    *,
    returns_at: datetime | None,
    now: datetime,
) -> None:
    """Write what is expected of the stops to come, and what was told of it."""
    session.execute(
        sa.update(RouteRow)
        .where(RouteRow.organisation_id == organisation_id, RouteRow.route_id == route_id)
        .values(returns_at=returns_at, asked_at=now)
    )
    columns: dict[str, list[Any]] = {
        "stops": [stop.stop_id for stop, _ in expected],
        "expected_at": [stop.arrives_at for stop, _ in expected],
        "leaves_at": [stop.leaves_at for stop, _ in expected],
        "earliest_at": [stop.earliest_at for stop, _ in expected],
        "latest_at": [stop.latest_at for stop, _ in expected],
        "stops_before": [stop.stops_before for stop, _ in expected],
        "late_s": [stop.late_s for stop, _ in expected],
        "late_risk": [stop.late_risk for stop, _ in expected],
        "told_at": [told.told_at for _, told in expected],
        "approached_at": [told.approached_at for _, told in expected],
    }
    if expected:
        session.execute(_SAVE_EXPECTED, {"organisation_id": organisation_id, "route_id": route_id, **columns})


def list_expectations(
    session: Session, organisation_id: OrganisationId, route_ids: Collection[UUID]
) -> tuple[StopExpectation, ...]:
    """Return the stops of routes as they stand."""
    query = (
        sa.select(StopRow)
        .where(StopRow.organisation_id == organisation_id, StopRow.route_id.in_(sorted(route_ids)))
        .order_by(StopRow.route_id, StopRow.expected_at, StopRow.stop_id)
        .execution_options(populate_existing=True)
    )
    return tuple(_expectation(row) for row in session.execute(query).scalars())


def _followed(session: Session, organisation_id: OrganisationId, row: RouteRow) -> Followed:
    query = sa.select(StopRow).where(StopRow.organisation_id == organisation_id, StopRow.route_id == row.route_id)
    stops = session.execute(query.execution_options(populate_existing=True)).scalars().all()
    actuals = RouteActuals(
        departed_at=row.departed_at,
        stops={stop.stop_id: _actual(stop) for stop in stops if stop.state != StopState.PENDING},
        breaks_taken=row.breaks_taken,
    )
    return Followed(
        route=_ROUTE.validate_python(row.route),
        actuals=actuals,
        told={stop.stop_id: Told(told_at=stop.told_at, approached_at=stop.approached_at) for stop in stops},
        returns_at=row.returns_at,
        closed_at=row.closed_at,
    )


def _actual(row: StopRow) -> StopActual:
    return StopActual(state=StopState(row.state), arrived_at=row.arrived_at, left_at=row.left_at)


def _expectation(row: StopRow) -> StopExpectation:
    expected = None
    if row.expected_at and row.leaves_at and row.earliest_at and row.latest_at and row.stops_before is not None:
        expected = StopForecast(
            stop_id=row.stop_id,
            arrives_at=row.expected_at,
            leaves_at=row.leaves_at,
            earliest_at=row.earliest_at,
            latest_at=row.latest_at,
            stops_before=row.stops_before,
            late_s=row.late_s or 0,
            late_risk=row.late_risk,
        )
    return StopExpectation(route_id=row.route_id, stop_id=row.stop_id, actual=_actual(row), expected=expected)
