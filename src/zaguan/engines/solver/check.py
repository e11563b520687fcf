"""The independent verifier: reads a solution as a stranger would and recomputes everything from the problem.

It shares no code with the search: loads are added up from parcels, times are re-driven from the departure with the
pauses as stated, prices are summed anew. No plan leaves unverified.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from zaguan.engines.solver.limits import UNREACHABLE_S
from zaguan.engines.solver.problem import Problem
from zaguan.engines.solver.solution import Pause, Route, Solution, Visit

PRICE_TOLERANCE: Final = 1e-6  # relative, of floating-point sums


class Broken(StrEnum):
    """Which promise does not hold."""

    SERVED_TWICE = "served_twice"
    FORGOTTEN = "forgotten"
    VEHICLE_TWICE = "vehicle_twice"
    UNKNOWN = "unknown"
    CAPACITY = "capacity"
    SKILLS = "skills"
    EXCLUDED = "excluded"
    WINDOW = "window"
    SHIFT = "shift"
    DURATION = "duration"
    CLIENTS = "clients"
    BREAK = "break"
    DRIVING = "driving"
    TRAVEL = "travel"
    FIGURES = "figures"


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One broken promise; route and client are indices into the solution and the problem, -1 for none."""

    code: Broken
    route: int
    client: int
    text: str


def check(problem: Problem, solution: Solution) -> tuple[Violation, ...]:
    """Return every promise that the solution breaks; none for a solution that may leave."""
    found = list(_check_assignment(problem, solution))
    if any(violation.code is Broken.UNKNOWN for violation in found):
        return tuple(found)
    total = 0.0
    for index, route in enumerate(solution.routes):
        audit = _RouteAudit(problem, index, route)
        found += audit.loads()
        found += audit.permissions()
        found += audit.times()
        found += audit.limits()
        found += audit.figures()
        total += route.cost
    total += sum(_prize(problem, client) for client in solution.unassigned)
    must = any(problem.clients[client].prize is None for client in solution.unassigned)
    if not must and abs(total - solution.cost) > PRICE_TOLERANCE * max(1.0, abs(total)):
        found.append(Violation(code=Broken.FIGURES, route=-1, client=-1, text=f"cost {solution.cost}, not {total}"))
    return tuple(found)


def _prize(problem: Problem, client: int) -> float:
    prize = problem.clients[client].prize
    return 0.0 if prize is None else prize


def _check_assignment(problem: Problem, solution: Solution) -> Iterator[Violation]:
    """Every client once, on a route or left out; every vehicle once."""
    named = [visit.client for route in solution.routes for visit in route.visits] + list(solution.unassigned)
    vehicles = [route.vehicle for route in solution.routes]
    for client in named:
        if not 0 <= client < len(problem.clients):
            yield Violation(code=Broken.UNKNOWN, route=-1, client=client, text=f"there is no client {client}")
    for vehicle in vehicles:
        if not 0 <= vehicle < len(problem.vehicles):
            yield Violation(code=Broken.UNKNOWN, route=-1, client=-1, text=f"there is no vehicle {vehicle}")
    for client, times in Counter(named).items():
        if times > 1:
            yield Violation(code=Broken.SERVED_TWICE, route=-1, client=client, text=f"client {client} {times} times")
    for client in sorted(set(range(len(problem.clients))) - set(named)):
        yield Violation(code=Broken.FORGOTTEN, route=-1, client=client, text=f"client {client} is nowhere")
    for vehicle, times in Counter(vehicles).items():
        if times > 1:
            yield Violation(code=Broken.VEHICLE_TWICE, route=-1, client=-1, text=f"vehicle {vehicle} {times} times")


