"""Taking orders on, one or thousands at a time: new ones are booked, known ones changed, bad ones refused alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from zaguan.base.events.order import OrderFact
from zaguan.base.kit.clock import Clock
from zaguan.base.kit.errors import ZaguanError
from zaguan.base.kit.ids import OrganisationId
from zaguan.records.orders import telling
from zaguan.records.orders.booking import BookedOrder, Hold, NewOrder, Shipper, check_order, fingerprint_of
from zaguan.records.orders.decisions import Level, Revision, book_order, recheck_hold, revise_order
from zaguan.records.orders.model import Order, OrderId, ShipperId
from zaguan.records.orders.refusals import BadOrder, OrderExists, SameOrderTwice, TooManyOrders
from zaguan.records.orders.states import Mover
from zaguan.records.orders.store import orders as store
from zaguan.records.orders.store import terms
from zaguan.records.orders.store.orders import Key

MAX_BATCH: Final = 25_000


class Outcome(StrEnum):
    """What became of one order of a batch."""

    RECEIVED = "received"
    CHANGED = "changed"
    UNCHANGED = "unchanged"  # was there already, and says the same
    REFUSED = "refused"


class OnExisting(StrEnum):
    """What to do with an order whose number its shipper has used already."""

    CHANGE = "change"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of one order: the order as it stands now, or why it was refused."""

    external_id: str
    outcome: Outcome
    order: BookedOrder | None = None
    refusal: ZaguanError | None = None


@dataclass(slots=True, kw_only=True)
class _Batch:
    """What is needed while a batch is taken on, and what becomes of it, by place in the batch."""

    by: Mover
    at: datetime
    on_existing: OnExisting
    shippers: Mapping[ShipperId, Shipper]
    levels: Mapping[str, Level]
    receipts: dict[int, Receipt] = field(default_factory=dict)
    waiting: dict[Key, tuple[int, NewOrder]] = field(default_factory=dict)
    fresh: dict[Key, BookedOrder] = field(default_factory=dict)
    changes: list[tuple[BookedOrder, BookedOrder]] = field(default_factory=list)
    facts: list[tuple[OrderId, Sequence[OrderFact]]] = field(default_factory=list)

    def refuse(self, place: int, new: NewOrder, refusal: ZaguanError) -> None:
        self.receipts[place] = Receipt(external_id=new.asked.ref, outcome=Outcome.REFUSED, refusal=refusal)


def receive_order(
    session: Session,
    organisation_id: OrganisationId,
    new: NewOrder,
    *,
    by: Mover,
    actor: str,
    clock: Clock,
    on_existing: OnExisting = OnExisting.CHANGE,
) -> Receipt:
    """Take one order on, or change the one that is there by its number. What cannot be taken is raised."""
    (receipt,) = receive_orders(
        session, organisation_id, [new], by=by, actor=actor, clock=clock, on_existing=on_existing
    )
    if receipt.refusal is not None:
        raise receipt.refusal
    return receipt


def receive_orders(
    session: Session,
    organisation_id: OrganisationId,
    news: Sequence[NewOrder],
    *,
    by: Mover,
    actor: str,
    clock: Clock,
    on_existing: OnExisting = OnExisting.CHANGE,
) -> tuple[Receipt, ...]:
    """Take many orders on in one transaction; the receipts come in their order.

    A bad order is refused alone and the good rest goes in. Of two batches that bring the same number at the same
    time one books it and the other changes it. More than 25,000 orders at once are refused as a whole.
    """
    if len(news) > MAX_BATCH:
        raise TooManyOrders(orders=len(news), most=MAX_BATCH)
    shippers = terms.shippers_of(session, organisation_id, {new.shipper_id for new in news})
    has_levels = any(new.service_level for new in news) or any(each.service_level for each in shippers.values())
    batch = _Batch(
        by=by,
        at=clock.now(),
        on_existing=on_existing,
        shippers=shippers,
        levels=terms.levels_of(session, organisation_id) if has_levels else {},
    )
    _look_at(batch, news)
    existing = store.lock_by_keys(session, organisation_id, batch.waiting.keys())
    _book(session, organisation_id, batch, existing)
    inserted = store.insert_orders(session, organisation_id, batch.fresh.values())
    # somebody else booked these at this very moment: their orders are there now, to be changed
    beaten = {key for key, order in batch.fresh.items() if order.id not in inserted}
    existing = {**existing, **store.lock_by_keys(session, organisation_id, beaten)}
    for key in batch.waiting:
        if key in existing:
            _change(batch, key, existing[key])
        else:
            order = batch.fresh[key]
            batch.facts.append((order.id, [telling.received(order)]))
            batch.receipts[batch.waiting[key][0]] = Receipt(
                external_id=order.external_id, outcome=Outcome.RECEIVED, order=order
            )
    store.update_orders(session, organisation_id, batch.changes)
    telling.announce(session, organisation_id, batch.facts, occurred_at=batch.at, actor=actor)
    assert len(batch.receipts) == len(news), "every order has its receipt"
    return tuple(batch.receipts[place] for place in range(len(news)))


