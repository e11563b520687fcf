"""From chains back to a solution that people and checkers read."""

from collections.abc import Iterable, Sequence

import numpy as np

from zaguan.engines.solver.rules.battery import MILLI
from zaguan.engines.solver.rules.trips import peak_of
from zaguan.engines.solver.search.data import Data
from zaguan.engines.solver.search.departure import schedule_at_best
from zaguan.engines.solver.search.scratch import LENGTH, Scratch
from zaguan.engines.solver.solution import Halt, HaltKind, Pause, Route, Visit
from zaguan.engines.solver.view import View


def timed_route(data_view: View[Data], scratch_view: View[Scratch], vehicle: int, nodes: Sequence[int]) -> Route | None:
    """Schedule a route exactly, clients and reloads in order; None if it breaks a rule of time, load or charge.

    Skills, exclusions and groups are not judged.
    """
    data, scratch = data_view.fields, scratch_view.fields
    start, end = data.clients + vehicle, data.clients + data.vehicles + vehicle
    scratch.nodes[: len(nodes) + 2] = [start, *nodes, end]
    feasible, distance, departs, returns, _, price = schedule_at_best(data_view, scratch_view, vehicle, len(nodes) + 2)
    if not feasible:
        return None
    length = int(scratch.figures[LENGTH])
    inner = range(1, length - 1)
    clients = [int(node) for node in nodes if node < data.clients]
    visits = tuple(_visit(data, scratch, at) for at in inner if scratch.nodes[at] < data.clients)
    pauses = tuple(_pauses(data, scratch, vehicle, range(1, length)))
    driving = int(scratch.leg[1:length].sum())
    stays = sum(int(scratch.leaves[at] - scratch.starts[at]) + _setup(data, scratch, at) for at in inner)
    busy = driving + stays + sum(p.ends_s - p.starts_s for p in pauses)
    returns, departs = int(returns), int(departs)
    preference = float(sum(data.preference[c, data.kind[vehicle]] for c in clients))
    return Route(
        vehicle=vehicle,
        visits=visits,
        pauses=pauses,
        halts=tuple(_halt(data, scratch, vehicle, at) for at in inner if scratch.nodes[at] >= data.clients),
        departs_s=departs,
        returns_s=returns,
        last_leg_duration_s=int(scratch.leg[length - 1]),
        last_leg_distance_m=int(scratch.metres[length - 1]),
        distance_m=int(distance),
        driving_s=driving,
        waiting_s=returns - departs - busy,
        overtime_s=max(0, returns - int(data.regular_end[vehicle])),
        late_s=sum(visit.late_s for visit in visits),
        peak=_peak(data, nodes),
        cost=float(price) + preference,
    )


def _setup(data: Data, scratch: Scratch, at: int) -> int:
    before, node = scratch.nodes[at - 1], scratch.nodes[at]
    return int(data.setup[node]) if data.location[before] != data.location[node] else 0


def _visit(data: Data, scratch: Scratch, at: int) -> Visit:
    client, window = int(scratch.nodes[at]), int(scratch.window[at])
    starts = int(scratch.starts[at])
    return Visit(
        client=client,
        leg_duration_s=int(scratch.leg[at]),
        leg_distance_m=int(scratch.metres[at]),
        arrives_s=int(scratch.arrives[at]),
        starts_s=starts,
        leaves_s=int(scratch.leaves[at]),
        window=window,
        late_s=max(0, starts - int(data.closes[client, window])),
    )


def _halt(data: Data, scratch: Scratch, vehicle: int, at: int) -> Halt:
    node = int(scratch.nodes[at])
    return Halt(
        kind=HaltKind.CHARGE if node >= data.nodes else HaltKind.RELOAD,
        after=at - 1,
        location=int(data.location[node]),
        leg_duration_s=int(scratch.leg[at]),
        leg_distance_m=int(scratch.metres[at]),
        arrives_s=int(scratch.arrives[at]),
        starts_s=int(scratch.starts[at]),
        leaves_s=int(scratch.leaves[at]),
        level_wh=int(scratch.level[at]) // MILLI if data.battery_full[vehicle] >= 0 else 0,
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


def _peak(data: Data, nodes: Sequence[int]) -> tuple[int, ...]:
    """Return the most aboard on any trip."""
    trips: list[list[int]] = [[]]
    for node in nodes:
        if node < data.clients:
            trips[-1].append(node)
        else:
            trips.append([])
    return tuple(int(x) for x in np.max([peak_of(data, trip) for trip in trips], axis=0))
