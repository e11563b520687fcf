"""One day from file to plan: the steps of `zaguan plan` and `zaguan demo`, without a terminal."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from zaguan.app.bootstrap import City
from zaguan.base.geo.place import Place
from zaguan.base.geo.point import Point
from zaguan.base.kit.clock import Clock, today_in
from zaguan.base.kit.errors import ZaguanError
from zaguan.base.kit.progress import Progress
from zaguan.engines.roads.geocoder.answer import AddressQuery
from zaguan.operations.intake.days import orders_of_day
from zaguan.operations.intake.locate import OFF_MAP_M, PLANNABLE, Review, locate
from zaguan.operations.intake.model import ImportReport
from zaguan.operations.intake.service import read_orders
from zaguan.operations.planning.default_fleet import default_fleet
from zaguan.operations.planning.fleet import Fleet
from zaguan.operations.planning.fleet_file import locate_depots, read_fleet, require_on_map
from zaguan.operations.planning.mapping.layout import PROFILE_OF_KIND
from zaguan.operations.planning.mapping.search import Standing
from zaguan.operations.planning.model import Notice, Plan, Remedy, Unassigned
from zaguan.operations.planning.service import NothingToPlan, SearchLimits, named, plan_day
from zaguan.operations.planning.service_day import ServiceDay, busiest_day
from zaguan.records.orders.model import Order

STREET_NOTICE = "intake.place_street"


class NothingLocated(ZaguanError):
    """None of the day's orders is on the region's map."""

    code = "planning.nothing_located"


class NoProfile(ZaguanError):
    """The fleet has vehicles whose roads the region was built without."""

    code = "planning.no_profile"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayInput:
    """What is to be planned."""

    orders: Path
    fleet: Path | None = None
    day: date | None = None
    sheet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayResult:
    """The plan, what became of the file's rows, and the orders that a person must look at."""

    plan: Plan
    report: ImportReport
    review: tuple[Review, ...]
    fleet: Fleet


def plan_file(
    wanted: DayInput,
    city: City,
    *,
    clock: Clock,
    limits: SearchLimits,
    progress: Progress,
    on_search: Callable[[Standing], bool] | None = None,
) -> DayResult:
    """Read the orders, find their places, plan them. Refused: what any of the steps refuses."""
    region = city.region
    zone = ZoneInfo(region.time_zone)
    # a fleet file that cannot be used is told before any long work
    fleet = None if wanted.fleet is None else read_fleet(wanted.fleet, country=region.country)
    report = read_orders(
        wanted.orders,
        country=region.country or "CL",
        time_zone=region.time_zone,
        sheet=wanted.sheet,
        progress=progress,
    )
    today = today_in(zone, clock)
    on = wanted.day or busiest_day(report.orders, today=today)
    chosen = orders_of_day(report.orders, on)
    if not chosen.orders:
        raise NothingToPlan(day=on.isoformat(), orders=len(report.orders))
    located = locate(chosen.orders, geocoder=city.geocoder, box=region.box, progress=progress)
    if not located.orders:
        raise NothingLocated(orders=len(chosen.orders), day=on.isoformat(), region=region.name)
    notices = _day_notices(wanted, report.orders, on)
    if fleet is None:
        fleet, notice = default_fleet(located.orders, country=region.country)
        notices.append(notice)
    else:
        fleet = locate_depots(fleet, lambda place: find_depot(place, city))
    require_profiles(fleet, city)
    require_on_map(fleet, region.box.grown_by(OFF_MAP_M))
    plan = plan_day(
        [*located.orders, *chosen.other_days],
        fleet=fleet,
        day=ServiceDay(on=on, zone=zone),
        ground=city.ground,
        clock=clock,
        limits=limits,
        progress=progress,
        on_search=on_search,
        notices=[*notices, *_place_notices([(each.code, dict(each.facts)) for each in located.notices])],
        held=[held(review) for review in located.review],
    )
    return DayResult(plan=plan, report=report, review=located.review, fleet=fleet)


def find_depot(place: Place, city: City) -> Point | None:
    """Return the point of a depot's address, or None if it is not found well enough."""
    found = city.geocoder.find(AddressQuery(text=place.address, commune=place.commune, city=place.city))
    return found.point if found.grade in PLANNABLE and not found.ambiguous else None


def require_profiles(fleet: Fleet, city: City) -> None:
    """Refuse (NoProfile) a fleet that needs roads which the region was built without."""
    driven = {driver.vehicle_ref for driver in fleet.drivers}
    for profile in {PROFILE_OF_KIND[vehicle.kind] for vehicle in fleet.vehicles if vehicle.ref in driven}:
        if profile not in city.region.profiles:
            kinds = {vehicle.kind.value for vehicle in fleet.vehicles if PROFILE_OF_KIND[vehicle.kind] is profile}
            wanted = ",".join([*(each.value for each in city.region.profiles), profile.value])
            raise NoProfile(profile=profile.value, kinds=", ".join(sorted(kinds)), wanted=wanted)


def held(review: Review) -> Unassigned:
    """Return an order that waits for a person, as the plan names it."""
    place = review.order.place
    facts = dict(review.facts)
    return Unassigned(
        ref=review.order.ref,
        address=place.address,
        point=place.point,
        reason=review.code,
        facts=facts,
        remedies=(Remedy(code=f"{review.code}.hint", facts=facts),),
    )


def _day_notices(wanted: DayInput, orders: tuple[Order, ...], on: date) -> list[Notice]:
    dated = any(order.service_on is not None for order in orders)
    if wanted.day is not None or not dated:
        return []
    return [Notice(code="planning.notice.chosen_day", facts={"day": on.isoformat()})]


def _place_notices(found: list[tuple[str, dict[str, str | int]]]) -> list[Notice]:
    """Return what was decided about places; orders known only by their street are told together."""
    streets = [str(facts["ref"]) for code, facts in found if code == STREET_NOTICE]
    notices = [
        Notice(code=code, facts=facts, order_ref=str(facts.get("ref", "")))
        for code, facts in found
        if code != STREET_NOTICE
    ]
    if streets:
        facts: dict[str, str | int] = {"count": len(streets), "refs": named(streets)}
        notices.append(Notice(code="planning.notice.street_only", facts=facts))
    return notices
