"""Use cases of orders: read, hold, release, move, change, reschedule, cancel. Each announces what it did.

Taking orders on is in `receiving.py`, the driver's attempts in `attempts.py`, scans in `scanning.py`, shippers and
their terms in `terms.py`, what is known of a person in `persons.py`.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from zaguan.base.events.order import OrderFact
from zaguan.base.kit.clock import Clock
from zaguan.base.kit.errors import ZaguanError
from zaguan.base.kit.ids import OrganisationId
from zaguan.records.orders import telling
from zaguan.records.orders.booking import BookedOrder, changed, moved
from zaguan.records.orders.decisions import reschedule, revise_order
from zaguan.records.orders.model import Order, OrderId, ShipperId
from zaguan.records.orders.promise import LocalWindow
from zaguan.records.orders.receiving import facts_of_revision
from zaguan.records.orders.refusals import OrderNotFound, StaleOrder
from zaguan.records.orders.search import PAGE, OrderPage
from zaguan.records.orders.search import OrderSearch as OrderSearch  # callers search by it
from zaguan.records.orders.states import Mover, OrderState
from zaguan.records.orders.store import orders as store
from zaguan.records.orders.telling import Details

# these come with more than a place and a time: their verbs are in attempts.py
_VERBS_OF_THEIR_OWN: Final = frozenset(
    {OrderState.DELIVERED, OrderState.PARTIALLY_DELIVERED, OrderState.ATTEMPT_FAILED}
)
_OFF_ROUTE: Final = frozenset({OrderState.CREATED, OrderState.READY, OrderState.ON_HOLD})


def get_order(session: Session, organisation_id: OrganisationId, order_id: OrderId) -> BookedOrder:
    """Return an order. One that is not there is refused."""
    return store.get_order(session, organisation_id, order_id)


def get_orders(
    session: Session, organisation_id: OrganisationId, order_ids: Collection[OrderId]
) -> dict[OrderId, BookedOrder]:
    """Return those of the orders that exist, as they stand now: others may change them meanwhile."""
    return store.get_orders(session, organisation_id, order_ids)


def get_order_for_update(session: Session, organisation_id: OrganisationId, order_id: OrderId) -> BookedOrder:
    """Return an order that nobody else changes until the transaction ends."""
    return store.get_order(session, organisation_id, order_id, for_update=True)


def get_orders_for_update(
    session: Session, organisation_id: OrganisationId, order_ids: Collection[OrderId]
) -> dict[OrderId, BookedOrder]:
    """Return orders that nobody else changes until the transaction ends; one that is not there is refused."""
    found = store.lock_orders(session, organisation_id, order_ids)
    for order_id in order_ids:
        if order_id not in found:
            raise OrderNotFound(order=str(order_id))
    return found


def find_order(
    session: Session, organisation_id: OrganisationId, shipper_id: ShipperId, external_id: str
) -> BookedOrder | None:
    """Return the order of a shipper's number, or None."""
    return store.find_order(session, organisation_id, shipper_id, external_id)


def list_orders(
    session: Session,
    organisation_id: OrganisationId,
    search: OrderSearch,
    *,
    cursor: str | None = None,
    limit: int = PAGE,
) -> OrderPage:
    """Return a page of the orders that a search finds, newest first."""
    return store.list_orders(session, organisation_id, search, cursor=cursor, limit=limit)


def list_orders_of_day(
    session: Session, organisation_id: OrganisationId, day: date, states: Collection[OrderState]
) -> tuple[BookedOrder, ...]:
    """Return all orders of a service day in some states, and those that name no day: what a plan is made of."""
    return store.list_orders_of_day(session, organisation_id, day, states)


def count_by_state(session: Session, organisation_id: OrganisationId, search: OrderSearch) -> dict[OrderState, int]:
    """Count the orders that a search finds, by state."""
    return store.count_by_state(session, organisation_id, search)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What became of one order of several that were to be moved."""

    order_id: OrderId
    order: BookedOrder | None = None
    refusal: ZaguanError | None = None


def move_orders(
    session: Session,
    organisation_id: OrganisationId,
    order_ids: Sequence[OrderId],
    target: OrderState,
    *,
    by: Mover,
    actor: str,
    clock: Clock,
    at: datetime | None = None,
    place: str = "",
    details: Details = Details(),
) -> tuple[Moved, ...]:
    """Move orders to a state, each by itself: one that may not go is refused alone, the others go.

    `at` is the moment of the act where it was not now, as with a driver who had no signal; `place` is the ref of
    where it happened. Delivered, delivered in part and failed have verbs of their own.
    """
    assert target not in _VERBS_OF_THEIR_OWN, "see attempts.py"
    at = at or clock.now()
    locked = store.lock_orders(session, organisation_id, set(order_ids))
    results: list[Moved] = []
    changes: list[tuple[BookedOrder, BookedOrder]] = []
    facts: list[tuple[OrderId, list[OrderFact]]] = []
    for order_id in order_ids:
        try:
            if (order := locked.get(order_id)) is None:
                raise OrderNotFound(order=str(order_id))
            fresh, way = moved(order, target, by=by, at=at, place=place)
        except ZaguanError as refusal:
            results.append(Moved(order_id=order_id, refusal=refusal))
            continue
        fresh = _detailed(fresh, details)
        facts.append((order_id, [telling.moved_to(fresh, way, by=by, details=details)]))
        changes.append((order, fresh))
        # twice in one list: the second time it is where the first put it
        locked[order_id] = fresh
        results.append(Moved(order_id=order_id, order=fresh))
    store.update_orders(session, organisation_id, changes)
    telling.announce(session, organisation_id, facts, occurred_at=at, actor=actor)
    return tuple(results)


def move_order(
    session: Session,
    organisation_id: OrganisationId,
    order_id: OrderId,
    target: OrderState,
    *,
    by: Mover,
    actor: str,
    clock: Clock,
    at: datetime | None = None,
    place: str = "",
    details: Details = Details(),
) -> BookedOrder:
    """Move one order to a state; a way that is not there, or not this mover's, is refused."""
    (result,) = move_orders(
        session,
        organisation_id,
        [order_id],
        target,
        by=by,
        actor=actor,
        clock=clock,
        at=at,
        place=place,
        details=details,
    )
    if result.refusal is not None:
        raise result.refusal
    assert result.order is not None, "moved or refused"
    return result.order


