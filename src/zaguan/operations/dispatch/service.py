"""Use cases of the desk: who drives a route, what is moved, inserted, taken off, locked, cancelled.

What changes the stops of a route is weighed first (`weigh_…`, outside of any transaction) and then made
(`changes.make_change`), so that whoever decides sees the kilometres, the minutes and the broken promises before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from zaguan.base.kit.clock import Clock
from zaguan.base.kit.database import Database
from zaguan.base.kit.facts import Fact
from zaguan.base.kit.ids import OrganisationId
from zaguan.operations.dispatch.changes import Weighed, weigh
from zaguan.operations.dispatch.model import (
    Draft,
    DutyCrew,
    NoShift,
    ParcelsAboard,
    crew_of,
    handed_to,
    left_open,
    may_take,
    moved_stops,
    order_ids_of,
    taken_by,
    with_order,
    without_orders,
)
from zaguan.operations.planning import making
from zaguan.operations.planning import routes as live_routes
from zaguan.operations.planning.gathering import ABOARD, Gathered
from zaguan.operations.planning.live import LiveRoute, RouteId, RouteNotFound, RouteState, StopId
from zaguan.operations.planning.making import PlanWish
from zaguan.operations.planning.order_moves import put_on_routes, take_off_routes
from zaguan.operations.planning.replanning import BEST_OFFERS, Day, offer_order
from zaguan.operations.planning.service import Ground
from zaguan.operations.planning.standing import InsertionOffer, Situation
from zaguan.operations.planning.telling import route_assigned, route_cancelled, route_lock, route_unassigned
from zaguan.operations.planning.versions import DayPlan
from zaguan.records.drivers import service as drivers
from zaguan.records.drivers import shifts
from zaguan.records.fleet import service as vehicles
from zaguan.records.orders import service as orders
from zaguan.records.orders.model import OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The day as the desk sees it, read at one moment."""

    plan: DayPlan
    gathered: Gathered
    routes: tuple[LiveRoute, ...]


def assign_route(
    session: Session,
    organisation_id: OrganisationId,
    route_id: RouteId,
    driver_ref: str,
    vehicle_ref: str,
    *,
    clock: Clock,
    actor: str,
) -> LiveRoute:
    """Give an open route to a driver with a vehicle, or let the driver take it; of many who try at once one wins.

    Told again by the winner it changes nothing. Refused: a route that somebody else has or that is over, a driver
    without a shift with this vehicle, a driver or vehicle that is on another route at that time.
    """
    now = clock.now()
    route = live_routes.get_route_for_update(session, organisation_id, route_id)
    crew = find_crew(session, organisation_id, route, driver_ref, vehicle_ref)
    others = live_routes.routes_of_crew(session, organisation_id, route.service_on, driver_ref, vehicle_ref)
    if not may_take(route, crew, others):
        return route
    after = taken_by(route, crew, now)
    put_on_routes(session, organisation_id, [after], clock=clock, actor=actor)
    _keep(session, organisation_id, after, route_assigned(after), clock=clock, actor=actor)
    return after


def unassign_route(
    session: Session,
    organisation_id: OrganisationId,
    route_id: RouteId,
    *,
    clock: Clock,
    actor: str,
    expected_version: int | None = None,
) -> LiveRoute:
    """Let a route that has not left wait for somebody else. One that is open already stays as it is."""
    route = live_routes.get_route_for_update(session, organisation_id, route_id).require_version(expected_version)
    if route.state is RouteState.OPEN:
        return route
    after = left_open(route, clock.now())
    _require_nothing_aboard(session, organisation_id, route)
    take_off_routes(session, organisation_id, route.order_ids, clock=clock, actor=actor)
    put_on_routes(session, organisation_id, [after], clock=clock, actor=actor)
    _keep(session, organisation_id, after, route_unassigned(after, route), clock=clock, actor=actor)
    return after


