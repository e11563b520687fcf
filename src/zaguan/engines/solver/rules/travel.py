"""Travel: how long a leg takes at the moment one leaves, and how far it is.

Between two knots of the day the travel time changes evenly (T. Ichoua's FIFO property holds as long as it never
falls faster than time passes; whoever makes the matrices sees to that). All in whole seconds: with floor division
a later departure still never arrives earlier.
"""

import numpy as np

from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.limits import UNREACHABLE_S


@kernel
def slot_at(data, moment):  # type: ignore[no-untyped-def]
    """Return the slot of the knot nearest to a moment: good enough to screen, and what distances go by."""
    knots = data.knot_moments
    last = knots.shape[0] - 1
    for k in range(last):
        if 2 * moment < knots[k] + knots[k + 1]:
            return data.knot_slots[k]
    return data.knot_slots[last]


@kernel
def duration_at(data, profile, origin, goal, moment):  # type: ignore[no-untyped-def]
    """Return the seconds of a leg that begins at a moment; an open end is no leg."""
    if origin < 0 or goal < 0:
        return 0
    base = profile * data.slots
    if data.planar:
        return line(data, origin, goal)
    if data.slots == 1:
        return data.durations[base, origin, goal]
    knots, slots = data.knot_moments, data.knot_slots
    last = knots.shape[0] - 1
    if moment <= knots[0]:
        return data.durations[base + slots[0], origin, goal]
    if moment >= knots[last]:
        return data.durations[base + slots[last], origin, goal]
    k = 0
    while moment >= knots[k + 1]:
        k += 1
    early = data.durations[base + slots[k], origin, goal]
    late = data.durations[base + slots[k + 1], origin, goal]
    return early + (late - early) * (moment - knots[k]) // (knots[k + 1] - knots[k])


@kernel
def line(data, origin, goal):  # type: ignore[no-untyped-def]
    """Return the length of a leg of travel between points."""
    x = data.points[origin, 0] - data.points[goal, 0]
    y = data.points[origin, 1] - data.points[goal, 1]
    return np.int64(np.sqrt(x * x + y * y) * data.line[0] + data.line[1])


@kernel
def _entry(data, matrices, matrix, row, column):  # type: ignore[no-untyped-def]
    """Return what one matrix says, or the line between points, which is the same both ways; an open end is no leg."""
    if row < 0 or column < 0:
        return 0
    if data.planar:
        return line(data, row, column)
    return np.int64(matrices[matrix, row, column])


@kernel
def duration_in(data, matrix, origin, goal):  # type: ignore[no-untyped-def]
    """Return the seconds of a leg by one matrix."""
    return _entry(data, data.durations, matrix, origin, goal)


@kernel
def distance_in(data, matrix, origin, goal):  # type: ignore[no-untyped-def]
    """Return the metres of a leg by one matrix."""
    return _entry(data, data.distances, matrix, origin, goal)


@kernel
def duration_to(data, matrix, goal, origin):  # type: ignore[no-untyped-def]
    """Return `duration_in` from the matrix that lies by goals: for one goal and many origins it is nearer by."""
    return _entry(data, data.durations_by_goal, matrix, goal, origin)


@kernel
def distance_to(data, matrix, goal, origin):  # type: ignore[no-untyped-def]
    """Return `distance_in` from the matrix that lies by goals."""
    return _entry(data, data.distances_by_goal, matrix, goal, origin)


@kernel
def ways_between(data, matrix, client, before, following):  # type: ignore[no-untyped-def]
    """Return (seconds to a client, seconds on from it) between two nodes, setups included, UNREACHABLE_S if no way."""
    at, near, far = data.location[client], data.location[before], data.location[following]
    there, back = duration_to(data, matrix, at, near), duration_in(data, matrix, at, far)
    if there >= UNREACHABLE_S or back >= UNREACHABLE_S:
        return UNREACHABLE_S, UNREACHABLE_S
    return there + (data.setup[client] if near != at else 0), back + (data.setup[following] if far != at else 0)
