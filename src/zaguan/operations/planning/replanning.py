"""Plans a day that is under way, and answers what a change of its routes would mean. Works without a database."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from zaguan.base.geo.place import Place
from zaguan.base.kit.clock import Clock
from zaguan.base.kit.progress import Progress, SilentProgress
from zaguan.engines.solver import Solution
from zaguan.operations.planning.figures import totals_of
from zaguan.operations.planning.fleet import Fleet
from zaguan.operations.planning.mapping.layout import lay_out
from zaguan.operations.planning.mapping.problem import Mapped, map_day
from zaguan.operations.planning.mapping.reasons import unassigned_of
from zaguan.operations.planning.mapping.routes import routes_of
from zaguan.operations.planning.mapping.running import broken_down, going_on, offers_for, under_way
from zaguan.operations.planning.mapping.search import Standing, search_plan
from zaguan.operations.planning.mapping.standing import stand
from zaguan.operations.planning.mapping.travel import travel_of
from zaguan.operations.planning.model import Notice, Plan, Route, Unassigned
from zaguan.operations.planning.service import Ground, NobodyOnDuty, PlanBreaksRules, SearchLimits
from zaguan.operations.planning.service_day import ServiceDay
from zaguan.operations.planning.standing import (
    HAND_OVER,
    HAND_OVER_PREFIX,
    MAX_OFFERS,
    InsertionOffer,
    OrderUnplannable,
    Situation,
    StandingRoute,
    Timed,
)
from zaguan.records.orders.model import Order

BEST_OFFERS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What a question about a day is asked of: its orders, who is on duty, the roads."""

    orders: tuple[Order, ...]
    fleet: Fleet
    day: ServiceDay
    ground: Ground

    def order_of(self, ref: str) -> Order:
        """Return an order by its ref; an unknown one raises KeyError."""
        found = next((order for order in self.orders if order.ref == ref), None)
        if found is None:
            raise KeyError(ref)
        return found


def time_routes(day: Day, routes: Sequence[StandingRoute]) -> Timed:
    """Time routes as they were made by hand, with each rule that they break. Nothing is searched or moved."""
    served = {ref for route in routes for ref in route.order_refs}
    mapped = _mapped(day, [order for order in day.orders if order.ref in served])
    stood = stand(mapped, routes)
    return Timed(
        routes=routes_of(stood.mapped, stood.plan, day.ground.network, SilentProgress()), breaches=stood.breaches
    )


def time_under_way(day: Day, situation: Situation) -> Timed:
    """Time routes from the moment on: what was reported stays, and nobody leaves before now. Nothing is moved."""
    served = {ref for route in situation.routes for ref in route.order_refs}
    mapped = _mapped(day, [order for order in day.orders if order.ref in served])
    stood = under_way(mapped, situation)
    return Timed(
        routes=routes_of(stood.mapped, stood.plan, day.ground.network, SilentProgress()), breaches=stood.breaches
    )


def offer_order(
    day: Day, situation: Situation, order_ref: str, *, best: int = BEST_OFFERS
) -> tuple[InsertionOffer, ...]:
    """Return the best places for one more order, cheapest first; none if no vehicle has a place for it."""
    assert 1 <= best <= MAX_OFFERS, "offers are few, to choose from"
    standing = {ref for route in situation.routes for ref in route.order_refs}
    others = [order for order in day.orders if order.ref in standing and order.ref != order_ref]
    return offers_for(_mapped(day, [*others, day.order_of(order_ref)]), situation, best=best)


def replan_day(
    day: Day,
    situation: Situation,
    *,
    clock: Clock,
    limits: SearchLimits | None = None,
    progress: Progress | None = None,
    on_search: Callable[[Standing], bool] | None = None,
    notices: Sequence[Notice] = (),
    held: Sequence[Unassigned] = (),
) -> Plan:
    """Plan on from the routes that stand: what is served, loaded or under way stays where it is.

    Orders that no route has are put in where they fit; one that fits nowhere stays out with its reason.
    """
    mapped = _mapped(day, day.orders)
    ahead = going_on(under_way(mapped, situation))
    return _plan(day, ahead.mapped, ahead.solver(), clock, limits, progress, on_search, notices, held)


