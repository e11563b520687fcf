"""Orders and fleets of a small plain, in field words: places are kilometres east and north of its middle."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.fakes.flat_roads import FlatRoads
from zaguan.base.geo.place import Grade, Place
from zaguan.base.geo.point import Point
from zaguan.base.geo.polygon import Polygon
from zaguan.base.kit.words import LOCALES, say
from zaguan.operations.planning.fleet import Fleet, Settings
from zaguan.operations.planning.model import Plan, Route, Stop, Unassigned
from zaguan.operations.planning.service import Ground, SearchLimits, plan_day
from zaguan.operations.planning.service_day import ServiceDay
from zaguan.records.drivers.model import Break, Driver, Shift
from zaguan.records.fleet.model import Vehicle
from zaguan.records.network.model import Depot, Zone
from zaguan.records.orders.model import Order, Parcel, TimeWindow

DEGREES_A_KM = 1 / 111.195
TUESDAY = date(2026, 3, 10)
DAY = ServiceDay(on=TUESDAY, zone=ZoneInfo("America/Sao_Paulo"))
HOUR = 3600


def at(east_km: float, north_km: float) -> Point:
    """Return a point of the plain, which lies where the equator meets the prime meridian."""
    return Point(lon=east_km * DEGREES_A_KM, lat=north_km * DEGREES_A_KM)


def hours(opens: float, closes: float, *, hard: bool = True) -> TimeWindow:
    """Return a window in hours of the day."""
    return TimeWindow(opens_s=round(opens * HOUR), closes_s=round(closes * HOUR), hard=hard)


def an_order(ref: str, east_km: float, north_km: float, *, kg: float = 10, **rest: Any) -> Order:
    """Return an order of one parcel."""
    place = Place(address=f"Calle {ref}", point=at(east_km, north_km), grade=Grade.ROOFTOP)
    return Order(ref=ref, place=place, parcels=(Parcel(barcode=f"B{ref}", weight_g=round(kg * 1000)),), **rest)


def a_vehicle(ref: str = "van", **rest: Any) -> Vehicle:
    """Return a van of the depot in the middle; a kilometre costs 100."""
    return Vehicle(ref=ref, **{"depot_ref": "middle", "cost_per_km_minor": 100, **rest})


def a_driver(vehicle_ref: str = "van", *, shift: tuple[float, float] = (8, 18), **rest: Any) -> Driver:
    """Return the driver of a vehicle; an hour costs 1000."""
    overtime = rest.pop("overtime_h", 0)
    breaks = tuple(
        Break(earliest_s=round(a * HOUR), latest_s=round(b * HOUR), duration_s=round(c * HOUR))
        for a, b, c in rest.pop("breaks", ())
    )
    times = Shift(
        starts_s=round(shift[0] * HOUR),
        ends_s=round(shift[1] * HOUR),
        overtime_s=round(overtime * HOUR),
        breaks=breaks,
    )
    facts: dict[str, Any] = {"ref": vehicle_ref, "name": vehicle_ref, "cost_per_hour_minor": 1000}
    return Driver(**{**facts, "vehicle_ref": vehicle_ref, "shift": times, **rest})


def a_depot(ref: str = "middle", east_km: float = 0, north_km: float = 0, **rest: Any) -> Depot:
    """Return a depot that is always open."""
    return Depot(ref=ref, name=ref, place=Place(address=ref, point=at(east_km, north_km)), **rest)


def a_zone(ref: str, west_km: float, south_km: float, east_km: float, north_km: float, **rest: Any) -> Zone:
    """Return a rectangle."""
    corners = [(west_km, south_km), (east_km, south_km), (east_km, north_km), (west_km, north_km)]
    return Zone(ref=ref, name=ref, polygons=(Polygon(tuple(at(*corner) for corner in corners)),), **rest)


def a_fleet(*crews: tuple[Vehicle, Driver], depots: Sequence[Depot] = (), **rest: Any) -> Fleet:
    """Return a fleet; without crews one van and its driver."""
    chosen = crews or ((a_vehicle(), a_driver()),)
    return Fleet(
        depots=tuple(depots) or (a_depot(),),
        vehicles=tuple({vehicle.ref: vehicle for vehicle, _ in chosen}.values()),
        drivers=tuple(driver for _, driver in chosen),
        **{"settings": Settings(currency="CLP"), **rest},
    )


def crew(ref: str, *, vehicle: dict[str, Any] | None = None, **driver: Any) -> tuple[Vehicle, Driver]:
    """Return a vehicle and its driver, both by one name."""
    return a_vehicle(ref, **(vehicle or {})), a_driver(ref, **driver)


class FixedClock:
    """A clock that stands."""

    def now(self) -> datetime:
        """Return noon of the day before."""
        return datetime(2026, 3, 9, 12, tzinfo=UTC)


def planned(
    orders: Sequence[Order],
    fleet: Fleet | None = None,
    *,
    roads: FlatRoads | None = None,
    day: ServiceDay = DAY,
    iterations: int = 400,
    **rest: Any,
) -> Plan:
    """Plan orders on the plain."""
    ground = Ground(network=roads or FlatRoads(), name="Plain", region_hash="0", attribution="nobody")
    if "box" in rest:
        ground = replace(ground, box=rest.pop("box"))
    limits = SearchLimits(seconds=None, iterations=iterations, threads=1)
    return plan_day(orders, fleet=fleet or a_fleet(), day=day, ground=ground, clock=FixedClock(), limits=limits, **rest)


def refs_of(plan: Plan) -> list[list[str]]:
    """Return the refs of each route's orders, in the order of the stops."""
    return [[order.ref for stop in route.stops for order in stop.orders] for route in plan.routes]


def stop_of(plan: Plan, ref: str) -> tuple[Route, Stop]:
    """Return the route and stop that serve an order."""
    found = [(r, s) for r in plan.routes for s in r.stops if any(order.ref == ref for order in s.orders)]
    assert len(found) == 1, f"{ref} is served {len(found)} times"
    return found[0]


def left_out(plan: Plan, ref: str) -> Unassigned:
    """Return an order that stayed out."""
    return next(each for each in plan.unassigned if each.ref == ref)


def driver_of(plan: Plan, ref: str) -> str:
    """Return who serves an order."""
    return stop_of(plan, ref)[0].driver_ref


def spoken(plan: Plan) -> None:
    """Say all that the plan says, in every language: a missing fact or word raises."""
    for locale in LOCALES:
        for out in plan.unassigned:
            assert say(out.reason, locale, **out.facts)
            for remedy in out.remedies:
                assert say(remedy.code, locale, **remedy.facts)
        for notice in plan.notices:
            assert say(notice.code, locale, **notice.facts)
        for route in plan.routes:
            for stop in route.stops:
                for order in stop.orders:
                    assert all(say(code, locale) for code in order.because)
