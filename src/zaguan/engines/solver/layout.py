"""A plan laid out in the search's arrays, to be asked where one more client fits and what that costs, exactly."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from zaguan.engines.solver.extract import timed_route
from zaguan.engines.solver.problem import Problem
from zaguan.engines.solver.rules.trips import ALONE, CLIENT_FIRST, RELOAD, tidy_order, with_reloads
from zaguan.engines.solver.search.data import Data, flatten
from zaguan.engines.solver.search.insertion import chains, rebuild
from zaguan.engines.solver.search.pairs import cheapest_pair_in
from zaguan.engines.solver.search.probe import cheapest_in
from zaguan.engines.solver.search.scratch import Scratch, new_scratch
from zaguan.engines.solver.search.state import State, new_state
from zaguan.engines.solver.solution import Halt, HaltKind, Route, Solution, Visit
from zaguan.engines.solver.solve import ImpossibleRoute
from zaguan.engines.solver.view import View

Orders = Iterable[tuple[int, Sequence[int]]]


def loaded_orders_of(plan: Solution) -> list[tuple[int, tuple[int, ...]]]:
    """Return the plan as (vehicle, clients in order, with a -1 where it loads again): what `solve` goes on from."""
    return [(route.vehicle, loaded_order_of(route)) for route in plan.routes]


def loaded_order_of(route: Route) -> tuple[int, ...]:
    """Return the clients of a route in order, with a RELOAD where it loads again."""
    halts, visits = {halt.after: halt for halt in route.halts}, iter(route.visits)
    steps = [halts.get(position) or next(visits) for position in range(len(route.visits) + len(halts))]
    return tuple(step.client if isinstance(step, Visit) else RELOAD for step in steps if _is_step(step))


def _is_step(step: Visit | Halt) -> bool:
    """Tell whether a stop of a route is part of its order: charges are put in when it is timed."""
    return isinstance(step, Visit) or step.kind is HaltKind.RELOAD


def orders_of(plan: Solution) -> list[tuple[int, tuple[int, ...]]]:
    """Return the plan as (vehicle, clients in order)."""
    return [(route.vehicle, tuple(visit.client for visit in route.visits)) for route in plan.routes]


@dataclass(frozen=True, slots=True)
class Place:
    """A place for a client: so many clients stand before it on the vehicle's route; `price` is what it adds.

    Where the client is one of a pair, it is the place of both and the price of both: `position` is that of the first.
    `order` is the whole route with the client, or the pair, in it, with a RELOAD where the vehicle loads again.
    """

    vehicle: int
    position: int
    price: float
    order: tuple[int, ...]


class Layout:
    """Routes with all that is known about each stretch. A route that cannot be driven raises ImpossibleRoute.

    `orders` holds the clients of each vehicle in order, with a RELOAD where it loads again. If none stands in an
    order, the vehicle loads again where the next client would not fit aboard or its goods come too late for the trip.
    """

    def __init__(self, problem: Problem, orders: Orders) -> None:
        self.problem = problem
        tidy = {vehicle: tidy_order(order) for vehicle, order in orders}
        self.orders: dict[int, tuple[int, ...]] = {vehicle: order for vehicle, order in tidy.items() if order}
        self.data: View[Data] = View(flatten(problem, with_neighbours=False))
        self.scratch: View[Scratch] = new_scratch(self.data.fields)
        self.state: View[State] = View(new_state(self.data.fields, 0))
        self._timed: dict[int, Route] = {}
        self._laid: dict[int, tuple[int, ...]] = {}
        self.rebuild()

    def rebuild(self) -> None:
        """Lay the routes anew, after the orders were changed."""
        for vehicle, order in self.orders.items():
            if self._laid.get(vehicle) == order:
                continue
            route = self.timed(vehicle, order)
            if route is None:
                clients = ", ".join(str(client) for client in order if client != RELOAD)
                raise ImpossibleRoute(vehicle=vehicle, clients=clients)
            self._timed[vehicle], self._laid[vehicle] = route, order
        routes = [(vehicle, self._nodes(vehicle, order)) for vehicle, order in self.orders.items()]
        holds = rebuild(self.data, self.state, chains(self.data.fields, routes))
        assert holds, "routes that can be driven one by one can be laid together"

    @cached_property
    def empty(self) -> View[State]:
        """The same fleet without any work."""
        return View(new_state(self.data.fields, 0))

    def _nodes(self, vehicle: int, order: Sequence[int]) -> list[int]:
        return with_reloads(self.data.fields, vehicle, order)

    def timed(self, vehicle: int, order: Sequence[int]) -> Route | None:
        """Schedule a route exactly; None if it breaks a rule of time."""
        return timed_route(self.data, self.scratch, vehicle, self._nodes(vehicle, order))

    def route(self, vehicle: int) -> Route | None:
        """Return the standing route of a vehicle with its times, None if it is not in use."""
        return self._timed.get(vehicle)

    def place_in(self, client: int, vehicle: int) -> Place | None:
        """Return the cheapest place for an absent client on one vehicle's route, None if there is none."""
        if (pair := self.problem.pair_of(client)) is not None:
            price, before, behind = cheapest_pair_in(self.data, self.state, pair[0], vehicle)
            new = {int(before): [pair[0]]}
            new[int(behind)] = [*new.get(int(behind), []), pair[1]]
        else:
            price, place = cheapest_in(self.data, self.state, client, vehicle)
            before, mode = place % self.data.fields.nodes, place // self.data.fields.nodes
            new = {int(before): [client] if mode == ALONE else [client, RELOAD][:: 1 if mode == CLIENT_FIRST else -1]}
        if not np.isfinite(price):
            return None
        start, count = len(self.problem.clients) + vehicle, len(self.problem.clients)
        nodes = [start, *self._nodes(vehicle, self.orders.get(vehicle, ()))]
        order = [RELOAD if node >= count else node for at in nodes for node in (at, *new.get(at, ()))][1:]
        position = sum(node < count for node in nodes[: nodes.index(int(before)) + 1])
        return Place(vehicle, position, float(price), tuple(order))

    def place_anywhere(self, client: int) -> Place | None:
        """Return the cheapest place of all vehicles, used or not."""
        places = [place for vehicle in self.vehicles if (place := self.place_in(client, vehicle)) is not None]
        return min(places, key=lambda place: (place.price, place.vehicle), default=None)

    def fits_alone(self, client: int, vehicle: int) -> bool:
        """Tell whether the vehicle could serve the client if it had nothing else to do."""
        return bool(np.isfinite(cheapest_in(self.data, self.empty, client, vehicle)[0]))

    def cost_alone(self, client: int, vehicle: int) -> float:
        """Return what the vehicle costs if it serves this client alone, infinity if it cannot."""
        return float(cheapest_in(self.data, self.empty, client, vehicle)[0])

    def added_cost(self, route: Route) -> float:
        """Return what a route costs more than the standing one of its vehicle."""
        standing = self._timed.get(route.vehicle)
        return route.cost - (standing.cost if standing is not None else 0.0)

    def clients_with(self, client: int, place: Place) -> tuple[int, ...]:
        """Return the order of the place's route with one more, or with both of a pair."""
        assert client in place.order, "a place is for one client"
        return place.order

    @property
    def vehicles(self) -> range:
        """The numbers of all vehicles."""
        return range(len(self.problem.vehicles))
