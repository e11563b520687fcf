"""What the best known solution costs: routes in a `.sol` file beside the instance, or an entry of a `BKS.json`."""

import json
from itertools import pairwise
from pathlib import Path

from zaguan.engines.solver.formats.instance import Instance, UnreadableInstance


def read_routes(path: Path) -> tuple[list[list[int]], float | None]:
    """Return the routes of a VRPLIB solution, as node numbers with 0 for a depot on the way, and its stated cost."""
    routes: list[list[int]] = []
    cost = None
    for line in path.read_text("utf-8").splitlines():
        words = line.replace(":", " ").split()
        if words and words[0].lower() == "route":
            routes.append([int(word) for word in line.partition(":")[2].split()])
        elif words and words[0].lower() == "cost":
            cost = float(words[1])
    return routes, cost


def price_of(instance: Instance, routes: list[list[int]], path: Path) -> float:
    """Return what routes cost in the problem's units, with the prizes of the clients on none of them.

    The n-th route is the n-th vehicle's; nodes are locations, as VRPLIB counts them.
    """
    problem = instance.problem
    by_location = {client.location: client for client in problem.clients}
    if len(set(problem.vehicles)) > 1 and len(routes) > len(problem.vehicles):
        raise UnreadableInstance(file=path.name, what=f"{len(routes)} routes of {len(problem.vehicles)} vehicles")
    total, served = 0.0, set[int]()
    for at, route in enumerate(routes):
        vehicle = problem.vehicles[min(at, len(problem.vehicles) - 1)]
        if unknown := [node for node in route if node and node not in by_location]:
            raise UnreadableInstance(file=path.name, what=f"node {unknown[0]}")
        if route and vehicle.start is not None and vehicle.end is not None:
            stops = [vehicle.start, *route, vehicle.end]
            metres = sum(problem.travel.leg(vehicle.profile, a, b)[1] for a, b in pairwise(stops))
            total += vehicle.fixed_cost + vehicle.cost_per_m * metres
            served.update(route)
    return total + sum(client.prize or 0.0 for node, client in by_location.items() if node not in served)


def best_known(instance: Instance, path: Path) -> tuple[float | None, int | None]:
    """Return cost (in the problem's units) and number of vehicles of the best known solution, None where unknown.

    The cost of a `.sol` file is computed from its routes, as files of some sets state it in other units.
    """
    solution = path.with_suffix(".sol")
    if solution.exists():
        routes, stated = read_routes(solution)
        if any(routes):
            return price_of(instance, routes, solution), None
        return (None if stated is None else stated * instance.unit), None
    for folder in (path.parent, path.parent.parent):
        table = folder / "BKS.json"
        if table.exists():
            known = json.loads(table.read_text("utf-8")).get(instance.name)
            return (
                (None, None)
                if known is None
                else (
                    float(known["best_known_cost"]) * instance.unit,
                    int(known["solved_with_vehicles"]),
                )
            )
    return None, None
