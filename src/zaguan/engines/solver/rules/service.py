"""Service: seconds at the door, longer or shorter by the vehicle's driver."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.problem import Problem
from zaguan.engines.solver.rules.trips import Layout

WHOLE = 100


class Services(NamedTuple):
    """Seconds at each node, (N), with setup, and each vehicle's percentage, (v)."""

    service: NDArray[np.int32]
    setup: NDArray[np.int32]
    service_percent: NDArray[np.int64]
    has_paces: bool


def flat_services(problem: Problem, layout: Layout) -> Services:
    """Lay out the times at the door; at a reload it is the loading."""
    service, setup = np.zeros(layout.all_nodes, np.int32), np.zeros(layout.all_nodes, np.int32)
    for i, client in enumerate(problem.clients):
        service[i], setup[i] = client.service_s, client.setup_s
    for vehicle, nodes in zip(problem.vehicles, layout.reloads, strict=True):
        service[list(nodes)] = vehicle.reload_s
    percent = np.array([vehicle.service_percent for vehicle in problem.vehicles], np.int64)
    return Services(service, setup, percent, bool((percent != WHOLE).any()))


@kernel
def service_in(data, vehicle, node):  # type: ignore[no-untyped-def]
    """Return the seconds that a vehicle's driver takes at a node; whole seconds, cut off."""
    seconds = np.int64(data.service[node])
    if data.has_paces and node < data.clients:
        return seconds * data.service_percent[vehicle] // 100
    return seconds
