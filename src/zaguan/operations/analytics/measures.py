"""The published key figures: what each counts, one pure function over the ledger each.

The words of their definitions, `analytics.<name>` and `analytics.<name>.formula`, are part of the definition.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from zaguan.base.events.order import Promised
from zaguan.operations.analytics.ledger import DELIVERED, FAILED, Ledger, OrderRecord, RouteRecord, StopRecord, Try
from zaguan.operations.analytics.model import Bounds, By, Count, Unit

RECIPIENT: Final = "recipient"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What figures depend on beside the facts."""

    as_of: datetime  # a window that is still open then is not judged
    time_zone: str  # of the organisation, for what no promise gives a zone
    bounds: Bounds = field(default_factory=Bounds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A key figure: its row in the catalogue, name, unit, what it can be split by, and what counts."""

    code: str
    name: str
    unit: Unit
    splits: frozenset[By]
    counts: Callable[[Ledger, Terms], Iterator[Count]]


def on_time(ledger: Ledger, terms: Terms) -> Iterator[Count]:
    """Count orders against the window that was promised first."""
    return _on_time(ledger, terms, lambda order: order.first)


def on_time_last(ledger: Ledger, terms: Terms) -> Iterator[Count]:
    """Count orders against the window that was promised last."""
    return _on_time(ledger, terms, lambda order: order.last)


def first_attempt(ledger: Ledger, terms: Terms) -> Iterator[Count]:
    """Count orders that were tried by whether the first attempt brought all."""
    for order_id, order, first in _first_tries(ledger):
        yield _first(ledger, terms, order_id, order, first)


def first_attempt_ours(ledger: Ledger, terms: Terms) -> Iterator[Count]:
    """Count the same without those whose first attempt failed by the recipient."""
    for order_id, order, first in _first_tries(ledger):
        if not (first.outcome == FAILED and first.party == RECIPIENT):
            yield _first(ledger, terms, order_id, order, first)


def deliveries_per_hour(ledger: Ledger, _terms: Terms) -> Iterator[Count]:
    """Count what each route handed over against the seconds from its start to its end."""
    handed: dict[UUID, dict[UUID, Try]] = {}
    for order_id, order in ledger.orders.items():
        for one in order.by_stop.values():
            if one.route_id is not None and one.outcome != FAILED and not one.is_disputed:
                handed.setdefault(one.route_id, {})[order_id] = one
    for route_id, route in ledger.routes.items():
        if route.started_at is None or route.ended_at is None or route.ended_at < route.started_at:
            continue
        done = handed.get(route_id, {})
        yield Count(
            order_ids=tuple({*route.order_ids, *done}),
            counted_ids=tuple(done),
            on=route.service_on,
            driver=route.driver_ref,
            numerator=len(done),
            denominator=round((route.ended_at - route.started_at).total_seconds()),
            is_skewed=any(one.is_skewed for one in done.values()),
        )


def planned_distance(ledger: Ledger, _terms: Terms) -> Iterator[Count]:
    """Count the metres of each published route, as it was to be driven last."""
    for route in ledger.routes.values():
        if route.distance_m is not None and not route.is_cancelled:
            yield Count(
                order_ids=route.order_ids,
                counted_ids=route.order_ids,
                on=route.service_on,
                driver=route.driver_ref,
                numerator=route.distance_m,
                denominator=1,
            )


def plan_followed(ledger: Ledger, _terms: Terms) -> Iterator[Count]:
    """Count the stops of each route that were reached in the planned order: the most that keep it among each other."""
    reached: dict[UUID, list[tuple[datetime, UUID, StopRecord]]] = {}
    for stop_id, stop in ledger.stops.items():
        reached.setdefault(stop.route_id, []).append((stop.at, stop_id, stop))
    for route_id, route in ledger.routes.items():
        found = _on_course(route, reached.get(route_id, []))
        if not found:
            continue
        kept = _longest_rise([number for number, _ in found])
        yield Count(
            order_ids=tuple(order_id for _, stop in found for order_id in stop.order_ids),
            counted_ids=tuple(order_id for at in kept for order_id in found[at][1].order_ids),
            on=route.service_on,
            driver=route.driver_ref,
            numerator=len(kept),
            denominator=len(found),
            is_skewed=any(stop.is_skewed for _, stop in found),
        )


_OF_ORDERS: Final = frozenset(By)
_OF_ROUTES: Final = frozenset({By.DAY, By.DRIVER})
MEASURES: Final = (
    Measure(code="M01", name="on_time", unit=Unit.SHARE, splits=_OF_ORDERS, counts=on_time),
    Measure(code="M01", name="on_time_last", unit=Unit.SHARE, splits=_OF_ORDERS, counts=on_time_last),
    Measure(code="M03", name="deliveries_per_hour", unit=Unit.PER_HOUR, splits=_OF_ROUTES, counts=deliveries_per_hour),
    Measure(code="M04", name="first_attempt", unit=Unit.SHARE, splits=_OF_ORDERS, counts=first_attempt),
    Measure(code="M04", name="first_attempt_ours", unit=Unit.SHARE, splits=_OF_ORDERS, counts=first_attempt_ours),
    Measure(code="M08", name="planned_distance", unit=Unit.KM, splits=_OF_ROUTES, counts=planned_distance),
    Measure(code="M30", name="plan_followed", unit=Unit.SHARE, splits=_OF_ROUTES, counts=plan_followed),
)
# what is not published: no fact carries what it is made from
WAITING: Final = (
    ("M02", "cost_per_delivery"),
    ("M03", "duty_hours"),
    ("M05", "satisfaction"),
    ("M08", "driven_distance"),
    ("M12", "failures_avoided"),
)


def _on_time(ledger: Ledger, terms: Terms, window: Callable[[OrderRecord], Promised | None]) -> Iterator[Count]:
    for order_id, order in ledger.orders.items():
        promise, act = window(order), order.brought
        if promise is None or order.is_rest:
            continue
        closes_at = promise.closes_at + terms.bounds.late
        if act is None and (
            terms.as_of <= closes_at or (order.cancelled_at is not None and order.cancelled_at <= closes_at)
        ):
            continue
        kept = act is not None and promise.opens_at - terms.bounds.early <= act.at <= closes_at
        yield Count(
            order_ids=(order_id,),
            counted_ids=(order_id,) if kept else (),
            on=promise.on,
            driver=_driver(ledger, order.driver_id),
            shipper=order.shipper,
            zone=order.zone,
            numerator=int(kept),
            denominator=1,
            is_skewed=act is not None and act.is_skewed,
        )


def _first_tries(ledger: Ledger) -> Iterator[tuple[UUID, OrderRecord, Try]]:
    for order_id, order in ledger.orders.items():
        tries = order.tries
        if tries and not order.is_rest and not (first := tries[min(tries)]).is_disputed:
            yield order_id, order, first


def _first(ledger: Ledger, terms: Terms, order_id: UUID, order: OrderRecord, first: Try) -> Count:
    zone = ZoneInfo(order.first.time_zone if order.first else terms.time_zone)
    done = first.number == 1 and first.outcome == DELIVERED
    return Count(
        order_ids=(order_id,),
        counted_ids=(order_id,) if done else (),
        on=first.at.astimezone(zone).date(),
        driver=_driver(ledger, first.driver_id),
        shipper=order.shipper,
        zone=order.zone,
        numerator=int(done),
        denominator=1,
        is_skewed=first.is_skewed,
    )


def _driver(ledger: Ledger, driver_id: UUID | None) -> str:
    return "" if driver_id is None else ledger.drivers.get(driver_id, str(driver_id))


def _on_course(
    route: RouteRecord, reached: Sequence[tuple[datetime, UUID, StopRecord]]
) -> list[tuple[int, StopRecord]]:
    """Return the planned numbers of the stops as they were reached; of two at one moment the planned order holds."""
    numbers = {stop_id: number for number, stop_id in enumerate(route.course)}
    on_it = [(at, numbers[stop_id], stop) for at, stop_id, stop in reached if stop_id in numbers]
    return [(number, stop) for _, number, stop in sorted(on_it, key=lambda one: one[:2])]


def _longest_rise(numbers: Sequence[int]) -> list[int]:
    """Return the places of one longest rising choice of different numbers, by patience sorting."""
    tops: list[int] = []
    places: list[int] = []
    before: list[int] = []
    for place, number in enumerate(numbers):
        pile = bisect_left(tops, number)
        before.append(places[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [number]
        places[pile : pile + 1] = [place]
    chosen: list[int] = []
    at = places[-1] if places else -1
    while at >= 0:
        chosen.append(at)
        at = before[at]
    return chosen[::-1]
