"""From chains back to a solution that people and checkers read."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.rules.travel import distance_in, slot_at
from zaguan.engines.solver.search.data import Data
from zaguan.engines.solver.search.schedule import schedule
from zaguan.engines.solver.search.state import Scratch
from zaguan.engines.solver.solution import Pause, Route, Visit
from zaguan.engines.solver.view import View


def clients_of(data: Data, following: NDArray[np.int32]) -> list[tuple[int, list[int]]]:
    """Return (vehicle, clients) of every route that serves somebody."""
    routes = []
    for vehicle in range(data.vehicles):
        clients, node = [], int(following[data.clients + vehicle])
        while node < data.clients:
            clients.append(node)
            node = int(following[node])
        if clients:
            routes.append((vehicle, clients))
    return routes


def timed_route(
    data_view: View[Data], scratch_view: View[Scratch], vehicle: int, clients: Sequence[int]
) -> Route | None:
    """Schedule a route exactly; None if it breaks a rule of time. Loads, skills and exclusions are not judged."""
    data, scratch, length = data_view.fields, scratch_view.fields, len(clients) + 2
    start, end = data.clients + vehicle, data.clients + data.vehicles + vehicle
    scratch.nodes[:length] = [start, *clients, end]
    feasible, distance, departs, returns, _, price = schedule(data_view, scratch_view, vehicle, length)
    if not feasible:
        return None
    visits = tuple(_visit(data_view, scratch, vehicle, at) for at in range(1, length - 1))
    pauses = tuple(_pauses(data, scratch, vehicle, range(1, length)))
    driving = int(scratch.leg[1:length].sum())
    setups = sum(_setup(data, scratch, at) for at in range(1, length - 1))
    busy = driving + setups + sum(int(data.service[c]) for c in clients) + sum(p.ends_s - p.starts_s for p in pauses)
    returns, departs = int(returns), int(departs)
    preference = float(sum(data.preference[c, data.kind[vehicle]] for c in clients))
    return Route(
        vehicle=vehicle,
        visits=visits,
        pauses=pauses,
        halts=(),
        departs_s=departs,
        returns_s=returns,
        last_leg_duration_s=int(scratch.leg[length - 1]),
        last_leg_distance_m=_leg_distance(data_view, scratch, vehicle, length - 1),
        distance_m=int(distance),
        driving_s=driving,
        waiting_s=returns - departs - busy,
        overtime_s=max(0, returns - int(data.regular_end[vehicle])),
        late_s=sum(visit.late_s for visit in visits),
        peak=_peak(data, clients),
        cost=float(price) + preference,
    )


def _setup(data: Data, scratch: Scratch, at: int) -> int:
    before, node = scratch.nodes[at - 1], scratch.nodes[at]
    return int(data.setup[node]) if data.location[before] != data.location[node] else 0


def _leg_distance(data_view: View[Data], scratch: Scratch, vehicle: int, at: int) -> int:
    data = data_view.fields
    begins = int(scratch.arrives[at] - scratch.leg[at])
    matrix = data.profile[vehicle] * data.slots + slot_at(data_view, begins)
    origin, goal = data.location[scratch.nodes[at - 1]], data.location[scratch.nodes[at]]
    return int(distance_in(data_view, matrix, origin, goal))


def _visit(data_view: View[Data], scratch: Scratch, vehicle: int, at: int) -> Visit:
    data = data_view.fields
    client, window = int(scratch.nodes[at]), int(scratch.window[at])
    starts = int(scratch.starts[at])
    return Visit(
        client=client,
        leg_duration_s=int(scratch.leg[at]),
        leg_distance_m=_leg_distance(data_view, scratch, vehicle, at),
        arrives_s=int(scratch.arrives[at]),
        starts_s=starts,
        leaves_s=int(scratch.leaves[at]),
        window=window,
        late_s=max(0, starts - int(data.closes[client, window])),
    )


def _pauses(data: Data, scratch: Scratch, vehicle: int, positions: Iterable[int]) -> Iterable[Pause]:
    taken = 0
    for at in positions:
        for starts, is_rest, before_leg in (
            (int(scratch.before[at]), False, True),
            (int(scratch.rest_before[at]), True, True),
            (int(scratch.after[at]), False, False),
            (int(scratch.rest_after[at]), True, False),
        ):
            if starts < 0:
                continue
            length = int(data.rest[vehicle] if is_rest else data.break_length[vehicle, taken])
            taken += not is_rest
            yield Pause(after=at - 1, starts_s=starts, ends_s=starts + length, is_rest=is_rest, before_leg=before_leg)


def _peak(data: Data, clients: Sequence[int]) -> tuple[int, ...]:
    aboard = data.delivery[list(clients)].sum(axis=0)
    peak = aboard.copy()
    for client in clients:
        aboard = aboard + data.change[client]
        peak = np.maximum(peak, aboard)
    return tuple(int(x) for x in peak)
