"""An order in parts: the smallest number of parts that all find a place beside the others."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from zaguan.engines.solver.check import check
from zaguan.engines.solver.layout import Layout, loaded_orders_of
from zaguan.engines.solver.problem import Client, Problem
from zaguan.engines.solver.rules.trips import RELOAD
from zaguan.engines.solver.solution import Remedy, RemedyKind, Solution

MOST_PARTS: Final = 24
MOST_TRIALS: Final = 3  # numbers of parts that are tried exactly


class Splitting:
    """A plan, to be asked whether a client that it leaves out fits in parts."""

    def __init__(self, problem: Problem, solution: Solution) -> None:
        self.problem, self.solution = problem, solution
        self.orders = dict(loaded_orders_of(solution))
        bound = [client for pair in problem.pairs for client in pair]
        self.whole = frozenset(bound).union(*(group.clients for group in problem.groups))

    def split(self, client: int, _vehicles: Sequence[int]) -> Remedy | None:
        """Return the smallest number of parts for which every part has a place, confirmed by the whole plan."""
        wanted = self.problem.clients[client]
        loads = [load for load in (*wanted.delivery, *wanted.pickup) if load > 0]
        if client in self.whole or not loads:
            return None
        likely = [parts for parts in range(2, min(MOST_PARTS, *loads) + 1) if self._may_do(wanted, parts)]
        for parts in likely[:MOST_TRIALS]:
            if self._fits(client, parts):
                return Remedy(kind=RemedyKind.SPLIT, facts={"parts": parts})
        return None

    def _may_do(self, wanted: Client, parts: int) -> bool:
        """Tell whether the rooms left over, by load alone, take so many parts."""
        return sum(self._takes(vehicle, wanted, parts) for vehicle in range(len(self.problem.vehicles))) >= parts

    def _takes(self, vehicle: int, wanted: Client, parts: int) -> int:
        """Return at most how many parts fit beside what the vehicle carries."""
        limits = self.problem.vehicles[vehicle]
        allowed = wanted.vehicles is None or vehicle in wanted.vehicles
        if not allowed or not wanted.skills <= limits.skills:
            return 0
        aboard = [self.problem.clients[c] for c in self.orders.get(vehicle, ()) if c != RELOAD]
        most = parts
        for k, room in enumerate(limits.capacity):
            for loads, part in (
                ([_load(c.delivery, k) for c in aboard], _load(wanted.delivery, k)),
                ([_load(c.pickup, k) for c in aboard], _load(wanted.pickup, k)),
            ):
                if part > 0:
                    largest = -(-part // parts)
                    each_trip = room // largest
                    most = min(
                        most, each_trip * limits.trips, max(0, room * limits.trips - sum(loads)) // (part // parts)
                    )
        return most

    def _fits(self, client: int, parts: int) -> bool:
        """Insert the parts one after the other at their cheapest places, then check the whole plan."""
        problem = in_parts(self.problem, client, parts)
        layout = Layout(problem, self.orders.items())
        for part in (client, *range(len(self.problem.clients), len(problem.clients))):
            place = layout.place_anywhere(part)
            if place is None:
                return False
            layout.orders[place.vehicle] = layout.clients_with(part, place)
            layout.rebuild()
        routes = tuple(route for vehicle in layout.orders if (route := layout.route(vehicle)) is not None)
        left_out = tuple(each for each in self.solution.unassigned if each != client)
        prizes = sum(problem.clients[each].prize or 0.0 for each in left_out)
        cost = sum(route.cost for route in routes) + prizes
        return not check(problem, replace(self.solution, routes=routes, unassigned=left_out, cost=cost))


def in_parts(problem: Problem, client: int, parts: int) -> Problem:
    """Return the problem with a client in so many parts: the first in its place, the others behind the last client."""
    whole = problem.clients[client]
    pieces = [
        replace(whole, delivery=_share(whole.delivery, part, parts), pickup=_share(whole.pickup, part, parts))
        for part in range(parts)
    ]
    clients = [*problem.clients, *pieces[1:]]
    clients[client] = pieces[0]
    preference = problem.preference
    if preference is not None:
        preference = np.vstack([preference, np.repeat(preference[[client]], parts - 1, axis=0)])
    return replace(problem, clients=clients, preference=preference)


def _share(loads: tuple[int, ...], part: int, parts: int) -> tuple[int, ...]:
    """Return the loads of one part; the parts differ by one unit at most."""
    return tuple(load * (part + 1) // parts - load * part // parts for load in loads)


def _load(loads: tuple[int, ...], dimension: int) -> int:
    return loads[dimension] if dimension < len(loads) else 0
