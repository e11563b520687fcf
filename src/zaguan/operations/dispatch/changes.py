"""Changes of routes by hand: weighed before they are made, then made if nothing has moved meanwhile.

Weighing asks the roads and takes a moment, so it holds no transaction. Making a change takes the routes as they were
weighed: one that was changed since is refused with both versions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import count
from uuid import UUID

from sqlalchemy.orm import Session

from zaguan.base.kit.clock import Clock
from zaguan.base.kit.facts import Fact
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.operations.dispatch.model import (
    Consequence,
    Draft,
    consequence_of,
    fixed_orders,
    require_free,
    require_not_aboard,
    taken_by,
)
from zaguan.operations.planning import routes as live_routes
from zaguan.operations.planning.gathering import ABOARD, Gathered
from zaguan.operations.planning.live import LiveRoute, LiveStop, RouteId, RouteState, StopId, fixed_on, stops_after
from zaguan.operations.planning.model import Load, Route
from zaguan.operations.planning.order_moves import put_on_routes, take_off_routes
from zaguan.operations.planning.replanning import Day, time_under_way
from zaguan.operations.planning.service import Ground
from zaguan.operations.planning.standing import Situation, StandingRoute, Timed
from zaguan.operations.planning.telling import published, route_changed, route_transferred
from zaguan.operations.planning.versions import DayPlan, PlanId
from zaguan.records.orders import service as orders
from zaguan.records.orders.model import OrderId, OrderKind

NO_TIMES = Timed(routes=(), breaches=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A change that was weighed: the routes as they shall be, timed, and what that means."""

    because: str  # move, insert, remove, transfer
    drafts: tuple[Draft, ...]
    timed: Timed
    consequence: Consequence
    order_ids: Mapping[str, UUID]
    plan_id: PlanId
    plan_version: int
    service_on: date
    time_zone: str


def weigh(
    gathered: Gathered, drafts: Sequence[Draft], *, because: str, plan: DayPlan, ground: Ground, now: datetime
) -> Weighed:
    """Time the routes as they are and as they shall be, and tell what the change means. Nothing is changed."""
    assert drafts, "a change changes something"
    day = Day(orders=gathered.orders, fleet=gathered.fleet, day=gathered.day, ground=ground)
    standing = gathered.standing_refs
    loaded = gathered.situation.loaded if gathered.situation is not None else None
    before = [draft.route.standing(standing, now) for draft in drafts if draft.route is not None]
    after = [_standing(draft, gathered, now) for draft in drafts]
    old = _timed(day, before, loaded, now)
    new = _timed(day, after, loaded, now)
    return Weighed(
        because=because,
        drafts=tuple(drafts),
        timed=new,
        consequence=consequence_of(old, new),
        order_ids=gathered.order_ids,
        plan_id=plan.id,
        plan_version=plan.published_version or plan.latest_version,
        service_on=gathered.day.on,
        time_zone=str(gathered.day.zone),
    )


def make_change(
    session: Session, organisation_id: OrganisationId, weighed: Weighed, *, clock: Clock, actor: str
) -> tuple[LiveRoute, ...]:
    """Make a change as it was weighed. Refused: a route that was changed since, parcels that are aboard elsewhere.

    Done stops and those under way stay; stops that are moved keep their ids; orders that no route has any more wait
    for another plan.
    """
    now = clock.now()
    known = [draft.route for draft in weighed.drafts if draft.route is not None]
    locked = live_routes.lock_routes(session, organisation_id, [route.id for route in known])
    for route in known:
        locked[route.id].require_version(route.version)
    _require_movable(session, organisation_id, weighed.drafts)
    after: list[tuple[LiveRoute, Fact]] = []
    for draft in weighed.drafts:
        if draft.route is None or draft.is_transfer:
            _require_crew_free(session, organisation_id, draft, weighed)
        after.append(_made(session, organisation_id, draft, weighed, known, now, clock))
    routes = [route for route, _ in after]
    were = {order_id for route in known for order_id in route.order_ids}
    are = {order_id for route in routes for order_id in route.order_ids}
    # the order's own facts come first: streams are held in the order of their kinds
    take_off_routes(session, organisation_id, sorted(were - are), clock=clock, actor=actor)
    put_on_routes(session, organisation_id, routes, clock=clock, actor=actor)
    live_routes.keep_routes(session, organisation_id, [(r, [f]) for r, f in after], at=now, actor=actor)
    return tuple(routes)


def _standing(draft: Draft, gathered: Gathered, now: datetime) -> StandingRoute:
    """Return a route as planning reads it, as it shall be."""
    refs, standing = gathered.refs, gathered.standing_refs
    whole = StandingRoute(ref="", driver_ref="", vehicle_ref="", order_refs=())
    fixed = 0
    if draft.route is not None:
        whole = draft.route.standing(standing, now)
        fixed = fixed_orders(draft.route)
    # what is fixed comes first; an order that came back has its first try there, and may come again behind
    ids = [each for each in draft.order_ids[:fixed] if each in standing]
    ids += [each for each in draft.order_ids[fixed:] if each in refs]
    return replace(
        whole,
        driver_ref=draft.crew.driver_ref,
        vehicle_ref=draft.crew.vehicle_ref,
        shift_starts_s=draft.crew.starts_s,
        order_refs=tuple(refs[order_id] for order_id in ids),
    )


