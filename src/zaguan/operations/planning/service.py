"""Plans a day: orders, fleet and roads in, a verified plan out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zaguan.base.geo.point import BoundingBox
from zaguan.base.kit.clock import Clock
from zaguan.base.kit.errors import Kind, ZaguanError
from zaguan.base.kit.progress import Progress, SilentProgress
from zaguan.base.kit.words import say
from zaguan.engines.roads.network import RoadNetwork
from zaguan.engines.solver import Solution, solve
from zaguan.operations.planning.figures import Baseline, totals_of
from zaguan.operations.planning.fleet import Fleet
from zaguan.operations.planning.mapping.baseline import file_order, nearest_neighbour
from zaguan.operations.planning.mapping.layout import lay_out
from zaguan.operations.planning.mapping.problem import Mapped, map_day
from zaguan.operations.planning.mapping.reasons import unassigned_of
from zaguan.operations.planning.mapping.routes import routes_of
from zaguan.operations.planning.mapping.search import Standing, Verdict, search_plan
from zaguan.operations.planning.mapping.travel import travel_of
from zaguan.operations.planning.model import Notice, Plan, Remedy, Totals, Unassigned
from zaguan.operations.planning.service_day import ServiceDay, is_wanted_on
from zaguan.records.orders.model import Order

MAX_ORDERS: Final = 50_000
MAX_NAMED: Final = 10  # refs listed in a notice


class NothingToPlan(ZaguanError):
    """No order is wanted on the day."""

    code = "planning.nothing_to_plan"


class NobodyOnDuty(ZaguanError):
    """No driver can leave a depot on the day."""

    code = "planning.nobody_on_duty"


class TooManyOrders(ZaguanError):
    """More orders than one plan takes."""

    code = "planning.too_many_orders"


class PlanBreaksRules(ZaguanError):
    """The independent checker found a violation: the plan does not leave."""

    kind = Kind.CONFLICT
    code = "planning.breaks_rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The region that is planned on: its roads, and what the plan says of it."""

    network: RoadNetwork
    name: str
    region_hash: str
    attribution: str
    box: BoundingBox | None = None  # orders outside are off the map; None: anywhere goes


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchLimits:
    """How long to search: at most so many seconds, CPU seconds or iterations of each thread."""

    seconds: float | None = 30.0
    cpu_seconds: float | None = None
    iterations: int | None = None
    threads: int = 2
    seed: int = 0


def plan_day(
    orders: Sequence[Order],
    *,
    fleet: Fleet,
    day: ServiceDay,
    ground: Ground,
    clock: Clock,
    limits: SearchLimits | None = None,
    progress: Progress | None = None,
    on_search: Callable[[Standing], bool] | None = None,
    notices: Sequence[Notice] = (),
    held: Sequence[Unassigned] = (),
    solver: Callable[..., Solution] = solve,
) -> Plan:
    """Plan the orders that are wanted on a day; the others are left aside with a notice.

    Orders that cannot be served stay out, each with its reason and what would let it in. `on_search` is called
    several times a second and ends the search by returning True. `held` are orders of the day that somebody has
    to look at first: they stay out with the reason that they bring. `solver` is called as `solve` is; what it returns
    is not trusted, but checked. Refused: a day without orders, a fleet with
    nobody on duty, a plan in which the independent checker finds a violation.
    """
    limits, bars = limits or SearchLimits(), progress or SilentProgress()
    wanted, heard = _wanted(orders, day.on)
    usable, off = _usable(wanted, ground.box)
    layout, about_fleet = lay_out(usable, fleet, day)
    if not layout.duties:
        raise NobodyOnDuty(day=day.on.isoformat())
    travel, estimated = travel_of(layout, ground.network, bars)
    mapped = map_day(usable, fleet=fleet, day=day, layout=layout, travel=travel)
    verdict = search_plan(mapped, limits=limits, on_search=on_search, progress=bars, solver=solver)
    _require_sound(verdict)
    routes = routes_of(mapped, verdict.solution, ground.network, bars)
    left_out = (*held, *off, *unassigned_of(mapped, verdict.findings))
    nearest, in_file_order = _plain_plans(mapped, verdict, bars)
    totals = totals_of(
        routes,
        unassigned=len(left_out),
        violations=len(verdict.violations),
        nearest=nearest,
        in_file_order=in_file_order,
        vehicles=fleet.vehicles,
    )
    about = (*_about_roads(usable, layout.order_rows, estimated), *_about_prices(fleet, totals))
    return Plan(
        service_on=day.on,
        time_zone=str(day.zone),
        currency=fleet.settings.currency,
        region_name=ground.name,
        region_hash=ground.region_hash,
        attribution=ground.attribution,
        made_at=clock.now(),
        seed=limits.seed,
        search_seconds=round(verdict.solution.seconds, 3),
        iterations=verdict.solution.iterations,
        routes=routes,
        unassigned=_in_order_of(wanted, left_out),
        notices=(*notices, *heard, *about_fleet, *about),
        totals=totals,
    )


