"""Parcels one by one: seen at the hub, aboard, at a point, missing, lost, damaged."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from zaguan.base.kit.clock import Clock
from zaguan.base.kit.ids import OrganisationId
from zaguan.records.orders import telling
from zaguan.records.orders.booking import BookedOrder, changed
from zaguan.records.orders.decisions import with_parcels
from zaguan.records.orders.model import OrderId, ParcelId
from zaguan.records.orders.parcels import PARCEL_TRANSITIONS, ParcelState, TrackedParcel, find_parcel_transition
from zaguan.records.orders.refusals import ParcelAmbiguous, ParcelNotFound, shown
from zaguan.records.orders.states import Mover
from zaguan.records.orders.store import orders as store


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A parcel as it stands after a scan, and its order. `repeated`: it was there already, nothing was told again."""

    parcel: TrackedParcel
    order: BookedOrder
    repeated: bool = False


def find_parcel_by_barcode(
    session: Session, organisation_id: OrganisationId, barcode: str, *, order_id: OrderId | None = None
) -> tuple[OrderId, ParcelId]:
    """Return the order and the open parcel with a barcode; among several orders `order_id` decides.

    A barcode that no open parcel has, or several orders have, is refused.
    """
    owners = store.order_ids_of_barcode(session, organisation_id, barcode)
    if order_id is not None:
        owners = tuple(owner for owner in owners if owner == order_id)
    if not owners:
        raise ParcelNotFound(parcel=shown(barcode))
    if len(owners) > 1:
        numbers = [store.get_order(session, organisation_id, owner).external_id for owner in owners[:5]]
        raise ParcelAmbiguous(barcode=shown(barcode), orders=", ".join(numbers))
    order = store.get_order(session, organisation_id, owners[0])
    return order.id, next(parcel.id for parcel in order.parcels if parcel.content.barcode == barcode)


def scan_parcel(
    session: Session,
    organisation_id: OrganisationId,
    parcel_id: ParcelId,
    target: ParcelState,
    *,
    by: Mover,
    actor: str,
    clock: Clock,
    at: datetime | None = None,
    place: str = "",
) -> Scan:
    """Record that a parcel was seen, or not seen, somewhere; a way that is not there is refused.

    The same scan twice changes nothing and tells nothing. The order does not follow by itself: whoever loads or
    delivers says so of the order.
    """
    at = at or clock.now()
    order, parcel = _locked(session, organisation_id, parcel_id)
    if parcel.state is target and parcel.seen_place == place:
        return Scan(parcel=parcel, order=order, repeated=True)
    if parcel.state is target:
        # seen again elsewhere: from hub to hub without a scan between
        seen, fact = replace(parcel, seen_at=at, seen_place=place), _fact_of(target)
    else:
        seen = parcel.moved(target, at=at, place=place)
        way = find_parcel_transition(parcel.state, target)
        assert way is not None, "moved along it"
        fact = way.fact
    return _kept(session, organisation_id, order, parcel, seen, fact, by=by, actor=actor, at=at)


def report_damage(
    session: Session,
    organisation_id: OrganisationId,
    parcel_id: ParcelId,
    *,
    by: Mover,
    actor: str,
    clock: Clock,
    at: datetime | None = None,
    place: str = "",
) -> Scan:
    """Record that a parcel is no longer in good condition; once is enough."""
    at = at or clock.now()
    order, parcel = _locked(session, organisation_id, parcel_id)
    if parcel.damaged:
        return Scan(parcel=parcel, order=order, repeated=True)
    seen = replace(parcel, damaged=True, seen_at=at, seen_place=place or parcel.seen_place)
    return _kept(session, organisation_id, order, parcel, seen, "parcel.damaged", by=by, actor=actor, at=at)


def _locked(
    session: Session, organisation_id: OrganisationId, parcel_id: ParcelId
) -> tuple[BookedOrder, TrackedParcel]:
    order_id = store.order_id_of_parcel(session, organisation_id, parcel_id)
    if order_id is None:
        raise ParcelNotFound(parcel=str(parcel_id))
    order = store.get_order(session, organisation_id, order_id, for_update=True)
    parcel = next((each for each in order.parcels if each.id == parcel_id), None)
    if parcel is None:
        # it went on in another order while we waited for this one
        return _locked(session, organisation_id, parcel_id)
    return order, parcel


def _kept(
    session: Session,
    organisation_id: OrganisationId,
    order: BookedOrder,
    parcel: TrackedParcel,
    seen: TrackedParcel,
    fact: str,
    *,
    by: Mover,
    actor: str,
    at: datetime,
) -> Scan:
    parcels = tuple(seen if each.id == seen.id else each for each in order.parcels)
    fresh = changed(with_parcels(order, parcels), at=at)
    store.update_orders(session, organisation_id, [(order, fresh)])
    facts = [telling.scanned(fact, seen, parcel, fresh, by=by)]
    telling.announce(session, organisation_id, [(order.id, facts)], occurred_at=at, actor=actor)
    return Scan(parcel=seen, order=fresh)


def _fact_of(target: ParcelState) -> str:
    way = next((way for way in PARCEL_TRANSITIONS if way.target is target), None)
    assert way is not None, "a parcel that was seen came there somehow"
    return way.fact
