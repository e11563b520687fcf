"""Relaxing one thing in a plan's arrays for a while, and telling what an empty vehicle lacks for a client."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import zip_longest
from typing import Final

import numpy as np

from zaguan.engines.solver.fleet import Vehicle
from zaguan.engines.solver.limits import HORIZON_S, UNREACHABLE_S
from zaguan.engines.solver.problem import Client, Problem
from zaguan.engines.solver.rules.battery import NO_BATTERY
from zaguan.engines.solver.search.data import Data

RELAXED: Final = ("opens", "closes", "earliest", "latest", "regular_end", "max_duration", "max_driving", "battery_full")


@contextmanager
def relaxed(data: Data, change: Callable[[Data], None]) -> Iterator[None]:
    """Change some arrays of the problem for a while."""
    kept = {name: getattr(data, name).copy() for name in RELAXED}
    change(data)
    try:
        yield
    finally:
        for name, values in kept.items():
            getattr(data, name)[...] = values


def widen(data: Data, client: int, before: int, after: int) -> None:
    """Open a client's first window earlier and close its last one later."""
    last = data.window_count[client] - 1
    data.opens[client, 0] = max(0, data.opens[client, 0] - before)
    data.closes[client, last] = min(HORIZON_S, data.closes[client, last] + after)
    data.earliest[client] = data.opens[client, 0]
    data.latest[client] = max(data.latest[client], data.closes[client, last])


def lengthen(data: Data, by: int) -> None:
    """Lengthen every shift, duty and driving limit."""
    ends = slice(data.clients + data.vehicles, None)
    data.closes[ends, 0] += by
    data.latest[ends] += by
    data.regular_end[:] += by
    data.max_duration[:] += by
    data.max_driving[:] += by


def unplug(data: Data) -> None:
    """Let every vehicle drive as far as it likes."""
    data.battery_full[:] = NO_BATTERY


def begin_earlier(data: Data, by: int) -> None:
    """Let every shift begin earlier."""
    nodes = slice(data.clients, data.clients + data.vehicles)
    data.opens[nodes, 0] = np.maximum(0, data.opens[nodes, 0] - by)
    data.earliest[nodes] = data.opens[nodes, 0]


def missing_room(client: Client, vehicle: Vehicle) -> dict[int, int]:
    """Return how much room an empty vehicle lacks, by dimension."""
    loads = [max(pair) for pair in zip_longest(client.delivery, client.pickup, fillvalue=0)]
    return {k: load - room for k, (load, room) in enumerate(zip(loads, vehicle.capacity, strict=False)) if load > room}


def reachable(problem: Problem, client: Client, vehicle: Vehicle) -> bool:
    """Tell whether roads lead from the vehicle's start to the client and from there to its end, at any time of day."""
    travel = problem.travel
    matrices = range(vehicle.profile * travel.slots, (vehicle.profile + 1) * travel.slots)
    legs = [(vehicle.start, client.location), (client.location, vehicle.end)]
    return all(
        travel.leg(matrix, origin, goal)[0] < UNREACHABLE_S
        for matrix in matrices
        for origin, goal in legs
        if origin is not None and goal is not None
    )