def _require_sound(verdict: Verdict) -> None:
    if verdict.violations:
        raise PlanBreaksRules(count=len(verdict.violations), first=verdict.violations[0])


def _in_order_of(orders: Sequence[Order], left_out: Sequence[Unassigned]) -> tuple[Unassigned, ...]:
    """Return the orders left out in the order of the file, those held back by somebody at the end."""
    places = {order.ref: number for number, order in enumerate(orders)}
    return tuple(sorted(left_out, key=lambda each: places.get(each.ref, len(places))))


def _wanted(orders: Sequence[Order], day: date) -> tuple[list[Order], list[Notice]]:
    """Return the orders of the day and a notice about those of other days."""
    wanted = [order for order in orders if is_wanted_on(order, day)]
    if not wanted:
        raise NothingToPlan(day=day.isoformat(), orders=len(orders))
    if len(wanted) > MAX_ORDERS:
        raise TooManyOrders(orders=len(wanted), most=MAX_ORDERS)
    others = [order.ref for order in orders if not is_wanted_on(order, day)]
    if not others:
        return wanted, []
    facts: dict[str, str | int] = {"count": len(others), "day": day.isoformat(), "refs": named(others)}
    return wanted, [Notice(code="planning.notice.other_day", facts=facts)]


def _usable(orders: Sequence[Order], box: BoundingBox | None) -> tuple[list[Order], list[Unassigned]]:
    """Return the orders that are somewhere on the map, and the others with what to do about them."""
    usable, off = [], []
    for order in orders:
        point = order.place.point
        if point is not None and (box is None or box.contains(point)):
            usable.append(order)
            continue
        reason, remedy = ("not_located", "fix_address") if point is None else ("off_map", "larger_region")
        off.append(
            Unassigned(
                ref=order.ref,
                address=order.place.address,
                point=point,
                reason=f"planning.reason.{reason}",
                facts={"address": order.place.address},
                remedies=(Remedy(code=f"planning.remedy.{remedy}"),),
            )
        )
    return usable, off


def _plain_plans(mapped: Mapped, verdict: Verdict, progress: Progress) -> list[Baseline | None]:
    """Return the two plain plans of the same orders, to compare with."""
    served = [visit.client for route in verdict.solution.routes for visit in route.visits]
    plain: list[Baseline | None] = []
    with progress.step(say("planning.step.compare"), total=2) as step:
        for rule in (nearest_neighbour, file_order):
            plain.append(rule(mapped, served) if served else None)
            step.advance()
    return plain


def _about_roads(orders: Sequence[Order], rows: Sequence[int], estimated: NDArray[np.bool_]) -> tuple[Notice, ...]:
    """Name the orders whose travel times are straight-line estimates."""
    refs = [order.ref for order, row in zip(orders, rows, strict=True) if estimated[row]]
    if not refs:
        return ()
    return (Notice(code="planning.notice.estimated", facts={"count": len(refs), "refs": named(refs)}),)


def _about_prices(fleet: Fleet, totals: Totals) -> tuple[Notice, ...]:
    notices = []
    if fleet.settings.prices_are_stand_ins:
        notices.append(Notice(code="planning.notice.stand_in_prices", facts={"currency": fleet.settings.currency}))
    if totals.late_stops:
        notices.append(Notice(code="planning.notice.late_stops", facts={"count": totals.late_stops}))
    return tuple(notices)


def named(refs: Sequence[str]) -> str:
    """Return the first few refs as a list, with an ellipsis if there are more."""
    return ", ".join(refs[:MAX_NAMED]) + ("…" if len(refs) > MAX_NAMED else "")
