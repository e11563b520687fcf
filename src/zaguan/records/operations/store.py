"""All SQL of the operations."""

from dataclasses import fields
from datetime import datetime
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from zaguan.base.kit.ids import OrganisationId
from zaguan.records.operations.model import Operation, OperationId, OperationNotFound
from zaguan.records.operations.tables import OperationRow


def save_operation(session: Session, organisation_id: OrganisationId, operation: Operation) -> None:
    """Store an operation as it stands."""
    facts = {field.name: getattr(operation, field.name) for field in fields(Operation)}
    facts["result"] = None if operation.result is None else dict(operation.result)
    facts["errors"] = list(operation.errors)
    session.merge(OperationRow(organisation_id=organisation_id, **facts))
    session.flush()


def get_operation(session: Session, organisation_id: OrganisationId, operation_id: OperationId) -> Operation:
    """Return an operation. Refused: OperationNotFound."""
    return _found(session.get(OperationRow, (organisation_id, operation_id), populate_existing=True))


def lock_operation(session: Session, organisation_id: OrganisationId, operation_id: OperationId) -> Operation:
    """Return an operation and let nobody else change it until the transaction ends. Refused: OperationNotFound."""
    key = (organisation_id, operation_id)
    return _found(session.get(OperationRow, key, with_for_update=True, populate_existing=True))


def list_operations(
    session: Session,
    organisation_id: OrganisationId,
    *,
    owner: str,
    before: OperationId | None = None,
    limit: int = 100,
) -> list[Operation]:
    """Return the operations of an owner, the newest first, those asked for before another one."""
    query = sa.select(OperationRow).where(OperationRow.organisation_id == organisation_id, OperationRow.owner == owner)
    if before is not None:
        query = query.where(OperationRow.id < before)
    return [_found(row) for row in session.scalars(query.order_by(OperationRow.id.desc()).limit(limit))]


def delete_operations(session: Session, *, before: datetime) -> int:
    """Remove what ended before a moment, of all organisations that the session sees; return how many."""
    done = session.execute(sa.delete(OperationRow).where(OperationRow.ended_at < before))
    return cast("sa.CursorResult[object]", done).rowcount


def _found(row: OperationRow | None) -> Operation:
    if row is None:
        raise OperationNotFound
    facts = {field.name: getattr(row, field.name) for field in fields(Operation)}
    return Operation(**{**facts, "errors": tuple(row.errors)})
