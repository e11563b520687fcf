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
    legs = 2 + 2 * (vehicle.trips > 1) + 2 * (vehicle.battery is not None)
    by_time = (vehicle.cost_per_s + vehicle.unfair_cost_per_s) * longest
    overtime = vehicle.overtime_cost_per_s * min(vehicle.overtime_s, longest)
    return vehicle.fixed_cost + vehicle.cost_per_m * legs * farthest_m + by_time + overtime


def _dearest_company(problem: Problem) -> float:
    """Bound from above what a client costs by who it is served by, behind whom, where and how late."""
    sprawl = max((v.sprawl_cost_per_m for v in problem.vehicles), default=0.0)
    points = [client.point for client in problem.clients if client.point is not None]
    extent = int(np.ptp(points, axis=0).sum()) if points and sprawl > 0 else 0
    zones = 2 * max((v.zone_change_cost for v in problem.vehicles), default=0.0)
    changes = problem.published.move_cost + 2 * problem.published.order_cost if problem.published else 0.0
    preference = float(problem.preference.max(initial=0.0)) if problem.preference is not None else 0.0
    late = 86_400 * max((client.late_cost_per_s or 0.0 for client in problem.clients), default=0.0)
    return sprawl * extent + zones + changes + preference + late


def flat_prizes(problem: Problem) -> NDArray[np.float64]:
    """Return the prizes, (n). A client that must be served gets ten times the dearest way to serve it."""
    offered = max((client.prize for client in problem.clients if client.prize is not None), default=0.0)
    fleet = {id(vehicle): vehicle for vehicle in problem.vehicles}.values()
    extents = {profile: problem.travel.extent(profile) for profile in sorted({v.profile for v in fleet})}
    dearest = max((_dearest_route(extents, vehicle) for vehicle in fleet), default=0.0)
    must = 10.0 * (dearest + _dearest_company(problem) + offered + 1.0)
    return np.array([must if client.prize is None else client.prize for client in problem.clients], np.float64)
