"""From orders and fleet to the solver's problem: the only place where our words meet the solver's."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.fleet import Break, DrivingHours, Vehicle
from zaguan.engines.solver.problem import Client, Problem
from zaguan.engines.solver.travel import Travel
from zaguan.operations.planning.fleet import Fleet
from zaguan.operations.planning.mapping.layout import Duty, Layout
from zaguan.operations.planning.model import Load
from zaguan.operations.planning.service_day import ServiceDay
from zaguan.operations.planning.terms import Terms, terms_of
from zaguan.records.orders.model import Order, Priority

# how many dearest routes it may cost to serve an order of this priority, where the fleet file names no price
ROUTES_WORTH = {Priority.LOW: 1.0, Priority.NORMAL: 4.0, Priority.HIGH: 16.0}
LATE_FACTOR = 4.0  # a recipient's minute against a driver's
LEAST_PER_M = 1e-3  # where driving is free, less of it is still better
LEAST_PER_S = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """The problem, and what its indices mean: client i is order i, vehicle v is duty v."""

    problem: Problem
    orders: tuple[Order, ...]
    terms: tuple[Terms, ...]
    layout: Layout
    fleet: Fleet
    day: ServiceDay


def map_day(orders: Sequence[Order], *, fleet: Fleet, day: ServiceDay, layout: Layout, travel: Travel) -> Mapped:
    """Return the solver's problem for orders that all have points and a layout made from them."""
    terms = tuple(terms_of(order, fleet) for order in orders)
    vehicles = tuple(_vehicle(duty, layout, day) for duty in layout.duties)
    dearest = dearest_route(layout.duties, travel)
    late = late_per_second(fleet)
    clients = tuple(
        Client(
            location=layout.order_rows[i],
            windows=elapsed_windows(terms[i], day),
            late_cost_per_s=late if terms[i].windows and not terms[i].windows[-1].hard else None,
            service_s=terms[i].service_s,
            setup_s=terms[i].setup_s,
            delivery=_amounts(terms[i].delivery),
            pickup=_amounts(terms[i].pickup),
            skills=terms[i].skills,
            vehicles=allowed_duties(terms[i], layout.duties),
            prize=prize_of(order.priority, fleet, dearest, terms[i].surcharge_minor),
        )
        for i, order in enumerate(orders)
    )
    problem = Problem(
        clients=clients, vehicles=vehicles, travel=travel, preference=_preference(terms, layout.duties, fleet)
    )
    return Mapped(problem=problem, orders=tuple(orders), terms=terms, layout=layout, fleet=fleet, day=day)


def elapsed_windows(terms: Terms, day: ServiceDay) -> tuple[tuple[int, int], ...]:
    """Return the windows in seconds since the day began; one that the clock's jump swallows is an instant."""
    windows: list[tuple[int, int]] = []
    for window in terms.windows:
        opens, closes = day.elapsed_s(window.opens_s), day.elapsed_s(window.closes_s)
        if windows:
            opens = max(opens, windows[-1][1] + 1)
        windows.append((opens, max(opens, closes)))
    return tuple(windows)


def allowed_duties(terms: Terms, duties: Sequence[Duty]) -> frozenset[int] | None:
    """Return the indices of the duties that kind, depot and driver leave; None where nothing is asked for."""
    if terms.vehicle_kinds is None and not terms.depot_ref and not terms.driver_ref:
        return None
    wanted = terms.driver_ref.casefold()
    return frozenset(
        index
        for index, duty in enumerate(duties)
        if (terms.vehicle_kinds is None or duty.vehicle.kind.value in terms.vehicle_kinds)
        and (not terms.depot_ref or duty.depot.ref == terms.depot_ref)
        and (not wanted or wanted in (duty.driver.ref.casefold(), duty.driver.name.casefold()))
    )


def prize_of(priority: Priority, fleet: Fleet, dearest: float, surcharge_minor: int = 0) -> float | None:
    """Return the price of leaving an order out. None, for critical ones: only if it cannot be served at all."""
    given = fleet.settings.leave_out_minor.get(priority)
    if given is not None:
        return float(max(0, given - surcharge_minor))  # what its zone would cost is saved
    return ROUTES_WORTH[priority] * dearest if priority in ROUTES_WORTH else None


