"""Use cases of a breakdown: told at once, answered by a plan without the vehicle, made with one confirmation."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from zaguan.base.geo.place import Place
from zaguan.base.kit.clock import Clock
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import OrganisationId
from zaguan.operations.dispatch.model import CHANGEABLE, NothingStranded
from zaguan.operations.planning import making
from zaguan.operations.planning import routes as live_routes
from zaguan.operations.planning.live import LiveRoute, RouteId
from zaguan.operations.planning.making import PlanWish
from zaguan.operations.planning.publishing import Publication, publish_plan
from zaguan.operations.planning.replanning import Day, replan_without
from zaguan.operations.planning.service import Ground, SearchLimits
from zaguan.operations.planning.telling import route_broke_down
from zaguan.operations.planning.versions import Cause, PlanVersion
from zaguan.records.drivers import shifts
from zaguan.records.drivers.model import ShiftState


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What a confirmed breakdown came to: the route that ended, and what was published instead."""

    route: LiveRoute
    publication: Publication


def report_breakdown(
    session: Session, organisation_id: OrganisationId, route_id: RouteId, *, clock: Clock, actor: str
) -> LiveRoute:
    """Tell that a route's vehicle cannot go on. The route is locked until the breakdown is answered.

    Told again it changes nothing. Refused: a route that nobody drives.
    """
    route = live_routes.get_route_for_update(session, organisation_id, route_id)
    route.require(*CHANGEABLE)
    if route.is_locked and route.is_broken:
        return route
    now = clock.now()
    after = route.changed(now, is_locked=True, is_broken=True)
    stranded = tuple(order_id for stop in route.stops if not stop.is_over for order_id in stop.order_ids)
    told = [(after, [route_broke_down(after, stranded)])]
    live_routes.keep_routes(session, organisation_id, told, at=now, actor=actor)
    return after


def plan_recovery(
    database: Database,
    organisation_id: OrganisationId,
    wish: PlanWish,
    route_id: RouteId,
    *,
    place: Place | None,
    ground: Ground,
    clock: Clock,
    actor: str,
    limits: SearchLimits | None = None,
) -> PlanVersion:
    """Plan the rest of the day without a vehicle, its stops with the others, and keep that as a version to confirm.

    `place` is where it stands with parcels aboard: others fetch them there first. None: nothing has to be fetched.
    What nobody can take stays out with its reason. Refused: a route that nobody drives.
    """
    with database.session(organisation_id) as session:
        gathered = making.gather_for(session, organisation_id, wish, clock=clock)
        route = live_routes.get_route(session, organisation_id, route_id)
    route.require(*CHANGEABLE)
    situation = gathered.situation
    broken = None
    if situation is not None:
        broken = next((each for each in situation.routes if each.ref == route.ref), None)
    if situation is None or broken is None or not broken.order_refs:
        raise NothingStranded(route=route.ref)
    plan = replan_without(
        Day(orders=gathered.orders, fleet=gathered.fleet, day=gathered.day, ground=ground),
        situation,
        broken,
        place=place,
        clock=clock,
        limits=limits,
    )
    with database.session(organisation_id) as session:
        return making.keep_plan(
            session, organisation_id, wish, gathered, plan, clock=clock, actor=actor, cause=Cause.BREAKDOWN
        )


def confirm_recovery(
    session: Session,
    organisation_id: OrganisationId,
    route_id: RouteId,
    version: PlanVersion,
    *,
    clock: Clock,
    actor: str,
) -> Recovery:
    """Publish the plan without the vehicle, end its route and its shift. A version of an older state is refused."""
    publication = publish_plan(session, organisation_id, version.plan_id, version.version, clock=clock, actor=actor)
    route = live_routes.end_route(session, organisation_id, route_id, at=clock.now(), actor=actor)
    if route.shift_ref:
        shift = shifts.get_shift(session, organisation_id, route.shift_ref).value
        over = ShiftState.ENDED if shift.state is ShiftState.STARTED else ShiftState.CANCELLED
        if shift.takes_part:
            shifts.change_shift_state(session, organisation_id, route.shift_ref, over, clock=clock, actor=actor)
    return Recovery(route=route, publication=publication)
