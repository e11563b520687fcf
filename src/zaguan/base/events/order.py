"""What happens to orders. Each class is a fact, and what a webhook tells.

No fact of an order holds a name, a phone, an address or a note: facts are kept for good and cannot be changed, so what
must be forgotten on request is never written into them. Who reads one and needs the address asks for the order.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """A window of local time on a day, as it was told to the recipient, and its moments as the zone stood then."""

    on: date
    opens_s: int  # seconds after local midnight
    closes_s: int
    time_zone: str
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFact:
    """What each fact of an order says: which one it is, and where it stands now."""

    type: ClassVar[str]
    order_id: UUID
    external_id: str  # the shipper's own number
    shipper_id: UUID
    state: str
    previous_state: str  # the same where the state did not change; empty where there was none
    by: str  # who caused it: shipper, recipient, dispatcher, hub, driver, partner or platform


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReceived(OrderFact):
    """A new order."""

    type: ClassVar[str] = "order.received"
    kind: str  # delivery or pickup
    pieces: int
    weight_g: int
    volume_ml: int
    service_level: str
    zone_ref: str
    promise: Promised | None
    continues_order_id: UUID | None  # the rest of this one, which was delivered in part
    duplicate_of_order_id: UUID | None  # looks like this one, which came before


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChanged(OrderFact):
    """What was asked for is another thing now; the names of the fields, not their content."""

    type: ClassVar[str] = "order.changed"
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRescheduled(OrderFact):
    """Another day or window was promised."""

    type: ClassVar[str] = "order.rescheduled"
    promise: Promised
    previous_promise: Promised | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderHeld(OrderFact):
    """It waits for a person to decide."""

    type: ClassVar[str] = "order.held"
    hold: str  # why: address, duplicate, payment, shipper, failed_attempt, other


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDelivered(OrderFact):
    """All its parcels were handed over, or fetched."""

    type: ClassVar[str] = "order.delivered"
    completion: str  # recipient, household_or_neighbor, ..., from_customer
    completed_at: datetime  # device time of the act
    attempt: int
    promise: Promised | None
    first_promise: Promised | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPartiallyDelivered(OrderFact):
    """Some of its parcels were handed over; the rest goes on as a new order."""

    type: ClassVar[str] = "order.partially_delivered"
    completion: str
    completed_at: datetime
    attempt: int
    promise: Promised | None
    first_promise: Promised | None
    handed_pieces: int
    rest_pieces: int
    rest_order_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCollected(OrderFact):
    """The recipient took it from the locker or pickup point."""

    type: ClassVar[str] = "order.collected"
    completion: str
    completed_at: datetime
    attempt: int
    promise: Promised | None
    first_promise: Promised | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAttemptFailed(OrderFact):
    """An attempt was made in vain."""

    type: ClassVar[str] = "order.attempt_failed"
    reason: str  # party.cause
    sub_reason: str  # the organisation's own code under it, or empty
    party: str
    payer: str
    decision: str  # retry, redirect, return or hold
    failed_at: datetime  # device time of the act
    attempt: int
    charge_minor: int  # to the shipper, for the next attempt
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderNotCollected(OrderFact):
    """Nobody came to the locker or pickup point in time."""

    type: ClassVar[str] = "order.not_collected"
    reason: str
    sub_reason: str
    party: str
    payer: str
    decision: str
    failed_at: datetime
    attempt: int
    charge_minor: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRetried(OrderFact):
    """Another attempt is to be planned."""

    type: ClassVar[str] = "order.retried"
    redirected: bool  # to another place


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRetriedAtOnce(OrderFact):
    """The same driver tries again on the same route."""

    type: ClassVar[str] = "order.retried_at_once"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLeftAtPoint(OrderFact):
    """It waits in a locker or pickup point."""

    type: ClassVar[str] = "order.left_at_point"
    point_ref: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSentBack(OrderFact):
    """It goes back to its shipper."""

    type: ClassVar[str] = "order.sent_back"
    why: str  # a failure reason


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCancelled(OrderFact):
    """Nobody wants it any more."""

    type: ClassVar[str] = "order.cancelled"
    why: str  # a failure reason


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLost(OrderFact):
    """Nobody finds it."""

    type: ClassVar[str] = "order.lost"
    why: str  # a failure reason


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReadied(OrderFact):
    """The goods are ready: the order may be planned."""

    type: ClassVar[str] = "order.readied"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderUnreadied(OrderFact):
    """The goods are not ready after all."""

    type: ClassVar[str] = "order.unreadied"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReleased(OrderFact):
    """The hold is over."""

    type: ClassVar[str] = "order.released"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPlanned(OrderFact):
    """It stands on a route."""

    type: ClassVar[str] = "order.planned"
    route_id: UUID | None  # where the one who moved it knows


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderUnplanned(OrderFact):
    """It was taken off its route before anybody drove it."""

    type: ClassVar[str] = "order.unplanned"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDispatched(OrderFact):
    """Its route was published to a driver."""

    type: ClassVar[str] = "order.dispatched"
    route_id: UUID | None  # where the one who moved it knows


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRecalled(OrderFact):
    """It was taken off a route that was published."""

    type: ClassVar[str] = "order.recalled"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLoaded(OrderFact):
    """All its parcels are in the vehicle."""

    type: ClassVar[str] = "order.loaded"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderUnloaded(OrderFact):
    """Its parcels were taken out of the vehicle again; it stays on the route."""

    type: ClassVar[str] = "order.unloaded"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLeftBehind(OrderFact):
    """Its route goes without it."""

    type: ClassVar[str] = "order.left_behind"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTransferred(OrderFact):
    """Another driver took it over on the road."""

    type: ClassVar[str] = "order.transferred"
    route_id: UUID | None  # where the one who moved it knows


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderBroughtBack(OrderFact):
    """Its route brought it back without an attempt."""

    type: ClassVar[str] = "order.brought_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDepartedForHub(OrderFact):
    """It is on its way to another hub."""

    type: ClassVar[str] = "order.departed_for_hub"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReachedHub(OrderFact):
    """It reached the hub that its last route leaves from."""

    type: ClassVar[str] = "order.reached_hub"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDeparted(OrderFact):
    """Its route has left."""

    type: ClassVar[str] = "order.departed"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderApproached(OrderFact):
    """The driver comes to it next, or is near."""

    type: ClassVar[str] = "order.approached"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReceded(OrderFact):
    """The driver does something else first."""

    type: ClassVar[str] = "order.receded"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderArrived(OrderFact):
    """The driver is at the door."""

    type: ClassVar[str] = "order.arrived"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReturnCalledOff(OrderFact):
    """It does not go back after all."""

    type: ClassVar[str] = "order.return_called_off"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReturned(OrderFact):
    """Its shipper has it back."""

    type: ClassVar[str] = "order.returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderErased(OrderFact):
    """Whom it was for is forgotten: name, contacts, address and notes are gone."""

    type: ClassVar[str] = "order.erased"
