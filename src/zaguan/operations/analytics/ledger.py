"""What the facts of the journal come to, one record for each order and route: a fold, the same however it is cut.

A later fact about the same thing takes the place of the earlier one, and a fact that was heard before changes nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from zaguan.base.events import attempt as attempts
from zaguan.base.events import driver as drivers
from zaguan.base.events import order as orders
from zaguan.base.events import route as routes
from zaguan.base.events import stop as stops
from zaguan.base.kit.facts import Fact

_CLOSING: Final = (orders.OrderDelivered, orders.OrderPartiallyDelivered, orders.OrderAttemptFailed)
_DONE: Final = (stops.StopDelivered, stops.StopPartiallyDelivered, stops.StopFailed, stops.StopAmended)
_COURSE: Final = (routes.RoutePublished, routes.RouteChanged)
_ROUTE: Final = (
    *(*_COURSE, routes.RouteAssigned, routes.RouteUnassigned, routes.RouteTransferred),
    *(routes.RouteStarted, routes.RouteEnded, routes.RouteCancelled, routes.RouteBrokeDown),
)
_ATTEMPT: Final = (
    *(attempts.AttemptSucceeded, attempts.AttemptFailed),
    *(attempts.AttemptAmended, attempts.AttemptDisputed),
)
_ORDER: Final = (
    *(orders.OrderReceived, orders.OrderRescheduled, orders.OrderCancelled),
    *(orders.OrderLeftAtPoint, orders.OrderCollected, *_CLOSING),
)
HEARD: Final = tuple(kind.type for kind in (*_ORDER, *_ATTEMPT, *_DONE, *_ROUTE, drivers.DriverSaved))
DELIVERED: Final = "delivered"
PARTIALLY: Final = "partially_delivered"
FAILED: Final = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """A fact with its place in the journal and the moment that it tells of."""

    position: int
    occurred_at: datetime
    fact: Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One attempt at an order, as it is known by now."""

    number: int
    outcome: str
    at: datetime  # the device's time
    party: str = ""  # whose fault a failure was
    driver_id: UUID | None = None
    route_id: UUID | None = None
    is_skewed: bool = False
    is_disputed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRecord:
    """What is known of an order."""

    shipper: str
    zone: str = ""
    first: orders.Promised | None = None
    last: orders.Promised | None = None
    is_rest: bool = False  # what was left of an order that counts already
    cancelled_at: datetime | None = None
    completed_at: datetime | None = None  # whole
    at_point_at: datetime | None = None
    by_stop: Mapping[UUID, Try] = field(default_factory=dict)
    by_number: Mapping[int, Try] = field(default_factory=dict)  # as the order itself tells

    @property
    def brought(self) -> Try | None:
        """The act that brought all of it, to the door or to a point; None: not (yet)."""
        if self.completed_at is None and self.at_point_at is None:
            return None
        handed = [one for one in self.by_stop.values() if one.outcome == DELIVERED]
        if handed:
            return max(handed, key=lambda one: (one.number, one.at))
        at = self.at_point_at or self.completed_at
        assert at is not None, "one of them was told"
        return Try(number=0, outcome=DELIVERED, at=at)

    @property
    def tries(self) -> Mapping[int, Try]:
        """The attempts by number: what a door told holds over what the order told."""
        doors = sorted(self.by_stop.values(), key=lambda one: (one.number, one.at))
        # of two stops with one number the earlier act stands
        return {**self.by_number, **{one.number: one for one in reversed(doors)}}

    @property
    def driver_id(self) -> UUID | None:
        """Who made the last attempt."""
        last = max(self.by_stop.values(), key=lambda one: (one.number, one.at), default=None)
        return None if last is None else last.driver_id


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteRecord:
    """What is known of a route."""

    service_on: date
    driver_ref: str = ""
    distance_m: int | None = None  # as it was to be driven last; None: it was not published
    order_ids: tuple[UUID, ...] = ()
    course: tuple[UUID, ...] = ()  # stops as they were to be driven last
    started_at: datetime | None = None
    ended_at: datetime | None = None
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRecord:
    """When a stop was reached, by the driver's device."""

    route_id: UUID
    order_ids: tuple[UUID, ...]
    at: datetime
    is_skewed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """All that figures are made from, up to a position of the journal."""

    cursor: int = 0
    orders: Mapping[UUID, OrderRecord] = field(default_factory=dict)
    routes: Mapping[UUID, RouteRecord] = field(default_factory=dict)
    stops: Mapping[UUID, StopRecord] = field(default_factory=dict)
    drivers: Mapping[UUID, str] = field(default_factory=dict)  # their refs


