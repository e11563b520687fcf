"""All SQL of what is known of a person: found by phone or mail, given out, or erased; and of notes."""

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from zaguan.base.kit.ids import OrganisationId
from zaguan.records.orders.booking import Note, is_text
from zaguan.records.orders.model import OrderId
from zaguan.records.orders.store.orders import ORDERS, PARCELS
from zaguan.records.orders.store.rows import table_of
from zaguan.records.orders.tables import NoteRow

NOTES: Final = table_of(NoteRow)


def order_ids_of_person(
    session: Session, organisation_id: OrganisationId, *, phone: str, email: str
) -> tuple[OrderId, ...]:
    """Return the orders whose recipient has this phone or this mail address, oldest first."""
    known = [
        column == value
        for column, value in ((ORDERS.c.phone, phone), (ORDERS.c.email, email))
        if is_text(value) and value
    ]
    if not known:
        return ()
    query = sa.select(ORDERS.c.id).where(ORDERS.c.organisation_id == organisation_id, sa.or_(*known))
    return tuple(session.execute(query.order_by(ORDERS.c.id)).scalars())


def add_note(session: Session, organisation_id: OrganisationId, note: Note) -> None:
    """Write a note."""
    values = {name: getattr(note, name) for name in _NOTE}
    session.execute(sa.insert(NOTES).values(organisation_id=organisation_id, **values))


def list_notes(session: Session, organisation_id: OrganisationId, order_id: OrderId) -> tuple[Note, ...]:
    """Return the notes of an order, oldest first."""
    query = (
        sa.select(NOTES)
        .where(NOTES.c.organisation_id == organisation_id, NOTES.c.order_id == order_id)
        .order_by(NOTES.c.written_at, NOTES.c.id)
    )
    return tuple(_note_of(row) for row in session.execute(query))


def forget_texts(session: Session, organisation_id: OrganisationId, order_ids: list[OrderId]) -> None:
    """Take away what people wrote about orders: notes, and what the parcels were called."""
    for table in (NOTES, PARCELS):
        wanted = [table.c.organisation_id == organisation_id, table.c.order_id.in_(order_ids)]
        if table is NOTES:
            session.execute(sa.delete(NOTES).where(*wanted))
        else:
            session.execute(sa.update(PARCELS).where(*wanted).values(description=""))


_NOTE: Final = ("id", "order_id", "text", "written_by", "written_at")


def _note_of(row: Any) -> Note:
    return Note(**{name: getattr(row, name) for name in _NOTE})