def hold_order(
    session: Session,
    organisation_id: OrganisationId,
    order_id: OrderId,
    details: Details,
    *,
    by: Mover,
    actor: str,
    clock: Clock,
) -> BookedOrder:
    """Have an order wait for a person, for the reason in `details.hold`; one that is at a door is refused."""
    return move_order(
        session, organisation_id, order_id, OrderState.ON_HOLD, by=by, actor=actor, clock=clock, details=details
    )


def release_order(
    session: Session, organisation_id: OrganisationId, order_id: OrderId, *, by: Mover, actor: str, clock: Clock
) -> BookedOrder:
    """End the wait of a held order, or say that the goods of a new one are ready."""
    return move_order(session, organisation_id, order_id, OrderState.READY, by=by, actor=actor, clock=clock)


def cancel_order(
    session: Session,
    organisation_id: OrganisationId,
    order_id: OrderId,
    details: Details,
    *,
    by: Mover,
    actor: str,
    clock: Clock,
) -> BookedOrder:
    """Cancel an order, for the reason in `details.why`; one whose parcels are with us is refused: send it back."""
    return move_order(
        session, organisation_id, order_id, OrderState.CANCELLED, by=by, actor=actor, clock=clock, details=details
    )


def send_back(
    session: Session,
    organisation_id: OrganisationId,
    order_id: OrderId,
    details: Details,
    *,
    by: Mover,
    actor: str,
    clock: Clock,
) -> BookedOrder:
    """Send an order back to its shipper, for the reason in `details.why`."""
    return move_order(
        session, organisation_id, order_id, OrderState.RETURNING, by=by, actor=actor, clock=clock, details=details
    )


def change_order(
    session: Session,
    organisation_id: OrganisationId,
    order_id: OrderId,
    asked: Order | Callable[[Order], Order],
    *,
    by: Mover,
    actor: str,
    clock: Clock,
    expected_version: int | None = None,
    zone_ref: str | None = None,
) -> BookedOrder:
    """Put what is asked for now in the place of what was: an order, or what is to be made of the present one.

    `zone_ref` is the zone of a new place.

    Refused: an order on its way or at its end, one that was changed since `expected_version`, bad fields.
    """
    order = store.get_order(session, organisation_id, order_id, for_update=True)
    if expected_version is not None and expected_version != order.version:
        raise StaleOrder(order=order.external_id, version=order.version, given=expected_version)
    wanted = asked(order.asked) if callable(asked) else asked
    at = clock.now()
    revision = revise_order(order, wanted, by=by, at=at, zone_ref=zone_ref)
    if revision.fields:
        store.update_orders(session, organisation_id, [(order, revision.order)])
        facts = facts_of_revision(revision, by=by)
        telling.announce(session, organisation_id, [(order_id, facts)], occurred_at=at, actor=actor)
    return revision.order


def reschedule_order(
    session: Session,
    organisation_id: OrganisationId,
    order_id: OrderId,
    window: LocalWindow,
    *,
    by: Mover,
    actor: str,
    clock: Clock,
) -> BookedOrder:
    """Promise another day or window. A planned order comes off its plan, a failed one is to be tried again."""
    order = store.get_order(session, organisation_id, order_id, for_update=True)
    at = clock.now()
    fresh, way = reschedule(order, window, by=by, at=at)
    store.update_orders(session, organisation_id, [(order, fresh)])
    facts = [telling.rescheduled(fresh, order, by=by)]
    if way is not None:
        facts.append(telling.moved_to(fresh, way, by=by, details=Details()))
    telling.announce(session, organisation_id, [(order_id, facts)], occurred_at=at, actor=actor)
    return fresh


def set_plan_window(
    session: Session,
    organisation_id: OrganisationId,
    order_id: OrderId,
    window: LocalWindow | None,
    *,
    by: Mover,
    actor: str,
    clock: Clock,
) -> BookedOrder:
    """Have plans keep another window than the promised one, which stays as it is; None: the promised one again."""
    order = store.get_order(session, organisation_id, order_id, for_update=True)
    if order.plan_window == window:
        return order
    at = clock.now()
    fresh = changed(order, at=at, plan_window=window)
    store.update_orders(session, organisation_id, [(order, fresh)])
    facts = [telling.revised(fresh, ("plan_window",), by=by)]
    telling.announce(session, organisation_id, [(order_id, facts)], occurred_at=at, actor=actor)
    return fresh


def _detailed(order: BookedOrder, details: Details) -> BookedOrder:
    """Keep what a move told besides its state."""
    if order.state is OrderState.ON_HOLD:
        order = replace(order, hold=details.hold)
    if details.route_id is not None:
        return replace(order, route_id=details.route_id)
    return replace(order, route_id=None) if order.state in _OFF_ROUTE else order
