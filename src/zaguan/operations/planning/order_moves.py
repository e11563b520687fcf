"""What publishing and dispatch do to orders: put on a route, taken off, from whatever state they are in."""

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from zaguan.base.kit.clock import Clock
from zaguan.base.kit.ids import OrganisationId
from zaguan.operations.planning.live import LiveRoute, RouteState
from zaguan.operations.planning.versions import PlanVersion
from zaguan.records.orders import service as orders
from zaguan.records.orders.booking import BookedOrder
from zaguan.records.orders.model import OrderId
from zaguan.records.orders.states import Mover, OrderState
from zaguan.records.orders.telling import Details

_S: Final = OrderState
# what an order goes through to come off its route: parcels that are aboard are unloaded first
_OFF: Final[dict[OrderState, tuple[OrderState, ...]]] = {
    _S.PLANNED: (_S.READY,),
    _S.DISPATCHED: (_S.READY,),
    _S.LOADED: (_S.DISPATCHED, _S.READY),
    _S.OUT_FOR_DELIVERY: (_S.READY,),
    _S.ARRIVING: (_S.READY,),
    _S.ARRIVED: (_S.READY,),
}
# aboard a vehicle on the road: it goes from one to the other without coming back first
_HANDED_ON: Final = frozenset({_S.OUT_FOR_DELIVERY, _S.ARRIVING})
_NOT_TO_BE_SERVED: Final = frozenset({_S.READY, _S.CREATED, _S.ON_HOLD, _S.CANCELLED})
ON_A_ROUTE: Final = frozenset({*_OFF})


def waiting_orders(
    session: Session, organisation_id: OrganisationId, version: PlanVersion, standing: Iterable[LiveRoute]
) -> tuple[set[UUID], set[UUID]]:
    """Return the orders of a version that wait to be planned, and those that it must pass over.

    Passed over is what was cancelled, held or planned elsewhere since the version was made, or belongs to another day.
    """
    on_routes = {order_id for route in standing for order_id in route.order_ids}
    free, passed_over = set[UUID](), set[UUID]()
    wanted = [OrderId(order_id) for order_id in sorted({version.order_ids[ref] for ref in _served(version)})]
    for order_id, order in orders.get_orders_for_update(session, organisation_id, wanted).items():
        asked = order.to_plan()
        if order.state is OrderState.READY and asked.service_on in (None, version.plan.service_on):
            free.add(order_id)
        elif order_id not in on_routes or order.state in _NOT_TO_BE_SERVED:
            passed_over.add(order_id)
    return free, passed_over


def put_on_routes(
    session: Session, organisation_id: OrganisationId, routes: Sequence[LiveRoute], *, clock: Clock, actor: str
) -> tuple[UUID, ...]:
    """Put the orders that routes have ahead on them; return those that were on another route or on none."""
    moved: list[UUID] = []
    ahead = {OrderId(order_id) for route in routes for stop in route.ahead for order_id in stop.order_ids}
    found = orders.get_orders_for_update(session, organisation_id, sorted(ahead))
    for route in routes:
        target = OrderState.PLANNED if route.state is RouteState.OPEN else OrderState.DISPATCHED
        steps: dict[tuple[OrderState, ...], list[OrderId]] = {}
        for order_id in dict.fromkeys(order_id for stop in route.ahead for order_id in stop.order_ids):
            order = found[OrderId(order_id)]
            way = _way_to(order, route, target)
            if way:
                steps.setdefault(way, []).append(order.id)
                moved.append(order_id)
        for way, ids in steps.items():
            for step in way:
                _move(session, organisation_id, ids, step, route, clock=clock, actor=actor)
    return tuple(moved)


def take_off_routes(
    session: Session, organisation_id: OrganisationId, order_ids: Iterable[UUID], *, clock: Clock, actor: str
) -> None:
    """Let orders wait for another plan; those that are not on a route any more stay as they are."""
    found = orders.get_orders_for_update(session, organisation_id, [OrderId(order_id) for order_id in order_ids])
    by_way: dict[tuple[OrderState, ...], list[OrderId]] = {}
    for order_id, order in found.items():
        by_way.setdefault(_OFF.get(order.state, ()), []).append(order_id)
    for way, ids in by_way.items():
        for step in way:
            _move(session, organisation_id, ids, step, None, clock=clock, actor=actor)


def _way_to(order: BookedOrder, route: LiveRoute, target: OrderState) -> tuple[OrderState, ...]:
    """Return the states that an order goes through to stand on a route; none if it does so already."""
    if order.route_id == route.id and order.state in ON_A_ROUTE:
        promoted = (order.state, target) == (OrderState.PLANNED, OrderState.DISPATCHED)
        return (target,) if promoted else ()
    if order.state in _HANDED_ON:
        return (OrderState.LOADED,)
    return (*_OFF.get(order.state, ()), target)


def _move(
    session: Session,
    organisation_id: OrganisationId,
    order_ids: Sequence[OrderId],
    target: OrderState,
    route: LiveRoute | None,
    *,
    clock: Clock,
    actor: str,
) -> None:
    """Move orders, and undo everything if one of them cannot go: they were looked at under lock before."""
    off = target is OrderState.READY
    details = Details() if route is None or off else Details(route_id=route.id)
    for result in orders.move_orders(
        session, organisation_id, order_ids, target, by=Mover.PLATFORM, actor=actor, clock=clock, details=details
    ):
        if result.refusal is not None:
            raise result.refusal


def _served(version: PlanVersion) -> Iterable[str]:
    return (order.ref for route in version.plan.routes for stop in route.stops for order in stop.orders)
