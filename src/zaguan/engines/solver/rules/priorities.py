"""Priorities: a client may be left out at the price of its prize; without a prize only if it cannot fit."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.fleet import Vehicle
from zaguan.engines.solver.problem import Problem


def _dearest_route(extents: Mapping[int, tuple[int, int]], vehicle: Vehicle) -> float:
    """Bound from above what one vehicle's route to one client costs, by its profile's longest leg and its metres."""
    longest_leg_s, farthest_m = extents[vehicle.profile]
    longest = vehicle.shift_s[1] + vehicle.overtime_s - vehicle.shift_s[0]
    longest = min(longest, 2 * longest_leg_s + 86_400)
    return vehicle.fixed_cost + vehicle.cost_per_m * 2 * farthest_m + vehicle.cost_per_s * longest


def flat_prizes(problem: Problem) -> NDArray[np.float64]:
    """Return the prizes, (n). A client that must be served gets ten times the dearest way to serve it."""
    offered = max((client.prize for client in problem.clients if client.prize is not None), default=0.0)
    fleet = {id(vehicle): vehicle for vehicle in problem.vehicles}.values()
    extents = {profile: problem.travel.extent(profile) for profile in sorted({v.profile for v in fleet})}
    dearest = max((_dearest_route(extents, vehicle) for vehicle in fleet), default=0.0)
    must = 10.0 * (dearest + offered + 1.0)
    return np.array([must if client.prize is None else client.prize for client in problem.clients], np.float64)
