"""Sums and prices, added up anew."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from zaguan.engines.solver.audit.broken import Broken, Violation
from zaguan.engines.solver.audit.itinerary import START, Itinerary
from zaguan.engines.solver.audit.times import Driven, lateness
from zaguan.engines.solver.problem import Problem
from zaguan.engines.solver.solution import Solution

PRICE_TOLERANCE: Final = 1e-6  # relative, of floating-point sums


def _differ(price: float, stated: float) -> bool:
    """Tell whether a stated price is another one, or none at all."""
    return not abs(price - stated) <= PRICE_TOLERANCE * max(1.0, abs(price))


def figures(itinerary: Itinerary, driven: Driven) -> Iterator[Violation]:
    """Metres, seconds of each kind, and the price of a route."""
    route = itinerary.route
    halts = sum(halt.leaves_s - halt.starts_s for halt in route.halts)
    pauses = sum(pause.ends_s - pause.starts_s for pause in route.pauses)
    service = sum(visit.leaves_s - visit.starts_s for visit in route.visits)
    wanted = {
        "distance_m": driven.distance_m,
        "driving_s": driven.driving_s,
        "waiting_s": route.duration_s - driven.driving_s - driven.setups_s - service - pauses - halts,
        "overtime_s": max(0, route.returns_s - itinerary.vehicle.shift_s[1]),
        "late_s": sum(lateness(client, visit.starts_s) for visit, client in itinerary.served),
    }
    for name, figure in wanted.items():
        if getattr(route, name) != figure:
            yield itinerary.broken(Broken.FIGURES, f"{name} {getattr(route, name)}, not {figure}")
    price = sum(_prices(itinerary, driven))
    if _differ(price, route.cost):
        yield itinerary.broken(Broken.COST, f"cost {route.cost}, not {price}")


def _prices(itinerary: Itinerary, driven: Driven) -> Iterator[float]:
    """Yield everything that a route costs."""
    route, vehicle = itinerary.route, itinerary.vehicle
    yield vehicle.fixed_cost
    yield vehicle.cost_per_m * driven.distance_m
    yield vehicle.cost_per_s * route.duration_s
    yield vehicle.overtime_cost_per_s * max(0, route.returns_s - vehicle.shift_s[1])
    if vehicle.fair_s is not None:
        yield vehicle.unfair_cost_per_s * max(0, route.duration_s - vehicle.fair_s)
    for visit, client in itinerary.served:
        yield (client.late_cost_per_s or 0.0) * lateness(client, visit.starts_s)
        if itinerary.problem.preference is not None:
            yield float(itinerary.problem.preference[visit.client, route.vehicle])
    yield vehicle.sprawl_cost_per_m * _sprawl_m(itinerary)
    zones = [client.zone for _, client in itinerary.served]
    changes = sum(a is not None and b is not None and a != b for a, b in pairwise(zones))
    yield vehicle.zone_change_cost * changes
    yield from _changes(itinerary)


def _sprawl_m(itinerary: Itinerary) -> int:
    """Return width plus height of the box around the clients' points; those without a point do not count."""
    points = [client.point for _, client in itinerary.served if client.point is not None]
    if not points:
        return 0
    xs, ys = zip(*points, strict=True)
    return int(max(xs) - min(xs) + max(ys) - min(ys))


def _changes(itinerary: Itinerary) -> Iterator[float]:
    """Yield what it costs to serve clients otherwise than published."""
    published = itinerary.problem.published
    if published is None:
        return
    promised = itinerary.terms.published
    clients = [visit.client for visit in itinerary.route.visits]
    for before, client in pairwise((START, *clients)):
        if client not in promised:
            continue
        vehicle, promised_before = promised[client]
        if vehicle != itinerary.route.vehicle:
            yield published.move_cost
        elif before != promised_before:
            yield published.order_cost


def total(problem: Problem, solution: Solution) -> Iterator[Violation]:
    """The plan costs what its routes cost, and the prizes of who is left out.

    What a client without a prize costs is for the search to say; it is never less than nothing.
    """
    prizes = [problem.clients[client].prize for client in solution.unassigned]
    known = sum(route.cost for route in solution.routes) + sum(prize for prize in prizes if prize is not None)
    if _differ(known, solution.cost) and not (None in prizes and solution.cost > known):
        text = f"cost {solution.cost}, not {known}"
        yield Violation(code=Broken.COST, route=-1, client=-1, text=text)
