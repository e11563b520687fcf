"""The table of kept answers."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from zaguan.base.kit.tables import Base, Owned


class AnswerRow(Owned, Base):
    """One answer to one keyed request."""

    __tablename__ = "kept_answers"
    __table_args__ = (sa.Index(None, "answered_at"),)

    owner: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    status: Mapped[int]
    headers: Mapped[list[list[str]]]
    body: Mapped[bytes]
    answered_at: Mapped[datetime]
