"""The table of reactions that have had their effect."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from zaguan.base.kit.tables import Base, Owned


class ReactionRow(Owned, Base):
    """A reaction to an event, written in the transaction of its effect."""

    __tablename__ = "reactions_done"
    __table_args__ = (sa.Index(None, "done_at"),)

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    reaction: Mapped[str] = mapped_column(primary_key=True)
    done_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
