"""What the desk does by itself when it hears of a failed attempt, and of a load that left without some orders."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from zaguan.base.events.attempt import AttemptFailed
from zaguan.base.events.loading import LoadDeparted, LoadingFinished, PiecesMissing
from zaguan.base.kit.clock import Clock
from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.reactions import Heard, Reaction
from zaguan.operations.planning.live import RouteId, RouteState
from zaguan.operations.planning.routes import drop_order, get_route_for_update
from zaguan.records.orders import attempts
from zaguan.records.orders import service as orders
from zaguan.records.orders.booking import BookedOrder, Hold
from zaguan.records.orders.model import OrderId
from zaguan.records.orders.reasons import Decision, consequence_of, reason_of
from zaguan.records.orders.states import Mover, OrderState
from zaguan.records.orders.telling import Details

ACTOR: Final = "system"
_LOADS: Final = (LoadDeparted, LoadingFinished)


def reactions(clock: Clock) -> list[Reaction[Any]]:
    """Return what the desk does about facts, for the roof to bind."""
    leave = partial(leave_behind, clock=clock)
    return [
        Reaction(
            name=f"dispatch.follow_decision.{AttemptFailed.type}",
            hears=AttemptFailed,
            react=partial(follow_failure, clock=clock),
        ),
        # two phones at one dock: either may be heard last, and then nobody else takes off what stayed
        *(Reaction(name=f"dispatch.leave_behind.{fact.type}", hears=fact, react=leave) for fact in _LOADS),
    ]


def follow_failure(
    session: Session, organisation_id: OrganisationId, heard: Heard[AttemptFailed], *, clock: Clock
) -> None:
    """Carry out what the policy decided: another attempt, back to the shipper, or a person decides."""
    attempts.follow_decision(session, organisation_id, OrderId(heard.fact.order_id), actor=ACTOR, clock=clock)


def leave_behind(
    session: Session,
    organisation_id: OrganisationId,
    heard: Heard[LoadDeparted] | Heard[LoadingFinished],
    *,
    clock: Clock,
) -> None:
    """Take off a route that has left the orders of which nothing is aboard, once somebody said why.

    What is missing without a reason stays on the route: it may be aboard without a scan. Where the reason was told
    before the leaving, the door took the order off already, and nothing is left to do.
    """
    reasons = _reasons_of(heard.fact.missing)
    if not reasons:
        return
    route = get_route_for_update(session, organisation_id, RouteId(heard.fact.route_id))
    if route.state is not RouteState.STARTED:
        return
    stayed = []
    for order_id, (pieces, reason) in sorted(reasons.items()):
        order = orders.get_order_for_update(session, organisation_id, OrderId(order_id))
        goes_out = order.state is OrderState.OUT_FOR_DELIVERY and order.route_id == route.id
        if goes_out and pieces == sum(parcel.content.pieces for parcel in order.parcels):
            _bring_back(session, organisation_id, order, reason, clock=clock)
            stayed.append(order.id)
    # after all orders: streams are appended to in the order of their kinds
    for each in stayed:
        drop_order(session, organisation_id, each, at=heard.entry.occurred_at, actor=ACTOR)


def _reasons_of(missing: tuple[PiecesMissing, ...]) -> dict[UUID, tuple[int, str]]:
    """Return how many pieces of an order are missing and why, by order, where each piece has a reason."""
    found: dict[UUID, tuple[int, str]] = {}
    for line in missing:
        pieces, _ = found.get(line.order_id, (0, ""))
        found[line.order_id] = (pieces + line.pieces, line.reason)
    unexplained = {line.order_id for line in missing if not line.reason}
    return {order_id: line for order_id, line in found.items() if order_id not in unexplained}


def _bring_back(
    session: Session, organisation_id: OrganisationId, order: BookedOrder, reason: str, *, clock: Clock
) -> None:
    """Have an order wait for another plan, or for a person, as its reason says."""
    again = consequence_of(reason_of(reason)).decision is Decision.RETRY
    for target in (OrderState.READY,) if again else (OrderState.READY, OrderState.ON_HOLD):
        orders.move_order(
            session,
            organisation_id,
            order.id,
            target,
            by=Mover.PLATFORM,
            actor=ACTOR,
            clock=clock,
            details=Details(hold=Hold.OTHER),
        )
