"""Routes that people made or changed, as the solver reads them: timed exactly, with every rule that they break.

A dispatcher may decide against a rule. Then the rule is eased just so far that the routes hold, and every other rule
goes on to bind: a promise that is broken already is priced from there on, and no wall any more.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from zaguan.engines.solver import Broken, DrivingHours, ImpossibleRoute, Violation, check, evaluate
from zaguan.engines.solver.fleet import Vehicle
from zaguan.engines.solver.limits import HORIZON_S
from zaguan.engines.solver.problem import Client, Problem
from zaguan.engines.solver.solution import Solution
from zaguan.operations.planning.mapping.problem import Mapped, late_per_second
from zaguan.operations.planning.standing import Breach, NotOnDuty, RouteImpossible, StandingRoute

type Assignment = list[tuple[int, tuple[int, ...]]]

# sums and prices of a loosened problem differ from those of the strict one: they are no breach of a rule
NO_BREACH = frozenset({Broken.FIGURES, Broken.COST})
BREACHES = {
    Broken.CAPACITY: "capacity",
    Broken.SKILLS: "skills",
    Broken.EXCLUDED: "excluded",
    Broken.WINDOW: "window",
    Broken.LATEST: "window",
    Broken.SHIFT: "shift",
    Broken.DURATION: "duty",
    Broken.BREAK: "break",
    Broken.PAUSE: "break",
    Broken.DRIVING: "driving",
    Broken.CLIENTS: "closed",
    Broken.RELEASE: "release",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """The day with its routes: the rules eased as far as the routes break them, the routes timed, the breaches."""

    mapped: Mapped
    assignment: Assignment
    plan: Solution
    breaches: tuple[Breach, ...]


def stand(mapped: Mapped, routes: Sequence[StandingRoute]) -> Stood:
    """Return the routes timed under the rules of the day."""
    return hold(mapped, assignment_of(mapped, routes))


def hold(mapped: Mapped, assignment: Assignment) -> Stood:
    """Ease the rules as far as the routes break them, and time the routes. Refused: a route without roads."""
    problem = mapped.problem
    plan = _driven(problem, assignment)
    if plan is not None and not _broken(problem, plan):
        return Stood(mapped=mapped, assignment=assignment, plan=plan, breaches=())
    breaches: list[Breach] = []
    late = late_per_second(mapped.fleet)
    for vehicle, clients in assignment:
        alone = _driven_somehow(problem, vehicle, clients, late)
        if alone is None:
            raise RouteImpossible(driver=mapped.layout.duties[vehicle].driver.name)
        broken = _broken(problem, alone)
        breaches += _breaches(mapped, alone, broken)
        problem = eased(problem, alone, broken, late)
    return Stood(
        mapped=replace(mapped, problem=problem),
        assignment=assignment,
        plan=evaluate(problem, assignment),
        breaches=tuple(dict.fromkeys(breaches)),
    )


def _driven(problem: Problem, assignment: Assignment) -> Solution | None:
    try:
        return evaluate(problem, assignment)
    except ImpossibleRoute:
        return None


def _driven_somehow(problem: Problem, vehicle: int, clients: tuple[int, ...], late: float) -> Solution | None:
    """Return a route alone under as many of its rules as it can keep: first windows and hours give way, then breaks."""
    served = set(clients)
    soft = tuple(_soft(each, late) if i in served else each for i, each in enumerate(problem.clients))
    for vehicles in (_with(problem, vehicle, _unhurried), _with(problem, vehicle, _untiring)):
        for chosen in (problem.clients, soft):
            plan = _driven(replace(problem, clients=chosen, vehicles=vehicles), [(vehicle, clients)])
            if plan is not None:
                return plan
    return None


def _with(problem: Problem, number: int, change: Callable[[Vehicle], Vehicle]) -> tuple[Vehicle, ...]:
    return tuple(change(each) if i == number else each for i, each in enumerate(problem.vehicles))


def _broken(problem: Problem, plan: Solution) -> list[Violation]:
    return [each for each in check(problem, plan) if each.code not in NO_BREACH]


def assignment_of(mapped: Mapped, routes: Sequence[StandingRoute]) -> Assignment:
    """Return the routes as (vehicle, clients in order), those without orders left out."""
    client_of = {order.ref: index for index, order in enumerate(mapped.orders)}
    assignment: Assignment = []
    taken = set[int]()
    for route in routes:
        if not route.order_refs:
            continue
        vehicle = duty_of(mapped, route)
        if vehicle in taken:
            raise NotOnDuty(driver=route.driver_ref, vehicle=route.vehicle_ref, day=mapped.day.on.isoformat())
        taken.add(vehicle)
        assignment.append((vehicle, tuple(client_of[ref] for ref in route.order_refs)))
    return assignment


def duty_of(mapped: Mapped, route: StandingRoute) -> int:
    """Return the number of the duty that drives a route; a driver, vehicle and shift not on duty are refused."""
    for index, duty in enumerate(mapped.layout.duties):
        same = duty.driver.ref == route.driver_ref and duty.vehicle.ref == route.vehicle_ref
        if same and route.shift_starts_s in (None, duty.driver.shift.starts_s):
            return index
    raise NotOnDuty(driver=route.driver_ref, vehicle=route.vehicle_ref, day=mapped.day.on.isoformat())


def eased(problem: Problem, plan: Solution, broken: Sequence[Violation], late: float) -> Problem:
    """Return the problem with each broken rule eased where it is broken, and nowhere else."""
    clients, vehicles = list(problem.clients), list(problem.vehicles)
    serving = {visit.client: route.vehicle for route in plan.routes for visit in route.visits}
    for violation in broken:
        route = plan.routes[violation.route] if violation.route >= 0 else None
        client = violation.client
        match violation.code:
            case Broken.WINDOW | Broken.LATEST if client >= 0:
                clients[client] = _soft(clients[client], late)
            case Broken.EXCLUDED if client >= 0:
                allowed = clients[client].vehicles or frozenset()
                clients[client] = replace(clients[client], vehicles=allowed | {serving[client]})
            case Broken.SKILLS if client >= 0:
                v = serving[client]
                vehicles[v] = replace(vehicles[v], skills=vehicles[v].skills | clients[client].skills)
            case Broken.RELEASE if client >= 0:
                clients[client] = replace(clients[client], release_s=0)
            case Broken.CAPACITY if route is not None:
                v = route.vehicle
                room = zip(vehicles[v].capacity, route.peak, strict=False)
                vehicles[v] = replace(vehicles[v], capacity=tuple(max(pair) for pair in room))
            case Broken.CLIENTS if route is not None:
                vehicles[route.vehicle] = replace(vehicles[route.vehicle], max_clients=len(route.visits))
            case Broken.SHIFT | Broken.DURATION if route is not None:
                vehicles[route.vehicle] = _unhurried(vehicles[route.vehicle])
            case _ if route is not None:
                vehicles[route.vehicle] = _untiring(vehicles[route.vehicle])
    return replace(problem, clients=tuple(clients), vehicles=tuple(vehicles))


def _soft(client: Client, late: float) -> Client:
    price = late if client.late_cost_per_s is None and client.windows else client.late_cost_per_s
    return replace(client, late_cost_per_s=price, latest_s=None)


def _unhurried(vehicle: Vehicle) -> Vehicle:
    """Return the vehicle without an end of its shift or duty."""
    room = HORIZON_S - vehicle.shift_s[1]
    return replace(vehicle, overtime_s=max(vehicle.overtime_s, room), max_duration_s=None)


def _untiring(vehicle: Vehicle) -> Vehicle:
    """Return the vehicle without any limit of time; the last break may come however late."""
    breaks = vehicle.breaks
    if breaks:
        breaks = (*breaks[:-1], replace(breaks[-1], latest_s=HORIZON_S))
    return replace(_unhurried(vehicle), driving=DrivingHours(), breaks=breaks)


def _breaches(mapped: Mapped, plan: Solution, broken: Iterable[Violation]) -> Iterable[Breach]:
    serving = {visit.client: route.vehicle for route in plan.routes for visit in route.visits}
    for violation in broken:
        if violation.route < 0 and violation.client not in serving:
            continue  # an order on no route is no breach of a route's rule
        vehicle = plan.routes[violation.route].vehicle if violation.route >= 0 else serving[violation.client]
        yield Breach(
            rule=f"planning.breach.{BREACHES.get(violation.code, 'other')}",
            driver_ref=mapped.layout.duties[vehicle].driver.ref,
            order_ref=mapped.orders[violation.client].ref if 0 <= violation.client < len(mapped.orders) else "",
        )
