"""How the states of orders and parcels follow what drivers tell: never back, and never over what others decided."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from zaguan.base.kit.clock import Clock
from zaguan.base.kit.ids import OrganisationId
from zaguan.operations.delivery.acts import EndRoute, Fail, HandOver
from zaguan.operations.delivery.doing import Doing
from zaguan.operations.delivery.door import OrderAtStop
from zaguan.operations.delivery.model import Outcome
from zaguan.operations.delivery.sheet import RouteSheet, barcode_of
from zaguan.records.orders import attempts, scanning
from zaguan.records.orders import service as orders
from zaguan.records.orders.booking import BookedOrder, Hold
from zaguan.records.orders.model import OrderId, ParcelId
from zaguan.records.orders.parcels import ParcelState, find_parcel_transition
from zaguan.records.orders.reasons import Decision, FailureReason, consequence_of
from zaguan.records.orders.states import ON_THE_ROAD, Mover, OrderState
from zaguan.records.orders.telling import Details

_S = OrderState
# steps that were not told (yet) on the way to a door, and who takes them
_TO_THE_ROAD: Final = {
    _S.DISPATCHED: (_S.OUT_FOR_DELIVERY, Mover.DRIVER),
    _S.LOADED: (_S.OUT_FOR_DELIVERY, Mover.DRIVER),
    _S.IN_TRANSIT: (_S.OUT_FOR_DELIVERY, Mover.DRIVER),
}
# parcels were handed over although the desk had gone on already: what happened at the door holds
_BACK_TO_THE_ROAD: Final = {
    **_TO_THE_ROAD,
    _S.ATTEMPT_FAILED: (_S.OUT_FOR_DELIVERY, Mover.DRIVER),
    _S.RETURNING: (_S.READY, Mover.PLATFORM),
    _S.ON_HOLD: (_S.READY, Mover.PLATFORM),
    _S.READY: (_S.DISPATCHED, Mover.PLATFORM),
}
_WITHOUT_DRIVER: Final = frozenset({_S.RETURNING, _S.ON_HOLD, _S.READY})


def dispatched(session: Session, organisation_id: OrganisationId, sheet: RouteSheet, *, clock: Clock) -> RouteSheet:
    """Return the sheet with its planned orders dispatched: a driver who acts on a route was given it."""
    route = sheet.route
    planned = [order.id for order in sheet.booked.values() if order.state is _S.PLANNED]
    if not planned:
        return sheet
    moved = orders.move_orders(
        session,
        organisation_id,
        planned,
        _S.DISPATCHED,
        by=Mover.PLATFORM,
        actor="system",
        clock=clock,
        place=route.ref,
        details=Details(route_id=route.route_id),
    )
    fresh: dict[UUID, BookedOrder] = {result.order_id: result.order for result in moved if result.order is not None}
    return replace(sheet, booked={**sheet.booked, **fresh})


def move_all(
    doing: Doing, order_ids: Iterable[UUID], target: OrderState, *, sources: Iterable[OrderState], at: datetime
) -> None:
    """Move those of the orders that stand in one of some states; the others stay where they are."""
    allowed = frozenset(sources)
    wanted = [OrderId(each) for each in order_ids if doing.sheet.booked[each].state in allowed]
    if wanted:
        orders.move_orders(
            doing.session,
            doing.organisation_id,
            wanted,
            target,
            by=Mover.DRIVER,
            actor=doing.actor,
            clock=doing.clock,
            at=at,
            place=doing.sheet.route.ref,
        )


def leave_behind(doing: Doing, order_id: UUID, reason: FailureReason, *, at: datetime) -> None:
    """Take an order that stays in the depot off its route: it waits for a plan, or for a person."""
    order = doing.sheet.booked[order_id]
    if order.state not in {_S.DISPATCHED, _S.LOADED}:
        return
    retry = consequence_of(reason).decision is Decision.RETRY
    orders.move_order(
        doing.session,
        doing.organisation_id,
        order.id,
        _S.READY if retry else _S.ON_HOLD,
        by=Mover.DRIVER if retry else Mover.PLATFORM,
        actor=doing.actor,
        clock=doing.clock,
        at=at,
        place=doing.sheet.route.ref,
        details=Details(hold=Hold.OTHER),
    )


def complete_attempt(doing: Doing, act: HandOver | Fail, done: OrderAtStop, *, unpaid_minor: int) -> bool:
    """Have the order follow what was told at the door. False where it has gone another way: a person decides."""
    order = _on_the_road(doing, act, done)
    if order is None or done.at is None:
        return False
    if isinstance(act, Fail):
        attempts.report_failed(
            doing.session,
            doing.organisation_id,
            order.id,
            act.reason,
            by=Mover.DRIVER,
            actor=doing.actor,
            clock=doing.clock,
            sub_reason=act.sub_code,
            at=done.at,
            place=doing.sheet.route.ref,
        )
        if act.reason is FailureReason.CARRIER_DAMAGED:
            _report_damage(doing, order, at=done.at)
        return True
    if done.outcome is Outcome.PARTIALLY_DELIVERED:
        attempts.report_partial_delivery(
            doing.session,
            doing.organisation_id,
            order.id,
            _pieces_by_parcel(order, done),
            act.detail,
            by=Mover.DRIVER,
            actor=doing.actor,
            clock=doing.clock,
            rest_cash_minor=unpaid_minor,
            at=done.at,
            place=doing.sheet.route.ref,
        )
        return True
    attempts.report_delivered(
        doing.session,
        doing.organisation_id,
        order.id,
        act.detail,
        by=Mover.DRIVER,
        actor=doing.actor,
        clock=doing.clock,
        at=done.at,
        place=doing.sheet.route.ref,
    )
    return True


def see_parcels(
    doing: Doing, order: BookedOrder, barcodes: Iterable[str], target: ParcelState, *, at: datetime
) -> None:
    """Note where some parcels of an order are; one that has gone further since stays as it is known."""
    wanted = set(barcodes)
    for parcel in order.parcels:
        if barcode_of(order, parcel) not in wanted or parcel.state is target:
            continue
        if find_parcel_transition(parcel.state, target) is not None:
            scanning.scan_parcel(
                doing.session,
                doing.organisation_id,
                parcel.id,
                target,
                by=Mover.DRIVER,
                actor=doing.actor,
                clock=doing.clock,
                at=at,
                place=doing.sheet.route.ref,
            )


def _on_the_road(doing: Doing, act: HandOver | Fail, done: OrderAtStop) -> BookedOrder | None:
    """Bring an order to where the door can close it, by the steps that were not told; None where it is elsewhere."""
    assert done.at is not None, "an act has a time"
    route = doing.sheet.route
    over = any(isinstance(one, EndRoute) for one in doing.before)
    # a route that was told to be over has put aside what nobody had told of yet
    ways = _TO_THE_ROAD if isinstance(act, Fail) and not over else _BACK_TO_THE_ROAD
    order = orders.get_order_for_update(doing.session, doing.organisation_id, OrderId(act.order_id))
    for _ in range(len(_BACK_TO_THE_ROAD)):
        if order.state in ON_THE_ROAD:
            return order
        way = ways.get(order.state)
        # another route has it by now: its driver tells what becomes of it
        if way is None or (order.route_id is not None and order.route_id != route.route_id):
            return None
        target, mover = way
        details = Details(route_id=route.route_id) if target is _S.DISPATCHED else Details()
        order = orders.move_order(
            doing.session,
            doing.organisation_id,
            order.id,
            target,
            by=mover,
            actor="system" if order.state in _WITHOUT_DRIVER else doing.actor,
            clock=doing.clock,
            at=done.at,
            place=route.ref,
            details=details,
        )
    return None


def _pieces_by_parcel(order: BookedOrder, done: OrderAtStop) -> dict[ParcelId, int]:
    """Share out the pieces that were handed over among the lines of an order with that barcode."""
    left: dict[str, int] = {}
    for piece in done.handed:
        left[piece.barcode] = left.get(piece.barcode, 0) + piece.pieces
    shares: dict[ParcelId, int] = {}
    for parcel in order.parcels:
        barcode = barcode_of(order, parcel)
        share = min(left.get(barcode, 0), parcel.content.pieces)
        if share:
            shares[parcel.id] = share
            left[barcode] -= share
    return shares


def _report_damage(doing: Doing, order: BookedOrder, *, at: datetime) -> None:
    for parcel in order.parcels:
        scanning.report_damage(
            doing.session,
            doing.organisation_id,
            parcel.id,
            by=Mover.DRIVER,
            actor=doing.actor,
            clock=doing.clock,
            at=at,
            place=doing.sheet.route.ref,
        )
