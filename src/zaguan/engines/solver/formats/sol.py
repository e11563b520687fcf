"""Solutions in VRPLIB's form: a line for each route, and the cost in the units of the instance's file.

    Route #1: 5 1 9
    Route #2: 3 0 4
    Cost 123.4

Nodes are counted as in VRPLIB, the depot 0 and the first client behind the depots 1; a 0 inside a route is a visit to
the depot between two trips. Where vehicles differ, the n-th line is the n-th vehicle's, and one that stays is empty.
"""

from typing import Final

from zaguan.engines.solver.formats.instance import Instance
from zaguan.engines.solver.solution import HaltKind, Route, Solution

DECIMALS: Final = 3


def write_sol(instance: Instance, solution: Solution) -> str:
    """Return the solution of an instance as text; clients left out are on no route, their prizes in the cost."""
    problem = instance.problem
    routes = {route.vehicle: route for route in solution.routes}
    alike = len(set(problem.vehicles)) <= 1
    shown = sorted(routes) if alike else range(max(routes, default=-1) + 1)
    lines = [
        f"Route #{number}: {' '.join(_nodes(instance, routes[vehicle])) if vehicle in routes else ''}".rstrip()
        for number, vehicle in enumerate(shown, 1)
    ]
    return "\n".join([*lines, f"Cost {cost_text(instance, solution)}", ""])


def cost_text(instance: Instance, solution: Solution) -> str:
    """Return the cost in the file's units: routes, and prizes of clients left out that have one."""
    prizes = sum(instance.problem.clients[client].prize or 0.0 for client in solution.unassigned)
    cost = (sum(route.cost for route in solution.routes) + prizes) / instance.unit
    text = f"{cost:.{DECIMALS}f}"
    return text.rstrip("0").rstrip(".")


def _nodes(instance: Instance, route: Route) -> list[str]:
    """Return the nodes of a route, a 0 for each reload."""
    nodes = [str(instance.problem.clients[visit.client].location) for visit in route.visits]
    for halt in route.halts:
        if halt.kind is HaltKind.RELOAD:
            nodes.insert(halt.after, "0")
    return nodes
