"""Use cases around the person an order is for: consent, notes, giving out and forgetting what is known."""

from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy.orm import Session

from zaguan.base.geo.place import Place
from zaguan.base.kit.clock import Clock
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.records.orders import telling
from zaguan.records.orders.booking import MAX_TEXT_CHARS, BookedOrder, Note, changed, is_text
from zaguan.records.orders.model import Channel, Consent, OrderId, Recipient
from zaguan.records.orders.refusals import BadOrder
from zaguan.records.orders.states import CLOSED, Mover
from zaguan.records.orders.store import orders as store
from zaguan.records.orders.store import persons

_ERASED_AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """How many orders forgot the person, and which are still under way and need the address until they end."""

    erased: int
    waiting: tuple[OrderId, ...]


def set_consent(
    session: Session,
    organisation_id: OrganisationId,
    order_id: OrderId,
    channel: Channel,
    granted: bool,
    *,
    by: Mover,
    actor: str,
    clock: Clock,
) -> BookedOrder:
    """Keep a recipient's yes or no to a channel; the later one counts, and it may come in any state."""
    order = store.get_order(session, organisation_id, order_id, for_update=True)
    at = clock.now()
    others = tuple(each for each in order.asked.recipient.consents if each.channel is not channel)
    consents = (*others, Consent(channel=channel, granted=granted, given_at=at))
    recipient = replace(order.asked.recipient, consents=consents)
    fresh = changed(order, at=at, asked=replace(order.asked, recipient=recipient))
    store.update_orders(session, organisation_id, [(order, fresh)])
    facts = [telling.revised(fresh, ("recipient",), by=by)]
    telling.announce(session, organisation_id, [(order_id, facts)], occurred_at=at, actor=actor)
    return fresh


def add_note(
    session: Session, organisation_id: OrganisationId, order_id: OrderId, text: str, *, written_by: str, clock: Clock
) -> Note:
    """Write a note about an order; an empty or endless one is refused."""
    faults = {"empty": not text.strip(), "not_text": not is_text(text), "too_long": len(text) > MAX_TEXT_CHARS}
    for why, wrong in faults.items():
        if wrong:
            raise BadOrder(field="note", why=why)
    store.get_order(session, organisation_id, order_id)
    note = Note(id=new_id(), order_id=order_id, text=text, written_by=written_by, written_at=clock.now())
    persons.add_note(session, organisation_id, note)
    return note


def list_notes(session: Session, organisation_id: OrganisationId, order_id: OrderId) -> tuple[Note, ...]:
    """Return the notes of an order, oldest first."""
    return persons.list_notes(session, organisation_id, order_id)


def orders_of_person(
    session: Session, organisation_id: OrganisationId, *, phone: str = "", email: str = ""
) -> tuple[BookedOrder, ...]:
    """Return all orders for a person, known by phone or mail: what is to be given out when they ask."""
    ids = persons.order_ids_of_person(session, organisation_id, phone=phone, email=email)
    return tuple(store.get_orders(session, organisation_id, ids).values())


def erase_person(
    session: Session,
    organisation_id: OrganisationId,
    *,
    actor: str,
    clock: Clock,
    phone: str = "",
    email: str = "",
) -> Erasure:
    """Forget a person, known by phone or mail, in all orders that have ended: name, contacts, address, notes.

    What counts in figures stays: day, commune, zone, weight, money, states and reasons. Orders that are under way keep
    what the driver needs; call again when they have ended.
    """
    ids = persons.order_ids_of_person(session, organisation_id, phone=phone, email=email)
    at = clock.now()
    done: set[OrderId] = set()
    for start in range(0, len(ids), _ERASED_AT_ONCE):
        locked = store.lock_orders(session, organisation_id, ids[start : start + _ERASED_AT_ONCE])
        ended = [order for order in locked.values() if order.state in CLOSED]
        changes = [(order, _forgotten(changed(order, at=at))) for order in ended]
        store.update_orders(session, organisation_id, changes)
        persons.forget_texts(session, organisation_id, [order.id for order in ended])
        facts = [(fresh.id, [telling.erased(fresh, by=Mover.PLATFORM)]) for _, fresh in changes]
        telling.announce(session, organisation_id, facts, occurred_at=at, actor=actor)
        done |= {order.id for order in ended}
    return Erasure(erased=len(done), waiting=tuple(order_id for order_id in ids if order_id not in done))


def _forgotten(order: BookedOrder) -> BookedOrder:
    place = order.asked.place
    asked = replace(
        order.asked,
        place=Place(address="", commune=place.commune, city=place.city, grade=place.grade),
        recipient=Recipient(),
        notes="",
        tags=(),
    )
    return replace(order, asked=asked)
