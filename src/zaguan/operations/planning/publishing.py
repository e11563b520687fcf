"""Use cases of publishing: a version becomes what is driven, its orders are planned, its routes told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from zaguan.base.events.plan import PlanPublished
from zaguan.base.kit import journal
from zaguan.base.kit.chain import Stream
from zaguan.base.kit.clock import Clock
from zaguan.base.kit.facts import Fact
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.operations.planning import store
from zaguan.operations.planning.gathering import has_crew
from zaguan.operations.planning.live import (
    IN_FORCE,
    LiveRoute,
    LiveStop,
    RouteId,
    RouteState,
    StopId,
    fixed_on,
    stops_after,
)
from zaguan.operations.planning.model import Route
from zaguan.operations.planning.order_moves import put_on_routes, take_off_routes, waiting_orders
from zaguan.operations.planning.telling import published, route_cancelled, route_changed
from zaguan.operations.planning.versions import Crew, DayPlan, PlanId, PlanVersion

REPLAN: Final = "replan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What publishing did. Orders that had changed too much since the version was made were passed over."""

    plan: DayPlan
    routes: tuple[LiveRoute, ...]
    planned: tuple[UUID, ...]
    released: tuple[UUID, ...]  # stood on a route and wait for a plan again
    passed_over: tuple[UUID, ...]


def publish_plan(
    session: Session,
    organisation_id: OrganisationId,
    plan_id: PlanId,
    version: int,
    *,
    clock: Clock,
    actor: str,
    assign: bool = True,
) -> Publication:
    """Make a version what is driven. Done stops and those under way stay, whatever it says.

    `assign` False leaves new routes open, for drivers to take. Refused: a plan to look at, and a version that was
    made from another one than is published now; both versions are named.
    """
    now = clock.now()
    plan = store.get_plan(session, organisation_id, plan_id, for_update=True)
    wanted = store.get_version(session, organisation_id, plan_id, version)
    if plan.published_version == version:
        # told twice: it is so already
        there = tuple(store.list_routes(session, organisation_id, plan_id=plan_id, states=IN_FORCE))
        return Publication(plan=plan, routes=there, planned=(), released=(), passed_over=())
    published_plan = plan.published(version, wanted.based_on, now)
    standing = store.lock_routes_of_plan(session, organisation_id, plan_id)
    before = [route for route in standing if route.state in IN_FORCE and _may_change(route, wanted)]
    free, passed_over = waiting_orders(session, organisation_id, wanted, before)
    locked = [route for route in before if _is_closed(route)]
    # what the road has done since the version was made, what is locked, and what must not be served twice
    taken = {pair for pair in fixed_on(standing) if pair[0] not in free}
    taken |= {pair for route in locked for stop in route.stops for pair in stop.key}
    taken |= {(order_id, hand_over) for order_id in passed_over for hand_over in (False, True)}
    after = _routes_after(wanted, before, taken, now, assign=assign, clock=clock)
    routes = [route for route, _ in after]
    released = _left_out(before, routes, passed_over)
    # what the version had on a route that was locked since waits for the next one
    passed_over |= free - {order_id for route in (*before, *routes) for order_id in route.order_ids}
    store.save_routes(session, organisation_id, routes)
    store.update_plan(session, organisation_id, published_plan)
    take_off_routes(session, organisation_id, released, clock=clock, actor=actor)
    in_force = [route for route in routes if route.state in IN_FORCE]
    planned = put_on_routes(session, organisation_id, in_force, clock=clock, actor=actor)
    fact = _fact(wanted, plan, after, planned, passed_over)
    told: list[tuple[Stream, list[Fact]]] = [(Stream("plan", plan_id), [fact])]
    told += [(Stream("route", route.id), [_told(route, old)]) for route, old in after]
    journal.append_all(session, organisation_id, told, occurred_at=now, actor=actor)
    return Publication(
        plan=published_plan,
        routes=tuple(in_force),
        planned=planned,
        released=released,
        passed_over=tuple(sorted(passed_over)),
    )


def _fact(
    version: PlanVersion,
    before: DayPlan,
    after: Sequence[tuple[LiveRoute, LiveRoute | None]],
    planned: tuple[UUID, ...],
    passed_over: set[UUID],
) -> PlanPublished:
    return PlanPublished(
        plan_id=before.id,
        version=version.version,
        previous_version=before.published_version,
        service_on=before.service_on,
        route_ids=tuple(route.id for route, old in after if old is None),
        changed_route_ids=tuple(route.id for route, old in after if old is not None),
        planned_order_ids=planned,
        unassigned_order_ids=tuple(version.order_ids[each.ref] for each in version.plan.unassigned),
        passed_over_order_ids=tuple(sorted(passed_over)),
    )


def _may_change(route: LiveRoute, version: PlanVersion) -> bool:
    """Tell whether the version says anything of a route: not of one on the road whose crew it did not know."""
    return route.state is not RouteState.STARTED or has_crew(route, version.crews)


