"""The audit trail: rows are added and read. None is changed but to take a person's address out."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from zaguan.base.kit.ids import OrganisationId
from zaguan.records.accounts.audit_entry import AuditEntry
from zaguan.records.accounts.tables import AuditRow


def add_entry(session: Session, entry: AuditEntry) -> None:
    """Append a line."""
    session.add(
        AuditRow(
            organisation_id=entry.organisation_id,
            id=entry.id,
            at=entry.at,
            actor=entry.actor,
            action=entry.action,
            record_kind=entry.record_kind,
            record_id=entry.record_id,
            address=entry.address,
            details=dict(entry.details),
        )
    )
    session.flush()


def list_entries(
    session: Session,
    organisation_id: OrganisationId,
    *,
    before: UUID | None = None,
    actor: str | None = None,
    record: tuple[str, str] | None = None,
    limit: int = 100,
) -> list[AuditEntry]:
    """Return a page of lines, the newest first; of one actor or about one record where given."""
    wanted = sa.select(AuditRow).where(AuditRow.organisation_id == organisation_id)
    if before is not None:
        wanted = wanted.where(AuditRow.id < before)
    if actor is not None:
        wanted = wanted.where(AuditRow.actor == actor)
    if record is not None:
        wanted = wanted.where(AuditRow.record_kind == record[0], AuditRow.record_id == record[1])
    return [_entry(row) for row in session.scalars(wanted.order_by(AuditRow.id.desc()).limit(limit))]


def forget_addresses(session: Session, organisation_id: OrganisationId, actor: str) -> int:
    """Take out from where somebody acted, and return of how many lines."""
    forgotten = (
        sa.update(AuditRow)
        .where(AuditRow.organisation_id == organisation_id, AuditRow.actor == actor, AuditRow.address.is_not(None))
        .values(address=None)
        .returning(AuditRow.id)
    )
    return len(session.execute(forgotten).all())


def _entry(row: AuditRow) -> AuditEntry:
    return AuditEntry(
        id=row.id,
        organisation_id=row.organisation_id,
        at=row.at,
        actor=row.actor,
        action=row.action,
        record_kind=row.record_kind,
        record_id=row.record_id,
        address=row.address,
        details=row.details,
    )
