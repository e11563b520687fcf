"""Compactness: the width and height of the box around a route's clients have a price, so that routes do not sprawl."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.columns import next_of
from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.problem import Problem

FAR: Final = 1 << 40


class Compactness(NamedTuple):
    """Points of clients in metres, (n, 2), who has one, (n), and the vehicles' prices, (v)."""

    has_sprawl: bool
    point: NDArray[np.int64]
    has_point: NDArray[np.uint8]
    sprawl_price: NDArray[np.float64]


def flat_compactness(problem: Problem) -> Compactness:
    """Lay out points and prices."""
    point = np.zeros((len(problem.clients), 2), np.int64)
    for i, client in enumerate(problem.clients):
        point[i] = client.point or (0, 0)
    placed = np.array([client.point is not None for client in problem.clients], np.uint8)
    price = np.array([vehicle.sprawl_cost_per_m for vehicle in problem.vehicles], np.float64)
    return Compactness(bool(price.any() and placed.any()), point, placed, price)


@kernel
def sprawl(data, scratch, vehicle, length):  # type: ignore[no-untyped-def]
    """Return the price of the box around the clients of scratch.nodes[:length]."""
    if data.sprawl_price[vehicle] == 0.0:
        return 0.0
    extent = 0
    for axis in range(2):
        least, most = FAR, -FAR
        for at in range(length):
            node = scratch.nodes[at]
            if node < data.clients and data.has_point[node]:
                least, most = min(least, data.point[node, axis]), max(most, data.point[node, axis])
        extent += max(0, most - least)
    return data.sprawl_price[vehicle] * extent


@kernel
def measure_box(data, state, vehicle):  # type: ignore[no-untyped-def]
    """Write down the box around a route, for `added_sprawl`."""
    node, end = next_of(state, data.clients + vehicle), data.clients + data.vehicles + vehicle
    box = state.box[vehicle]
    box[0], box[1], box[2], box[3] = FAR, -FAR, FAR, -FAR
    while node != end:
        if node < data.clients and data.has_point[node]:
            x, y = data.point[node, 0], data.point[node, 1]
            box[0], box[1], box[2], box[3] = min(box[0], x), max(box[1], x), min(box[2], y), max(box[3], y)
        node = next_of(state, node)


@kernel
def added_sprawl(data, state, client, vehicle):  # type: ignore[no-untyped-def]
    """Return what a client adds to the price of the box around a route."""
    box = state.box[vehicle]
    if not data.has_point[client] or box[0] > box[1]:
        return 0.0
    x, y = data.point[client, 0], data.point[client, 1]
    wider = max(0, box[0] - x) + max(0, x - box[1])
    higher = max(0, box[2] - y) + max(0, y - box[3])
    return data.sprawl_price[vehicle] * (wider + higher)
