"""What a plan is made of, read from the records: the orders of a day, the shifts, the routes that stand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from zaguan.base.kit.errors import Kind, ZaguanError
from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.kept import Kept
from zaguan.operations.planning import store
from zaguan.operations.planning.fleet import Fleet, Settings
from zaguan.operations.planning.live import IN_FORCE, LiveRoute, RouteState
from zaguan.operations.planning.model import Notice, Remedy, Unassigned
from zaguan.operations.planning.service_day import ServiceDay
from zaguan.operations.planning.standing import Situation
from zaguan.operations.planning.versions import Crew, DayPlan
from zaguan.records.drivers import service as drivers
from zaguan.records.drivers import shifts
from zaguan.records.drivers.model import DatedShift, Driver
from zaguan.records.fleet import service as vehicles
from zaguan.records.fleet.model import Vehicle
from zaguan.records.network import service as network
from zaguan.records.network.model import Depot
from zaguan.records.orders import service as orders
from zaguan.records.orders.booking import BookedOrder
from zaguan.records.orders.model import Order, OrderId
from zaguan.records.orders.states import OrderState

# what is in a vehicle, whichever way it was told
ABOARD: Final = frozenset(
    {OrderState.LOADED, OrderState.OUT_FOR_DELIVERY, OrderState.ARRIVING, OrderState.ARRIVED, OrderState.IN_TRANSIT}
)
HELD_REASONS: Final = {OrderState.ON_HOLD: "on_hold", OrderState.CREATED: "not_ready"}
MAX_NAMED: Final = 10


class DepotUnknown(ZaguanError):
    """A plan was asked for of a depot that is not there, or put away."""

    kind: ClassVar = Kind.NOT_FOUND
    code: ClassVar = "planning.depot_unknown"


class NobodyScheduled(ZaguanError):
    """No shift is planned on the day, or none with a driver, vehicle and depot in use."""

    kind: ClassVar = Kind.CONFLICT
    code: ClassVar = "planning.nobody_scheduled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """All that a search needs, free of the database: it may go to another process.

    `based_on` is the published version at that moment. With routes in force the plan goes on from them.
    """

    day: ServiceDay
    orders: tuple[Order, ...]  # called by their refs in the plan
    order_ids: Mapping[str, UUID]
    order_versions: Mapping[str, int]
    fleet: Fleet
    crews: tuple[Crew, ...]
    notices: tuple[Notice, ...]
    held: tuple[Unassigned, ...]  # orders of the day that wait for a person or for their goods
    based_on: int | None
    situation: Situation | None

    @property
    def standing_refs(self) -> dict[UUID, str]:
        """What the plan calls each order that stands on a route; one that came back and is planned anew does not."""
        routes = () if self.situation is None else self.situation.routes
        standing = {ref for route in routes for ref in route.order_refs}
        return {order_id: ref for ref, order_id in self.order_ids.items() if ref in standing}

    @property
    def refs(self) -> dict[UUID, str]:
        """What the plan calls each order."""
        return {order_id: ref for ref, order_id in self.order_ids.items()}


def gather(
    session: Session,
    organisation_id: OrganisationId,
    *,
    service_on: date,
    depot_refs: Sequence[str],
    zone: ZoneInfo,
    settings: Settings,
    plan: DayPlan | None,
    now: datetime,
    move_cost_minor: int = 0,
    order_cost_minor: int = 0,
) -> Gathered:
    """Read what a day is planned from. Refused: an unknown depot, a day on which nobody works."""
    depots = _depots(session, organisation_id, service_on, depot_refs)
    fleet, crews, notices = _fleet(session, organisation_id, service_on, depots, settings)
    of_day = orders.list_orders_of_day(session, organisation_id, service_on, list(OrderState))
    by_id: dict[UUID, BookedOrder] = {order.id: order for order in of_day}
    routes = _routes_to_plan_on(session, organisation_id, plan, crews)
    for order_id in {order_id for route in routes for order_id in route.order_ids} - by_id.keys():
        # it was put off to another day after it was planned
        by_id[order_id] = orders.get_order(session, organisation_id, OrderId(order_id))
    standing = [_standing_ids(route, by_id) for route in routes]
    on_routes = {order_id for ids in standing for order_id in ids}
    wanted = [
        order for order in by_id.values() if order.id in on_routes or _may_be_planned(order, service_on, depots, fleet)
    ]
    waiting = [
        order
        for order in of_day
        if order.state in HELD_REASONS and order.to_plan().service_on == service_on and order.id not in on_routes
    ]
    named = _named([*wanted, *waiting])
    refs = {order_id: ref for ref, order_id in named.items()}
    still_there = {order_id: ref for order_id, ref in refs.items() if order_id in on_routes}
    situation = None
    if routes:
        situation = Situation(
            now_at=now,
            routes=tuple(route.standing(still_there, now) for route in routes if has_crew(route, crews)),
            loaded=frozenset(refs[order.id] for order in wanted if order.state in ABOARD),
            move_cost_minor=move_cost_minor,
            order_cost_minor=order_cost_minor,
        )
    return Gathered(
        day=ServiceDay(on=service_on, zone=zone),
        orders=tuple(_to_plan(order, refs[order.id], service_on) for order in wanted),
        order_ids=named,
        order_versions={refs[order.id]: order.version for order in (*wanted, *waiting)},
        fleet=fleet,
        crews=crews,
        notices=notices,
        held=tuple(_held(order, refs[order.id]) for order in waiting),
        based_on=None if plan is None else plan.published_version,
        situation=situation,
    )


def _routes_to_plan_on(
    session: Session, organisation_id: OrganisationId, plan: DayPlan | None, crews: Sequence[Crew]
) -> list[LiveRoute]:
    """Return the routes in force of a published plan that a new one may change."""
    if plan is None or plan.published_version is None:
        return []
    found = store.list_routes(session, organisation_id, plan_id=plan.id, states=IN_FORCE)
    return [route for route in found if _may_change(route, crews)]


def _depots(
    session: Session, organisation_id: OrganisationId, day: date, depot_refs: Sequence[str]
) -> tuple[Depot, ...]:
    """Return the depots asked for, or all; those whose calendar rests on the day are left out."""
    found = {kept.ref: kept.value for kept in network.all_depots(session, organisation_id)}
    for ref in depot_refs:
        if ref not in found:
            raise DepotUnknown(ref=ref)
    chosen = [found[ref] for ref in (sorted(depot_refs) or sorted(found))]
    return tuple(depot for depot in chosen if _is_worked(session, organisation_id, depot.calendar_ref, day))


def _is_worked(session: Session, organisation_id: OrganisationId, calendar_ref: str, day: date) -> bool:
    if not calendar_ref:
        return True
    return network.get_work_calendar(session, organisation_id, calendar_ref).value.is_worked(day)


def _fleet(
    session: Session, organisation_id: OrganisationId, day: date, depots: Sequence[Depot], settings: Settings
) -> tuple[Fleet, tuple[Crew, ...], tuple[Notice, ...]]:
    """Return who works on the day, as planning knows a fleet, and a notice about shifts that cannot go out."""
    people = {kept.ref: kept for kept in drivers.all_drivers(session, organisation_id)}
    cars = {kept.ref: kept for kept in vehicles.all_vehicles(session, organisation_id)}
    zones = tuple(kept.value for kept in network.all_zones(session, organisation_id))
    open_depots = {depot.ref for depot in depots}
    on_duty: list[tuple[DatedShift, Kept[Driver], Kept[Vehicle]]] = []
    idle: list[str] = []
    for kept in shifts.shifts_on(session, organisation_id, day):
        shift = kept.value
        driver, vehicle = people.get(shift.driver_ref), cars.get(shift.vehicle_ref)
        if not shift.takes_part:
            continue
        if driver is None or vehicle is None or vehicle.value.depot_ref not in open_depots:
            idle.append(shift.ref)
        elif _is_worked(session, organisation_id, driver.value.calendar_ref, day):
            on_duty.append((shift, driver, vehicle))
        else:
            idle.append(shift.ref)
    if not on_duty:
        raise NobodyScheduled(day=day.isoformat())
    notices: tuple[Notice, ...] = ()
    if idle:
        facts: dict[str, str | int] = {"count": len(idle), "shifts": ", ".join(idle[:MAX_NAMED])}
        notices = (Notice(code="planning.notice.idle_shifts", facts=facts),)
    fleet = Fleet(
        depots=tuple(depots),
        vehicles=tuple({vehicle.ref: vehicle.value for _, _, vehicle in on_duty}.values()),
        drivers=tuple(
            replace(driver.value, shift=shift.shift, vehicle_ref=shift.vehicle_ref) for shift, driver, _ in on_duty
        ),
        zones=zones,
        settings=settings,
    )
    crews = tuple(
        Crew(
            driver_ref=shift.driver_ref,
            vehicle_ref=shift.vehicle_ref,
            shift_ref=shift.ref,
            starts_s=shift.shift.starts_s,
            driver_id=driver.id,
            vehicle_id=vehicle.id,
        )
        for shift, driver, vehicle in on_duty
    )
    return fleet, crews, notices


def _may_be_planned(order: BookedOrder, day: date, depots: Sequence[Depot], fleet: Fleet) -> bool:
    """Tell whether an order waits to be planned on this day from these depots."""
    asked = order.to_plan()
    if order.state is not OrderState.READY or asked.service_on not in (None, day):
        return False
    refs = {depot.ref for depot in depots}
    if asked.depot_ref:
        return asked.depot_ref in refs
    point = asked.place.point
    zones = () if point is None else fleet.zones_at(point)
    home = next((zone.depot_ref for zone in zones if zone.depot_ref), "")
    return not home or home in refs


def _standing_ids(route: LiveRoute, by_id: Mapping[UUID, BookedOrder]) -> tuple[UUID, ...]:
    """Return the orders that a route still has or has served; one that is tried again is planned anew."""
    return tuple(order_id for order_id in route.order_ids if _still_there(by_id[order_id]))


def _still_there(order: BookedOrder) -> bool:
    return order.state not in (OrderState.READY, OrderState.CREATED, OrderState.ON_HOLD, OrderState.CANCELLED)


def _may_change(route: LiveRoute, crews: Iterable[Crew]) -> bool:
    """Tell whether a plan may say anything of a route: not of one on the road whose crew is not on duty any more."""
    return route.state is not RouteState.STARTED or has_crew(route, crews)


def has_crew(route: LiveRoute, crews: Iterable[Crew]) -> bool:
    """Tell whether a route's driver and vehicle are on duty; a route that nobody has taken is planned anew."""
    return any(
        (crew.driver_ref, crew.vehicle_ref, crew.starts_s) == (route.driver_ref, route.vehicle_ref, route.starts_s)
        for crew in crews
    )


def _named(found: Sequence[BookedOrder]) -> dict[str, UUID]:
    """Name each order by its shipper's number; of two with the same number the second gets a part of its id."""
    named: dict[str, UUID] = {}
    for order in found:
        ref = order.external_id
        named[ref if ref not in named else f"{ref} · {order.id.hex[-6:]}"] = order.id
    return named


def _held(order: BookedOrder, ref: str) -> Unassigned:
    """Return an order that is not ready as the plan names it: why it waits, and what would let it in."""
    reason = HELD_REASONS[order.state]
    place = order.asked.place
    return Unassigned(
        ref=ref,
        address=place.address,
        point=place.point,
        reason=f"planning.reason.{reason}",
        facts={"hold": order.hold.value} if order.hold is not None else {"hold": "–"},
        remedies=(Remedy(code=f"planning.remedy.{reason}"),),
    )


def _to_plan(order: BookedOrder, ref: str, day: date) -> Order:
    """Return what a plan has to keep, under the name that the plan uses."""
    return replace(order.to_plan(), ref=ref, service_on=day, recurs="")