def replan_without(
    day: Day,
    situation: Situation,
    broken: StandingRoute,
    *,
    clock: Clock,
    place: Place | None = None,
    limits: SearchLimits | None = None,
    progress: Progress | None = None,
    on_search: Callable[[Standing], bool] | None = None,
) -> Plan:
    """Plan on without a vehicle that broke down; its stops go to the others, as far as these can take them.

    `place` is where it stands with what is aboard: others fetch that there first. None: nothing has to be fetched.
    """
    row = None
    mapped = _mapped(day, day.orders, more=() if place is None else (place,))
    if place is not None:
        row = len(mapped.layout.points) - 1
    ahead = broken_down(mapped, situation, broken, row=row, place=place)
    return _plan(day, ahead.mapped, ahead.solver(), clock, limits, progress, on_search, (), ())


def _mapped(day: Day, orders: Sequence[Order], *, more: Sequence[Place] = ()) -> Mapped:
    """Return the solver's problem of the day; `more` are places beyond those of depots and orders."""
    for order in orders:
        if order.place.point is None:
            raise OrderUnplannable(ref=order.ref, address=order.place.address)
    layout, _ = lay_out(orders, day.fleet, day.day)
    if not layout.duties:
        raise NobodyOnDuty(day=day.day.on.isoformat())
    points = [place.point for place in more if place.point is not None]
    layout = replace(layout, points=(*layout.points, *points))
    travel, _ = travel_of(layout, day.ground.network, SilentProgress())
    return map_day(orders, fleet=day.fleet, day=day.day, layout=layout, travel=travel)


def _plan(
    day: Day,
    mapped: Mapped,
    solver: Callable[..., Solution],
    clock: Clock,
    limits: SearchLimits | None,
    progress: Progress | None,
    on_search: Callable[[Standing], bool] | None,
    notices: Sequence[Notice],
    held: Sequence[Unassigned],
) -> Plan:
    limits, bars = limits or SearchLimits(), progress or SilentProgress()
    verdict = search_plan(mapped, limits=limits, on_search=on_search, progress=bars, solver=solver)
    if verdict.violations:
        raise PlanBreaksRules(count=len(verdict.violations), first=verdict.violations[0])
    routes = tuple(_with_hand_overs(route) for route in routes_of(mapped, verdict.solution, day.ground.network, bars))
    findings = [each for each in verdict.findings if not mapped.orders[each.client].ref.startswith(HAND_OVER_PREFIX)]
    left_out = (*held, *unassigned_of(mapped, findings))
    totals = totals_of(
        routes,
        unassigned=len(left_out),
        violations=0,
        nearest=None,
        in_file_order=None,
        vehicles=day.fleet.vehicles,
    )
    return Plan(
        service_on=day.day.on,
        time_zone=str(day.day.zone),
        currency=day.fleet.settings.currency,
        region_name=day.ground.name,
        region_hash=day.ground.region_hash,
        attribution=day.ground.attribution,
        made_at=clock.now(),
        seed=limits.seed,
        search_seconds=round(verdict.solution.seconds, 3),
        iterations=verdict.solution.iterations,
        routes=routes,
        unassigned=left_out,
        notices=tuple(notices),
        totals=totals,
    )


def _with_hand_overs(route: Route) -> Route:
    """Call the stops at a vehicle that broke down by their name, not by that of a pickup."""
    return replace(
        route,
        stops=tuple(
            replace(
                stop,
                orders=tuple(
                    replace(order, ref=order.ref.removeprefix(HAND_OVER_PREFIX), kind=HAND_OVER)
                    if order.ref.startswith(HAND_OVER_PREFIX)
                    else order
                    for order in stop.orders
                ),
            )
            for stop in route.stops
        ),
    )
