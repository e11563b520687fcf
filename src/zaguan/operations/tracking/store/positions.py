"""All SQL of fixes: open ones, chunks, quarantine, receipts."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from zaguan.base.geo.point import Point
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.operations.tracking.chunks import CHUNK_S, chunk_start, decode, merged
from zaguan.operations.tracking.filters import Quarantined, Reason
from zaguan.operations.tracking.fixes import Batch, Fix
from zaguan.operations.tracking.model import Receipt
from zaguan.operations.tracking.tables import ChunkRow, OpenFixRow, QuarantineRow, ReceiptRow, TrailRow

_ADD_FIXES: Final = sa.text(
    """
    INSERT INTO tracking_open_fixes
        (organisation_id, vehicle_id, at, lon, lat, accuracy_m, speed_mps, heading_deg)
    SELECT :organisation_id, sent.*
    FROM unnest(
        CAST(:vehicles AS uuid[]), CAST(:at AS timestamptz[]), CAST(:lon AS float8[]), CAST(:lat AS float8[]),
        CAST(:accuracy_m AS float8[]), CAST(:speed_mps AS float8[]), CAST(:heading_deg AS float8[])
    ) AS sent
    """
)
_ADD_RECEIPTS: Final = sa.text(
    """
    INSERT INTO tracking_receipts
        (organisation_id, device_id, batch_id, digest, sent, accepted, repeated, quarantined, clock_offset_s,
         clock_is_off, received_at)
    SELECT :organisation_id, given.*, :received_at
    FROM unnest(
        CAST(:devices AS uuid[]), CAST(:batches AS uuid[]), CAST(:digests AS bytea[]), CAST(:sent AS bigint[]),
        CAST(:accepted AS bigint[]), CAST(:repeated AS bigint[]), CAST(:quarantined AS jsonb[]),
        CAST(:offsets AS float8[]), CAST(:off AS boolean[])
    ) AS given
    """
)
_ADD_QUARANTINED: Final = sa.text(
    """
    INSERT INTO tracking_quarantine
        (organisation_id, id, vehicle_id, device_id, fix_id, reason, at, lon, lat, accuracy_m, received_at)
    SELECT :organisation_id, refused.*, :received_at
    FROM unnest(
        CAST(:ids AS uuid[]), CAST(:vehicles AS uuid[]), CAST(:devices AS uuid[]), CAST(:fixes AS uuid[]),
        CAST(:reasons AS text[]), CAST(:at AS timestamptz[]), CAST(:lon AS float8[]), CAST(:lat AS float8[]),
        CAST(:accuracy_m AS float8[])
    ) AS refused
    """
)
_OPEN_AT: Final = sa.text(
    """
    SELECT fixes.* FROM tracking_open_fixes AS fixes
    JOIN unnest(CAST(:vehicles AS uuid[]), CAST(:at AS timestamptz[])) AS asked (vehicle_id, at)
        ON fixes.vehicle_id = asked.vehicle_id AND fixes.at = asked.at
    WHERE fixes.organisation_id = :organisation_id
    """
)
_CHUNKS_AT: Final = sa.text(
    """
    SELECT chunks.* FROM tracking_chunks AS chunks
    JOIN unnest(CAST(:vehicles AS uuid[]), CAST(:starts AS timestamptz[])) AS asked (vehicle_id, starts_at)
        ON chunks.vehicle_id = asked.vehicle_id AND chunks.starts_at = asked.starts_at
    WHERE chunks.organisation_id = :organisation_id
    """
)
_SAVE_CHUNKS: Final = sa.text(
    """
    INSERT INTO tracking_chunks (organisation_id, vehicle_id, starts_at, fixes, content)
    SELECT :organisation_id, made.*
    FROM unnest(
        CAST(:vehicles AS uuid[]), CAST(:starts AS timestamptz[]), CAST(:counts AS bigint[]), CAST(:contents AS bytea[])
    ) AS made
    ON CONFLICT (organisation_id, vehicle_id, starts_at)
        DO UPDATE SET fixes = excluded.fixes, content = excluded.content
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Fixes of one batch that go to quarantine."""

    batch: Batch
    fixes: Sequence[Quarantined]


def add_fixes(session: Session, organisation_id: OrganisationId, fixes: Mapping[UUID, Sequence[Fix]]) -> None:
    """Write new fixes of vehicles whose trails are locked; each is known to be new."""
    rows = [(vehicle_id, fix) for vehicle_id, several in fixes.items() for fix in several]
    if not rows:
        return
    columns = {
        "vehicles": [vehicle_id for vehicle_id, _ in rows],
        "at": [fix.at for _, fix in rows],
        "lon": [fix.point.lon for _, fix in rows],
        "lat": [fix.point.lat for _, fix in rows],
        "accuracy_m": [fix.accuracy_m for _, fix in rows],
        "speed_mps": [fix.speed_mps for _, fix in rows],
        "heading_deg": [fix.heading_deg for _, fix in rows],
    }
    session.execute(_ADD_FIXES, {"organisation_id": organisation_id, **columns})


def add_quarantined(
    session: Session, organisation_id: OrganisationId, refused: Iterable[Refused], *, received_at: datetime
) -> None:
    """Keep what the filters objected to; off duty without the point, and never a number that is none."""
    rows = [(one.batch, fix) for one in refused for fix in one.fixes]
    if not rows:
        return
    bare = {Reason.OUTSIDE_SHIFT, Reason.INVALID}
    columns = {
        "ids": [new_id() for _ in rows],
        "vehicles": [batch.vehicle_id for batch, _ in rows],
        "devices": [batch.device_id for batch, _ in rows],
        "fixes": [fix.sent.fix_id for _, fix in rows],
        "reasons": [fix.reason.value for _, fix in rows],
        "at": [fix.sent.at for _, fix in rows],
        "lon": [None if fix.reason in bare else fix.sent.lon for _, fix in rows],
        "lat": [None if fix.reason in bare else fix.sent.lat for _, fix in rows],
        "accuracy_m": [None if fix.reason in bare else fix.sent.accuracy_m for _, fix in rows],
    }
    session.execute(_ADD_QUARANTINED, {"organisation_id": organisation_id, "received_at": received_at, **columns})


def known_fixes(
    session: Session, organisation_id: OrganisationId, moments: Mapping[UUID, Collection[datetime]]
) -> dict[UUID, dict[datetime, Fix]]:
    """Return the stored fixes of vehicles at some moments, whether in a chunk or still open."""
    pairs = [(vehicle_id, at) for vehicle_id, several in moments.items() for at in several]
    if not pairs:
        return {}
    known: dict[UUID, dict[datetime, Fix]] = {}
    asked = {"vehicles": [vehicle_id for vehicle_id, _ in pairs], "at": [at for _, at in pairs]}
    for row in session.execute(_OPEN_AT, {"organisation_id": organisation_id, **asked}):
        known.setdefault(row.vehicle_id, {})[row.at] = _fix_of(row)
    spans = sorted({(vehicle_id, chunk_start(at)) for vehicle_id, at in pairs})
    for vehicle_id, _, content in _chunks_at(session, organisation_id, spans):
        wanted = set(moments[vehicle_id])
        found = {fix.at: fix for fix in decode(content) if fix.at in wanted}
        known[vehicle_id] = found | known.get(vehicle_id, {})
    return known


def find_receipts(
    session: Session, organisation_id: OrganisationId, batches: Collection[Batch]
) -> dict[tuple[UUID, UUID], tuple[bytes, Receipt]]:
    """Return what was answered before to batches, by device and batch, with the hash of what they held."""
    keys = [(batch.device_id, batch.batch_id) for batch in batches]
    query = sa.select(ReceiptRow).where(
        ReceiptRow.organisation_id == organisation_id,
        sa.tuple_(ReceiptRow.device_id, ReceiptRow.batch_id).in_(keys),
    )
    return {(row.device_id, row.batch_id): (row.digest, _receipt_of(row)) for row in session.execute(query).scalars()}


def add_receipts(
    session: Session,
    organisation_id: OrganisationId,
    answered: Sequence[tuple[Batch, Receipt]],
    *,
    received_at: datetime,
) -> None:
    """Keep what is answered to batches."""
    if not answered:
        return
    receipts = [receipt for _, receipt in answered]
    columns = {
        "devices": [batch.device_id for batch, _ in answered],
        "batches": [batch.batch_id for batch, _ in answered],
        "digests": [batch.digest() for batch, _ in answered],
        "sent": [receipt.sent for receipt in receipts],
        "accepted": [receipt.accepted for receipt in receipts],
        "repeated": [receipt.repeated for receipt in receipts],
        "quarantined": [_counts(receipt.quarantined) for receipt in receipts],
        "offsets": [receipt.offset_s for receipt in receipts],
        "off": [receipt.clock_is_off for receipt in receipts],
    }
    session.execute(_ADD_RECEIPTS, {"organisation_id": organisation_id, "received_at": received_at, **columns})


def vehicles_to_seal(session: Session, organisation_id: OrganisationId, *, before: datetime, limit: int) -> list[UUID]:
    """Return vehicles that have open fixes from before a moment."""
    query = (
        sa.select(OpenFixRow.vehicle_id)
        .where(OpenFixRow.organisation_id == organisation_id, OpenFixRow.at < before)
        .distinct()
        .order_by(OpenFixRow.vehicle_id)
        .limit(limit)
    )
    return list(session.execute(query).scalars())


def seal(session: Session, organisation_id: OrganisationId, vehicle_ids: Collection[UUID], *, before: datetime) -> int:
    """Move the open fixes from before a moment, the start of a chunk, into chunks; return how many fixes.

    The trails of the vehicles must be locked: then nobody looks for a fix while it is between the two.
    """
    assert chunk_start(before) == before, "a chunk is closed as a whole"
    taken = session.execute(
        sa.delete(OpenFixRow)
        .where(
            OpenFixRow.organisation_id == organisation_id,
            OpenFixRow.vehicle_id.in_(sorted(vehicle_ids)),
            OpenFixRow.at < before,
        )
        .returning(*OpenFixRow.__table__.c)
    ).all()
    late: dict[tuple[UUID, datetime], list[Fix]] = {}
    for row in taken:
        late.setdefault((row.vehicle_id, chunk_start(row.at)), []).append(_fix_of(row))
    if not late:
        return 0
    stored = {(vehicle, starts): content for vehicle, starts, content in _chunks_at(session, organisation_id, late)}
    chunks = [
        (vehicle, starts, merged(stored.get((vehicle, starts)), fixes)) for (vehicle, starts), fixes in late.items()
    ]
    columns = {
        "vehicles": [vehicle for vehicle, _, _ in chunks],
        "starts": [starts for _, starts, _ in chunks],
        "counts": [len(decode(content)) for _, _, content in chunks],
        "contents": [content for _, _, content in chunks],
    }
    session.execute(_SAVE_CHUNKS, {"organisation_id": organisation_id, **columns})
    return len(taken)


def list_path(
    session: Session, organisation_id: OrganisationId, vehicle_id: UUID, *, since: datetime, until: datetime
) -> tuple[Fix, ...]:
    """Return the fixes of a vehicle from one moment to before another, in the order of their times."""
    chunks = session.execute(
        sa.select(ChunkRow.content).where(
            ChunkRow.organisation_id == organisation_id,
            ChunkRow.vehicle_id == vehicle_id,
            ChunkRow.starts_at > since - timedelta(seconds=CHUNK_S),
            ChunkRow.starts_at < until,
        )
    ).scalars()
    open_rows = session.execute(
        sa.select(*OpenFixRow.__table__.c).where(
            OpenFixRow.organisation_id == organisation_id,
            OpenFixRow.vehicle_id == vehicle_id,
            OpenFixRow.at >= since,
            OpenFixRow.at < until,
        )
    )
    found = {fix.at: fix for row in open_rows for fix in [_fix_of(row)]}
    found |= {fix.at: fix for content in chunks for fix in decode(content) if since <= fix.at < until}
    return tuple(found[at] for at in sorted(found))


def count_quarantined(
    session: Session, organisation_id: OrganisationId, *, since: datetime, vehicle_id: UUID | None = None
) -> dict[str, int]:
    """Return how many fixes went to quarantine since a moment, by reason."""
    query = sa.select(QuarantineRow.reason, sa.func.count()).where(
        QuarantineRow.organisation_id == organisation_id, QuarantineRow.received_at >= since
    )
    if vehicle_id is not None:
        query = query.where(QuarantineRow.vehicle_id == vehicle_id)
    return {row[0]: row[1] for row in session.execute(query.group_by(QuarantineRow.reason))}


def organisations_with_positions(session: Session) -> list[OrganisationId]:
    """Return the organisations that have a position of any vehicle; in a session that crosses organisations."""
    return sorted(session.execute(sa.select(TrailRow.organisation_id).distinct()).scalars())


def forget(session: Session, organisation_id: OrganisationId, *, before: datetime, receipts_before: datetime) -> int:
    """Delete fixes of before a moment, and receipts of before another; return how many rows went."""
    gone = 0
    for statement in (
        sa.delete(ChunkRow).where(
            ChunkRow.organisation_id == organisation_id, ChunkRow.starts_at < before - timedelta(seconds=CHUNK_S)
        ),
        sa.delete(OpenFixRow).where(OpenFixRow.organisation_id == organisation_id, OpenFixRow.at < before),
        sa.delete(QuarantineRow).where(
            QuarantineRow.organisation_id == organisation_id, QuarantineRow.received_at < before
        ),
        sa.delete(ReceiptRow).where(
            ReceiptRow.organisation_id == organisation_id, ReceiptRow.received_at < receipts_before
        ),
    ):
        result: Any = session.execute(statement)
        gone += int(result.rowcount)
    return gone


def _chunks_at(
    session: Session, organisation_id: OrganisationId, spans: Iterable[tuple[UUID, datetime]]
) -> list[tuple[UUID, datetime, bytes]]:
    asked = list(spans)
    columns = {"vehicles": [vehicle for vehicle, _ in asked], "starts": [starts for _, starts in asked]}
    rows = session.execute(_CHUNKS_AT, {"organisation_id": organisation_id, **columns})
    return [(row.vehicle_id, row.starts_at, bytes(row.content)) for row in rows]


def _fix_of(row: Any) -> Fix:
    return Fix(
        at=row.at,
        point=Point(lon=row.lon, lat=row.lat),
        accuracy_m=row.accuracy_m,
        speed_mps=row.speed_mps,
        heading_deg=row.heading_deg,
    )


def _receipt_of(row: ReceiptRow) -> Receipt:
    return Receipt(
        batch_id=row.batch_id,
        sent=row.sent,
        accepted=row.accepted,
        repeated=row.repeated,
        quarantined=row.quarantined,
        offset_s=row.clock_offset_s,
        clock_is_off=row.clock_is_off,
    )


def _counts(quarantined: Mapping[str, int]) -> str:
    # reasons are plain words: nothing to escape
    return "{" + ",".join(f'"{reason}":{count}' for reason, count in quarantined.items()) + "}"
