"""All SQL of the newest positions and of what vehicles remember."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from zaguan.base.geo.point import Point
from zaguan.base.kit.ids import OrganisationId
from zaguan.operations.tracking.filters import Doubt, Duty
from zaguan.operations.tracking.fixes import Fix
from zaguan.operations.tracking.geofences import Presence
from zaguan.operations.tracking.tables import DutyRow, TrailRow
from zaguan.operations.tracking.trail import Astray, Stillness, Trail

_MAKE: Final = sa.text(
    """
    INSERT INTO tracking_trails (organisation_id, vehicle_id)
    SELECT :organisation_id, vehicle_id FROM unnest(CAST(:vehicles AS uuid[])) AS asked (vehicle_id)
    ORDER BY vehicle_id
    ON CONFLICT DO NOTHING
    """
)
_SAVE: Final = sa.text(
    """
    UPDATE tracking_trails SET
        at = moved.at, lon = moved.lon, lat = moved.lat, accuracy_m = moved.accuracy_m, speed_mps = moved.speed_mps,
        heading_deg = moved.heading_deg, received_at = :received_at, clock_offset_s = moved.clock_offset_s,
        route_id = moved.route_id, hub = moved.hub, memory = moved.memory
    FROM unnest(
        CAST(:vehicles AS uuid[]), CAST(:at AS timestamptz[]), CAST(:lon AS float8[]), CAST(:lat AS float8[]),
        CAST(:accuracy_m AS float8[]), CAST(:speed_mps AS float8[]), CAST(:heading_deg AS float8[]),
        CAST(:clock_offset_s AS float8[]), CAST(:routes AS uuid[]), CAST(:hubs AS text[]), CAST(:memory AS jsonb[])
    ) AS moved (
        vehicle_id, at, lon, lat, accuracy_m, speed_mps, heading_deg, clock_offset_s, route_id, hub, memory
    )
    WHERE organisation_id = :organisation_id AND tracking_trails.vehicle_id = moved.vehicle_id
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What a trail is beside its newest fix."""

    doubt: Doubt | None = None
    inside: tuple[Presence, ...] = ()
    still: Stillness | None = None
    astray: Astray | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A trail to be saved, and which route the vehicle is on."""

    vehicle_id: UUID
    trail: Trail
    clock_offset_s: float | None
    route_id: UUID | None
    hub: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewestPosition:
    """Where a vehicle is, as far as is known."""

    vehicle_id: UUID
    fix: Fix
    received_at: datetime
    clock_offset_s: float | None
    route_id: UUID | None
    hub: str


_MEMORY: Final = TypeAdapter(Memory)


