"""A given plan from which a search goes on: it must name what exists, and every route of it must hold."""

from collections.abc import Sequence

from zaguan.base.kit.errors import ZaguanError
from zaguan.engines.solver.check import check
from zaguan.engines.solver.problem import Problem
from zaguan.engines.solver.rules.trips import RELOAD
from zaguan.engines.solver.solution import Solution

type Assignment = Sequence[tuple[int, Sequence[int]]]


class BrokenStart(ZaguanError):
    """The plan that a search shall go on from breaks a rule; `vehicle` says on which route and `what` says how."""

    code = "solver.broken_start"


def named_once(problem: Problem, start: Assignment) -> list[tuple[int, list[int]]]:
    """Return the routes that serve somebody; refuse vehicles and clients that do not exist or come twice."""
    clients, vehicles = set[int](), set[int]()
    for vehicle, order in start:
        if not 0 <= vehicle < len(problem.vehicles):
            raise BrokenStart(vehicle=vehicle, what="there is no such vehicle")
        if vehicle in vehicles:
            raise BrokenStart(vehicle=vehicle, what="the vehicle has two routes")
        vehicles.add(vehicle)
        for client in order:
            if client == RELOAD:
                continue
            if not 0 <= client < len(problem.clients):
                raise BrokenStart(vehicle=vehicle, what=f"there is no client {client}")
            if client in clients:
                raise BrokenStart(vehicle=vehicle, what=f"client {client} is served twice")
            clients.add(client)
    return [(vehicle, list(order)) for vehicle, order in start if any(client != RELOAD for client in order)]


def refuse_broken(problem: Problem, standing: Solution) -> None:
    """Refuse a plan that breaks any rule: the verifier reads it like every other one."""
    broken = check(problem, standing)
    if not broken:
        return
    first = broken[0]
    serving = {visit.client: route.vehicle for route in standing.routes for visit in route.visits}
    vehicle = standing.routes[first.route].vehicle if first.route >= 0 else serving.get(first.client, -1)
    raise BrokenStart(vehicle=vehicle, what=f"{first.code}: {first.text}")