def _timed(day: Day, routes: Sequence[StandingRoute], loaded: frozenset[str] | None, now: datetime) -> Timed:
    if not any(route.order_refs for route in routes):
        return NO_TIMES
    return time_under_way(day, Situation(now_at=now, routes=tuple(routes), loaded=loaded))


def _require_movable(session: Session, organisation_id: OrganisationId, drafts: Sequence[Draft]) -> None:
    """Refuse orders whose parcels are in another vehicle than that of their new route."""
    known = {order_id for draft in drafts if draft.route is not None for order_id in draft.route.order_ids}
    moving = {order_id for draft in drafts for order_id in draft.order_ids}
    found = orders.get_orders_for_update(session, organisation_id, [OrderId(each) for each in sorted(known | moving)])
    aboard: dict[UUID, str] = {
        order.id: order.external_id
        for order in found.values()
        if order.state in ABOARD and order.asked.kind is OrderKind.DELIVERY
    }
    require_not_aboard(drafts, aboard)


def _require_crew_free(session: Session, organisation_id: OrganisationId, draft: Draft, weighed: Weighed) -> None:
    """Refuse a crew that is on another route at that time."""
    crew = draft.crew
    others = live_routes.routes_of_crew(session, organisation_id, weighed.service_on, crew.driver_ref, crew.vehicle_ref)
    own = None if draft.route is None else draft.route.id
    require_free(_sheet(weighed, draft), crew, [other for other in others if other.id != own])


def _made(
    session: Session,
    organisation_id: OrganisationId,
    draft: Draft,
    weighed: Weighed,
    known: Sequence[LiveRoute],
    now: datetime,
    clock: Clock,
) -> tuple[LiveRoute, Fact]:
    """Return the route as it is from now on, and what is told of it."""
    own = () if draft.route is None else draft.route.stops
    others = [
        stop
        for route in known
        if draft.route is None or route.id != draft.route.id
        for stop in route.ahead
        if not stop.is_hand_over
    ]
    sheet = _sheet(weighed, draft)
    # an order that came back has its first try among what is fixed, and comes again
    again = {
        order_id
        for each in weighed.drafts
        for order_id in each.order_ids[0 if each.route is None else fixed_orders(each.route) :]
    }
    stops = stops_after(
        [*own, *others],
        sheet.stops,
        weighed.order_ids,
        elsewhere={pair for pair in fixed_on(known) if pair[0] not in again},
        new_id=lambda: StopId(new_id(clock)),
    )
    bare = replace(sheet, stops=())
    if draft.route is None:
        made = _fresh(session, organisation_id, draft, weighed, bare, stops, now, clock)
        return made, published(made)
    bare = replace(bare, ref=draft.route.ref)
    if not draft.is_transfer:
        changed = draft.route.changed(now, stops=stops, sheet=bare)
        return changed, route_changed(changed, because=weighed.because)
    handed = taken_by(draft.route, draft.crew, now)
    handed = replace(handed, stops=stops, sheet=bare)
    return handed, route_transferred(handed, draft.route)


def _fresh(
    session: Session,
    organisation_id: OrganisationId,
    draft: Draft,
    weighed: Weighed,
    sheet: Route,
    stops: tuple[LiveStop, ...],
    now: datetime,
    clock: Clock,
) -> LiveRoute:
    """Return a route of a crew that had none."""
    taken = {route.ref for route in live_routes.list_routes(session, organisation_id, plan_id=weighed.plan_id)}
    ref = next(name for number in count(1) if (name := f"R{number:02d}") not in taken)
    crew = draft.crew
    return LiveRoute(
        id=RouteId(new_id(clock)),
        plan_id=weighed.plan_id,
        plan_version=weighed.plan_version,
        service_on=weighed.service_on,
        ref=ref,
        state=RouteState.ASSIGNED,
        version=1,
        driver_ref=crew.driver_ref,
        vehicle_ref=crew.vehicle_ref,
        shift_ref=crew.shift_ref,
        driver_id=crew.driver_id,
        vehicle_id=crew.vehicle_id,
        starts_s=crew.starts_s,
        is_locked=False,
        sheet=replace(sheet, ref=ref),
        stops=stops,
        time_zone=weighed.time_zone,
        changed_at=now,
    )


def _sheet(weighed: Weighed, draft: Draft) -> Route:
    """Return a route as it was timed; one that serves nobody any more is not driven."""
    crew = draft.crew
    for route in weighed.timed.routes:
        if (route.driver_ref, route.vehicle_ref) == (crew.driver_ref, crew.vehicle_ref):
            return route
    assert draft.route is not None, "a new route serves somebody"
    return replace(
        draft.route.sheet,
        returns_at=draft.route.sheet.leaves_at,
        breaks=(),
        geometry=(),
        estimated_legs=0,
        straight_legs=(),
        distance_m=0,
        driving_s=0,
        service_s=0,
        waiting_s=0,
        duration_s=0,
        overtime_s=0,
        load=Load(),
        cost_minor=0,
        emission_g=0,
        energy_units=0.0,
    )
