"""A fleet for those who bring none: vans enough for the orders, one depot in their midst."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from zaguan.base.geo.place import Place
from zaguan.base.geo.point import Point, distance_m
from zaguan.base.kit.words import say
from zaguan.operations.planning.fleet import Fleet, Settings
from zaguan.operations.planning.model import Notice
from zaguan.operations.planning.service_day import clock_text
from zaguan.operations.planning.stand_ins import (
    HOUR_USD,
    OVERTIME_FACTOR,
    currency_of,
    locale_of,
    stand_in_minor,
    typical_vehicle,
)
from zaguan.operations.planning.terms import Terms, terms_of
from zaguan.records.drivers.model import Break, Driver, Shift
from zaguan.records.fleet.model import Vehicle, VehicleKind
from zaguan.records.network.model import Depot
from zaguan.records.orders.model import Order

HOUR_S: Final = 3600
DAY_SHIFT: Final = (8 * HOUR_S, 18 * HOUR_S)
EARLY_SHIFT: Final = (6 * HOUR_S, 16 * HOUR_S)
LATE_SHIFT: Final = (13 * HOUR_S, 23 * HOUR_S)
LUNCH: Final = Break(earliest_s=12 * HOUR_S, latest_s=15 * HOUR_S, duration_s=HOUR_S // 2)
SUPPER: Final = Break(earliest_s=17 * HOUR_S, latest_s=20 * HOUR_S, duration_s=HOUR_S // 2)
LOADING_S: Final = 15 * 60
MARGIN: Final = 1.2  # more than the bare need, because windows and queues cost time
FILL: Final = 0.85  # how full a van gets in practice
STREET_FACTOR: Final = 1.4  # road against straight line
PACE_M_S: Final = 5.5  # about 20 km/h from door to door
MEAN_GAP: Final = 0.7124  # Beardwood, Halton, Hammersley: a good route through n points in an area A is 0.7124 √(nA)
MAX_MEDIAN_SAMPLE: Final = 400


def default_fleet(orders: Sequence[Order], *, country: str) -> tuple[Fleet, Notice]:
    """Return vans for the orders that have points, and a notice that says what was taken. Needs one such order."""
    currency = currency_of(country)
    placed = [order for order in orders if order.place.point is not None]
    middle = middle_order(placed)
    point = middle.place.point
    assert point is not None
    depot = Depot(
        ref="depot",
        name=say("planning.default_depot", address=middle.place.address),
        place=Place(address=middle.place.address, commune=middle.place.commune, point=point),
        loading_s=LOADING_S,
    )
    bare = Fleet(depots=(depot,), vehicles=(), drivers=(), settings=Settings(currency=currency))
    by_shift: dict[tuple[int, int], list[tuple[Order, Terms]]] = {}
    for order in placed:
        terms = terms_of(order, bare)
        by_shift.setdefault(shift_for(terms), []).append((order, terms))
    vehicles: list[Vehicle] = []
    drivers: list[Driver] = []
    hour = stand_in_minor(HOUR_USD, currency)
    for shift in sorted(by_shift):
        for _ in range(vans_needed(by_shift[shift], point, shift)):
            ref = f"van-{len(vehicles) + 1}"
            vehicles.append(typical_vehicle(ref, VehicleKind.VAN, depot_ref=depot.ref, currency=currency))
            drivers.append(
                Driver(
                    ref=ref,
                    name=ref,
                    vehicle_ref=ref,
                    shift=Shift(
                        starts_s=shift[0],
                        ends_s=shift[1],
                        overtime_s=HOUR_S,
                        breaks=(SUPPER if shift == LATE_SHIFT else LUNCH,),
                    ),
                    locale=locale_of(country),
                    cost_per_hour_minor=hour,
                    overtime_per_hour_minor=round(hour * OVERTIME_FACTOR),
                )
            )
    settings = replace(bare.settings, prices_are_stand_ins=True)
    fleet = replace(bare, vehicles=tuple(vehicles), drivers=tuple(drivers), settings=settings)
    shifts = ", ".join(f"{clock_text(start)}–{clock_text(end)}" for start, end in sorted(by_shift))
    facts: dict[str, str | int] = {"vans": len(vehicles), "shifts": shifts, "address": middle.place.address}
    return fleet, Notice(code="planning.notice.default_fleet", facts=facts)


def middle_order(orders: Sequence[Order]) -> Order:
    """Return the order whose place is nearest to all others: where a depot would stand best."""
    step = max(1, len(orders) // MAX_MEDIAN_SAMPLE)
    sample = [order.place.point for order in orders[::step] if order.place.point is not None]

    def remoteness(order: Order) -> float:
        assert order.place.point is not None
        return sum(distance_m(order.place.point, other) for other in sample)

    return min(orders[::step], key=remoteness)


def shift_for(terms: Terms) -> tuple[int, int]:
    """Return the shift in which an order can be served: by day if possible, else the early or the late one."""
    for starts, ends in (DAY_SHIFT, LATE_SHIFT, EARLY_SHIFT):
        if not terms.windows or any(
            max(each.opens_s, starts + HOUR_S) + HOUR_S // 2 <= min(each.closes_s, ends - HOUR_S // 2)
            for each in terms.windows
        ):
            return starts, ends
    return DAY_SHIFT


def vans_needed(orders: Sequence[tuple[Order, Terms]], depot: Point, shift: tuple[int, int]) -> int:
    """Return how many vans weight, volume, pieces and time ask for, with a margin."""
    van = typical_vehicle("van", VehicleKind.VAN, depot_ref="", currency="USD")
    loads = [
        sum(order.weight_g for order, _ in orders if order.weight_g <= van.weight_g) / van.weight_g,
        sum(order.volume_ml for order, _ in orders if order.volume_ml <= van.volume_ml) / van.volume_ml,
        sum(order.pieces for order, _ in orders if order.pieces <= van.pieces) / van.pieces,
    ]
    points = [order.place.point for order, _ in orders if order.place.point is not None]
    span_m = [
        distance_m(
            Point(lon=min(p.lon for p in points), lat=points[0].lat),
            Point(lon=max(p.lon for p in points), lat=points[0].lat),
        ),
        distance_m(
            Point(lon=points[0].lon, lat=min(p.lat for p in points)),
            Point(lon=points[0].lon, lat=max(p.lat for p in points)),
        ),
    ]
    between_s = MEAN_GAP * math.sqrt(len(points) * span_m[0] * span_m[1]) * STREET_FACTOR / PACE_M_S
    out_s = 2 * STREET_FACTOR / PACE_M_S * sum(distance_m(depot, point) for point in points) / len(points)
    service_s = sum(terms.service_s + terms.setup_s for _, terms in orders)
    at_work_s = shift[1] - shift[0] - LUNCH.duration_s - LOADING_S - out_s
    by_time = (between_s + service_s) / max(at_work_s, HOUR_S)
    return max(1, math.ceil(max(by_time, max(loads) / FILL) * MARGIN))