def late_per_second(fleet: Fleet) -> float:
    """Return the price of a second of lateness in minor units."""
    given = fleet.settings.late_per_minute_minor
    if given is not None:
        return given / 60
    hour = max((driver.cost_per_hour_minor for driver in fleet.drivers), default=0)
    return max(LATE_FACTOR * hour / 3600, 10 * LEAST_PER_S)


def dearest_route(duties: Sequence[Duty], travel: Travel) -> float:
    """Return what the dearest route that serves a single order could cost, at most."""
    reached = travel.distances_m[travel.durations_s < 10_000_000]
    farthest = int(reached.max()) if reached.size else 0
    prices = [
        duty.vehicle.fixed_cost_minor
        + _per_m(duty) * 2 * farthest
        + (duty.regular_s - duty.leaves_s) * _per_s(duty)
        + duty.overtime_s * max(duty.driver.overtime_per_hour_minor / 3600, _per_s(duty))
        for duty in duties
    ]
    return max([1.0, *prices])


def _vehicle(duty: Duty, layout: Layout, day: ServiceDay) -> Vehicle:
    driver, hours = duty.driver, duty.driver.hours
    row = layout.depot_rows[duty.depot.ref]
    leaves, regular = day.elapsed_s(duty.leaves_s), day.elapsed_s(duty.regular_s)
    on_top = max(0.0, driver.overtime_per_hour_minor / 3600 - _per_s(duty))
    return Vehicle(
        start=row if driver.starts_at_depot else None,
        end=row if driver.ends_at_depot else None,
        capacity=(duty.vehicle.weight_g, duty.vehicle.volume_ml, duty.vehicle.pieces),
        shift_s=(leaves, max(leaves, regular)),
        overtime_s=duty.overtime_s,
        overtime_cost_per_s=on_top,
        # loading is duty too, so it comes off what the law leaves for the road
        max_duration_s=None if hours.max_duty_s is None else max(0, hours.max_duty_s - duty.depot.loading_s),
        breaks=_breaks(duty, day),
        driving=DrivingHours(
            max_total_s=hours.max_driving_s,
            max_without_rest_s=hours.max_driving_without_rest_s,
            rest_s=hours.rest_s,
        ),
        skills=driver.skills | duty.vehicle.features,
        profile=layout.profiles.index(duty.profile),
        fixed_cost=float(duty.vehicle.fixed_cost_minor),
        cost_per_m=_per_m(duty),
        cost_per_s=_per_s(duty),
    )


def _breaks(duty: Duty, day: ServiceDay) -> tuple[Break, ...]:
    breaks: list[Break] = []
    for each in duty.driver.shift.breaks:
        earliest, latest = day.elapsed_s(each.earliest_s), day.elapsed_s(each.latest_s)
        if breaks:
            earliest = max(earliest, breaks[-1].latest_s)  # windows that overlap are taken one after the other
        breaks.append(Break(earliest_s=earliest, latest_s=max(earliest, latest), duration_s=each.duration_s))
    return tuple(breaks)


def _per_m(duty: Duty) -> float:
    return max(duty.vehicle.cost_per_km_minor / 1000, LEAST_PER_M)


def _per_s(duty: Duty) -> float:
    return max(duty.driver.cost_per_hour_minor / 3600, LEAST_PER_S)


def _amounts(load: Load) -> tuple[int, int, int]:
    return (load.weight_g, load.volume_ml, load.pieces)


def _preference(terms: Sequence[Terms], duties: Sequence[Duty], fleet: Fleet) -> NDArray[np.float64] | None:
    """Return a price for each order and driver who does not know its zone, or None if nobody asked for it."""
    price = fleet.settings.unfamiliar_minor
    if price == 0 or not any(term.familiar for term in terms):
        return None
    refs = [duty.driver.ref for duty in duties]
    return np.array(
        [[price if term.familiar and ref not in term.familiar else 0 for ref in refs] for term in terms], np.float64
    ).reshape(len(terms), len(duties))
