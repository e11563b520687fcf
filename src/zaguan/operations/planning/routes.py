"""Use cases of routes that are driven: looked at, started, ended; what is told of their stops."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from zaguan.base.kit import journal
from zaguan.base.kit.chain import Stream
from zaguan.base.kit.facts import Fact
from zaguan.base.kit.ids import OrganisationId
from zaguan.operations.planning import store
from zaguan.operations.planning.live import (
    LiveRoute,
    LiveStop,
    Manifest,
    RouteId,
    RouteState,
    StopId,
    StopNotFound,
    StopState,
    manifest_of,
    renumbered,
)
from zaguan.operations.planning.order_moves import ON_A_ROUTE
from zaguan.operations.planning.telling import route_changed, route_ended, route_started
from zaguan.operations.planning.versions import PlanId
from zaguan.records.orders import service as orders
from zaguan.records.orders.model import OrderId


def get_route(session: Session, organisation_id: OrganisationId, route_id: RouteId) -> LiveRoute:
    """Return a route with its stops."""
    return store.get_route(session, organisation_id, route_id)


def get_route_for_update(session: Session, organisation_id: OrganisationId, route_id: RouteId) -> LiveRoute:
    """Return a route that nobody else changes until the transaction ends."""
    return store.lock_routes(session, organisation_id, [route_id])[route_id]


def get_route_of_stop(
    session: Session, organisation_id: OrganisationId, stop_id: StopId, *, for_update: bool = False
) -> LiveRoute:
    """Return the route of a stop; of one that was taken off, the route that it was taken from."""
    route_id = store.route_id_of_stop(session, organisation_id, stop_id)
    return (get_route_for_update if for_update else get_route)(session, organisation_id, route_id)


def list_stops_taken_off(session: Session, organisation_id: OrganisationId, route_id: RouteId) -> list[LiveStop]:
    """Return the stops that were on a route once and are on none now: a driver without a signal may still tell of one.

    A stop that was moved to another route is found there (`get_route_of_stop`).
    """
    return store.list_stops_taken_off(session, organisation_id, route_id)


def list_routes(
    session: Session,
    organisation_id: OrganisationId,
    *,
    service_on: date | None = None,
    plan_id: PlanId | None = None,
    driver_ref: str | None = None,
    states: Collection[RouteState] = (),
) -> list[LiveRoute]:
    """Return the routes of a day, a plan or a driver, by their refs."""
    return store.list_routes(
        session, organisation_id, service_on=service_on, plan_id=plan_id, driver_ref=driver_ref, states=states
    )


def get_manifest(session: Session, organisation_id: OrganisationId, route_id: RouteId) -> Manifest:
    """Return what is loaded on a route, the last stop first."""
    return manifest_of(store.get_route(session, organisation_id, route_id))


def start_route(
    session: Session, organisation_id: OrganisationId, route_id: RouteId, *, at: datetime, actor: str
) -> LiveRoute:
    """Note that a route left its depot. Told again it changes nothing. Refused: one that nobody has taken."""
    route = get_route_for_update(session, organisation_id, route_id)
    if route.state is RouteState.STARTED:
        return route
    route.require(RouteState.ASSIGNED)
    after = route.changed(at, state=RouteState.STARTED, started_at=at)
    return _kept(session, organisation_id, after, route_started(after, at), at, actor)


def end_route(
    session: Session, organisation_id: OrganisationId, route_id: RouteId, *, at: datetime, actor: str
) -> LiveRoute:
    """Note that a route is over. Told again it changes nothing. Stops that nobody went to are cancelled."""
    route = get_route_for_update(session, organisation_id, route_id)
    if route.state is RouteState.ENDED:
        return route
    route.require(RouteState.ASSIGNED, RouteState.STARTED)
    stops = tuple(
        stop if stop.state in (StopState.DONE, StopState.ARRIVED) else stop.in_state(StopState.CANCELLED, at)
        for stop in route.stops
    )
    after = route.changed(at, state=RouteState.ENDED, ended_at=at, stops=stops)
    return _kept(session, organisation_id, after, route_ended(after, at), at, actor)


def report_stop(
    session: Session, organisation_id: OrganisationId, stop_id: StopId, state: StopState, *, at: datetime
) -> LiveStop:
    """Note where a stop stands, as the driver told it: then no plan moves it any more. The same again changes nothing.

    What came of it at the door is another room's fact; here it only counts that it is fixed. Refused: a stop that is
    done, and one that was taken off the route.
    """
    route = get_route_of_stop(session, organisation_id, stop_id, for_update=True)
    before = next((stop for stop in route.stops if stop.id == stop_id), None)
    if before is None:
        raise StopNotFound(stop=str(stop_id))
    after = before.in_state(state, at)
    if after is not before:
        stops = tuple(after if stop.id == stop_id else stop for stop in route.stops)
        store.save_routes(session, organisation_id, [route.changed(at, stops=stops)])
    return after


def drop_order(
    session: Session, organisation_id: OrganisationId, order_id: UUID, *, at: datetime, actor: str
) -> tuple[LiveRoute, ...]:
    """Take an order that was cancelled, held or put off from the stops that are still ahead; return what changed.

    The other stops keep their times: whoever has less to do is not later. An order whose stop is fixed, and one that
    was planned again since, stays; dropping it twice changes nothing.
    """
    routes = store.lock_routes_with(session, organisation_id, order_id)
    if not routes or orders.get_order(session, organisation_id, OrderId(order_id)).state in ON_A_ROUTE:
        return ()
    changed = []
    for route in routes:
        stops = renumbered(kept for stop in route.stops if (kept := stop.without(order_id)) is not None)
        after = route.changed(at, stops=stops)
        changed.append((after, [route_changed(after, because="remove")]))
    if changed:
        keep_routes(session, organisation_id, changed, at=at, actor=actor)
    return tuple(route for route, _ in changed)


def lock_routes(
    session: Session, organisation_id: OrganisationId, route_ids: Collection[RouteId]
) -> dict[RouteId, LiveRoute]:
    """Return routes that nobody else changes until the transaction ends; one that is not there is refused."""
    return store.lock_routes(session, organisation_id, route_ids)


def keep_routes(
    session: Session,
    organisation_id: OrganisationId,
    told: Sequence[tuple[LiveRoute, Sequence[Fact]]],
    *,
    at: datetime,
    actor: str,
) -> None:
    """Keep routes that were locked before, or new ones, and tell what happened to each."""
    store.save_routes(session, organisation_id, [route for route, _ in told])
    streams = [(Stream("route", route.id), list(facts)) for route, facts in told]
    journal.append_all(session, organisation_id, streams, occurred_at=at, actor=actor)


def routes_of_crew(
    session: Session, organisation_id: OrganisationId, service_on: date, driver_ref: str, vehicle_ref: str
) -> list[LiveRoute]:
    """Return the routes in force of a driver or a vehicle; nobody else gives them one until the transaction ends."""
    store.hold_driver(session, organisation_id, driver_ref, vehicle_ref)
    return store.routes_in_force_of(session, organisation_id, service_on, driver_ref, vehicle_ref)


def _kept(
    session: Session, organisation_id: OrganisationId, route: LiveRoute, fact: Fact, at: datetime, actor: str
) -> LiveRoute:
    store.save_routes(session, organisation_id, [route])
    journal.append(session, organisation_id, Stream("route", route.id), [fact], occurred_at=at, actor=actor)
    return route
