"""Decisions of the desk on routes that are driven: who may take one, what may be moved, and what that means."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

from zaguan.base.kit.errors import Kind, ZaguanError
from zaguan.operations.planning.live import IN_FORCE, LiveRoute, LiveStop, RouteId, RouteState, StopId, StopNotFound
from zaguan.operations.planning.model import Route
from zaguan.operations.planning.standing import Breach, Timed

CHANGEABLE: Final = frozenset({RouteState.ASSIGNED, RouteState.STARTED})


class RouteTaken(ZaguanError):
    """Somebody else, `driver`, has taken the route."""

    kind: ClassVar = Kind.CONFLICT
    code: ClassVar = "dispatch.route_taken"


class CrewBusy(ZaguanError):
    """`who` is on route `other` at that time."""

    kind: ClassVar = Kind.CONFLICT
    code: ClassVar = "dispatch.crew_busy"


class NoShift(ZaguanError):
    """A driver has no shift with this vehicle on the day."""

    kind: ClassVar = Kind.CONFLICT
    code: ClassVar = "dispatch.no_shift"


class RouteIsLocked(ZaguanError):
    """The route is locked: nobody changes what it serves."""

    kind: ClassVar = Kind.CONFLICT
    code: ClassVar = "dispatch.route_is_locked"


class ParcelsAboard(ZaguanError):
    """Parcels of these orders are in the vehicle: they do not change it by a click."""

    kind: ClassVar = Kind.CONFLICT
    code: ClassVar = "dispatch.parcels_aboard"


class RoutesOfDifferentDays(ZaguanError):
    """Stops are moved between routes of one day and one plan."""

    code: ClassVar = "dispatch.routes_of_different_days"


class PositionFixed(ZaguanError):
    """A stop cannot come before what is done or under way."""

    kind: ClassVar = Kind.CONFLICT
    code: ClassVar = "dispatch.position_fixed"


class NothingStranded(ZaguanError):
    """The route has nothing that others could take, or its crew is not on duty any more."""

    kind: ClassVar = Kind.CONFLICT
    code: ClassVar = "dispatch.nothing_stranded"


class NotOnRoute(ZaguanError):
    """An order is on no route that could be changed."""

    kind: ClassVar = Kind.CONFLICT
    code: ClassVar = "dispatch.not_on_route"


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyCrew:
    """A driver with a vehicle on a shift of the day."""

    driver_ref: str
    vehicle_ref: str
    shift_ref: str
    starts_s: int
    driver_id: UUID
    vehicle_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """How a route shall be: who drives it, and its orders one after the other. None: a route that is new."""

    route: LiveRoute | None
    crew: DutyCrew
    order_ids: tuple[UUID, ...]

    @property
    def is_transfer(self) -> bool:
        """Whether somebody else drives it."""
        return self.route is not None and (self.route.driver_ref, self.route.vehicle_ref) != (
            self.crew.driver_ref,
            self.crew.vehicle_ref,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenPromise:
    """An order that would be reached after its window, and was not, or not so late."""

    order_ref: str
    late_s: int
    before_late_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteEffect:
    """What changes for one route; an empty ref: a route that is new."""

    ref: str
    driver_ref: str
    stops: int
    distance_m: int
    duration_s: int
    returns_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """What a change means, before it is made: the figures are after minus before."""

    distance_m: int
    duration_s: int
    cost_minor: int
    overtime_s: int
    broken: tuple[BrokenPromise, ...]
    breaches: tuple[Breach, ...]  # rules that were kept before
    routes: tuple[RouteEffect, ...]

    @property
    def keeps_promises(self) -> bool:
        """Whether no promise and no rule is broken by it."""
        return not self.broken and not self.breaches


def crew_of(route: LiveRoute) -> DutyCrew:
    """Return who drives a route; one that nobody has taken is refused."""
    route.require(*CHANGEABLE)
    assert route.driver_id is not None
    assert route.vehicle_id is not None
    return DutyCrew(
        driver_ref=route.driver_ref,
        vehicle_ref=route.vehicle_ref,
        shift_ref=route.shift_ref,
        starts_s=route.starts_s,
        driver_id=route.driver_id,
        vehicle_id=route.vehicle_id,
    )


def order_ids_of(route: LiveRoute) -> tuple[UUID, ...]:
    """Return the orders of a route as they came and will come, where parcels are only fetched left out."""
    return tuple(order_id for stop in route.as_driven if not stop.is_hand_over for order_id in stop.order_ids)


def fixed_orders(route: LiveRoute) -> int:
    """Return how many orders of a route are done or under way: they come first."""
    return len(_orders_of(stop for stop in route.as_driven if not stop.is_ahead))


def may_take(route: LiveRoute, crew: DutyCrew, others: Iterable[LiveRoute]) -> bool:
    """Tell whether a crew has to be given a route; False: it has it already.

    Refused: a route that somebody else has or that is over, and a crew that is on another one at that time.
    """
    if route.state in CHANGEABLE:
        if (route.driver_ref, route.vehicle_ref) == (crew.driver_ref, crew.vehicle_ref):
            return False
        raise RouteTaken(route=route.ref, driver=route.driver_ref)
    route.require(RouteState.OPEN)
    require_free(route.sheet, crew, [other for other in others if other.id != route.id])
    return True


def require_free(sheet: Route, crew: DutyCrew, others: Iterable[LiveRoute]) -> None:
    """Refuse a crew of which driver or vehicle is on another route at the time of this one."""
    for other in others:
        if other.state not in IN_FORCE or not _at_one_time(sheet, other.sheet):
            continue
        who = crew.driver_ref if other.driver_ref == crew.driver_ref else crew.vehicle_ref
        raise CrewBusy(who=who, route=sheet.ref, other=other.ref)


def _at_one_time(one: Route, other: Route) -> bool:
    return one.leaves_at < other.returns_at and other.leaves_at < one.returns_at


def taken_by(route: LiveRoute, crew: DutyCrew, at: datetime) -> LiveRoute:
    """Return a route with its crew; its stops and their order stay."""
    sheet = replace(route.sheet, driver_ref=crew.driver_ref, vehicle_ref=crew.vehicle_ref)
    return route.changed(
        at,
        state=RouteState.ASSIGNED if route.state is RouteState.OPEN else route.state,
        driver_ref=crew.driver_ref,
        vehicle_ref=crew.vehicle_ref,
        shift_ref=crew.shift_ref,
        starts_s=crew.starts_s,
        driver_id=crew.driver_id,
        vehicle_id=crew.vehicle_id,
        sheet=sheet,
    )


def left_open(route: LiveRoute, at: datetime) -> LiveRoute:
    """Return a route that waits for somebody; one that has left is refused."""
    route.require(RouteState.ASSIGNED)
    return route.changed(
        at,
        state=RouteState.OPEN,
        driver_ref="",
        vehicle_ref="",
        shift_ref="",
        driver_id=None,
        vehicle_id=None,
    )


def require_unlocked(routes: Iterable[LiveRoute]) -> None:
    """Refuse locked routes."""
    for route in routes:
        if route.is_locked:
            raise RouteIsLocked(route=route.ref)


def moved_stops(
    routes: Sequence[LiveRoute], stop_ids: Sequence[StopId], to: RouteId, *, position: int | None
) -> tuple[Draft, ...]:
    """Return the routes with stops moved onto one of them, in the order given.

    `position` is how many stops of that route come before them, None: all. Refused: locked routes, routes of
    different plans, stops that are done or under way, a position before such stops.
    """
    by_id = {route.id: route for route in routes}
    target = by_id[to]
    _require_together(routes)
    require_unlocked(routes)
    stops = [_stop(routes, stop_id) for stop_id in stop_ids]
    for stop in stops:
        stop.require_ahead()
    chosen = {stop.id for stop in stops}
    rest = [stop for stop in target.as_driven if stop.id not in chosen]
    fixed = sum(not stop.is_ahead for stop in rest)
    place = len(rest) if position is None else position
    if not fixed <= place <= len(rest):
        raise PositionFixed(route=target.ref, position=place, fixed=fixed, most=len(rest))
    after = {target.id: [*rest[:place], *stops, *rest[place:]]}
    for route in routes:
        if route.id != target.id:
            after[route.id] = [stop for stop in route.as_driven if stop.id not in chosen]
    return tuple(
        Draft(route=route, crew=crew_of(route), order_ids=_orders_of(after[route.id]))
        for route in routes
        if after[route.id] != list(route.as_driven)
    )


def with_order(route: LiveRoute, order_id: UUID, *, position: int) -> Draft:
    """Return a route with one more order, before which so many of its orders come."""
    require_unlocked([route])
    orders = order_ids_of(route)
    fixed = fixed_orders(route)
    if not fixed <= position <= len(orders):
        raise PositionFixed(route=route.ref, position=position, fixed=fixed, most=len(orders))
    return Draft(route=route, crew=crew_of(route), order_ids=(*orders[:position], order_id, *orders[position:]))


def without_orders(route: LiveRoute, order_ids: Collection[UUID]) -> Draft:
    """Return a route without some of its orders; what is done or under way is refused."""
    require_unlocked([route])
    for order_id in order_ids:
        stop = next((each for each in route.stops if order_id in each.order_ids), None)
        if stop is None:
            raise NotOnRoute(order=str(order_id), route=route.ref)
        stop.require_ahead()
    kept = tuple(order_id for order_id in order_ids_of(route) if order_id not in order_ids)
    return Draft(route=route, crew=crew_of(route), order_ids=kept)


def handed_to(route: LiveRoute, crew: DutyCrew) -> Draft:
    """Return a route that another crew goes on with; the order of its stops stays."""
    route.require(*CHANGEABLE)
    require_unlocked([route])
    return Draft(route=route, crew=crew, order_ids=order_ids_of(route))


def require_not_aboard(drafts: Sequence[Draft], aboard: Mapping[UUID, str]) -> None:
    """Refuse drafts that put orders whose parcels are in one vehicle on another route; `aboard` names them."""
    for draft in drafts:
        own = set(order_ids_of(draft.route)) if draft.route is not None else set[UUID]()
        new = [order_id for order_id in draft.order_ids if order_id not in own and order_id in aboard]
        if new:
            raise ParcelsAboard(orders=", ".join(aboard[order_id] for order_id in new))


def consequence_of(before: Timed, after: Timed) -> Consequence:
    """Tell what changes from routes as they are to routes as they would be."""
    old, new = _late(before.routes), _late(after.routes)
    broken = tuple(
        BrokenPromise(order_ref=ref, late_s=late, before_late_s=old.get(ref, 0))
        for ref, late in sorted(new.items())
        if late > old.get(ref, 0)
    )
    known = {(breach.rule, breach.order_ref or breach.driver_ref) for breach in before.breaches}
    late_refs = {promise.order_ref for promise in broken} | {ref for ref, late in old.items() if late}
    breaches = tuple(
        breach
        for breach in after.breaches
        if (breach.rule, breach.order_ref or breach.driver_ref) not in known
        # that an order is late is told as its broken promise
        and not (breach.rule.endswith(".window") and breach.order_ref in late_refs)
    )
    was = {(route.driver_ref, route.vehicle_ref): route for route in before.routes}
    effects = []
    for route in after.routes:
        earlier = was.pop((route.driver_ref, route.vehicle_ref), None)
        effects.append(
            RouteEffect(
                ref=route.ref,
                driver_ref=route.driver_ref,
                stops=len(route.stops) - (0 if earlier is None else len(earlier.stops)),
                distance_m=route.distance_m - (0 if earlier is None else earlier.distance_m),
                duration_s=route.duration_s - (0 if earlier is None else earlier.duration_s),
                returns_at=route.returns_at,
            )
        )
    effects += [
        RouteEffect(
            ref=gone.ref,
            driver_ref=gone.driver_ref,
            stops=-len(gone.stops),
            distance_m=-gone.distance_m,
            duration_s=-gone.duration_s,
            returns_at=gone.leaves_at,
        )
        for gone in was.values()
    ]
    return Consequence(
        distance_m=sum(effect.distance_m for effect in effects),
        duration_s=sum(effect.duration_s for effect in effects),
        cost_minor=sum(r.cost_minor for r in after.routes) - sum(r.cost_minor for r in before.routes),
        overtime_s=sum(r.overtime_s for r in after.routes) - sum(r.overtime_s for r in before.routes),
        broken=broken,
        breaches=breaches,
        routes=tuple(effects),
    )


def _late(routes: Iterable[Route]) -> dict[str, int]:
    return {order.ref: order.late_s for route in routes for stop in route.stops for order in stop.orders}


def _orders_of(stops: Iterable[LiveStop]) -> tuple[UUID, ...]:
    return tuple(order_id for stop in stops if not stop.is_hand_over for order_id in stop.order_ids)


def _stop(routes: Iterable[LiveRoute], stop_id: StopId) -> LiveStop:
    found = next((stop for route in routes for stop in route.stops if stop.id == stop_id), None)
    if found is None:
        raise StopNotFound(stop=str(stop_id))
    return found


def _require_together(routes: Sequence[LiveRoute]) -> None:
    if len({(route.service_on, route.plan_id) for route in routes}) > 1:
        raise RoutesOfDifferentDays(routes=", ".join(route.ref for route in routes))