def hear(ledger: Ledger, happenings: Iterable[Happening]) -> Ledger:
    """Return the ledger after some more of the journal, in order of position."""
    by_order, by_route, by_stop = dict(ledger.orders), dict(ledger.routes), dict(ledger.stops)
    refs, cursor = dict(ledger.drivers), ledger.cursor
    for happening in happenings:
        if happening.position <= cursor:
            continue
        cursor, fact = happening.position, happening.fact
        if isinstance(fact, _ORDER):
            by_order[fact.order_id] = _order(by_order.get(fact.order_id), fact, happening.occurred_at)
        elif isinstance(fact, _ATTEMPT):
            known = by_order.get(fact.order_id) or OrderRecord(shipper="")
            by_order[fact.order_id] = _attempt(known, fact)
        elif isinstance(fact, _DONE):
            _stop(by_stop, fact)
        elif isinstance(fact, _ROUTE):
            by_route[fact.route_id] = _route(by_route.get(fact.route_id), fact)
        elif isinstance(fact, drivers.DriverSaved):
            refs[fact.driver_id] = fact.ref
    return Ledger(cursor=cursor, orders=by_order, routes=by_route, stops=by_stop, drivers=refs)


def _order(known: OrderRecord | None, fact: orders.OrderFact, at: datetime) -> OrderRecord:
    record = replace(known or OrderRecord(shipper=""), shipper=str(fact.shipper_id))
    match fact:
        case orders.OrderReceived():
            is_rest = fact.continues_order_id is not None
            return replace(record, zone=fact.zone_ref, first=fact.promise, last=fact.promise, is_rest=is_rest)
        case orders.OrderRescheduled():
            return replace(record, first=record.first or fact.previous_promise or fact.promise, last=fact.promise)
        case orders.OrderCancelled():
            return replace(record, cancelled_at=at)
        case orders.OrderLeftAtPoint():
            return replace(record, at_point_at=at)
        case orders.OrderCollected():
            return replace(record, completed_at=fact.completed_at)
        case orders.OrderDelivered():
            told = Try(number=fact.attempt, outcome=DELIVERED, at=fact.completed_at)
            record = replace(record, completed_at=fact.completed_at)
        case orders.OrderPartiallyDelivered():
            told = Try(number=fact.attempt, outcome=PARTIALLY, at=fact.completed_at)
        case orders.OrderAttemptFailed():
            told = Try(number=fact.attempt, outcome=FAILED, at=fact.failed_at, party=fact.party)
            return replace(record, by_number={**record.by_number, told.number: told})
        case _:
            raise AssertionError(f"nobody asked for {fact.type}")
    # what was promised may have changed with the order itself: here it is told again
    record = replace(record, first=fact.first_promise or record.first, last=fact.promise or record.last)
    return replace(record, by_number={**record.by_number, told.number: told})


def _attempt(record: OrderRecord, fact: attempts.AttemptFact) -> OrderRecord:
    before = record.by_stop.get(fact.stop_id)
    told = Try(
        number=fact.number,
        outcome=FAILED,
        at=fact.happened_at,
        driver_id=fact.driver_id,
        route_id=fact.route_id,
        is_skewed=fact.clock_skewed,
    )
    match fact:
        case attempts.AttemptSucceeded():
            told = replace(told, outcome=DELIVERED if fact.whole else PARTIALLY)
        case attempts.AttemptFailed():
            told = replace(told, party=fact.party)
        case attempts.AttemptAmended():
            # it tells another act, not another reason, and settles no dispute
            party, disputed = (before.party, before.is_disputed) if before else ("", False)
            told = replace(told, outcome=fact.outcome, party=party, is_disputed=disputed)
        case attempts.AttemptDisputed():
            told = replace(told, outcome=fact.outcome, party=before.party if before else "", is_disputed=True)
    return replace(record, by_stop={**record.by_stop, fact.stop_id: told})


def _stop(by_stop: dict[UUID, StopRecord], fact: stops.StopDone | stops.StopAmended) -> None:
    at = fact.arrived_at or fact.done_at
    if at is None:
        by_stop.pop(fact.stop_id, None)
        return
    by_stop[fact.stop_id] = StopRecord(
        route_id=fact.route_id, order_ids=fact.order_ids, at=at, is_skewed=fact.clock_skewed
    )


def _route(known: RouteRecord | None, fact: routes.RouteFact) -> RouteRecord:
    record = replace(known or RouteRecord(service_on=fact.service_on), service_on=fact.service_on)
    if fact.driver_ref:
        record = replace(record, driver_ref=fact.driver_ref)
    match fact:
        case routes.RoutePublished() | routes.RouteChanged():
            course = sorted(fact.stops, key=lambda stop: stop.number)
            return replace(
                record,
                distance_m=fact.distance_m,
                order_ids=tuple(order_id for stop in course for order_id in stop.order_ids),
                course=tuple(stop.stop_id for stop in course),
                is_cancelled=False,
            )
        case routes.RouteStarted():
            return replace(record, started_at=fact.started_at)
        case routes.RouteEnded():
            return replace(record, ended_at=fact.ended_at)
        case routes.RouteCancelled():
            return replace(record, is_cancelled=True)
    return record
