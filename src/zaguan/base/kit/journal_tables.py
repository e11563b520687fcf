"""The tables of the journal: the events of an organisation, and the head of each stream."""

from datetime import datetime
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from zaguan.base.kit.tables import ORGANISATION, Base, Owned

POSITIONS: Final = "journal_position_seq"


class StreamRow(Owned, Base):
    """The head of a stream: its last number and hash. Whoever appends holds this row until the transaction ends."""

    __tablename__ = "journal_streams"

    kind: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int]
    hash: Mapped[str]


class EventRow(Owned, Base):
    """One event. Rows are only ever added; `data` is canonical JSON, kept as text so that its bytes stay."""

    __tablename__ = "journal"
    __table_args__ = (
        sa.UniqueConstraint(ORGANISATION, "stream_kind", "stream_id", "sequence"),
        sa.UniqueConstraint(ORGANISATION, "id"),
    )

    # CACHE 1, the default: numbers kept aside by a connection would break what `reading` relies on
    position: Mapped[int] = mapped_column(sa.BigInteger(), sa.Sequence(POSITIONS), primary_key=True)
    id: Mapped[UUID]
    stream_kind: Mapped[str]
    stream_id: Mapped[UUID]
    sequence: Mapped[int]
    type: Mapped[str]
    data: Mapped[str]
    actor: Mapped[str]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    previous: Mapped[str]
    hash: Mapped[str]
