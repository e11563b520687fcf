"""The table of operations."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from zaguan.base.kit.facts import Plain
from zaguan.base.kit.tables import Base, Owned, TextList
from zaguan.records.operations.model import OperationId, OperationState


class OperationRow(Owned, Base):
    """One operation."""

    __tablename__ = "operations"
    __table_args__ = (sa.Index(None, "organisation_id", "owner", "asked_at"), sa.Index(None, "ended_at"))

    id: Mapped[OperationId] = mapped_column(primary_key=True)
    kind: Mapped[str]
    owner: Mapped[str]
    state: Mapped[OperationState]
    progress: Mapped[float]
    result: Mapped[dict[str, Plain] | None] = mapped_column(JSONB(none_as_null=True))
    errors: Mapped[TextList]
    asked_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    cancel_asked_at: Mapped[datetime | None]
