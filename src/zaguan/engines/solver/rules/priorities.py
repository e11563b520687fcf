"""Priorities: a client may be left out at the price of its prize; without a prize only if it cannot fit."""

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.fleet import Vehicle
from zaguan.engines.solver.limits import UNREACHABLE_S
from zaguan.engines.solver.problem import Problem


def _dearest_route(problem: Problem, vehicle: Vehicle) -> float:
    """Bound from above what one vehicle's route to one client costs."""
    block = slice(vehicle.profile * problem.travel.slots, (vehicle.profile + 1) * problem.travel.slots)
    durations = problem.travel.durations_s[block]
    reachable = durations < UNREACHABLE_S
    farthest = float(problem.travel.distances_m[block].max(initial=0, where=reachable))
    longest = vehicle.shift_s[1] + vehicle.overtime_s - vehicle.shift_s[0]
    longest = min(longest, 2 * int(durations.max(initial=0, where=reachable)) + 86_400)
    return vehicle.fixed_cost + vehicle.cost_per_m * 2 * farthest + vehicle.cost_per_s * longest


def flat_prizes(problem: Problem) -> NDArray[np.float64]:
    """Return the prizes, (n). A client that must be served gets ten times the dearest way to serve it."""
    offered = max((client.prize for client in problem.clients if client.prize is not None), default=0.0)
    blocks = {
        (v.profile, v.fixed_cost, v.cost_per_m, v.cost_per_s, v.shift_s, v.overtime_s): v for v in problem.vehicles
    }
    dearest = max((_dearest_route(problem, vehicle) for vehicle in blocks.values()), default=0.0)
    must = 10.0 * (dearest + offered + 1.0)
    return np.array([must if client.prize is None else client.prize for client in problem.clients], np.float64)
