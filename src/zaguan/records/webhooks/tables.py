"""Tables of endpoints and deliveries."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from zaguan.base.kit.tables import ORGANISATION, Base, Owned, TextList, reference
from zaguan.records.webhooks.model import DeliveryId, DeliveryState, EndpointId, OffReason


class EndpointRow(Owned, Base):
    """Where somebody wants to be told."""

    __tablename__ = "webhook_endpoints"
    __table_args__ = (sa.Index(None, ORGANISATION, "owner"),)

    id: Mapped[EndpointId] = mapped_column(primary_key=True)
    owner: Mapped[str]
    url: Mapped[str]
    types: Mapped[TextList]
    description: Mapped[str]
    secrets: Mapped[list[Any]]  # [value, until]
    enabled: Mapped[bool]
    off_reason: Mapped[OffReason | None]
    failures: Mapped[int]
    rests_until: Mapped[datetime | None]
    version: Mapped[int]
    created_at: Mapped[datetime]


class DeliveryRow(Owned, Base):
    """The telling of one fact to one endpoint."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        reference("endpoint_id", "webhook_endpoints", on_delete="CASCADE"),
        # a reaction that runs twice notes a delivery once
        sa.UniqueConstraint(ORGANISATION, "endpoint_id", "event_id"),
        sa.Index(
            "webhook_deliveries_due_idx",
            *(ORGANISATION, "endpoint_id", "next_try_at"),
            postgresql_where=sa.text("next_try_at IS NOT NULL"),
        ),
        sa.Index(None, "ended_at"),
    )

    id: Mapped[DeliveryId] = mapped_column(primary_key=True)
    endpoint_id: Mapped[EndpointId]
    event_id: Mapped[UUID]
    event_type: Mapped[str]
    position: Mapped[int]
    state: Mapped[DeliveryState]
    tries: Mapped[int]
    next_try_at: Mapped[datetime | None]
    attempts: Mapped[list[Any]]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
