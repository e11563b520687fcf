"""Trips: a vehicle comes back, loads again and leaves anew; its capacity holds for each trip.

A reload is a node like any other: it has a place, a loading time and the shift as its window, and stands on its
vehicle's route or on none. So a vehicle of k trips owns k - 1 of them.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.columns import route_of
from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.limits import require
from zaguan.engines.solver.problem import Problem

RELOAD: Final = -1  # in an order of clients: here the vehicle loads again
ALONE: Final = 0  # a client goes behind a node
CLIENT_FIRST: Final = 1  # then its vehicle loads again
RELOAD_FIRST: Final = 2  # its vehicle loads again, then serves it


class Layout(NamedTuple):
    """How nodes are numbered: clients, starts, ends, reloads, and behind them the stations, which are on no chain."""

    clients: int
    vehicles: int
    reloads: tuple[range, ...]  # of each vehicle
    nodes: int  # that chains are made of
    all_nodes: int


class Trips(NamedTuple):
    """Which reloads a vehicle owns: the first, and how many, (v)."""

    has_trips: bool
    reload_first: NDArray[np.int32]
    reload_count: NDArray[np.int32]


def layout_of(problem: Problem) -> Layout:
    """Number the nodes."""
    n, v = len(problem.clients), len(problem.vehicles)
    reloads, at = [], n + 2 * v
    for vehicle in problem.vehicles:
        reloads.append(range(at, at + vehicle.trips - 1))
        at += vehicle.trips - 1
    return Layout(clients=n, vehicles=v, reloads=tuple(reloads), nodes=at, all_nodes=at + len(problem.stations))


def flat_trips(layout: Layout) -> Trips:
    """Lay out who owns which reload."""
    first = np.array([nodes.start for nodes in layout.reloads], np.int32)
    count = np.array([len(nodes) for nodes in layout.reloads], np.int32)
    return Trips(bool(count.any()), first, count)


def with_reloads(data: Any, vehicle: int, order: Iterable[int]) -> list[int]:
    """Return the nodes of a route: its clients in order, and reloads where a RELOAD stands between them.

    If none does, the vehicle loads again wherever the next client would not fit aboard, or its goods come too late for
    the trip, as long as its trips last.
    `data` are the flat arrays of the problem.
    """
    spare = list(range(int(data.reload_first[vehicle]), int(data.reload_first[vehicle] + data.reload_count[vehicle])))
    given = tidy_order(order)
    if RELOAD in given:
        require(given.count(RELOAD) <= len(spare), f"vehicle {vehicle} makes {given.count(RELOAD) + 1} trips")
        return [spare.pop(0) if each == RELOAD else each for each in given]
    nodes: list[int] = []
    trip: list[int] = []
    for client in given:
        if spare and trip and not (_fits(data, vehicle, [*trip, client]) and _awaits(data, trip, client)):
            nodes.append(spare.pop(0))
            trip = []
        nodes.append(client)
        trip.append(client)
    return nodes


def tidy_order(order: Iterable[int]) -> tuple[int, ...]:
    """Return an order without trips that serve nobody."""
    kept: list[int] = []
    for each in order:
        if each != RELOAD or (kept and kept[-1] != RELOAD):
            kept.append(each)
    return tuple(kept[:-1] if kept and kept[-1] == RELOAD else kept)


def _fits(data: Any, vehicle: int, trip: Sequence[int]) -> bool:
    return bool((peak_of(data, trip) <= data.capacity[vehicle]).all())


def _awaits(data: Any, trip: Sequence[int], client: int) -> bool:
    """Tell whether a trip may leave as late as a client's goods are ready."""
    return bool(data.release[client] <= data.latest[list(trip)].min())


def peak_of(data: Any, trip: Sequence[int]) -> NDArray[np.int64]:
    """Return the most aboard on one trip, per dimension."""
    aboard: NDArray[np.int64] = data.delivery[list(trip)].sum(axis=0)
    peak = aboard.copy()
    for client in trip:
        aboard = aboard + data.change[client]
        peak = np.maximum(peak, aboard)
    return peak


@kernel
def place_at(data, before, mode):  # type: ignore[no-untyped-def]
    """Return the number of a place: which node a client goes behind, and with a reload before, behind or not."""
    return before + mode * data.nodes


@kernel
def before_of(data, place):  # type: ignore[no-untyped-def]
    """Return the node before a place."""
    return place % data.nodes if data.has_trips and place >= 0 else place


@kernel
def mode_of(data, place):  # type: ignore[no-untyped-def]
    """Return whether a reload comes with the client, and on which side."""
    return place // data.nodes if data.has_trips else np.int64(ALONE)


@kernel
def is_reload(data, node):  # type: ignore[no-untyped-def]
    """Tell whether a node of a route begins another trip."""
    return data.clients + 2 * data.vehicles <= node < data.nodes


@kernel
def spare_reload(data, state, vehicle):  # type: ignore[no-untyped-def]
    """Return a reload of the vehicle that is on no route, -1 if it makes all its trips already."""
    first = np.int64(data.reload_first[vehicle])
    for node in range(first, first + data.reload_count[vehicle]):
        if route_of(state, node) < 0:
            return node
    return np.int64(-1)


@kernel
def trips_fit(data, scratch, vehicle, length):  # type: ignore[no-untyped-def]
    """Tell whether no trip of scratch.nodes[:length] carries too much at any time."""
    nodes = scratch.nodes
    for k in range(data.capacity.shape[1]):
        room = data.capacity[vehicle, k]
        at = 0
        while at < length - 1:
            last = at + 1
            aboard = np.int64(0)
            while last < length - 1 and not is_reload(data, nodes[last]):
                aboard += data.delivery[nodes[last], k]
                last += 1
            if aboard > room:
                return False
            for stop in range(at + 1, last):
                aboard += data.change[nodes[stop], k]
                if aboard > room:
                    return False
            at = last
    return True


@kernel
def may_split(data, state, client, before, vehicle, mode):  # type: ignore[no-untyped-def]
    """Tell whether a trip cut behind a node can take the client at its end, or its rest at the beginning of the next.

    What is aboard behind the node is at least what the rest of the trip delivers, and just that where nothing is
    fetched: so it never refuses what fits.
    """
    for k in range(data.capacity.shape[1]):
        room, aboard = data.capacity[vehicle, k], state.aboard[before, k]
        if mode == CLIENT_FIRST and state.peak_until[before, k] - aboard + data.delivery[client, k] > room:
            return False
        if mode == RELOAD_FIRST and not data.has_pickups and aboard + data.delivery[client, k] > room:
            return False
        if max(data.delivery[client, k], data.pickup[client, k]) > room:
            return False
    return True