def lock_trails(session: Session, organisation_id: OrganisationId, vehicle_ids: Collection[UUID]) -> dict[UUID, Trail]:
    """Return the trails of vehicles, one made for each that has none, and hold them until the transaction ends.

    Always in one order: two transactions with the same vehicles wait for each other instead of crossing.
    """
    wanted = sorted(vehicle_ids)
    query = (
        sa.select(TrailRow)
        .where(TrailRow.organisation_id == organisation_id, TrailRow.vehicle_id.in_(wanted))
        .order_by(TrailRow.vehicle_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    rows = session.execute(query).scalars().all()
    if len(rows) < len(wanted):
        session.execute(_MAKE, {"organisation_id": organisation_id, "vehicles": wanted})
        rows = session.execute(query).scalars().all()
    return {row.vehicle_id: _trail_of(row) for row in rows}


def find_trail(session: Session, organisation_id: OrganisationId, vehicle_id: UUID) -> Trail:
    """Return the trail of a vehicle; an empty one where nothing is known."""
    row = session.get(TrailRow, (organisation_id, vehicle_id), populate_existing=True)
    return Trail() if row is None else _trail_of(row)


def save_trails(
    session: Session, organisation_id: OrganisationId, moved: Collection[Moved], *, received_at: datetime
) -> None:
    """Write the trails that were locked before."""
    newest = [one.trail.newest for one in moved]
    columns: Mapping[str, list[Any]] = {
        "vehicles": [one.vehicle_id for one in moved],
        "at": [fix and fix.at for fix in newest],
        "lon": [fix and fix.point.lon for fix in newest],
        "lat": [fix and fix.point.lat for fix in newest],
        "accuracy_m": [fix and fix.accuracy_m for fix in newest],
        "speed_mps": [fix and fix.speed_mps for fix in newest],
        "heading_deg": [fix and fix.heading_deg for fix in newest],
        "clock_offset_s": [one.clock_offset_s for one in moved],
        "routes": [one.route_id for one in moved],
        "hubs": [one.hub for one in moved],
        "memory": [_memory_of(one.trail) for one in moved],
    }
    session.execute(_SAVE, {"organisation_id": organisation_id, "received_at": received_at, **columns})


def list_newest(
    session: Session, organisation_id: OrganisationId, *, vehicle_ids: Collection[UUID] | None = None
) -> tuple[NewestPosition, ...]:
    """Return the newest position of all vehicles that have one, or of some."""
    query = sa.select(TrailRow).where(TrailRow.organisation_id == organisation_id, TrailRow.at.is_not(None))
    if vehicle_ids is not None:
        query = query.where(TrailRow.vehicle_id.in_(sorted(vehicle_ids)))
    rows = session.execute(query.order_by(TrailRow.vehicle_id).execution_options(populate_existing=True)).scalars()
    found: list[NewestPosition] = []
    for row in rows:
        fix = _newest_of(row)
        assert fix is not None, "a row with a moment has a point"
        assert row.received_at is not None, "a position was received some time"
        found.append(
            NewestPosition(
                vehicle_id=row.vehicle_id,
                fix=fix,
                received_at=row.received_at,
                clock_offset_s=row.clock_offset_s,
                route_id=row.route_id,
                hub=row.hub,
            )
        )
    return tuple(found)


def forget_trails(session: Session, organisation_id: OrganisationId, *, before: datetime) -> int:
    """Delete the trails of vehicles that have not been heard of since a moment; return how many."""
    return _count(
        session.execute(
            sa.delete(TrailRow).where(
                TrailRow.organisation_id == organisation_id,
                sa.func.coalesce(TrailRow.at, TrailRow.received_at) < before,
            )
        )
    )


def list_duties(
    session: Session, organisation_id: OrganisationId, vehicle_ids: Collection[UUID]
) -> dict[UUID, tuple[Duty, ...]]:
    """Return in which spans vehicles may be watched."""
    query = sa.select(DutyRow.vehicle_id, DutyRow.starts_at, DutyRow.ends_at).where(
        DutyRow.organisation_id == organisation_id, DutyRow.vehicle_id.in_(sorted(vehicle_ids))
    )
    duties: dict[UUID, tuple[Duty, ...]] = {}
    for vehicle_id, starts_at, ends_at in session.execute(query):
        duties[vehicle_id] = (*duties.get(vehicle_id, ()), Duty(starts_at=starts_at, ends_at=ends_at))
    return duties


def save_duty(session: Session, organisation_id: OrganisationId, duty_id: UUID, vehicle_id: UUID, duty: Duty) -> None:
    """Write a span in which a vehicle may be watched, in the place of what stood under its id."""
    session.merge(
        DutyRow(
            organisation_id=organisation_id,
            duty_id=duty_id,
            vehicle_id=vehicle_id,
            starts_at=duty.starts_at,
            ends_at=duty.ends_at,
        )
    )
    session.flush()


def end_duty(session: Session, organisation_id: OrganisationId, duty_id: UUID, *, at: datetime) -> None:
    """Let a span end at a moment, if it does not end earlier."""
    session.execute(
        sa.update(DutyRow)
        .where(DutyRow.organisation_id == organisation_id, DutyRow.duty_id == duty_id)
        .values(ends_at=sa.func.least(sa.func.coalesce(DutyRow.ends_at, at), at))
    )


def end_duties(session: Session, organisation_id: OrganisationId, vehicle_id: UUID, *, at: datetime) -> None:
    """Let all spans of a vehicle that began before a moment end at it, if they do not end earlier."""
    session.execute(
        sa.update(DutyRow)
        .where(DutyRow.organisation_id == organisation_id, DutyRow.vehicle_id == vehicle_id, DutyRow.starts_at < at)
        .values(ends_at=sa.func.least(sa.func.coalesce(DutyRow.ends_at, at), at))
    )


def forget_duties(session: Session, organisation_id: OrganisationId, *, before: datetime) -> int:
    """Delete spans that ended before a moment; return how many."""
    return _count(
        session.execute(sa.delete(DutyRow).where(DutyRow.organisation_id == organisation_id, DutyRow.ends_at < before))
    )


def _trail_of(row: TrailRow) -> Trail:
    memory = _MEMORY.validate_python(row.memory)
    return Trail(
        newest=_newest_of(row),
        doubt=memory.doubt,
        inside=memory.inside,
        still=memory.still,
        astray=memory.astray,
    )


def _newest_of(row: TrailRow) -> Fix | None:
    if row.at is None or row.lon is None or row.lat is None:
        return None
    return Fix(
        at=row.at,
        point=Point(lon=row.lon, lat=row.lat),
        accuracy_m=row.accuracy_m,
        speed_mps=row.speed_mps,
        heading_deg=row.heading_deg,
    )


def _memory_of(trail: Trail) -> str:
    memory = Memory(doubt=trail.doubt, inside=trail.inside, still=trail.still, astray=trail.astray)
    return _MEMORY.dump_json(memory).decode()


def _count(result: Any) -> int:
    return int(result.rowcount)