class _RouteAudit:
    """One route, driven again."""

    def __init__(self, problem: Problem, index: int, route: Route) -> None:
        self.problem, self.index, self.route = problem, index, route
        self.vehicle = problem.vehicles[route.vehicle]
        self.clients = [problem.clients[visit.client] for visit in route.visits]
        self.driving = self.distance = self.late = 0
        self.late_price = 0.0

    def _broken(self, code: Broken, text: str, client: int = -1) -> Violation:
        return Violation(code=code, route=self.index, client=client, text=text)

    def loads(self) -> Iterator[Violation]:
        """No dimension above capacity on any leg."""
        for k in range(self.problem.dimensions):
            delivered = [c.delivery[k] if k < len(c.delivery) else 0 for c in self.clients]
            fetched = [c.pickup[k] if k < len(c.pickup) else 0 for c in self.clients]
            aboard = peak = sum(delivered)
            for brought, taken in zip(delivered, fetched, strict=True):
                aboard += taken - brought
                peak = max(peak, aboard)
            if k < len(self.vehicle.capacity) and peak > self.vehicle.capacity[k]:
                yield self._broken(Broken.CAPACITY, f"dimension {k}: {peak} > {self.vehicle.capacity[k]}")
            if k < len(self.route.peak) and self.route.peak[k] != peak:
                yield self._broken(Broken.FIGURES, f"peak of dimension {k}: {self.route.peak[k]}, not {peak}")

    def permissions(self) -> Iterator[Violation]:
        """Skills and exclusions."""
        for visit, client in zip(self.route.visits, self.clients, strict=True):
            if missing := client.skills - self.vehicle.skills:
                yield self._broken(Broken.SKILLS, f"lacks {', '.join(sorted(missing))}", visit.client)
            if client.vehicles is not None and self.route.vehicle not in client.vehicles:
                yield self._broken(Broken.EXCLUDED, "may not be served by this vehicle", visit.client)

    def times(self) -> Iterator[Violation]:
        """Drive the route from its departure with its pauses, and compare every moment."""
        now, at = self.route.departs_s, self.vehicle.start
        for position, (visit, client) in enumerate(zip(self.route.visits, self.clients, strict=True)):
            now = self._pause(position, now, before_leg=True)
            leg, metres = self._leg(at, client.location, now)
            if (leg, metres) != (visit.leg_duration_s, visit.leg_distance_m) or leg >= UNREACHABLE_S:
                yield self._broken(Broken.TRAVEL, f"leg of {leg} s, {metres} m stated otherwise", visit.client)
            now += leg
            if now != visit.arrives_s:
                yield self._broken(Broken.TRAVEL, f"arrives at {now}, not {visit.arrives_s}", visit.client)
            now = self._pause(position, now, before_leg=False)
            ready = now + (client.setup_s if at != client.location else 0)
            yield from self._window(visit, ready)
            now, at = visit.leaves_s, client.location
        position = len(self.clients)
        now = self._pause(position, now, before_leg=True)
        leg, metres = self._leg(at, self.vehicle.end, now)
        if (leg, metres) != (self.route.last_leg_duration_s, self.route.last_leg_distance_m) or leg >= UNREACHABLE_S:
            yield self._broken(Broken.TRAVEL, f"last leg of {leg} s, {metres} m stated otherwise")
        now = self._pause(position, now + leg, before_leg=False)
        if now > self.route.returns_s:
            yield self._broken(Broken.TRAVEL, f"returns at {now}, not {self.route.returns_s}")

    def _pause(self, after: int, now: int, *, before_leg: bool) -> int:
        """Return when one goes on after the pauses stated for this moment of the route; waiting is allowed."""
        for pause in self.route.pauses:
            if pause.after == after and pause.before_leg == before_leg:
                now = max(now, pause.ends_s) if pause.starts_s >= now else now + (pause.ends_s - pause.starts_s)
        return now

    def _window(self, visit: Visit, ready: int) -> Iterator[Violation]:
        client = self.problem.clients[visit.client]
        if visit.starts_s < ready:
            yield self._broken(Broken.TRAVEL, f"starts at {visit.starts_s}, ready only at {ready}", visit.client)
        if visit.leaves_s - visit.starts_s != client.service_s:
            yield self._broken(Broken.FIGURES, f"service of {visit.leaves_s - visit.starts_s} s", visit.client)
        late = 0
        if client.windows:
            opens, closes = client.windows[visit.window]
            late = max(0, visit.starts_s - closes)
            if visit.starts_s < opens or (late and client.late_cost_per_s is None):
                yield self._broken(Broken.WINDOW, f"starts at {visit.starts_s}, not in {opens}..{closes}", visit.client)
        if late != visit.late_s:
            yield self._broken(Broken.FIGURES, f"late by {late} s, not {visit.late_s}", visit.client)
        self.late += late
        self.late_price += late * (client.late_cost_per_s or 0.0)

    def _leg(self, origin: int | None, goal: int | None, now: int) -> tuple[int, int]:
        """Return seconds and metres of a leg that begins now, by the travel's own definition."""
        if origin is None or goal is None:
            return 0, 0
        travel = self.problem.travel
        block = self.vehicle.profile * travel.slots
        knots = travel.knots_s if travel.slots > 1 else ()
        if not knots:
            seconds, nearest = travel.leg(block, origin, goal)[0], 0
        else:
            nearest = min(knots, key=lambda knot: (abs(knot[0] - now), -knot[0]))[1]
            earlier = [knot for knot in knots if knot[0] <= now] or [knots[0]]
            later = [knot for knot in knots if knot[0] > now] or [knots[-1]]
            (t0, slot0), (t1, slot1) = earlier[-1], later[0]
            first, second = (travel.leg(block + slot, origin, goal)[0] for slot in (slot0, slot1))
            seconds = first if t1 <= t0 or now < t0 else first + (second - first) * (now - t0) // (t1 - t0)
        metres = travel.leg(block + nearest, origin, goal)[1]
        self.driving += seconds
        self.distance += metres
        return seconds, metres

    def limits(self) -> Iterator[Violation]:
        """Shift, overtime, duration, breaks, driving hours."""
        starts, ends = self.vehicle.shift_s
        route = self.route
        if route.departs_s < starts or route.returns_s > ends + self.vehicle.overtime_s:
            yield self._broken(Broken.SHIFT, f"{route.departs_s}..{route.returns_s} outside {starts}..{ends}")
        if self.vehicle.max_duration_s is not None and route.duration_s > self.vehicle.max_duration_s:
            yield self._broken(Broken.DURATION, f"{route.duration_s} s > {self.vehicle.max_duration_s} s")
        if self.vehicle.max_clients is not None and len(self.clients) > self.vehicle.max_clients:
            yield self._broken(Broken.CLIENTS, f"{len(self.clients)} > {self.vehicle.max_clients}")
        yield from self._breaks()
        yield from self._driving_hours()

    def _breaks(self) -> Iterator[Violation]:
        taken = [pause for pause in self.route.pauses if not pause.is_rest]
        for wanted, pause in zip(self.vehicle.breaks, taken, strict=False):
            if pause.ends_s - pause.starts_s != wanted.duration_s:
                yield self._broken(Broken.BREAK, f"a break of {pause.ends_s - pause.starts_s} s")
            if not wanted.earliest_s <= pause.starts_s <= wanted.latest_s:
                yield self._broken(Broken.BREAK, f"a break at {pause.starts_s}")
        due = [wanted for wanted in self.vehicle.breaks[len(taken) :] if wanted.latest_s < self.route.returns_s]
        if due or len(taken) > len(self.vehicle.breaks):
            yield self._broken(Broken.BREAK, f"{len(taken)} breaks of {len(self.vehicle.breaks)}")

    def _driving_hours(self) -> Iterator[Violation]:
        rules = self.vehicle.driving
        if rules.max_total_s is not None and self.driving > rules.max_total_s:
            yield self._broken(Broken.DRIVING, f"{self.driving} s at the wheel > {rules.max_total_s} s")
        if rules.max_without_rest_s is None:
            return
        legs = [visit.leg_duration_s for visit in self.route.visits] + [self.route.last_leg_duration_s]
        without_rest = 0
        for position, leg in enumerate(legs):
            if any(self._fresh(pause, position, before_leg=True) for pause in self.route.pauses):
                without_rest = 0
            without_rest += leg
            if without_rest > rules.max_without_rest_s:
                yield self._broken(Broken.DRIVING, f"{without_rest} s without a rest")
            if any(self._fresh(pause, position, before_leg=False) for pause in self.route.pauses):
                without_rest = 0

    def _fresh(self, pause: Pause, position: int, *, before_leg: bool) -> bool:
        here = pause.after == position and pause.before_leg == before_leg
        return here and pause.ends_s - pause.starts_s >= self.vehicle.driving.rest_s

    def figures(self) -> Iterator[Violation]:
        """Sums and price."""
        route, vehicle = self.route, self.vehicle
        overtime = max(0, route.returns_s - vehicle.shift_s[1])
        price = vehicle.fixed_cost + vehicle.cost_per_m * self.distance + vehicle.cost_per_s * route.duration_s
        price += vehicle.overtime_cost_per_s * overtime + self.late_price
        if self.problem.preference is not None:
            price += float(sum(self.problem.preference[visit.client, route.vehicle] for visit in route.visits))
        stated = (route.distance_m, route.driving_s, route.overtime_s, route.late_s)
        if stated != (self.distance, self.driving, overtime, self.late):
            yield self._broken(Broken.FIGURES, f"sums {stated}")
        if abs(price - route.cost) > PRICE_TOLERANCE * max(1.0, price):
            yield self._broken(Broken.FIGURES, f"cost {route.cost}, not {price}")
        if route.waiting_s < 0:
            yield self._broken(Broken.FIGURES, f"waits {route.waiting_s} s")
