"""Why this driver? What a client would cost on every other vehicle, or what keeps it from going there."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Final, Protocol

from zaguan.engines.solver.check import check
from zaguan.engines.solver.layout import Layout, loaded_orders_of
from zaguan.engines.solver.limits import HORIZON_S, require
from zaguan.engines.solver.problem import Problem
from zaguan.engines.solver.relaxation import lengthen, missing_room, reachable, relaxed, widen
from zaguan.engines.solver.rules.priorities import flat_prizes
from zaguan.engines.solver.rules.trips import RELOAD
from zaguan.engines.solver.search.data import Data
from zaguan.engines.solver.solution import Route, Solution


class Relax(Protocol):
    """Lifts one limit of time in the arrays of a plan."""

    def __call__(self, data: Data, client: int) -> None: ...


class Hurdle(StrEnum):
    """What keeps a vehicle from serving a client. With `alone` it does even if the vehicle had nothing else to do."""

    FROZEN = "frozen"  # it is served, loaded or under way to already
    VEHICLE = "vehicle"  # the client does not allow it
    SKILLS = "skills"  # it lacks some
    CAPACITY = "capacity"  # too heavy or too large; not alone: together with what it carries
    CLIENTS = "clients"  # it has as many as it may have
    UNREACHABLE = "unreachable"  # no road leads there and back
    WINDOW = "window"  # it cannot be there inside the windows
    SHIFT = "shift"  # its shift, duty or driving limits are too short
    RULES = "rules"  # no single one of these: several together, or a rule that has no name here


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """One vehicle's line in the table.

    Attributes
    ----------
    vehicle : which one
    added_cost : its route with the client minus without, at the cheapest place; None if impossible
    more : the whole plan's cost with the client there, minus the cost of the plan as it is; None if impossible
    position : so many clients of the route stand before it; None if impossible
    is_chosen : the plan has the client here; its own place counts, even if another one on the route is cheaper
    route : the vehicle's route with the client; None if impossible
    hurdle, alone : why it is impossible; `alone`: even without the vehicle's other clients
    """

    vehicle: int
    added_cost: float | None = None
    more: float | None = None
    position: int | None = None
    is_chosen: bool = False
    route: Route | None = None
    hurdle: Hurdle | None = None
    alone: bool = False


def alternatives(problem: Problem, plan: Solution, client: int) -> tuple[Alternative, ...]:
    """Return what serving a client costs on each vehicle, cheapest first, then the vehicles that cannot and why.

    The client is taken off its route and tried exactly in every place of every route, the others staying as they
    are. Each line that says "possible" is a whole plan that passed `check`, and `more` is the difference of the
    plans' costs. A client that is half of a pair raises InvalidProblem: both halves would have to move.
    """
    require(0 <= client < len(problem.clients), f"there is no client {client}")
    require(all(client not in pair for pair in problem.pairs), f"client {client} is half of a pair")
    table = _Table(problem, plan, client)
    rows = [table.row(vehicle) for vehicle in table.layout.vehicles]
    return tuple(sorted(rows, key=lambda row: (row.more is None, row.more or 0.0, not row.is_chosen, row.vehicle)))


class _Table:
    """The plan as it is, and the layout of the plan without the client."""

    def __init__(self, problem: Problem, plan: Solution, client: int) -> None:
        self.problem, self.plan, self.client = problem, plan, client
        self.standing = {route.vehicle: route for route in plan.routes}
        orders = dict(loaded_orders_of(plan))
        self.home = next((v for v, clients in orders.items() if client in clients), None)
        served = [each for each in orders.get(self.home, ()) if each != RELOAD] if self.home is not None else []
        self.at = served.index(client) if served else -1
        if self.home is not None:
            orders[self.home] = tuple(c for c in orders[self.home] if c != client)
        vehicles = [replace(v, frozen=tuple(c for c in v.frozen if c != client)) for v in problem.vehicles]
        self.layout = Layout(replace(problem, vehicles=vehicles), orders.items())
        self.is_frozen = any(client in vehicle.frozen for vehicle in problem.vehicles)
        self.prize = float(flat_prizes(problem)[client])

    def row(self, vehicle: int) -> Alternative:
        """Return the line of one vehicle."""
        if vehicle == self.home:
            chosen = self.standing[vehicle]
            added = self.layout.added_cost(chosen)
            return Alternative(
                vehicle=vehicle, added_cost=added, more=0.0, position=self.at, is_chosen=True, route=chosen
            )
        if self.is_frozen:
            return Alternative(vehicle=vehicle, hurdle=Hurdle.FROZEN, alone=True)
        place = self.layout.place_in(self.client, vehicle)
        if place is None:
            hurdle, alone = self._hurdle(vehicle)
            return Alternative(vehicle=vehicle, hurdle=hurdle, alone=alone)
        route = self.layout.timed(vehicle, self.layout.clients_with(self.client, place))
        assert route is not None, "a place that was found exactly can be driven"
        changed = self._with(route)
        broken = check(self.problem, changed)
        assert not broken, f"a place that was found exactly breaks a rule: {broken[0].text}"
        return Alternative(
            vehicle=vehicle,
            added_cost=self.layout.added_cost(route),
            more=changed.cost - self.plan.cost,
            position=place.position,
            route=route,
        )

    def _with(self, route: Route) -> Solution:
        """Return the plan with one route exchanged and the client taken off its own."""
        routes = dict(self.standing)
        if self.home is not None:
            del routes[self.home]
            if (rest := self.layout.route(self.home)) is not None:
                routes[self.home] = rest
        routes[route.vehicle] = route
        cost = self.plan.cost - sum(each.cost for each in self.plan.routes) + sum(e.cost for e in routes.values())
        left_out = tuple(each for each in self.plan.unassigned if each != self.client)
        if self.home is None:
            cost -= self.prize
        return replace(self.plan, routes=tuple(routes.values()), unassigned=left_out, cost=cost)

    def _hurdle(self, vehicle: int) -> tuple[Hurdle, bool]:
        """Return the first hurdle, and whether it is there without the vehicle's other clients too."""
        wanted, limits = self.problem.clients[self.client], self.problem.vehicles[vehicle]
        served = [each for each in self.layout.orders.get(vehicle, ()) if each != RELOAD]
        if wanted.vehicles is not None and vehicle not in wanted.vehicles:
            return Hurdle.VEHICLE, True
        if not wanted.skills <= limits.skills:
            return Hurdle.SKILLS, True
        if missing_room(wanted, limits):
            return Hurdle.CAPACITY, True
        if not reachable(self.problem, wanted, limits):
            return Hurdle.UNREACHABLE, True
        if limits.max_clients is not None and len(served) >= limits.max_clients:
            return Hurdle.CLIENTS, limits.max_clients == 0
        if not self.layout.fits_alone(self.client, vehicle):
            return self._timely(lambda: self.layout.fits_alone(self.client, vehicle)), True
        hurdle = self._timely(lambda: self.layout.place_in(self.client, vehicle) is not None)
        return (Hurdle.CAPACITY if hurdle is Hurdle.RULES and self._is_full(vehicle) else hurdle), False

    def _timely(self, fits: Callable[[], bool]) -> Hurdle:
        """Tell which limit of time, if it were not there, would make room."""
        for hurdle, relax in RELAXATIONS:
            with relaxed(self.layout.data.fields, partial(relax, client=self.client)):
                if fits():
                    return hurdle
        return Hurdle.RULES

    def _is_full(self, vehicle: int) -> bool:
        """Tell whether there would be room in time if the client weighed nothing."""
        light = replace(self.problem.clients[self.client], delivery=(), pickup=())
        clients = [light if i == self.client else each for i, each in enumerate(self.problem.clients)]
        layout = Layout(replace(self.problem, clients=clients), self.layout.orders.items())
        return layout.place_in(self.client, vehicle) is not None


def _any_time(data: Data, client: int) -> None:
    widen(data, client, HORIZON_S, HORIZON_S)


def _any_length(data: Data, client: int) -> None:
    del client  # shifts are the vehicles'
    lengthen(data, HORIZON_S)


RELAXATIONS: Final[tuple[tuple[Hurdle, Relax], ...]] = (
    (Hurdle.WINDOW, _any_time),
    (Hurdle.SHIFT, _any_length),
)