def lock_route(
    session: Session,
    organisation_id: OrganisationId,
    route_id: RouteId,
    *,
    locked: bool,
    clock: Clock,
    actor: str,
    expected_version: int | None = None,
) -> LiveRoute:
    """Lock a route, so that neither a plan nor the desk changes what it serves, or unlock it."""
    route = live_routes.get_route_for_update(session, organisation_id, route_id).require_version(expected_version)
    if route.is_locked is locked:
        return route
    after = route.changed(clock.now(), is_locked=locked)
    _keep(session, organisation_id, after, route_lock(after), clock=clock, actor=actor)
    return after


def cancel_route(
    session: Session,
    organisation_id: OrganisationId,
    route_id: RouteId,
    *,
    clock: Clock,
    actor: str,
    expected_version: int | None = None,
) -> LiveRoute:
    """Cancel a route that has not left; its orders wait for another plan. Told again it changes nothing."""
    route = live_routes.get_route_for_update(session, organisation_id, route_id).require_version(expected_version)
    if route.state is RouteState.CANCELLED:
        return route
    route.require(RouteState.OPEN, RouteState.ASSIGNED)
    _require_nothing_aboard(session, organisation_id, route)
    now = clock.now()
    after = route.changed(now, state=RouteState.CANCELLED, ended_at=now, stops=())
    take_off_routes(session, organisation_id, route.order_ids, clock=clock, actor=actor)
    _keep(session, organisation_id, after, route_cancelled(after, route.order_ids), clock=clock, actor=actor)
    return after


def see_board(
    database: Database, organisation_id: OrganisationId, wish: PlanWish, *, clock: Clock, plan: DayPlan
) -> Board:
    """Read the day that changes are weighed against: its orders, who is on duty, its routes."""
    with database.session(organisation_id) as session:
        gathered = making.gather_for(session, organisation_id, wish, clock=clock)
        routes = live_routes.list_routes(session, organisation_id, plan_id=plan.id)
        fresh = making.get_plan(session, organisation_id, plan.id)
    return Board(plan=fresh, gathered=gathered, routes=tuple(routes))


def weigh_moving(
    board: Board,
    stop_ids: Sequence[StopId],
    to: RouteId,
    *,
    position: int | None = None,
    ground: Ground,
    clock: Clock,
) -> Weighed:
    """Tell what it means to move stops onto a route, behind so many of its stops (None: behind all)."""
    chosen = set(stop_ids)
    concerned = [route for route in board.routes if route.id == to or any(stop.id in chosen for stop in route.stops)]
    drafts = moved_stops(concerned, stop_ids, to, position=position)
    return _weigh(board, drafts, "move", ground, clock)


def weigh_transfer(board: Board, route_id: RouteId, crew: DutyCrew, *, ground: Ground, clock: Clock) -> Weighed:
    """Tell what it means that another crew goes on with a route, its stops in the same order."""
    return _weigh(board, (handed_to(_route(board, route_id), crew),), "transfer", ground, clock)


def weigh_removing(
    board: Board, route_id: RouteId, order_ids: Sequence[UUID], *, ground: Ground, clock: Clock
) -> Weighed:
    """Tell what it means to take orders off a route; they wait for another plan."""
    return _weigh(board, (without_orders(_route(board, route_id), order_ids),), "remove", ground, clock)


def offer_urgent(
    board: Board, order_id: UUID, *, ground: Ground, clock: Clock, best: int = BEST_OFFERS
) -> tuple[InsertionOffer, ...]:
    """Return the best places for an order that waits, each with its cost and whose arrival moves by how much."""
    gathered = board.gathered
    situation = gathered.situation or Situation(now_at=clock.now(), routes=(), loaded=frozenset())
    day = Day(orders=gathered.orders, fleet=gathered.fleet, day=gathered.day, ground=ground)
    return offer_order(day, situation, gathered.refs[order_id], best=best)