def _told(route: LiveRoute, old: LiveRoute | None) -> Fact:
    if old is None:
        return published(route)
    if route.state is RouteState.CANCELLED:
        return route_cancelled(route, ())
    return route_changed(route, because=REPLAN)


def _routes_after(
    version: PlanVersion,
    before: Sequence[LiveRoute],
    taken: set[tuple[UUID, bool]],
    now: datetime,
    *,
    assign: bool,
    clock: Clock,
) -> list[tuple[LiveRoute, LiveRoute | None]]:
    """Return the routes that are new or changed, each with what it was before."""
    after: list[tuple[LiveRoute, LiveRoute | None]] = []
    old_by_crew = {(route.driver_ref, route.vehicle_ref, route.starts_s): route for route in before}
    numbers = _free_refs(before)
    for sheet in version.plan.routes:
        crew = _crew_of(version, sheet)
        old = old_by_crew.pop((crew.driver_ref, crew.vehicle_ref, crew.starts_s), None)
        stops = stops_after(
            () if old is None else old.stops,
            sheet.stops,
            version.order_ids,
            elsewhere=taken,
            new_id=lambda: StopId(new_id(clock)),
        )
        bare = replace(sheet, stops=())
        if old is not None:
            if _is_closed(old):
                continue
            if stops != old.stops or bare != replace(old.sheet, ref=bare.ref):
                bare = replace(bare, ref=old.ref)
                after.append((old.changed(now, stops=stops, sheet=bare, plan_version=version.version), old))
        elif stops:
            ref = next(numbers)
            after.append((_fresh(version, replace(bare, ref=ref), stops, crew, now, assign=assign, clock=clock), None))
    for old in old_by_crew.values():
        if _is_closed(old):
            continue
        after.append((_emptied(old, version, now), old))
    return after


def _is_closed(route: LiveRoute) -> bool:
    """Tell whether nothing may change a route; one whose vehicle broke down has to change."""
    return route.is_locked and not route.is_broken


def _emptied(old: LiveRoute, version: PlanVersion, now: datetime) -> LiveRoute:
    """Return a route that a new plan does not have: what it has done stays; one that has done nothing is cancelled."""
    fixed = tuple(stop for stop in old.stops if not stop.is_ahead)
    if fixed or old.state is RouteState.STARTED:
        return old.changed(now, stops=fixed, plan_version=version.version)
    return old.changed(now, stops=(), plan_version=version.version, state=RouteState.CANCELLED, ended_at=now)


def _fresh(
    version: PlanVersion,
    sheet: Route,
    stops: tuple[LiveStop, ...],
    crew: Crew,
    now: datetime,
    *,
    assign: bool,
    clock: Clock,
) -> LiveRoute:
    return LiveRoute(
        id=RouteId(new_id(clock)),
        plan_id=version.plan_id,
        plan_version=version.version,
        service_on=version.plan.service_on,
        ref=sheet.ref,
        state=RouteState.ASSIGNED if assign else RouteState.OPEN,
        version=1,
        driver_ref=crew.driver_ref if assign else "",
        vehicle_ref=crew.vehicle_ref if assign else "",
        shift_ref=crew.shift_ref if assign else "",
        driver_id=crew.driver_id if assign else None,
        vehicle_id=crew.vehicle_id if assign else None,
        starts_s=crew.starts_s,
        is_locked=False,
        sheet=sheet,
        stops=stops,
        time_zone=version.plan.time_zone,
        changed_at=now,
    )


def _crew_of(version: PlanVersion, sheet: Route) -> Crew:
    """Return who drives a route of a version: by driver and vehicle, and by the shift's start where there are two."""
    local = sheet.shift_starts_at.astimezone(sheet.leaves_at.tzinfo)
    same = [
        crew for crew in version.crews if (crew.driver_ref, crew.vehicle_ref) == (sheet.driver_ref, sheet.vehicle_ref)
    ]
    if len(same) == 1:
        return same[0]
    days = local.date().toordinal() - version.plan.service_on.toordinal()
    starts_s = days * 86_400 + local.hour * 3_600 + local.minute * 60 + local.second
    return next(crew for crew in same if crew.starts_s == starts_s)


def _free_refs(before: Sequence[LiveRoute]) -> Iterator[str]:
    """Yield names for new routes that no route of the plan has."""
    taken = {route.ref for route in before}
    return (ref for number in count(1) if (ref := f"R{number:02d}") not in taken)


def _left_out(before: Sequence[LiveRoute], after: Sequence[LiveRoute], passed_over: set[UUID]) -> tuple[UUID, ...]:
    """Return the orders that stood on a route and are on none now."""
    changed: Mapping[RouteId, LiveRoute] = {route.id: route for route in after}
    were = {order_id for route in before for order_id in route.order_ids}
    are = {order_id for route in before if route.id not in changed for order_id in route.order_ids}
    are |= {order_id for route in after if route.state in IN_FORCE for order_id in route.order_ids}
    return tuple(sorted(were - are - passed_over))
