"""Time windows: hard ones are kept, soft ones cost their lateness; one waits for the opening.

Stretches of a route are summed up as *time-window segments* (T. Vidal et al., Operations Research 60(3), 2012):
the least duration, the earliest and the latest start that reach it, and the time warp, which is how much too late
it is in all. Two of them are joined in constant time, so an insertion is judged without walking the route.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.limits import HORIZON_S
from zaguan.engines.solver.problem import Problem
from zaguan.engines.solver.rules.trips import Layout


class Windows(NamedTuple):
    """Windows of all N nodes; a vehicle's ends carry its shift."""

    opens: NDArray[np.int32]
    closes: NDArray[np.int32]
    window_count: NDArray[np.int32]
    earliest: NDArray[np.int32]
    latest: NDArray[np.int32]
    late_price: NDArray[np.float64]


def flat_windows(problem: Problem, layout: Layout) -> Windows:
    """Lay out the windows; reloads lie in the shift, stations are always open. A soft client may start until the
    horizon or its latest moment."""
    n, v, every = layout.clients, layout.vehicles, layout.all_nodes
    widest = max((len(client.windows) for client in problem.clients), default=0)
    opens = np.zeros((every, max(1, widest)), np.int32)
    closes = np.full_like(opens, HORIZON_S)
    counts = np.ones(every, np.int32)
    price = np.full(every, -1.0)
    bound = np.full(every, HORIZON_S, np.int32)
    for i, client in enumerate(problem.clients):
        counts[i] = len(client.windows) or 1
        for w, (opening, closing) in enumerate(client.windows):
            opens[i, w], closes[i, w] = opening, closing
        price[i] = -1.0 if client.late_cost_per_s is None else client.late_cost_per_s
        bound[i] = HORIZON_S if client.latest_s is None else min(client.latest_s, HORIZON_S)
    for i, vehicle in enumerate(problem.vehicles):
        starts, ends = vehicle.shift_s
        own = [n + i, n + v + i, *layout.reloads[i]]
        opens[own, 0] = starts
        closes[own, 0] = ends + vehicle.overtime_s
    latest = closes[np.arange(every), counts - 1].copy()
    latest[price >= 0] = HORIZON_S
    latest = np.minimum(latest, bound, where=bound < HORIZON_S, out=latest)
    return Windows(opens, closes, counts, opens[:, 0].copy(), latest, price)


@kernel
def window_for(data, node, arrival):  # type: ignore[no-untyped-def]
    """Return the first window that is still open at the arrival, else the last one."""
    count = data.window_count[node]
    for w in range(count):
        if arrival <= data.closes[node, w]:
            return w
    return count - 1


@kernel
def joined(duration, early, late, warp, leg, duration2, early2, late2, warp2):  # type: ignore[no-untyped-def]
    """Join two segments with a leg between them; return (duration, early, late, warp)."""
    reached = duration - warp + leg
    wait = max(early2 - reached - late, 0)
    warped = max(early + reached - late2, 0)
    return (
        duration + duration2 + leg + wait,
        max(early2 - reached, early) - wait,
        min(late2 - reached, late) + warped,
        warp + warp2 + warped,
    )
