"""What drivers and points tell of an order at the door: delivered, delivered in part, failed."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from zaguan.base.events.order import OrderFact
from zaguan.base.kit.clock import Clock
from zaguan.base.kit.ids import OrganisationId
from zaguan.records.orders import telling
from zaguan.records.orders.booking import BookedOrder, Hold
from zaguan.records.orders.decisions import (
    FailedAttempt,
    PartialDelivery,
    complete,
    complete_in_part,
    fail_attempt,
    refs_of_rests,
    retry,
)
from zaguan.records.orders.model import OrderId, ParcelId
from zaguan.records.orders.reasons import CompletionDetail, Decision, FailureReason
from zaguan.records.orders.refusals import OrderExists, ReasonUnknown, shown
from zaguan.records.orders.service import move_order
from zaguan.records.orders.states import Mover, OrderState
from zaguan.records.orders.store import orders as store
from zaguan.records.orders.store import terms
from zaguan.records.orders.telling import Details


def report_delivered(
    session: Session,
    organisation_id: OrganisationId,
    order_id: OrderId,
    detail: CompletionDetail,
    *,
    by: Mover,
    actor: str,
    clock: Clock,
    at: datetime | None = None,
    place: str = "",
) -> BookedOrder:
    """Record that an order was handed over, fetched, or collected at a point."""
    at = at or clock.now()
    order = store.get_order(session, organisation_id, order_id, for_update=True)
    fresh, way = complete(order, detail, by=by, at=at, place=place)
    store.update_orders(session, organisation_id, [(order, fresh)])
    facts = [telling.completed(fresh, way, by=by)]
    telling.announce(session, organisation_id, [(order_id, facts)], occurred_at=at, actor=actor)
    return fresh


def report_partial_delivery(
    session: Session,
    organisation_id: OrganisationId,
    order_id: OrderId,
    handed: Mapping[ParcelId, int],
    detail: CompletionDetail,
    *,
    by: Mover,
    actor: str,
    clock: Clock,
    rest_cash_minor: int = 0,
    at: datetime | None = None,
    place: str = "",
) -> PartialDelivery:
    """Record how many pieces of which parcels were handed over; the rest goes on as a new order, on hold.

    The rest has the parcels that are left and what is still to be paid. Handing over nothing or all is refused.
    """
    at = at or clock.now()
    order = store.get_order(session, organisation_id, order_id, for_update=True)
    partial = complete_in_part(
        order,
        handed,
        detail,
        rest_ref=_free_ref(session, organisation_id, order),
        rest_cash_minor=rest_cash_minor,
        by=by,
        at=at,
        place=place,
    )
    # the rest first: its parcels are its own before they are missed in the first order
    if not store.insert_orders(session, organisation_id, [partial.rest]):
        raise OrderExists(order=partial.rest.external_id)
    store.update_orders(session, organisation_id, [(order, partial.order)])
    facts = [
        (order_id, [telling.completed_in_part(partial, by=by)]),
        (partial.rest.id, [telling.received(partial.rest)]),
    ]
    telling.announce(session, organisation_id, facts, occurred_at=at, actor=actor)
    return partial


def report_failed(
    session: Session,
    organisation_id: OrganisationId,
    order_id: OrderId,
    reason: FailureReason,
    *,
    by: Mover,
    actor: str,
    clock: Clock,
    sub_reason: str = "",
    at: datetime | None = None,
    place: str = "",
) -> FailedAttempt:
    """Record that an attempt failed, with its reason; the policy of the shipper decides what comes next.

    A sub-code has to stand under the reason. The decision is carried out by `follow_decision`.
    """
    at = at or clock.now()
    if sub_reason:
        _check_sub_reason(session, organisation_id, sub_reason, reason)
    order = store.get_order(session, organisation_id, order_id, for_update=True)
    policy = terms.get_shipper(session, organisation_id, order.shipper_id).policy
    attempt = fail_attempt(order, reason, policy, by=by, at=at, place=place, sub_reason=sub_reason)
    store.update_orders(session, organisation_id, [(order, attempt.order)])
    facts = [telling.failed(attempt, by=by, currency=policy.currency)]
    telling.announce(session, organisation_id, [(order_id, facts)], occurred_at=at, actor=actor)
    return attempt


def follow_decision(
    session: Session, organisation_id: OrganisationId, order_id: OrderId, *, actor: str, clock: Clock
) -> BookedOrder:
    """Carry out what the policy decided after a failed attempt; an order that somebody moved since stays as it is.

    Another attempt is to be planned, the order goes back, or it waits: one for another place waits until somebody
    says which.
    """
    order = store.get_order(session, organisation_id, order_id, for_update=True)
    if order.state is not OrderState.ATTEMPT_FAILED:
        return order
    assert order.failure is not None, "a failed attempt has a reason and a decision"
    if order.failure.decision is Decision.RETRY:
        return _retry(session, organisation_id, order, actor=actor, at=clock.now())
    target = OrderState.RETURNING if order.failure.decision is Decision.RETURN else OrderState.ON_HOLD
    details = Details(why=order.failure.reason, hold=Hold.FAILED_ATTEMPT)
    return move_order(
        session, organisation_id, order_id, target, by=Mover.PLATFORM, actor=actor, clock=clock, details=details
    )


def _retry(
    session: Session, organisation_id: OrganisationId, order: BookedOrder, *, actor: str, at: datetime
) -> BookedOrder:
    policy = terms.get_shipper(session, organisation_id, order.shipper_id).policy
    level = terms.levels_of(session, organisation_id).get(order.service_level)
    fresh, way = retry(order, policy, level, by=Mover.PLATFORM, at=at)
    store.update_orders(session, organisation_id, [(order, fresh)])
    facts: list[OrderFact] = []
    if fresh.promise is not None and fresh.promise != order.promise:
        facts.append(telling.rescheduled(fresh, order, by=Mover.PLATFORM))
    facts.append(telling.moved_to(fresh, way, by=Mover.PLATFORM, details=Details()))
    telling.announce(session, organisation_id, [(order.id, facts)], occurred_at=at, actor=actor)
    return fresh


def _free_ref(session: Session, organisation_id: OrganisationId, order: BookedOrder) -> str:
    for ref in refs_of_rests(order.external_id):
        if store.find_order(session, organisation_id, order.shipper_id, ref) is None:
            return ref
    raise OrderExists(order=order.external_id)


def _check_sub_reason(session: Session, organisation_id: OrganisationId, code: str, reason: FailureReason) -> None:
    known = [each for each in terms.list_sub_reasons(session, organisation_id) if each.active and each.under is reason]
    if code not in {each.code for each in known}:
        raise ReasonUnknown(code=shown(code), known=", ".join(each.code for each in known) or reason.value)
