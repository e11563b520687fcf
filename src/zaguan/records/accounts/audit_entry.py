"""A line of the audit trail: who did what to which record, from where."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from zaguan.base.kit.ids import OrganisationId

type Detail = str | int | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Who did what to which record, from where. It names people by id only, so that it survives their erasure."""

    id: UUID
    organisation_id: OrganisationId
    at: datetime
    actor: str  # kind and id, as `Principal.actor` writes it
    action: str  # noun and verb in the past: "user.disabled"
    record_kind: str
    record_id: str
    address: str | None = field(default=None, repr=False)
    details: Mapping[str, Detail] = field(default_factory=dict)
