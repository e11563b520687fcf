"""What tracking does when it hears of routes, stops and shifts."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from zaguan.base.events import route as routes
from zaguan.base.events import stop as stops
from zaguan.base.events.shift import ShiftEnded, ShiftStarted
from zaguan.base.kit.clock import Clock
from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.jobs import Jobs
from zaguan.base.kit.reactions import Heard, Reaction
from zaguan.operations.planning.live import RouteId, RouteState
from zaguan.operations.planning.routes import get_route
from zaguan.operations.tracking import following
from zaguan.operations.tracking.from_planning import actuals_of, tracked
from zaguan.records.fleet.service import find_vehicle
from zaguan.records.network.service import find_depot

# whatever is heard of a route, it is looked at as it stands now: so it does not matter what is heard first
OF_ROUTES: Final = (
    *(routes.RoutePublished, routes.RouteChanged, routes.RouteAssigned, routes.RouteUnassigned),
    *(routes.RouteTransferred, routes.RouteStarted, routes.RouteEnded, routes.RouteCancelled, routes.RouteBrokeDown),
    *(stops.StopArrived, stops.StopDelivered, stops.StopPartiallyDelivered, stops.StopFailed),
    *(stops.StopLeft, stops.StopAmended),
)


def reactions(jobs: Jobs, clock: Clock) -> list[Reaction[Any]]:
    """Return what tracking does about facts, for the roof to bind."""
    look = partial(follow, jobs=jobs, clock=clock)
    return [
        *(Reaction(name=f"tracking.follow.{fact.type}", hears=fact, react=look) for fact in OF_ROUTES),
        Reaction(name=f"tracking.start_duty.{ShiftStarted.type}", hears=ShiftStarted, react=start_duty),
        Reaction(name=f"tracking.end_duty.{ShiftEnded.type}", hears=ShiftEnded, react=end_duty),
    ]


def follow(session: Session, organisation_id: OrganisationId, heard: Heard[Any], *, jobs: Jobs, clock: Clock) -> None:
    """Follow a route as it stands now, or let it go when nobody drives it any more."""
    live = get_route(session, organisation_id, RouteId(heard.fact.route_id))
    route = None
    if live.state in (RouteState.ASSIGNED, RouteState.STARTED) and live.vehicle_id is not None:
        depot = find_depot(session, organisation_id, live.sheet.depot_ref)
        # a depot that is not kept has no id: its fence goes by the route's
        depot_id: UUID = live.id if depot is None else depot.id
        route = tracked(live, vehicle_id=live.vehicle_id, depot_id=depot_id)
    if route is None:
        following.close_route(session, organisation_id, live.id, jobs=jobs, clock=clock)
        return
    following.follow_route(session, organisation_id, route, actuals=actuals_of(live), jobs=jobs, clock=clock)


def start_duty(session: Session, organisation_id: OrganisationId, heard: Heard[ShiftStarted]) -> None:
    """Let the vehicle of a shift be watched from its start on."""
    vehicle = find_vehicle(session, organisation_id, heard.fact.vehicle_ref)
    if vehicle is not None:
        starts_at = heard.entry.occurred_at
        following.start_duty(session, organisation_id, heard.fact.shift_id, vehicle.id, starts_at=starts_at)


def end_duty(session: Session, organisation_id: OrganisationId, heard: Heard[ShiftEnded]) -> None:
    """Watch the vehicle of a shift no longer from its end on."""
    vehicle = find_vehicle(session, organisation_id, heard.fact.vehicle_ref)
    if vehicle is not None:
        following.end_duties(session, organisation_id, vehicle.id, at=heard.entry.occurred_at)
