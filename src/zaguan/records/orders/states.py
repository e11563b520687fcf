"""The life of an order: eighteen states, the ways between them, who may take each and which fact it announces."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from zaguan.records.orders.refusals import NotAllowed, NotYours


class OrderState(StrEnum):
    """Where an order stands, in the order of a good day; the last four but one are ways out."""

    CREATED = "created"  # known, its goods are not ready yet
    ON_HOLD = "on_hold"  # a person has to decide first
    READY = "ready"  # may be planned
    PLANNED = "planned"  # stands on a route that nobody drives yet
    DISPATCHED = "dispatched"  # the route was published to its driver
    LOADED = "loaded"  # its parcels are in the vehicle
    IN_TRANSIT = "in_transit"  # between hubs
    OUT_FOR_DELIVERY = "out_for_delivery"  # its route has left
    ARRIVING = "arriving"  # the next stop, or near
    ARRIVED = "arrived"  # the driver is at the door
    DELIVERED = "delivered"
    PARTIALLY_DELIVERED = "partially_delivered"  # closed; what is left goes on as a new order
    ATTEMPT_FAILED = "attempt_failed"  # with a reason, and a decision on what comes next
    AVAILABLE_FOR_PICKUP = "available_for_pickup"  # in a locker or pickup point
    RETURNING = "returning"  # on its way back to the shipper
    RETURNED = "returned"
    CANCELLED = "cancelled"
    LOST = "lost"


class Mover(StrEnum):
    """Who moves an order from one state to the next."""

    SHIPPER = "shipper"
    RECIPIENT = "recipient"
    DISPATCHER = "dispatcher"
    HUB = "hub"  # who works in the depot, hub or pickup point
    DRIVER = "driver"
    PARTNER = "partner"
    PLATFORM = "platform"  # a policy, a plan or a clock: nobody in person


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """An allowed way from one state to another. `fact` is the type of what it announces, and the key of its words."""

    source: OrderState
    target: OrderState
    fact: str
    movers: frozenset[Mover]


TERMINAL: Final = frozenset({OrderState.DELIVERED, OrderState.RETURNED, OrderState.CANCELLED, OrderState.LOST})
# nothing follows in this order: the four ends, and the stop that left a rest to a new order
CLOSED: Final = TERMINAL | {OrderState.PARTIALLY_DELIVERED}
# on a route that is driven: what happens now is the driver's to say
ON_THE_ROAD: Final = frozenset({OrderState.OUT_FOR_DELIVERY, OrderState.ARRIVING, OrderState.ARRIVED})
# what was asked for may still be changed
CHANGEABLE: Final = frozenset(
    {OrderState.CREATED, OrderState.ON_HOLD, OrderState.READY, OrderState.PLANNED, OrderState.ATTEMPT_FAILED}
)
RECEIVED: Final = "order.received"  # the fact of the first state, which no transition leads to

_S = OrderState
_DESK: Final = frozenset({Mover.DISPATCHER, Mover.PLATFORM})
_ASKERS: Final = _DESK | {Mover.SHIPPER}
_PEOPLE: Final = _ASKERS | {Mover.RECIPIENT}
_HANDS: Final = _DESK | {Mover.HUB, Mover.PARTNER}
_ROAD: Final = _DESK | {Mover.DRIVER, Mover.PARTNER}
_LOADERS: Final = _ROAD | {Mover.HUB}
_POINT: Final = _LOADERS | {Mover.RECIPIENT}

# fact, who may cause it, from where, to where
_TABLE: Final[tuple[tuple[str, frozenset[Mover], tuple[OrderState, ...], OrderState], ...]] = (
    ("order.readied", _ASKERS | {Mover.HUB}, (_S.CREATED,), _S.READY),
    ("order.unreadied", _ASKERS | {Mover.HUB}, (_S.READY,), _S.CREATED),
    ("order.released", _PEOPLE, (_S.ON_HOLD,), _S.READY),
    ("order.held", _PEOPLE | {Mover.HUB}, (_S.CREATED, _S.READY, _S.PLANNED), _S.ON_HOLD),
    ("order.held", _HANDS, (_S.DISPATCHED, _S.LOADED, _S.IN_TRANSIT, _S.ATTEMPT_FAILED), _S.ON_HOLD),
    ("order.planned", _DESK, (_S.READY,), _S.PLANNED),
    ("order.unplanned", _PEOPLE, (_S.PLANNED,), _S.READY),
    ("order.dispatched", _DESK, (_S.PLANNED, _S.READY), _S.DISPATCHED),
    ("order.recalled", _HANDS | {Mover.DRIVER}, (_S.DISPATCHED,), _S.READY),
    ("order.loaded", _LOADERS, (_S.DISPATCHED,), _S.LOADED),
    ("order.unloaded", _LOADERS, (_S.LOADED,), _S.DISPATCHED),
    ("order.left_behind", _LOADERS, (_S.LOADED,), _S.READY),
    ("order.transferred", _ROAD, (_S.OUT_FOR_DELIVERY, _S.ARRIVING), _S.LOADED),
    ("order.brought_back", _LOADERS, (_S.OUT_FOR_DELIVERY, _S.ARRIVING, _S.ARRIVED), _S.READY),
    ("order.departed_for_hub", _LOADERS, (_S.READY, _S.LOADED), _S.IN_TRANSIT),
    ("order.reached_hub", _LOADERS, (_S.IN_TRANSIT,), _S.READY),
    # an order that is fetched has nothing to load before its route leaves
    ("order.departed", _ROAD, (_S.DISPATCHED, _S.LOADED, _S.IN_TRANSIT), _S.OUT_FOR_DELIVERY),
    ("order.approached", _ROAD, (_S.OUT_FOR_DELIVERY,), _S.ARRIVING),
    ("order.receded", _ROAD, (_S.ARRIVING, _S.ARRIVED), _S.OUT_FOR_DELIVERY),
    ("order.arrived", _ROAD, (_S.OUT_FOR_DELIVERY, _S.ARRIVING), _S.ARRIVED),
    # without a signal, or with a partner, the steps before the door may never be told
    ("order.delivered", _ROAD, (_S.OUT_FOR_DELIVERY, _S.ARRIVING, _S.ARRIVED), _S.DELIVERED),
    ("order.partially_delivered", _ROAD, (_S.OUT_FOR_DELIVERY, _S.ARRIVING, _S.ARRIVED), _S.PARTIALLY_DELIVERED),
    ("order.attempt_failed", _ROAD, (_S.OUT_FOR_DELIVERY, _S.ARRIVING, _S.ARRIVED), _S.ATTEMPT_FAILED),
    ("order.left_at_point", _LOADERS, (_S.ARRIVED, _S.IN_TRANSIT, _S.ATTEMPT_FAILED), _S.AVAILABLE_FOR_PICKUP),
    ("order.collected", _POINT, (_S.AVAILABLE_FOR_PICKUP,), _S.DELIVERED),
    ("order.not_collected", _LOADERS, (_S.AVAILABLE_FOR_PICKUP,), _S.ATTEMPT_FAILED),
    ("order.retried", _PEOPLE, (_S.ATTEMPT_FAILED,), _S.READY),
    ("order.retried_at_once", _ROAD, (_S.ATTEMPT_FAILED,), _S.OUT_FOR_DELIVERY),
    ("order.sent_back", _ASKERS | {Mover.HUB, Mover.PARTNER}, (_S.ATTEMPT_FAILED, _S.ON_HOLD), _S.RETURNING),
    ("order.sent_back", _HANDS, (_S.AVAILABLE_FOR_PICKUP, _S.IN_TRANSIT), _S.RETURNING),
    ("order.sent_back", _ASKERS, (_S.READY, _S.LOADED, _S.OUT_FOR_DELIVERY), _S.RETURNING),
    ("order.return_called_off", _ASKERS, (_S.RETURNING,), _S.READY),
    ("order.returned", _LOADERS | {Mover.SHIPPER}, (_S.RETURNING,), _S.RETURNED),
    ("order.cancelled", _PEOPLE, (_S.CREATED, _S.ON_HOLD, _S.READY, _S.PLANNED), _S.CANCELLED),
    # on its way, or tried in vain: by the desk, and only where no parcels of it are with us
    ("order.cancelled", _ASKERS, (_S.DISPATCHED, _S.OUT_FOR_DELIVERY, _S.ATTEMPT_FAILED), _S.CANCELLED),
    ("order.lost", _HANDS, (_S.ON_HOLD, _S.READY, _S.DISPATCHED, _S.LOADED, _S.IN_TRANSIT), _S.LOST),
    ("order.lost", _HANDS, (_S.OUT_FOR_DELIVERY, _S.ATTEMPT_FAILED, _S.AVAILABLE_FOR_PICKUP), _S.LOST),
    ("order.lost", _HANDS, (_S.RETURNING,), _S.LOST),
)
TRANSITIONS: Final = tuple(
    Transition(source=source, target=target, fact=fact, movers=movers)
    for fact, movers, sources, target in _TABLE
    for source in sources
)


@cache
def _ways() -> dict[tuple[OrderState, OrderState], Transition]:
    ways = {(way.source, way.target): way for way in TRANSITIONS}
    assert len(ways) == len(TRANSITIONS), "two ways between the same states"
    assert not any(way.source in CLOSED for way in TRANSITIONS), "a closed order does not move"
    return ways


def find_transition(source: OrderState, target: OrderState) -> Transition | None:
    """Return the way between two states, or None where there is none."""
    return _ways().get((source, target))


def transition_between(source: OrderState, target: OrderState, *, by: Mover) -> Transition:
    """Return the way from one state to another. No such way, or one that is not this mover's to take, is refused."""
    way = find_transition(source, target)
    if way is None:
        raise NotAllowed(
            source=source.value, target=target.value, allowed=tuple(each.value for each in targets_of(source))
        )
    if by not in way.movers:
        raise NotYours(source=source.value, target=target.value, by=by.value)
    return way


def targets_of(source: OrderState) -> tuple[OrderState, ...]:
    """Return the states that can follow, in the order of the table."""
    return tuple(way.target for way in TRANSITIONS if way.source is source)
