"""The audit trail, as other rooms and doors use it."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from zaguan.base.kit.clock import Clock
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.records.accounts.audit_entry import AuditEntry, Detail
from zaguan.records.accounts.model import Permission, Principal
from zaguan.records.accounts.refusals import BadCursor
from zaguan.records.accounts.store import audit as store

PAGE_LONGEST: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """Some lines, the newest first; `next_cursor` leads to those before, None ends."""

    entries: tuple[AuditEntry, ...]
    next_cursor: str | None


def note(
    session: Session,
    organisation_id: OrganisationId,
    action: str,
    *,
    record: tuple[str, object],
    by: Principal,
    clock: Clock,
    details: Mapping[str, Detail] | None = None,
) -> AuditEntry:
    """Write down who did what to which record, in the transaction of the act itself.

    `record` is a kind and an id. Details hold no name, no address, no secret: the trail outlives a person's data.
    """
    assert by.organisation_id == organisation_id, "nobody acts in another organisation"
    entry = AuditEntry(
        id=new_id(clock),
        organisation_id=organisation_id,
        at=clock.now(),
        actor=by.actor,
        action=action,
        record_kind=record[0],
        record_id=str(record[1]),
        address=by.address,
        details=dict(details or {}),
    )
    store.add_entry(session, entry)
    return entry


def read_audit(
    session: Session,
    organisation_id: OrganisationId,
    *,
    by: Principal,
    cursor: str | None = None,
    actor: str | None = None,
    record: tuple[str, str] | None = None,
    limit: int = 100,
) -> AuditPage:
    """Return a page of the trail. Refused: NotPermitted, BadCursor."""
    by.require(Permission.AUDIT_READ)
    limit = max(1, min(limit, PAGE_LONGEST))
    before = None if cursor is None else _id_of(cursor)
    found = store.list_entries(session, organisation_id, before=before, actor=actor, record=record, limit=limit + 1)
    entries = tuple(found[:limit])
    return AuditPage(entries=entries, next_cursor=_cursor_of(entries[-1].id) if len(found) > limit else None)


def _cursor_of(entry_id: UUID) -> str:
    return base64.urlsafe_b64encode(entry_id.bytes).decode().rstrip("=")


def _id_of(cursor: str) -> UUID:
    try:
        return UUID(bytes=base64.b64decode(f"{cursor}==", altchars=b"-_", validate=True))
    except (ValueError, binascii.Error):
        raise BadCursor() from None