def weigh_inserting(board: Board, order_id: UUID, offer: InsertionOffer, *, ground: Ground, clock: Clock) -> Weighed:
    """Tell what it means to take an offer: as it was told, unless the road has moved on since."""
    key = (offer.driver_ref, offer.vehicle_ref, offer.shift_starts_s)
    route = next(
        (
            each
            for each in board.routes
            if each.state in (RouteState.ASSIGNED, RouteState.STARTED)
            and (each.driver_ref, each.vehicle_ref, each.starts_s) == key
        ),
        None,
    )
    if route is not None:
        draft = with_order(route, order_id, position=_position(board, route, offer))
    else:
        crew = next(c for c in board.gathered.crews if (c.driver_ref, c.vehicle_ref, c.starts_s) == key)
        idle = DutyCrew(
            driver_ref=crew.driver_ref,
            vehicle_ref=crew.vehicle_ref,
            shift_ref=crew.shift_ref,
            starts_s=crew.starts_s,
            driver_id=crew.driver_id,
            vehicle_id=crew.vehicle_id,
        )
        draft = Draft(route=None, crew=idle, order_ids=(order_id,))
    return _weigh(board, (draft,), "insert", ground, clock)


def _position(board: Board, route: LiveRoute, offer: InsertionOffer) -> int:
    """Return how many orders of a route come before an offered place: offers count only those that still stand."""
    standing = board.gathered.standing_refs
    ids = order_ids_of(route)
    places = [place for place, order_id in enumerate(ids) if order_id in standing]
    return places[offer.position] if offer.position < len(places) else len(ids)


def find_crew(
    session: Session, organisation_id: OrganisationId, route: LiveRoute, driver_ref: str, vehicle_ref: str
) -> DutyCrew:
    """Return a driver with a vehicle as they are on duty on a route's day; of several shifts the one that fits."""
    if route.state in (RouteState.ASSIGNED, RouteState.STARTED) and (route.driver_ref, route.vehicle_ref) == (
        driver_ref,
        vehicle_ref,
    ):
        return crew_of(route)
    on_duty = [
        kept
        for kept in shifts.shifts_on(session, organisation_id, route.service_on)
        if kept.value.takes_part and (kept.value.driver_ref, kept.value.vehicle_ref) == (driver_ref, vehicle_ref)
    ]
    if not on_duty:
        raise NoShift(driver=driver_ref, vehicle=vehicle_ref, day=route.service_on.isoformat())
    # the last one that has begun when the route leaves, else the first of the day
    on_duty.sort(key=lambda kept: kept.value.shift.starts_s)
    fitting = [kept for kept in on_duty if kept.value.shift.starts_s <= route.starts_s] or on_duty[:1]
    shift = fitting[-1].value
    return DutyCrew(
        driver_ref=driver_ref,
        vehicle_ref=vehicle_ref,
        shift_ref=shift.ref,
        starts_s=shift.shift.starts_s,
        driver_id=drivers.get_driver(session, organisation_id, driver_ref).id,
        vehicle_id=vehicles.get_vehicle(session, organisation_id, vehicle_ref).id,
    )


def _require_nothing_aboard(session: Session, organisation_id: OrganisationId, route: LiveRoute) -> None:
    """Refuse a route whose parcels are in the vehicle already: they are unloaded first."""
    found = orders.get_orders_for_update(session, organisation_id, [OrderId(each) for each in route.order_ids])
    aboard = [order.external_id for order in found.values() if order.state in ABOARD]
    if aboard:
        raise ParcelsAboard(orders=", ".join(aboard))


def _weigh(board: Board, drafts: Sequence[Draft], because: str, ground: Ground, clock: Clock) -> Weighed:
    return weigh(board.gathered, drafts, because=because, plan=board.plan, ground=ground, now=clock.now())


def _route(board: Board, route_id: RouteId) -> LiveRoute:
    found = next((route for route in board.routes if route.id == route_id), None)
    if found is None:
        raise RouteNotFound(route=str(route_id))
    return found


def _keep(
    session: Session, organisation_id: OrganisationId, route: LiveRoute, fact: Fact, *, clock: Clock, actor: str
) -> None:
    live_routes.keep_routes(session, organisation_id, [(route, [fact])], at=clock.now(), actor=actor)