def _look_at(batch: _Batch, news: Sequence[NewOrder]) -> None:
    """Refuse what can be seen to be bad without the orders that are there."""
    for place, new in enumerate(news):
        try:
            check_order(new.asked)
            shipper = batch.shippers.get(new.shipper_id)
            if shipper is None or not shipper.active:
                raise BadOrder(field="shipper", why="no_shipper")
            new = replace(new, service_level=new.service_level or shipper.service_level)
            if new.service_level and new.service_level not in batch.levels:
                raise BadOrder(field="service_level", why="no_level")
            key = (new.shipper_id, new.asked.ref)
            if key in batch.waiting:
                raise SameOrderTwice(order=new.asked.ref)
        except ZaguanError as refusal:
            batch.refuse(place, new, refusal)
        else:
            batch.waiting[key] = (place, new)


def _book(
    session: Session, organisation_id: OrganisationId, batch: _Batch, existing: Mapping[Key, BookedOrder]
) -> None:
    """Book the orders that are new, and flag those that look like another one under another number."""
    news = {key: new for key, (_, new) in batch.waiting.items() if key not in existing}
    for key, new in news.items():
        try:
            batch.fresh[key] = book_order(new, level=batch.levels.get(new.service_level), by=batch.by, at=batch.at)
        except ZaguanError as refusal:
            batch.refuse(batch.waiting.pop(key)[0], new, refusal)
    prints = {key: fingerprint_of(order.shipper_id, order.asked) for key, order in batch.fresh.items()}
    seen = store.find_likely_doubles(session, organisation_id, set(prints.values()))
    for key, order in batch.fresh.items():
        fingerprint = prints[key]
        if not fingerprint:
            continue
        if fingerprint in seen:
            batch.fresh[key] = replace(order, duplicate_of=seen[fingerprint])
        else:
            seen[fingerprint] = order.id


def _change(batch: _Batch, key: Key, order: BookedOrder) -> None:
    """Change an order that is there, or refuse to."""
    place, new = batch.waiting[key]
    try:
        if batch.on_existing is OnExisting.REFUSE:
            raise OrderExists(order=order.external_id)
        asked = _asked_again(order, new)
        zone_ref = new.zone_ref if asked.place != order.asked.place else None
        revision = revise_order(order, asked, by=batch.by, at=batch.at, zone_ref=zone_ref)
        revision = recheck_hold(revision, new.hold, by=batch.by, at=batch.at)
    except ZaguanError as refusal:
        batch.refuse(place, new, refusal)
        return
    if not revision.fields:
        batch.receipts[place] = Receipt(external_id=order.external_id, outcome=Outcome.UNCHANGED, order=order)
        return
    batch.changes.append((order, revision.order))
    batch.facts.append((order.id, facts_of_revision(revision, by=batch.by)))
    batch.receipts[place] = Receipt(external_id=order.external_id, outcome=Outcome.CHANGED, order=revision.order)


def _asked_again(order: BookedOrder, new: NewOrder) -> Order:
    """Return what is asked for now; one that names no day keeps the day and window that were promised."""
    asked = new.asked
    if new.promise is not None:
        window = new.promise.as_time_window()
        return replace(asked, service_on=new.promise.on, windows=asked.windows or (window,))
    if asked.service_on is None and not asked.windows:
        return replace(asked, service_on=order.asked.service_on, windows=order.asked.windows)
    return asked


def facts_of_revision(revision: Revision, *, by: Mover) -> list[OrderFact]:
    """Return the facts of a change, and of the moves that it brought."""
    order, ways = revision.order, revision.ways
    before = replace(order, state=ways[0].source) if ways else order
    details = telling.Details(hold=order.hold or Hold.OTHER)
    return [
        telling.revised(before, revision.fields, by=by),
        *(telling.moved_to(order, way, by=by, details=details) for way in ways),
    ]
