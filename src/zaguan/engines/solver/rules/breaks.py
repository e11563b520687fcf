"""Breaks: each starts inside its window, in order, at a stop; one is due if the route is under way as it closes."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.problem import Problem

NEVER: Final = 1 << 40


class Breaks(NamedTuple):
    """The breaks of all vehicles: how many, (v), and their windows and lengths, (v, breaks)."""

    break_count: NDArray[np.int32]
    break_earliest: NDArray[np.int32]
    break_latest: NDArray[np.int32]
    break_length: NDArray[np.int32]


def flat_breaks(problem: Problem) -> Breaks:
    """Lay out the breaks."""
    widest = max((len(vehicle.breaks) for vehicle in problem.vehicles), default=0)
    earliest, latest, length = (np.zeros((len(problem.vehicles), max(1, widest)), np.int32) for _ in range(3))
    for v, vehicle in enumerate(problem.vehicles):
        for b, pause in enumerate(vehicle.breaks):
            earliest[v, b], latest[v, b], length[v, b] = pause.earliest_s, pause.latest_s, pause.duration_s
    return Breaks(np.array([len(v.breaks) for v in problem.vehicles], np.int32), earliest, latest, length)


@kernel
def break_end(data, vehicle, index, moment):  # type: ignore[no-untyped-def]
    """Return when the break would be over if taken from a moment on, or NEVER where its window has closed."""
    if index >= data.break_count[vehicle]:
        return NEVER
    starts = max(moment, data.break_earliest[vehicle, index])
    if starts > data.break_latest[vehicle, index]:
        return NEVER
    return starts + data.break_length[vehicle, index]


@kernel
def break_missed(data, vehicle, taken, moment):  # type: ignore[no-untyped-def]
    """Tell whether the next break's window has closed while the route is still under way."""
    return taken < data.break_count[vehicle] and moment > data.break_latest[vehicle, taken]
