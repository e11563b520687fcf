"""How what was decided about an order is told: the facts of its stream, without anything personal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from zaguan.base.events import order as told
from zaguan.base.events import parcel as told_of_parcels
from zaguan.base.events.order import OrderFact, Promised
from zaguan.base.events.parcel import ParcelFact
from zaguan.base.kit import journal
from zaguan.base.kit.chain import Stream
from zaguan.base.kit.ids import OrganisationId
from zaguan.records.orders.booking import BookedOrder, Hold
from zaguan.records.orders.decisions import FailedAttempt, PartialDelivery
from zaguan.records.orders.model import OrderId
from zaguan.records.orders.parcels import TrackedParcel
from zaguan.records.orders.promise import LocalWindow
from zaguan.records.orders.reasons import FailureReason, consequence_of
from zaguan.records.orders.states import Mover, OrderState, Transition

STREAM: Final = "order"


def _by_type(module: object, root: type) -> dict[str, Any]:
    return {
        each.type: each
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, root) and each is not root and hasattr(each, "type")
    }


_ORDER_FACTS: Final = _by_type(told, OrderFact)
_PARCEL_FACTS: Final = _by_type(told_of_parcels, ParcelFact)


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What else there is to tell of a move, where it is that kind of move."""

    route_id: UUID | None = None  # planned, dispatched, transferred
    hold: Hold = Hold.OTHER
    why: FailureReason = FailureReason.OTHER_UNKNOWN  # sent back, cancelled, lost
    point_ref: str = ""
    redirected: bool = False  # tried again at another place


def announce(
    session: Session,
    organisation_id: OrganisationId,
    facts: Sequence[tuple[OrderId, Sequence[OrderFact | ParcelFact]]],
    *,
    occurred_at: datetime,
    actor: str,
) -> None:
    """Append facts to the streams of their orders, in the transaction of the change."""
    told_facts = [(Stream(STREAM, order_id), list(said)) for order_id, said in facts if said]
    if told_facts:
        journal.append_all(session, organisation_id, told_facts, occurred_at=occurred_at, actor=actor)


def received(order: BookedOrder) -> OrderFact:
    """Return the fact of a new order."""
    asked = order.asked
    return told.OrderReceived(
        **_head(order, previous="", by=order.state_by),
        kind=asked.kind.value,
        pieces=asked.pieces,
        weight_g=asked.weight_g,
        volume_ml=asked.volume_ml,
        service_level=order.service_level,
        zone_ref=order.zone_ref,
        promise=promised(order.promise),
        continues_order_id=order.continues,
        duplicate_of_order_id=order.duplicate_of,
    )


def moved_to(order: BookedOrder, way: Transition, *, by: Mover, details: Details) -> OrderFact:
    """Return the fact of a move whose details are known beforehand."""
    more: dict[str, object] = {}
    match way.fact:
        case "order.planned" | "order.dispatched" | "order.transferred":
            more["route_id"] = details.route_id
        case "order.held":
            more["hold"] = details.hold.value
        case "order.retried":
            more["redirected"] = details.redirected
        case "order.left_at_point":
            more["point_ref"] = details.point_ref
        case "order.sent_back" | "order.cancelled" | "order.lost":
            more["why"] = details.why.value
    return _made(_ORDER_FACTS[way.fact], **_head(order, previous=way.source, by=by, state=way.target), **more)


def completed(order: BookedOrder, way: Transition, *, by: Mover) -> OrderFact:
    """Return the fact of an order that was handed over, at the door or at a point."""
    return _made(_ORDER_FACTS[way.fact], **_head(order, previous=way.source, by=by), **_completion(order))


def completed_in_part(partial: PartialDelivery, *, by: Mover) -> OrderFact:
    """Return the fact of an order that was handed over in part."""
    return told.OrderPartiallyDelivered(
        **_head(partial.order, previous=partial.way.source, by=by),
        **_completion(partial.order),
        handed_pieces=partial.handed_pieces,
        rest_pieces=partial.rest.asked.pieces,
        rest_order_id=partial.rest.id,
    )


def failed(attempt: FailedAttempt, *, by: Mover, currency: str) -> OrderFact:
    """Return the fact of an attempt in vain."""
    failure = attempt.failure
    return _made(
        _ORDER_FACTS[attempt.way.fact],
        **_head(attempt.order, previous=attempt.way.source, by=by),
        reason=failure.reason.value,
        sub_reason=failure.sub_reason,
        party=failure.reason.party.value,
        payer=consequence_of(failure.reason).payer.value,
        decision=failure.decision.value,
        failed_at=failure.failed_at,
        attempt=attempt.order.attempts,
        charge_minor=attempt.charge_minor,
        currency=currency,
    )


def revised(order: BookedOrder, fields: Sequence[str], *, by: Mover) -> OrderFact:
    """Return the fact of an order that asks for something else."""
    return told.OrderChanged(**_head(order, previous=order.state, by=by), fields=tuple(fields))


def rescheduled(order: BookedOrder, before: BookedOrder, *, by: Mover) -> OrderFact:
    """Return the fact of another promise."""
    promise = promised(order.promise)
    assert promise is not None, "an order is rescheduled to some day"
    return told.OrderRescheduled(
        **_head(order, previous=before.state, by=by, state=before.state),
        promise=promise,
        previous_promise=promised(before.promise),
    )


def erased(order: BookedOrder, *, by: Mover) -> OrderFact:
    """Return the fact of a forgotten recipient."""
    return told.OrderErased(**_head(order, previous=order.state, by=by))


def scanned(fact: str, parcel: TrackedParcel, before: TrackedParcel, order: BookedOrder, *, by: Mover) -> ParcelFact:
    """Return the fact of a parcel that was seen."""
    assert parcel.seen_at is not None, "it was just seen"
    return _made_of_parcel(
        _PARCEL_FACTS[fact],
        parcel_id=parcel.id,
        order_id=order.id,
        shipper_id=order.shipper_id,
        barcode=parcel.content.barcode,
        pieces=parcel.content.pieces,
        state=parcel.state.value,
        previous_state=before.state.value,
        damaged=parcel.damaged,
        seen_at=parcel.seen_at,
        seen_place=parcel.seen_place,
        by=by.value,
    )


def promised(window: LocalWindow | None) -> Promised | None:
    """Return a window as facts tell it, with its moments as the zone stands now."""
    if window is None:
        return None
    return Promised(
        on=window.on,
        opens_s=window.opens_s,
        closes_s=window.closes_s,
        time_zone=window.time_zone,
        opens_at=window.opens_at,
        closes_at=window.closes_at,
    )


def _completion(order: BookedOrder) -> dict[str, Any]:
    assert order.completion is not None, "a completed order says how"
    return {
        "completion": order.completion.value,
        "completed_at": order.completed_at,
        "attempt": order.attempts,
        "promise": promised(order.promise),
        "first_promise": promised(order.first_promise),
    }


def _head(
    order: BookedOrder, *, previous: OrderState | str, by: Mover, state: OrderState | None = None
) -> dict[str, Any]:
    return {
        "order_id": order.id,
        "external_id": order.external_id,
        "shipper_id": order.shipper_id,
        "state": (state or order.state).value,
        "previous_state": str(previous),
        "by": by.value,
    }


def _made(kind: Any, **values: object) -> OrderFact:
    fact = kind(**values)
    assert isinstance(fact, OrderFact)
    return fact


def _made_of_parcel(kind: Any, **values: object) -> ParcelFact:
    fact = kind(**values)
    assert isinstance(fact, ParcelFact)
    return fact
