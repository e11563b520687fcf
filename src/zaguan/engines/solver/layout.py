"""A plan laid out in the search's arrays, to be asked where one more client fits and what that costs, exactly."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from zaguan.engines.solver.columns import PREV
from zaguan.engines.solver.extract import timed_route
from zaguan.engines.solver.problem import Problem
from zaguan.engines.solver.search.data import Data, flatten
from zaguan.engines.solver.search.insertion import chains, rebuild
from zaguan.engines.solver.search.pairs import cheapest_pair_in
from zaguan.engines.solver.search.probe import cheapest_in
from zaguan.engines.solver.search.state import Scratch, State, new_scratch, new_state
from zaguan.engines.solver.solution import Route, Solution
from zaguan.engines.solver.solve import ImpossibleRoute
from zaguan.engines.solver.view import View

Orders = Iterable[tuple[int, Sequence[int]]]


def orders_of(plan: Solution) -> list[tuple[int, tuple[int, ...]]]:
    """Return the plan as (vehicle, clients in order)."""
    return [(route.vehicle, tuple(visit.client for visit in route.visits)) for route in plan.routes]


@dataclass(frozen=True, slots=True)
class Place:
    """A place for a client: so many clients stand before it on the vehicle's route; `price` is what it adds.

    Where the client is one of a pair, it is the place of both and the price of both: `position` is that of the first,
    and before the second one stand `second` clients of the route as it is.
    """

    vehicle: int
    position: int
    price: float
    second: int = 0


class Layout:
    """Routes with all that is known about each stretch. A route that cannot be driven raises ImpossibleRoute."""

    def __init__(self, problem: Problem, orders: Orders) -> None:
        self.problem = problem
        self.orders: dict[int, tuple[int, ...]] = {vehicle: tuple(clients) for vehicle, clients in orders if clients}
        self.data: View[Data] = View(flatten(problem, with_neighbours=False))
        self.scratch: View[Scratch] = new_scratch(self.data.fields)
        self.state: View[State] = View(new_state(self.data.fields, 0))
        self._timed: dict[int, Route] = {}
        self.rebuild()

    def rebuild(self) -> None:
        """Lay the routes anew, after the orders were changed."""
        for vehicle, clients in self.orders.items():
            known = self._timed.get(vehicle)
            if known is not None and tuple(visit.client for visit in known.visits) == clients:
                continue
            route = self.timed(vehicle, clients)
            if route is None:
                raise ImpossibleRoute(vehicle=vehicle, clients=", ".join(map(str, clients)))
            self._timed[vehicle] = route
        holds = rebuild(self.data, self.state, chains(self.data.fields, self.orders.items()))
        assert holds, "routes that can be driven one by one can be laid together"

    @cached_property
    def empty(self) -> View[State]:
        """The same fleet without any work."""
        return View(new_state(self.data.fields, 0))

    def timed(self, vehicle: int, clients: Sequence[int]) -> Route | None:
        """Schedule a route exactly; None if it breaks a rule of time."""
        return timed_route(self.data, self.scratch, vehicle, clients)

    def route(self, vehicle: int) -> Route | None:
        """Return the standing route of a vehicle with its times, None if it is not in use."""
        return self._timed.get(vehicle)

    def place_in(self, client: int, vehicle: int) -> Place | None:
        """Return the cheapest place for an absent client on one vehicle's route, None if there is none."""
        if (pair := self.problem.pair_of(client)) is not None:
            price, before, behind = cheapest_pair_in(self.data, self.state, pair[0], vehicle)
            if not np.isfinite(price):
                return None
            first, second = (self._position(vehicle, int(node)) for node in (before, behind))
            return Place(vehicle, first, float(price), second)
        price, before = cheapest_in(self.data, self.state, client, vehicle)
        return Place(vehicle, self._position(vehicle, int(before)), float(price)) if np.isfinite(price) else None

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
        """Return the clients of the place's route with one more, or with both of a pair."""
        order = self.orders.get(place.vehicle, ())
        if (pair := self.problem.pair_of(client)) is not None:
            between = order[place.position : place.second]
            return (*order[: place.position], pair[0], *between, pair[1], *order[place.second :])
        return (*order[: place.position], client, *order[place.position :])

    @property
    def vehicles(self) -> range:
        """The numbers of all vehicles."""
        return range(len(self.problem.vehicles))

    def _position(self, vehicle: int, before: int) -> int:
        """Count the clients up to a node of the route; the node may be the start, or a halt."""
        node = before
        while node >= self.data.fields.clients:
            node = int(self.state.fields.node[node, PREV])
            if node < 0:
                return 0
        return self.orders[vehicle].index(node) + 1
